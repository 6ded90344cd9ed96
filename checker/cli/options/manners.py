"""``--quiet`` and ``--no-pager``, which every command has: they decide on what is shown, and on nothing else."""

from collections.abc import Callable
from typing import Any

import click

from checker.cli.plain_option import PlainOption, plain_option

_QUIET = "checker.cli.quiet"
_NO_PAGER = "checker.cli.no_pager"


def _kept(key: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    """A callback that keeps the flag where ``is_quiet`` and ``may_page`` find it."""

    def keep(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        del parameter
        context.meta[key] = value

    return keep


_quiet = plain_option(
    "-q",
    "--quiet",
    is_flag=True,
    expose_value=False,
    envvar="SCOREGATE_QUIET",
    callback=_kept(_QUIET),
    help="Show nothing but errors and the outputs that -o names.",
)
_no_pager = plain_option(
    "--no-pager",
    is_flag=True,
    expose_value=False,
    envvar="SCOREGATE_NO_PAGER",
    callback=_kept(_NO_PAGER),
    help="Show a long answer on the terminal without a pager.",
)
_help = click.help_option("-h", "--help", cls=PlainOption)


def with_manners(function: Callable[..., Any]) -> Callable[..., Any]:
    """The command with both options, and ``--help``."""
    return _quiet(_no_pager(_help(function)))


def is_quiet() -> bool:
    """Whether the present command shows only what was asked for."""
    return _says(_QUIET)


def may_page() -> bool:
    """Whether the present command may show its answer in a pager."""
    return not _says(_NO_PAGER)


def _says(key: str) -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(key))
