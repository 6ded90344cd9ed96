"""Moments as Graph writes them, compared as moments: whatever their zone, with fractions of any length."""

import datetime

# Source: learn.microsoft.com/graph/api/resources/securescore: "Data is stored for 90 days".
DAYS_KEPT = 90


def parse_moment(text: str | None) -> datetime.datetime | None:
    """The moment in UTC; None where there is no text, or none that is a time. Without a zone it is UTC.

    Source: learn.microsoft.com/graph/api/resources/securescorecontrolstateupdate, property "updatedDateTime".
    """
    if not text:
        return None
    try:
        moment = datetime.datetime.fromisoformat(text.strip().upper())
        zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)
        return zoned.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return None


def day_of(text: str | None) -> datetime.date | None:
    """The UTC day of a moment; None where there is none."""
    moment = parse_moment(text)
    return moment.date() if moment is not None else None
