"""What the run's requirements and waivers know of the states in the portal."""

from collections.abc import Sequence

from checker.evaluation.waiving import WaiverDesk
from checker.policy.model import Policy
from checker.report.finding import Finding
from checker.snapshot.index import Tenant


class StateCoverage:
    """Made once all requirements but those of ``states`` are judged; answers by control, compared without case."""

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
        self._declared: set[str] = set()
        self._findings: dict[str, list[tuple[Finding, int]]] = {}
        for policy in policies:
            self._declared.update(name.casefold() for name in _declared(policy, tenant))
            for finding in findings[policy.name]:
                if finding.judgement.control is not None:
                    key = finding.judgement.control.casefold()
                    self._findings.setdefault(key, []).append((finding, policy.longest_waiver_days))

    def declares(self, control: str) -> bool:
        """Whether a requirement's ``profile`` declares the control's state; see ``Coverage``."""
        return control.casefold() in self._declared

    def is_waived(self, control: str) -> bool:
        """Whether a waiver of a requirement that judged the control covers it; see ``Coverage``."""
        return any(self._desk.covers(finding, days) for finding, days in self._findings.get(control.casefold(), []))

    def ended_waiver(self, control: str, asking: str) -> str | None:
        """How the last of the waivers ended that did; see ``Coverage``."""
        names = [finding.requirement.name for finding, _ in self._findings.get(control.casefold(), [])]
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
