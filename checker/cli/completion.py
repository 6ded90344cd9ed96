"""Completion in a shell: click's, with a script for bash that knows that ``:`` and ``=`` are parts of our words."""

import os

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

from checker.cli.setting_names import COMPLETE_VARIABLE

SHELLS = ("bash", "zsh", "fish")
# Bash breaks words at : and =, so it replaces only what stands behind the last of them: its second argument. The whole
# line says what stands before.
_SCRIPT = """\
%(complete_func)s() {
    local IFS=$'\\n'
    local type value

    while IFS=',' read -r type value; do
        case $type in
            dir) COMPREPLY=(); compopt -o dirnames ;;
            file) COMPREPLY=(); compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(env COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORD="$2" %(complete_var)s=bash_complete "$1" 2>/dev/null)
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class BashCompletion(BashComplete):
    """Bash 4.4 or newer."""

    source_template = _SCRIPT

    def source(self) -> str:
        """The script; click would run bash to look at its version first."""
        return ShellComplete.source(self)

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor's, and that one up to the cursor."""
        line = os.environ.get("COMP_LINE", "")
        words = split_arg_string(line)[1:]
        if not words or (line[-1:].isspace() and not line.endswith("\\ ")):
            return words, ""
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:  # type: ignore[type-arg, unused-ignore]
        """The type and the part of the value that bash puts in the place of its word."""
        _, whole = self.get_completion_args()
        kept = whole.removesuffix(os.environ.get("COMP_WORD", ""))
        kept = kept.partition("=")[2] if kept.startswith("-") else kept
        return f"{item.type},{item.value.removeprefix(kept)}"


def use_completion() -> None:
    """Makes click complete for bash as above; the others as click does."""
    add_completion_class(BashCompletion)


def script(shell: str, command: click.Command) -> str:
    """The script that a shell reads, one of ``SHELLS``, for the whole command line."""
    use_completion()
    kind = get_completion_class(shell)
    assert kind is not None
    return kind(command, {}, "scoregate", COMPLETE_VARIABLE).source()
