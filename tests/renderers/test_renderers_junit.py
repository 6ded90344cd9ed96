import re
from xml.etree import ElementTree as ET

import pytest
from report_builders import POLICY_FILE, finding, rendering, requirement

from checker import __version__
from checker.documents.location import SourceLocation
from checker.renderers.interface import Rendering
from checker.renderers.junit import render
from checker.report.finding import Quantity
from checker.report.outcome import Enforcement, Outcome, Severity, Unit
from checker.report.report import RunWarning

TENANT = "3f8b2c1e-6a44-4d0b-9c57-0c1f5e2a7b11"
EVERY_OUTCOME = [
    finding(),
    finding(Outcome.PASS, of=requirement("passes")),
    finding(Outcome.WAIVED, of=requirement("waived")),
    finding(Outcome.SKIPPED, of=requirement("skipped", policy="other"), control=None, category=None),
    finding(Outcome.ERROR, of=requirement("unclear"), category="Apps"),
    finding(of=requirement("advised"), enforcement=Enforcement.ADVISORY),
    finding(of=requirement("minor", severity=Severity.LOW)),
]


def parsed(whole: Rendering) -> ET.Element:
    return ET.fromstring(render(whole))


def cases(whole: Rendering) -> dict[str, ET.Element]:
    found = list(parsed(whole).iter("testcase"))
    by_name = {case.get("name", ""): case for case in found}
    assert len(by_name) == len(found)
    return by_name


def result(whole: Rendering, name: str) -> tuple[str, str | None, str | None] | None:
    """Element, type and message of the one result of a case."""
    children = list(cases(whole)[name])
    assert len(children) <= 1
    return (children[0].tag, children[0].get("type"), children[0].get("message")) if children else None


def test_the_file_is_plain_utf_8_with_a_declaration_and_line_feeds() -> None:
    data = render(rendering(EVERY_OUTCOME))
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')
    assert data.endswith(b"</testsuites>\n")
    for unwanted in (b"\r", b"\t", b"<!", b"CDATA", b"system-out"):
        assert unwanted not in data


def test_root_counts_over_all_suites() -> None:
    root = parsed(rendering(EVERY_OUTCOME, fail_on=Severity.MEDIUM))
    assert root.attrib == {"name": "scoregate", "tests": "7", "failures": "1", "errors": "1", "time": "0.000"}


def test_one_suite_a_policy_with_its_own_counts() -> None:
    suites = parsed(rendering(EVERY_OUTCOME, fail_on=Severity.MEDIUM)).findall("testsuite")
    common = {"time": "0.000", "timestamp": "2026-05-22T09:00:00", "hostname": TENANT, "package": "scoregate"}
    assert [suite.attrib for suite in suites] == [
        {"name": f"scoregate {TENANT} baseline", "tests": "6", "failures": "1", "errors": "1", "skipped": "3"}
        | {"id": "0"}
        | common,
        {"name": f"scoregate {TENANT} other", "tests": "1", "failures": "0", "errors": "0", "skipped": "1"}
        | {"id": "1"}
        | common,
    ]


def test_properties_stand_on_suites_only() -> None:
    root = parsed(rendering(EVERY_OUTCOME))
    properties = root.findall("testsuite/properties")
    assert len(properties) == 2
    assert len(list(root.iter("properties"))) == 2
    assert {item.get("name"): item.get("value") for item in properties[0]} == {
        "scoregate.version": __version__,
        "scoregate.verdict": "fail",
        "scoregate.policies": "baseline",
        "tenant.id": TENANT,
        "secureScore.date": "2026-05-22",
        "secureScore.currentScore": "698.17",
        "secureScore.maxScore": "1127.0",
    }


def test_each_suite_names_the_warnings_of_the_run() -> None:
    warnings = [RunWarning("stale", "The data is\nold."), RunWarning("inconsistent", "[[ATTACHMENT|/etc/passwd]] <b>")]
    for properties in parsed(rendering(EVERY_OUTCOME, warnings=warnings)).findall("testsuite/properties"):
        found = [(one.get("name"), one.get("value")) for one in properties if "warning" in str(one.get("name"))]
        assert found == [
            ("scoregate.warning.1", "stale: The data is old."),
            ("scoregate.warning.2", "inconsistent: [[ATTACHMENT|/etc/passwd]] <b>"),
        ]


def test_cases_have_name_class_and_time_and_nothing_else() -> None:
    found = cases(rendering(EVERY_OUTCOME))
    assert found["baseline/admins-use-mfa"].attrib == {
        "name": "baseline/admins-use-mfa",
        "classname": f"scoregate.{TENANT}.baseline",
        "time": "0.000",
    }
    assert found["baseline/skipped"].get("classname") == f"scoregate.{TENANT}.other"
    assert {tuple(case.attrib) for case in found.values()} == {("name", "classname", "time")}


