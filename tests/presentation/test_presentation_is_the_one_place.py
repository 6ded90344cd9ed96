"""Views and renderers say what is shown and in which order; how it is put is said in ``checker/presentation``."""

import ast
import re
from pathlib import Path

import pytest
from command_line import ROOT

PUT_ELSEWHERE = re.compile(r"\\x1b|\\033|\\u001b|---[|:]|<code>|break_long_words|<br>\{")
LIBRARIES = {"csv", "html", "textwrap", "xml"}
# junit-xml builds elements of the standard library.
ALLOWED = {("junit.py", "xml")}
SHOWING = sorted(path for folder in ("views", "renderers") for path in ROOT.joinpath("checker", folder).glob("*.py"))
PRESENTATION = sorted(ROOT.glob("checker/presentation/*.py"))


def imports(module: Path) -> set[str]:
    """Every module that is imported anywhere in it, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("module", SHOWING, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_view_leaves_the_putting_to_presentation(module: Path) -> None:
    text = module.read_text("utf-8")
    assert not PUT_ELSEWHERE.search(text)
    used = {name.partition(".")[0] for name in imports(module)}
    assert {(module.name, name) for name in used & LIBRARIES} <= ALLOWED


@pytest.mark.parametrize("module", PRESENTATION, ids=lambda path: path.name)
def test_presentation_imports_nothing_above_it(module: Path) -> None:
    ours = {name for name in imports(module) if name.partition(".")[0] == "checker"}
    # The room of secrets lies below: what is cut or wrapped is concealed before.
    assert all(name.startswith(("checker.presentation", "checker.secrecy")) for name in ours)


@pytest.mark.parametrize("name", ["cells", "escape", "words", "tables", "colours", "paragraphs", "screen"])
def test_what_every_report_needs_starts_fast(name: str) -> None:
    tree = ast.parse((ROOT / "checker" / "presentation" / f"{name}.py").read_text("utf-8"))
    top = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert not top & {"csv", "decimal", "html", "io", "textwrap", "unicodedata", "xml", "xml.sax.saxutils"}
