"""Types of values, and checks of them."""

import datetime
import math
from typing import Any

import click


class Moment(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A date (midnight, UTC) or an RFC 3339 time; without a zone it is UTC."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime.datetime:
        """The moment, in UTC."""
        try:
            moment = datetime.datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"expected a time like 2026-05-22T09:00:00Z, got {value!r}", param, ctx)
        # click hands over what was converted already, and scoregate.toml has times of its own.
        zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)
        try:
            return zoned.astimezone(datetime.UTC)
        except OverflowError:
            self.fail(f"{value!r} lies outside the calendar", param, ctx)


class CalendarDay(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A day: ``2026-05-22``."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """The day."""
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"expected a day like 2026-05-22, got {value!r}", param, ctx)


class Seconds(click.FloatRange):
    """A number of seconds; NaN, which lies in every range, is none."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """The number."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"expected a number of seconds, got {value!r}", param, ctx)
        return number


_UNITS = {
    "m": datetime.timedelta(minutes=1),
    "h": datetime.timedelta(hours=1),
    "d": datetime.timedelta(days=1),
    "w": datetime.timedelta(days=7),
    "y": datetime.timedelta(days=366),
}


_DIGEST_LENGTH = 64


class Duration(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A whole number of minutes, hours, days, weeks or years: ``90m``, ``24h``, ``7d``, ``2y``."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime.timedelta:
        """The duration."""
        if isinstance(value, datetime.timedelta):
            return value
        text = str(value)
        if not text[:-1].isascii() or not text[:-1].isdecimal() or len(text) > 6 or text[-1:] not in _UNITS:
            self.fail(f"expected a duration like 90m, 24h, 7d or 2y, got {value!r}", param, ctx)
        return int(text[:-1]) * _UNITS[text[-1]]


class Sha256Digest(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A SHA-256 in hexadecimal, as sha256sum prints it."""

    name = "digest"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The digest, in lower case."""
        text = str(value).strip().lower()
        if len(text) != _DIGEST_LENGTH or not set(text) <= set("0123456789abcdef"):
            self.fail(f"expected a SHA-256 of 64 hexadecimal digits, got {value!r}", param, ctx)
        return text


class TenantLabelName(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A tenant label, as a waiver's ``tenantLabel`` names it."""

    name = "tenant label"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The label."""
        from checker.tenant.labels import is_tenant_label

        text = str(value)
        if not is_tenant_label(text):
            form = "a label of at most 64 letters, digits, '.', '-' and '_' that begins with a letter or digit"
            self.fail(f"expected {form}, got {text[:200]!r}", param, ctx)
        return text


def sorted_words(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Words whose order and repetition say nothing, so that equal runs are told in equal words."""
    del context, parameter
    return tuple(sorted(set(value)))


def file_name(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A path that has to be a file's: - is none."""
    if value == "-":
        raise click.BadParameter("expected the name of a file, got -", context, parameter)
    return value


def not_empty(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A variable of a pipeline that nobody has set would name the working folder."""
    if value is not None and not value.strip():
        raise click.BadParameter("expected a folder or a URL, got nothing", context, parameter)
    return value
