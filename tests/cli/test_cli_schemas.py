import os
from pathlib import Path

from command_line import ROOT, scoregate

from checker.cli.schemas import SCHEMAS, differing, write


def test_the_schemas_that_ship_are_what_the_records_give(tmp_path: Path) -> None:
    assert differing(str(ROOT / "schemas")) == []
    write(str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == sorted(f"{name}.schema.json" for name in SCHEMAS)
    assert differing(str(tmp_path)) == []
    changed = tmp_path / "policy.schema.json"
    changed.write_text(changed.read_text(encoding="utf-8").replace("minimum", "minimun"), encoding="utf-8")
    assert differing(str(tmp_path)) == [str(changed)]


def test_a_stale_schema_is_named_and_exits_1(tmp_path: Path) -> None:
    through = ("-m", "checker.cli.schemas")
    assert scoregate(".", folder=tmp_path, through=through).code == 0
    assert scoregate("--check", ".", folder=tmp_path, through=through).code == 0
    tmp_path.joinpath("report.schema.json").write_text("{}")
    ended = scoregate("--check", ".", folder=tmp_path, through=through)
    assert (ended.code, ended.err) == (1, "./report.schema.json is not current: run make schemas\n")
