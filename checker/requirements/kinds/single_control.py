"""``control``: one control; or a list of which the first that is scored counts; or one with ``*``."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from checker.report.finding import Judgement
from checker.report.outcome import Outcome
from checker.requirements.direction import Directions, undecided
from checker.requirements.entry import Case
from checker.requirements.terms.absence import judge_missing
from checker.requirements.terms.control_judge import judge_control
from checker.requirements.terms.control_terms import ControlEntry
from checker.requirements.terms.evidence import in_doubt
from checker.requirements.terms.grace import NewControls, days_of_grace, direction_of_grace, judge_new
from checker.requirements.terms.named_controls import ControlId, all_of, may_mean_more, meant, resolve
from checker.requirements.terms.pattern import is_pattern
from checker.requirements.words import WordGroup, WordKind
from checker.tenant.control import Control
from checker.tenant.tenant import Tenant


class SingleControl(ControlEntry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A requirement on one control."""

    directions: ClassVar[Directions] = {
        **ControlEntry.directions,
        "control": undecided,
        "new_controls": lambda before, after: direction_of_grace(before.new_controls, after.new_controls),
    }

    control: Annotated[
        ControlId | Annotated[list[ControlId], Meta(min_length=1)],
        Meta(
            description="The control's id; or a list of which the first that the tenant scores counts (a successor and "
            "its predecessor); or an id with *."
        ),
    ]

    new_controls: Annotated[
        NewControls | None,
        Meta(description="Of an id with *: leaves controls alone for a while after their first score."),
    ] = None

    @property
    def history_days(self) -> int:
        """Enough to see when a control that is in its grace was scored first."""
        has_grace = any(map(is_pattern, self.names))
        return max(super().history_days, days_of_grace(self.new_controls) if has_grace else 0)

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
        return f"{' or else '.join(self.names)} must be {self.demand()}"

    def words(self) -> Iterator[WordGroup]:
        """The ids and patterns."""
        yield WordGroup(WordKind.CONTROL, tuple(self.names))

    def controls_meant(self, tenant: Tenant) -> set[str]:
        """Those that any of the names means."""
        return meant(self.names, tenant)

    def judge(self, case: Case) -> list[Judgement]:
        """One finding: of the first name that is scored."""
        tenant = case.tenant
        # One that is scored counts before any that has a profile alone.
        for with_profiles in (False, True) if self.judges_state_alone else (False,):
            for number, name in enumerate(self.names):
                controls = resolve(name, tenant, with_profiles=with_profiles)
                if controls:
                    found = self._judge_all(controls, case, name)
                    means_more = may_mean_more(name, [control.id for control in controls])
                    return [self._if_nothing_is_left_out(found, tenant, first=number == 0, means_more=means_more)]
        return [self.declaring(judge_missing(self.names, tenant, self.on_missing))]

    def _judge_all(self, controls: Sequence[Control], case: Case, name: str) -> Judgement:
        """The judgement of the controls that a name means; a pattern leaves new ones alone, and names them."""
        terms = self.new_controls if is_pattern(name) else None
        graces = {control.id: judge_new(control, terms, case.tenant, case.today) for control in controls}
        new = [grace for grace in graces.values() if grace is not None]
        old = [control for control in controls if graces[control.id] is None]
        if not old:
            return all_of(new)
        found = all_of([judge_control(self, case.tenant, control) for control in old])
        if not new:
            return found
        names = "; ".join(grace.message for grace in new)
        return msgspec.structs.replace(found, message=f"{found.message}; {names}")

    def _if_nothing_is_left_out(
        self, judgement: Judgement, tenant: Tenant, *, first: bool, means_more: bool
    ) -> Judgement:
        """The judgement, unless controls that the day may leave out could change it.

        Args:
            judgement: of the controls that are scored.
            tenant: who is judged.
            first: whether they have the first name; the names before another one count first.
            means_more: whether their name may mean others too.
        """
        if tenant.left_out is None or (first and not means_more):
            return judgement
        if first and judgement.outcome is Outcome.FAIL:
            # Whatever else the name means, this fails.
            return judgement
        return self.declaring(in_doubt(tenant.left_out, control=judgement.control))
