"""``anyOf``: several controls, one of which must meet the requirement."""

from typing import Annotated

import msgspec
from msgspec import Meta

from checker.report.finding import Judgement
from checker.report.outcome import Outcome
from checker.requirements.entry import Case
from checker.requirements.terms.absence import judge_missing
from checker.requirements.terms.control_judge import judge_control
from checker.requirements.terms.control_terms import ControlEntry
from checker.requirements.terms.named_controls import ControlId, meant, resolve
from checker.tenant.tenant import Tenant


class AnyOfControls(ControlEntry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A requirement that holds when one of several controls meets it: several ways to the same end."""

    any_of: Annotated[
        list[ControlId],
        Meta(min_length=1, description="Control ids, one of which must meet the requirement."),
    ]

    def sentence(self) -> str:
        """What is asked for."""
        return f"one of {', '.join(self.any_of)} is {self.demand()}"

    def controls_meant(self, tenant: Tenant) -> set[str]:
        """Each of them."""
        return meant(self.any_of, tenant)

    def judge(self, case: Case) -> list[Judgement]:
        """One finding: of the control that passes, else of the one that is nearest to it."""
        tenant = case.tenant
        judgements = [
            judge_control(self, tenant, control)
            for name in self.any_of
            for control in resolve(name, tenant, with_profiles=self.judges_state_alone)
        ]
        if not judgements:
            return [self.declaring(judge_missing(self.any_of, tenant, self.on_missing))]
        best = max(judgements, key=lambda judgement: _PREFERENCE[judgement.outcome])
        if best.outcome is not Outcome.FAIL:
            return [best]
        absent = [name for name in self.any_of if not resolve(name, tenant, with_profiles=self.judges_state_alone)]
        if absent and tenant.snapshot.partial and self.on_missing != "skip":
            # The one that the incomplete answer lacks may be the one that passes.
            return [self.declaring(judge_missing(absent, tenant, self.on_missing))]
        failing = [judgement for judgement in judgements if judgement.outcome is Outcome.FAIL]
        nearest = min(failing, key=lambda judgement: judgement.points if judgement.points is not None else 1e9)
        others = "" if len(self.any_of) == 1 else f"; none of {', '.join(self.any_of)} meets the requirement"
        return [msgspec.structs.replace(nearest, message=nearest.message + others)]


# An error among failures stays an error: the control that cannot be judged may be the one that passes.
_PREFERENCE = {Outcome.PASS: 4, Outcome.ERROR: 3, Outcome.FAIL: 2, Outcome.SKIPPED: 1, Outcome.WAIVED: 0}
