"""Text from tenants and policies, made harmless for each place where it is shown."""

import re
from functools import lru_cache

from checker.presentation.entities import without_markup, without_markup_of_part
from checker.presentation.links import safe_link

# Patterns stay text: re compiles one when it is first used and keeps it, and most runs use none of these.
# What runners execute anywhere in a line of a log: ``##[group]``, ``##vso[task.complete]``.
_COMMAND = r"##(?=\w*\[)"
# What GitHub's runner executes at the start of a line; once text is wrapped, any word may start one.
_LINE_COMMAND = r"(?<!\S)::+"
# What is the same in code type of Markdown, also in a table.
_CODE = r"[^`|\\\s]+(?: [^`|\\\s]+)*"
# A formula where a cell begins, in the wide forms of its signs too; quotes before it may be dropped.
_FORMULA_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_FORMULA = rf"(^|;)(?=[\s\"']*[{_FORMULA_SIGNS}])"
_ADDRESS = r"<?(https://[^\s<>]*[^\s<>.,;:)!?])>?"
# What a terminal or a runner executes, and what reorders or hides text, as the bytes of UTF-8.
_NOT_FOR_LOGS = (
    rb"\x7f|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]"
    rb"|\xef\xbb\xbf|\xef\xbf[\xb9-\xbc\xbe\xbf]|#(?=#\w*\[)"
)
# What the path of a URI holds unencoded (RFC 3986); everything else is percent-encoded.
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


class Markup(str):
    """Markdown of our own, in which everything from outside is escaped already; plain text gets escaped where shown."""

    __slots__ = ()


def line(text: str) -> str:
    """Text for a terminal or a log, in one line: characters that do not print are shown by their code.

    Escape sequences, bidirectional overrides and line breaks lose their effect; so do the commands that CI runners
    read from logs. The result is fit for XML too, which has no way to write most characters that do not print.
    Source: docs.github.com, workflow commands; the Azure Pipelines agent's logging commands.
    """
    if not text.isprintable():
        text = "".join(_printable(character) for character in text)
    # A blank breaks the tokens, not a character of no width: some comparisons of text skip those.
    if "##" in text:
        text = re.sub(_COMMAND, "## ", text)
    if "::" in text:
        text = re.sub(_LINE_COMMAND, lambda colons: " ".join(colons[0]), text)
    return text


def _printable(character: str) -> str:
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


@lru_cache(1024)  # a policy repeats the same text in many requirements
def markdown(text: str) -> str:
    """Text for Markdown, in one line: whatever could be markup is a numeric entity; the rest reads as it is."""
    # Blanks before it would make code of it.
    return without_markup(line(text).strip())


def markdown_part(text: str) -> str:
    """As ``markdown``, for a text to which others are joined."""
    return without_markup_of_part(line(text))


def linked(text: str) -> Markup:
    """Text whose addresses may become links, for Markdown; see ``links.safe_link`` for which do.

    Args:
        text: of ours, of a policy or of Microsoft; never what somebody wrote in the portal.
    """
    out = []
    end = 0
    for found in re.finditer(_ADDRESS, line(text)):
        address = safe_link(found[1])
        if address is not None:
            out += [without_markup(found.string[end : found.start()]), f"<{address}>"]
            end = found.end()
    return Markup("".join([*out, without_markup(line(text)[end:])]).strip())


def link(label: str, address: str | None) -> Markup:
    """A link of Markdown; the label alone where the address is not safe as one."""
    safe = safe_link(address)
    return Markup(f"[{markdown(label)}]({safe})" if safe is not None else markdown(label))


def code(text: str, title: str | None = None) -> Markup:
    """Text in code type; where backticks would not hold it, in the tag with entities inside.

    Args:
        text: an id, a path.
        title: what it is called, on a line of its own below; text, which is escaped, or ``Markup``.
    """
    text = line(text)
    name = f"`{text}`" if re.fullmatch(_CODE, text) else f"<code>{markdown(text)}</code>"
    return Markup(name if title is None else f"{name}<br>{shown_markdown(title)}")


def shown_markdown(text: str) -> str:
    """``Markup`` as it is, other text escaped."""
    return text if isinstance(text, Markup) else markdown(text)


def xml(text: str) -> str:
    """Text that went through ``line``, for XML: as content or in an attribute."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;").replace('"', "&quot;")


def cell(text: str) -> str:
    """Text for a cell of a CSV file: nothing that a spreadsheet takes for a formula, and line breaks as blanks.

    Where a comma is the decimal mark, spreadsheets divide rows at semicolons, whatever quotes stand around: a formula
    may begin there too. Source: OWASP, "CSV Injection".
    """
    text = line(" ".join(text.split()))
    return text if text[:1].isalnum() and ";" not in text else re.sub(_FORMULA, r"\1'", text)


def json(data: bytes) -> bytes:
    """The same JSON, fit for a log: inside strings, what a terminal or a CI runner would execute becomes an escape."""
    if data.isascii() and b"##" not in data and b"\x7f" not in data:
        return data
    return re.sub(_NOT_FOR_LOGS, lambda match: b"\\u%04x" % ord(match[0].decode()), data)


def uri_path(path: str) -> str:
    """A path as the path of a URI, percent-encoded as UTF-8."""
    if _PLAIN.issuperset(path):
        return path
    return "".join(chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}" for byte in path.encode("utf-8", "replace"))
