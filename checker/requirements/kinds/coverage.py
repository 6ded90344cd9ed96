"""``coverage``: a product switched off must not look like progress."""

from typing import Annotated

import msgspec
from msgspec import Meta

from checker.presentation.words import counted, named, shown
from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.entry import Case, Entry
from checker.requirements.terms.absence import no_score
from checker.requirements.terms.minimum import Limit, worded
from checker.snapshot.model import ControlScore, Day
from checker.tenant.numbers import at_most
from checker.tenant.tenant import SLACK_DAYS, Tenant

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

    coverage: Annotated[CoverageTerms, Meta(description="How many days to look back, and how much may be lost.")]

    @property
    def history_days(self) -> int:
        """As many as it looks back, and the slack."""
        return self.coverage.days + SLACK_DAYS

    def sentence(self) -> str:
        """What is asked for."""
        limit = worded(self.coverage.maximum_loss.quantity)
        return f"controls worth at most {limit} have stopped being scored within {self.coverage.days} days"

    def judge(self, case: Case) -> list[Judgement]:
        """One finding; skipped where the snapshot has no day that is old enough."""
        tenant = case.tenant
        if tenant.newest is None:
            return [no_score(tenant, Outcome.ERROR, None)]
        limit = self.coverage.maximum_loss.quantity
        then = tenant.day_before(self.coverage.days)
        if then is None:
            text = f"the data has no day that lies {self.coverage.days} to {self.coverage.days + SLACK_DAYS} days back"
            return [_judgement(Outcome.SKIPPED, Reason.NOT_ENOUGH_HISTORY, text, limit)]
        lost = [score for score in then.controls if score.score is not None and not tenant.scored(score.control_name)]
        return [self._judge_loss(lost, then, tenant, limit)]

    def _judge_loss(self, lost: list[ControlScore], then: Day, tenant: Tenant, limit: Quantity) -> Judgement:
        maxima = [tenant.maximum_on(score) for score in lost]
        points = sum(maximum for maximum in maxima if maximum is not None)
        value = points
        if limit.unit is Unit.PERCENTAGE_POINTS:
            whole = then.score.max_score
            if not whole:
                text = f"the maximum of {then.date} is unknown or zero, so no share of it can be judged; ask for points"
                return _judgement(Outcome.ERROR, Reason.MAXIMUM_UNKNOWN, text, limit)
            value = 100 * points / whole
        measured = Quantity(value, limit.unit)
        names = named([score.control_name for score in lost], _NAMES_SHOWN)
        in_points = limit.unit is Unit.POINTS
        worth = shown(points, beside=float(limit.value) if in_points else None)
        text = (
            f"{counted(len(lost), 'control')} worth {worth} points scored on {then.date} "
            f"{'is' if len(lost) == 1 else 'are'} not scored any more ({names})"
        )
        if not in_points:
            text += f", {shown(value, beside=float(limit.value))} percentage points of that day's maximum"
        if not lost:
            text = f"every control that was scored on {then.date} is still scored"
        if not at_most(value, float(limit.value)):
            text += f"; at most {worded(limit)} may be lost: a licence, product or connector may have been switched off"
            return _judgement(Outcome.FAIL, Reason.ABOVE_MAXIMUM, text, limit, measured, points)
        if None in maxima:
            text += "; the maximum of one of them is unknown, so the loss can't be judged"
            return _judgement(Outcome.ERROR, Reason.MAXIMUM_UNKNOWN, text, limit, measured)
        return _judgement(Outcome.PASS, Reason.MET, text, limit, measured)


def _judgement(
    outcome: Outcome,
    reason: Reason,
    text: str,
    required: Quantity,
    measured: Quantity | None = None,
    points: float | None = None,
) -> Judgement:
    return Judgement(
        outcome=outcome,
        reason=reason,
        message=text,
        measured=measured,
        required=required,
        points=points,
    )
