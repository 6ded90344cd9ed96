"""Which options decided a run, and where each came from: the report shows what a pull request may have changed."""

import datetime
import os
from collections.abc import Iterator

import click
from click.core import ParameterSource

from checker.cli.redaction import redacted_answer
from checker.cli.setting_names import FILE_NAME, SETTING_LINES
from checker.report.report import OptionUse
from checker.snapshot.redaction import Redaction

# They say what is shown and sent, and decide nothing.
_NOT_DECISIVE = frozenset(
    {
        "output",
        "ci",
        "verbose",
        "no_config",
        "quiet",
        "no_pager",
        "notify",
        "notify_on",
        "notify_state",
        "evidence",
        "sign_with",
    }
)


def options_used(level: Redaction = Redaction.NONE) -> tuple[OptionUse, ...]:
    """The options of the present command that are not at their default, in the order of the help.

    Args:
        level: what is left out of their values.
    """
    context = click.get_current_context(silent=True)
    return tuple(redacted_answer(one, level) for one in _used(context)) if context is not None else ()


def _used(context: click.Context) -> Iterator[OptionUse]:
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if not isinstance(parameter, click.Option) or name in _NOT_DECISIVE or source is None:
            continue
        values = shown_values(context.params.get(name))
        option = max(parameter.opts, key=len).removeprefix("--")
        match source:
            case ParameterSource.COMMANDLINE:
                yield OptionUse(option, values, "command-line", None)
            case ParameterSource.ENVIRONMENT:
                yield OptionUse(option, values, "variable", _variable(parameter))
            case ParameterSource.DEFAULT_MAP:
                line = context.meta.get(SETTING_LINES, {}).get(name)
                yield OptionUse(option, values, "settings", f"{FILE_NAME}:{line}")
            case _:
                pass


def _variable(option: click.Option) -> str | None:
    """The first of the option's variables that is set, as click takes it."""
    named = [option.envvar] if isinstance(option.envvar, str) else option.envvar or []
    return next((name for name in named if os.environ.get(name)), None)


def shown_values(value: object) -> tuple[str, ...]:
    """A value of an option as texts, addresses without credentials; None is none at all."""
    if value is None:
        return ()
    values = value if isinstance(value, tuple) else (value,)
    return tuple(map(_text, values))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Redaction):
        return value.value
    return _without_credentials(str(value))


def _without_credentials(text: str) -> str:
    """An address without its user and its query, which may hold a password or a signature."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        return text
    host, slash, path = rest.partition("?")[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
