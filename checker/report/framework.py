"""A report's findings by the controls of a framework."""

import re
from collections.abc import Iterable, Iterator

from checker.report.finding import Finding, Reference
from checker.report.outcome import Outcome
from checker.report.report import FrameworkControl, FrameworkCoverage, FrameworkState

# The worst outcome among the findings of a control decides, in this order; a skipped one decides nothing.
_STATES = {
    Outcome.FAIL: FrameworkState.FAILING,
    Outcome.ERROR: FrameworkState.NOT_JUDGED,
    Outcome.WAIVED: FrameworkState.WAIVED,
    Outcome.PASS: FrameworkState.COVERED,
}


def framework_coverage(findings: Iterable[Finding], framework: str) -> FrameworkCoverage:
    """Each control of the framework that the findings refer to, with what becomes of it.

    Args:
        findings: of one report.
        framework: its name, as references spell it in any case.
    """
    by_control: dict[tuple[str, str], list[tuple[Reference, Finding]]] = {}
    for finding in findings:
        for reference in finding.requirement.references:
            if reference.framework.casefold() == framework.casefold():
                key = (reference.version or "", reference.id)
                by_control.setdefault(key, []).append((reference, finding))
    controls = tuple(_control(by_control[key]) for key in sorted(by_control, key=_in_order))
    return FrameworkCoverage(framework=framework, controls=controls, limits=tuple(_limits(framework, controls)))


def _control(found: list[tuple[Reference, Finding]]) -> FrameworkControl:
    reference = found[0][0]
    outcomes = {finding.outcome for _, finding in found}
    state = next((state for outcome, state in _STATES.items() if outcome in outcomes), FrameworkState.NOT_MEASURABLE)
    return FrameworkControl(
        control=reference.id,
        version=reference.version,
        state=state,
        # One reference that was looked up is enough.
        derived=all(one.derived for one, _ in found),
        requirements=tuple(dict.fromkeys(finding.requirement.name for _, finding in found)),
    )


def _limits(framework: str, controls: tuple[FrameworkControl, ...]) -> Iterator[str]:
    """What the table does not prove, a sentence each."""
    yield (
        "Covered says that no requirement judged here that names the control fails, and at least one holds. It does "
        "not say that the control is met: a Secure Score counts settings, not whether they work or what people do."
    )
    states = {control.state for control in controls}
    if FrameworkState.NOT_MEASURABLE in states:
        yield (
            "Not measurable: this tenant's Secure Score does not measure it, because nothing of it is scored or a "
            "licence is absent. Prove it in another way."
        )
    yield (
        f"Controls of {framework} that are not listed are not judged: no requirement here refers to them, and a Secure "
        "Score may not measure them at all."
    )
    if any(control.derived for control in controls):
        yield "Derived references were taken from public tags; nobody has compared them with the framework's text."


def _in_order(key: tuple[str, str]) -> list[list[tuple[int, str]]]:
    """By version, then by number: 2.1.10 behind 2.1.9."""
    return [[(int(part) if part.isdigit() else 0, part) for part in re.split(r"[.-]", text)] for text in key]
