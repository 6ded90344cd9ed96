"""The answer to ``apply`` and ``rollback``: counts, the journal's path and the result of each change."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.presentation.escape import Markup, code, line
from checker.presentation.paragraphs import marked, paragraph
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import markdown_table
from checker.presentation.words import counted, joined
from checker.remediation.journal import Applied, ChangeResult
from checker.views.formats import rendered, section

_MARKS = {"applied": "✓", "alreadyInPlace": "=", "stale": "!", "uncertain": "?", "failed": "✗"}
_WORDS = {
    "applied": "applied",
    "alreadyInPlace": "already in place",
    "stale": "stale",
    "uncertain": "uncertain",
    "failed": "failed",
}


class ApplyDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A run of ``scoregate apply``, ``rollback`` or ``check --remediate``."""

    schema: ClassVar[tuple[str, str]] = ("apply", "The results of a scoregate plan")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Apply"] = "Apply"
    tenant: str
    applied: Annotated[int, Meta(description="Changes that were made.")]
    already_in_place: Annotated[int, Meta(description="Changes that somebody else had made.")]
    stale: Annotated[
        int, Meta(description="Changes left out, since the profile was changed or deleted since the plan was made.")
    ]
    uncertain: Annotated[
        int,
        Meta(description="Changes that were sent and that no read has confirmed; 'apply --resume' checks them again."),
    ]
    failed: Annotated[int, Meta(description="Changes that were refused or abandoned.")]
    manual: Annotated[int, Meta(description="Differences of the plan that have to be resolved by hand.")]
    journal: Annotated[str | None, Meta(description="The journal's path; null where nothing was to be done.")]
    changes: tuple[ChangeResult, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every change is in place."""
        return not self.stale and not self.uncertain and not self.failed


def document(tenant: str, applied: Applied, *, manual: int, journal: str | None) -> ApplyDocument:
    """The answer as other tools read it.

    Args:
        tenant: its id.
        applied: what came of each change.
        manual: differences that are left to do by hand.
        journal: the path; None where nothing was to be done.
    """
    counts = applied.counts()
    return ApplyDocument(
        tenant=tenant,
        applied=counts["applied"],
        already_in_place=counts["alreadyInPlace"],
        stale=counts["stale"],
        uncertain=counts["uncertain"],
        failed=counts["failed"],
        manual=manual,
        journal=journal,
        changes=applied.results,
    )


def render(name: str, applied: ApplyDocument, screen: Screen = FILE) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``."""
    return rendered(name, applied, screen, text=_text, markdown=_markdown)


def result_line(result: ChangeResult) -> str:
    """What came of one change, as a line."""
    return f"{_MARKS[result.result]} {_lead(result)}{line(result.message)}"


def _lead(result: ChangeResult) -> str:
    return f"{_WORDS[result.result]:<16}  {line(result.control)}  "


def summary(applied: ApplyDocument) -> str:
    """The counts in one line; some of them only where there are any."""
    counts = joined(
        f"{applied.applied} applied",
        f"{applied.already_in_place} already in place" if applied.already_in_place else "",
        f"{applied.stale} stale",
        f"{applied.uncertain} uncertain" if applied.uncertain else "",
        f"{applied.failed} failed",
        f"{applied.manual} to do by hand" if applied.manual else "",
    )
    return f"{counted(len(applied.changes), 'change')}: {counts}."


def _text(applied: ApplyDocument, screen: Screen) -> Iterator[str]:
    for result in applied.changes:
        style = partial(screen.paint.outcome, result.result)
        yield from marked(_MARKS[result.result], result.message, screen, style, lead=_lead(result))
    if applied.changes:
        yield ""
    yield from paragraph(summary(applied), screen)
    if applied.journal is not None:
        yield from paragraph(f"Journal: {applied.journal}", screen)


def _markdown(applied: ApplyDocument) -> Iterator[str]:
    yield f"### Secure Score states: {summary(applied)}"
    if applied.changes:
        yield from section(markdown_table(("", "control", "result"), map(_markdown_row, applied.changes)))
    if applied.journal is not None:
        yield ""
        yield f"Journal: {code(applied.journal)}"


def _markdown_row(result: ChangeResult) -> tuple[str, str, str]:
    word = Markup(f"{_MARKS[result.result]} {_WORDS[result.result]}")
    return word, code(result.control), result.message
