"""The modules of the package, for tests that read its source: one test looks at all and names each one at fault."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

from command_line import ROOT

MODULES = sorted(ROOT.joinpath("checker").rglob("*.py"))


def name_of_module(module: Path) -> str:
    """Its path from the root of the project, such as ``checker/errors.py``."""
    return module.relative_to(ROOT).as_posix()


@functools.cache
def tree_of(module: Path) -> ast.Module:
    """Its syntax; each module is parsed once, however many tests look at it."""
    return ast.parse(module.read_text(encoding="utf-8"))


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node, as ``ast.walk`` but in no certain order and in two thirds of the time."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                waiting.extend(one for one in value if isinstance(one, ast.AST))
            elif isinstance(value, ast.AST):
                waiting.append(value)
