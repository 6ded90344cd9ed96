"""The answer to ``lock``: what has drifted since it was accepted, and whether it is accepted now."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.evaluation.catalogue_drift import DriftKind
from checker.presentation.escape import code, markdown
from checker.presentation.paragraphs import marked, paragraph
from checker.presentation.screen import FILE, Screen
from checker.presentation.words import counted, named, sentence
from checker.runs.locked_catalogue import LockRun
from checker.views.formats import rendered, section

_NAMED = 5


class DriftChangeDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that changed of a control."""

    kind: DriftKind
    before: Annotated[str | float | None, Meta(description="An id, a title, a category or points.")]
    after: str | float | None


class DriftDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A required control that is not as it was accepted."""

    control: str
    changes: tuple[DriftChangeDocument, ...]
    successor: Annotated[str | None, Meta(description="The id that has probably replaced it.")]
    message: str


class LockDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer of ``scoregate lock``."""

    schema: ClassVar[tuple[str, str]] = ("drift", "Required controls that differ from the lock")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Drift"] = "Drift"
    tenant: str
    lock: Annotated[str, Meta(description="The file.")]
    written: Annotated[bool, Meta(description="Whether the file was written by this run.")]
    controls: Annotated[int, Meta(description="How many controls the policies require.")]
    drifts: tuple[DriftDocument, ...]
    unrequired: Annotated[tuple[str, ...], Meta(description="Locked ids that no policy requires any more.")]


def lock_document(run: LockRun, lock: str, *, written: bool) -> LockDocument:
    """The answer.

    Args:
        run: what was found.
        lock: the file's name.
        written: whether this run wrote it.
    """
    compared = run.compared
    drifts = (
        DriftDocument(
            control=drift.control,
            changes=tuple(
                DriftChangeDocument(kind=change.kind, before=change.before, after=change.after)
                for change in drift.changes
            ),
            successor=drift.successor,
            message=sentence(drift.message, name=drift.control),
        )
        for drift in (compared.drifts if compared is not None else ())
    )
    return LockDocument(
        tenant=run.tenant.id,
        lock=lock,
        written=written,
        controls=len(run.required),
        drifts=tuple(drifts),
        unrequired=compared.unrequired if compared is not None else (),
    )


def render(name: str, answer: LockDocument, screen: Screen = FILE) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``."""
    return rendered(name, answer, screen, text=_text, markdown=_markdown)


def _outcome(answer: LockDocument) -> str:
    held = counted(answer.controls, "required control")
    if answer.written:
        return f"{held} accepted"
    return f"{counted(len(answer.drifts), 'control')} drifted" if answer.drifts else f"{held}, none drifted"


def _unrequired(answer: LockDocument) -> Iterator[str]:
    if not answer.unrequired:
        return
    count = counted(len(answer.unrequired), "locked control is", "locked controls are")
    end = "left out" if answer.written else "--update leaves them out"
    yield f"{count} not required any more ({named(answer.unrequired, _NAMED)}): {end}."


def _advice(answer: LockDocument) -> Iterator[str]:
    if answer.drifts and not answer.written:
        yield "Change the policies where needed; then accept the drift with --update."


def _kinds(drift: DriftDocument) -> str:
    return ", ".join(change.kind.value for change in drift.changes)


def _text(answer: LockDocument, screen: Screen) -> Iterator[str]:
    yield from paragraph(f"{answer.lock}: {_outcome(answer)}", screen)
    rows = (
        text
        for one in answer.drifts
        for text in marked("~", f"{_kinds(one)}: {one.message}", screen, screen.paint.warning)
    )
    yield from section(rows)
    for remark in (*_advice(answer), *_unrequired(answer)):
        yield from ("", *paragraph(remark, screen))


def _markdown(answer: LockDocument) -> Iterator[str]:
    yield f"### {markdown(answer.lock)}: {_outcome(answer)}"
    yield from section(
        f"- {code(one.control)} {markdown(_kinds(one))}: {markdown(one.message)}" for one in answer.drifts
    )
    for remark in (*_advice(answer), *_unrequired(answer)):
        yield from ("", markdown(remark))
