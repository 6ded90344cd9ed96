"""Commands that CI runners read from a log, in which nothing from outside can be a command of its own.

Sources: actions/toolkit, ``core/src/command.ts``; microsoft/azure-pipelines-task-lib, ``taskcommand.ts``, and what
microsoft/azure-pipelines-agent makes of it.
"""

from collections.abc import Mapping

from checker.presentation.escape import line

# The sign that escapes comes first, so that nothing is escaped twice. Text in one line has no line breaks to escape.
_GITHUB_MESSAGE = (("%", "%25"),)
_GITHUB_PROPERTY = (*_GITHUB_MESSAGE, (":", "%3A"), (",", "%2C"))
# The agent unescapes more of a message than Microsoft's own library does; both agree on this.
_AZURE_MESSAGE = (("%", "%AZP25"),)
_AZURE_PROPERTY = (*_AZURE_MESSAGE, (";", "%3B"), ("]", "%5D"))


def github_command(name: str, message: str, properties: Mapping[str, str]) -> str:
    """``::error file=policy.yaml,line=4::text``.

    Args:
        name: of the command.
        message: text from anywhere.
        properties: text from anywhere by name; those that are empty are left out.
    """
    given = ",".join(f"{key}={_escaped(value, _GITHUB_PROPERTY)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if given else ''}{given}::{_escaped(message, _GITHUB_MESSAGE)}"


def azure_command(name: str, message: str, properties: Mapping[str, str]) -> str:
    """``##vso[task.logissue type=error;linenumber=4;]text``.

    Args:
        name: of the command, with its area.
        message: text from anywhere.
        properties: text from anywhere by name; those that are empty are left out.
    """
    given = "".join(f"{key}={_escaped(value, _AZURE_PROPERTY)};" for key, value in properties.items() if value)
    return f"##vso[{name}{' ' if given else ''}{given}]{_escaped(message, _AZURE_MESSAGE)}"


def _escaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    text = line(text)
    for character, escape in escapes:
        text = text.replace(character, escape)
    return text
