"""``control``: one control; or a list of which the first that is scored counts; or one with ``*``."""

from typing import Annotated

from msgspec import Meta

from checker.report.finding import Judgement
from checker.requirements.entry import Case
from checker.requirements.terms.absence import judge_missing
from checker.requirements.terms.control_judge import judge_control
from checker.requirements.terms.control_terms import ControlEntry
from checker.requirements.terms.named_controls import ControlId, meant, resolve, weakest
from checker.requirements.terms.pattern import is_pattern
from checker.tenant.tenant import Tenant


class SingleControl(ControlEntry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A requirement on one control."""

    control: Annotated[
        ControlId | Annotated[list[ControlId], Meta(min_length=1)],
        Meta(
            description="The control's id; or a list of which the first that the tenant scores counts (a successor and "
            "its predecessor); or an id with *."
        ),
    ]

    @property
    def names(self) -> list[str]:
        """The ids or patterns, in order."""
        return [self.control] if isinstance(self.control, str) else self.control

    @property
    def only_control(self) -> str | None:
        """The first name; a pattern names none."""
        return None if is_pattern(self.names[0]) else self.names[0]

    def sentence(self) -> str:
        """What is asked for."""
        return f"{' or else '.join(self.names)} is {self.demand()}"

    def controls_meant(self, tenant: Tenant) -> set[str]:
        """Those that any of the names means."""
        return meant(self.names, tenant)

    def judge(self, case: Case) -> list[Judgement]:
        """One finding: of the first name that is scored."""
        tenant = case.tenant
        # One that is scored counts before any that has a profile alone.
        for with_profiles in (False, True) if self.judges_state_alone else (False,):
            for name in self.names:
                controls = resolve(name, tenant, with_profiles=with_profiles)
                if controls:
                    return [weakest([judge_control(self, tenant, control) for control in controls])]
        return [self.declaring(judge_missing(self.names, tenant, self.on_missing))]
