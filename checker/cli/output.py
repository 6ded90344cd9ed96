"""``-o FORMAT[=PATH]``: what is written where, checked before any work, written after all of it."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence

import click
import msgspec

from checker.cli.repository import repository_paths
from checker.documents import files
from checker.documents.suggest import did_you_mean
from checker.errors import OutputError, UsageError
from checker.policy.packs import SHOWN_FOLDER
from checker.renderers import FORMATS, renderer
from checker.renderers.interface import Rendering


class Output(msgspec.Struct, frozen=True):
    """One format and where it goes; ``path`` is None for standard output."""

    format: str
    path: str | None

    @property
    def colour(self) -> bool:
        """Whether it goes to a terminal that shows colours."""
        return self.path is None and colour_wanted()


def parse_outputs(values: Sequence[str], formats: Sequence[str] = tuple(FORMATS)) -> list[Output]:
    """The outputs that the ``-o`` options ask for; text on standard output where there is none.

    Raises:
        UsageError: an unknown format, two formats for standard output, or two for one file.
        OutputError: a folder is missing, so that Graph need not be asked.
    """
    outputs: list[Output] = []
    for value in values or ["text"]:
        name, equals, path = value.partition("=")
        if name not in formats:
            hint = did_you_mean(name, formats)
            raise UsageError(f"-o takes {', '.join(formats)}, got {name!r}{hint}")
        if equals and not path:
            raise UsageError(f"-o {value}: a path is missing after =")
        outputs.append(Output(name, path or None))
    direct = [output.format for output in outputs if output.path in {None, "-"}]
    if len(direct) > 1:
        raise UsageError(
            f"-o {' and -o '.join(direct)} both go to standard output",
            advice=f"Give all but one a file, such as -o {direct[0]}=report.{direct[0]}.",
        )
    targets = [os.path.realpath(output.path) for output in outputs if output.path not in {None, "-"}]
    if len(set(targets)) < len(targets):
        raise UsageError("two -o options name the same file")
    for target in targets:
        _check_folder(target)
    return [Output(output.format, None if output.path == "-" else output.path) for output in outputs]


def _check_folder(target: str) -> None:
    folder = os.path.dirname(target)
    if os.path.isdir(folder) and not os.path.isdir(target):
        return
    reason = "is a directory" if os.path.isdir(target) else "its folder does not exist"
    raise OutputError(
        f"cannot be written: {reason}",
        place=files.shown(os.path.relpath(target)),
        advice="Name a file in a folder that exists and that this user may write.",
    )


def write_answer(rendered: Sequence[tuple[Output, bytes]], *, private: bool = True) -> None:
    """Writes files first, then standard output.

    Args:
        rendered: each output with its bytes.
        private: the bytes hold data of the tenant, so that only the owner may read the files (mode 0600).

    Raises:
        OutputError: something can't be written.
    """
    for one, data in rendered:
        if one.path is not None:
            files.write_whole(one.path, data, private=private)
    for one, data in rendered:
        if one.path is None:
            write_standard_output(data)


def write_report(outputs: Sequence[Output], rendering: Rendering) -> None:
    """Renders a report in each format and writes it; nothing is written before everything is rendered.

    Raises:
        OutputError: a file can't be written.
    """
    location = rendering.options.get("sarif-location")
    whole = msgspec.structs.replace(rendering, uris=repository_paths(list(rendering.sources), location))
    rendered = [(one, renderer(one.format)(msgspec.structs.replace(whole, colour=one.colour))) for one in outputs]
    # Whoever collects the results of a pipeline may be another user.
    write_answer(rendered, private=False)
    if any(one.format == "sarif" for one in outputs):
        _warn_of_packs(rendering.sources)


def _warn_of_packs(names: Iterable[str]) -> None:
    """SARIF needs a file for each result, and a pack's files are in no repository."""
    if any(name.startswith(SHOWN_FOLDER) for name in names):
        click.echo(
            f"scoregate: SARIF places the results of packs in {SHOWN_FOLDER}/, which your repository doesn't hold",
            err=True,
        )


def write_standard_output(data: bytes) -> None:
    """Writes to standard output; a reader that went away (``| head``) is no error.

    Raises:
        OutputError: standard output is closed, or its device is full.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed", advice="Give every -o a file, such as -o json=report.json.")
    try:
        sys.stdout.flush()
        view = memoryview(data)
        # Straight to the descriptor: with PYTHONUNBUFFERED a short write would go unnoticed.
        while view:
            view = view[os.write(sys.stdout.fileno(), view) :]
    except BrokenPipeError:
        # Whatever Python writes at exit goes nowhere, quietly.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError) as fault:
        reason = files.reason(fault) if isinstance(fault, OSError) else str(fault)
        raise OutputError(f"standard output cannot be written: {reason}") from fault


def colour_wanted(environment: Mapping[str, str] | None = None) -> bool:
    """Whether standard output is a terminal that shows colours, and nobody asked for none (https://no-color.org)."""
    variables = os.environ if environment is None else environment
    if variables.get("NO_COLOR") or variables.get("CI") or variables.get("TERM") == "dumb":
        return False
    return sys.stdout is not None and sys.stdout.isatty()
