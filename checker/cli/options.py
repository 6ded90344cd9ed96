"""The options that commands share: each defined once, with its variable and whether ``scoregate.toml`` may set it."""

import datetime
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from checker.auth import AUTO, METHODS
from checker.clouds import CLOUDS, UNAVAILABLE
from checker.report.outcome import Severity

if TYPE_CHECKING:
    from checker.requirements.terms.selector import Selector

F = TypeVar("F", bound=Callable[..., Any])

FILE_SETTINGS: set[str] = set()
REFUSED_SETTINGS: dict[str, str] = {"notify": "SCOREGATE_NOTIFY"}


def option(
    name: str,
    *,
    short: str | None = None,
    in_file: bool = True,
    variables: tuple[str, ...] = (),
    **rest: Any,  # noqa: ANN401 - whatever click takes
) -> Callable[[F], F]:
    """An option ``--name`` that the variable ``SCOREGATE_NAME`` sets too.

    Args:
        name: with hyphens.
        short: one letter.
        in_file: whether ``scoregate.toml`` may set it.
        variables: further variables, looked at after our own.
        rest: what click takes.
    """
    variable = f"SCOREGATE_{name.upper().replace('-', '_')}"
    if in_file:
        FILE_SETTINGS.add(name)
    else:
        REFUSED_SETTINGS[name] = variable
    flags = [f"--{name}"] if short is None else [f"-{short}", f"--{name}"]
    return click.option(*flags, envvar=[variable, *variables], **rest)


