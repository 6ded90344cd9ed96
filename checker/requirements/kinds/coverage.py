"""``coverage``: a product switched off must not look like progress."""

import math
from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from checker.presentation.words import counted, named, shown
from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.direction import Directions, same_or_undecided, together
from checker.requirements.entry import Case, Entry
from checker.requirements.terms.absence import no_score
from checker.requirements.terms.evidence import in_doubt
from checker.requirements.terms.looking_back import idle_limit, no_base
from checker.requirements.terms.minimum import Limit, direction_of_limit, worded
from checker.requirements.terms.score_judgement import score_judgement
from checker.snapshot.model import Day
from checker.tenant.control import Control
from checker.tenant.earlier import SLACK_DAYS
from checker.tenant.numbers import at_most
from checker.tenant.tenant import Tenant

_NAMES_SHOWN = 5


class CoverageTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Since when, and how much may be lost."""

    days: Annotated[int, Meta(ge=1, le=3650, description="How many days to look back from the newest day.")]
    maximum_loss: Annotated[
        Limit,
        Meta(
            description="How much of what was scored then may be gone now; percentage points are of that day's maximum."
        ),
    ]


class Coverage(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit on controls that were scored some days ago and are not any more."""

    directions: ClassVar[Directions] = {
        **Entry.directions,
        "coverage": lambda before, after: together(
            (
                same_or_undecided(before.coverage.days, after.coverage.days),
                direction_of_limit(before.coverage.maximum_loss, after.coverage.maximum_loss),
            )
        ),
    }

    coverage: Annotated[CoverageTerms, Meta(description="How many days to look back, and how much may be lost.")]

    @property
    def history_days(self) -> int:
        """As many as it looks back, and the slack."""
        return self.coverage.days + SLACK_DAYS

    def sentence(self) -> str:
        """What is asked for."""
        limit = worded(self.coverage.maximum_loss.quantity)
        return f"controls worth at most {limit} may stop being scored within {self.coverage.days} days"

    def idle_reasons(self) -> Iterator[str]:
        """More days than Graph keeps, and a limit that nothing exceeds."""
        yield from idle_limit(self.coverage.days, self.coverage.maximum_loss.quantity)

    def judge(self, case: Case) -> list[Judgement]:
        """One finding; skipped where the snapshot has no day that is old enough."""
        tenant = case.tenant
        if tenant.newest is None:
            return [no_score(tenant, Outcome.ERROR, None)]
        limit = self.coverage.maximum_loss.quantity
        if tenant.left_out is not None:
            return [in_doubt(tenant.left_out, required=limit)]
        then = tenant.day_before(self.coverage.days)
        if then is None:
            return [no_base(self.coverage.days, limit)]
        whole = then.score.maximum
        if limit.unit is Unit.PERCENTAGE_POINTS and not whole:
            text = f"the maximum of {then.date} is unknown or zero, so a share can't be judged; require points"
            return [score_judgement(Outcome.ERROR, Reason.MAXIMUM_UNKNOWN, text, limit)]
        return [self._judge_loss(_Loss.since(then, tenant), tenant)]

    def _judge_loss(self, loss: "_Loss", tenant: Tenant) -> Judgement:
        limit = self.coverage.maximum_loss.quantity
        most = float(limit.value)
        value = loss.measured(loss.points, limit.unit)
        measured = Quantity(value, limit.unit)
        text = loss.described(limit)
        if not at_most(value, most):
            text += f"; at most {worded(limit)} may be lost: a licence, product or connector may have been switched off"
            return score_judgement(Outcome.FAIL, Reason.ABOVE_MAXIMUM, text, limit, measured, loss.points)
        if loss.unknown:
            text += f"; the maximum of {named(loss.unknown, _NAMES_SHOWN)} is unknown, so the loss can't be judged"
            return score_judgement(Outcome.ERROR, Reason.MAXIMUM_UNKNOWN, text, limit, measured)
        if not at_most(loss.measured(loss.most, limit.unit), most):
            (first, *_) = (member.doubt for control in loss.open for member in tenant.open_members(control))
            return in_doubt(first, required=limit)
        return score_judgement(Outcome.PASS, Reason.MET, text, limit, measured)


class _Loss(msgspec.Struct, frozen=True, kw_only=True):
    """The controls that a day scored and that are not scored any more.

    Attributes:
        then: the day.
        names: ids of the controls.
        points: their maxima, as far as they are known.
        unknown: ids of those whose maximum is unknown.
        open: controls that are there today without a readable score, and so may be lost too.
        most: the points with those; infinite where the maximum of one is unknown.
    """

    then: Day
    names: tuple[str, ...]
    points: float
    unknown: tuple[str, ...]
    open: tuple[Control, ...]
    most: float

    @classmethod
    def since(cls, then: Day, tenant: Tenant) -> "_Loss":
        """What is gone since a day."""
        scored = [score for score in then.controls if score.score is not None]
        now = {score.control_name: tenant.still_scored(score.control_name) for score in scored}
        lost = [(score, tenant.maximum_on(score)) for score in scored if now[score.control_name] is None]
        points = sum(maximum for _, maximum in lost if maximum is not None)
        unread = [
            (score, control) for score in scored if (control := now[score.control_name]) and control.points is None
        ]
        return cls(
            then=then,
            names=tuple(score.control_name for score, _ in lost),
            points=points,
            unknown=tuple(score.control_name for score, maximum in lost if maximum is None),
            open=tuple(control for _, control in unread),
            most=points + sum(_at_most(tenant.maximum_on(score)) for score, _ in unread),
        )

    def measured(self, points: float, unit: Unit) -> float:
        """Points in the limit's unit: percentage points are of that day's maximum."""
        return points if unit is Unit.POINTS else 100 * points / (self.then.score.maximum or 1.0)

    def described(self, limit: Quantity) -> str:
        """What is gone, as a clause."""
        date = self.then.date
        if not self.names:
            return f"every control that was scored on {date} is still scored"
        beside = float(limit.value)
        in_points = limit.unit is Unit.POINTS
        worth = shown(self.points, beside=beside if in_points else None)
        verb = "is" if len(self.names) == 1 else "are"
        text = f"{counted(len(self.names), 'control')} worth {worth} points scored on {date} {verb} not scored any more"
        text += f" ({named(self.names, _NAMES_SHOWN)})"
        if in_points:
            return text
        share = shown(self.measured(self.points, limit.unit), beside=beside)
        return f"{text}, {share} percentage points of that day's maximum"


def _at_most(maximum: float | None) -> float:
    return maximum if maximum is not None else math.inf
