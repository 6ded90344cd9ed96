import json
from pathlib import Path

import pytest
from command_line import policy, says_one_thing, scoregate
from inputs import CASES, Case
from tenants import NOW

CODES = {"pass": 0, "fail": 1, "indeterminate": 3, "": 3}


def test_each_case_has_its_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_ends_as_it_has_to(case: Case, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(case.data)
    written = policy(tmp_path, case.policy, name="p")
    given = ("--snapshot", "a.json", "--now", NOW, *case.options)
    ended = scoregate("check", "-p", written, *given, "-o", "json", folder=tmp_path)
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
