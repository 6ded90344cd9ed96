"""How long a service asks to wait."""

import datetime
from email.utils import parsedate_to_datetime

import httpx

_LONGEST_WAIT = 3600.0


def retry_after(response: httpx.Response, now: datetime.datetime) -> float | None:
    """The seconds that the answer asks to wait (RFC 9110: seconds or a date); None if it does not ask."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return min(float(value[:9]), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return min(max(0.0, (moment - now).total_seconds()), _LONGEST_WAIT)
