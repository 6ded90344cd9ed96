import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from golden_cases import CASES, FOLDER, REPORTS
from report_builders import finding, rendering, requirement

from checker.cli.schemas import build, text
from checker.renderers.json import render
from checker.report.outcome import Enforcement, Outcome, Severity
from checker.report.report import RunWarning

SCHEMA = Path(__file__).parents[2] / "schemas" / "report.schema.json"


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    document = json.loads(SCHEMA.read_bytes())
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def document(**changes: Any) -> dict[str, Any]:
    findings = [
        finding(),
        finding(Outcome.WAIVED, of=requirement("waived")),
        finding(
            Outcome.SKIPPED,
            of=requirement("skipped"),
            control=None,
            title=None,
            category=None,
            measured=None,
            required=None,
            affected=None,
            points=None,
            last_synced=None,
            declared_by=None,
            portal_url=None,
        ),
        finding(of=requirement("minor", severity=Severity.LOW)),
        finding(of=requirement("advised"), enforcement=Enforcement.ADVISORY),
    ]
    warnings = [RunWarning("waiver-unused", "The waiver covers no failure; remove it.")]
    whole = rendering(findings, fail_on=Severity.MEDIUM, warnings=warnings, **changes)
    return dict(json.loads(render(whole)))


def test_the_schema_that_ships_is_what_the_records_give() -> None:
    assert SCHEMA.read_text("utf-8") == text("report")
    assert json.loads(SCHEMA.read_bytes()) == build("report")


@pytest.mark.parametrize("case", CASES)
def test_golden_reports_hold_to_the_schema(case: str, schema: jsonschema.Draft202012Validator) -> None:
    report = json.loads((FOLDER / case / REPORTS["json"]).read_bytes())
    assert [f"{fault.json_path}: {fault.message}" for fault in schema.iter_errors(report)] == []


def test_the_schema_asks_for_every_member_of_every_record(schema: jsonschema.Draft202012Validator) -> None:
    report = document()
    schema.validate(report)
    places: list[tuple[str, dict[str, Any]]] = [
        ("report", report),
        ("snapshot", report["snapshot"]),
        ("score", report["score"]),
        ("counts", report["counts"]),
        ("warning", report["warnings"][0]),
        ("finding", report["findings"][0]),
        ("measured", report["findings"][0]["measured"]),
        ("location", report["findings"][0]["location"]),
        ("affected", report["findings"][0]["affected"]),
        ("declaredBy", report["findings"][0]["declaredBy"]),
        ("waiver", report["findings"][1]["waiver"]),
    ]
    for place, members in places:
        for name, value in list(members.items()):
            del members[name]
            assert not schema.is_valid(report), f"{place} without {name}"
            members[name] = value
    schema.validate(report)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "passed"),
        (("kind",), "Snapshot"),
        (("apiVersion",), "scoregate/v2"),
        (("findings", 0, "outcome"), "failed"),
        (("findings", 0, "reason"), "because"),
        (("findings", 0, "measured", "unit"), "%"),
        (("findings", 1, "waiver", "status"), "over"),
        (("counts", "pass"), "2"),
    ],
)
def test_the_schema_refuses_what_no_report_says(
    path: tuple[str | int, ...], value: object, schema: jsonschema.Draft202012Validator
) -> None:
    report: Any = document()
    place = report
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not schema.is_valid(report)


def test_the_report_is_indented_json_with_unrounded_numbers() -> None:
    data = render(rendering([finding()]))
    assert data.startswith(b'{\n  "apiVersion": "scoregate/v1",\n  "kind": "Report",\n  "verdict": "fail",\n')
    assert data.endswith(b"\n}\n")
    score = json.loads(data)["score"]
    assert score == {"currentScore": 698.17, "maxScore": 1127.0, "percent": 61.94942324755989, "declared": 12.0}
    assert math.isclose(score["percent"], 100 * 698.17 / 1127, rel_tol=1e-15)


def test_a_finding_says_whether_it_fails_the_gate() -> None:
    report = document()
    assert [(one["outcome"], one["severity"], one["enforcement"], one["failsGate"]) for one in report["findings"]] == [
        ("fail", "critical", "mandatory", True),
        ("waived", "critical", "mandatory", False),
        ("skipped", "critical", "mandatory", False),
        ("fail", "low", "mandatory", False),
        ("fail", "critical", "advisory", False),
    ]
    assert report["counts"] == {"pass": 0, "fail": 3, "waived": 1, "skipped": 1, "error": 0}
    assert (report["verdict"], report["failOn"], report["evaluatedAt"]) == ("fail", "medium", "2026-05-22T09:00:00Z")


def test_a_waiver_is_written_in_full() -> None:
    assert document()["findings"][1]["waiver"] == {
        "status": "in-force",
        "from": "2026-05-01",
        "until": "2026-06-10",
        "reason": "The scanner fleet moves in June",
        "approvedBy": "ciso@contoso.example",
        "ticket": "SEC-204",
        "points": 5.0,
        "location": {"file": "policies/waivers.yaml", "line": 4, "column": 5},
    }


def test_text_of_the_tenant_reaches_the_reader_as_it_is() -> None:
    message = "\x1b[31m ##[error] \u202e ü <b>."
    report = json.loads(render(rendering([finding(message=message)])))
    assert report["findings"][0]["message"] == message
