import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import (
    FAILING,
    NOT_JUDGED,
    NOW,
    PASSING,
    here,
    policy,
    says_one_thing,
    scoregate,
    see,
    snapshot,
    snapshot_bytes,
)
from graph_support import SMALL_TENANT

from checker.renderers import FORMATS


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    snapshot(tmp_path)
    return tmp_path


Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("body", "code"),
    [(PASSING, 0), (FAILING, 1), (FAILING.replace("}]", ", enforcement: advisory}]"), 0), (NOT_JUDGED, 3)],
)
def test_exit_codes_of_verdicts(body: str, code: int, folder: Path, capfd: Capture) -> None:
    later = "2026-06-22" if code == 3 else NOW
    ended = here(capfd, "check", "-p", policy(folder, body), "--snapshot", "snapshot.json", "--now", later)
    assert (ended.code, ended.err) == (code, "")
    assert b"pass" in ended.out


@pytest.mark.parametrize(("level", "code"), [("info", 1), ("medium", 1), ("MEDIUM", 1), ("high", 0), ("critical", 0)])
def test_failures_below_the_level_do_not_fail_the_gate(level: str, code: int, folder: Path, capfd: Capture) -> None:
    source = ("--snapshot", "snapshot.json", "--now", NOW)
    ended = here(capfd, "check", "-p", policy(folder, FAILING), *source, "--fail-on", level, "-o", "json")
    assert ended.code == code
    assert json.loads(ended.out)["verdict"] == ("fail" if code else "pass")


def evaluated_at(ended_out: bytes) -> str:
    moment = json.loads(ended_out)["evaluatedAt"]
    assert isinstance(moment, str)
    return moment


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("2026-05-22", "2026-05-22T00:00:00Z"),
        ("2026-05-22T09:00", "2026-05-22T09:00:00Z"),
        ("2026-05-22T09:00:00Z", "2026-05-22T09:00:00Z"),
        ("2026-05-22T01:30:00+02:00", "2026-05-21T23:30:00Z"),
        ("2026-05-21T23:30:00-02:00", "2026-05-22T01:30:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_forms_of_now(given: str, taken: str, folder: Path, capfd: Capture) -> None:
    source = ("--snapshot", "snapshot.json", "--now", given)
    ended = here(capfd, "check", "-p", policy(folder, PASSING), *source, "-o", "json")
    assert evaluated_at(ended.out) == taken


@pytest.mark.parametrize("given", ["yesterday", "", "22.05.2026", "2026-13-01", "9999-12-31T23:59:59-01:00"])
def test_a_now_that_is_no_time(given: str, folder: Path, capfd: Capture) -> None:
    ended = here(capfd, "check", "-p", policy(folder, PASSING), "--snapshot", "snapshot.json", "--now", given)
    assert ended.code == 2
    assert ended.err.startswith("scoregate: Invalid value for '--now': ")


def test_a_now_before_the_sandbox_s_calendar_is_the_caller_s_mistake(folder: Path, capfd: Capture) -> None:
    for command in (("check", "-p", policy(folder, PASSING), "--sandbox"), ("fetch", "-o", "x.json", "--sandbox")):
        ended = here(capfd, *command, "--now", "0001-01-01")
        assert (ended.code, ended.err) == (
            2,
            "scoregate: the sandbox has no history before 0001-01-01\n" + see("usage"),
        )


@pytest.mark.parametrize("source", ["file", "gzip", "folder", "sandbox"])
def test_every_offline_source(source: str, folder: Path, capfd: Capture) -> None:
    snapshot(folder, "other.json.gz")
    folder.joinpath("days").mkdir()
    snapshot(folder / "days")
    options = {
        "file": ("--snapshot", "snapshot.json"),
        "gzip": ("--snapshot", "other.json.gz"),
        "folder": ("--snapshot", "days"),
        "sandbox": ("--sandbox",),
    }[source]
    ended = here(capfd, "check", "-p", policy(folder, PASSING), *options, "--now", NOW, "-o", "json")
    assert (ended.code, ended.err) == (0, "")
    report = json.loads(ended.out)
    assert (report["tenant"] == SMALL_TENANT.tenant_id) is (source != "sandbox")
    assert report["snapshot"]["date"] == "2026-05-22"


def test_a_snapshot_and_a_policy_from_standard_input(folder: Path) -> None:
    written = policy(folder, PASSING)
    first = scoregate("check", "-p", written, "--snapshot", "-", "--now", NOW, folder=folder, given=snapshot_bytes())
    assert (first.code, first.err) == (0, "")
    text = Path(written).read_bytes()
    second = scoregate("check", "-p", "-", "--snapshot", "snapshot.json", "--now", NOW, folder=folder, given=text)
    assert (second.code, second.err) == (0, "")


def test_several_formats_come_of_one_run_and_standard_output_stays_empty(folder: Path, capfd: Capture) -> None:
    outputs = ("-o", "json=r.json", "-o", "sarif=r.sarif", "-o", "junit=r.xml", "-o", "text=r.txt")
    arguments = ("check", "-p", policy(folder, FAILING), "--snapshot", "snapshot.json", "--now", NOW)
    ended = here(capfd, *arguments, *outputs)
    assert (ended.code, ended.out, ended.err) == (1, b"", "")
    for form, name in (("json", "r.json"), ("sarif", "r.sarif"), ("junit", "r.xml"), ("text", "r.txt")):
        assert folder.joinpath(name).read_bytes() == here(capfd, *arguments, "-o", form).out
    assert not list(folder.glob("*.tmp"))


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        (("xml",), f"-o takes {', '.join(FORMATS)}, got 'xml'"),
        (("jsn=r.json",), f"-o takes {', '.join(FORMATS)}, got 'jsn' (did you mean 'json'?)"),
        (("json=",), "-o json=: a path is missing after ="),
        (("text", "json"), "-o text and -o json both go to standard output"),
        (("text", "json=-"), "-o text and -o json both go to standard output"),
        (("json=r.json", "sarif=./r.json"), "two -o options name the same file"),
        (("json=link.json", "sarif=snapshot.json"), "two -o options name the same file"),
        (("json=r.json", "sarif=missing/r.sarif"), "missing/r.sarif: cannot be written: its folder does not exist"),
        (("json=r.json", "sarif=."), ".: cannot be written: is a directory"),
        (("json=snapshot.json/r.json",), "snapshot.json/r.json: cannot be written: its folder does not exist"),
        (("json=/proc/r.json",), "/proc/r.json: cannot be written: no such file or directory"),
    ],
)
def test_outputs_that_cannot_be_are_told_and_nothing_is_written(
    outputs: tuple[str, ...], said: str, folder: Path, capfd: Capture
) -> None:
    folder.joinpath("link.json").symlink_to("snapshot.json")
    arguments = ("check", "-p", policy(folder, FAILING), "--snapshot", "snapshot.json", "--now", NOW)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ended = here(capfd, *arguments, *(word for output in outputs for word in ("-o", output)))
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"scoregate: {said}\n")
    assert says_one_thing(ended.err)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_output_is_replaced_whole_and_is_for_its_owner_alone(folder: Path, capfd: Capture) -> None:
    target = folder / "r.json"
    target.write_text("old")
    target.chmod(0o755)
    arguments = ("check", "-p", policy(folder, PASSING), "--snapshot", "snapshot.json", "--now", NOW)
    assert here(capfd, *arguments, "-o", "json=r.json").code == 0
    assert json.loads(target.read_bytes())["kind"] == "Report"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_an_old_output_survives_a_run_that_could_not_judge(folder: Path, capfd: Capture) -> None:
    folder.joinpath("r.json").write_text("old")
    arguments = ("check", "-p", policy(folder, PASSING), "--snapshot", "missing.json")
    assert here(capfd, *arguments, "-o", "json=r.json").code == 3
    assert folder.joinpath("r.json").read_text() == "old"


