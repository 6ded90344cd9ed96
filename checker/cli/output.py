"""``-o FORMAT[=PATH]``, one for every command: what is written where, checked before any work, written after it."""

import os
import sys
from collections.abc import Mapping, Sequence

import msgspec

from checker.cli.options.manners import is_quiet, may_page
from checker.cli.progress import note
from checker.cli.repository import places, present_checkout
from checker.cli.terminal import screen
from checker.documents import files
from checker.documents.suggest import did_you_mean
from checker.errors import OutputError, UsageError
from checker.presentation.screen import FILE, Screen
from checker.renderers import FORMATS, renderer
from checker.renderers.interface import Rendering
from checker.report.report import RunWarning
from checker.secrecy.known import conceal_document

# The format that the end of a file's name speaks of.
_ENDINGS = {
    ".sarif.json": "sarif",
    ".sarif": "sarif",
    ".json": "json",
    ".xml": "junit",
    ".txt": "text",
    ".md": "markdown",
    ".csv": "csv",
    ".svg": "svg",
}


class Output(msgspec.Struct, frozen=True):
    """One format and where it goes; ``path`` is None for standard output."""

    format: str
    path: str | None

    @property
    def screen(self) -> Screen:
        """What text is put for: the terminal at standard output, or a file."""
        return FILE if self.path is not None else screen(sys.stdout)


def parse_outputs(
    values: Sequence[str], formats: Sequence[str] = tuple(FORMATS), beside: Mapping[str, str | None] | None = None
) -> list[Output]:
    """The outputs that the ``-o`` options ask for; text on standard output where there is none.

    Args:
        values: of the options.
        formats: that the command knows.
        beside: by option or argument, the other files of the run, which no output may replace.

    Raises:
        UsageError: an unknown format, two formats for standard output, or two outputs for one file.
        OutputError: a file can't be written there, so that Graph need not be asked.
    """
    outputs = [_output(value, formats) for value in values or _usual()]
    direct = [output.format for output in outputs if output.path is None]
    for name, other in (beside or {}).items():
        if direct and other is not None and files.is_standard_output(other):
            raise UsageError(f"{name} and -o {direct[0]} both go to standard output", advice="Give one of them a file.")
    if len(direct) > 1:
        raise UsageError(
            f"-o {' and -o '.join(direct)} both go to standard output",
            advice=f"Give all but one a file, such as -o {direct[0]}=report.{direct[0]}.",
        )
    _check_files([output.path for output in outputs if output.path is not None], beside or {})
    return outputs


def _usual() -> list[str]:
    """What is shown where nothing is said."""
    return [] if is_quiet() else ["text"]


def _check_files(paths: Sequence[str], beside: Mapping[str, str | None]) -> None:
    """Refuses two outputs for one file, whatever its spellings, and files that can't be written."""
    targets = [os.path.realpath(path) for path in paths if os.path.realpath(path) != os.devnull]
    if len(set(targets)) < len(targets):
        raise UsageError("two -o options name the same file")
    for name, other in beside.items():
        if other is not None and os.path.realpath(other) in targets:
            raise UsageError(f"-o and {name} name the same file", advice="Give each its own file.")
    if paths:
        from checker.documents.whole_files import check_output

        for path in paths:
            check_output(path)


def _output(value: str, formats: Sequence[str]) -> Output:
    """One FORMAT[=PATH]."""
    name, equals, path = value.partition("=")
    if name not in formats:
        advice = _advice(value, formats)
        hint = "" if advice else did_you_mean(name, formats)
        raise UsageError(f"-o takes {', '.join(formats)}, got {name!r}{hint}", advice=advice)
    if equals and not path:
        raise UsageError(f"-o {value}: a path is missing after =")
    return Output(name, None if path == "-" or files.is_standard_output(path) else path or None)


def _advice(value: str, formats: Sequence[str]) -> str:
    """What was meant by a path without a format, or by both in the wrong order; empty for anything else."""
    from shlex import quote

    path, _, name = value.rpartition("=")
    if path and name in formats:
        return f"Did you mean -o {quote(f'{name}={path}')}?"
    base = os.path.basename(value.replace("\\", "/"))
    if "=" in value or ("." not in base and base == value):
        return ""
    meant = next((form for ending, form in _ENDINGS.items() if base.endswith(ending) and form in formats), formats[0])
    return f"Did you mean -o {quote(f'{meant}={value}')}?"


