"""SQL that a user wrote: it reads the store's rows, reaches no other file, and changes nothing."""

import contextlib
from pathlib import Path

import duckdb
import pytest
from builders import OTHER_TENANT, TENANT
from command_line import NOW, Ended, here, says_one_thing
from store_builders import days

from checker.store.merge import merge
from checker.store.rows import of_snapshot
from checker.store.tables import TABLES
from checker.store.user_query import sealed

Capture = pytest.CaptureFixture[str]

# By DuckDB's own name of its kind. <file> is a file of the store, <new> and <folder> are not there yet.
STATEMENTS = {
    "ALTER": ("ALTER VIEW scores RENAME TO s",),
    "ANALYZE": ("ANALYZE",),
    "ATTACH": ("ATTACH '<new>'", "ATTACH '<file>' AS x"),
    "CALL": (
        "CALL enable_logging(storage := 'file', storage_path := '<folder>')",
        "CALL enable_profiling(save_location := '<new>')",
        "CALL pragma_version()",
    ),
    "COPY": (
        "COPY (SELECT 1) TO '<file>' (USE_TMP_FILE false)",
        "COPY (SELECT 1) TO '<file>' (FORMAT parquet, USE_TMP_FILE false)",
        "COPY scores TO '<new>'",
        "COPY (SELECT 1) TO '<folder>' (FORMAT csv, PER_THREAD_OUTPUT)",
        "COPY scores FROM '<file>'",
    ),
    "COPY_DATABASE": ("COPY FROM DATABASE memory TO temp",),
    "CREATE": ("CREATE TABLE t (a INTEGER)", "CREATE SECRET s (TYPE http)", "CREATE TABLE t AS FROM '<file>'"),
    "DELETE": ("DELETE FROM scores",),
    "DETACH": ("DETACH memory",),
    "DROP": ("DROP VIEW scores",),
    "EXECUTE": ("EXECUTE v",),
    "EXPLAIN": (
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '<file>' (USE_TMP_FILE false)",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '<file>' (FORMAT parquet, USE_TMP_FILE false)",
        "EXPLAIN (ANALYZE) COPY (SELECT 1) TO '<file>'",
        "EXPLAIN (ANALYZE, FORMAT json) COPY (SELECT 1) TO '<file>'",
        "explain/**/analyze COPY (SELECT 1) TO '<file>'",
        "\n-- EXPLAIN SELECT 1 /*\nEXPLAIN ANALYZE COPY (SELECT 1) TO '<file>' (USE_TMP_FILE false) -- */",
        "/* EXPLAIN */ EXPLAIN ANALYZE COPY (SELECT 1) TO '<file>'",
        "EXPLAIN ANALYZE SELECT 1",
        "EXPLAIN COPY (SELECT 1) TO '<file>'",
        "EXPLAIN CREATE TABLE t (a INTEGER)",
        "EXPLAIN ANALYZE WITH x AS (COPY (SELECT 1) TO '<file>' (USE_TMP_FILE false)) SELECT 1",
    ),
    "EXPORT": ("EXPORT DATABASE '<folder>'",),
    "INSERT": ("INSERT INTO scores VALUES (1)",),
    "LOAD": ("LOAD '<file>'", "INSTALL httpfs", "FORCE INSTALL httpfs FROM '<folder>'"),
    "MERGE_INTO": ("MERGE INTO scores USING scores AS s ON true WHEN MATCHED THEN DELETE",),
    "PRAGMA": ("PRAGMA database_list", "PRAGMA enable_profiling", "PRAGMA import_database('<folder>')"),
    "PREPARE": ("PREPARE v AS COPY (SELECT 1) TO '<file>'",),
    "SELECT": (
        "WITH x AS (COPY (SELECT 1) TO '<file>' (USE_TMP_FILE false)) SELECT 1",
        "WITH x AS (COPY (SELECT 1) TO '<new>') FROM x",
        "WITH x AS (INSERT INTO scores VALUES (1) RETURNING *) SELECT * FROM x",
        "WITH x AS (UPDATE scores SET month = '') SELECT 1",
        "WITH x AS (DELETE FROM scores) SELECT 1",
        "SELECT * FROM query('COPY (SELECT 1) TO ''<file>''')",
        "SELECT * FROM query('WITH x AS (COPY (SELECT 1) TO ''<file>'') SELECT 1')",
        (
            "SELECT * FROM json_execute_serialized_sql("
            "json_serialize_sql('WITH x AS (COPY (SELECT 1) TO ''<file>'') FROM x'))"
        ),
        "SELECT * FROM enable_logging(storage := 'file', storage_path := '<folder>')",
        "SELECT * FROM enable_profiling(save_location := '<new>')",
        "SELECT * FROM read_duckdb('<new>')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('<file>')",
        "SELECT * FROM read_text('.tmp/x')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('<file>')",
        "SELECT * FROM read_parquet('<file>')",
        "FROM '/etc/passwd'",
        "FROM '<file>'",
        "SELECT * FROM 'https://localhost:1/x.csv'",
        "SELECT * FROM read_csv('s3://bucket/x.csv')",
        # A variable of the program.
        "SELECT * FROM sql",
        "SELECT * FROM held",
        "SELECT * FROM nothing",
    ),
    "SET": ("SET enable_external_access = true", "SET log_query_path = '<new>'", "RESET temp_directory"),
    "TRANSACTION": ("BEGIN", "CHECKPOINT"),
    "UPDATE": ("UPDATE scores SET month = ''",),
    "VACUUM": ("VACUUM",),
    "VARIABLE_SET": ("SET VARIABLE v = 1",),
}
# Made by programs alone, or several statements in one.
NOT_IN_SQL = {"CREATE_FUNC", "EXTENSION", "INVALID", "LOGICAL_PLAN", "MULTI", "RELATION"}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = str(tmp_path_factory.mktemp("outer") / "store")
    merge(place, [*of_snapshot(days(TENANT, *range(40), state="Ignored")), *of_snapshot(days(OTHER_TENANT, 35))])
    return place


