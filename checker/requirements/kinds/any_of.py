"""``anyOf``: several controls, one of which must meet the requirement."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from checker.report.finding import Judgement
from checker.report.outcome import Outcome
from checker.requirements.direction import Direction, Directions, shrinking
from checker.requirements.entry import Case
from checker.requirements.terms.absence import judge_missing
from checker.requirements.terms.control_judge import judge_control
from checker.requirements.terms.control_terms import ControlEntry
from checker.requirements.terms.evidence import in_doubt
from checker.requirements.terms.named_controls import (
    ControlId,
    all_of,
    may_mean_more,
    meant,
    nearest_way,
    resolve,
)
from checker.requirements.words import WordGroup, WordKind
from checker.tenant.tenant import Tenant


def _direction_of_alternatives(before: "AnyOfControls", after: "AnyOfControls") -> Direction:
    """One more lets more through. One fewer may too: it may be the only one that is scored, and fails."""
    found = shrinking(lambda entry: entry.any_of)(before, after)
    return Direction.UNDECIDED if found is Direction.TIGHTER else found


class AnyOfControls(ControlEntry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A requirement that holds when one of several controls meets it: several ways to the same end."""

    directions: ClassVar[Directions] = {**ControlEntry.directions, "any_of": _direction_of_alternatives}

    any_of: Annotated[
        list[ControlId],
        Meta(min_length=1, description="Control ids, one of which must meet the requirement."),
    ]

    def sentence(self) -> str:
        """What is asked for."""
        return f"one of {', '.join(self.any_of)} must be {self.demand()}"

    def words(self) -> Iterator[WordGroup]:
        """The ids and patterns."""
        yield WordGroup(WordKind.CONTROL, tuple(self.any_of), is_enough=True)

    def controls_meant(self, tenant: Tenant) -> set[str]:
        """Each of them."""
        return meant(self.any_of, tenant)

    def judge(self, case: Case) -> list[Judgement]:
        """One finding: of the first alternative that passes; else an error where one may; else of all that fail."""
        tenant = case.tenant
        ways = {name: self._way(name, tenant) for name in dict.fromkeys(self.any_of)}
        known = [(self._speaking(name, way, tenant), way) for name, way in ways.items() if way]
        if not known:
            return [self.declaring(judge_missing(self.any_of, tenant, self.on_missing))]
        best = max((judgement.outcome for judgement, _ in known), key=_PREFERENCE.__getitem__)
        if best in {Outcome.PASS, Outcome.ERROR}:
            return [next(judgement for judgement, _ in known if judgement.outcome is best)]
        absent = [name for name, way in ways.items() if not way]
        if absent and tenant.left_out is not None:
            # The one that the day leaves out may be the one that passes.
            return [self.declaring(judge_missing(absent, tenant, self.on_missing))]
        if best is Outcome.SKIPPED:
            return [known[0][0]]
        found = nearest_way([way for judgement, way in known if judgement.outcome is Outcome.FAIL])
        missing = f"; not scored: {', '.join(absent)}" if absent else ""
        return [msgspec.structs.replace(found, message=f"{found.message}{missing}")]

    def _way(self, name: str, tenant: Tenant) -> list[Judgement]:
        """The judgements of the controls that an alternative means; none where the tenant doesn't score it."""
        controls = resolve(name, tenant, with_profiles=self.judges_state_alone)
        return [judge_control(self, tenant, control) for control in controls]

    def _speaking(self, name: str, way: list[Judgement], tenant: Tenant) -> Judgement:
        """The judgement of an alternative, unless controls that the day may leave out could change it."""
        found = all_of(way)
        ids = [judgement.control or "" for judgement in way]
        if tenant.left_out is None or found.outcome is Outcome.FAIL or not may_mean_more(name, ids):
            return found
        return self.declaring(in_doubt(tenant.left_out, control=found.control))


# An error among failures stays an error: the control that cannot be judged may be the one that passes.
_PREFERENCE = {Outcome.PASS: 4, Outcome.ERROR: 3, Outcome.FAIL: 2, Outcome.SKIPPED: 1, Outcome.WAIVED: 0}
