"""The source that a command's options name, and how a source speaks to the person."""

import datetime

import click

from checker.cli.options.source import SourceOptions
from checker.presentation.escape import line
from checker.sources.choose import choose
from checker.sources.interface import Source


def chosen(options: SourceOptions, moment: datetime.datetime) -> Source:
    """The source that the options name; see ``choose``."""
    return choose(options.request(), moment, say)


def say(text: str) -> None:
    """Shows a line on standard error."""
    click.echo(line(text), err=True)
