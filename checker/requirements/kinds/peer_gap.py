"""``compare``: how far the tenant may lie below the average of others."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.presentation.words import shown
from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.direction import Directions, falling, same_or_undecided, together
from checker.requirements.entry import Case, Entry
from checker.requirements.terms.minimum import worded
from checker.requirements.terms.totals import untrusted_total
from checker.tenant.numbers import at_most
from checker.tenant.tenant import Tenant

Basis = Literal["AllTenants", "TotalSeats", "IndustryTypes"]


class PercentagePoints(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A difference of two percentages."""

    percentage_points: Annotated[float, Meta(ge=0, le=100, description="0 to 100.")]


class Comparison(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Against whom, and how far below them is too far."""

    basis: Annotated[
        Basis,
        Meta(description="AllTenants, TotalSeats (tenants of this size) or IndustryTypes (of this industry)."),
    ]
    maximum_below: Annotated[PercentagePoints, Meta(description="How far below their average the tenant may be.")]


class PeerGap(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A limit on the distance to the average of other tenants, in percent of each one's maximum."""

    directions: ClassVar[Directions] = {
        **Entry.directions,
        "compare": lambda before, after: together(
            (
                same_or_undecided(before.compare.basis, after.compare.basis),
                falling(lambda entry: entry.compare.maximum_below.percentage_points)(before, after),
            )
        ),
    }

    compare: Annotated[Comparison, Meta(description="The tenants to compare with, and the limit.")]

    @property
    def _limit(self) -> Quantity:
        return Quantity(self.compare.maximum_below.percentage_points, Unit.PERCENTAGE_POINTS)

    def sentence(self) -> str:
        """What is asked for."""
        return f"the overall score must be at most {worded(self._limit)} below the average of {self.compare.basis}"

    def idle_reasons(self) -> Iterator[str]:
        """A limit that no distance exceeds."""
        if self._limit.value == 100:
            yield "no score is more than 100 percentage points below another"

    def judge(self, case: Case) -> list[Judgement]:
        """One finding; skipped with a warning where Microsoft has no average."""
        tenant = case.tenant
        doubt = untrusted_total(tenant, self._limit)
        if doubt is not None:
            return [doubt]
        assert tenant.newest is not None
        score = tenant.newest.score
        average = self._average(tenant)
        if average is None or average > 100:
            text = f"Microsoft publishes no average of {self.compare.basis} for this tenant at the moment"
            if average is not None:
                text = f"the average of {self.compare.basis} is {average:g}, not a percentage, so it is not available"
            return [
                Judgement(
                    outcome=Outcome.SKIPPED,
                    reason=Reason.NOT_AVAILABLE,
                    message=text,
                    required=self._limit,
                    warns=True,
                )
            ]
        percent = 100 * (score.current_score or 0.0) / (score.maximum or 1.0)
        gap = average - percent
        limit = float(self._limit.value)
        met = at_most(gap, limit)
        where = f"{shown(abs(gap), beside=limit)} percentage points {'below' if gap > 0 else 'above'}"
        text = f"the overall score is {where} the average of {self.compare.basis} ({shown(average)} %)"
        return [
            Judgement(
                outcome=Outcome.PASS if met else Outcome.FAIL,
                reason=Reason.MET if met else Reason.ABOVE_MAXIMUM,
                message=text if met else f"{text} and may be at most {worded(self._limit)} below it",
                measured=Quantity(gap, Unit.PERCENTAGE_POINTS),
                required=self._limit,
                points=None if met else (gap - limit) * (score.maximum or 0.0) / 100,
            )
        ]

    def _average(self, tenant: Tenant) -> float | None:
        """The average in percent; -1, absent and empty mean that there is none."""
        assert tenant.newest is not None
        for entry in tenant.newest.score.average_comparative_scores or ():
            if (entry.basis or "").casefold() == self.compare.basis.casefold():
                average = entry.average_score
                return average if average is not None and average >= 0 else None
        return None
