"""Where the options of a command get their values: what a run would take, shown without running."""

import os
from collections.abc import Sequence

import click
from click.core import ParameterSource

from checker.auth.interface import VARIABLES
from checker.cli.provenance import shown_values
from checker.cli.registry import COMMANDS, load_command, load_commands
from checker.cli.setting_names import FILE_NAME, FILE_SETTINGS, NO_CONFIG, REFUSED_SETTINGS
from checker.cli.settings import ExaminedSetting, examined_settings
from checker.documents.suggest import did_you_mean
from checker.errors import UsageError
from checker.secrecy.variables import OTHERS, SIGN_IN
from checker.views.config import ConfigDocument, InFile, OptionDocument, RefusedDocument


def configuration(words: Sequence[str]) -> ConfigDocument:
    """The options of the command that the first words name, with the arguments that follow.

    Raises:
        UsageError: there is no such command.
        SettingsError: scoregate.toml cannot be read at all.
    """
    command, name, arguments = _command(words)
    # Which options the file may set is known once every command is there.
    load_commands()
    context = command.make_context(name, arguments, resilient_parsing=True)
    is_ignored = bool(context.meta.get(NO_CONFIG))
    settings = [] if is_ignored else examined_settings()
    options = [one for one in command.params if isinstance(one, click.Option) and one.expose_value]
    return ConfigDocument(
        command=name,
        file=FILE_NAME if os.path.lexists(FILE_NAME) and not is_ignored else None,
        options=tuple(_option(one, context, name.partition(" ")[0], settings) for one in options),
        refused=tuple(
            RefusedDocument(setting=one.shown, place=one.place, message=one.refusal)
            for one in settings
            if one.refusal is not None
        ),
        variables=_of_sign_in(options),
    )


def _command(words: Sequence[str]) -> tuple[click.Command, str, list[str]]:
    """The command, its name, and its arguments."""
    name, *arguments = words or ("check",)
    if name not in COMMANDS:
        raise UsageError(f"there is no command {name!r}{did_you_mean(name, COMMANDS)}")
    command = load_command(name)
    if isinstance(command, click.Group):
        below, *arguments = arguments or ("",)
        if below not in command.commands:
            raise UsageError(f"{name} has the commands {', '.join(sorted(command.commands))}; name one")
        return command.commands[below], f"{name} {below}", arguments
    return command, name, arguments


def _option(
    option: click.Option, context: click.Context, command: str, settings: Sequence[ExaminedSetting]
) -> OptionDocument:
    """The option, with everything that sets it, from what wins to what loses."""
    name = max(option.opts, key=len).removeprefix("--")
    named = [option.envvar] if isinstance(option.envvar, str) else list(option.envvar or ())
    lines = [one for one in settings if one.refusal is None and one.path in {(name,), (command, name)}]
    # A command's own table comes before what is for all.
    lines.sort(key=lambda one: -len(one.path))
    variable = next((one for one in named if os.environ.get(one)), None)
    setters = [variable] if variable is not None else []
    setters += [one.place for one in lines]
    document = OptionDocument(
        option=name,
        values=shown_values(context.params.get(option.name or "")),
        source="default",
        place=None,
        variables=tuple(named),
        in_file=_in_file(name),
        overridden=tuple(setters[1:]),
    )
    replaced: dict[str, object] = {}
    if context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE:
        replaced = {"source": "command-line", "overridden": tuple(setters)}
    elif variable is not None:
        replaced = {"source": "variable", "place": variable}
    elif lines:
        replaced = {"source": "settings", "place": lines[0].place, "values": shown_values(_several(lines[0].value))}
    if {*named} & {*OTHERS, *SIGN_IN} and document.values:
        # A secret, as the whole address of a message is.
        replaced["values"] = ("set",)
    return _with(document, replaced)


def _with(document: OptionDocument, replaced: dict[str, object]) -> OptionDocument:
    import msgspec

    return msgspec.structs.replace(document, **replaced)


def _several(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _in_file(name: str) -> InFile:
    if name in REFUSED_SETTINGS:
        return "refused"
    return "taken" if name in FILE_SETTINGS else "never"


def _of_sign_in(options: Sequence[click.Option]) -> tuple[str, ...]:
    """The variables of sign-in that are set, where the command signs in."""
    if all("--auth" not in one.opts for one in options):
        return ()
    return tuple(sorted(name for name in VARIABLES if os.environ.get(name)))
