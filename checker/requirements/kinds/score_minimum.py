"""``minimum`` of a score: of the tenant, of a category, or of a selection of controls."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.presentation.words import shown
from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.direction import Directions, rising, undecided
from checker.requirements.entry import STRICTNESS, Case, Entry, OnMissing
from checker.requirements.terms.absence import judge_no_choice, judge_none, no_score
from checker.requirements.terms.evidence import first, in_doubt
from checker.requirements.terms.minimum import ScoreMinimum, direction_of_quantity, worded, zero_minimum
from checker.requirements.terms.score_judgement import score_judgement
from checker.requirements.terms.selector import Selector
from checker.requirements.terms.totals import without_maximum
from checker.requirements.words import WordGroup, WordKind
from checker.tenant.numbers import at_least
from checker.tenant.ranges import Total
from checker.tenant.tenant import Tenant
from checker.tenant.totals import may_belong


class MinimumScore(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A score that must be reached."""

    directions: ClassVar[Directions] = {
        **Entry.directions,
        "minimum": lambda before, after: direction_of_quantity(before.minimum, after.minimum),
        "category": undecided,
        "select": undecided,
        "exclude": undecided,
        "declared": rising(lambda entry: entry.declared == "exclude"),
        "on_missing": rising(lambda entry: STRICTNESS[entry.on_missing]),
    }

    minimum: Annotated[ScoreMinimum, Meta(description="What the score must reach.")]
    category: Annotated[
        Annotated[str, Meta(min_length=1)] | None,
        Meta(description="Judges one category: Identity, Data, Device, Apps or Infrastructure."),
    ] = None
    select: Annotated[Selector | None, Meta(description="Judges a selection of the scored controls.")] = None
    exclude: Annotated[list[str], Meta(description="Ids that the selection leaves out.")] = msgspec.field(
        default_factory=list
    )
    declared: Annotated[
        Literal["include", "exclude"],
        Meta(description="exclude judges observed points only: those that somebody declared do not count."),
    ] = "include"
    on_missing: Annotated[
        OnMissing,
        Meta(description="What to say where the tenant scores no such control: fail, skip or error."),
    ] = "fail"

    def __post_init__(self) -> None:
        """Refuses two scopes at once, and an exclusion from nothing."""
        if self.category is not None and self.select is not None:
            raise ValueError("expected category or select, not both")
        if self.exclude and self.select is None:
            raise ValueError("expected exclude only together with select")

    @property
    def subject(self) -> str:
        """What is measured, for a sentence."""
        observed = "observed " if self.declared == "exclude" else ""
        if self.category is not None:
            return f"the {observed}{self.category} score"
        if self.select is not None:
            return f"the {observed}score of the {self.select.sentence()}"
        return f"the {observed}overall score"

    def sentence(self) -> str:
        """What is asked for."""
        return f"{self.subject} must be at {worded(self.minimum.quantity)} or more"

    def words(self) -> Iterator[WordGroup]:
        """Those of the scope, and the ids that are left out."""
        if self._scope is not None:
            yield from self._scope.words()
        if self.exclude:
            yield WordGroup(WordKind.CONTROL, tuple(self.exclude), decides=False)

    def idle_reasons(self) -> Iterator[str]:
        """A minimum of zero, and an exclusion of everything."""
        if not self.minimum.quantity.value:
            yield zero_minimum(self.minimum.quantity)
        if "*" in self.exclude:
            yield "exclude leaves out everything that select picks"

    @property
    def skips_missing(self) -> bool:
        """``onMissing: skip``."""
        return self.on_missing == "skip"

    @property
    def _scope(self) -> Selector | None:
        """What is judged; None for the whole tenant."""
        return self.select if self.category is None else Selector(category=[self.category])

    def judge(self, case: Case) -> list[Judgement]:
        """One finding."""
        if case.tenant.newest is None:
            return [no_score(case.tenant, Outcome.ERROR, None)]
        observed_only = self.declared == "exclude"
        scope = self._scope
        if scope is None:
            total = case.totals.of_tenant(observed_only=observed_only)
            assert total is not None
            return [self._judge_total(total, case.tenant)]
        controls, maybe = scope.sort(case.tenant, self.exclude)
        if not controls and not maybe:
            return [self._judge_nothing(scope, case.tenant)]
        found = self._compare(case.totals.of(controls, maybe=maybe, observed_only=observed_only))
        if not controls and found.outcome is not self._judge_nothing(scope, case.tenant).outcome:
            return [in_doubt(may_belong(maybe[0]), required=self.minimum.quantity)]
        return [found]

    def _judge_total(self, total: Total, tenant: Tenant) -> Judgement:
        required = self.minimum.quantity
        if required.unit is Unit.PERCENT and not total.doubts and not total.maximum:
            return without_maximum(tenant, required)
        return self._compare(total)

    def _judge_nothing(self, scope: Selector, tenant: Tenant) -> Judgement:
        if self.select is not None:
            return judge_no_choice(scope, self.exclude, tenant, self.on_missing)
        return judge_none(f"controls of the category {self.category}", 0, scope, tenant, self.on_missing)

    def _compare(self, total: Total) -> Judgement:
        required = self.minimum.quantity
        wanted = float(required.value)
        in_percent = required.unit is Unit.PERCENT
        known = total.percents if in_percent else total.range
        if known is None:
            return self._without_percentage(total)
        holds, may_hold = at_least(known.least, wanted), at_least(known.most, wanted)
        if holds is not may_hold:
            return in_doubt(first(total.doubts), required=required)
        value = (total.percent or 0.0) if in_percent else total.points
        measured = Quantity(value, required.unit)
        standing = _standing(total, value, wanted, in_percent=in_percent)
        if holds:
            text = f"{self.subject} is at {standing}; {worded(required)} is required"
            return self._judgement(Outcome.PASS, Reason.MET, text, measured)
        text = f"{self.subject} is at {standing} and must be at {worded(required)}"
        needed = (total.maximum or 0.0) * wanted / 100 if in_percent else wanted
        found = self._judgement(Outcome.FAIL, Reason.BELOW_MINIMUM, text, measured, needed - total.points)
        return msgspec.structs.replace(found, least=(Quantity(min(value, known.least), required.unit),))

    def _without_percentage(self, total: Total) -> Judgement:
        if total.doubts:
            return in_doubt(first(total.doubts), required=self.minimum.quantity)
        if total.maximum is None:
            text = f"the maximum of {self.subject} is unknown, so a percentage can't be judged; require points instead"
            return self._judgement(Outcome.ERROR, Reason.MAXIMUM_UNKNOWN, text)
        text = f"{self.subject} has a maximum of zero points, so a percentage of it is not applicable"
        return self._judgement(Outcome.SKIPPED, Reason.NOT_APPLICABLE, text)

    def _judgement(
        self,
        outcome: Outcome,
        reason: Reason,
        text: str,
        measured: Quantity | None = None,
        points: float | None = None,
    ) -> Judgement:
        found = score_judgement(outcome, reason, text, self.minimum.quantity, measured, points)
        return msgspec.structs.replace(found, category=self.category)


def _standing(total: Total, value: float, wanted: float, *, in_percent: bool) -> str:
    """Where a score stands: ``61.95 % (698.17 of 1127 points)``."""
    of = f" of {shown(total.maximum)}" if total.maximum is not None else ""
    points = f"{shown(total.points, beside=None if in_percent else wanted)}{of} points"
    return f"{shown(value, beside=wanted)} % ({points})" if in_percent else points