def together(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, shown in this order."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


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


def _not_empty(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A variable of a pipeline that nobody has set would name the working folder."""
    if value is not None and not value.strip():
        raise click.BadParameter("expected a folder or a URL, got nothing", context, parameter)
    return value


policies = option(
    "policy",
    short="p",
    multiple=True,
    metavar="PATH",
    help="A policy file, a folder of them, pack:NAME, or - for standard input. May be repeated.",
)
waivers = option("waivers", multiple=True, metavar="PATH", help="Waivers beside those among the policies.")
fail_on = option(
    "fail-on",
    type=click.Choice([severity.value for severity in Severity], case_sensitive=False),
    default=Severity.INFO.value,
    show_default=True,
    help="Failures of this severity and above fail the gate.",
)
now = option("now", type=Moment(), metavar="TIME", help="Take this moment for now; the clock otherwise.")
sarif_profile = option(
    "sarif-profile",
    type=click.Choice(["github", "full", "azdo"]),
    default="github",
    show_default=True,
    help="github: failures only, as code scanning wants it; full: every finding; azdo: full, for Azure DevOps.",
)
sarif_location = option(
    "sarif-location", metavar="PATH", help="The file that SARIF names for policies from standard input."
)
junit_profile = option(
    "junit-profile",
    type=click.Choice(["strict", "gitlab"]),
    default="strict",
    show_default=True,
    help="strict: valid for Jenkins; gitlab: with file and line.",
)
# No setting: 'since' of trend is a day.
since = click.option(
    "--since",
    is_flag=True,
    help="Tell since when each failure fails, by judging the older days too; takes longer.",
)
snapshots = option(
    "snapshot",
    multiple=True,
    metavar="PATH",
    help="Judge these files (- is standard input); offline. May be repeated.",
)
store = option(
    "store",
    in_file=False,
    metavar="URL",
    callback=_not_empty,
    help="The store of scores over time: a folder, or the URL of an object store (s3://, abfss://, gs://).",
)
keeping = option(
    "store",
    in_file=False,
    metavar="URL",
    callback=_not_empty,
    help="Keep scores, states and findings in this store too; without a sign-in, judge what it holds.",
)
sandbox = option("sandbox", is_flag=True, help="Judge the embedded sandbox: no tenant, no network.")
seed = option("seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="The sandbox's tenant.")


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


_UNITS = {
    "m": datetime.timedelta(minutes=1),
    "h": datetime.timedelta(hours=1),
    "d": datetime.timedelta(days=1),
    "w": datetime.timedelta(days=7),
    "y": datetime.timedelta(days=366),
}


def named_file(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A path that has to be a file's: - is none."""
    if value == "-":
        raise click.BadParameter("expected a file's name, got -", context, parameter)
    return value


def is_typed(name: str) -> bool:
    """Whether an option was given on the command line, and not by a variable or a file; true outside of a command."""
    context = click.get_current_context(silent=True)
    return context is None or context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def outputs_as(*formats: str) -> Callable[[F], F]:
    """The option ``-o`` of a command that answers in these formats, the first where nothing is said."""
    first, *others, last = formats
    return option(
        "output",
        short="o",
        multiple=True,
        metavar="FORMAT[=PATH]",
        help=f"{', '.join([f'{first} (the default)', *others])} or {last}; to a file with =PATH. May be repeated.",
    )


# The keys of a selector; no settings, since they belong to one question.
selection = together(
    *(
        click.option(f"--{name}", multiple=True, metavar="WORD", help=text)
        for name, text in (
            ("id", "Only these controls; * for any characters. Repeatable, as those below."),
            ("category", "Only of this category."),
            ("service", "Only of this service."),
            ("tier", "Only of this tier."),
            ("threats", "Only against this threat."),
            ("user-impact", "Only with this user impact."),
            ("implementation-cost", "Only with this implementation cost."),
        )
    )
)


def selector_of(rest: dict[str, Any]) -> "Selector | None":
    """The selector that ``selection`` was given, taken out of a command's arguments; None where it was given none."""
    from checker.requirements.terms.selector import Selector

    words = {key: list(rest.pop(key)) or None for key in Selector.__struct_fields__}
    return Selector(**words) if any(words.values()) else None


yes = option("yes", in_file=False, is_flag=True, help="Do it without asking; needed where there is no terminal.")
journal = option(
    "journal",
    in_file=False,
    metavar="PATH",
    callback=named_file,
    help="The new file that keeps what is done; scoregate-TIME-….jsonl in the working folder otherwise.",
)
only = click.option(
    "--only", multiple=True, metavar="CONTROL", help="Only these changes; * for any characters. Repeatable."
)
max_changes = option(
    "max-changes",
    in_file=False,
    type=click.IntRange(0, 10_000),
    default=25,
    show_default=True,
    metavar="N",
    help="Refuse to make more changes than this.",
)
remediate = option(
    "remediate",
    in_file=False,
    is_flag=True,
    help="After the verdict, set the states of requirements with 'remediate: auto'; needs --yes.",
)
allow_declarations = option(
    "allow-declarations",
    in_file=False,
    is_flag=True,
    help="With --remediate: set ThirdParty, Reviewed and Ignored too, and not Default alone.",
)
max_age = option(
    "max-age",
    in_file=False,
    type=Duration(),
    default="24h",
    show_default=True,
    metavar="DURATION",
    help="Refuse a plan that is older.",
)
wait = option(
    "wait",
    type=Seconds(0, 600),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait until a state that was set can be read back.",
)

live = together(
    option(
        "tenant",
        in_file=False,
        variables=("AZURE_TENANT_ID",),
        metavar="ID",
        help="The tenant's id or domain.",
    ),
    option("client-id", in_file=False, variables=("AZURE_CLIENT_ID",), metavar="ID", help="The application's id."),
    option(
        "auth",
        in_file=False,
        type=click.Choice([AUTO, *METHODS]),
        default=AUTO,
        show_default=True,
        help="How to sign in; auto takes the first that the environment offers. Secrets come from variables only.",
    ),
    option(
        "cloud",
        in_file=False,
        type=click.Choice([*CLOUDS, *UNAVAILABLE]),
        default="global",
        show_default=True,
        help="The national cloud.",
    ),
    option("graph-url", in_file=False, metavar="URL", help="Another address of Graph, such as a served sandbox."),
    option(
        "authority-url",
        in_file=False,
        variables=("AZURE_AUTHORITY_HOST",),
        metavar="URL",
        help="Another address of Entra.",
    ),
    option("verbose", short="v", is_flag=True, help="Tell of the sign-in and of each request, on standard error."),
    option(
        "timeout",
        type=Seconds(1, 3600),
        default=120.0,
        show_default=True,
        metavar="SECONDS",
        help="How long Graph may take altogether.",
    ),
)

# A source that is asked over HTTP, and any source.
asked_source = together(now, sandbox, seed, live)
any_source = together(now, snapshots, store, sandbox, seed, live)
judged_source = together(now, snapshots, keeping, sandbox, seed, live)
