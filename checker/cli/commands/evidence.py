"""``scoregate evidence``: what ``check --evidence`` has kept."""

from typing import Annotated

import click
import msgspec

from checker.cli.environment import program_variables
from checker.cli.options import taken
from checker.cli.options.redact import Redact
from checker.cli.options.shared import outputs_as
from checker.cli.options.types import file_name
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.redaction import redacted_answer
from checker.documents import files, limits
from checker.errors import EXIT_FAILED, EXIT_PASSED, EvidenceError, UsageError
from checker.evidence.read import read_evidence
from checker.evidence.signature import SshKeygen
from checker.evidence.verify import Signers
from checker.evidence.verify import verify as verify_evidence
from checker.views.evidence import FORMATS, render


class EvidenceVerifyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``evidence verify``."""

    evidence: Annotated[str, click.argument("evidence", metavar="EVIDENCE", callback=file_name)]
    # No settings, since they say who is trusted.
    allowed_signers: Annotated[
        str | None,
        plain_option(
            "--allowed-signers",
            metavar="FILE",
            callback=file_name,
            help="Check the signature against this file of keys and their owners; its format is in ssh-keygen(1).",
        ),
    ]
    signer: Annotated[
        str | None,
        plain_option("--signer", metavar="IDENTITY", help="The required signer, as that file names them."),
    ]
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    redact: Redact


@click.group("evidence", short_help="Check what 'check --evidence' kept.")
def evidence() -> None:
    """Check what 'scoregate check --evidence' kept.

    \b
    Example:
      scoregate evidence verify run.zip
    """


@evidence.command("verify", short_help="Check that evidence is unchanged, and who signed it.")
@taken(EvidenceVerifyOptions)
def verify(options: EvidenceVerifyOptions) -> int:
    """Check that every member of the evidence is as its manifest says, and who signed the manifest.

    \b
    Examples:
      scoregate evidence verify run.zip
      scoregate evidence verify run.zip --allowed-signers signers --signer gate@contoso.example

    Digests prove that nothing was damaged by accident. Whoever rewrites the file writes new digests too: only a
    signature, or the SHA-256 of the file kept in another place, reveals that.
    Exit codes: 0 unchanged, 1 changed, or the requested signature is missing or bad, 2 it can't be read.
    """
    wanted = parse_outputs(options.output, FORMATS, beside={"EVIDENCE": options.evidence})
    signers = _signers(options)
    answer = verify_evidence(read_evidence(options.evidence), signers, SshKeygen(program_variables()))
    shown = redacted_answer(answer, options.redact, [answer.tenant])
    write_answer([(one, render(one.format, shown, one.screen)) for one in wanted])
    return EXIT_PASSED if answer.verdict == "whole" else EXIT_FAILED


def _signers(options: EvidenceVerifyOptions) -> Signers | None:
    """Whose signature it has to be.

    Raises:
        UsageError: a file of signers without an identity, or an identity without a file.
        EvidenceError: the file can't be read.
    """
    file, identity = options.allowed_signers, options.signer
    if file is None and identity is None:
        return None
    if file is None or not identity:
        given, missing = ("--signer", "--allowed-signers FILE") if file is None else ("--allowed-signers", "--signer")
        raise UsageError(f"{given} has no effect without {missing}", advice="Give both to check a signature.")
    files.read_bounded(file, limits.SIGNERS_FILE_BYTES, EvidenceError)
    return Signers(file, identity)
