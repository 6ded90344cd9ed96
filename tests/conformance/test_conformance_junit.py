"""Our JUnit against Jenkins' schema, and read back by somebody else's reader.

Both come with ``make conformance`` only, so they are imported where they are used: every run collects this file.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from golden_cases import CASES, FOLDER, REPORTS, run_case
from hostile_reports import TEXTS, full_of
from hypothesis import given, settings

from checker.renderers.junit import render

pytestmark = pytest.mark.conformance

SCHEMA = Path(__file__).parent / "junit-10.xsd"


@pytest.fixture(scope="module")
def schema() -> Any:
    from lxml import etree

    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def faults(schema: Any, data: bytes) -> list[str]:
    from lxml import etree

    schema.validate(etree.fromstring(data))
    return [str(error) for error in schema.error_log]


@pytest.mark.parametrize("case", CASES)
def test_jenkins_schema_holds(case: str, schema: Any) -> None:
    assert faults(schema, (FOLDER / case / REPORTS["junit"]).read_bytes()) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b'time="0.000"/>', b'time="0.000" file="policy.yaml"/>'),
        (b'<testsuite name="', b'<testsuite title="'),
        (b' time="0.000">', b' time="1e-05">'),
        (b'<testsuites name="scoregate"', b'<testsuites name="scoregate" skipped="1"'),
    ],
)
def test_jenkins_schema_does_refuse_broken_files(good: bytes, bad: bytes, schema: Any) -> None:
    data = (FOLDER / "failing" / REPORTS["junit"]).read_bytes()
    assert good in data
    assert faults(schema, data.replace(good, bad, 1)) != []


@given(TEXTS)
@settings(deadline=None, max_examples=50)
def test_jenkins_schema_holds_for_any_text(schema: Any, text: str) -> None:
    whole = msgspec.structs.replace(full_of(text), options={"junit-profile": "strict"})
    assert faults(schema, render(whole)) == []


def counts(report: Mapping[str, Any]) -> dict[str, int]:
    """What JUnit must count, told by the JSON report of the same run."""
    failures = sum(1 for finding in report["findings"] if finding["failsGate"])
    return {
        "tests": len(report["findings"]),
        "failures": failures,
        "errors": report["counts"]["error"],
        "skipped": report["counts"]["skipped"] + report["counts"]["waived"] + report["counts"]["fail"] - failures,
    }


def read_back(data: bytes, *, recounted: bool) -> dict[str, int]:
    """The counts of the file as junitparser reads them, or as it counts the cases itself."""
    from junitparser import JUnitXml

    suites: Any = JUnitXml.fromstring(data)
    if recounted:
        suites.update_statistics()
    return {
        "tests": suites.tests,
        "failures": suites.failures,
        "errors": suites.errors,
        "skipped": sum(suite.skipped for suite in suites),
    }


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("profile", ["strict", "gitlab"])
def test_another_reader_counts_alike(case: str, profile: str, tmp_path: Path) -> None:
    _, reports = run_case(case, tmp_path, "--junit-profile", profile)
    expected = counts(json.loads(reports["json"]))
    assert read_back(reports["junit"], recounted=False) == expected
    assert read_back(reports["junit"], recounted=True) == expected


def test_another_reader_finds_each_case_with_its_result() -> None:
    from junitparser import JUnitXml

    suites = JUnitXml.fromstring((FOLDER / "failing" / REPORTS["junit"]).read_bytes())
    cases = {case.name: case for suite in suites for case in suite}
    waived = cases["contoso-baseline/legacy-auth-blocked"].result[0]
    assert waived.message.startswith("WAIVED BlockLegacyAuthentication is at 20 % (1.6 of 8 points)")
    failed = cases["contoso-baseline/admins-use-mfa"].result[0]
    assert failed.type == "below-minimum"
    assert failed.message == (
        "AdminMFAV2 is at 50 % (5 of 10 points) and must be at 100 %: 2 of 4 users or devices are left out, "
        "and at most 1 may be."
    )
