"""What came of a plan: counts, paths and each change."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.presentation.escape import line, markdown
from checker.presentation.words import counted
from checker.remediation.applied import Applied, ChangeResult
from checker.views.formats import rendered

_MARKS = {"applied": "✓", "alreadyInPlace": "=", "stale": "!", "failed": "✗"}
_WORDS = {"applied": "applied", "alreadyInPlace": "already in place", "stale": "stale", "failed": "failed"}


class ApplyDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A run of ``scoregate apply``, ``rollback`` or ``check --remediate``."""

    schema: ClassVar[tuple[str, str]] = ("apply", "What came of a scoregate plan")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Apply"] = "Apply"
    tenant: str
    applied: Annotated[int, Meta(description="Changes that were made.")]
    already_in_place: Annotated[int, Meta(description="Changes that somebody else had made.")]
    stale: Annotated[int, Meta(description="Changes left out, since the profile was changed or deleted meanwhile.")]
    failed: Annotated[int, Meta(description="Changes that were refused, or given up.")]
    manual: Annotated[int, Meta(description="Differences of the plan that only a person can mend.")]
    journal: Annotated[str | None, Meta(description="The journal's path; null where nothing was to be done.")]
    changes: tuple[ChangeResult, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every change is in place."""
        return not self.stale and not self.failed


def document(tenant: str, applied: Applied, *, manual: int, journal: str | None) -> ApplyDocument:
    """The answer as other tools read it."""
    counts = applied.counts()
    return ApplyDocument(
        tenant=tenant,
        applied=counts["applied"],
        already_in_place=counts["alreadyInPlace"],
        stale=counts["stale"],
        failed=counts["failed"],
        manual=manual,
        journal=journal,
        changes=applied.results,
    )


def render(name: str, found: ApplyDocument) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``."""
    return rendered(name, found, text=_text, markdown=_markdown)


def told(result: ChangeResult) -> str:
    """One change as a line."""
    return f"{_MARKS[result.result]} {_WORDS[result.result]:<16}  {line(result.control)}  {line(result.message)}"


def summary(found: ApplyDocument) -> str:
    """The counts in one line; what is zero and no trouble is left out."""
    parts = [f"{found.applied} applied"]
    if found.already_in_place:
        parts.append(f"{found.already_in_place} already in place")
    parts += [f"{found.stale} stale", f"{found.failed} failed"]
    if found.manual:
        parts.append(f"{found.manual} for a person")
    return f"{counted(len(found.changes), 'change')}: {', '.join(parts)}."


def _text(found: ApplyDocument) -> Iterator[str]:
    for result in found.changes:
        yield f"  {told(result)}"
    if found.changes:
        yield ""
    yield summary(found)
    if found.journal is not None:
        yield f"Journal: {line(found.journal)}"


def _markdown(found: ApplyDocument) -> Iterator[str]:
    yield f"### Secure Score states: {summary(found)}"
    if found.changes:
        yield ""
        yield "| | control | result |"
        yield "|---|---|---|"
    for result in found.changes:
        word = f"{_MARKS[result.result]} {_WORDS[result.result]}"
        yield f"| {word} | <code>{markdown(result.control)}</code> | {markdown(result.message)} |"
    if found.journal is not None:
        yield ""
        yield f"Journal: <code>{markdown(found.journal)}</code>"
