import json
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from command_line import ROOT, here, scoregate, snapshot
from graph_support import SMALL_TENANT
from policytest_builders import ADMINS, answer, case, written

from checker.policy import packs
from checker.policytest.load import load_tests
from checker.policytest.run import run_tests

Capture = pytest.CaptureFixture[str]
BOTH = """cases:
  - {name: met, tenant: {controls: {AdminMFAV2: {}}}, expect: {small/admins: pass}}
  - {name: missed, tenant: {controls: {AdminMFAV2: {percent: 99}}}, expect: {small/admins: fail}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", packs.names())
def test_a_pack_ships_tests_that_show_each_of_its_requirements_passing_and_failing(name: str) -> None:
    run = run_tests(load_tests([f"pack:{name}"]), require_coverage=True)
    assert [case for case in run.cases if case.status != "pass"] == []
    assert run.uncovered == ()
    assert run.verdict == "pass"


@pytest.mark.parametrize(
    ("control", "expect", "status"),
    [
        ("{}", "{small/admins: pass}", "pass"),
        ("{}", "{small/admins: {outcome: pass, reason: met, control: adminmfav2}}", "pass"),
        ("{}", "{small/admins: fail}", "fail"),
        ("{percent: 70}", "{small/admins: {outcome: fail, reason: below-minimum}}", "pass"),
        ("{percent: 70}", "{small/admins: {outcome: fail, reason: not-scored}}", "fail"),
        ("{scored: false}", "{small/admins: {outcome: fail, reason: not-scored}}", "pass"),
        ("{state: Reviewed}", "{small/admins: {outcome: fail, reason: declared-not-observed}}", "pass"),
        ("{}", "{small/admins: {outcome: pass, control: other}}", "fail"),
        ("{}", "{small/admins: [{outcome: pass}, {outcome: fail}]}", "fail"),
    ],
)
def test_a_case_passes_when_all_that_it_expects_comes_true(
    control: str, expect: str, status: str, folder: Path, capfd: Capture
) -> None:
    written(folder, case(expect, control))
    code, said = answer(capfd, "tests")
    assert [one["status"] for one in said["cases"]] == [status]
    assert code == (0 if status == "pass" else 1)


def test_a_miss_is_shown_as_a_diff_with_both_places(folder: Path, capfd: Capture) -> None:
    written(folder, case("{small/admins: pass}", "{percent: 70, total: 10}", "    verdict: pass\n"))
    ended = here(capfd, "test", "tests")
    assert ended.code == 1
    assert ended.out.decode() == (
        "tests/small.yaml\n"
        "  FAIL   one\n"
        "           small/admins  tests/small.yaml:7:14\n"
        "           - expected pass\n"
        "           + got      fail (below-minimum): AdminMFAV2 is at 70 % (7 of 10 points) and must be at 100 %: "
        "3 of 10 users or devices are left out.  small.yaml:4:12\n"
        "           the gate's verdict  tests/small.yaml:8:5\n"
        "           - expected pass\n"
        "           + got      fail: small/admins\n"
        "\n"
        "Coverage: 0 of 1 requirement seen passing and failing\n"
        "  small/admins: no test shows it passing or failing; fail came up, and no test expects it\n"
        "\n"
        "1 case: 0 passed, 1 failed\n"
    )


def test_findings_of_a_selector_are_expected_one_by_one_or_all_alike(folder: Path, capfd: Capture) -> None:
    body = """tenant: {controls: {a: {percent: 10}, b: {}}}
cases:
  - name: one by one
    expect: {small/both: [{control: a, outcome: fail}, {control: b, outcome: pass}]}
    verdict: pass
  - name: alike
    expect: {small/both: fail}
