"""Signatures by OpenSSH: ``ssh-keygen -Y sign`` and ``-Y verify``, which asks nobody anything.

No file is written: what is signed goes through standard input, and a signature through a pipe.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence

import msgspec

from checker.errors import EvidenceError

NAMESPACE = "scoregate-evidence"
_SECONDS = 60
_MISSING = "ssh-keygen, which signs evidence and checks signatures, is not installed"
_ADVICE = "Install OpenSSH 8.2 or later."


class SshKeygen(msgspec.Struct, frozen=True):
    """OpenSSH's program.

    Attributes:
        variables: all that it sees of the environment: where programs are, and an agent that holds keys.
    """

    variables: Mapping[str, str]

    def sign(self, data: bytes, key: str) -> bytes:
        """The signature over ``data``.

        Args:
            data: what is signed.
            key: the path of a private key without a passphrase, or of a public key whose private one an agent holds.

        Raises:
            EvidenceError: ssh-keygen is not there, takes too long, or can't sign with the key.
        """
        done = self._run("sign", "-f", key, given=data)
        if done.returncode or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
            raise EvidenceError(
                f"the evidence can't be signed: {_reason(done.stderr)}",
                place=key,
                advice="Use a key without a passphrase, or load it into an agent and name its public key (KEY.pub).",
            )
        return done.stdout

    def refusal(self, data: bytes, signature: bytes, *, signers: str, identity: str) -> str | None:
        """Why a signature is not one of ``identity`` over ``data``; None where it is.

        Args:
            data: what was signed.
            signature: as ``sign`` gave it; small enough for a pipe.
            signers: the path of a file of allowed signers (ssh-keygen(1), ALLOWED SIGNERS).
            identity: whose signature it has to be.

        Raises:
            EvidenceError: ssh-keygen is not there, or takes too long.
        """
        reading, writing = os.pipe()
        try:
            try:
                os.write(writing, signature)
            finally:
                os.close(writing)
            options = ("-f", signers, "-I", identity, "-s", f"/dev/fd/{reading}")
            done = self._run("verify", *options, given=data, inherited=(reading,))
        finally:
            os.close(reading)
        return _reason(done.stderr or done.stdout) if done.returncode else None

    def _run(
        self, action: str, *options: str, given: bytes, inherited: Sequence[int] = ()
    ) -> "subprocess.CompletedProcess[bytes]":
        # Nobody is asked for a passphrase: there is no terminal, and the program that would ask answers nothing.
        silent = {"LC_ALL": "C", "SSH_ASKPASS": "false", "SSH_ASKPASS_REQUIRE": "force"}
        try:
            return subprocess.run(  # noqa: S603 - a list, no shell
                ["ssh-keygen", "-Y", action, "-n", NAMESPACE, *options],  # noqa: S607 - the user's own, by PATH
                input=given,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                env={**self.variables, **silent},
                pass_fds=inherited,
                start_new_session=True,
            )
        except FileNotFoundError:
            raise EvidenceError(_MISSING, advice=_ADVICE) from None
        except OSError as fault:
            raise EvidenceError(f"ssh-keygen can't be run: {fault.strerror}", advice=_ADVICE) from fault
        except subprocess.TimeoutExpired:
            raise EvidenceError(f"ssh-keygen did not answer within {_SECONDS} seconds") from None


def _reason(said: bytes) -> str:
    """The last thing that ssh-keygen says, which is the cause."""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "ssh-keygen gives no reason"
