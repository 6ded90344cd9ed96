import os
from pathlib import Path

import pytest
from command_line import NOW, here, policy, says_one_thing, snapshot
from policytest_builders import HEAD, case, written

from checker.policy.load import load, try_load

Capture = pytest.CaptureFixture[str]
PLACE = "tests/small.yaml"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (case("{small/admin: fail}"), ["7:14: cases[0].expect.small/admin: the policies have no requirement "]),
        (case("{small/admins: fial}"), ["did you mean 'fail'?"]),
        (case("{small/admins: {outcome: fail, reason: below-minimumm}}"), ["did you mean 'below-minimum'?"]),
        (case("{small/admins: {reason: met}}"), ["the key 'outcome' is missing"]),
        (case("{small/admins: pass}", "{percnt: 3}"), ["unknown key 'percnt' (did you mean 'percent'?)"]),
        (case("{small/admins: pass}", "{percent: 101}"), ["expected 100 or less, got the number 101"]),
        (case("{small/admins: pass}", "{state: Thirdparty}"), ["(did you mean 'ThirdParty'?)"]),
        (case("{small/admins: pass}", "{percent: 1, score: 2}"), ["AdminMFAV2: expected percent or score, not both"]),
        (case("{small/admins: pass}", "{scored: false, score: 2}"), ["expected neither percent nor score together"]),
        (case("{small/admins: pass}", "{score: 11}"), ["cases[0].tenant: gives AdminMFAV2 11 points of 10"]),
        (case("{}"), ["a case that expects nothing shows nothing"]),
        ("cases: []\n", ["cases: expected at least one item"]),
        ("cases: [{name: one, expect: {small/admins: pass}}]\n", ["cases[0]: expected snapshot or tenant"]),
        (
            "cases: [{name: one, snapshot: a.json, tenant: {}, others: pass}]\n",
            ["cases[0]: expected snapshot or tenant, not both"],
        ),
        ("cases: [{name: one, snapshot: a.json, others: pass}]\n", ["4:31: cases[0].snapshot: a.json is not a file"]),
        (
            "cases: [{name: one, snapshot: ../../a.json, others: pass}]\n",
            ["../../a.json is outside the folder that this file can refer to"],
        ),
        (
            "cases: [{name: one, snapshot: /etc/hostname, others: pass}]\n",
            ["expected the path of a file relative to this one, with / in it"],
        ),
        ("parameters: {leest: 1}\n" + case("{small/admins: pass}"), ["4:14: parameters.leest: no policy declares"]),
        (
            "tenant: {}\ncases: [{name: one, others: pass}, {name: one, others: pass}]\n",
            ["cases[1].name: the name 'one' is already used at tests/small.yaml:5:9"],
        ),
        (
            "tenant: {days: [{ago: 3}, {ago: 3}]}\ncases: [{name: one, others: pass}]\n",
            ["tenant.days[1].ago: 3 days ago is already given"],
        ),
        (
            case("{small/admins: pass}", more="    waivers: [{requirement: x, from: 2026-01-02, until: 2026-01-01}]\n"),
            ["the key 'reason' is missing", "the key 'approvedBy' is missing"],
        ),
    ],
)
def test_a_malformed_test_is_named_with_its_place_and_lint_says_the_same(
    body: str, faults: list[str], folder: Path, capfd: Capture
) -> None:
    written(folder, body)
    ended = here(capfd, "test", "tests")
    assert (ended.code, ended.out) == (2, b"")
    *said, last, page = ended.err.splitlines(keepends=True)
    said = [line.rstrip("\n") for line in said]
    assert len(said) == len(faults)
    for line, fault in zip(sorted(said), sorted(faults), strict=True):
        assert line.startswith(f"{PLACE}:")
        assert fault in line
    assert last.endswith("in the tests and their policies; nothing was judged\n")
    assert page.startswith("  See https://")
    linted = here(capfd, "lint", ".", "--now", NOW)
    assert linted.code == 2
    lines = [line.replace(": error: ", ": ", 1) for line in linted.out.decode().splitlines() if ": error: " in line]
    assert sorted(lines) == sorted(said)


@pytest.mark.parametrize(
    ("policies", "fault"),
    [
        ("[../absent.yaml]", "3:12: policies[0]: ../absent.yaml cannot be read: no such file or directory"),
        ("[../../outside.yaml]", "3:12: policies[0]: ../../outside.yaml is outside the folder"),
        (
            "['pack:essential']",
            "3:12: policies[0]: pack:essential is an unknown pack 'essential' (did you mean 'essentials'?)",
        ),
        ("[..]", "3:12: policies[0]: .. is a folder; name each file of it"),
        ("[small.yaml]", "1:1: no document of kind Policy was found"),
        ("[]", "3:11: policies: expected at least one item"),
    ],
)
def test_a_policy_that_cannot_be_used_is_a_fault_of_the_test(
    policies: str, fault: str, folder: Path, capfd: Capture
) -> None:
    head = f"apiVersion: scoregate/v1\nkind: PolicyTest\npolicies: {policies}\n"
    written(folder, case("{small/admins: pass}"), head=head)
    ended = here(capfd, "test", "tests")
    assert ended.code == 2
    assert f"{PLACE}:{fault}" in ended.err
    assert "no requirement" not in ended.err


