"""Merging: twice adds nothing, later replaces, two writers lose nothing, killed or not."""

import datetime
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from builders import OTHER_TENANT, TENANT, day, policy, profile, score, snapshot
from command_line import environment
from example_counts import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_builders import days

from checker.clouds import GLOBAL
from checker.errors import OutputError, SnapshotError
from checker.evaluation.evaluate import evaluate
from checker.report.verdict import decide
from checker.snapshot.model import Snapshot
from checker.store.check import verify
from checker.store.maintenance import compact
from checker.store.merge import merge
from checker.store.query import connect, files_of
from checker.store.rows import Rows, of_report, of_snapshot
from checker.store.source import StoreSource

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return str(tmp_path / "it's a store")


def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    with connect(url) as store:
        return list(store.ask(sql).rows)


def versions(url: str) -> list[int]:
    return [table.version for table in verify(url).tables]


def test_twice_adds_nothing_not_even_a_version(url: str) -> None:
    first = merge(url, of_snapshot(days(TENANT, 0, 1, 2)))
    assert first.inserted == {"profiles": 3, "scores": 3, "control_scores": 9, "states": 0}
    before = versions(url)
    again = merge(url, of_snapshot(days(TENANT, 0, 1, 2)))
    assert {*again.inserted.values(), *again.updated.values(), *again.deleted.values()} == {0}
    assert versions(url) == before


def test_a_later_fetch_of_a_day_replaces_it(url: str) -> None:
    merge(url, of_snapshot(days(TENANT, 0, 1, state="Ignored")))
    less = days(TENANT, 0, 1, points=7.0)
    newest = less.days[0]
    controls = [entry for entry in newest.controls if entry.control_name != "B"]
    changed = type(newest)(newest.date, msgspec.structs.replace(newest.score, control_scores=controls))
    merged = merge(url, of_snapshot(msgspec.structs.replace(less, days=(changed, less.days[1]))))
    assert merged.deleted == {"profiles": 0, "scores": 0, "control_scores": 1, "states": 3}
    assert rows(url, "SELECT date::VARCHAR, control, score FROM control_scores ORDER BY ALL") == [
        ("2026-01-01", "A", 7.0),
        ("2026-01-01", "B", 7.0),
        ("2026-01-01", "C", 7.0),
        ("2026-01-02", "A", 7.0),
        ("2026-01-02", "C", 7.0),
    ]


def test_other_tenants_and_other_days_stay(url: str) -> None:
    merge(url, [*of_snapshot(days(TENANT, 0, 1)), *of_snapshot(days(OTHER_TENANT, 1, 2))])
    merge(url, of_snapshot(days(TENANT, 1, 40, points=1.0)))
    assert rows(url, "SELECT tenant, count(*), sum(current_score) FROM scores GROUP BY 1 ORDER BY 1") == [
        (TENANT, 3, 6.0),
        (OTHER_TENANT, 2, 9.0),
    ]


def test_what_graph_drops_after_a_day_is_kept(url: str) -> None:
    profiles = [profile("A")]
    full = snapshot(day([score("A", 5.0, total=50, state="x", last_synced="2026-05-20")]), profiles=profiles)
    merge(url, of_snapshot(full))
    merge(url, of_snapshot(snapshot(day([score("A", 6.0)]), profiles=profiles)))
    assert rows(url, "SELECT score, total, state, last_synced FROM control_scores") == [(6.0, 50.0, "x", "2026-05-20")]


def test_an_incomplete_answer_leaves_profiles_and_states(url: str) -> None:
    merge(url, of_snapshot(days(TENANT, 0, state="Ignored")))
    partial = msgspec.structs.replace(days(TENANT, 0), profiles=(), partial=frozenset({"controlProfiles"}))
    merge(url, of_snapshot(partial))
    assert rows(url, "SELECT count(*) FROM states") == [(3,)]
    assert rows(url, "SELECT count(*) FROM profiles") == [(3,)]


def test_findings_are_replaced_by_policy(url: str) -> None:
    now = datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.UTC)

    def judged(controls: str, data: Snapshot) -> list[Rows]:
        report = evaluate(policy(controls=controls), data, now, portal="")
        return of_report(report, decide(report))

    data = days(TENANT, 0, points=5.0)
    merge(url, judged("{id: a, control: A}, {id: b, control: B}", data))
    merge(url, judged("{id: a, control: A, minimum: {percent: 10}}", data))
    assert rows(url, "SELECT requirement, control, outcome, fails_gate FROM findings") == [("p/a", "A", "pass", False)]


