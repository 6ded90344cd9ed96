"""An installed wheel has no folder of documentation, so messages point to what it has: a command's help, or a URL."""

import ast
import re
from collections.abc import Iterator

import click
from source_modules import MODULES, name_of_module, nodes, tree_of

from checker.auth import METHODS
from checker.cli.registry import load_command, load_commands

DOCUMENTATION = re.compile(r"\b(?:docs|examples)/|README|\bCHANGELOG")


def texts(tree: ast.Module) -> Iterator[str]:
    """Every text of a module but its docstrings."""
    every = list(nodes(tree))
    owners = [
        node for node in every if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    own = {id(node.body[0].value) for node in owners if node.body and isinstance(node.body[0], ast.Expr)}
    for node in every:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in own:
            yield node.value


def test_no_message_points_to_a_file_that_a_wheel_lacks() -> None:
    found = [(name_of_module(one), text) for one in MODULES for text in texts(tree_of(one))]
    assert [(name, text) for name, text in found if DOCUMENTATION.search(text)] == []


def commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from commands(below)


def test_no_help_points_to_a_file_that_a_wheel_lacks() -> None:
    every = [below for command in load_commands().values() for below in commands(command)]
    helps = [option.help or "" for one in every for option in one.params if isinstance(option, click.Option)]
    assert [text for text in [*helps, *(one.help or "" for one in every)] if DOCUMENTATION.search(text)] == []


def test_the_help_of_auth_lists_every_method_in_the_order_of_auto() -> None:
    listed = re.findall(r"^ +([a-z-]+) {2,}\S", load_command("auth").help or "", re.MULTILINE)
    assert listed == list(METHODS)
