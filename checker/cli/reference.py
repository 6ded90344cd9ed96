"""The page ``docs/reference/command-line.md``, made of the code: exit codes, options, settings and variables.

``python -m checker.cli.reference FILE`` writes it.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence

import click

from checker import errors
from checker.cli.reference_variables import VARIABLES
from checker.cli.registry import load_commands
from checker.cli.setting_names import FILE_SETTINGS, REFUSED_SETTINGS
from checker.documents.whole_files import write_whole

# In the order of the codes; a code that is missing here cannot be written.
MEANINGS = {
    "EXIT_PASSED": "Done: the gate passed, nothing differs, the commands in question are allowed.",
    "EXIT_FAILED": "The gate failed, something differs (`--exit-code`), or some changes are not in place.",
    "EXIT_CALLER": "Wrong usage or input: an option, a setting, a policy, a waiver, a plan, an output path.",
    "EXIT_NOT_JUDGED": "The tenant could not be judged: sign-in, network, Graph, a snapshot, or incomplete data.",
    "EXIT_INTERRUPTED": "Interrupted.",
}
_HEAD = """# Command line

Written by `make docs` from the code. `scoregate COMMAND --help` shows the same for one command.

## Exit codes

"""
_OPTIONS = """
Messages for people go to standard error.

## Options, variables and settings

An option's value comes from the command line, else from its variable (the first that is set), else from
`scoregate.toml` in the working directory, else it is the default. The variable of a flag takes `1` or `0`. The variable
of an option that may be repeated takes several values separated by blanks.

A pull request can change `scoregate.toml`. So the file may only set how results are shown and which policies are judged
(packs, and files of the working folder). Formats in it go to standard output. Everything else is refused, with its
line: where data comes from, the tenant's labels, the clock, what fails, what is written or sent, sign-in. A key is
the option's name without the hyphens in front. A table such as `[check]` sets an option for one command, and a command
ignores options that only others have. `--no-config` ignores the file. A JSON report lists under `provenance` the
options that decided it and where each came from. Options without a variable belong to a single question, so give
them on the command line.

```toml
verbose = true

[check]
policy = ["policies"]
output = "json"
```

"""
_OTHERS = """
## Other variables

"""


def text() -> str:
    """The page."""
    return (
        f"{_HEAD}{_table(('code', 'means'), _exit_codes())}{_OPTIONS}"
        f"{_table(('option', 'variables', 'in scoregate.toml', 'default', 'commands', 'does'), _options())}{_OTHERS}"
        f"{_table(('variable', 'for'), ((f'`{name}`', use) for name, use in VARIABLES.items()))}"
    )


def _table(columns: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")


def _exit_codes() -> Iterator[tuple[str, ...]]:
    for name in (name for name in vars(errors) if name.startswith("EXIT_")):
        yield str(getattr(errors, name)), MEANINGS[name]


def _options() -> Iterator[tuple[str, ...]]:
    """A row for each option; one that means something else in another command has several."""
    commands: dict[tuple[str, str, str, str, str], list[str]] = {}
    for command, option in _given(load_commands()):
        name = max(option.opts, key=len).removeprefix("--")
        row = (name, _variables(option), _in_file(name), _default(option), option.help or "")
        commands.setdefault(row, []).append(command)
    for (name, variables, in_file, default, does), names in sorted(commands.items()):
        shown = ", ".join(f"`{one}`" for one in names)
        yield f"`--{name}`", variables, in_file, default, shown, does


def _given(commands: Mapping[str, click.Command], above: str = "") -> Iterator[tuple[str, click.Option]]:
    for name, command in sorted(commands.items()):
        if isinstance(command, click.Group):
            yield from _given(command.commands, f"{name} ")
        options = (one for one in command.params if isinstance(one, click.Option))
        # Every command has --help, and no variable sets it.
        yield from ((above + name, option) for option in options if option.name != "help")


def _variables(option: click.Option) -> str:
    named = [option.envvar] if isinstance(option.envvar, str) else option.envvar or []
    return ", ".join(f"`{name}`" for name in named) or "–"


def _in_file(name: str) -> str:
    if name in REFUSED_SETTINGS:
        return "refused"
    return "yes" if name in FILE_SETTINGS else "–"


def _default(option: click.Option) -> str:
    shown = option.show_default and not option.is_flag
    return f"`{option.default}`" if shown else "–"


if __name__ == "__main__":
    write_whole(sys.argv[1], text().encode(), private=False)