"""
    written(folder, body, judged="controls: [{id: both, select: {id: [a, b]}, atMost: {failing: 1}}]")
    _, said = answer(capfd, "tests")
    one, alike = said["cases"]
    assert one["status"] == "pass"
    assert [(miss["got"]["control"], miss["got"]["outcome"]) for miss in alike["misses"]] == [("b", "pass")]


def test_others_must_pass_if_the_case_says_so(folder: Path, capfd: Capture) -> None:
    judged = "controls: [{id: a, control: a}, {id: b, control: b}, {id: c, control: c, disabled: {reason: unused}}]"
    body = """tenant: {controls: {a: {percent: 0}, b: {}}}
cases:
  - {name: named, expect: {small/a: fail, small/c: {outcome: skipped, reason: disabled}}, others: pass}
  - {name: others, others: pass}
"""
    written(folder, body, judged=judged)
    _, said = answer(capfd, "tests")
    named, others = said["cases"]
    assert named["status"] == "pass"
    assert [miss["requirement"] for miss in others["misses"]] == ["small/a", "small/c"]
    # What a policy takes out is never judged, so no test has to show it.
    assert [one["requirement"] for one in said["coverage"]] == ["small/a", "small/b"]


def test_coverage_is_what_tests_assert_and_names_what_they_do_not(folder: Path, capfd: Capture) -> None:
    written(folder, BOTH)
    code, said = answer(capfd, "tests", "--require-coverage")
    assert (code, said["verdict"], said["coverage"][0]["missing"]) == (0, "pass", [])
    # Seen, and asserted by no test; then asserted, and wrong.
    for expect in ("{small/other: pass}", "{small/other: pass, small/admins: pass}"):
        judged = "controls: [{id: admins, control: AdminMFAV2}, {id: other, control: other}]"
        control = "{percent: 1}, other: {}"
        written(folder, case(expect, control), judged=judged)
        code, said = answer(capfd, "tests", "--require-coverage")
        assert code == 1
        admins, other = said["coverage"]
        assert (admins["asserted"], admins["seen"], admins["missing"]) == ([], ["fail"], ["pass", "fail"])
        assert (other["asserted"], other["seen"], other["missing"]) == (["pass"], ["pass"], ["fail"])


def test_missing_coverage_fails_only_where_it_is_required(folder: Path, capfd: Capture) -> None:
    written(folder, case("{small/admins: pass}"))
    without, required = here(capfd, "test", "tests"), here(capfd, "test", "tests", "--require-coverage")
    assert (without.code, required.code) == (0, 1)
    assert b"small/admins: no test shows it failing" in without.out
    assert b"Coverage: 0 of 1 requirement seen passing and failing, and all must be" in required.out
    ended = scoregate("test", "tests", folder=folder, variables={"SCOREGATE_REQUIRE_COVERAGE": "1"})
    assert ended.code == 1
    folder.joinpath("scoregate.toml").write_text("require-coverage = false\n")
    refused = here(capfd, "test", "tests")
    assert (refused.code, refused.out) == (2, b"")


def test_a_case_gives_its_tenant_labels(folder: Path, capfd: Capture) -> None:
    waiver = (
        "{requirement: small/admins, tenantLabel: eu, from: 2026-02-01, until: 2026-03-01, reason: r, approvedBy: me}"
    )
    body = f"""tenant: {{controls: {{AdminMFAV2: {{percent: 0}}}}}}
now: 2026-03-01
cases:
  - name: labelled
    tenantLabels: [production, eu]
    waivers: [{waiver}]
    expect: {{small/admins: waived}}
  - name: of another label
    tenantLabels: [production]
    waivers: [{waiver}]
    expect: {{small/admins: fail}}
  - name: without labels
    waivers: [{waiver}]
    expect: {{small/admins: fail}}
"""
    written(folder, body)
    code, said = answer(capfd, "tests")
    assert code == 0, said


def test_a_waived_failure_and_the_error_of_old_data_count_as_failing(folder: Path, capfd: Capture) -> None:
    body = """tenant: {controls: {AdminMFAV2: {}}}
