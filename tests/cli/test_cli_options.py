from collections.abc import Callable
from typing import Annotated

import click
import msgspec
import pytest
from click.testing import CliRunner

from checker.cli.options import F, Group, taken
from checker.cli.options.formats import FormatOptions
from checker.cli.options.source import GateOptions, SourceOptions


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    many: Annotated[tuple[str, ...], click.option("--many", multiple=True, help="Several.")]
    number: Annotated[int, click.option("--number", type=int, default=3, help="A number.")]


class Pair(Group):
    def add(self, function: F) -> F:
        decorated: Callable[[F], F] = click.option("--left", help="The one.")
        return decorated(click.option("--right", help="The other.")(function))

    def take(self, given: dict[str, object]) -> object:
        return given.pop("left"), given.pop("right")


class Outer(msgspec.Struct, frozen=True, kw_only=True):
    name: Annotated[str, click.argument("name")]
    flag: Annotated[bool, click.option("--flag", "-f", is_flag=True, help="A flag.")]
    inner: Inner
    pair: Annotated[tuple[str | None, str | None], Pair()]


SEEN: list[Outer] = []


@click.command()
@taken(Outer)
def command(options: Outer) -> None:
    """Does nothing."""
    SEEN.append(options)


def test_a_command_takes_its_options_and_arguments_as_one_record() -> None:
    arguments = ["x", "-f", "--many", "a", "--many", "b", "--right", "r"]
    assert CliRunner().invoke(command, arguments).exit_code == 0
    assert SEEN.pop() == Outer(name="x", flag=True, inner=Inner(many=("a", "b"), number=3), pair=(None, "r"))


def test_the_help_lists_them_in_the_order_of_the_fields() -> None:
    assert [parameter.name for parameter in command.params] == [
        "name",
        "flag",
        "many",
        "number",
        "left",
        "right",
        "no_config",
        "quiet",
        "no_pager",
        "help",
    ]
    assert (command.name, command.help) == ("command", "Does nothing.")


def test_what_click_refuses_reaches_no_record() -> None:
    assert CliRunner().invoke(command, ["x", "--number", "three"]).exit_code == 2
    assert SEEN == []


@pytest.mark.parametrize("kind", [SourceOptions, GateOptions])
def test_a_record_that_changes_one_option_keeps_the_order(kind: type[SourceOptions]) -> None:
    @click.command()
    @taken(kind)
    def source(options: SourceOptions) -> None:
        del options

    names = [parameter.name for parameter in source.params]
    assert names[:5] == ["now", "snapshot", "store", "sandbox", "seed"]
    store = next(parameter for parameter in source.params if parameter.name == "store")
    assert isinstance(store, click.Option)
    assert (store.help or "").startswith("Write scores" if kind is GateOptions else "The store of scores")


def test_options_of_a_format_come_from_the_registry_of_formats() -> None:
    class Formats(msgspec.Struct, frozen=True, kw_only=True):
        formats: FormatOptions

    seen: list[Formats] = []

    @click.command()
    @taken(Formats)
    def render(options: Formats) -> None:
        seen.append(options)

    assert CliRunner().invoke(render, ["--sarif-profile", "azdo"]).exit_code == 0
    assert seen[0].formats == {"sarif-profile": "azdo", "sarif-location": None, "junit-profile": "strict"}
    assert CliRunner().invoke(render, ["--sarif-profile", "other"]).exit_code == 2
