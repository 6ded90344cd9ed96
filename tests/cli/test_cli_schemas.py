import importlib
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from command_line import ROOT, scoregate

import checker
from checker.cli.schemas import SCHEMAS, build, differing, write


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


def test_every_record_that_names_a_schema_is_registered_under_that_name() -> None:
    for module in pkgutil.walk_packages(checker.__path__, "checker."):
        # Running it starts the program.
        if module.name != "checker.__main__":
            importlib.import_module(module.name)
    named = {kind.schema[0]: kind for kind in below(msgspec.Struct) if isinstance(getattr(kind, "schema", None), tuple)}
    made = {name for name, place in SCHEMAS.items() if place.endswith("_schema")}
    assert set(named) == set(SCHEMAS) - made
    for name, kind in named.items():
        assert build(name)["title"] == kind.schema[1]
        assert build(name)["$id"].endswith(f"/{name}.schema.json")


def below(kind: type) -> Iterator[Any]:
    children: list[Any] = kind.__subclasses__()
    for child in children:
        yield child
        yield from below(child)
