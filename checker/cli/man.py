"""The manual pages, made of the help: one for ``scoregate`` and one for each command.

``python -m checker.cli.man FOLDER`` writes them (``make man``). Source of the macros: man(7).
"""

import inspect
import os
import re
import sys
from collections.abc import Iterator

import click

from checker import __version__, errors
from checker.cli.main import scoregate
from checker.cli.reference import MEANINGS
from checker.cli.registry import load_commands
from checker.documents.whole_files import write_whole

_SECTION = 1


def pages() -> dict[str, str]:
    """Each page by the name of its file."""
    commands = load_commands()
    names = [name for name, _ in _every(commands)]
    found = {"scoregate": _page("scoregate", scoregate, names)}
    found |= {name.replace(" ", "-"): _page(name, one, ["scoregate"]) for name, one in _every(commands)}
    return {f"{name}.{_SECTION}": text for name, text in found.items()}


def _every(commands: "dict[str, click.Command]", above: str = "scoregate ") -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(commands.items()):
        yield above + name, command
        if isinstance(command, click.Group):
            yield from _every(dict(command.commands), f"{above}{name} ")


def _page(name: str, command: click.Command, related: list[str]) -> str:
    return "\n".join(_lines(name, command, related)) + "\n"


def _lines(name: str, command: click.Command, related: list[str]) -> Iterator[str]:
    context = command.make_context(name, [], resilient_parsing=True)
    title = name.replace(" ", "-")
    short = command.short_help or (command.help or "").splitlines()[0]
    yield f'.TH "{title.upper()}" "{_SECTION}" "" "scoregate {__version__}" "scoregate"'
    # Neither hyphens nor wide blanks in what is to be copied.
    yield from (".nh", ".ad l")
    yield from (".SH NAME", f"{_text(title)} \\- {_text(short.rstrip('.'))}")
    yield from (".SH SYNOPSIS", f"\\fB{_text(name)}\\fR {_text(' '.join(command.collect_usage_pieces(context)))}")
    yield from (".SH DESCRIPTION", *_description(command.help or short))
    yield from _options(command, context)
    if command is scoregate:
        yield from (".SH EXIT STATUS", *_exit_codes())
        yield from (".SH FILES", ".TP", "\\fIscoregate.toml\\fR", "Settings, read from the working directory.")
    yield from (".SH SEE ALSO", _related(related))


def _description(text: str) -> Iterator[str]:
    r"""Paragraphs; one behind click's mark \b keeps its lines."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", inspect.cleandoc(text))):
        if number:
            yield ".PP"
        if paragraph.startswith("\b"):
            yield from (".nf", *map(_line, paragraph.strip("\b\n").splitlines()), ".fi")
        else:
            yield _line(" ".join(paragraph.split()))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    records = [(one, one.get_help_record(context)) for one in command.params if isinstance(one, click.Option)]
    if any(record for _, record in records):
        yield ".SH OPTIONS"
    for option, record in records:
        if record is not None:
            yield from (".TP", f"\\fB{_text(record[0])}\\fR", _line(" ".join(record[1].split())))
            yield from _variables(option)


def _variables(option: click.Option) -> Iterator[str]:
    named = [option.envvar] if isinstance(option.envvar, str) else list(option.envvar or ())
    if named:
        yield from (".br", f"Variables: {_text(', '.join(named))}")


def _exit_codes() -> Iterator[str]:
    for name, meaning in MEANINGS.items():
        yield from (".TP", f"\\fB{getattr(errors, name)}\\fR", _line(meaning.replace("`", "")))


def _related(names: list[str]) -> str:
    return ",\n".join(f"\\fB{_text(name.replace(' ', '-'))}\\fR({_SECTION})" for name in sorted(names))


def _line(text: str) -> str:
    """A line of text, which is no request however it begins."""
    escaped = _text(text)
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _text(text: str) -> str:
    """Text in ASCII with what roff would read otherwise escaped; - is the minus of a flag, to be copied."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "".join(one if one.isascii() else f"\\[u{ord(one):04X}]" for one in escaped)


def write(folder: str) -> None:
    """Writes every page into ``folder``."""
    for name, text in pages().items():
        write_whole(os.path.join(folder, name), text.encode(), private=False)


if __name__ == "__main__":
    write(sys.argv[1])