def test_the_gitlab_profile_adds_file_and_line() -> None:
    whole = rendering(
        EVERY_OUTCOME, options={"junit-profile": "gitlab"}, uris={POLICY_FILE: "audit/policies/baseline.yaml"}
    )
    found = cases(whole)
    assert {(case.get("file"), case.get("line")) for case in found.values()} == {("audit/policies/baseline.yaml", "4")}
    without = rendering(EVERY_OUTCOME, uris={POLICY_FILE: "audit/policies/baseline.yaml"})
    assert re.sub(rb' file="[^"]*" line="4"', b"", render(whole)) == render(without)


def test_the_gitlab_profile_takes_any_name_of_a_file() -> None:
    place = SourceLocation("a.yaml", 1, 1)
    whole = rendering(
        [finding(of=requirement(location=place))],
        options={"junit-profile": "gitlab"},
        uris={"a.yaml": 'a\udcff\x1b "<&\t.yaml'},
    )
    (case,) = cases(whole).values()
    assert case.get("file") == 'a\\udcff\\x1b "<& .yaml'


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("passes", None),
        ("admins-use-mfa", ("failure", "below-minimum", "")),
        ("unclear", ("error", "maximum-unknown", "")),
        ("waived", ("skipped", "skipped", "WAIVED ")),
        ("skipped", ("skipped", "skipped", "SKIPPED ")),
        ("advised", ("skipped", "skipped", "ADVISORY ")),
        ("minor", ("skipped", "skipped", "ADVISORY ")),
    ],
)
def test_outcomes_become_results(name: str, expected: tuple[str, str, str] | None) -> None:
    found = result(rendering(EVERY_OUTCOME, fail_on=Severity.MEDIUM), f"baseline/{name}")
    message = "AdminMFAV2 is at 50 % (5 of 10 points) and must be at 100 %."
    assert found == (None if expected is None else (expected[0], expected[1], expected[2] + message))


def test_the_text_of_a_failure_says_it_all() -> None:
    (case,) = cases(rendering([finding()])).values()
    assert case[0].text == (
        "policies/baseline.yaml:4:5 requirement baseline/admins-use-mfa\n"
        "AdminMFAV2 is at 50 % (5 of 10 points) and must be at 100 %.\n"
        "requirement: Administrators sign in with MFA\n"
        "severity:    critical\n"
        "control:     AdminMFAV2 - Ensure MFA is enabled for administrators\n"
        "actual:      50 %\n"
        "required:    100 %\n"
        "why:         Stolen passwords are the shortest way in\n"
        "owner:       identity@contoso.example\n"
        "see:         https://security.microsoft.com/securescore\n"
    )


def test_what_is_not_known_is_left_out() -> None:
    bare = finding(
        of=requirement(rationale="", owner=""),
        control=None,
        title=None,
        category=None,
        measured=None,
        required=Quantity("ThirdParty", Unit.STATE),
        portal_url=None,
    )
    (case,) = cases(rendering([bare])).values()
    assert (case[0].text or "").splitlines()[2:] == [
        "requirement: Administrators sign in with MFA",
        "severity:    critical",
        "required:    ThirdParty",
    ]


def test_a_control_without_a_title_is_named_once() -> None:
    (case,) = cases(rendering([finding(title="AdminMFAV2")])).values()
    assert "control:     AdminMFAV2\n" in (case[0].text or "")


def test_dots_in_the_tenant_do_not_part_the_class_name() -> None:
    whole = rendering([finding(category="Apps")], tenant="contoso.example / [x] Ü")
    (case,) = cases(whole).values()
    assert case.get("classname") == "scoregate.contoso-example----x--Ü.baseline"


def test_an_unknown_tenant_has_a_name() -> None:
    root = parsed(rendering([finding()], tenant=""))
    assert root[0].get("hostname") == "unknown-tenant"


def test_markup_and_line_breaks_stay_text() -> None:
    hostile = "]]> </failure>&amp; \"'\r\n\t\x1b\x00\ufffe\u202e"
    shown = "]]> </failure>&amp; \"'   \\x1b\\x00\\ufffe\\u202e"
    asked = requirement(per_control=True)
    whole = rendering([finding(of=asked, message=hostile, control=hostile)], tenant=hostile)
    data = render(whole)
    assert b"&#10;" not in data  # one line already, so that no reader shows entities
    (case,) = cases(whole).values()
    assert case.get("name") == f"baseline/admins-use-mfa [{shown}]"
    assert case[0].get("message") == shown
    assert (case[0].text or "").splitlines()[1] == shown


def test_no_findings_make_an_empty_file() -> None:
    assert render(rendering([])) == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<testsuites name="scoregate" tests="0" failures="0" errors="0" time="0.000">\n</testsuites>\n'
    )
