"""A store queried, checked, pruned and written out."""

import csv
import datetime
import io
import json
import shutil
import sys
from pathlib import Path

import jsonschema
import pytest
from builders import OTHER_TENANT, TENANT
from command_line import Ended, here
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import given, settings
from store_builders import days

from checker.cli.schemas import build
from checker.clouds import GLOBAL
from checker.errors import OutputError, ScoregateError, SnapshotError, UsageError
from checker.store.check import verify
from checker.store.maintenance import export, prune
from checker.store.merge import merge
from checker.store.query import QueryResult, connect
from checker.store.rows import of_snapshot
from checker.store.source import StoreSource
from checker.store.tables import SCORES, TABLES
from checker.views.history import ROW_FORMATS, render_rows

Capture = pytest.CaptureFixture[str]
TODAY = datetime.date(2026, 4, 1)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = str(tmp_path_factory.mktemp("written") / "store")
    merge(place, [*of_snapshot(days(TENANT, *range(90), state="Ignored")), *of_snapshot(days(OTHER_TENANT, 80, 85))])
    return place


@pytest.fixture
def url(written: str, tmp_path: Path) -> str:
    """A store of one's own, copied since it is changed."""
    return shutil.copytree(written, str(tmp_path / "store"))


def count(url: str, table: str = "scores") -> int:
    with connect(url) as store:
        return int(str(store.ask(f"SELECT count(*) FROM {table}").rows[0][0]))


def test_a_sound_store(url: str) -> None:
    found = verify(url)
    assert (found.is_sound, found.tenants, found.doubled, found.days_without_controls) == (True, 2, (), ())
    assert {table.table: table.rows for table in found.tables} == {
        "profiles": 6,
        "control_scores": 276,
        "states": 3,
        "scores": 92,
    }
    assert [(gap.tenant, gap.start, gap.end, gap.days) for gap in found.gaps] == [
        (OTHER_TENANT, "2026-03-23", "2026-03-26", 4)
    ]


def test_a_key_that_stands_twice_is_found(url: str) -> None:
    from deltalake import DeltaTable, write_deltalake

    place = f"{url}/scores"
    write_deltalake(place, DeltaTable(place).to_pyarrow_table(), mode="append")
    found = verify(url)
    assert not found.is_sound
    assert found.doubled[0].rows == 2
    assert len(found.doubled) == 92


def test_a_day_without_its_controls_is_found(url: str) -> None:
    from deltalake import DeltaTable

    DeltaTable(f"{url}/control_scores").delete("date = DATE '2026-01-05'")
    found = verify(url)
    assert (found.is_sound, found.days_without_controls) == (False, (f"{TENANT} 2026-01-05",))


def test_a_version_that_is_missing_is_found(url: str) -> None:
    merge(url, of_snapshot(days(TENANT, 95)))
    merge(url, of_snapshot(days(TENANT, 96)))
    assert verify(url).is_sound
    (Path(url) / "scores" / "_delta_log" / f"{1:020}.json").unlink()
    with pytest.raises(ScoregateError, match="the store cannot be"):
        verify(url)


@pytest.mark.parametrize("table", ["scores", "control_scores"])
def test_a_table_that_is_gone_is_found(url: str, table: str) -> None:
    shutil.rmtree(Path(url) / table)
    assert not verify(url).is_sound


def test_rows_that_are_gone_are_found(url: str) -> None:
    import pyarrow.parquet as pq

    for file in (Path(url) / "states").rglob("*.parquet"):
        pq.write_table(pq.read_table(file, partitioning=None).slice(0, 0), file)
    assert not verify(url).is_sound


def test_old_days_go_and_the_rest_stays(url: str) -> None:
    found = prune(url, datetime.timedelta(days=30), TODAY)
    assert found.before == "2026-03-02"
    assert found.rows == {"control_scores": 180, "states": 0, "scores": 60}
    assert (count(url), count(url, "control_scores"), count(url, "profiles")) == (32, 96, 6)
    assert verify(url).is_sound
    assert prune(url, datetime.timedelta(days=30), TODAY).rows == {"control_scores": 0, "states": 0, "scores": 0}


def test_tenants_that_go_whole_are_named(url: str) -> None:
    merge(url, of_snapshot(days("gone", 0, 1)))
    assert prune(url, datetime.timedelta(days=30), TODAY).tenants == ("gone",)
    assert verify(url).tenants == 2


def test_a_day_to_come_does_not_keep_a_store_from_being_emptied(url: str) -> None:
    merge(url, of_snapshot(days("other", 3000)))
    with pytest.raises(UsageError, match="would delete everything"):
        prune(url, datetime.timedelta(days=30), TODAY + datetime.timedelta(days=400))


def test_columns_of_another_kind_are_no_crash(tmp_path: Path) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    place = str(tmp_path / "store")
    odd = {"tenant": ["t", "t"], "date": ["2026-01-01", None], "month": ["2026-01"] * 2, "averages": ['{"a":1}', None]}
    write_deltalake(f"{place}/scores", pa.table(odd))
    with connect(place) as store:
        assert store.ask("SELECT date::VARCHAR, month FROM scores").rows == (("2026-01-01", "2026-01"),)
    with pytest.raises(SnapshotError, match="contains unreadable rows for the tenant t"):
        StoreSource(place, None, GLOBAL).snapshot(9)


