"""JUnit XML, valid against Jenkins' junit-10.xsd, for test tabs of CI systems.

``failure`` fails the gate; ``error`` could not be judged; ``skipped`` is waived, skipped, or a failure that does not
fail the gate. Its message begins with WAIVED, SKIPPED or ADVISORY, or with UNCHANGED where the baseline excuses it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checker import __version__
from checker.presentation.escape import line
from checker.presentation.facts import Fact, facts
from checker.presentation.junit import junit_document
from checker.presentation.words import bracketed
from checker.renderers.interface import Rendering
from checker.report.finding import Finding
from checker.report.report import FrameworkCoverage
from checker.report.standing import GateStanding, standing
from checker.report.verdict import Verdict
from checker.requirements.terms.minimum import worded

if TYPE_CHECKING:
    from junit_xml import TestCase

_LABEL = 13


def render(rendering: Rendering) -> bytes:
    """One suite a policy, one case a finding: names and classes depend on the policies alone."""
    from junit_xml import TestSuite

    report = rendering.report
    gitlab = rendering.options.get("junit-profile") == "gitlab"
    tenant = line(report.tenant) or "unknown-tenant"
    by_policy: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_policy.setdefault(finding.requirement.policy, []).append(finding)
    suites = []
    for policy, findings in by_policy.items():
        class_name = f"scoregate.{_segment(tenant)}.{_segment(policy)}"
        suite = TestSuite(
            f"scoregate {tenant} {line(policy)}",
            [_case(finding, rendering.verdict, class_name) for finding in findings],
            hostname=tenant,
            package="scoregate",
            timestamp=report.evaluated_at.strftime("%Y-%m-%dT%H:%M:%S"),
            properties=_properties(rendering),
        )
        element = suite.build_xml_doc(encoding="utf-8")
        places = [finding.requirement.location for finding in findings]
        if gitlab:
            for case, place in zip(element.iter("testcase"), places, strict=True):
                case.set("file", line(rendering.path(place.file)))
                case.set("line", str(place.line))
        suites.append(element)
    return junit_document(suites, located=gitlab)


def _case(finding: Finding, verdict: Verdict, class_name: str) -> "TestCase":
    from junit_xml import TestCase

    reason = finding.judgement.reason.value
    case = TestCase(line(finding.key), class_name)
    # All printable characters are valid in XML, so text that went through ``line`` needs only quoting.
    message = line(finding.message)
    match standing(finding, verdict):
        case GateStanding.FAILS_GATE:
            case.add_failure_info(message, _details(finding, verdict), reason)
        case GateStanding.EXCUSED:
            _skip(case, f"UNCHANGED {message}")
        case GateStanding.TOLERATED:
            _skip(case, f"ADVISORY {message}")
        case GateStanding.NOT_JUDGED:
            case.add_error_info(message, _details(finding, verdict), reason)
        case GateStanding.WAIVED:
            _skip(case, f"WAIVED {message}")
        case GateStanding.SKIPPED:
            _skip(case, f"SKIPPED {message}")
        case GateStanding.PASSED:
            pass
    return case


def _skip(case: "TestCase", message: str) -> None:
    """Sets message and text alike: some CI systems show the one, some the other."""
    case.add_skipped_info(message, message)


def _details(finding: Finding, verdict: Verdict) -> str:
    """The text of a failure: some CI systems show it and not the message."""
    requirement = finding.requirement
    head = (f"{requirement.location} requirement {requirement.name}", finding.message)
    return "\n".join([*map(line, head), *facts(_facts(finding, verdict), label=_LABEL, indent=0)]) + "\n"


def _facts(finding: Finding, verdict: Verdict) -> Iterator[Fact]:
    requirement, judgement = finding.requirement, finding.judgement
    rows = (
        ("requirement:", requirement.title),
        ("severity:", requirement.severity.value),
        ("control:", _control(judgement.control, finding.subject.title)),
        ("actual:", worded(judgement.measured) if judgement.measured is not None else ""),
        ("required:", worded(judgement.required) if judgement.required is not None else ""),
        ("baseline:", verdict.comparison.clause(finding) if verdict.comparison is not None else ""),
        ("why:", requirement.rationale),
        ("owner:", requirement.owner),
        ("see:", finding.subject.portal_url),
    )
    return ((label, value) for label, value in rows if value)


def _control(control: str | None, title: str | None) -> str:
    if control is None or title is None or title == control:
        return control or ""
    return f"{control} - {title}"


def _properties(rendering: Rendering) -> dict[str, str]:
    report = rendering.report
    score = report.score
    assumed = {"scoregate.assumptions": "; ".join(report.assumptions)} if report.assumptions else {}
    comparison = rendering.verdict.comparison
    compared = {"scoregate.baseline": comparison.sha256} if comparison is not None else {}
    return {
        "scoregate.version": __version__,
        "scoregate.verdict": rendering.verdict.decision.value,
        "scoregate.policies": ", ".join(report.policies),
        "tenant.id": line(report.tenant),
        "secureScore.date": str(report.snapshot.date or ""),
        "secureScore.currentScore": str(score.current_score) if score is not None else "",
        "secureScore.maxScore": str(score.max_score) if score is not None else "",
        **assumed,
        **compared,
        **(_framework(report.framework) if report.framework is not None else {}),
        # Not as system-out, in which GitLab reads commands.
        **{
            f"scoregate.warning.{number}": line(f"{warning.code}: {warning.message}")
            for number, warning in enumerate(report.warnings, start=1)
        },
    }


def _framework(coverage: FrameworkCoverage) -> dict[str, str]:
    """The framework, and what becomes of each of its controls."""
    controls = {
        f"scoregate.framework.{number}": line(f"{one.control}{bracketed(one.version)}: {one.state.value}")
        for number, one in enumerate(coverage.controls, start=1)
    }
    return {"scoregate.framework": line(coverage.framework), **controls}


def _segment(text: str) -> str:
    """One part of a class name: dots separate parts, so they are replaced inside one."""
    return "".join(character if character.isalnum() or character in "-_" else "-" for character in text)
