"""``scoregate completion``: prints what a shell needs to complete commands, options and values."""

import click

from checker.cli.completion import SHELLS, script
from checker.cli.output import write_standard_output
from checker.errors import EXIT_PASSED


@click.command(short_help="Print the script that lets a shell complete scoregate's commands.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> int:
    """Print the script that lets SHELL complete commands, options, choices, packs and files.

    \b
    Examples:
      eval "$(scoregate completion bash)"
      scoregate completion zsh > ~/.zfunc/_scoregate
      scoregate completion fish > ~/.config/fish/completions/scoregate.fish

    Put the first line into ~/.bashrc; it needs bash 4.4 or newer. The folder ~/.zfunc must be in zsh's fpath
    before compinit runs.
    """
    write_standard_output(script(shell, click.get_current_context().find_root().command).encode())
    return EXIT_PASSED