now: 2026-03-01
cases:
  - {name: met, others: pass}
  - name: waived
    tenant: {controls: {AdminMFAV2: {percent: 0}}}
    waivers: [{requirement: small/admins, from: 2026-02-01, until: 2026-03-01, reason: for now, approvedBy: me}]
    expect: {small/admins: {outcome: waived, reason: below-minimum}}
    verdict: pass
  - name: ended
    now: 2026-03-02
    tenant: {controls: {AdminMFAV2: {percent: 0}}}
    waivers: [{requirement: small/admins, from: 2026-02-01, until: 2026-03-01, reason: for now, approvedBy: me}]
    expect: {small/admins: fail}
  - {name: old, tenant: {age: 3}, expect: {small/fresh: error}, verdict: indeterminate}
"""
    written(folder, body, judged=f"{ADMINS}\nscore: [{{id: fresh, freshness: {{maximumAge: 2d}}}}]")
    code, said = answer(capfd, "tests", "--require-coverage")
    assert code == 0, said
    assert {one["requirement"]: one["asserted"] for one in said["coverage"]} == {
        "small/fresh": ["pass", "error"],
        "small/admins": ["pass", "fail", "waived"],
    }


def test_parameters_and_licences_and_averages_are_given_to_the_policy(folder: Path, capfd: Capture) -> None:
    judged = """parameters: {least: {type: number, default: 90}}
score:
  - {id: overall, minimum: {percent: "${least}"}}
  - {id: peers, compare: {basis: TotalSeats, maximumBelow: {percentagePoints: 5}}}
controls: [{id: risk, control: SigninRiskPolicy, when: {enabledServices: [HasAADP2]}}]"""
    body = """parameters: {least: 40}
tenant: {enabledServices: [HasAADP2], averages: {TotalSeats: 55}, controls: {SigninRiskPolicy: {percent: 50}}}
cases:
  - {name: given, expect: {small/overall: pass, small/peers: pass, small/risk: fail}}
  - {name: richer, tenant: {averages: {TotalSeats: 56}}, expect: {small/peers: fail}}
  - {name: none, tenant: {enabledServices: []}, expect: {small/risk: {outcome: skipped, reason: not-licensed}}}
"""
    written(folder, body, judged=judged)
    assert here(capfd, "test", "tests").code == 0


def test_a_snapshot_is_judged_on_its_newest_day_unless_the_test_says_another(folder: Path, capfd: Capture) -> None:
    written(
        folder,
        """cases:
  - {name: newest, snapshot: ../snapshot.json.gz, expect: {small/fresh: pass}}
  - {name: later, now: 2030-01-01, snapshot: ../snapshot.json.gz, expect: {small/fresh: error}}
