"""``scoregate completion``: prints what a shell needs to complete commands, options and values."""

import click

from checker.cli.completion import SHELLS, script
from checker.cli.output import write_standard_output
from checker.errors import EXIT_PASSED


@click.command(short_help="Print the script with which a shell completes scoregate's words.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> int:
    """Print the script with which SHELL completes commands, options, choices, packs and files.

    \b
    Examples:
      eval "$(scoregate completion bash)"
      scoregate completion zsh > ~/.zfunc/_scoregate
      scoregate completion fish > ~/.config/fish/completions/scoregate.fish

    The first line belongs into ~/.bashrc, and needs bash 4.4 or newer. The folder ~/.zfunc has to be in zsh's fpath
    before compinit runs.
    """
    write_standard_output(script(shell, click.get_current_context().find_root().command).encode())
    return EXIT_PASSED
