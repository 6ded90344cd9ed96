"""What every fuzz target asserts: only documented errors come out, and nothing that is shown holds a control character.

A bound on time and memory is set by whoever runs a target: the fuzzer for each input, pytest for the corpus.
"""

import atexit
import contextlib
import csv
import functools
import io
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from checker.cli.errors import report_error
from checker.errors import ScoregateError
from checker.policy.load import load_sources
from checker.policy.model import PolicySet
from checker.policy.sources import PolicySource, PolicySources
from checker.presentation.screen import Screen
from checker.renderers import FORMATS, renderer
from checker.renderers.interface import Rendering
from checker.report.outcome import Severity
from checker.runs.gate import judging
from checker.snapshot.model import Snapshot
from checker.snapshot.read import read_snapshot

# Where text is wrapped, any word may begin a line.
NARROW = Screen(columns=40)
ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 5, 22, 9, tzinfo=UTC)
PORTAL = "https://security.microsoft.com/securescore"

# What CI runners take for a command: at the start of a line of a log, or anywhere in it.
_COMMAND = re.compile(r"(?:^|\s)::|##\w*\[")
# A line of commands: the command itself, before what comes from outside.
_RUNNER_COMMAND = {
    "github": re.compile(r"::(?:error|warning|notice)(?: [^:]*)?::"),
    "azure": re.compile(r"##vso\[task\.(?:logissue|complete|uploadsummary)[^\]]*\]"),
}
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_GOLDEN = ROOT / "tests" / "golden" / "failing"
_EVERY_KIND = Path(__file__).parent / "corpus" / "policies" / "every-kind.yaml"


@functools.cache
def _folder() -> Path:
    path = Path(tempfile.mkdtemp(prefix="scoregate-fuzz-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def file_of(data: bytes, name: str = "input") -> str:
    """The path of a file with this content; the next call with the same name replaces it."""
    path = _folder() / name
    path.write_bytes(data)
    return str(path)


@contextlib.contextmanager
def refused_by(*errors: type[ScoregateError]) -> Iterator[None]:
    """Lets a reader refuse its input with one of the errors; as it is reported, it is text for people."""
    try:
        yield
    except errors as fault:
        check_error(str(fault))


def check_error(message: str) -> None:
    """An error that the command line would report."""
    assert message.strip()
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        report_error(message, 2)
    check_text(said.getvalue())


def check_text(text: str) -> None:
    """Text for a terminal or a log."""
    for row in text.split("\n"):
        assert row.isprintable(), ascii(row)
        assert not _COMMAND.search(row), ascii(row)


def check_json(data: bytes) -> None:
    """JSON for a log."""
    json.loads(data)
    text = data.decode()
    # Letters and marks that Python's tables do not know yet print all the same.
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def check_report(policies: PolicySet, snapshot: Snapshot) -> None:
    """Judges the tenant and writes every format."""
    report, verdict = judging(policies, NOW, Severity.INFO, portal=PORTAL)(snapshot)
    asked = {one.summary.name for policy in policies.policies for one in policy.requirements}
    assert {finding.requirement.name for finding in report.findings} == asked
    uris = dict.fromkeys(policies.sources, "policy.yaml")
    rendering = Rendering(report=report, verdict=verdict, sources=policies.sources, uris=uris)
    for name in FORMATS:
        check_output(name, renderer(name)(rendering))


def check_output(name: str, data: bytes) -> None:
    """One answer in the format ``name``."""
    match name:
        case "json" | "sarif" | "gitlab":
            check_json(data)
        case "ocsf":
            for event in data.splitlines():
                check_json(event)
        case "junit":
            ElementTree.fromstring(data)
        case "csv":
            check_table(data.decode())
        case "github" | "azure":
            check_commands(data.decode(), _RUNNER_COMMAND[name])
        case _:
            check_text(data.decode())


def check_table(text: str) -> None:
    """Cells that no spreadsheet takes for a formula."""
    for row in csv.reader(io.StringIO(text, newline="")):
        check_text(" ".join(row))
        assert not any(cell.lstrip().startswith(_FORMULAS) for cell in row if not _is_number(cell)), row


def check_commands(text: str, known: re.Pattern[str]) -> None:
    """Lines of one command each, with nothing after it that a runner would take for another."""
    for row in text.splitlines():
        command = known.match(row)
        assert command is not None, ascii(row)
        check_text(row[command.end() :])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@functools.cache
def tenant() -> Snapshot:
    """A tenant that fuzzed policies are judged against."""
    return read_snapshot([str(_GOLDEN / "snapshot.json")])


@functools.cache
def some_policies() -> PolicySet:
    """Policies that fuzzed snapshots are judged by."""
    sources = [PolicySource(path.name, path.read_bytes()) for path in (_GOLDEN / "policy.yaml", _EVERY_KIND)]
    loaded = load_sources(PolicySources(tuple(sources)))
    assert not loaded.faults
    return loaded.policies
