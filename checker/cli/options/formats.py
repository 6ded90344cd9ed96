"""The options that formats of a report have of their own, as the formats' registry names them."""

from collections.abc import Callable, Mapping
from typing import Annotated

import click

from checker.cli.options import F, Group, option
from checker.renderers import FORMATS
from checker.renderers.interface import FormatOption


class _FormatOptions(Group):
    """Every option of every format."""

    def __init__(self) -> None:
        self._options = [one for known in FORMATS.values() for one in known.options]
        self._decorators: list[Callable[[Callable[..., object]], Callable[..., object]]] = list(
            map(_decorator, self._options)
        )

    def add(self, function: F) -> F:
        """The function with the options added."""
        for decorator in reversed(self._decorators):
            decorator(function)
        return function

    def take(self, given: dict[str, object]) -> object:
        """The values by the options' names."""
        return {one.name: given.pop(one.name.replace("-", "_")) for one in self._options}


def _decorator(one: FormatOption) -> Callable[[F], F]:
    if one.choices:
        kind = click.Choice(one.choices)
        return option(one.name, in_file=True, type=kind, default=one.choices[0], show_default=True, help=one.help)
    return option(one.name, in_file=True, metavar=one.metavar, help=one.help)


FormatOptions = Annotated[Mapping[str, str | None], _FormatOptions()]
