import datetime

import pytest

from checker.snapshot.moments import in_iso, parse_moment, possible_days

DAY = datetime.date(2026, 10, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-03T00:00:00Z", "2026-10-03T00:00:00Z"),
        ("2026-10-03T00:00:00.0000000Z", "2026-10-03T00:00:00Z"),
        ("2026-10-02T20:00:00-04:00", "2026-10-03T00:00:00Z"),
        ("/Date(1790985600000)/", "2026-10-03T00:00:00Z"),
        ("\\/Date(1790985600000)\\/", "2026-10-03T00:00:00Z"),
        ("/Date(1790985600000+0200)/", "2026-10-03T00:00:00Z"),
        ("10/13/2026 12:00:00 AM", "2026-10-13T00:00:00Z"),
        ("10/13/2026 12:30:00 PM", "2026-10-13T12:30:00Z"),
        ("13/10/2026 21:05:00", "2026-10-13T21:05:00Z"),
        ("10/10/2026 9:00:00 PM", "2026-10-10T21:00:00Z"),
        ("10/3/2026 12:00:00 AM", None),
        ("13/13/2026", None),
        ("10/13/2026 0:00:00 AM", None),
        ("10/13/2026 25:00:00", None),
        ("/Date(999999999999999)/", None),
        ("/Date(soon)/", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_moment_is_read_where_there_is_no_doubt(text: str, expected: str | None) -> None:
    moment = parse_moment(text)
    assert (moment and moment.isoformat().replace("+00:00", "Z")) == expected


@pytest.mark.parametrize("text", ["2026-10-03T08:00:00.628799Z", "2026-10-03T00:00:00+02:00", "10/3/2026", "soon", ""])
def test_text_that_is_iso_or_in_doubt_stays_as_it_is(text: str) -> None:
    assert in_iso(text) == text


def test_other_text_becomes_iso() -> None:
    assert in_iso("/Date(1790985600000)/") == "2026-10-03T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-10-03T15:21:00Z", {DAY}),
        ("10/3/2026 12:00:00 AM", {DAY, datetime.date(2026, 3, 10)}),
        ("10/13/2026", {datetime.date(2026, 10, 13)}),
        # Graph's days begin at midnight: this is another zone's time, of an offset that is unknown.
        ("10/13/2026 8:00:00 PM", {datetime.date(2026, 10, day) for day in (12, 13, 14)}),
        ("1/1/0001 8:00:00 PM", {datetime.date(1, 1, 1)}),
        ("soon", set()),
    ],
)
def test_a_day_is_certain_unless_a_region_s_style_leaves_it_open(text: str, days: set[datetime.date]) -> None:
    assert possible_days(text) == days
