"""``undeclared``: no state in the portal that the policies don't know of (two-way reconciliation)."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.presentation.words import comment, set_by
from checker.report.finding import DeclaredState, Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.direction import Directions, rising, shrinking
from checker.requirements.entry import Case, Entry
from checker.requirements.terms.evidence import in_doubt
from checker.requirements.terms.named_controls import matcher_in
from checker.requirements.terms.profile_state import Remediate, direction_of_remediate
from checker.requirements.words import WordGroup, WordKind
from checker.snapshot.model import PROFILES
from checker.tenant.completeness import Doubt
from checker.tenant.control import Control
from checker.tenant.states import DEFAULT
from checker.tenant.tenant import Tenant


class UndeclaredStates(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A requirement on all states together: whoever accepts a risk in the portal does it in a policy too."""

    per_control: ClassVar[bool] = True
    judged_last: ClassVar[bool] = True

    directions: ClassVar[Directions] = {
        **Entry.directions,
        "undeclared": rising(lambda entry: entry.undeclared == "fail"),
        "exclude": shrinking(lambda entry: entry.exclude),
        "remediate": direction_of_remediate,
    }

    undeclared: Annotated[
        Literal["fail", "skip"],
        Meta(
            description="fail: a state other than Default that no profile requirement declares and no waiver covers is "
            "a violation. skip: only a waiver that has ended while the portal still says Ignored is one."
        ),
    ]
    exclude: Annotated[list[str], Meta(description="Ids that are not looked at; * stands for any characters.")] = (
        msgspec.field(default_factory=list)
    )
    remediate: Remediate = "manual"

    def sentence(self) -> str:
        """What is asked for."""
        if self.undeclared == "skip":
            return "no risk may stay accepted in the portal after its waiver has ended"
        return "every state other than Default must be declared by a policy or covered by a waiver"

    @property
    def sets_unseen(self) -> bool:
        """``remediate: auto``."""
        return self.remediate == "auto"

    @property
    def wants_state(self) -> bool:
        """That of every control."""
        return True

    def words(self) -> Iterator[WordGroup]:
        """The ids that are left out."""
        if self.exclude:
            yield WordGroup(WordKind.CONTROL, tuple(self.exclude), decides=False)

    def idle_reasons(self) -> Iterator[str]:
        """An exclusion of everything."""
        if "*" in self.exclude:
            yield "exclude leaves out every control"

    def judge(self, case: Case) -> list[Judgement]:
        """A finding for each state that the policies don't know of; one that passes where there is none."""
        found = [*self._violations(case)]
        doubt = self._doubt(case.tenant)
        if doubt is not None:
            # What was found is certain; what else there may be is not.
            return [*found, in_doubt(doubt)]
        return found or [Judgement(outcome=Outcome.PASS, reason=Reason.MET, message=self._holds())]

    def _holds(self) -> str:
        if self.undeclared == "skip":
            return "no risk stays accepted in the portal after its waiver has ended"
        return "every state other than Default is declared by a policy or covered by a waiver"

    def _doubt(self, tenant: Tenant) -> Doubt | None:
        """Why the data may hold more states than it shows; None where it can't."""
        if not tenant.assumes_default_states and (not tenant.snapshot.profiles or PROFILES in tenant.snapshot.partial):
            text = "control profiles are missing from the data, so which states the tenant has is unknown"
            return Doubt("partial-data", f"{text}; fetch the data again")
        excluded = matcher_in(tenant, self.exclude)
        for control in tenant.with_any_state():
            if not excluded(control.id):
                doubt = tenant.state_doubt(control)
                if doubt is not None:
                    return doubt
        return None

    def _violations(self, case: Case) -> Iterator[Judgement]:
        excluded = matcher_in(case.tenant, self.exclude)
        covered = case.states
        for control in case.tenant.with_state():
            if excluded(control.id) or covered.declares(control.id) or covered.is_waived(control.id):
                continue
            if self.undeclared == "skip" and not control.state.is_ignored:
                continue
            ended = covered.ended_waiver(control.id, case.name)
            if ended is not None and control.state.is_ignored:
                text = f"{control.id} is still in the state {_state(control)}, and {ended}"
                yield self._judgement(Reason.WAIVER_ENDED, text, control)
            elif self.undeclared == "fail":
                text = f"{control.id} is in the state {_state(control)}, which no policy declares and no waiver covers"
                text += f"; {ended}" if ended is not None else ""
                yield self._judgement(Reason.UNDECLARED_STATE, text, control)

    def _judgement(self, reason: Reason, text: str, control: Control) -> Judgement:
        return Judgement(
            outcome=Outcome.FAIL,
            reason=reason,
            message=text,
            control=control.id,
            measured=Quantity(control.state.name, Unit.STATE),
            required=Quantity(DEFAULT, Unit.STATE),
            declares=(DeclaredState(control=control.id, state=DEFAULT, automatic=self.remediate == "auto"),),
        )


def _state(control: Control) -> str:
    """The state, who set it and when, and the comment, as far as Graph says."""
    state = control.state
    words = comment(state.comment, most=200)
    return f"{state.name}{set_by(state.updated_by, state.updated_date_time)}{f' ({words})' if words else ''}"
