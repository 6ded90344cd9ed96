"""Whether a journal is whole and unchanged. Pure."""

from collections import Counter
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.errors import JournalError
from checker.remediation.journal import RESULTS, Journal
from checker.remediation.journal_chain import journal_of, read_lines

Verdict = Literal["whole", "unfinished", "broken"]


class JournalFault(msgspec.Struct, frozen=True):
    """What is wrong with a journal."""

    place: Annotated[str, Meta(description="The file and the line, or the file.")]
    message: str


class JournalCheck(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer to ``scoregate journal verify``."""

    schema: ClassVar[tuple[str, str]] = ("journalcheck", "Whether a scoregate journal is whole and unchanged")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["JournalCheck"] = "JournalCheck"
    journal: Annotated[str, Meta(description="The journal's path.")]
    verdict: Annotated[
        Verdict,
        Meta(
            description="whole: unchanged, with its end; unfinished: unchanged as far as it goes, and the end of the "
            "run is missing; broken: a line was changed, removed or moved, or it is not a journal."
        ),
    ]
    fault: Annotated[JournalFault | None, Meta(description="What is wrong with a broken journal.")] = None
    lines: Annotated[int, Meta(description="How many lines are whole; 0 of a broken journal.")] = 0
    torn: Annotated[bool, Meta(description="Whether a crash cut the last line short; it says nothing then.")] = False
    tenant: str | None = None
    plan_sha256: Annotated[str | None, Meta(description="Of the plan's file.")] = None
    undoes_sha256: Annotated[str | None, Meta(description="Of the journal that this one undoes; null of an apply.")] = (
        None
    )
    changes: Annotated[int, Meta(description="How many changes there are to make.")] = 0
    counts: Annotated[dict[str, int], Meta(description="Changes by result; open: sent, with no outcome.")] = {}


def check_journal(data: bytes, name: str) -> JournalCheck:
    """Whether a journal's bytes are whole and unchanged.

    Args:
        data: the file's bytes.
        name: its name.
    """
    try:
        journal, lines = journal_of(data, name), read_lines(data, name)
    except JournalError as fault:
        found = JournalFault(fault.place, fault.message)
        return JournalCheck(journal=name, verdict="broken", fault=found)
    return JournalCheck(
        journal=name,
        verdict="whole" if journal.ended and not lines.is_torn else "unfinished",
        lines=len(lines.records),
        torn=lines.is_torn,
        tenant=journal.plan.tenant,
        plan_sha256=journal.plan_sha256,
        undoes_sha256=journal.plan.source.journal_sha256,
        changes=len(journal.plan.changes),
        counts=_counts(journal),
    )


def _counts(journal: Journal) -> dict[str, int]:
    found = Counter(outcome.result for outcome in journal.outcomes.values())
    sent = sum(control not in journal.outcomes for control in journal.intents)
    return {**{result: found[result] for result in RESULTS}, "open": sent}