def test_a_fault_of_a_policy_is_named_once_by_lint(folder: Path, capfd: Capture) -> None:
    written(folder, case("{small/admins: pass}"), judged="controls: [{id: admins, contrl: x}]")
    tested = here(capfd, "test", ".")
    assert tested.code == 2
    assert tested.err.startswith("small.yaml:4:")
    linted = here(capfd, "lint", ".", "--now", NOW).out.decode()
    assert linted.count("unknown key 'contrl'") == 1


def test_a_link_to_a_snapshot_outside_is_refused(
    folder: Path, capfd: Capture, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = Path(snapshot(tmp_path_factory.mktemp("outside")))
    written(folder, "cases: [{name: one, snapshot: linked.json, others: pass}]\n")
    folder.joinpath("tests", "linked.json").symlink_to(outside)
    ended = here(capfd, "test", "tests")
    assert ended.code == 2
    assert "linked.json is outside the folder" in ended.err


def test_no_test_is_a_mistake_and_not_a_success(folder: Path, capfd: Capture) -> None:
    policy(folder, "controls: [{id: a, control: b}]")
    ended = here(capfd, "test", ".")
    assert (ended.code, ended.out) == (2, b"")
    assert "no document of kind PolicyTest was found in ." in ended.err
    assert says_one_thing(ended.err)


@pytest.mark.parametrize("argument", ["pack:nothing", "absent", "absent.yaml"])
def test_a_path_that_leads_nowhere_is_named(argument: str, capfd: Capture) -> None:
    ended = here(capfd, "test", argument)
    assert ended.code == 2
    assert ended.err.startswith(f"{argument}:1:1: ")


def test_a_misspelt_kind_is_no_test_that_is_passed_over(folder: Path, capfd: Capture) -> None:
    written(folder, case("{small/admins: pass}"), head=HEAD.replace("PolicyTest", "PolicyTests"))
    for command in (("test", "."), ("lint", "."), ("check", "-p", ".", "--sandbox", "--now", NOW)):
        ended = here(capfd, *command)
        assert ended.code == 2
        assert "(did you mean 'PolicyTest'?)" in (ended.err + ended.out.decode())


def test_other_commands_pass_tests_over(folder: Path, capfd: Capture) -> None:
    written(folder, case("{small/nothing: pass}"))
    alone, beside = load(["small.yaml"]), load(["."])
    assert beside == alone
    assert beside.sha256 == alone.sha256
    assert here(capfd, "check", "-p", ".", "--sandbox", "--now", NOW).code == 1
    assert [str(fault) for fault in try_load(["tests"]).faults] == [
        f"{PLACE}:1:1: no document of kind Policy was found"
    ]
    assert [str(fault) for fault in try_load(["small.yaml"], ["tests"]).faults] == [
        f"{PLACE}:2:7: kind: expected Waivers, got 'PolicyTest'"
    ]


def test_a_policy_in_the_file_of_a_test_is_judged(folder: Path) -> None:
    path = written(folder, case("{small/admins: pass}"))
    text = Path(policy(folder, "controls: [{id: a, control: b}]", name="other")).read_text("utf-8")
    path.write_text(f"{path.read_text('utf-8')}---\n{text}", "utf-8")
    found = load(["tests"])
    assert [one.name for one in found.policies] == ["other"]
    assert list(found.sources) == [PLACE]


def test_lint_counts_tests_and_takes_them_alone(folder: Path, capfd: Capture) -> None:
    written(folder, case("{small/admins: pass}"))
    for path, counts in ((".", "1 policy, 1 requirement, 0 waivers, 1 test: 0 errors"), ("tests", "0 policies")):
        ended = here(capfd, "lint", path)
        assert ended.code == 0
        assert ended.out.decode().startswith(counts)


def test_a_test_is_read_from_standard_input(folder: Path) -> None:
    from command_line import scoregate

    written(folder, case("{small/admins: pass}"))
    text = HEAD.replace("../small", "small") + case("{small/admins: pass}")
    ended = scoregate("test", "-", folder=folder, given=text.encode())
    assert (ended.code, ended.err) == (0, "")
    assert os.linesep.join(ended.out.decode().splitlines()[:2]) == "<stdin>\n  ok     one"
