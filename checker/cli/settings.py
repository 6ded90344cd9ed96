"""``scoregate.toml``: options for every run in a folder, read from the working directory.

A pull request can change that file, so what decides where credentials go, or what is written to a tenant, is not taken
from it. The order is: the flag, the variable, the file, the built-in default.
"""

import os
from typing import Any

import click

from checker.cli.options import FILE_SETTINGS, REFUSED_SETTINGS
from checker.cli.registry import COMMANDS, load_commands
from checker.documents import files, limits
from checker.documents.suggest import did_you_mean
from checker.errors import SettingsError

FILE_NAME = "scoregate.toml"


def default_map(command: click.Command) -> dict[str, Any]:
    """The file's values for the parameters of ``command``, as click takes them; empty where there is no file.

    Raises:
        SettingsError: the file is no TOML, names an option that doesn't exist, or one that is not taken from it.
    """
    if not os.path.exists(FILE_NAME):
        return {}
    import tomllib

    data = files.read_bounded(FILE_NAME, limits.SETTINGS_FILE_BYTES, SettingsError)
    try:
        settings = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise SettingsError(f"is not valid TOML: {fault}", place=FILE_NAME) from fault
    values: dict[str, Any] = {}
    for key, value in settings.items():
        if key in COMMANDS and isinstance(value, dict):
            for name in value:
                _check(name, f"{key}.{name}")
        else:
            _check(key, key)
            values[key] = value
    values.update(settings.get(command.name or "", {}))
    taken = {parameter.name: parameter for parameter in command.params}
    named = {name.replace("-", "_"): value for name, value in values.items()}
    return {name: _as_list(value, taken[name]) for name, value in named.items() if name in taken}


def _as_list(value: Any, parameter: click.Parameter) -> Any:  # noqa: ANN401 - whatever TOML can hold
    """An option that may be repeated takes one text as well as a list of them."""
    repeatable = isinstance(parameter, click.Option) and parameter.multiple
    return [value] if repeatable and isinstance(value, str) else value


def _check(name: str, path: str) -> None:
    if name not in FILE_SETTINGS and name not in REFUSED_SETTINGS:
        # An option of another command is known once that command is imported.
        load_commands()
    if name in FILE_SETTINGS:
        return
    if name in REFUSED_SETTINGS:
        raise SettingsError(
            f"{path} is not taken from this file, which a pull request can change",
            place=FILE_NAME,
            advice=f"Give --{name} on the command line, or {REFUSED_SETTINGS[name]} in the environment.",
        )
    hint = did_you_mean(name, FILE_SETTINGS) or f"; it takes {', '.join(sorted(FILE_SETTINGS))}"
    raise SettingsError(f"{path} is not a setting{hint}", place=FILE_NAME)
