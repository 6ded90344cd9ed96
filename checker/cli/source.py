"""What the command line and the environment say of the source, as one request."""

import os
import sys
from typing import Any

import click

from checker.auth.interface import VARIABLES, Variables
from checker.cli.options import is_typed
from checker.presentation.escape import line
from checker.sources.request import SourceRequest


def request(given: dict[str, Any]) -> SourceRequest:
    """The request that a command's options and the environment make."""
    return SourceRequest(
        **{**given, "snapshot": tuple(given.get("snapshot") or ())},
        variables=Variables({name: os.environ[name] for name in VARIABLES if os.environ.get(name)}),
        interactive=is_interactive(),
        cache=_cache_folder(),
        store_is_typed=is_typed("store"),
    )


def say(text: str) -> None:
    """Shows a line on standard error."""
    click.echo(line(text), err=True)


def is_interactive() -> bool:
    """Whether somebody sits at a terminal; never in CI, where a prompt would wait for ever."""
    streams = (sys.stdin, sys.stderr)
    return not os.environ.get("CI") and all(stream is not None and stream.isatty() for stream in streams)


def _cache_folder() -> str:
    """Where people's tokens are kept, encrypted. Source: XDG Base Directory Specification."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(home, "scoregate")
