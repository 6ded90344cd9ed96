"""git, asked about one repository so that nothing in the repository runs and nothing in it changes the answer."""

import os
import subprocess
from collections.abc import Mapping
from functools import cached_property

from checker.errors import UsageError

_SECONDS = 60
# What git needs of the caller's environment: where programs, the person's settings and keys are. Everything else of
# GIT_* could name another repository, another index or a program.
VARIABLES = (
    *("PATH", "HOME", "USER", "LOGNAME", "XDG_CONFIG_HOME", "GNUPGHOME", "TMPDIR", "GIT_CEILING_DIRECTORIES"),
    *("SYSTEMROOT", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "PROGRAMDATA", "TEMP", "TMP"),
)
_FIXED = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    # A replacement would show another content, or another author, under the name of a commit.
    "GIT_NO_REPLACE_OBJECTS": "1",
}
# No hook, no monitor of files, no pager, no other program for signatures than the usual ones; no list of commits that
# blame passes over.
_SETTINGS = (
    *("core.fsmonitor=false", "core.hooksPath=/dev/null", "log.showSignature=false", "blame.ignoreRevsFile="),
    *("gpg.program=gpg", "gpg.openpgp.program=gpg", "gpg.x509.program=gpgsm", "gpg.ssh.program=ssh-keygen"),
)
_COMMAND = (
    *("git", "--no-pager", "--no-optional-locks", "--literal-pathspecs"),
    *(word for setting in _SETTINGS for word in ("-c", setting)),
)


class Git:
    """The repository that the working folder is in."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Takes the environment of the caller, of which git gets a part."""
        self._environment = {name: environment[name] for name in VARIABLES if name in environment} | _FIXED

    @cached_property
    def top(self) -> str:
        """The folder at the top of the repository, without links.

        Raises:
            UsageError: git is not there, or this is no repository.
        """
        return os.path.realpath(self.run("rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").strip())

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the clone has only the newest commits."""
        return self.run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def inside(self, path: str) -> str | None:
        """A path of the working folder as seen from the top of the repository, with ``/``; None outside of it."""
        absolute = os.path.normpath(os.path.join(os.path.realpath("."), path))
        relative = os.path.relpath(absolute, self.top).replace(os.sep, "/")
        return None if relative.startswith("..") else relative

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git answers.

        Args:
            arguments: of the command line.
            given: what it reads from standard input.

        Raises:
            UsageError: git is not there, or says that something is wrong.
        """
        try:
            done = subprocess.run(  # noqa: S603 - a list, no shell
                [*_COMMAND, *arguments],
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                input=given,
                env=self._environment,
            )
        except FileNotFoundError:
            raise UsageError("git, which reads the policies of an earlier revision, is not installed") from None
        except subprocess.TimeoutExpired:
            raise UsageError(f"git did not answer within {_SECONDS} seconds") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise UsageError(f"git could not read the repository: {said[0][:300] if said else 'no reason given'}")
        return done.stdout