def two_of_one_name(folder: Path) -> str:
    policy(folder, PASSING, file="one.yaml")
    policy(folder, PASSING, file="two.yaml")
    return "."


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda folder: policy(folder, PASSING.replace("minimum", "minimun")), "did you mean 'minimum'"),
        (lambda folder: policy(folder, "controls: 5"), "small.yaml:4:"),
        (lambda folder: policy(folder, PASSING.replace("1}", "lots}")), "small.yaml:4:"),
        (lambda folder: policy(folder, "controls: ["), "small.yaml:"),
        (two_of_one_name, "two.yaml:3:"),
        (lambda _: "missing.yaml", "missing.yaml:1:1: cannot be read: no such file or directory"),
        (lambda _: "pack:nothing", "pack:nothing"),
    ],
)
def test_policies_with_faults_are_told_with_their_place(
    write: Callable[[Path], str], said: str, folder: Path, capfd: Capture
) -> None:
    ended = here(capfd, "check", "-p", write(folder), "--sandbox", "--now", NOW, "-o", "json=r.json")
    assert (ended.code, ended.out) == (2, b"")
    assert said in ended.err
    assert "nothing was judged" in ended.err
    assert says_one_thing(ended.err)
    assert not folder.joinpath("r.json").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "bad.json: cannot be read: no such file or directory"),
        (b"", "bad.json: is empty; expected JSON"),
        (b"<!DOCTYPE html><html>", "bad.json: is HTML or XML, not JSON: perhaps a saved page of a proxy"),
        (snapshot_bytes()[:5000], "bad.json: is JSON that ends in the middle: the file was cut short"),
        (b"{}", "bad.json: is not a snapshot: "),
        (b"[" * 100_000, "bad.json: "),
        (b"\x1f\x8bnot gzip", "bad.json: is a damaged gzip file"),
        (b'{"kind": "Report", "secureScores": []}', "bad.json: is a Report, not a Snapshot"),
        (b'{"secureScores": [], "controlProfiles": []}', ""),
    ],
)
def test_snapshots_that_cannot_be_read_exit_3(data: bytes | None, said: str, folder: Path, capfd: Capture) -> None:
    if data is not None:
        folder.joinpath("bad.json").write_bytes(data)
    arguments = ("check", "-p", policy(folder, PASSING), "--snapshot", "bad.json", "--now", NOW)
    ended = here(capfd, *arguments, "-o", "json=r.json")
    assert (ended.code, ended.out) == (3, b"")
    if said:
        assert ended.err.startswith(f"scoregate: {said}")
        assert says_one_thing(ended.err)
        assert not folder.joinpath("r.json").exists()


def test_since_is_told_in_text_and_json(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = policy(tmp_path, "controls: [{id: admins, control: AdminMFAV2}]")
    arguments = ("check", "-p", path, "--sandbox", "--now", NOW)
    plain = json.loads(here(capfd, *arguments, "-o", "json").out)
    assert [finding["since"] for finding in plain["findings"]] == [None]
    told = json.loads(here(capfd, *arguments, "--since", "-o", "json").out)
    (since,) = (finding["since"] for finding in told["findings"])
    assert since["orEarlier"] is False
    assert f"fails since {since['date']}\n" in here(capfd, *arguments, "--since").out.decode()
