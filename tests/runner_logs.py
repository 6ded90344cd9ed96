"""Independent readers of the logs of CI jobs: what GitHub's runner and Azure's agent would execute of them.

Written after actions/runner's ``ActionCommand.cs`` and microsoft/azure-pipelines-agent's ``CommandStringConvertor.cs``.
"""

import re
from dataclasses import dataclass

# What the runner unescapes, in its order.
GITHUB_MESSAGE = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
GITHUB_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
AZURE = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%AZP25", "%"))


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    message: str


def github_commands(log: str) -> list[Command]:
    """Every command of a log, the older form ``##[name]`` too."""
    found = []
    for row in re.split(r"\r\n|\n|\r", log):
        older = re.search(r"##\[(\w[\w-]*)(?: [^\]]*)?\]", row)
        if older is not None:
            found.append(Command(f"##[{older[1]}]", {}, ""))
        text = row.lstrip()
        head, separator, message = text[2:].partition("::")
        if text.startswith("::") and separator:
            name, _, given = head.partition(" ")
            properties = dict(one.strip().split("=", 1) for one in given.split(",") if "=" in one)
            found.append(
                Command(
                    name,
                    {key: unescaped(value, GITHUB_PROPERTY) for key, value in properties.items()},
                    unescaped(message, GITHUB_MESSAGE),
                )
            )
    return found


def azure_commands(log: str) -> list[Command]:
    """Every command of a log, wherever in a line it begins."""
    found = []
    for row in re.split(r"\r\n|\n|\r", log):
        for start in re.finditer(r"##vso\[", row):
            head, separator, message = row[start.end() :].partition("]")
            if separator:
                name, _, given = head.partition(" ")
                properties = dict(one.split("=", 1) for one in given.split(";") if "=" in one)
                known = {key: unescaped(value, AZURE) for key, value in properties.items()}
                found.append(Command(name, known, unescaped(message, AZURE)))
    return found


def unescaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for escape, character in escapes:
        text = text.replace(escape, character)
    return text
