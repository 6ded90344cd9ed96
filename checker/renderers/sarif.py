"""SARIF 2.1.0 (OASIS), by default as GitHub code scanning wants it.

GitHub turns everything in ``results`` into an open alert: it reads neither ``kind`` nor ``suppressions``. So the
``github`` profile holds failures only, and a waived one is left out (the alert closes, and opens again when the waiver
ends). The ``full`` profile holds every finding. Where something could not be judged, ``executionSuccessful`` is false,
so that a missing result is not taken for a fixed one.

With a baseline each result has its ``baselineState``. ``full`` alone adds the failures that are ``absent``: a reader
that ignores this member, as GitHub does, would open an alert for each.
"""

from checker import __version__
from checker.errors import EXIT_FAILED, EXIT_NOT_JUDGED, EXIT_PASSED
from checker.presentation.escape import line, sarif
from checker.presentation.json import Object, json_document
from checker.renderers.interface import Rendering
from checker.renderers.sarif_help import Help
from checker.renderers.sarif_places import Places
from checker.renderers.sarif_rules import LEVELS, rule, rule_id
from checker.report.document import moment
from checker.report.finding import Finding, WaiverUse
from checker.report.fingerprint import fingerprint, requirement_digest
from checker.report.outcome import BaselineChange, Outcome
from checker.report.report import Report, RunWarning
from checker.report.verdict import BaselineComparison, Decision, Verdict

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_KINDS = {
    Outcome.FAIL: "fail",
    Outcome.WAIVED: "fail",
    Outcome.PASS: "pass",
    Outcome.SKIPPED: "notApplicable",
    Outcome.ERROR: "open",
}
_BASELINE_STATES = {
    BaselineChange.NEW: "new",
    BaselineChange.WORSE: "updated",
    BaselineChange.UNCHANGED: "unchanged",
}
_EXITS = {
    Decision.PASS: (EXIT_PASSED, "the gate passed"),
    Decision.FAIL: (EXIT_FAILED, "the gate failed"),
    Decision.INDETERMINATE: (EXIT_NOT_JUDGED, "the tenant could not be judged"),
}


