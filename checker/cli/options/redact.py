"""``--redact``: every command has it whose answer may name people or a tenant."""

from typing import Annotated

import click

from checker.cli.options import option
from checker.cli.redaction import hide
from checker.snapshot.redaction import Redaction


def _level(context: click.Context, parameter: click.Parameter, value: str | None) -> Redaction:
    del parameter
    level = Redaction(value or Redaction.NONE.value)
    # 'config' asks what another command would take.
    if not context.resilient_parsing:
        hide(level)
    return level


redact_option = option(
    "redact",
    type=click.Choice([level.value for level in Redaction]),
    default=Redaction.NONE.value,
    show_default=True,
    callback=_level,
    # Before the others, so that what is wrong with them is said without names too.
    is_eager=True,
    help="Leave out of every output who set a state, why and whoever else is named; with tenant, the tenant too.",
)
Redact = Annotated[Redaction, redact_option]
