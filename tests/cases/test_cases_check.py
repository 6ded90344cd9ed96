import json
import re
from pathlib import Path

import pytest
from command_line import policy, says_one_thing
from forked_runs import forked
from inputs import CASES, MFA, Case
from tenants import NOW, as_json, control, day, own, profile, without

CODES = {"pass": 0, "fail": 1, "indeterminate": 3, "": 3}


def test_each_case_has_its_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_ends_as_it_has_to(case: Case, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(case.data)
    written = policy(tmp_path, case.policy, name="p")
    given = ("--snapshot", "a.json", "--now", NOW, *case.options)
    ended = forked("check", "-p", written, *given, "-o", "json", folder=tmp_path)
    if not case.verdict:
        assert says_one_thing(ended.err)
        assert ended.err.startswith("scoregate: a.json: ")
        assert case.error in ended.err
        assert not ended.out
    else:
        report = json.loads(ended.out)
        found = {
            one["requirement"].removeprefix("p/"): f"{one['outcome']} {one['reason']}" for one in report["findings"]
        }
        assert (report["verdict"], found) == (case.verdict, case.findings)
        assert {*case.warnings} <= {one["code"] for one in report["warnings"]}
    assert ended.code == CODES[case.verdict]


def test_a_control_that_moves_between_categories_keeps_its_name_in_junit_and_its_fingerprint(tmp_path: Path) -> None:
    written = policy(tmp_path, MFA, name="p")
    ends = []
    for category in ("Apps", "Identity"):
        data = own([day(control("AdminMFAV2", 5.0, controlCategory=category))], [profile("AdminMFAV2")])
        (tmp_path / "a.json").write_bytes(data)
        formats = ("-o", "junit=j.xml", "-o", "sarif")
        ended = forked("check", "-p", written, "--snapshot", "a.json", "--now", NOW, *formats, folder=tmp_path)
        case = re.search(r'<testcase [^>]*name="([^"]*)"', (tmp_path / "j.xml").read_text(encoding="utf-8"))
        assert case is not None
        (result,) = json.loads(ended.out)["runs"][0]["results"]
        ends.append((case[1], result["ruleId"], result["partialFingerprints"]))
    assert ends[0] == ends[1]


def test_controls_without_a_maximum_are_of_unknown_completion(tmp_path: Path) -> None:
    scores = [without(control(name, 2.0), "scoreInPercentage") for name in ("AdminMFA", "UserMFA")]
    (tmp_path / "a.json").write_bytes(as_json({"value": [day(*scores, maximum=364.0)]}))
    ended = forked("score", "--snapshot", "a.json", "--now", NOW, "-o", "json", folder=tmp_path)
    found = json.loads(ended.out)["completion"]
    assert found == {"full": 0, "partial": 0, "none": 0, "unknown": 2, "notScored": 0}
