"""The options of commands, as records: a field is an option, and a command takes one record.

Each shared option is defined once, with its variable and whether ``scoregate.toml`` may set it.
"""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, TypeVar, Unpack, get_args, get_origin, get_type_hints

import click
import msgspec
from click.core import ParameterSource

from checker.cli.options.completing import BY_METAVAR, Completer
from checker.cli.options.manners import with_manners
from checker.cli.plain_option import plain_option
from checker.cli.setting_names import FILE_SETTINGS, NO_CONFIG, REFUSED_SETTINGS, SETTING_DIRECTIONS, SETTING_LINES

if TYPE_CHECKING:
    from checker.requirements.direction import Compare

F = TypeVar("F", bound=Callable[..., Any])
Result = TypeVar("Result")
Options = TypeVar("Options", bound=msgspec.Struct)


class _Given(TypedDict, total=False):
    """The words of ``click.option`` that our options use."""

    help: str
    metavar: str | None
    type: "click.ParamType[Any] | type"
    default: object
    show_default: bool | str
    multiple: bool
    is_flag: bool
    is_eager: bool
    required: bool
    callback: Callable[[click.Context, click.Parameter, Any], Any]
    shell_complete: Completer


def option(
    name: str,
    *,
    short: str | None = None,
    in_file: bool = False,
    direction: "Compare | None" = None,
    variables: tuple[str, ...] = (),
    **given: Unpack[_Given],
) -> Callable[[F], F]:
    """An option ``--name`` that the variable ``SCOREGATE_NAME`` sets too.

    Args:
        name: with hyphens.
        short: one letter.
        in_file: whether ``scoregate.toml`` may set it, which a pull request can change: only how things are shown.
        direction: whether the gate gets looser where the file says another value, None where it says nothing; without
            it what the file may set loosens nothing, and of what it may not set nobody can say.
        variables: further variables, looked at after our own.
        given: what else click takes.
    """
    variable = f"SCOREGATE_{name.upper().replace('-', '_')}"
    if in_file:
        FILE_SETTINGS.add(name)
    else:
        REFUSED_SETTINGS[name] = variable
    if direction is not None:
        SETTING_DIRECTIONS[name] = direction
    if (completer := BY_METAVAR.get(given.get("metavar") or "")) is not None:
        given.setdefault("shell_complete", completer)
    flags = [f"--{name}"] if short is None else [f"-{short}", f"--{name}"]
    return plain_option(*flags, envvar=[variable, *variables], **given)


class Group:
    """An annotation of a field that several options fill, whose names the record doesn't know."""

    def add(self, function: F) -> F:
        """The function with the options added."""
        raise NotImplementedError

    def take(self, given: dict[str, object]) -> object:
        """The field's value, taken out of what click gives."""
        raise NotImplementedError


def taken(kind: type[Options]) -> Callable[[Callable[[Options], Result]], Callable[..., Result]]:
    """Gives a command its options and arguments: the fields of ``kind``, in their order, passed as one record.

    A field is ``Annotated[TYPE, DECORATOR]`` with a decorator of click, whose parameter has the field's name; or
    ``Annotated[TYPE, GROUP]``; or another record, whose fields stand in its place.
    """

    def decorate(function: Callable[[Options], Result]) -> Callable[..., Result]:
        @functools.wraps(function)
        def command(**given: object) -> Result:
            return function(_record(kind, given))

        return _with_options(_NO_CONFIG(with_manners(command)), kind)

    return decorate


def _take_settings(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    """Hands the settings of ``scoregate.toml`` to click, unless they are to be ignored."""
    del parameter
    context.default_map = None
    context.meta[NO_CONFIG] = value
    # A shell that asks for completions wants no fault of the file.
    if not value and not context.resilient_parsing:
        from checker.cli.settings import read_settings

        settings = read_settings(context.command, _top_level(context))
        context.default_map = settings.values
        context.meta[SETTING_LINES] = settings.lines


def _top_level(context: click.Context) -> str:
    """The name of the command, or of the group that it belongs to."""
    while context.parent is not None and context.parent.parent is not None:
        context = context.parent
    return context.info_name or ""


_NO_CONFIG = plain_option(
    "--no-config",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    envvar="SCOREGATE_NO_CONFIG",
    callback=_take_settings,
    help="Ignore scoregate.toml.",
)


def _with_options(function: F, kind: type[msgspec.Struct]) -> F:
    for _, what in reversed(_fields(kind)):
        match what:
            case Group():
                function = what.add(function)
            case type():
                function = _with_options(function, what)
            case _:
                function = what(function)
    return function


def _record(kind: type[Options], given: dict[str, object]) -> Options:
    values: dict[str, object] = {}
    for name, what in _fields(kind):
        match what:
            case Group():
                values[name] = what.take(given)
            case type():
                values[name] = _record(what, given)
            case _:
                values[name] = given.pop(name)
    return kind(**values)


@functools.cache  # asked for twice a run: when the command is made and when it is called
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    """Each field with its decorator, its group or its record."""
    return tuple(
        (name, get_args(annotation)[1] if get_origin(annotation) is Annotated else annotation)
        for name, annotation in get_type_hints(kind, include_extras=True).items()
    )


def is_typed(name: str) -> bool:
    """Whether an option was given on the command line, and not by a variable or a file; true outside of a command."""
    context = click.get_current_context(silent=True)
    return context is None or context.get_parameter_source(name) is ParameterSource.COMMANDLINE