""",
        judged="score: [{id: fresh, freshness: {maximumAge: 1d}}]",
    )
    snapshot(folder, "snapshot.json.gz")
    assert SMALL_TENANT.secure_scores
    code, said = answer(capfd, "tests")
    assert (code, said["counts"]) == (0, {"pass": 2, "fail": 0, "error": 0})


def test_an_unreadable_snapshot_is_an_error_and_the_other_cases_are_run(folder: Path, capfd: Capture) -> None:
    body = f"{BOTH}  - {{name: torn, snapshot: torn.json, others: pass}}\n"
    written(folder, body)
    folder.joinpath("tests", "torn.json").write_text('{"secureScores": [')
    code, said = answer(capfd, "tests")
    assert (code, said["verdict"], said["counts"]) == (3, "indeterminate", {"pass": 2, "fail": 0, "error": 1})
    assert said["cases"][2]["message"].startswith("tests/torn.json: ")
    written(folder, body.replace("small/admins: fail", "small/admins: pass"))
    assert answer(capfd, "tests")[0] == 1


def test_the_same_test_says_the_same_from_anywhere_and_on_any_day(folder: Path, capfd: Capture) -> None:
    written(folder, BOTH)
    here_said = here(capfd, "test", "tests", "-o", "json").out
    assert scoregate("test", "tests", "-o", "json", folder=folder, variables={"TZ": "Pacific/Apia"}).out == here_said


def test_junit_has_a_suite_for_each_file_and_one_for_required_coverage(folder: Path, capfd: Capture) -> None:
    written(folder, BOTH)
    written(folder, case("{small/admins: pass}", "{percent: 5}"), name="wrong<&\u0001>.yaml")
    ended = here(capfd, "test", "tests", "-o", "junit", "--require-coverage")
    root = ET.fromstring(ended.out)
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["tests/small.yaml", "tests/wrong<&\\x01>.yaml", "scoregate coverage"]
    assert [one.get("name") for one in suites["tests/small.yaml"].iter("testcase")] == ["met", "missed"]
    (failure,) = suites["tests/wrong<&\\x01>.yaml"].iter("failure")
    assert (failure.get("message") or "").startswith(
        "small/admins: expected pass, got fail (below-minimum): AdminMFAV2"
    )
    assert "+ got      fail (below-minimum)" in (failure.text or "")
    assert [one.get("name") for one in suites["scoregate coverage"].iter("testcase")] == ["small/admins"]
    assert (root.get("tests"), root.get("failures"), ended.code) == ("4", "1", 1)


def test_json_fits_its_schema_and_text_cannot_reach_the_terminal(folder: Path, capfd: Capture) -> None:
    written(folder, case("{small/admins: pass}", "{percent: 5}").replace("name: one", r'name: "a\e[31m::error::b"'))
    schema = json.loads((ROOT / "schemas" / "test.schema.json").read_text("utf-8"))
    _, said = answer(capfd, "tests")
    jsonschema.Draft202012Validator(schema).validate(said)
    for form in ("text", "json", "markdown", "junit"):
        out = here(capfd, "test", "tests", "-o", form).out
        assert b"\x1b" not in out
        assert b"\n::error" not in out


def test_several_formats_come_from_one_run(folder: Path, capfd: Capture) -> None:
    written(folder, BOTH)
    ended = here(capfd, "test", "tests", "-o", "junit=t.xml", "-o", "markdown=t.md", "-o", "text")
    assert ended.out.decode().endswith("2 cases: 2 passed, 0 failed\n")
    assert folder.joinpath("t.md").read_text().startswith("### Tests of policies: 2 cases: 2 passed, 0 failed\n")
    assert ET.parse(folder / "t.xml").getroot().get("failures") == "0"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("minimum: {percent: 90}", "minimum: {percent: 80}"),
        ("allBut: 2}", "allBut: 3}"),
        ("accept: [ThirdParty]", "accept: [ThirdParty, Reviewed]"),
        ("maximumLoss: {points: 20}", "maximumLoss: {points: 25}"),
        ("maximumAge: 3d", "maximumAge: 4d"),
        ("control: OneAdmin", "control: OneAdmin\n    onMissing: skip"),
        ("id: [mdo_commonattachmentsfilter, mdo_zapmalware]", "id: [mdo_commonattachmentsfilter]"),
        ("enabledServices: [HasAADP2]", "enabledServices: [HasAADP9]"),
    ],
)
def test_the_tests_of_essentials_notice_what_gets_looser(before: str, after: str, folder: Path, capfd: Capture) -> None:
    source = ROOT / "policies" / "essentials"
    text = source.joinpath("essentials.yaml").read_text("utf-8")
    assert before in text
    folder.joinpath("essentials.yaml").write_text(text.replace(before, after, 1), "utf-8")
    tests = source.joinpath("tests", "essentials.yaml").read_text("utf-8")
    folder.joinpath("test.yaml").write_text(tests.replace("[pack:essentials]", "[essentials.yaml]"), "utf-8")
    code, said = answer(capfd, "test.yaml")
    assert code == 1, said
