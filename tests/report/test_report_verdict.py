import json

import jsonschema
import msgspec
import pytest
from builders import NOW, day, policy, profile, report, score, snapshot
from example_counts import examples
from hypothesis import given, settings
from strategies import snapshots

from checker.cli.schemas import build
from checker.report.document import document, moment
from checker.report.outcome import Reason, Severity
from checker.report.report import Report
from checker.report.verdict import Decision, decide
from checker.snapshot.model import Snapshot

PASS = "{id: ID, control: a, minimum: {percent: 0}EXTRA}"
FAIL = "{id: ID, control: a, minimum: {percent: 90}EXTRA}"
ERROR = "{id: ID, control: z, onMissing: errorEXTRA}"
SKIPPED = "{id: ID, control: z, onMissing: skipEXTRA}"
ADVISORY = ", enforcement: advisory"
DATA = snapshot(day([score("a", 5)]), profiles=[profile("a"), profile("z")])


def judged(*entries: str, waivers: str = "") -> Report:
    named = [entry.replace("ID", f"r{index}").replace("EXTRA", "") for index, entry in enumerate(entries)]
    return report(policy(controls=", ".join(named), waivers=waivers), DATA)


def with_(entry: str, extra: str) -> str:
    return entry.replace("EXTRA", extra)


WAIVER = "{requirement: '*', from: 2026-05-01, until: 2026-07-30, reason: r, approvedBy: b}"


@pytest.mark.parametrize(
    ("entries", "waivers", "fail_on", "expected"),
    [
        ([PASS], "", Severity.INFO, Decision.PASS),
        ([PASS, FAIL], "", Severity.INFO, Decision.FAIL),
        ([FAIL, ERROR], "", Severity.INFO, Decision.FAIL),
        ([FAIL], "", Severity.MEDIUM, Decision.FAIL),
        ([FAIL], "", Severity.HIGH, Decision.PASS),
        ([with_(FAIL, ", severity: critical")], "", Severity.CRITICAL, Decision.FAIL),
        ([with_(FAIL, ", severity: info")], "", Severity.INFO, Decision.FAIL),
        ([with_(FAIL, ", severity: info")], "", Severity.LOW, Decision.PASS),
        ([with_(FAIL, ADVISORY)], "", Severity.INFO, Decision.PASS),
        ([FAIL], WAIVER, Severity.INFO, Decision.PASS),
        ([PASS, ERROR], "", Severity.INFO, Decision.INDETERMINATE),
        ([PASS, ERROR], "", Severity.CRITICAL, Decision.INDETERMINATE),
        ([FAIL, ERROR], "", Severity.HIGH, Decision.INDETERMINATE),
        ([PASS, with_(ERROR, ADVISORY)], "", Severity.INFO, Decision.PASS),
        ([SKIPPED, with_(ERROR, ADVISORY)], "", Severity.INFO, Decision.PASS),
        ([SKIPPED, SKIPPED], "", Severity.INFO, Decision.INDETERMINATE),
        ([with_(SKIPPED, ADVISORY)], "", Severity.INFO, Decision.INDETERMINATE),
        ([SKIPPED, PASS], "", Severity.INFO, Decision.PASS),
        ([SKIPPED, with_(FAIL, ADVISORY)], "", Severity.INFO, Decision.PASS),
        ([SKIPPED, FAIL], WAIVER, Severity.INFO, Decision.PASS),
        (["{id: ID, select: {id: [a]}, atMost: {failing: 1}}"], "", Severity.INFO, Decision.PASS),
    ],
)
def test_the_first_rule_that_holds(entries: list[str], waivers: str, fail_on: Severity, expected: Decision) -> None:
    found = judged(*entries, waivers=waivers)
    verdict = decide(found, fail_on)
    assert verdict.decision is expected
    assert verdict.fail_on is fail_on
    assert any(verdict.fails_gate(finding) for finding in found.findings) is (expected is Decision.FAIL)


def test_a_policy_that_is_skipped_whole_matters_only_when_nothing_else_was_judged() -> None:
    def two(other: str) -> Decision:
        skipped = policy(
            head="when: {enabledServices: [HasAADP2]}", controls=FAIL.replace("ID", "x").replace("EXTRA", "")
        )
        rest = policy(controls=other.replace("ID", "y").replace("EXTRA", ""))
        both = msgspec.structs.replace(skipped, policies=skipped.policies + rest.policies)
        return decide(report(both, DATA)).decision

    assert two(PASS) is Decision.PASS
    assert two(FAIL) is Decision.FAIL
    assert two(SKIPPED) is Decision.INDETERMINATE


def test_severities_are_ranked_from_worst_to_least() -> None:
    assert [severity.value for severity in sorted(Severity, key=lambda each: each.rank)] == [
        "critical",
        "high",
        "medium",
        "low",
        "info",
    ]


def test_the_reasons_are_a_closed_list() -> None:
    assert {reason.value for reason in Reason} == {
        *("met", "declaration-accepted", "declaration-unneeded", "below-minimum", "above-maximum", "count-unknown"),
        *(
            "declared-not-observed",
            "state-differs",
            "undeclared-state",
            "waiver-ended",
            "catalogue-drift",
            "no-longer-scored",
            "not-scored",
            "unknown-control",
            "unknown-word",
        ),
        *(
            "disabled",
            "not-licensed",
            "new-control",
            "not-applicable",
            "not-available",
            "not-enough-history",
            "maximum-unknown",
        ),
        *("inconsistent", "partial-data", "stale"),
    }


