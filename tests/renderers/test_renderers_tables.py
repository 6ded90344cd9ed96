"""The formats that programs read as tables of findings: CSV, GitLab's Code Quality, metrics, OCSF."""

import csv
import io
import json
import re
from pathlib import PurePosixPath
from typing import Any

import msgspec
import pytest
from example_counts import examples
from hostile_reports import TEXTS, full_of
from hypothesis import example, given, settings
from report_builders import finding, rendering, requirement

from checker.presentation.escape import line
from checker.renderers import renderer
from checker.renderers.interface import Rendering
from checker.report.baseline import Baseline
from checker.report.finding import Quantity
from checker.report.outcome import Enforcement, Outcome, Severity, Unit
from checker.report.verdict import Decision, decide

HOSTILE = 'a;=1+1;"@x" \n=cmd|\' /C calc\'!A0 \uff1d2 \\"} 1\n# EOF\nx{a="\u202eb\x1b[2J'
FORMULAS = set("=+-@\uff1d\uff0b\uff0d\uff20")
# A sample: a name, labels whose values hold no bare quote or line break, a number.
SAMPLE = re.compile(r'([a-z_]+)\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\} (-?[0-9.e+-]+)')


def rendered(name: str, whole: Rendering) -> str:
    return renderer(name)(whole).decode()


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def issues(whole: Rendering) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(rendered("gitlab", whole))
    return found


def events(whole: Rendering) -> list[dict[str, Any]]:
    return [json.loads(one) for one in rendered("ocsf", whole).splitlines()]


@given(TEXTS)
@example(HOSTILE)
@example("")
@settings(deadline=None, max_examples=examples(50))
def test_no_text_is_a_formula_wherever_a_spreadsheet_divides_rows(text: str) -> None:
    data = rendered("csv", full_of(text))
    head, *body = rows(data)
    assert len(body) == len(Outcome)
    assert {len(row) for row in body} == {len(head)}
    for delimiter in ",;":
        for row in rows(data, delimiter):
            assert not [one for one in row if one.lstrip(" \"'")[:1] in FORMULAS and one[:1] != "'"]
            assert all(one.isprintable() for one in row)


def test_a_row_has_what_decided_the_finding_and_numbers_stay_numbers() -> None:
    one = finding(measured=Quantity(-2.5, Unit.PERCENTAGE_POINTS), title="x")
    head, row = rows(rendered("csv", rendering([one])))
    found = dict(zip(head, row, strict=True))
    assert found["requirement"] == "baseline/admins-use-mfa"
    assert (found["outcome"], found["fails gate"], found["severity"]) == ("fail", "yes", "critical")
    assert (found["measured"], found["measured unit"]) == ("-2.5", "percentagePoints")
    assert (found["file"], found["line"]) == ("policies/baseline.yaml", "4")
    assert found["evaluated at"] == "2026-05-22T09:00:00Z"


@given(TEXTS)
@example(HOSTILE)
@settings(deadline=None, max_examples=examples(50))
def test_gitlab_reads_issues_in_plain_text(text: str) -> None:
    found = issues(full_of(text))
    # A failure and what could not be judged; not what is waived.
    assert len(found) == 2
    assert len({one["fingerprint"] for one in found}) == 2
    for one in found:
        assert one.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["description"].isprintable()
        assert one["location"] == {"path": line(f"folder/{text}.yaml"), "lines": {"begin": 2}}


def test_a_fingerprint_is_of_the_requirement_and_the_tenant_alone() -> None:
    first, moved = finding(), finding(message="Another message.", measured=Quantity(1.0, Unit.PERCENT))
    here, there = rendering([first]), rendering([moved])
    (one,), (two,) = issues(here), issues(there)
    (other,) = issues(rendering([first], tenant="another"))
    assert one["fingerprint"] == two["fingerprint"] != other["fingerprint"]
    sarif = json.loads(rendered("sarif", here))["runs"][0]["results"][0]["partialFingerprints"]
    assert sarif["scoregateResult/v1"] == one["fingerprint"]
    assert events(here)[0]["finding_info"]["uid"] == one["fingerprint"]


