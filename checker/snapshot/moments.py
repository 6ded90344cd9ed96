"""Moments as Graph, .NET and PowerShell write them, compared as moments: in any zone, with fractions of any length.

Source: learn.microsoft.com/graph/api/resources/securescorecontrolstateupdate, property "updatedDateTime"; for
``/Date(…)/``, learn.microsoft.com/dotnet, "Stand-Alone JSON Serialization", DateTime.
"""

import datetime
import re

# Patterns stay text: re compiles one when it is first used, and most runs use none of these.
# Milliseconds since 1970 in UTC; a zone behind them only says where it was written. Some tools escape it twice.
_DOTNET = r"\\?/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)\\?/"
_REGIONAL = r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(?: ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ([AP])M)?)?"
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_DAY = datetime.timedelta(days=1)

# Source: learn.microsoft.com/graph/api/resources/securescore: "Data is stored for 90 days".
DAYS_KEPT = 90


def parse_moment(text: str | None) -> datetime.datetime | None:
    """The moment in UTC; None where there is no text, or none that is one certain time. Without a zone it is UTC."""
    if not text:
        return None
    text = text.strip().upper()
    try:
        return _utc(datetime.datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        moments = _foreign(text)
        return moments[0] if len(moments) == 1 else None


def day_of(text: str | None) -> datetime.date | None:
    """The UTC day of a moment; None where there is none."""
    moment = parse_moment(text)
    return moment.date() if moment is not None else None


def possible_days(text: str) -> set[datetime.date]:
    """The UTC days that the text can mean: one, unless a region's style leaves open which of two numbers is the month.

    In such a style only midnight is Graph's own time; another one is of an unknown zone, so the day may be a
    neighbour of the one that is written.
    """
    moment = parse_moment(text)
    if moment is not None and not _is_regional(text):
        return {moment.date()}
    return {day for moment in _foreign(text.strip().upper()) for day in _days_near(moment)}


def in_iso(text: str) -> str:
    """The moment as ISO 8601 where .NET or PowerShell wrote it otherwise; unchanged if it is ISO, or not certain."""
    if text[4:5] == "-":
        return text
    moment = parse_moment(text)
    return text if moment is None else moment.isoformat().replace("+00:00", "Z")


def _utc(moment: datetime.datetime) -> datetime.datetime:
    zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)
    return zoned.astimezone(datetime.UTC)


def _is_regional(text: str) -> bool:
    return "/" in text and re.fullmatch(_REGIONAL, text.strip().upper()) is not None


def _foreign(text: str) -> list[datetime.datetime]:
    """The moments that text of .NET, or in the style of a region, can mean; each once."""
    try:
        if ticks := re.fullmatch(_DOTNET, text, re.IGNORECASE):
            return [_EPOCH + datetime.timedelta(milliseconds=int(ticks[1]))]
    except OverflowError:
        return []
    if not (found := re.fullmatch(_REGIONAL, text)):
        return []
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    hour, minute, seconds = int(found[4] or 0), int(found[5] or 0), int(found[6] or 0)
    if found[7]:
        if not 1 <= hour <= 12:
            return []
        hour = hour % 12 + (12 if found[7] == "P" else 0)
    moments = []
    for month, day in sorted({(first, second), (second, first)}):
        try:
            moments.append(datetime.datetime(year, month, day, hour, minute, seconds, tzinfo=datetime.UTC))
        except ValueError:
            continue
    return moments


def _days_near(moment: datetime.datetime) -> tuple[datetime.date, ...]:
    day = moment.date()
    try:
        return (day,) if moment.time() == datetime.time() else (day - _DAY, day, day + _DAY)
    except OverflowError:
        return (day,)
