import ast
import json
from pathlib import Path

import pytest
from command_line import FAILING, NOW, policy, scoregate, snapshot
from source_modules import MODULES, name_of_module, tree_of

from checker.renderers import FORMATS

HEAVY = (
    "httpx",
    "msal",
    "jsonschema",
    "starlette",
    "uvicorn",
    "stamina",
    "rich",
    "jinja2",
    "asyncio",
    "requests",
    "cryptography",
    "importlib.metadata",
    "highspy",
    "deltalake",
    "duckdb",
    "pyarrow",
)
ONLINE = (
    "checker.graph",
    "checker.transport",
    "checker.sandbox",
    "checker.auth.client_secret",
    "checker.sources.live",
    "checker.store",
)
MOST_LINES = 350


def imported(folder: Path, *arguments: str) -> tuple[int, set[str]]:
    """The exit code of a run and every module that it imported."""
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from checker.cli.main import run\n"
        "code = run(sys.argv[1:])\n"
        "import json\n"
        "open('modules.json', 'w').write(json.dumps(sorted(set(sys.modules) - before)))\n"
        "sys.exit(code)"
    )
    ended = scoregate(*arguments, folder=folder, through=("-c", code))
    assert "Traceback" not in ended.err
    return ended.code, set(json.loads(folder.joinpath("modules.json").read_bytes()))


@pytest.mark.parametrize("form", FORMATS)
def test_an_offline_check_imports_nothing_that_it_does_not_need(form: str, tmp_path: Path) -> None:
    policy(tmp_path, FAILING)
    snapshot(tmp_path, "snapshot.json.gz")
    arguments = ("check", "-p", "small.yaml", "-p", "pack:essentials", "--snapshot", "snapshot.json.gz", "--now", NOW)
    code, modules = imported(tmp_path, *arguments, "-o", f"{form}=report")
    assert code == 1
    assert not modules.intersection(HEAVY)
    assert not modules.intersection(ONLINE)
    formats = {name for name in modules if name.startswith("checker.renderers.")}
    assert f"checker.renderers.{form}" in formats
    assert not formats.intersection(f"checker.renderers.{name}" for name in FORMATS.keys() - {form})
    assert not [name for name in modules if name.startswith("checker.evidence") or name == "zipfile"]


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("schema",)])
def test_other_commands_import_no_command_but_their_own(arguments: tuple[str, ...], tmp_path: Path) -> None:
    _, modules = imported(tmp_path, *arguments)
    assert not modules.intersection(HEAVY)
    commands = {name for name in modules if name.startswith("checker.cli.commands.")}
    assert commands == ({"checker.cli.commands.schema"} if arguments == ("schema",) else set())


def test_lint_of_sound_policies_imports_no_validator_and_no_network(tmp_path: Path) -> None:
    policy(tmp_path, FAILING)
    code, modules = imported(tmp_path, "lint", "small.yaml", "-o", "json=lint.json")
    assert code == 0
    assert not modules.intersection(HEAVY)


def test_a_module_is_short_enough_to_be_read_at_once() -> None:
    lines = {name_of_module(one): len(one.read_text(encoding="utf-8").splitlines()) for one in MODULES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_a_module_says_what_it_is_for() -> None:
    assert [name_of_module(one) for one in MODULES if tree_of(one).body and not ast.get_docstring(tree_of(one))] == []
