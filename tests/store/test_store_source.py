"""A store as a source, and what is kept of a tenant in it."""

import json
import os
from pathlib import Path

import pytest
from builders import NOW as MOMENT
from builders import OTHER_TENANT, TENANT
from command_line import NOW, Ended, here, policy, says_one_thing
from store_builders import days

from checker.clouds import GLOBAL
from checker.errors import OutputError, SnapshotError
from checker.snapshot.model import Snapshot
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
    fetched = sandbox_source(MOMENT, 0).snapshot(90)
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
    with pytest.raises(SnapshotError, match="holds 2 tenants"):
        read(url)
    with pytest.raises(SnapshotError, match="holds no day of the tenant x"):
        read(url, "x")


@pytest.mark.parametrize("name", ["o dd", "ü#x'y", "a+b&c=d"])
def test_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    merge(str(tmp_path / name), of_snapshot(days(TENANT, 0, 40)))
    assert len(read(str(tmp_path / name)).days) == 2


def test_a_name_that_would_be_taken_apart_is_refused(tmp_path: Path) -> None:
    for name in ("o%20dd", "what?", "a*", "[a]"):
        with pytest.raises(OutputError, match="in its path can't be a store"):
            merge(str(tmp_path / name), of_snapshot(days(TENANT, 0)))
        with pytest.raises(OutputError, match="in its path can't be a store"):
            read(str(tmp_path / name))


def test_what_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="is no store"):
        read(str(tmp_path))
    with pytest.raises(SnapshotError, match="is no store"):
        read(str(tmp_path / "missing"))


def test_a_store_that_lost_a_file_is_told(url: str) -> None:
    merge(url, of_snapshot(days(TENANT, 0)))
    for file in Path(url).rglob("*.parquet"):
        file.unlink()
    with pytest.raises(OutputError, match="the store cannot be"):
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
    assert (held.code, held.err) == (1, "scoregate: nobody signs in, so the store is judged\n")
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
        (("fetch", "--sandbox"), 2, "nowhere to keep it"),
        (("score", "--sandbox", "--store", "x"), 2, "--sandbox and --store name 2 sources"),
        (("score", "--store", "missing"), 3, "is no store"),
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


def test_nothing_of_a_store_is_readable_by_others(url: str) -> None:
    before = os.umask(0o077)
    try:
        merge(url, of_snapshot(days(TENANT, 0)))
    finally:
        os.umask(before)
    assert all(not file.stat().st_mode & 0o077 for file in Path(url).rglob("*") if file.is_file())


def test_since_goes_back_as_far_as_the_store(url: str, tmp_path: Path, capfd: Capture) -> None:
    merge(url, of_snapshot(days(TENANT, *range(20), points=10.0)))
    merge(url, of_snapshot(days(TENANT, *range(20, 150), points=5.0)))
    path = policy(tmp_path, "controls: [{id: a, control: A}]")
    arguments = ("check", "-p", path, "--store", url, "--since", "-o", "json")
    found = json.loads(run(capfd, *arguments, now="2026-05-30T09:00:00Z").out)
    assert [finding["since"] for finding in found["findings"]] == [{"date": "2026-01-21", "orEarlier": False}]