def held_by(folder: str) -> dict[Path, bytes | None]:
    """Every file of a folder and of the folder around it."""
    return {path: path.read_bytes() if path.is_file() else None for path in Path(folder).parent.rglob("*")}


def placed(sql: str, url: str) -> str:
    file = next(path for path in sorted((Path(url) / "scores").rglob("*.parquet")))
    return sql.replace("<file>", str(file)).replace("<new>", f"{url}/new").replace("<folder>", f"{url}/scores/more")


def asked(capture: Capture, url: str, sql: str, *more: str) -> Ended:
    return here(capture, "history", "sql", sql, "--store", url, *more)


def test_every_kind_of_statement_is_tried() -> None:
    kinds = {name for name in dir(duckdb.StatementType) if name.isupper()}
    assert kinds <= set(STATEMENTS) | NOT_IN_SQL


@pytest.mark.parametrize("sql", [sql for each in STATEMENTS.values() for sql in each])
def test_what_is_no_query_of_the_store_is_refused_and_changes_no_file(url: str, sql: str, capfd: Capture) -> None:
    before = held_by(url)
    ended = asked(capfd, url, placed(sql, url))
    assert held_by(url) == before
    assert ended.code == 2
    assert ended.out == b""
    assert says_one_thing(ended.err)
    assert "the query cannot be run" in ended.err


@pytest.mark.parametrize("sql", [sql for each in STATEMENTS.values() for sql in each])
def test_a_statement_that_is_misjudged_changes_no_file_and_reads_none(url: str, sql: str) -> None:
    before = held_by(url)
    with sealed(url) as database, contextlib.suppress(duckdb.Error):
        assert "root:" not in str(database.execute(placed(sql, url)).fetchall())
    assert held_by(url) == before


@pytest.mark.parametrize(
    "sql", ["SELEC", "", ";", "/* nothing */", "SELECT 1; SELECT 2", "SELECT 1; COPY (SELECT 1) TO '<file>'", "EXPLAIN"]
)
def test_what_is_not_one_statement_is_refused(url: str, sql: str, capfd: Capture) -> None:
    before = held_by(url)
    assert asked(capfd, url, placed(sql, url)).code == 2
    assert held_by(url) == before


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM scores",
        "select 1;",
        "FROM findings",
        "TABLE states",
        "VALUES (1), (2)",
        'WITH x AS (SELECT 1 AS a) SELECT \'"type":"COPY_QUERY_NODE"\' FROM x',
        "WITH RECURSIVE n AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM n WHERE a < 3) FROM n",
        "SELECT 1 UNION SELECT 2",
        "(SELECT 1)",
        "DESCRIBE scores",
        "SUMMARIZE scores",
        "SHOW TABLES",
        "PIVOT scores ON tenant IN ('a') USING max(current_score)",
        "\n-- every score\nSELECT * FROM scores",
        "EXPLAIN SELECT * FROM scores",
        "/* how? */ -- so\n explain FROM scores",
        "EXPLAIN (SELECT 1)",
    ],
)
def test_what_reads_the_store_is_answered(url: str, sql: str, capfd: Capture) -> None:
    ended = asked(capfd, url, sql)
    assert ended.code == 0, ended.err


