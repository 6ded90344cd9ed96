"""``freshness``: old data must not pass for today's."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.direction import Directions, falling
from checker.requirements.entry import Case, Entry
from checker.requirements.terms.absence import no_score
from checker.requirements.terms.minimum import worded


class FreshnessTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The age from which data can't be judged."""

    maximum_age: Annotated[
        str,
        Meta(pattern=r"^[0-9]{1,4}d(?!\n)$", description="Whole UTC days with the letter d, for example 3d."),
    ]

    @property
    def days(self) -> int:
        """The age in days."""
        return int(self.maximum_age[:-1])


class Freshness(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit on the age of the newest day."""

    fails: ClassVar[Outcome] = Outcome.ERROR
    directions: ClassVar[Directions] = {**Entry.directions, "freshness": falling(lambda entry: entry.freshness.days)}

    freshness: Annotated[FreshnessTerms, Meta(description="How old the newest day may be.")]

    def sentence(self) -> str:
        """What is asked for."""
        return f"the newest day must be at most {worded(Quantity(self.freshness.days, Unit.DAYS))} old"

    def judge(self, case: Case) -> list[Judgement]:
        """One finding: an error, not a failure, where the data is older (the tenant itself may be fine)."""
        tenant = case.tenant
        if tenant.newest is None:
            return [no_score(tenant, Outcome.ERROR, None)]
        # Whole days, so that the hour at which a job runs doesn't matter.
        age = max(0, (case.today - tenant.newest.date).days)
        limit = Quantity(self.freshness.days, Unit.DAYS)
        measured = Quantity(age, Unit.DAYS)
        text = f"the newest day is {tenant.newest.date}, {worded(measured)} old"
        ahead = (tenant.newest.date - case.today).days
        met = age <= self.freshness.days and ahead <= 1
        if ahead > 1:
            # A day of slack for clocks; more would pass for fresh until that day comes.
            text = f"the newest day is {tenant.newest.date}, {worded(Quantity(ahead, Unit.DAYS))} ahead of the run: "
            text += "the clock or the data is wrong"
        elif not met:
            text += f", and may be {worded(limit)} old: Microsoft has published nothing since, or the snapshot is old"
        return [
            Judgement(
                outcome=Outcome.PASS if met else self.fails,
                reason=Reason.MET if met else Reason.STALE,
                message=text,
                measured=measured,
                required=limit,
            )
        ]
