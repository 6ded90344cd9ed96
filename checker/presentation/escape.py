"""What tenants and policies say, made harmless for each place where it is shown."""

import re
from functools import lru_cache

# Patterns stay text: re compiles one when it is first used and keeps it, and most runs use none of these.
# What runners execute wherever it stands in a line of a log: ``##[group]``, ``##vso[task.complete]``.
_COMMAND = r"##(?=\w*\[)"
# What GitHub's runner executes at the start of a line, and whoever wraps lines may begin one with any word.
_LINE_COMMAND = r"(?<!\S)::+"
# Each ASCII punctuation mark as the numeric entity that is only itself.
_ENTITIES = {code: f"&#{code};" for code in range(0x21, 0x7F) if not chr(code).isalnum()}
# What a terminal or a runner obeys, and what turns or hides text, as the bytes of UTF-8.
_NOT_FOR_LOGS = (
    rb"\x7f|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]"
    rb"|\xef\xbb\xbf|\xef\xbf[\xb9-\xbc\xbe\xbf]|#(?=#\w*\[)"
)
# What stands for itself in a URI's path (RFC 3986); everything else is percent-encoded.
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def line(text: str) -> str:
    """Text for a terminal or a log, in one line: whatever does not print is shown by its code.

    What comes out may stand in XML too, which lacks a place for most of what does not print.
    Escape sequences, bidirectional overrides and line breaks lose their power; so do the commands that CI runners
    read out of logs. Source: docs.github.com, workflow commands; the Azure Pipelines agent's logging commands.
    """
    if not text.isprintable():
        text = "".join(_shown(character) for character in text)
    # A blank breaks the tokens, not a character of no width: some comparisons of text skip those.
    if "##" in text:
        text = re.sub(_COMMAND, "## ", text)
    if "::" in text:
        text = re.sub(_LINE_COMMAND, lambda colons: " ".join(colons[0]), text)
    return text


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if character in "\t\n\r\u00a0\u202f\u2009\u2003\u2002\u3000":
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def sarif(text: str) -> str:
    """Text for ``message.text``: brackets and backslashes escaped, so that it holds no link (SARIF 2.1.0, 3.11.6)."""
    text = line(text)
    if "\\" in text or "[" in text or "]" in text:
        text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return text


@lru_cache(1024)  # a policy says the same of many requirements
def markdown(text: str) -> str:
    """Text for Markdown, in one line: every ASCII punctuation mark is a numeric entity, so that nothing is markup."""
    return line(text).translate(_ENTITIES)


def cell(text: str) -> str:
    """Text for a cell of a table: nothing that a spreadsheet takes for a formula, and line breaks as blanks.

    Source: OWASP, "CSV Injection".
    """
    text = line(" ".join(text.split()))
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def json(data: bytes) -> bytes:
    """The same JSON, fit for a log: inside its strings, what a terminal or a CI runner would obey becomes an escape."""
    if data.isascii() and b"##" not in data and b"\x7f" not in data:
        return data
    return re.sub(_NOT_FOR_LOGS, lambda found: b"\\u%04x" % ord(found[0].decode()), data)


def uri_path(path: str) -> str:
    """A path as the path of a URI, percent-encoded as UTF-8."""
    if _PLAIN.issuperset(path):
        return path
    return "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}" for byte in path.encode("utf-8", "replace"))
