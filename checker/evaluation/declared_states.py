"""What the run's requirements and waivers say about the states in the portal."""

from collections.abc import Iterable, Sequence

import msgspec

from checker.evaluation.waiving import WaiverDesk
from checker.policy.model import Policy
from checker.report.finding import Finding, Judgement
from checker.tenant.tenant import Tenant


class DeclaredStates:
    """Made once every requirement is judged that isn't ``judged_last``; answers by control, or rather by its profile.

    See ``PolicyStates``.
    """

    def __init__(
        self, policies: Sequence[Policy], tenant: Tenant, findings: Iterable[Finding], desk: WaiverDesk
    ) -> None:
        """Gathers what is declared and what was judged.

        Args:
            policies: all of the run.
            tenant: who is judged.
            findings: of the requirements that were judged already.
            desk: the run's waivers.
        """
        self._desk = desk
        self._tenant = tenant
        self._declared: set[str] = set()
        self._findings: dict[str, list[tuple[Finding, int]]] = {}
        by_requirement: dict[str, list[Finding]] = {}
        for finding in findings:
            by_requirement.setdefault(finding.requirement.name, []).append(finding)
        for policy in policies:
            self._declared.update(self._key(name) for name in _declared(policy, tenant))
            for one in policy.requirements:
                if not one.entry.judged_last:
                    meant = one.entry.controls_meant(tenant)
                    self._gather(by_requirement.get(one.summary.name, []), meant, policy.longest_waiver_days)

    def _gather(self, findings: list[Finding], meant: Iterable[str], longest_waiver_days: int) -> None:
        for finding in findings:
            # One finding may stand for all the controls that are meant; of several, each is of one control.
            names = meant if len(findings) == 1 else ()
            for control in names or [finding.judgement.control or ""]:
                own = msgspec.structs.replace(finding, judgement=_alone(finding.judgement, control))
                self._findings.setdefault(self._key(control), []).append((own, longest_waiver_days))

    def _key(self, name: str) -> str:
        """What a state belongs to: the profile, which several scores may share."""
        control = self._tenant.control(name)
        if control is None:
            return name.casefold()
        return control.profile.id if control.profile is not None else control.id

    def declares(self, control: str) -> bool:
        """Whether a requirement's ``profile`` declares the control's state."""
        return self._key(control) in self._declared

    def is_waived(self, control: str) -> bool:
        """Whether a waiver of a requirement on the control covers it."""
        return any(self._desk.covers(finding, days) for finding, days in self._findings.get(self._key(control), []))

    def ended_waiver(self, control: str, asking: str) -> str | None:
        """How the last of the waivers ended that did."""
        names = [finding.requirement.name for finding, _ in self._findings.get(self._key(control), [])]
        return self._desk.ended([*names, asking], control)


def _alone(judgement: Judgement, control: str) -> Judgement:
    """The judgement as if it were of one control: of several that fail each by what it measures.

    Of alternatives one is enough, so the nearest speaks for the others.
    """
    failing = judgement.failing[: len(judgement.failing) - judgement.other_ways]
    failure, least = next((one for one in failing if one[0].control == control), failing[0])
    return msgspec.structs.replace(
        judgement,
        control=control,
        reason=failure.reason,
        measured=failure.measured,
        affected=failure.affected,
        also=(),
        other_ways=0,
        least=(least,),
    )


class NoStates:
    """For requirements that are judged before all others have spoken; they never ask."""

    def declares(self, control: str) -> bool:
        """Nothing is declared."""
        del control
        return False

    def is_waived(self, control: str) -> bool:
        """Nothing is waived."""
        del control
        return False

    def ended_waiver(self, control: str, asking: str) -> str | None:
        """No waiver has ended."""
        del control, asking
        return None


def _declared(policy: Policy, tenant: Tenant) -> set[str]:
    """The controls whose states the policy declares, whatever came of its requirements.

    Where a licence is missing nothing is declared; where that is unknown, what is written counts.
    """
    found: set[str] = set()
    for one in policy.requirements:
        if one.entry.wants_state and all(when.holds(tenant) is not False for when in one.conditions):
            found.update(one.entry.controls_meant(tenant))
    return found
