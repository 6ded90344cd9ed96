"""What tests of the command line share: runs in this process and in one of their own, and a small tenant to judge."""

import contextlib
import fcntl
import functools
import gzip
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_support import SMALL_TENANT

from checker.cli.main import run

ROOT = Path(__file__).resolve().parent.parent
NOW = "2026-05-22T09:00:00Z"
# The sandbox's tenant of seed 0 on that day.
PASSING = "score: [{id: overall, minimum: {percent: 1}}]"
FAILING = "score: [{id: overall, minimum: {percent: 100}, severity: medium}]"
NOT_JUDGED = "score: [{id: fresh, freshness: {maximumAge: 1d}}]"

# How the names begin of what scoregate reads; the last lines are set by a pipeline that runs the tests.
_READ = (
    *("SCOREGATE_", "AZURE_", "AZURESUBSCRIPTION_", "SSL_CERT_", "REQUESTS_CA_", "CURL_CA_"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "IDENTITY_", "IMDS_", "MSI_"),
    *("GITHUB_", "ACTIONS_", "TF_BUILD", "SYSTEM_", "BUILD_", "GITLAB_CI", "CI_JOB_URL"),
)

_OF_TERMINALS = (
    *("NO_HYPERLINKS", "FORCE_HYPERLINK", "VTE_VERSION", "TERM_PROGRAM", "WT_SESSION", "KONSOLE_VERSION", "DOMTERM"),
    *("SCOREGATE_PAGER", "PAGER", "LESS"),
)


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it said."""

    code: int
    out: bytes
    err: str


def environment(**variables: str) -> dict[str, str]:
    """The variables of this process without those that scoregate reads, and with some more."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(_READ)}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **variables}


def scoregate(
    *arguments: str | Path,
    folder: Path,
    variables: Mapping[str, str] | None = None,
    given: bytes = b"",
    through: Sequence[str] = ("-m", "checker"),
) -> Ended:
    """Runs ``python -m checker`` in ``folder``."""
    done = subprocess.run(
        [sys.executable, *through, *map(str, arguments)],
        cwd=folder,
        env=environment(**(variables or {})),
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())


def shell(script: str, *, folder: Path, variables: Mapping[str, str] | None = None) -> Ended:
    """Runs a script of bash, in which ``scoregate`` is the command under test."""
    prelude = f'scoregate() {{ "{sys.executable}" -m checker "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-c", prelude + script],
        cwd=folder,
        env=environment(**(variables or {})),
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())


def policy(folder: Path, body: str, *, name: str = "small", file: str | None = None) -> str:
    """Writes a policy and gives its path."""
    path = folder / (file or f"{name}.yaml")
    path.write_text(f"apiVersion: scoregate/v1\nkind: Policy\nmetadata: {{name: {name}}}\n{body}\n", encoding="utf-8")
    return str(path)


@functools.cache
def snapshot_bytes() -> bytes:
    """A small tenant's snapshot file."""
    document = {
        "apiVersion": "scoregate/v1",
        "kind": "Snapshot",
        "tenant": SMALL_TENANT.tenant_id,
        "fetchedAt": NOW,
        "warnings": [],
        "secureScores": SMALL_TENANT.secure_scores[:2],
        "controlProfiles": SMALL_TENANT.control_profiles,
    }
    return json.dumps(document).encode()


def snapshot(folder: Path, name: str = "snapshot.json") -> str:
    """Writes that file and gives its path."""
    data = snapshot_bytes()
    (folder / name).write_bytes(gzip.compress(data, 1) if name.endswith(".gz") else data)
    return str(folder / name)


def see(code: str) -> str:
    """The last line of a message: where the page of errors has this code."""
    return f"  See https://scoregate.example/errors#{code}\n"


def says_one_thing(error: str) -> bool:
    """Whether what stands on standard error is one message and no traceback."""
    heads = [line for line in error.splitlines() if line.startswith("scoregate: ")]
    return len(heads) == 1 and "Traceback" not in error and "internal error" not in error


@contextmanager
def served_sandbox(
    folder: Path, *arguments: str, variables: Mapping[str, str] | None = None
) -> Iterator[tuple["subprocess.Popen[bytes]", dict[str, Any]]]:
    """``scoregate sandbox`` in a process of its own, and the line that it prints when it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "checker", "sandbox", "--now", NOW, *arguments],
        cwd=folder,
        env=environment(**(variables or {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            # By a signal that it heeds, so that it takes its files along.
            process.terminate()
            process.wait(timeout=20)


def live_variables(told: Mapping[str, Any]) -> dict[str, str]:
    """The variables with which a live run goes to a served sandbox."""
    tenant = told["tenants"][0]
    return {
        "SSL_CERT_FILE": told["caFile"],
        "SCOREGATE_GRAPH_URL": told["graph"],
        "AZURE_AUTHORITY_HOST": told["authority"],
        "AZURE_TENANT_ID": tenant["tenant"],
        "AZURE_CLIENT_ID": tenant["clientId"],
        "AZURE_CLIENT_SECRET": tenant["clientSecret"],
    }


class _Pty:
    """A terminal in which a run in this process writes; what it shows is read meanwhile, since it holds little."""

    def __init__(self, columns: int, seen: Callable[[str], None] | None) -> None:
        self._seen = seen
        self._reader, self.terminal = pty.openpty()
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._shown: list[bytes] = []
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        # Linux says by an error that the other end has gone.
        with contextlib.suppress(OSError):
            while data := os.read(self._reader, 65536):
                self._shown.append(data)
                if self._seen is not None:
                    self._seen(b"".join(self._shown).decode(errors="replace"))

    def ended(self) -> str:
        """All that was written, once the other end is closed."""
        self._thread.join()
        os.close(self._reader)
        return b"".join(self._shown).decode().replace("\r\n", "\n")


def on_a_terminal(
    patch: Any,
    *arguments: str,
    columns: int = 100,
    colour: bool = False,
    streams: Sequence[str] = ("stdout",),
    seen: Callable[[str], None] | None = None,
    variables: Mapping[str, str] | None = None,
) -> str:
    """What a run in this process writes on a terminal.

    Args:
        patch: pytest's ``monkeypatch``.
        arguments: of the command line.
        columns: of the terminal.
        colour: whether somebody wants colours.
        streams: which standard streams are that terminal.
        seen: receives all that it shows so far, each time that there is more.
        variables: of the environment.
    """
    shown = _Pty(columns, seen)
    with patch.context() as within, open(shown.terminal, "w", encoding="utf-8") as terminal:
        for name in ("CI", "COLUMNS", "NO_COLOR", "TERM", *_OF_TERMINALS):
            within.delenv(name, raising=False)
        for name, value in (variables or {}).items():
            within.setenv(name, value)
        if not colour:
            within.setenv("NO_COLOR", "1")
        for stream in streams:
            within.setattr(sys, stream, terminal)
        run(list(arguments))
    return shown.ended()


def here(capture: Any, *arguments: str | Path) -> Ended:
    """Runs the command line in this process; ``capture`` is pytest's ``capfd``."""
    capture.readouterr()
    code = run([str(argument) for argument in arguments])
    said = capture.readouterr()
    return Ended(code, said.out.encode(), said.err)
