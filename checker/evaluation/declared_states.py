"""What the run's requirements and waivers know of the states in the portal."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from checker.evaluation.waiving import WaiverDesk
from checker.policy.model import Policy
from checker.report.finding import Finding
from checker.tenant.tenant import Tenant


class StateCoverage:
    """Made once all requirements but those of ``states`` are judged; answers by control, or rather by its profile."""

    def __init__(
        self, policies: Sequence[Policy], tenant: Tenant, findings: dict[str, list[Finding]], desk: WaiverDesk
    ) -> None:
        """Gathers what is declared and what was judged.

        Args:
            policies: all of the run.
            tenant: who is judged.
            findings: by policy, of all requirements but those of ``states``.
            desk: the run's waivers.
        """
        self._desk = desk
        self._tenant = tenant
        self._declared: set[str] = set()
        self._findings: dict[str, list[tuple[Finding, int]]] = {}
        for policy in policies:
            self._declared.update(self._key(name) for name in _declared(policy, tenant))
            meant = {entry.summary.name: entry.requirement.controls_meant(tenant) for entry in policy.requirements}
            number = Counter(finding.requirement.name for finding in findings[policy.name])
            for finding in findings[policy.name]:
                name = finding.requirement.name
                # One finding may stand for all the controls that are meant; of several, each is of one control.
                names = meant[name] if number[name] == 1 else ()
                for control in names or [finding.judgement.control or ""]:
                    judgement = msgspec.structs.replace(finding.judgement, control=control, also=())
                    own = msgspec.structs.replace(finding, judgement=judgement)
                    self._findings.setdefault(self._key(control), []).append((own, policy.longest_waiver_days))

    def _key(self, name: str) -> str:
        """What a state belongs to: the profile, which several scores may share."""
        control = self._tenant.scored(name) or self._tenant.unscored(name)
        if control is None:
            return name.casefold()
        return control.profile.id if control.profile is not None else control.id

    def declares(self, control: str) -> bool:
        """Whether a requirement's ``profile`` declares the control's state; see ``StateDecisions``."""
        return self._key(control) in self._declared

    def is_waived(self, control: str) -> bool:
        """Whether a waiver of a requirement that speaks of the control covers it; see ``StateDecisions``."""
        return any(self._desk.covers(finding, days) for finding, days in self._findings.get(self._key(control), []))

    def ended_waiver(self, control: str, asking: str) -> str | None:
        """How the last of the waivers ended that did; see ``StateDecisions``."""
        names = [finding.requirement.name for finding, _ in self._findings.get(self._key(control), [])]
        return self._desk.ended([*names, asking], control)


def _declared(policy: Policy, tenant: Tenant) -> set[str]:
    """The controls whose states the policy declares, whatever came of its requirements.

    Where a licence is missing nothing is declared; where that is unknown, what is written counts.
    """
    found: set[str] = set()
    for entry in policy.requirements:
        conditions = (policy.when, entry.requirement.when)
        if all(when is None or when.holds(tenant) is not False for when in conditions):
            found.update(entry.requirement.declared_controls(tenant))
    return found
