"""``trend``: the score must not fall, and what Microsoft changed is not the tenant's fall."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.presentation.words import shown
from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.direction import Directions, rising, same_or_undecided, together
from checker.requirements.entry import Case, Entry
from checker.requirements.terms.evidence import in_doubt
from checker.requirements.terms.looking_back import idle_limit, no_base
from checker.requirements.terms.minimum import Limit, direction_of_limit, worded
from checker.requirements.terms.score_judgement import score_judgement
from checker.requirements.terms.totals import untrusted_total
from checker.snapshot.model import Day
from checker.tenant.attribution import OWN, Attribution, Cause, Part, attribute
from checker.tenant.completeness import Doubt
from checker.tenant.earlier import SLACK_DAYS
from checker.tenant.numbers import TOLERANCE, at_most
from checker.tenant.ranges import points_range
from checker.tenant.tenant import Tenant

_NAMED = 5


class TrendTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Since when, how far, and whose doing counts."""

    days: Annotated[int, Meta(ge=1, le=3650, description="How many days to look back from the newest day.")]
    maximum_drop: Annotated[
        Limit, Meta(description="How far the score may have fallen since; percentage points are of its percentage.")
    ]
    attributed_to: Annotated[
        Literal["tenant", "all"],
        Meta(
            description="tenant: what the tenant's own controls did; a changed catalogue, a licence or a new control "
            "warns. all: everything."
        ),
    ] = "tenant"


class _DoubtedChange(msgspec.Struct, frozen=True):
    """The change of a control whose points of the newest day contradict each other: at least and at most."""

    control: str
    doubt: Doubt
    least: float
    most: float