def render(rendering: Rendering) -> bytes:
    """One run of one tenant, indented JSON."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(rendering)]}
    return json_document(log)


def _run(rendering: Rendering) -> Object:
    report = rendering.report
    profile = rendering.options.get("sarif-profile")
    every = profile in {"full", "azdo"}
    present = [finding for finding in report.findings if every or finding.outcome is Outcome.FAIL]
    comparison = rendering.verdict.comparison
    absent = comparison.absent if comparison is not None and profile == "full" else ()
    places = Places(rendering)
    by_rule: dict[str, list[Finding]] = {}
    for finding in present:
        by_rule.setdefault(rule_id(finding.requirement), []).append(finding)
    # The present policy describes a rule; the baseline does where that is gone.
    for finding in absent:
        by_rule.setdefault(rule_id(finding.requirement), [finding])
    rules = [rule(Help(findings=found, portal=report.portal, tenant=report.tenant)) for found in by_rule.values()]
    indexes = {name: index for index, name in enumerate(by_rule)}
    results = [_result(finding, indexes, places, rendering) for finding in present]
    results += [
        {**_finding(finding, indexes, places.of_absent(finding), report.tenant), "baselineState": "absent"}
        for finding in absent
    ]
    return {
        "tool": {"driver": _driver(rules)},
        "automationDetails": _automation(rendering),
        "invocations": [_invocation(report, rendering.verdict, places)],
        "originalUriBaseIds": {
            "SRCROOT": {"description": {"text": "Root of the repository that holds the policy files."}}
        },
        "artifacts": places.artifacts,
        "logicalLocations": places.logical,
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": _properties(report, rendering.verdict),
    }


def _driver(rules: list[Object]) -> Object:
    return {
        "name": "scoregate",
        "fullName": f"scoregate {__version__}, policy gate for Microsoft Secure Score",
        "organization": "scoregate",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": "https://scoregate.example/",
        "rules": rules,
    }


def _automation(rendering: Rendering) -> Object:
    """The identity of this run; Azure's form is that of the validator's rules GHAzDO1014 to 1020."""
    pipeline = rendering.pipeline
    if rendering.options.get("sarif-profile") != "azdo" or pipeline is None:
        return {"id": _category(rendering.report)}
    prefix = "azuredevops/pipeline/build"
    parts = (
        pipeline.organization,
        pipeline.project,
        pipeline.definition_id,
        pipeline.phase_id,
        pipeline.branch,
        pipeline.build_id,
    )
    return {
        "id": "/".join([prefix, *map(line, parts)]),
        "properties": {
            f"{prefix}/buildDefinitionId": line(pipeline.definition_id),
            f"{prefix}/buildDefinitionName": line(pipeline.definition_name),
            f"{prefix}/phaseId": line(pipeline.phase_id),
            f"{prefix}/phaseName": line(pipeline.phase_name),
        },
    }


def _category(report: Report) -> str:
    """GitHub takes everything before the last slash as the category: one for each tenant and set of policies."""
    tenant = line(report.tenant) or "unknown"
    return f"scoregate/{tenant}/{'+'.join(report.policies)[:100]}/{moment(report)}"


def _invocation(report: Report, verdict: Verdict, places: Places) -> Object:
    code, description = _EXITS[verdict.decision]
    errors = _errors(report, verdict, places)
    invocation: Object = {
        "executionSuccessful": not errors,
        "exitCode": code,
        "exitCodeDescription": description,
        "startTimeUtc": moment(report),
        "endTimeUtc": moment(report),
    }
    notifications = [*errors, *map(_warning, report.warnings)]
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    return invocation


def _errors(report: Report, verdict: Verdict, places: Places) -> list[Object]:
    """What could not be judged."""
    errors = [finding for finding in report.findings if finding.outcome is Outcome.ERROR]
    if not errors and verdict.decision is Decision.INDETERMINATE:
        text = "Nothing was judged: every requirement was skipped."
        return [{"level": "error", "message": {"text": text}}]
    return [
        {
            "level": "error",
            "message": {"text": sarif(f"'{finding.requirement.name}' could not be judged: {finding.message}")},
            "locations": [places.of(finding)],
        }
        for finding in errors
    ]


def _warning(warning: RunWarning) -> Object:
    return {"level": "warning", "message": {"text": sarif(warning.message)}, "properties": {"code": warning.code}}


def _result(finding: Finding, indexes: dict[str, int], places: Places, rendering: Rendering) -> Object:
    result = _finding(finding, indexes, places.of(finding), rendering.report.tenant)
    comparison = rendering.verdict.comparison
    if comparison is not None:
        result["baselineState"] = _baseline_state(finding, comparison)
    if finding.outcome is Outcome.WAIVED and finding.waiver is not None:
        result["suppressions"] = [_suppression(finding.waiver, places)]
    return result


def _finding(finding: Finding, indexes: dict[str, int], location: Object, tenant: str) -> Object:
    name = rule_id(finding.requirement)
    kind = _KINDS[finding.outcome]
    return {
        "ruleId": name,
        "ruleIndex": indexes[name],
        "kind": kind,
        "level": LEVELS[finding.requirement.severity] if kind == "fail" else "none",
        "message": {"text": sarif(finding.message)},
        "locations": [location],
        # Ours rather than GitHub's, so that an edited threshold does not close an alert and open another.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{requirement_digest(finding.key)[:16]}:1",
            "scoregateResult/v1": fingerprint(tenant, finding.key),
        },
        "properties": {
            "requirement": finding.requirement.name,
            "outcome": finding.outcome.value,
            "reason": finding.judgement.reason.value,
            "severity": finding.requirement.severity.value,
            "enforcement": finding.enforcement.value,
        },
    }


def _baseline_state(finding: Finding, comparison: BaselineComparison) -> str:
    """SARIF's word (§3.27.24). A result is its finding with this outcome: a failure that is fixed is a new pass."""
    if finding.fails:
        return _BASELINE_STATES[comparison.changes[finding.key]]
    return "unchanged" if finding.key in comparison.same else "new"


def _suppression(waiver: WaiverUse, places: Places) -> Object:
    until = f"until {waiver.until}, approved by {waiver.approved_by}"
    return {
        "kind": "external",
        "status": "accepted",
        "justification": line(f"{waiver.reason} ({until})"),
        "location": {"physicalLocation": places.physical(waiver.location)},
    }


def _properties(report: Report, verdict: Verdict) -> Object:
    score = report.score
    properties: Object = {"tenantId": line(report.tenant), "verdict": verdict.decision.value}
    if report.assumptions:
        properties["assumptions"] = list(report.assumptions)
    if report.provenance:
        properties["provenance"] = report.provenance
    if report.framework is not None:
        properties["framework"] = report.framework
    if (comparison := verdict.comparison) is not None:
        properties["baseline"] = {
            "sha256": comparison.sha256,
            "evaluatedAt": line(comparison.evaluated_at),
            **comparison.counts(),
        }
    if score is not None and report.snapshot.date is not None:
        properties["secureScore"] = {
            "currentScore": score.current_score,
            "maxScore": score.max_score,
            "percent": score.percent,
            "date": report.snapshot.date.isoformat(),
        }
    return properties
