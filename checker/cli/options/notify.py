"""The options that have to do with messages; none is taken from ``scoregate.toml``, which a pull request can change."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import option

# The words of checker.notify.rule, which is not imported by a check that sends no message; a test holds them together.
NOTIFY_ON = ("failure", "change", "always")


class NotifyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets a message, and when."""

    notify: Annotated[
        tuple[str, ...],
        option(
            "notify",
            multiple=True,
            metavar="URL",
            help="Send a message to this Apprise address (Slack, Teams, e-mail, …); env:NAME takes it from a "
            "variable, which keeps it out of the process list. May be repeated.",
        ),
    ]
    notify_on: Annotated[
        str,
        option(
            "notify-on",
            type=click.Choice(NOTIFY_ON),
            default=NOTIFY_ON[0],
            show_default=True,
            help="Send the message when the gate fails, when the verdict changes, or always.",
        ),
    ]
    notify_state: Annotated[
        str | None,
        option(
            "notify-state",
            metavar="FILE",
            help="Keep the decisions of runs in this file, to detect changes; else --store or --baseline shows them.",
        ),
    ]
