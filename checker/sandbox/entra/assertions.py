"""What all client assertions have in common: their time, their audiences, and the error for a wrong signature."""

import datetime
import math

from checker.sandbox.entra.jose import ParsedToken
from checker.sandbox.errors import EntraResponseError

CLOCK_SKEW = datetime.timedelta(minutes=5)


def check_time(token: ParsedToken, now: datetime.datetime) -> None:
    """Require an assertion to be valid now, with a tolerance of five minutes.

    Raises:
        EntraResponseError: it isn't valid now, or doesn't say when it expires.
    """
    skew = CLOCK_SKEW.total_seconds()
    starts, ends = _number(token.claims.get("nbf", 0)), _number(token.claims.get("exp"))
    # NaN compares as false.
    if not starts - skew <= now.timestamp() < ends + skew:
        raise EntraResponseError(
            401,
            "invalid_client",
            700024,
            "Client assertion is not within its valid time range. Current time: "
            f"{now.isoformat()}, assertion valid from {_moment(starts)}, expiry time of assertion {_moment(ends)}. "
            "Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
        )


def signature_error(reason: str, thumbprint: str) -> EntraResponseError:
    """Make the error for a signature that wasn't made with a known, valid key."""
    return EntraResponseError(
        401,
        "invalid_client",
        700027,
        f"Client assertion contains an invalid signature. [Reason - {reason}, "
        f"Thumbprint of key used by client: '{thumbprint[:64]}'].",
    )


def audiences(token: ParsedToken) -> list[str]:
    """Give the audiences of an assertion."""
    audience = token.claims.get("aud")
    listed = audience if isinstance(audience, list) else [audience]
    return [text for text in listed if isinstance(text, str)]


def _number(value: object) -> float:
    try:
        return float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return math.nan


def _moment(seconds: float) -> str:
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return "unknown"
