import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import ROOT

from checker import errors
from checker.auth.interface import VARIABLES
from checker.cli import reference
from checker.cli.reference_variables import VARIABLES as DESCRIBED
from checker.cli.registry import load_commands
from checker.cli.setting_names import FILE_SETTINGS

PAGE = ROOT.joinpath("docs", "reference", "command-line.md").read_text("utf-8")
PREFIXES = (
    "SCOREGATE|AZURE|AZURESUBSCRIPTION|ACTIONS|SYSTEM|BUILD|GITHUB|GITLAB|CI|TF|XDG|SSL|MSI|IDENTITY|IMDS|NO|HTTPS"
)
VARIABLE = re.compile(rf"(?:{PREFIXES})_[A-Z_]+|CI|TERM")
ISLAND = ROOT / "checker" / "sandbox"


def test_the_page_is_what_the_code_says() -> None:
    assert reference.text() == PAGE, "run 'make docs'"


def names_in(module: Path) -> Iterator[str]:
    """Every text of a module that is a variable's name as a whole."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.fullmatch(node.value):
            yield node.value


def test_each_variable_that_the_code_names_is_on_the_page() -> None:
    modules = [path for path in ROOT.joinpath("checker").rglob("*.py") if ISLAND not in path.parents]
    named = {name for module in modules for name in names_in(module)}
    assert named >= {"AZURE_TENANT_ID", "SCOREGATE_DEBUG", "CI_JOB_URL", "XDG_STATE_HOME", "NO_COLOR"}
    # A setting that is refused before its option is there.
    assert sorted(name for name in named - {"SCOREGATE_NOTIFY"} if f"`{name}`" not in PAGE) == []


@pytest.mark.parametrize("name", VARIABLES)
def test_each_variable_of_sign_in_is_described(name: str) -> None:
    assert name in DESCRIBED


@pytest.mark.parametrize("name", [name for name in vars(errors) if name.startswith("EXIT_")])
def test_each_exit_code_is_described(name: str) -> None:
    assert f"\n| {getattr(errors, name)} | " in PAGE


def test_each_setting_has_a_row() -> None:
    load_commands()
    rows = re.findall(r"^\| `--([a-z-]+)` \| (.*?) \| (\S+) \|", PAGE, re.MULTILINE)
    assert {name for name, _, in_file in rows if in_file == "yes"} == FILE_SETTINGS
    variables = {name: named for name, named, _ in rows if named != "–"}
    assert all(f"`SCOREGATE_{name.upper().replace('-', '_')}`" in variables[name] for name in FILE_SETTINGS)
