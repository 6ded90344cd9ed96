"""What a shell completes for values that are no choices: files, folders, policies, formats."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Items: TypeAlias = "list[CompletionItem]"  # type: ignore[type-arg, unused-ignore]
Completer: TypeAlias = Callable[[click.Context, click.Parameter, str], Items]


def item(value: str, kind: str = "plain", text: str | None = None) -> "CompletionItem":  # type: ignore[type-arg, unused-ignore]
    """One completion, of click's kinds plain, file and dir, with a text beside it for shells that show one."""
    # Imported here, since no other run needs it.
    from click.shell_completion import CompletionItem

    return CompletionItem(value, type=kind, help=text)


def complete_files(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Files, as the shell itself completes them."""
    del context, parameter
    return [item(incomplete, "file")]


def complete_folders(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Folders, as the shell itself completes them."""
    del context, parameter
    return [item(incomplete, "dir")]


def complete_policies(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """Files, and packs where no file of the working folder begins like that: a shell completes one or the other."""
    from checker.policy import packs

    found = [name for name in (f"{packs.PREFIX}{pack}" for pack in packs.names()) if name.startswith(incomplete)]
    if not found or (incomplete != packs.PREFIX and _has_file(incomplete)):
        return complete_files(context, parameter, incomplete)
    return [item(name) for name in found]


def _has_file(start: str) -> bool:
    try:
        return any(name.startswith(start) and not name.startswith(".") for name in os.listdir())
    except OSError:
        return False


def complete_formats(names: Sequence[str]) -> Completer:
    """The formats of ``-o``, and after = files."""

    def formats(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
        name, equals, path = incomplete.partition("=")
        if equals:
            return complete_files(context, parameter, path) if name in names else []
        return [item(one) for one in names if one.startswith(incomplete)]

    return formats


# By the word that stands for the value in the help.
BY_METAVAR: dict[str, Completer] = {
    "PATH": complete_files,
    "FILE": complete_files,
    "REPORT": complete_files,
    "JOURNAL": complete_files,
    "PLAN": complete_files,
}
