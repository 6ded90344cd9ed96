"""The option ``--weights``: how much effort each level of cost and of user impact is."""

import click

from checker.errors import UsageError
from checker.insight.guide import WEIGHTS

weights = click.option(
    "--weights",
    metavar="low=N,moderate=N,high=N",
    help="How much effort each level of cost and of user impact is; 1, 2 and 3 otherwise.",
)


def parse_weights(text: str | None) -> dict[str, float]:
    """The weights with what the caller changes.

    Raises:
        UsageError: an unknown level, or no positive number.
    """
    found = dict(WEIGHTS)
    for part in text.split(",") if text else ():
        name, _, number = part.strip().partition("=")
        try:
            value = float(number)
        except ValueError:
            value = 0.0
        if name not in found or not 0 < value < 1e6:
            raise UsageError(f"--weights takes positive numbers for low, moderate and high, got {part!r}")
        found[name] = value
    return found
