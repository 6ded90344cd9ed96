"""A run in a checkout that a stranger wrote: little memory, little time, and secrets that must not show."""

import re
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from command_line import ROOT, Ended, environment
from forked_runs import forked

CANARY = "canary-4f1d9c"
MOST_BYTES = 1024 * 1024 * 1024
MOST_SECONDS = 60
LIMITS = {resource.RLIMIT_AS: MOST_BYTES, resource.RLIMIT_CPU: MOST_SECONDS}
MOST_OUTPUT = 16 * 1024 * 1024
# What pip installs as the command 'scoregate': the folder of the script is on the path, the working folder is not.
_COMMAND = "import sys\nfrom checker.cli.entry import main\nsys.exit(main())\n"
_RUNNER_COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)


def confined(
    *arguments: str | Path,
    folder: Path,
    variables: Mapping[str, str] | None = None,
    given: bytes = b"",
    starts: bool = False,
) -> Ended:
    """Runs the command in ``folder`` within 1 GiB of memory; asserts what holds of every such run.

    Args:
        arguments: of the command line.
        folder: the checkout.
        variables: of the environment, beside secrets.
        given: its standard input.
        starts: whether it is run as it is installed, so that Python starts there; else it is forked, which is faster.
    """
    secrets = {"AZURE_CLIENT_SECRET": CANARY, "SCOREGATE_TOKEN": CANARY, "GITHUB_TOKEN": CANARY, "HOME": str(folder)}
    every = {**environment(), **secrets, "PYTHONPATH": str(ROOT), **(variables or {})}
    if starts:
        ended = _installed(*arguments, folder=folder, variables=every, given=given)
    else:
        ended = forked(*arguments, folder=folder, variables=every, given=given, limits=LIMITS)
    said = ended.out.decode() + ended.err
    assert ended.code in {0, 1, 2, 3}, ended
    assert CANARY not in said
    assert "Traceback" not in said
    assert "internal error" not in said
    assert len(said) <= MOST_OUTPUT, len(said)
    assert all(row.isprintable() for row in said.split("\n")), ascii(said[:2000])
    assert not _RUNNER_COMMAND.search(said), ascii(said[:2000])
    return ended


def _installed(*arguments: str | Path, folder: Path, variables: Mapping[str, str], given: bytes) -> Ended:
    script = folder.parent / "bin" / "scoregate"
    script.parent.mkdir(exist_ok=True)
    script.write_text(_COMMAND, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script, *arguments],
        cwd=folder,
        env=variables,
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
        preexec_fn=_confine,
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())


def _confine() -> None:
    for limited, most in LIMITS.items():
        resource.setrlimit(limited, (most, most))