def snapshot_outputs(values: Sequence[str]) -> list[Output]:
    """The outputs of a command that writes a snapshot: FORMAT[=PATH] with json alone, or a path by itself.

    Raises:
        UsageError, OutputError: as ``parse_outputs``.
    """
    known = {*_ENDINGS.values()}
    named = [value if value.partition("=")[0] in known else f"json={value}" for value in values]
    return parse_outputs(named, ("json",)) if named else []


def write_answer(rendered: Sequence[tuple[Output, bytes]], *, private: bool = True) -> None:
    """Writes files first, then standard output.

    Args:
        rendered: each output with its bytes.
        private: the bytes hold data of a tenant, so that only the owner may read the files (mode 0600).

    Raises:
        OutputError: something can't be written.
    """
    to_files = [(one.path, data) for one, data in rendered if one.path is not None]
    if to_files:
        from checker.documents.whole_files import write_all

        write_all(to_files, private=private)
    for one, data in rendered:
        if one.path is None:
            _show(one.format, data)


def _show(form: str, data: bytes) -> None:
    """Writes an answer to standard output: on a terminal with links, and in a pager where it is long."""
    if sys.stdout is None or not sys.stdout.isatty():
        write_standard_output(data)
        return
    from checker.cli.hyperlinks import linked, shows_links
    from checker.cli.pager import page, pager_for

    variables = dict(os.environ)
    pager = pager_for(data, variables, (sys.stdout, sys.stdin)) if may_page() else None
    if form == "text" and shows_links(variables):
        data = linked(data.decode()).encode()
    if pager is None or not page(conceal_document(data), pager, variables):
        write_standard_output(data)


def write_report(outputs: Sequence[Output], rendering: Rendering) -> None:
    """Renders a report in each format and writes it; nothing is written before everything is rendered.

    Raises:
        OutputError: a file can't be written.
    """
    names_files = any(_names_files(one, rendering) for one in outputs)
    whole, warnings = placed(rendering, names_files=names_files)
    rendered = [(one, renderer(one.format)(msgspec.structs.replace(whole, screen=one.screen))) for one in outputs]
    write_answer(rendered)
    if not any(one.format == "text" and one.path is None for one in outputs):
        say_warnings(warnings)


def placed(rendering: Rendering, *, names_files: bool) -> tuple[Rendering, tuple[RunWarning, ...]]:
    """The rendering with the place of each policy file in the checkout.

    Args:
        rendering: without it.
        names_files: whether a result is shown beside such a file, so that the report warns of files that are elsewhere.

    Returns:
        With those warnings, which come second too.
    """
    found = places(list(rendering.sources), rendering.options.get("sarif-location"), present_checkout())
    warnings = found.warnings if names_files else ()
    report = msgspec.structs.replace(rendering.report, warnings=(*rendering.report.warnings, *warnings))
    return msgspec.structs.replace(rendering, report=report, uris=found.uris), warnings


def _names_files(output: Output, rendering: Rendering) -> bool:
    """Whether the format tells CI systems beside which file of the checkout a result is shown."""
    is_gitlab = output.format == "junit" and rendering.options.get("junit-profile") == "gitlab"
    return FORMATS[output.format].names_files or is_gitlab


def say_warnings(warnings: Sequence[RunWarning]) -> None:
    """Shows warnings on standard error, for those who see no report."""
    for warning in warnings:
        note(f"scoregate: {warning.message}")


def write_standard_output(data: bytes) -> None:
    """Writes to standard output; a reader that went away (``| head``) is no error.

    Raises:
        OutputError: standard output is closed, or its device is full.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed", advice="Give every -o a file, such as -o json=report.json.")
    try:
        sys.stdout.flush()
        view = memoryview(conceal_document(data))
        # Straight to the descriptor: with PYTHONUNBUFFERED a short write would go unnoticed.
        while view:
            view = view[os.write(sys.stdout.fileno(), view) :]
    except BrokenPipeError:
        # Whatever Python writes at exit goes nowhere, quietly.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError) as fault:
        reason = files.reason(fault) if isinstance(fault, OSError) else str(fault)
        raise OutputError(f"standard output cannot be written: {reason}") from fault