def as_json(found: Report, fail_on: Severity = Severity.INFO) -> dict[str, object]:
    return json.loads(msgspec.json.encode(document(found, decide(found, fail_on))))  # type: ignore[no-any-return]


def test_the_document_says_everything_in_the_words_of_the_contract() -> None:
    newest = day([score("a", 5, total="50", last_synced="2026-05-20T00:00:00Z")], maximum=40)
    data = msgspec.structs.replace(
        snapshot(newest, profiles=[profile("a", title="A title", state="Ignored")]), sha256="f" * 64
    )
    rules = policy(
        controls="{id: x, control: a, title: T, severity: high, owner: o, rationale: r, minimum: {percent: 90}, "
        "references: [{framework: CIS, version: 5.0.0, id: 1.1}]}",
        waivers=WAIVER.replace("reason: r", "reason: r, ticket: SEC-1, floor: {percent: 60}"),
    )
    found = as_json(report(rules, data, NOW.replace(microsecond=5)))
    assert found == {
        "apiVersion": "scoregate/v1",
        "kind": "Report",
        "verdict": "fail",
        "failOn": "info",
        "tenant": "00000000-0000-0000-0000-000000000001",
        "evaluatedAt": "2026-05-22T09:00:00Z",
        "snapshot": {"date": "2026-05-22", "ageDays": 0, "sha256": "f" * 64},
        "score": {"currentScore": 5.0, "maxScore": 40.0, "percent": 12.5, "declared": 0.0},
        "policies": ["p"],
        "counts": {"pass": 0, "fail": 1, "waived": 0, "skipped": 0, "error": 0},
        "findings": [
            {
                "requirement": "p/x",
                "key": "p/x",
                "control": "a",
                "title": "T",
                "outcome": "fail",
                "reason": "below-minimum",
                "severity": "high",
                "enforcement": "mandatory",
                "failsGate": True,
                "message": (
                    "a is at 50 % (5 of 10 points) and must be at 90 %: 25 of 50 users or devices are left out; its "
                    "risk was "
                    "accepted in the portal by admin@contoso.example on 2026-05-01. The waiver at <stdin>:10:11 "
                    "does not "
                    "cover it below its floor of 60 %."
                ),
                "measured": {"value": 50.0, "unit": "percent"},
                "required": {"value": 90.0, "unit": "percent"},
                "location": {"file": "<stdin>", "line": 6, "column": 12},
                "affected": {"count": 25, "of": 50},
                "points": 4.0,
                "lastSynced": "2026-05-20T00:00:00Z",
                "declaredBy": {"state": "Ignored", "by": "admin@contoso.example", "at": "2026-05-01T08:00:00Z"},
                "waiver": {
                    "status": "below-floor",
                    "from": "2026-05-01",
                    "until": "2026-07-30",
                    "reason": "r",
                    "approvedBy": "b",
                    "ticket": "SEC-1",
                    "points": 4.0,
                    "location": {"file": "<stdin>", "line": 10, "column": 11},
                },
                "owner": "o",
                "rationale": "r",
                "references": [{"framework": "CIS", "id": "1.1", "version": "5.0.0", "url": None, "derived": False}],
                "controlTitle": "A title",
                "controlCategory": "Identity",
                "portalUrl": "https://security.microsoft.com/securescore",
                "since": None,
                "also": [],
                "waivedControls": [],
                "baseline": None,
            }
        ],
        "warnings": [],
        "assumptions": [],
        "provenance": [],
        "baseline": None,
        "framework": None,
    }


def test_the_failed_gate_depends_on_the_severity_asked_for() -> None:
    found = as_json(judged(FAIL), Severity.HIGH)
    assert (found["verdict"], found["failOn"]) == ("pass", "high")
    assert found["findings"][0]["failsGate"] is False  # type: ignore[index]


def test_the_moment_is_in_whole_seconds() -> None:
    assert moment(judged(PASS)) == "2026-05-22T09:00:00Z"


RULES = policy(
    score="{id: overall, minimum: {percent: 60}}, {id: coverage, coverage: {days: 7, maximumLoss: {points: 2}}}",
    controls="{id: each, select: {id: ['*']}, minimum: {allBut: 2}}, {id: slip, control: slip, onMissing: error}",
    waivers=WAIVER,
)


@settings(deadline=None, max_examples=examples(30))
@given(snapshots())
def test_every_document_keeps_to_its_schema(data: Snapshot) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(as_json(report(RULES, data)))


SCHEMA = build("report")


def test_the_schema_is_one_and_asks_for_every_member() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    found = as_json(judged(PASS))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert sorted(found) == SCHEMA["required"]
    for member in found:
        less = {key: value for key, value in found.items() if key != member}
        assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(less)
    jsonschema.Draft202012Validator(SCHEMA).validate(
        as_json(report(policy(controls=PASS.replace("ID", "x").replace("EXTRA", "")), snapshot()))
    )
