"""How a secret may be written: as it is, percent-encoded, escaped as formats do, in base64 or hexadecimal.

One pattern covers a mixture of them, such as JSON within a URL. Imports nothing that a run does not have anyway.
"""

import binascii
import re
from collections.abc import Iterator

# Shorter values, and short ones of letters alone or of digits alone, stand in ordinary text: to replace them would
# spoil the output and tell the secret by what is missing.
_SHORTEST = 6
# From this length a value is replaced wherever it stands; a shorter one only as a word of its own.
_ANYWHERE = 12
# The beginning of a long value is enough: what cuts a text may cut a secret in it.
_CUT_FROM = 20
_HEAD = 12
_WHOLE = r"[A-Za-z0-9_.~+/=-]+"
# A backslash only with what it escapes: alone it would be taken from a quotation mark that ends a text in JSON.
_REST = rb"(?:[\w.~+/=%-]|\\+u[0-9a-fA-F]{4}|\\+(?=/)|&#x?[0-9a-fA-F]+;)*"
_NAMED = {
    "&": ("&amp;",),
    "<": ("&lt;",),
    ">": ("&gt;",),
    "'": ("&apos;",),
    " ": ("+",),
    '"': ("&quot;", '""'),  # CSV doubles it
    "%": ("%AZP25",),  # the escape of Azure Pipelines
}


class WrittenForm:
    """One form of a secret.

    Attributes:
        size: how many characters it has.
        probe: bytes that stand in it however it is escaped; where they are missing, so is the form.
    """

    def __init__(self, text: str, *, encoded: bool = False) -> None:
        """Prepares the form; its pattern is compiled when its probe is found.

        Args:
            text: the secret, or the secret in an encoding.
            encoded: it is base64, whose last two digits are ``+/`` or ``-_``.
        """
        self.size = len(text)
        self._text = text
        self._encoded = encoded
        self._pattern: re.Pattern[bytes] | None = None
        runs = re.findall(r"[A-Za-z0-9]+", text[:_HEAD] if len(text) >= _CUT_FROM else text)
        self.probe = max(runs, key=len).encode() if runs else b""

    def replaced(self, data: bytes, mark: bytes) -> bytes:
        """The data with ``mark`` in place of the secret."""
        if self.probe not in data:
            return data
        if self._pattern is None:
            self._pattern = re.compile(self._wanted())
        return self._pattern.sub(mark, data)

    def _wanted(self) -> bytes:
        if len(self._text) < _ANYWHERE or self._text.isdecimal():
            return rb"(?<![A-Za-z0-9])" + self._written(self._text) + rb"(?![A-Za-z0-9])"
        if len(self._text) < _CUT_FROM:
            return self._written(self._text)
        cut = self._written(self._text[:_HEAD]) + _REST
        return cut if re.fullmatch(_WHOLE, self._text) else self._written(self._text) + b"|" + cut

    def _written(self, text: str) -> bytes:
        return b"".join(_written(character, encoded=self._encoded) for character in text)


def forms_of(value: str) -> Iterator[WrittenForm]:
    """The forms to look for, the secret as it is first.

    None where the value is too short or too plain to be told from ordinary text.
    """
    if not is_findable(value):
        return
    yield WrittenForm(value)
    data = value.encode("utf-8", "surrogatepass")
    if len(value) >= _ANYWHERE:
        yield WrittenForm(data.hex())
        yield WrittenForm(data.hex().upper())
    # Within a longer text, as in a header of HTTP, the encoding begins at any of three bits.
    for before in range(3 if len(value) >= _ANYWHERE else 1):
        digits = binascii.b2a_base64(b"\0" * before + data, newline=False).decode()
        # Digits that hold bits of what stands before or after are left out.
        part = digits[(0, 2, 3)[before] : (before + len(data)) * 8 // 6]
        if is_findable(part):
            yield WrittenForm(part, encoded=True)


def is_findable(value: str) -> bool:
    """Whether the value can be told from ordinary text."""
    if len(value) < _SHORTEST:
        return False
    return len(value) >= _ANYWHERE or not (value.isalpha() or value.isdecimal())


def _written(character: str, *, encoded: bool) -> bytes:
    """A pattern of every way in which the character is written."""
    if character.isascii() and character.isalnum():
        return character.encode()
    code = ord(character)
    data: bytes = character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    ways: list[bytes] = [
        # Escaped with backslashes: by JSON, by Markdown, or by one within the other.
        # A backslash by itself takes no other along: the next may escape the quotation mark that ends a text.
        rb"(?:\\\\){1,2}|\\" if character == "\\" else rb"\\*" + re.escape(data),
        b"".join(rb"\\+u%s" % units[place : place + 4].encode() for place in range(0, len(units), 4)),
        rb"\\+U%08x" % code,
        rb"\\+x%02x" % code,
        b"".join(b"%%(?:25)?%02x" % byte for byte in data),
        b"&#0*%d;" % code,
        b"&#x0*%x;" % code,
    ]
    ways += [re.escape(way.encode()) for way in _NAMED.get(character, ())]
    if encoded and character in "+/":
        ways.append(b"-" if character == "+" else b"_")
    # The longest first: a backslash before a character belongs to it. What a CI runner would execute is broken up by a
    # blank, so one may follow.
    ordered = sorted(ways, key=len, reverse=True)
    return b"(?i:" + b"|".join(ordered) + (b") ?" if character in ":#" else b")")
