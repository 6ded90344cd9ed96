"""Two states of a tenant compared: scores, controls, states and findings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.insight.side import FindingOutcome, Row, Seen, Side
from checker.insight.warnings import DataWarning
from checker.presentation.words import named
from checker.snapshot.ids import is_same_tenant
from checker.tenant.difference import Difference, ScoreLevel
from checker.tenant.difference import difference as score_difference
from checker.tenant.numbers import TOLERANCE

_NAMED = 5


class FindingChange(msgspec.Struct, frozen=True, kw_only=True):
    """A finding whose outcome changes; null where it is on one side only."""

    requirement: str
    control: str | None
    before: str | None
    after: str | None


class ControlChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A control that is scored otherwise; null where it is not scored."""

    control: str
    title: str
    control_category: str | None
    category_before: Annotated[str | None, Meta(description="Where it counted before, if that is another.")]
    change: Literal["appeared", "gone", "rose", "fell", "moved", "reweighted"]
    before: Annotated[float | None, Meta(description="Points.")]
    after: float | None
    maximum_before: float | None
    maximum_after: float | None


class StateChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A control in another state."""

    control: str
    title: str
    before: str
    after: str
    updated_by: Annotated[str | None, Meta(description="Who set the later one.")]
    updated_date_time: str | None
    comment: str | None


class Diff(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What differs between two snapshots, reports or days."""

    schema: ClassVar[tuple[str, str]] = ("diff", "What differs between two states of a tenant")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Diff"] = "Diff"
    before: Side
    after: Side
    differs: bool
    change: Annotated[Difference | None, Meta(description="Of the score; null where one side has none.")]
    controls: tuple[ControlChange, ...]
    states: tuple[StateChange, ...]
    findings: tuple[FindingChange, ...]
    notes: Annotated[tuple[str, ...], Meta(description="What was not compared, and why.")]
    warnings: Annotated[
        tuple[DataWarning, ...], Meta(description="What the data of a side leaves open; its messages name the side.")
    ] = ()


def difference(before: Seen, after: Seen) -> Diff:
    """What differs, controls and states by id, findings in the order of the policies."""
    notes: list[str] = []
    controls: list[ControlChange] = []
    states: list[StateChange] = []
    findings: tuple[FindingChange, ...] = ()
    if before.controls is not None and after.controls is not None:
        pairs = _pairs(before.controls, after.controls)
        told = [pair for pair in pairs if not _is_open(*pair, "points", before, after)]
        controls = [found for pair in told if (found := _control(*pair)) is not None]
        told_states = [pair for pair in pairs if not _is_open(*pair, "state", before, after)]
        states = [state for pair in told_states if (state := _state(*pair)) is not None]
        notes += _not_told("points", pairs, told)
        notes += _not_told("state", pairs, told_states)
    else:
        notes.append("controls and states are not compared: a report does not list all of them")
    if before.findings is not None and after.findings is not None:
        findings = finding_changes(before.findings, after.findings)
    elif before.findings is not None or after.findings is not None:
        notes.append("findings are not compared: name the policies with -p")
    if not is_same_tenant(before.side.tenant, after.side.tenant):
        notes.append("the two sides are different tenants")
    change = score_difference(_level(before.side), _level(after.side))
    moved = change is not None and (abs(change.points) > TOLERANCE or abs(change.percentage_points or 0.0) > TOLERANCE)
    return Diff(
        before=before.side,
        after=after.side,
        differs=bool(moved or controls or states or findings or before.side.verdict != after.side.verdict),
        change=change,
        controls=tuple(controls),
        states=tuple(states),
        findings=findings,
        notes=tuple(notes),
        warnings=tuple(dict.fromkeys((*before.warnings, *after.warnings))),
    )


_Pair = tuple[Row | None, Row | None]


