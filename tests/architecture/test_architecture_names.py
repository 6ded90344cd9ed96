"""One name, one class, so that a name in a message, a schema or a search leads to one thing."""

import ast
from collections import defaultdict
from pathlib import Path

import checker

PACKAGE = Path(checker.__file__).parent


def places_of_classes() -> dict[str, list[str]]:
    """Every class of the package, nested and private ones too: name → where it is defined."""
    found = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(f"{path.relative_to(PACKAGE.parent)}:{node.lineno}")
    return found


def test_no_two_classes_have_one_name() -> None:
    twice = {name: places for name, places in places_of_classes().items() if len(places) > 1}
    assert twice == {}
