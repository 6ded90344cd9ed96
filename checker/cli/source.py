"""The source that a command's options name."""

import datetime

from checker.cli.options.source import SourceOptions
from checker.cli.progress import say, show_wait
from checker.sources.choose import choose
from checker.sources.interface import Source


def chosen(options: SourceOptions, moment: datetime.datetime) -> Source:
    """The source that the options name; see ``choose``."""
    return choose(options.request(), moment, say, show_wait)
