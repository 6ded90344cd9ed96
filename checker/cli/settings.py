"""``scoregate.toml``: options for every run in a folder, read from the working directory.

A pull request can change that file, so it says only how things are shown and which policies of the working folder are
judged. Everything else is refused. The order is: the flag, the variable, the file, the built-in default.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
import msgspec

from checker.cli.registry import COMMANDS, load_commands
from checker.cli.setting_names import FILE_NAME, FILE_SETTINGS, REFUSED_SETTINGS
from checker.documents import files, limits
from checker.documents.links import leads_out
from checker.documents.suggest import did_you_mean
from checker.errors import SettingsError

_WHY = "is not taken from this file, which a pull request can change"


class Settings(msgspec.Struct, frozen=True):
    """What the file says to one command.

    Attributes:
        values: by the parameter's name, as click takes them.
        lines: by the parameter's name, the line that says it.
    """

    values: dict[str, Any]
    lines: dict[str, int]


class _Setting(msgspec.Struct, frozen=True):
    name: str
    value: Any
    path: tuple[str, ...]
    text: str

    @property
    def shown(self) -> str:
        return ".".join(self.path)

    @property
    def line(self) -> int:
        # Looked for only where it is asked for: a file may have a hundred thousand settings.
        from checker.cli.setting_lines import line_of

        return line_of(self.text, self.path)

    @property
    def place(self) -> str:
        return f"{FILE_NAME}:{self.line}"


class ExaminedSetting(msgspec.Struct, frozen=True):
    """A setting of the file as it stands there.

    Attributes:
        path: the names from the top: ``("check", "fail-on")``.
        value: as TOML has it.
        place: the file's line.
        refusal: why every run refuses it; None where none does.
    """

    path: tuple[str, ...]
    value: Any
    place: str
    refusal: str | None

    @property
    def shown(self) -> str:
        """The path as people write it."""
        return ".".join(self.path)


def examined_settings() -> list[ExaminedSetting]:
    """Every setting of the file, those too that are refused; none where there is no file.

    Raises:
        SettingsError: the file cannot be read, or is no TOML.
    """
    if not os.path.lexists(FILE_NAME):
        return []
    return [ExaminedSetting(one.path, one.value, one.place, _refused(one)) for one in _settings()]


def _refused(setting: _Setting) -> str | None:
    try:
        _check(setting)
    except SettingsError as refusal:
        return refusal.message
    return None


def read_settings(command: click.Command, name: str) -> Settings:
    """The file's values for the parameters of a command; empty where there is no file.

    Args:
        command: whose parameters they are.
        name: of the command, or of the group that it belongs to: the table that comes before what is for all.

    Raises:
        SettingsError: the file is no TOML, names an option that doesn't exist, or one that is not taken from it.
    """
    if not os.path.lexists(FILE_NAME):
        return Settings({}, {})
    settings = _settings()
    for setting in settings:
        _check(setting)
    taken = {parameter.name: parameter for parameter in command.params}
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    # A command's own table comes after what is for all.
    for setting in sorted(settings, key=lambda one: len(one.path)):
        parameter = setting.name.replace("-", "_")
        if parameter in taken and setting.path in {(setting.name,), (name, setting.name)}:
            values[parameter] = _as_list(setting.value, taken[parameter])
            lines[parameter] = setting.line
    return Settings(values, lines)


def _settings() -> list[_Setting]:
    """Every setting of the file, those of a command's table too."""
    import tomllib

    if leads_out(FILE_NAME):
        raise SettingsError(
            "is a link out of the working folder", place=FILE_NAME, advice="Replace the link with the file."
        )
    data = files.read_bounded(FILE_NAME, limits.SETTINGS_FILE_BYTES, SettingsError)
    try:
        text = data.decode("utf-8")
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise SettingsError(f"is not valid TOML: {fault}", place=FILE_NAME) from fault
    found = []
    for key, value in tables.items():
        if key in COMMANDS and isinstance(value, dict):
            found += [_Setting(name, one, (key, name), text) for name, one in value.items()]
        else:
            found.append(_Setting(key, value, (key,), text))
    return found


def _as_list(value: Any, parameter: click.Parameter) -> Any:  # noqa: ANN401 - whatever TOML can hold
    """An option that may be repeated takes one text as well as a list of them."""
    repeatable = isinstance(parameter, click.Option) and parameter.multiple
    return [value] if repeatable and isinstance(value, str) else value


def _check(setting: _Setting) -> None:
    name = setting.name
    if name not in FILE_SETTINGS and name not in REFUSED_SETTINGS:
        # An option of another command is known once that command is imported.
        load_commands()
    if name in REFUSED_SETTINGS:
        raise _refusal(setting, _WHY, f"--{name}")
    if name not in FILE_SETTINGS:
        hint = did_you_mean(name, FILE_SETTINGS) or f"; it takes {', '.join(sorted(FILE_SETTINGS))}"
        raise SettingsError(f"{setting.shown} is not a setting{hint}", place=setting.place)
    if name in _CHECKS:
        values = setting.value if isinstance(setting.value, list) else [setting.value]
        _CHECKS[name](setting, [value for value in values if isinstance(value, str)])


def _refusal(setting: _Setting, why: str, flag: str) -> SettingsError:
    variable = REFUSED_SETTINGS.get(setting.name) or f"SCOREGATE_{setting.name.upper().replace('-', '_')}"
    return SettingsError(
        f"{setting.shown} {why}",
        place=setting.place,
        advice=f"Give {flag} on the command line, or {variable} in the environment.",
    )


def _check_outputs(setting: _Setting, values: Sequence[str]) -> None:
    """Formats for standard output alone."""
    for value in values:
        if "=" in value:
            raise _refusal(setting, f"names a file to write ({value}), which {_WHY}", f"-o {value}")


def _check_policies(setting: _Setting, values: Sequence[str]) -> None:
    """Files of the working folder, and the packs that scoregate ships."""
    for value in values:
        if value.startswith("pack:"):
            continue
        if value == "-" or os.path.isabs(value) or leads_out(value):
            raise _refusal(setting, f"names {value}, which is not in the working folder and {_WHY}", f"-p {value}")


_CHECKS: Mapping[str, Callable[[_Setting, Sequence[str]], None]] = {
    "output": _check_outputs,
    "policy": _check_policies,
}
