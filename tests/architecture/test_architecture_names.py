"""One name, one class, so that a name in a message, a schema or a search leads to one thing."""

import ast
from collections import defaultdict

from source_modules import MODULES, name_of_module, nodes, tree_of


def places_of_classes() -> dict[str, list[str]]:
    """Every class of the package, nested and private ones too: name → where it is defined."""
    found = defaultdict(list)
    for module in MODULES:
        for node in nodes(tree_of(module)):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(f"{name_of_module(module)}:{node.lineno}")
    return found


def test_no_two_classes_have_one_name() -> None:
    twice = {name: places for name, places in places_of_classes().items() if len(places) > 1}
    assert twice == {}
