"""The course of the score, and what caused each change."""

import datetime
import itertools
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.errors import SnapshotError
from checker.insight.warnings import DataWarning, data_warnings
from checker.presentation.words import named
from checker.snapshot.model import Day
from checker.tenant.attribution import Attribution, Part, attribute
from checker.tenant.difference import Difference
from checker.tenant.earlier import can_be_base
from checker.tenant.numbers import percent_of
from checker.tenant.tenant import Tenant

LONGEST_DAYS = 3650
"""What lies further back is not looked at: no tenant is so old, and a slip in a date would make a very long list."""


class DayScore(msgspec.Struct, frozen=True, rename="camel"):
    """The score of one day."""

    date: str
    current_score: float | None
    max_score: float | None
    percent: float | None


class Share(msgspec.Struct, frozen=True, rename="camel"):
    """Parts that have something in common, taken together."""

    name: str
    points: float
    percentage_points: float


class Step(msgspec.Struct, frozen=True, rename="camel"):
    """From one day to the next that the data has."""

    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    change: Difference
    causes: tuple[Part, ...]


class Trend(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The change between two days, whole and in parts. Both columns of every list of parts sum to the change."""

    schema: ClassVar[tuple[str, str]] = ("trend", "A Secure Score over time")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Trend"] = "Trend"
    tenant: str
    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    change: Difference
    causes: Annotated[tuple[Part, ...], Meta(description="Each control's part, the largest first.")]
    by_cause: tuple[Share, ...]
    by_category: tuple[Share, ...]
    days: Annotated[
        tuple[DayScore, ...], Meta(description="Oldest first; days that the data lacks are not among them.")
    ]
    missing_days: Annotated[tuple[str, ...], Meta(description="Days between the two that the data lacks.")]
    steps: Annotated[tuple[Step, ...], Meta(description="Day by day; those on which nothing changed are left out.")]
    left_out_days: Annotated[tuple[str, ...], Meta(description="Days whose control scores miss their own score.")] = ()
    warnings: tuple[DataWarning, ...] = ()


def trend(tenant: Tenant, since: datetime.date) -> Trend:
    """The course from the newest day on or before ``since`` (else the oldest there is) to the newest day.

    Raises:
        SnapshotError: the data has fewer than two days with a score that lie within ten years.
    """
    scored = [day for day in reversed(tenant.snapshot.days) if can_be_base(day)]
    open_days = [str(day.date) for day in reversed(tenant.snapshot.days) if not can_be_base(day)]
    days = [day for day in scored if (scored[-1].date - day.date).days <= LONGEST_DAYS]
    before = [day for day in days if day.date <= since]
    kept = days[days.index(before[-1]) :] if before else days
    if len(kept) < 2:
        raise SnapshotError(
            "the data does not have two days to compare",
            advice="Fetch more days: Graph keeps 90, and a tenant gets one more each day.",
        )
    whole = _between(tenant, kept[0], kept[-1])
    causes = tuple(sorted(whole.parts, key=lambda part: -abs(part.points)))
    dates = {day.date for day in kept}
    span = (kept[-1].date - kept[0].date).days
    every = [kept[0].date + datetime.timedelta(days=number) for number in range(span)]
    return Trend(
        tenant=tenant.id,
        start=str(kept[0].date),
        end=str(kept[-1].date),
        change=Difference(whole.points, whole.percentage_points),
        causes=causes,
        by_cause=_shares([(part.cause, part) for part in causes]),
        by_category=_shares([(part.category or "none", part) for part in causes]),
        days=tuple(_score(day) for day in kept),
        missing_days=tuple(str(date) for date in every if date not in dates),
        steps=tuple(_steps(tenant, kept)),
        left_out_days=tuple(open_days),
        warnings=(*data_warnings(tenant), *_left_out(open_days)),
    )


def _left_out(days: list[str]) -> Iterator[DataWarning]:
    if days:
        text = f"Left out, since their control scores are missing or do not add up: {named(days, 5)}."
        yield DataWarning("inconsistent", text)


def _between(tenant: Tenant, start: Day, end: Day) -> Attribution:
    found = attribute(tenant, start, end)
    assert found is not None, "days without a current score are left out"
    return found


def _steps(tenant: Tenant, days: list[Day]) -> list[Step]:
    found = [_between(tenant, start, end) for start, end in itertools.pairwise(days)]
    return [
        Step(str(step.start), str(step.end), Difference(step.points, step.percentage_points), step.parts)
        for step in found
        if step.parts
    ]


def _shares(parts: list[tuple[str, Part]]) -> tuple[Share, ...]:
    names = dict.fromkeys(name for name, _ in parts)
    return tuple(
        Share(
            name,
            sum(part.points for its_name, part in parts if its_name == name),
            sum(part.percentage_points for its_name, part in parts if its_name == name),
        )
        for name in names
    )


def _score(day: Day) -> DayScore:
    current, maximum = day.score.current_score, day.score.maximum
    return DayScore(str(day.date), current, maximum, percent_of(current, maximum))
