"""``select``: every scored control that fits, one finding each."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from checker.report.finding import Judgement
from checker.report.outcome import Reason
from checker.requirements.direction import Directions, falling, shrinking
from checker.requirements.entry import Case
from checker.requirements.terms.absence import judge_missing, judge_no_choice, judge_uncertain_choice
from checker.requirements.terms.control_judge import judge_control
from checker.requirements.terms.control_terms import ControlEntry
from checker.requirements.terms.evidence import in_doubt
from checker.requirements.terms.grace import NewControls, days_of_grace, direction_of_grace, judge_new
from checker.requirements.terms.named_controls import matcher_in
from checker.requirements.terms.pattern import control_matcher, is_pattern
from checker.requirements.terms.selector import Selector, direction_of_selector
from checker.requirements.words import WordGroup, WordKind
from checker.tenant.tenant import Tenant


class AtMost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a selection may fail."""

    failing: Annotated[
        int,
        Meta(ge=0, le=10_000, description="How many may fail; their findings are advisory as long as no more fail."),
    ]


class SelectedControls(ControlEntry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A requirement on each control that a selector picks."""

    per_control: ClassVar[bool] = True

    directions: ClassVar[Directions] = {
        **ControlEntry.directions,
        "select": lambda before, after: direction_of_selector(before.select, after.select),
        "exclude": shrinking(lambda entry: entry.exclude),
        "at_most": falling(lambda entry: entry.tolerated),
        "new_controls": lambda before, after: direction_of_grace(before.new_controls, after.new_controls),
    }

    select: Annotated[Selector, Meta(description="Picks among the controls that the newest day scores.")]
    exclude: Annotated[list[str], Meta(description="Ids that are not picked; * stands for any characters.")] = (
        msgspec.field(default_factory=list)
    )
    at_most: Annotated[AtMost | None, Meta(description="Lets some of the selection fail.")] = None
    new_controls: Annotated[
        NewControls | None, Meta(description="Leaves controls alone for a while after their first score.")
    ] = None

    @property
    def history_days(self) -> int:
        """Enough to see when a control that is in its grace was scored first."""
        return max(super().history_days, days_of_grace(self.new_controls))

    @property
    def tolerated(self) -> int:
        """``atMost.failing``."""
        return self.at_most.failing if self.at_most is not None else 0

    def sentence(self) -> str:
        """What is asked for."""
        text = f"each of the {self.select.sentence()} must be {self.demand()}"
        return f"{text}, and at most {self.tolerated} may fail" if self.at_most is not None else text

    def words(self) -> Iterator[WordGroup]:
        """Those of the selector, and the ids that are left out."""
        yield from self.select.words()
        if self.exclude:
            yield WordGroup(WordKind.CONTROL, tuple(self.exclude), decides=False)

    def idle_reasons(self) -> Iterator[str]:
        """Also more failures than there are ids, and an exclusion of all of them."""
        yield from super().idle_reasons()
        names = self.select.id or []
        if "*" in self.exclude or (names and all(map(control_matcher(self.exclude), names))):
            yield "exclude leaves out everything that select picks"
        elif names and not any(map(is_pattern, names)) and self.tolerated >= len(names):
            yield f"at most {self.tolerated} of the {len(names)} controls may fail"

    def controls_meant(self, tenant: Tenant) -> set[str]:
        """Those that are picked."""
        return {control.id for control in self.select.pick(tenant, self.exclude)}

    def judge(self, case: Case) -> list[Judgement]:
        """A finding for each control that is picked, and for each written-out id that was lost or never existed."""
        tenant = case.tenant
        picked, maybe = self.select.sort(tenant, self.exclude)
        found = [
            judge_new(control, self.new_controls, tenant, case.today) or judge_control(self, tenant, control)
            for control in picked
        ]
        if maybe:
            found.append(judge_uncertain_choice(maybe))
        if found and tenant.left_out is not None:
            # What the day leaves out may belong to the selection too.
            found.append(in_doubt(tenant.left_out))
        found.extend(self._lost(tenant))
        if found:
            return found
        return [judge_no_choice(self.select, self.exclude, tenant, self.on_missing)]

    def _lost(self, tenant: Tenant) -> list[Judgement]:
        """Findings of ids that the selector writes out: no longer scored, or unknown (a slip of the pen)."""
        if tenant.newest is None or tenant.left_out is not None:
            return []
        excluded = matcher_in(tenant, self.exclude)
        lost = [name for name in self.select.literal_ids if tenant.scored(name) is None and not excluded(name)]
        judged = [(name, judge_missing([name], tenant, self.on_missing)) for name in lost]
        # A selector picks among what is scored: an id that has a profile alone is simply not among it.
        return [
            self.declaring(judgement)
            for name, judgement in judged
            if judgement.reason is not Reason.NOT_SCORED or self._is_nowhere(name, tenant)
        ]

    @staticmethod
    def _is_nowhere(name: str, tenant: Tenant) -> bool:
        return tenant.has_all_profiles and tenant.unscored(name) is None