def test_the_tables_are_those_of_the_store_and_no_others(url: str, capfd: Capture) -> None:
    shown = asked(capfd, url, "SHOW TABLES", "-o", "csv").out.decode().split()
    assert shown == ["name", *sorted(table.name for table in TABLES)]


@pytest.mark.parametrize("name", ["a store's", "# ü &", "month=2020-01"])
def test_the_folder_s_name_changes_no_row(tmp_path: Path, name: str, capfd: Capture) -> None:
    place = str(tmp_path / name)
    merge(place, of_snapshot(days(TENANT, 0, 1, 40)))
    sql = "SELECT month, count(*), max(current_score), any_value(enabled_services) FROM scores GROUP BY 1 ORDER BY 1"
    wanted = ["2026-01,2,3.0,HasAADP1", "2026-02,1,0.0,HasAADP1"]
    assert asked(capfd, place, sql, "-o", "csv").out.decode().splitlines()[1:] == wanted
    by_url = asked(capfd, Path(place).absolute().as_uri(), sql, "-o", "csv")
    assert by_url.out.decode().splitlines()[1:] == wanted


def test_columns_that_the_store_lacks_are_null_and_so_are_values_of_another_kind(
    tmp_path: Path, capfd: Capture
) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    place = str(tmp_path / "store")
    rows = pa.table({"tenant": ["t", "u"], "date": ["2026-01-01", "someday"], "current_score": ["high", "2"]})
    write_deltalake(f"{place}/scores", rows)
    ended = asked(capfd, place, "SELECT tenant, date, month, current_score, averages FROM scores", "-o", "csv")
    assert ended.out.decode().splitlines()[1:] == ["t,2026-01-01,2026-01,,"]
    assert asked(capfd, place, "SELECT count(*) FROM findings", "-o", "csv").out.split() == [b"count_star()", b"0"]


def test_where_there_is_no_store_it_is_said(tmp_path: Path, capfd: Capture) -> None:
    ended = asked(capfd, str(tmp_path / "none"), "SELECT 1")
    assert ended.code == 3
    assert "is not a scoregate store" in ended.err


@pytest.mark.parametrize("damage", ["cut", "garbled", "gone"])
def test_a_damaged_file_is_no_mistake_of_the_query(tmp_path: Path, damage: str, capfd: Capture) -> None:
    place = str(tmp_path / "store")
    merge(place, of_snapshot(days(TENANT, *range(5))))
    (file,) = (Path(place) / "scores").rglob("*.parquet")
    content = file.read_bytes()
    match damage:
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "garbled":
            file.write_bytes(content[:4] + bytes(len(content) // 2) + content[4 + len(content) // 2 :])
        case _:
            file.unlink()
    ended = asked(capfd, place, "SELECT sum(current_score), any_value(tenant) FROM scores")
    assert ended.code == 3
    assert says_one_thing(ended.err)
    assert "the store cannot be read" in ended.err


def test_a_query_that_fails_on_a_sound_store_is_the_caller_s_mistake(url: str, capfd: Capture) -> None:
    ended = asked(capfd, url, "SELECT error('no such day') FROM scores")
    assert ended.code == 2
    assert "the query cannot be run: Invalid Input Error: no such day" in ended.err


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("requirement = 'essentials/users-registered-for-mfa'", 1),
        ("requirement > 'essentials/users-registered-for-mfa' AND policy = 'a policy of another name'", 0),
        ("control IN ('MFARegistrationV2', 'a control of many letters')", 1),
        ("control IN (SELECT control FROM control_scores WHERE control = 'MFARegistrationV2')", 1),
    ],
)
def test_texts_of_any_length_are_compared(condition: str, count: int, tmp_path: Path, capfd: Capture) -> None:
    # Arrow can't compare with a literal of more than 12 bytes as DuckDB hands it over.
    url = str(tmp_path / "kept")
    assert here(capfd, "check", "-p", "pack:essentials", "--sandbox", "--now", NOW, "--store", url).code in {0, 1}
    ended = asked(capfd, url, f"SELECT count(*) AS n FROM findings WHERE {condition}", "-o", "csv")
    assert (ended.code, ended.out.decode().split()) == (0, ["n", str(count)]), ended.err
