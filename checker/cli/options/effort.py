"""The option ``--weights``: how much effort each level of cost and of user impact is."""

from typing import Annotated

from checker.cli.plain_option import plain_option
from checker.errors import UsageError
from checker.insight.effort import WEIGHTS

Weights = Annotated[
    str | None,
    plain_option(
        "--weights",
        metavar="low=N,moderate=N,high=N",
        help="The effort of each level of cost and user impact; low=1,moderate=2,high=3 if not given.",
    ),
]


def parse_weights(text: str | None) -> dict[str, float]:
    """The weights with what the caller changes.

    Raises:
        UsageError: an unknown level, or a number that is too small, too large or too fine.
    """
    weights = dict(WEIGHTS)
    for part in text.split(",") if text else ():
        name, _, number = part.strip().partition("=")
        try:
            value = float(number)
        except ValueError:
            value = 0.0
        # Finer ones could not be told apart by who compares sums of many.
        if name not in weights or not 0.01 <= value <= 1000 or round(value, 3) != value:
            raise UsageError(
                f"--weights takes numbers from 0.01 to 1000 with three decimals at most, for low, moderate and high; "
                f"got {part[:100]!r}"
            )
        weights[name] = value
    return weights
