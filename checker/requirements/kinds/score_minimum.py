"""``minimum`` of a score: of the tenant, of a category, or of a selection of controls."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from checker.documents.suggest import did_you_mean
from checker.presentation.words import shown
from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.entry import Case, Entry, OnMissing
from checker.requirements.terms.absence import judge_no_choice, judge_none, judge_unprofiled, no_score
from checker.requirements.terms.minimum import ScoreMinimum, worded
from checker.requirements.terms.selector import Selector
from checker.requirements.terms.total import untrusted_total
from checker.tenant.numbers import at_least
from checker.tenant.tenant import Sum, Tenant

# Source: learn.microsoft.com/graph/api/resources/securescorecontrolprofile, property "controlCategory".
_CATEGORIES = ("Identity", "Data", "Device", "Apps", "Infrastructure")


class MinimumScore(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A score that must be reached."""

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
            raise ValueError("expected exclude only beside select")

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
        return f"{self.subject} is at {worded(self.minimum.quantity)} or more"

    def judge(self, case: Case) -> list[Judgement]:
        """One finding."""
        tenant = case.tenant
        if tenant.newest is None:
            return [no_score(tenant, Outcome.ERROR, None)]
        if self.declared == "exclude" and tenant.lacks_profiles:
            return [judge_unprofiled()]
        if self.category is None and self.select is None:
            return [self._judge_total(tenant)]
        return [self._judge_part(tenant)]

    def _judge_total(self, tenant: Tenant) -> Judgement:
        required = self.minimum.quantity
        doubt = untrusted_total(tenant, required, needs_maximum=required.unit is Unit.PERCENT)
        if doubt is not None:
            return doubt
        assert tenant.newest is not None
        score = tenant.newest.score
        declared = tenant.declared_points if self.declared == "exclude" else 0.0
        return self._compare(Sum((score.current_score or 0.0) - declared, score.max_score))

    def _judge_part(self, tenant: Tenant) -> Judgement:
        if self.select is not None:
            controls = self.select.pick(tenant, self.exclude)
        else:
            controls = tenant.of_category(self.category or "")
        if not controls:
            return self._judge_nothing(tenant)
        if self.select is not None and self.select.needs_profiles and tenant.lacks_profiles:
            return judge_unprofiled()
        return self._compare(tenant.sum(controls, observed_only=self.declared == "exclude"))

    def _judge_nothing(self, tenant: Tenant) -> Judgement:
        if self.select is not None:
            return judge_no_choice(self.select, self.exclude, tenant, self.on_missing)
        known = {*_CATEGORIES, *tenant.categories}
        category = self.category or ""
        hint = "" if category in known else did_you_mean(category, known)
        return judge_none(f"controls of the category {category}{hint}", 0, tenant, self.on_missing)

    def _compare(self, found: Sum) -> Judgement:
        required = self.minimum.quantity
        wanted = float(required.value)
        value = found.points
        if required.unit is Unit.PERCENT:
            if found.maximum is None:
                text = f"the maximum of {self.subject} is unknown, so no percentage of it can be judged; ask for points"
                return self._judgement(Outcome.ERROR, Reason.MAXIMUM_UNKNOWN, text)
            if found.maximum <= 0:
                text = f"{self.subject} has a maximum of zero points, so a percentage of it is not applicable"
                return self._judgement(Outcome.SKIPPED, Reason.NOT_APPLICABLE, text)
            value = 100 * found.points / found.maximum
        of = f" of {shown(found.maximum)}" if found.maximum is not None else ""
        points = f"{shown(found.points, beside=wanted if required.unit is Unit.POINTS else None)}{of} points"
        standing = f"{shown(value, beside=wanted)} % ({points})" if required.unit is Unit.PERCENT else points
        measured = Quantity(value, required.unit)
        if at_least(value, wanted):
            text = f"{self.subject} is at {standing}; {worded(required)} is required"
            return self._judgement(Outcome.PASS, Reason.MET, text, measured)
        text = f"{self.subject} is at {standing} and must be at {worded(required)}"
        needed = wanted if required.unit is Unit.POINTS else (found.maximum or 0.0) * wanted / 100
        return self._judgement(Outcome.FAIL, Reason.BELOW_MINIMUM, text, measured, needed - found.points)

    def _judgement(
        self,
        outcome: Outcome,
        reason: Reason,
        text: str,
        measured: Quantity | None = None,
        points: float | None = None,
    ) -> Judgement:
        return Judgement(
            outcome=outcome,
            reason=reason,
            message=text,
            category=self.category,
            measured=measured,
            required=self.minimum.quantity,
            points=points,
        )