class ScoreTrend(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit on the fall of the score over some days."""

    directions: ClassVar[Directions] = {
        **Entry.directions,
        "trend": lambda before, after: together(
            (
                same_or_undecided(before.trend.days, after.trend.days),
                direction_of_limit(before.trend.maximum_drop, after.trend.maximum_drop),
                rising(lambda entry: entry.trend.attributed_to == "all")(before, after),
            )
        ),
    }

    trend: Annotated[TrendTerms, Meta(description="How many days to look back, and how far the score may fall.")]

    @property
    def history_days(self) -> int:
        """As many as it looks back, and the slack."""
        return self.trend.days + SLACK_DAYS

    def sentence(self) -> str:
        """What is asked for."""
        whose = " by the tenant's own controls" if self.trend.attributed_to == "tenant" else ""
        return f"the score may fall by at most {worded(self._limit)}{whose} within {self.trend.days} days"

    def idle_reasons(self) -> Iterator[str]:
        """More days than Graph keeps, and a limit that nothing exceeds."""
        yield from idle_limit(self.trend.days, self._limit)

    def judge(self, case: Case) -> list[Judgement]:
        """One finding; skipped where the snapshot has no day that is old enough."""
        tenant = case.tenant
        in_points = self._limit.unit is Unit.POINTS
        doubt = untrusted_total(tenant, self._limit, needs_maximum=not in_points)
        if doubt is not None:
            return [doubt]
        assert tenant.newest is not None
        if tenant.left_out is not None:
            return [in_doubt(tenant.left_out, required=self._limit)]
        then = tenant.day_before(self.trend.days)
        if then is None:
            return [no_base(self.trend.days, self._limit)]
        found = attribute(tenant, then, tenant.newest)
        if found is None or (not in_points and found.percentage_points is None):
            text = f"the score of {then.date} or its maximum is missing, so its fall is unknown"
            return [score_judgement(Outcome.ERROR, Reason.NOT_AVAILABLE, text, self._limit)]
        doubted = _doubted_changes(then, tenant) if self.trend.attributed_to == "tenant" else []
        extremes = [_with_changes(found, then, tenant, doubted, worst=worst) for worst in (True, False)]
        judgements = [self._judge_open(one, then, tenant) or self._judge(one) for one in extremes]
        if judgements[0].outcome is not judgements[1].outcome:
            return [in_doubt(doubted[0].doubt, required=self._limit)]
        return [judgements[0]]

    def _judge_open(self, found: Attribution, then: Day, tenant: Tenant) -> Judgement | None:
        """The finding where the verdict hangs on whose doing a change is; None where it doesn't.

        A control whose score can't be read on one of the days has neither been added nor retired for certain.
        """
        unread = {score.control_name.casefold() for score in then.controls if score.score is None}
        unread |= {control.id.casefold() for control in tenant.controls if control.points is None}
        parts = [part for part in found.parts if part.control is not None and part.control.casefold() in unread]
        if not parts or self.trend.attributed_to == "all":
            return None
        own = msgspec.structs.replace(
            found,
            parts=tuple(
                msgspec.structs.replace(part, cause="regressed") if part in parts and part.points < 0 else part
                for part in found.parts
            ),
        )
        if self._judge(own).outcome is self._judge(found).outcome:
            return None
        text = f"{parts[0].control} has no readable score on both days, so the cause of its change is unknown"
        return in_doubt(Doubt("partial-data", text), required=self._limit)

    def _judge(self, found: Attribution) -> Judgement:
        in_points = self._limit.unit is Unit.POINTS
        whole = found.points if in_points else found.percentage_points or 0.0
        own = found.of_tenant()[0 if in_points else 1]
        limit = float(self._limit.value)
        drop = -(own if self.trend.attributed_to == "tenant" else whole)
        text = self._course(found, whole, own, limit)
        measured = Quantity(drop, self._limit.unit)
        if not at_most(drop, limit):
            text += f"; it may fall by at most {worded(self._limit)}"
            points = None if not in_points else drop - limit
            return score_judgement(Outcome.FAIL, Reason.ABOVE_MAXIMUM, text, self._limit, measured, points)
        # It fell by more than it may, and not by the tenant's doing.
        passed = score_judgement(Outcome.PASS, Reason.MET, text, self._limit, measured)
        return msgspec.structs.replace(passed, warns=not at_most(-whole, limit))

    def _course(self, found: Attribution, whole: float, own: float, limit: float) -> str:
        unit = "points" if self._limit.unit is Unit.POINTS else "percentage points"
        course = "fell" if whole < 0 else "rose"
        text = f"the score {course} by {shown(abs(whole), beside=limit)} {unit} since {found.start}"
        if abs(own - whole) > TOLERANCE:
            text += f", of which {shown(own, beside=-limit)} by the tenant's own controls"
        parts = [part for part in found.parts if part.points < 0 and self._counts(part.cause)]
        falls = sorted(parts, key=lambda part: part.points)[:_NAMED]
        if falls:
            text += ": " + ", ".join(
                f"{part.control or 'no control'} {part.cause} by {shown(-part.points)} points" for part in falls
            )
        return text

    def _counts(self, cause: str) -> bool:
        return self.trend.attributed_to == "all" or cause in OWN

    @property
    def _limit(self) -> Quantity:
        return self.trend.maximum_drop.quantity


def _doubted_changes(then: Day, tenant: Tenant) -> list[_DoubtedChange]:
    """The controls of both days whose numbers of today are open though they are there."""
    before = {score.control_name.casefold(): score.score for score in then.controls}
    found = []
    for control in tenant.controls:
        start = before.get(control.id.casefold())
        members = [one for one in tenant.open_members(control) if one.doubt.code == "inconsistent"]
        if start is not None and members:
            points = points_range(control, members)
            found.append(_DoubtedChange(control.id, members[0].doubt, points.least - start, points.most - start))
    return found


def _with_changes(
    found: Attribution, then: Day, tenant: Tenant, changes: list[_DoubtedChange], *, worst: bool
) -> Attribution:
    """The attribution where these changes are the controls' own, each at its worst or at its best."""
    if not changes or tenant.newest is None:
        return found
    maxima = then.score.maximum, tenant.newest.score.maximum
    worth = 50 * (1 / maxima[0] + 1 / maxima[1]) if maxima[0] and maxima[1] else 0.0
    parts = [part for part in found.parts if part.control not in {change.control for change in changes}]
    for change in changes:
        points = change.least if worst else change.most
        cause: Cause = "regressed" if points < 0 else "improved"
        parts.append(
            Part(cause=cause, control=change.control, category=None, points=points, percentage_points=points * worth)
        )
    return msgspec.structs.replace(found, parts=tuple(parts))
