"""The answer to ``journal verify``: whether a journal is whole and unchanged, and what it is of."""

from collections.abc import Iterator

from checker.presentation.escape import line
from checker.presentation.facts import Fact, facts
from checker.presentation.json import json_document
from checker.presentation.words import counted
from checker.remediation.journal_check import JournalCheck

FORMATS = ("text", "json")
_LABEL = 12
_WORDS = {
    "whole": "whole and unchanged",
    "unfinished": "unchanged as far as it goes, but its end is missing: the run was interrupted, or lines were cut off",
    "broken": "broken",
}


def render(name: str, check: JournalCheck) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``."""
    return json_document(check) if name == "json" else ("\n".join(_text(check)) + "\n").encode()


def _text(check: JournalCheck) -> Iterator[str]:
    yield f"{line(check.journal)}: {_WORDS[check.verdict]}"
    if check.fault is not None:
        yield f"  ! {line(check.fault.place)}: {line(check.fault.message)}"
        return
    yield from facts(_facts(check), label=_LABEL, indent=2)


def _facts(check: JournalCheck) -> Iterator[Fact]:
    torn = ", and the beginning of another that a crash cut short" if check.torn else ""
    yield "lines", f"{counted(check.lines, 'line')}{torn}"
    yield "tenant", check.tenant or "unknown"
    yield "plan", f"SHA-256 {check.plan_sha256}"
    if check.undoes_sha256 is not None:
        yield "undoes", f"the journal with SHA-256 {check.undoes_sha256}"
    known = ", ".join(f"{count} {name}" for name, count in check.counts.items() if count)
    yield "changes", f"{check.changes}: {known or 'none begun'}"
