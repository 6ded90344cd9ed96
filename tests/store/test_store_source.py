"""A store as a source, and what is kept of a tenant in it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from builders import NOW as MOMENT
from builders import OTHER_TENANT, TENANT
from command_line import NOW, Ended, environment, here, policy, says_one_thing, snapshot_bytes
from msgspec import UNSET
from store_builders import days

from checker.clouds import GLOBAL
from checker.errors import OutputError, SnapshotError
from checker.snapshot.assemble import Pieces, assemble
from checker.snapshot.model import Day, Snapshot
from checker.snapshot.read import decode_snapshot
from checker.sources.embedded import sandbox_source
from checker.store.merge import merge
from checker.store.rows import of_snapshot
from checker.store.source import StoreSource

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return str(tmp_path / "store")


def read(url: str, tenant: str | None = None, days: int = 1000) -> Snapshot:
    return StoreSource(url, tenant, GLOBAL).snapshot(days)


def test_what_was_fetched_is_read_back(url: str) -> None:
    fetched = sandbox_source(MOMENT, 0).read(90).snapshot
    merge(url, of_snapshot(fetched))
    held = read(url)
    assert held.tenant == fetched.tenant
    assert [day.date for day in held.days] == [day.date for day in fetched.days]
    for now, then in zip(held.days, fetched.days, strict=True):
        assert now.score.current_score == then.score.current_score
        assert now.score.average_comparative_scores == then.score.average_comparative_scores
        assert now.score.enabled_services == then.score.enabled_services
        assert {
            one.control_name: (one.score, one.score_in_percentage, one.control_category) for one in now.controls
        } == {one.control_name: (one.score, one.score_in_percentage, one.control_category) for one in then.controls}
    assert {one.id: one for one in held.profiles} == {one.id: one for one in fetched.profiles}


def test_as_many_days_as_are_wanted(url: str) -> None:
    merge(url, of_snapshot(days(TENANT, *range(200))))
    assert len(read(url, days=7).days) == 7
    assert len(read(url).days) == 200


def test_which_tenant(url: str) -> None:
    merge(url, [*of_snapshot(days(TENANT, 0)), *of_snapshot(days(OTHER_TENANT, 1))])
    assert read(url, TENANT.upper()).tenant == TENANT
    with pytest.raises(SnapshotError, match="contains 2 tenants"):
        read(url)
    with pytest.raises(SnapshotError, match="has no day of the tenant x"):
        read(url, "x")


@pytest.mark.parametrize("name", ["o dd", "ü#x'y", "a+b&c=d"])
def test_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    merge(str(tmp_path / name), of_snapshot(days(TENANT, 0, 40)))
    assert len(read(str(tmp_path / name)).days) == 2


def test_a_name_that_would_be_taken_apart_is_refused(tmp_path: Path) -> None:
    for name in ("o%20dd", "what?", "a*", "[a]"):
        with pytest.raises(OutputError, match="in its path"):
            merge(str(tmp_path / name), of_snapshot(days(TENANT, 0)))
        with pytest.raises(OutputError, match="in its path"):
            read(str(tmp_path / name))


def test_what_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="is not a scoregate store"):
        read(str(tmp_path))
    with pytest.raises(SnapshotError, match="is not a scoregate store"):
        read(str(tmp_path / "missing"))


def test_a_store_that_lost_a_file_is_told(url: str) -> None:
    merge(url, of_snapshot(days(TENANT, 0)))
    for file in Path(url).rglob("*.parquet"):
        file.unlink()
    with pytest.raises(SnapshotError, match="the store cannot be read"):
        read(url)


# The command line


def run(capture: Capture, *arguments: str | Path, now: str = NOW) -> Ended:
    return here(capture, *arguments, "--now", now)


def test_check_keeps_its_run_and_judges_without_a_sign_in(url: str, tmp_path: Path, capfd: Capture) -> None:
    path = policy(tmp_path, "controls: [{id: admins, control: AdminMFAV2}]")
    first = run(capfd, "check", "-p", path, "--sandbox", "--store", url, "-o", "json")
    assert first.code == 1
    assert first.err == f"{url}: 8 new days\n"
    again = run(capfd, "check", "-p", path, "--sandbox", "--store", url, "-o", "json")
    assert again.err == f"{url}: 0 new days\n"
    held = run(capfd, "check", "-p", path, "--store", url, "-o", "json")
    assert (held.code, held.err) == (1, "scoregate: no sign-in is configured, so the data in the store is judged\n")
    live, stored = json.loads(first.out), json.loads(held.out)
    assert stored["score"] == live["score"]
    assert [{**one, "lastSynced": None} for one in stored["findings"]] == [
        {**one, "lastSynced": None} for one in live["findings"]
    ]
    asked = here(capfd, "history", "sql", "SELECT requirement, outcome FROM findings", "--store", url, "-o", "json")
    assert json.loads(asked.out)["rows"] == [["small/admins", "fail"]]


def test_history_goes_beyond_what_graph_keeps(url: str, capfd: Capture) -> None:
    for moment in ("2026-03-01T09:00:00Z", NOW):
        kept = run(capfd, "fetch", "--sandbox", "--store", url, now=moment)
        assert kept.code == 0, kept.err
    found = json.loads(run(capfd, "trend", "--store", url, "--days", "140", "-o", "json").out)
    assert found["from"] == "2026-01-02"
    assert sum(part["points"] for part in found["causes"]) == pytest.approx(found["change"]["points"], abs=1e-9)
    for command in ("score", "compare", "guide", "controls"):
        assert run(capfd, command, "--store", url).code == 0


def test_a_store_that_cannot_be_written_leaves_the_verdict(tmp_path: Path, capfd: Capture) -> None:
    (tmp_path / "file").write_text("x")
    store = str(tmp_path / "file" / "store")
    for controls, code in (
        ("[{id: a, control: AdminMFAV2}]", 1),
        ("[{id: a, control: AdminMFAV2, minimum: {points: 0}}]", 2),
    ):
        ended = run(capfd, "check", "-p", policy(tmp_path, f"controls: {controls}"), "--sandbox", "--store", store)
        assert ended.code == code
        assert "the store cannot be used" in ended.err
        assert ended.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("fetch", "--sandbox"), 2, "nowhere to write the snapshot"),
        (("score", "--sandbox", "--store", "x"), 2, "--sandbox and --store name 2 sources"),
        (("score", "--store", "missing"), 3, "is not a scoregate store"),
        (("history", "verify"), 2, "no store: name one"),
        (("history", "sql", "SELECT 1"), 2, "no store: name one"),
    ],
)
def test_mistakes(
    arguments: tuple[str, ...], code: int, said: str, tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = here(capfd, *arguments)
    assert ended.code == code
    assert said in ended.err
    assert says_one_thing(ended.err)


def test_a_pull_request_cannot_name_a_store(tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scoregate.toml").write_text('store = "s3://theirs"\n')
    ended = here(capfd, "score", "--sandbox")
    assert ended.code == 2
    assert "store is not taken from this file" in ended.err


def test_a_store_is_its_owners_alone(url: str) -> None:
    before = os.umask(0o022)
    try:
        merge(url, of_snapshot(days(TENANT, 0)))
    finally:
        os.umask(before)
    assert Path(url).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["tenant=evil", "date=2020-01-01", "month=2020-01"])
def test_a_folder_above_says_nothing_of_the_rows(tmp_path: Path, name: str) -> None:
    url = str(tmp_path / name / "store")
    merge(url, of_snapshot(days(TENANT, 0, 40)))
    held = read(url)
    assert (held.tenant, len(held.days), len(held.days[0].controls)) == (TENANT, 2, 3)


def test_an_incomplete_answer_stays_incomplete(url: str, tmp_path: Path, capfd: Capture) -> None:
    document = json.loads(snapshot_bytes())
    document["partial"] = ["controlProfiles"]
    document["controlProfiles"] = document["controlProfiles"][:3]
    (tmp_path / "partial.json").write_text(json.dumps(document))
    known = {profile["id"] for profile in document["controlProfiles"]}
    scored = document["secureScores"][0]["controlScores"]
    control = next(one["controlName"] for one in scored if one["controlName"] not in known and one["score"] > 0)
    path = policy(tmp_path, f"controls: [{{id: a, control: {control}, minimum: {{percent: 0.1}}}}]")
    first = run(capfd, "check", "-p", path, "--snapshot", tmp_path / "partial.json", "--store", url)
    assert first.code == 3
    assert run(capfd, "check", "-p", path, "--store", url).code == 3


def test_a_member_that_was_absent_is_told_apart_from_null(url: str) -> None:
    document = json.loads(snapshot_bytes())
    absent, null, whole = (profile["id"] for profile in document["controlProfiles"][:3])
    del document["controlProfiles"][0]["tier"], document["controlProfiles"][0]["maxScore"]
    document["controlProfiles"][1].update(tier=None, maxScore=None)
    del document["secureScores"][0]["maxScore"]
    merge(url, of_snapshot(decode_snapshot(json.dumps(document).encode(), "test")))
    held = read(url)
    profiles = {profile.id: profile for profile in held.profiles}
    assert (profiles[absent].tier, profiles[absent].max_score) == (UNSET, UNSET)
    assert (profiles[null].tier, profiles[null].max_score) == (None, None)
    assert UNSET not in (profiles[whole].tier, profiles[whole].max_score)
    assert held.days[0].score.max_score is UNSET


def test_a_profile_that_nobody_has_set_is_told_apart_from_one_whose_states_are_missing(url: str) -> None:
    fetched = sandbox_source(MOMENT, 0).read(1).snapshot
    first, second, *others = fetched.profiles
    profiles = [
        msgspec.structs.replace(first, control_state_updates=[]),
        msgspec.structs.replace(second, control_state_updates=None),
    ]
    merge(url, of_snapshot(msgspec.structs.replace(fetched, profiles=(*profiles, *others))))
    held = {one.id: one.control_state_updates for one in read(url).profiles}
    assert (held[first.id], held[second.id]) == ([], None)


def test_an_older_answer_brings_days_and_no_older_states(url: str) -> None:
    merge(url, of_snapshot(days(TENANT, 50, state="Ignored")))
    merge(url, of_snapshot(days(TENANT, 10, state="Default")))
    held = read(url)
    assert len(held.days) == 2
    assert {(profile.control_state_updates or [])[-1].state for profile in held.profiles} == {"Ignored"}
    merge(url, of_snapshot(days(TENANT, 51, state="Reviewed")))
    assert {(profile.control_state_updates or [])[-1].state for profile in read(url).profiles} == {"Reviewed"}


def test_a_day_that_is_not_finished_takes_no_controls_away(url: str) -> None:
    merge(url, of_snapshot(days(TENANT, 0)))
    whole = days(TENANT, 0)
    empty = msgspec.structs.replace(whole.days[0].score, control_scores=[])
    merge(url, of_snapshot(msgspec.structs.replace(whole, days=(Day(whole.days[0].date, empty),))))
    assert len(read(url).days[0].controls) == 3


def test_a_count_beyond_any_and_a_day_before_any_are_kept_once(url: str) -> None:
    whole = days(TENANT, 0)
    odd = msgspec.structs.replace(
        whole.days[0].score, active_user_count=2**63, created_date_time="0999-01-02T00:00:00Z"
    )
    for _ in range(2):
        merge(url, of_snapshot(assemble(Pieces(scores=[odd]), "test")))
    (only,) = read(url).days
    assert (str(only.date), only.score.active_user_count) == ("0999-01-02", None)


def test_no_reader_sees_a_day_without_its_controls(url: str) -> None:
    merge(url, of_snapshot(days(TENANT, 0)))
    program = Path(__file__).with_name("store_builders.py")
    root = Path(__file__).parents[2]
    arguments = [sys.executable, str(program), url, TENANT, "1", "12"]
    with subprocess.Popen(arguments, cwd=root, env={**environment(), "PYTHONPATH": str(root)}) as writer:
        while writer.poll() is None:
            assert len(read(url, days=1).days[0].controls) == 3
    assert writer.returncode == 0


@pytest.mark.parametrize("command", [("fetch", "--sandbox"), ("score",), ("history", "verify")])
def test_an_empty_name_is_no_store(
    command: tuple[str, ...], tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = here(capfd, *command, "--store", "")
    assert ended.code == 2
    assert "expected a folder or a URL" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_store_of_the_environment_stands_in_no_ones_way(
    url: str, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCOREGATE_STORE", url)
    assert run(capfd, "score", "--sandbox").code == 0
    assert not Path(url).exists()


def test_what_was_fetched_is_written_though_the_store_fails(tmp_path: Path, capfd: Capture) -> None:
    (tmp_path / "file").write_text("x")
    ended = run(capfd, "fetch", "--sandbox", "-o", tmp_path / "s.json", "--store", tmp_path / "file" / "store")
    assert ended.code == 2
    assert (tmp_path / "s.json").stat().st_size > 1000


def test_since_goes_back_as_far_as_the_store(url: str, tmp_path: Path, capfd: Capture) -> None:
    merge(url, of_snapshot(days(TENANT, *range(20), points=10.0)))
    merge(url, of_snapshot(days(TENANT, *range(20, 150), points=5.0)))
    path = policy(tmp_path, "controls: [{id: a, control: A}]")
    arguments = ("check", "-p", path, "--store", url, "--since", "-o", "json")
    found = json.loads(run(capfd, *arguments, now="2026-05-30T09:00:00Z").out)
    assert [finding["since"] for finding in found["findings"]] == [{"date": "2026-01-21", "orEarlier": False}]