def test_it_is_never_emptied(url: str) -> None:
    with pytest.raises(UsageError, match="would delete everything"):
        prune(url, datetime.timedelta(days=30), TODAY + datetime.timedelta(days=400))
    assert count(url) == 92


def test_each_table_is_written_out(url: str, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    written = export(url, str(tmp_path / "out"))
    assert {Path(path).name: rows for path, rows in written.items()} == {
        "profiles.parquet": 6,
        "control_scores.parquet": 276,
        "states.parquet": 3,
        "findings.parquet": 0,
        "scores.parquet": 92,
    }
    assert all(Path(path).stat().st_mode & 0o777 == 0o600 for path in written)
    assert pq.read_table(tmp_path / "out" / "scores.parquet").column_names == [one.name for one in SCORES.columns]
    with pytest.raises(OutputError, match="exists already"):
        export(url, str(tmp_path / "out"))


def test_columns_that_are_younger_than_the_store_are_there_and_null(tmp_path: Path) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    place = str(tmp_path / "store")
    old = pa.table({"tenant": ["t"], "date": [datetime.date(2026, 1, 1)], "month": ["2026-01"], "current_score": [1.0]})
    write_deltalake(f"{place}/scores", old, partition_by=["month"])
    with connect(place) as store:
        assert store.ask("SELECT tenant, current_score, averages FROM scores").rows == (("t", 1.0, None),)
    merge(place, of_snapshot(days("t", 0, 1)))
    with connect(place) as store:
        assert store.ask("SELECT current_score, max_score FROM scores ORDER BY date").rows == ((0.0, 30.0), (3.0, 30.0))


def asked(capture: Capture, url: str, *arguments: str) -> Ended:
    return here(capture, "history", *arguments, "--store", url)


def test_a_query_in_every_format(url: str, capfd: Capture) -> None:
    sql = "SELECT date, current_score, enabled_services, NULL AS nothing FROM scores ORDER BY date LIMIT 2"
    shown = {name: asked(capfd, url, "sql", sql, "-o", name).out.decode() for name in ROW_FORMATS}
    found = json.loads(shown["json"])
    jsonschema.Draft202012Validator(build("rows")).validate(found)
    assert found["rows"] == [["2026-01-01", 0.0, ["HasAADP1"], None], ["2026-01-02", 3.0, ["HasAADP1"], None]]
    assert list(csv.reader(io.StringIO(shown["csv"])))[1] == ["2026-01-01", "0.0", "HasAADP1", ""]
    assert shown["text"].splitlines()[-1] == "2 rows."
    assert shown["markdown"].count("\n") == 4


@pytest.mark.parametrize(
    ("arguments", "schema"),
    [
        (("verify",), "storecheck"),
        (("compact",), "compacted"),
        (("prune", "--keep", "1y", "--now", "2026-04-01"), "pruned"),
    ],
)
def test_the_others_in_every_format(url: str, arguments: tuple[str, ...], schema: str, capfd: Capture) -> None:
    for name in ("text", "markdown", "json"):
        ended = asked(capfd, url, *arguments, "-o", name)
        assert ended.code == 0, ended.err
        if name == "json":
            jsonschema.Draft202012Validator(build(schema)).validate(json.loads(ended.out))


def test_a_faulty_store_is_an_exit_code(url: str, capfd: Capture) -> None:
    from deltalake import DeltaTable

    DeltaTable(f"{url}/control_scores").delete("date = DATE '2026-01-05'")
    for name in ("text", "markdown"):
        ended = asked(capfd, url, "verify", "-o", name)
        assert ended.code == 1
        assert "no control scores of" in ended.out.decode().replace("&#32;", " ")


def test_export_and_prune_by_the_command_line(url: str, tmp_path: Path, capfd: Capture) -> None:
    assert asked(capfd, url, "export", str(tmp_path / "out")).code == 0
    assert asked(capfd, url, "prune", "--keep", "30m").code == 2
    assert asked(capfd, url, "prune", "--keep", "x").code == 2
    (tmp_path / "file").write_text("x")
    assert asked(capfd, url, "export", str(tmp_path / "file" / "x")).code == 2


@given(TEXTS)
@settings(deadline=None, max_examples=examples(60))
def test_what_others_wrote_is_made_harmless(text: str) -> None:
    found = QueryResult((text, "n"), ((text, 1), ([text], 2.5)))
    for name in ("text", "markdown"):
        shown = render_rows(name, found).decode()
        assert "\u202e" not in shown
    assert "\x1b" not in render_rows("markdown", found).decode()
    for row in csv.reader(io.StringIO(render_rows("csv", found).decode(), newline="")):
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_every_table_has_its_key_among_its_columns() -> None:
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names))
        assert set(table.key) | set(table.scope) <= set(names)
        assert table.schema().names == names


@pytest.mark.parametrize(
    "arguments", [("verify",), ("compact",), ("prune", "--keep", "1y"), ("export", "out"), ("sql", "SELECT 1")]
)
def test_without_the_extra_it_is_told_what_to_install(
    url: str, arguments: tuple[str, ...], capfd: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    # An import of what is None there fails as one of what is not installed.
    for name in ("deltalake", "deltalake.exceptions"):
        monkeypatch.setitem(sys.modules, name, None)
    ended = here(capfd, "history", *arguments, "--store", url)
    assert ended.code == 2
    assert "pip install 'scoregate[history]'" in ended.err