@pytest.mark.parametrize(
    ("severity", "enforcement", "word"),
    [
        (Severity.CRITICAL, Enforcement.MANDATORY, "blocker"),
        (Severity.CRITICAL, Enforcement.ADVISORY, "critical"),
        (Severity.HIGH, Enforcement.MANDATORY, "major"),
        (Severity.MEDIUM, Enforcement.MANDATORY, "minor"),
        (Severity.LOW, Enforcement.MANDATORY, "info"),
    ],
)
def test_gitlab_s_words_for_severities(severity: Severity, enforcement: Enforcement, word: str) -> None:
    (one,) = issues(rendering([finding(of=requirement(severity=severity), enforcement=enforcement)]))
    assert one["severity"] == word
    assert not PurePosixPath(one["location"]["path"]).is_absolute()


@given(TEXTS)
@example(HOSTILE)
@settings(deadline=None, max_examples=examples(50))
def test_each_line_of_metrics_is_a_sample_or_ours(text: str) -> None:
    *lines, last, end = rendered("openmetrics", full_of(text)).split("\n")
    assert (last, end) == ("# EOF", "")
    samples = [one for one in lines if not one.startswith(("# HELP scoregate_", "# TYPE scoregate_"))]
    assert all(SAMPLE.fullmatch(one) for one in samples)
    series = [one.rpartition(" ")[0] for one in samples]
    assert len(set(series)) == len(series)
    assert sum(one.startswith("scoregate_finding_passed{") for one in samples) == len(Outcome)


def test_two_controls_that_look_the_same_are_two_series() -> None:
    of = requirement(per_control=True)
    shown = rendered("openmetrics", rendering([finding(of=of, control="a\tb"), finding(of=of, control="a b")]))
    assert re.findall(r'scoregate_finding_passed\{.*control="([^"]*)"\} 0', shown) == ["a b", "a b (2)"]


def test_what_is_unknown_has_no_sample_and_only_a_pass_is_one() -> None:
    whole = rendering([finding(one, of=requirement(one.value)) for one in Outcome])
    shown = rendered("openmetrics", whole)
    assert re.findall(r'scoregate_finding_passed\{.*outcome="(\w+)".*\} 1\.0', shown) == ["pass"]
    assert "scoregate_score_points{" in shown
    unknown = rendered(
        "openmetrics", msgspec.structs.replace(whole, report=msgspec.structs.replace(whole.report, score=None))
    )
    assert "scoregate_score" not in unknown


@given(TEXTS)
@example(HOSTILE)
@settings(deadline=None, max_examples=examples(50))
def test_an_event_a_line_in_plain_text(text: str) -> None:
    found = events(full_of(text))
    assert len(found) == len(Outcome)
    for one in found:
        assert one["message"] == line(f"{text}.")
        assert one["finding_info"]["title"] == line(text)
        assert all(url.startswith("https://") and " " not in url for url in one["remediation"].get("references", ()))


@pytest.mark.parametrize(
    ("outcome", "compliance", "status", "severity"),
    [
        (Outcome.FAIL, "Fail", "New", "Critical"),
        (Outcome.WAIVED, "Fail", "Suppressed", "Critical"),
        (Outcome.ERROR, "Unknown", "New", "Critical"),
        (Outcome.PASS, "Pass", "Resolved", "Informational"),
        (Outcome.SKIPPED, "Not applicable", "Not applicable", "Informational"),
    ],
)
def test_an_outcome_in_the_words_of_ocsf(outcome: Outcome, compliance: str, status: str, severity: str) -> None:
    (one,) = events(rendering([finding(outcome)]))
    assert (one["compliance"]["status"], one["status"], one["severity"]) == (compliance, status, severity)
    assert one["type_uid"] == one["class_uid"] * 100 + one["activity_id"]


def test_an_event_says_whether_the_baseline_had_the_finding() -> None:
    names = ("new", "known", "gone")
    new, known, gone = (finding(of=requirement(name)) for name in names)
    whole = rendering([new, known])
    then = {one.key: one for one in (known, gone)}
    baseline = Baseline(
        name="old.json",
        sha256="ab" * 32,
        decision=Decision.FAIL,
        tenant=whole.report.tenant,
        evaluated_at="2026-05-01T00:00:00Z",
        findings=then,
    )
    verdict = decide(whole.report, Severity.INFO, baseline)
    found = events(msgspec.structs.replace(whole, verdict=verdict))
    assert [(one["activity_name"], one["status"]) for one in found] == [
        ("Create", "New"),
        ("Update", "New"),
        ("Close", "Not applicable"),
    ]
