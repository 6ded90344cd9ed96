"""An option of click whose help is shown as it is written."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import click


class PlainOption(click.Option):
    """An option without click's cleaning of its help.

    Click imports ``inspect`` to take an indent away that ours never have, which costs a twentieth of a small check.
    """

    def __init__(self, names: Sequence[str], *, help: str, **given: Any) -> None:  # noqa: A002, ANN401 - as click's
        super().__init__(names, **given)
        self.help = help


plain_option = partial(click.option, cls=PlainOption)
"""As ``click.option``."""