def test_a_report_without_a_day_is_not_kept(url: str) -> None:
    report = evaluate(
        policy(controls="{id: a, control: A}"), snapshot(), datetime.datetime.now(datetime.UTC), portal=""
    )
    assert of_report(report, decide(report)) == []
    assert merge(url, []).inserted == {}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["t.1", "t2"]), st.sets(st.integers(0, 70), min_size=1, max_size=4), st.integers(0, 9)
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(deadline=None, max_examples=examples(8), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_merges_is_a_map_of_days(tmp_path: Path, merges: list[tuple[str, set[int], int]]) -> None:
    url = str(tmp_path / random.Random(str(merges)).randbytes(8).hex())
    expected: dict[tuple[str, str], float] = {}
    for tenant, numbers, points in merges:
        data = days(tenant, *numbers, points=float(points))
        merge(url, of_snapshot(data))
        expected |= {(tenant, str(one.date)): 3.0 * points for one in data.days}
    found = rows(url, "SELECT tenant, date::VARCHAR, current_score FROM scores")
    assert {(tenant, date): points for tenant, date, points in found} == expected
    assert len(found) == len(expected)
    assert rows(url, "SELECT count(*) FROM control_scores") == [(3 * len(expected),)]


def writer(url: str, tenant: str, first: int, last: int) -> "subprocess.Popen[bytes]":
    program = Path(__file__).with_name("store_builders.py")
    arguments = [sys.executable, str(program), url, tenant, str(first), str(last)]
    return subprocess.Popen(arguments, cwd=ROOT, env={**environment(), "PYTHONPATH": str(ROOT)})


def test_two_writers_at_once_of_which_one_is_killed(url: str) -> None:
    """Both write the same days of one tenant; the killed one's days are written again, as its next run would."""
    first, second = writer(url, TENANT, 0, 34), writer(url, TENANT, 20, 59)
    time.sleep(3 + random.Random(1).random())
    second.send_signal(signal.SIGKILL)
    assert second.wait() == -signal.SIGKILL
    again = writer(url, TENANT, 20, 59)
    assert first.wait(timeout=300) == 0
    assert again.wait(timeout=300) == 0
    assert rows(url, "SELECT count(*), count(DISTINCT date), sum(current_score) FROM scores") == [
        (60, 60, 3.0 * sum(number % 10 for number in range(60)))
    ]
    assert rows(url, "SELECT count(*), count(DISTINCT (date, control)) FROM control_scores") == [(180, 180)]
    found = verify(url)
    assert (found.is_sound, found.gaps) == (True, ())
    assert len(StoreSource(url, None, GLOBAL).snapshot(1000).days) == 60


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="the store cannot be used"):
        merge(str(tmp_path / "file" / "store"), of_snapshot(days(TENANT, 0)))
    with pytest.raises(OutputError, match="the store cannot be used"):
        merge("nothing://like/it", of_snapshot(days(TENANT, 0)))


def test_files_are_partitioned_by_month_and_sorted_by_tenant(url: str) -> None:
    import pyarrow.parquet as pq
    from deltalake import DeltaTable

    for tenant in ("t9", "t1", "t5"):
        merge(url, of_snapshot(days(tenant, 0, 1, 40)))
    found = compact(url)
    assert found.before["control_scores"] > found.after["control_scores"] == 2
    place = f"{url}/control_scores"
    files = [Path(path) for path in files_of(DeltaTable(place), place)]
    assert {file.parent.name for file in files} == {"month=2026-01", "month=2026-02"}
    for file in files:
        tenants = pq.ParquetFile(file).read(columns=["tenant"]).column(0).to_pylist()
        assert tenants == sorted(tenants)
        assert set(tenants) == {"t1", "t5", "t9"}
    assert verify(url).is_sound
    again = compact(url)
    assert again.before == again.after


def test_a_tenant_is_one_however_it_is_spelled(url: str) -> None:
    merge(url, [*of_snapshot(days("ABC", 0)), *of_snapshot(days("abc", 0, 1))])
    assert rows(url, "SELECT tenant, count(*) FROM scores GROUP BY 1") == [("abc", 2)]
    assert len(StoreSource(url, "aBc", GLOBAL).snapshot(9).days) == 2


def test_one_day_twice_in_one_merge_is_one(url: str) -> None:
    merge(url, [*of_snapshot(days(TENANT, 0, points=1.0)), *of_snapshot(days(TENANT, 0, points=2.0))])
    assert rows(url, "SELECT current_score FROM scores") == [(6.0,)]
    assert verify(url).is_sound


def test_data_of_nobody_is_not_kept() -> None:
    with pytest.raises(SnapshotError, match="names no tenant"):
        of_snapshot(snapshot())


def test_profiles_without_a_day_replace_nothing(url: str) -> None:
    merge(url, of_snapshot(days(TENANT, 0, state="Ignored")))
    bare = msgspec.structs.replace(days(TENANT, 0, state="Reviewed"), days=())
    merged = merge(url, of_snapshot(bare))
    assert (merged.updated, merged.deleted) == ({"profiles": 0}, {"profiles": 0})
    assert rows(url, "SELECT count(*) FROM profiles WHERE state_updates LIKE '%Ignored%'") == [(3,)]


def test_an_older_answer_takes_no_profile_away_beside_a_newer_one(url: str) -> None:
    merge(url, of_snapshot(days("t1", 10)))
    older = days("t1", 5)
    less = msgspec.structs.replace(older, profiles=older.profiles[:1])
    merge(url, [*of_snapshot(less), *of_snapshot(days("t2", 20))])
    assert rows(url, "SELECT tenant, count(*) FROM profiles GROUP BY 1 ORDER BY 1") == [("t1", 3), ("t2", 3)]


def test_a_name_that_is_refused_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        merge(str(tmp_path / "what?"), of_snapshot(days(TENANT, 0)))
    assert list(tmp_path.iterdir()) == []