def _is_open(then: Row | None, now: Row | None, member: str, before: Seen, after: Seen) -> bool:
    """Whether the data of a side leaves open what a control's points or state are there."""
    if any(row is not None and member in row.unknown for row in (then, now)):
        return True
    return _is_left_open(then, member, before) or _is_left_open(now, member, after)


def _is_left_open(row: Row | None, member: str, seen: Seen) -> bool:
    """Whether a control that a side lacks, or has without points, may be one that its day left out."""
    return not seen.is_whole and (row is None or (member == "points" and row.points is None))


def _not_told(member: str, pairs: Sequence[_Pair], told: Sequence[_Pair]) -> Iterator[str]:
    known = {id(pair) for pair in told}
    names = [(now or then) for then, now in (pair for pair in pairs if id(pair) not in known)]
    if names:
        some = named([row.id for row in names if row is not None], _NAMED)
        yield f"not compared, since the data leaves the {member} open: {some}"


def finding_changes(
    before: Mapping[str, FindingOutcome], after: Mapping[str, FindingOutcome]
) -> tuple[FindingChange, ...]:
    """The findings whose outcome differs."""
    changes = []
    for key in dict.fromkeys([*before, *after]):
        then, now = before.get(key), after.get(key)
        known = now or then
        if known is not None and (then is None or now is None or then.outcome != now.outcome):
            changes.append(
                FindingChange(
                    requirement=known.requirement,
                    control=known.control,
                    before=then.outcome if then is not None else None,
                    after=now.outcome if now is not None else None,
                )
            )
    return tuple(changes)


def _level(side: Side) -> ScoreLevel:
    return ScoreLevel(side.current_score, side.percent)


def _pairs(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[_Pair]:
    """The controls of both sides: the same id, else one that is spelled in another case and is left over."""
    left: dict[str, list[Row]] = {}
    for key, row in after.items():
        if key not in before:
            left.setdefault(key.casefold(), []).append(row)
    pairs: list[tuple[str, Row | None, Row | None]] = []
    for key, row in before.items():
        others = left.get(key.casefold(), [])
        other = after.get(key) or (others.pop(0) if others else None)
        pairs.append((key, row, other))
    pairs += [(row.id, None, row) for rows in left.values() for row in rows]
    return [(then, now) for _, then, now in sorted(pairs, key=lambda pair: (pair[0].casefold(), pair[0]))]


def _control(before: Row | None, after: Row | None) -> ControlChange | None:
    row = after or before
    assert row is not None, "it is on one side"
    then, now = before.points if before is not None else None, after.points if after is not None else None
    change = _change(before, after)
    if change is None:
        return None
    return ControlChange(
        control=row.id,
        title=row.title,
        control_category=row.category,
        category_before=before.category if before is not None and before.category != row.category else None,
        change=change,
        before=then,
        after=now,
        maximum_before=before.maximum if before is not None else None,
        maximum_after=after.maximum if after is not None else None,
    )


def _change(
    before: Row | None, after: Row | None
) -> Literal["appeared", "gone", "rose", "fell", "moved", "reweighted"] | None:
    then, now = before.points if before is not None else None, after.points if after is not None else None
    if then is None or now is None:
        return None if then is now else "gone" if now is None else "appeared"
    if abs(now - then) > TOLERANCE:
        return "rose" if now > then else "fell"
    assert before is not None
    assert after is not None
    if before.maximum != after.maximum:
        return "reweighted"
    return "moved" if before.category != after.category else None


def _state(before: Row | None, after: Row | None) -> StateChange | None:
    """A state that is another; one of a control that is on one side only counts where it is not Default."""
    row = after or before
    assert row is not None, "it is on one side"
    then = before.state if before is not None else "Default"
    now = after.state if after is not None else "Default"
    if then.casefold() == now.casefold():
        return None
    return StateChange(
        control=row.id,
        title=row.title,
        before=then,
        after=now,
        updated_by=row.by,
        updated_date_time=row.at,
        comment=row.comment,
    )
