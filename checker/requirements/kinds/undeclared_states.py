"""``undeclared``: no state in the portal that the policies don't know of (two-way reconciliation)."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from checker.report.finding import Declaration, DeclaredState, Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.entry import Entry, StateDecisions
from checker.requirements.terms.pattern import control_matcher
from checker.requirements.terms.profile_state import Remediate
from checker.snapshot.model import PROFILES
from checker.tenant.control import DEFAULT, Control
from checker.tenant.tenant import Tenant


class UndeclaredStates(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A requirement on all states together: whoever accepts a risk in the portal does it in a policy too."""

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
            return "no risk stays accepted in the portal after its waiver has ended"
        return "every state other than Default is declared by a policy or covered by a waiver"

    @property
    def wants_state(self) -> bool:
        """That of every control."""
        return True

    def reconcile(self, tenant: Tenant, covered: StateDecisions, name: str) -> list[Judgement]:
        """A finding for each state that the policies don't know of; one that passes where there is none."""
        found = [*self._violations(tenant, covered, name)]
        if not tenant.snapshot.profiles or PROFILES in tenant.snapshot.partial:
            text = "control profiles are missing from the data, so which states the tenant has is unknown; fetch again"
            # What was found is certain; what else there may be is not.
            return [
                *found,
                Judgement(
                    outcome=Outcome.ERROR,
                    reason=Reason.PARTIAL_DATA,
                    message=text,
                    portal_url=tenant.portal_url(None),
                ),
            ]
        return found or [
            Judgement(
                outcome=Outcome.PASS,
                reason=Reason.MET,
                message=self.sentence(),
                portal_url=tenant.portal_url(None),
            )
        ]

    def _violations(self, tenant: Tenant, covered: StateDecisions, name: str) -> Iterator[Judgement]:
        excluded = control_matcher(self.exclude)
        for control in tenant.with_state():
            if excluded(control.id) or covered.declares(control.id) or covered.is_waived(control.id):
                continue
            if self.undeclared == "skip" and not control.state.is_ignored:
                continue
            ended = covered.ended_waiver(control.id, name)
            if ended is not None and control.state.is_ignored:
                text = f"{control.id} is still in the state {_told(control)}, and {ended}"
                yield self._judgement(Reason.WAIVER_ENDED, text, tenant, control)
            elif self.undeclared == "fail":
                text = f"{control.id} is in the state {_told(control)}, which no policy declares and no waiver covers"
                text += f"; {ended}" if ended is not None else ""
                yield self._judgement(Reason.UNDECLARED_STATE, text, tenant, control)

    def _judgement(self, reason: Reason, text: str, tenant: Tenant, control: Control) -> Judgement:
        state = control.state
        return Judgement(
            outcome=Outcome.FAIL,
            reason=reason,
            message=text,
            control=control.id,
            control_title=control.title,
            control_category=control.category,
            measured=Quantity(state.name, Unit.STATE),
            required=Quantity(DEFAULT, Unit.STATE),
            declared_by=Declaration(state.name, state.updated_by, state.updated_date_time),
            portal_url=tenant.portal_url(control),
            declares=(DeclaredState(control=control.id, state=DEFAULT, automatic=self.remediate == "auto"),),
        )


def _told(control: Control) -> str:
    """The state, who set it and when, and the comment, as far as Graph tells."""
    state = control.state
    by = f" by {state.updated_by}" if state.updated_by else ""
    at = f" on {state.updated_date_time[:10]}" if state.updated_date_time else ""
    comment = f" ({' '.join(state.comment.split())[:200]})" if state.comment and state.comment.strip() else ""
    return f"{state.name}{by}{at}{comment}"
