"""What the judged requirements and the waivers know of the states in the portal."""

from collections.abc import Iterable

from checker.evaluation.waiving import WaiverDesk
from checker.report.finding import Finding
from checker.requirements.interface import WaiverStanding


class StateCoverage:
    """Made once all requirements but those of ``states`` are judged; answers by control, compared without case."""

    def __init__(self, findings: Iterable[Finding], desk: WaiverDesk, asking: str) -> None:
        """Gathers what was judged.

        Args:
            findings: of all other requirements.
            desk: the run's waivers.
            asking: the name of the requirement that asks.
        """
        self._desk = desk
        self._asking = asking
        self._declared: set[str] = set()
        self._names: dict[str, list[str]] = {}
        for finding in findings:
            judgement = finding.judgement
            self._declared.update(declared.control.casefold() for declared in judgement.declares)
            if judgement.control is not None:
                self._names.setdefault(judgement.control.casefold(), []).append(finding.requirement.name)

    def declares(self, control: str) -> bool:
        """Whether a requirement's ``profile`` declares the control's state; see ``Coverage``."""
        return control.casefold() in self._declared

    def waiver(self, control: str) -> WaiverStanding:
        """What waivers of requirements that judged the control say; see ``Coverage``."""
        return self._desk.standing(self._names.get(control.casefold(), []), self._asking, control)
