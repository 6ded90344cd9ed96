"""Bytes of a file → UTF-8 without a byte order mark.

PowerShell 5.1 writes UTF-16 with ``>`` and UTF-8 with a byte order mark with ``-Encoding utf8``. UTF-16 without a mark
is certain too: JSON begins with an ASCII character, so one of the first two bytes is NUL (RFC 4627, section 3).
"""

import codecs
from typing import TYPE_CHECKING

from checker.documents import limits
from checker.errors import SnapshotError

if TYPE_CHECKING:
    from checker.documents.files import Buffer

_ADVICE = "Save it as UTF-8: in PowerShell, '… | Out-File -Encoding utf8 FILE'."
# Small, so that few are not plain ASCII.
_CHUNK = 16 * 1024
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def as_utf8(data: "Buffer", name: str) -> "Buffer":
    """The text in UTF-8; the same object where it is that already.

    Raises:
        SnapshotError: it is neither UTF-8 nor UTF-16; the message gives the place of the first wrong byte.
    """
    start = data[:4]
    if start in _UTF_32:
        raise SnapshotError("is UTF-32 text", place=name, advice=_ADVICE)
    codec = _utf_16(start)
    if codec:
        return _from_utf_16(data, codec, name)
    if start[:3] == codecs.BOM_UTF8:
        data = data[3:]
    _check_utf_8(data, name)
    return data


def _utf_16(start: bytes) -> str:
    """The codec of UTF-16 text; empty if it isn't."""
    if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return "utf-16"
    if len(start) == 4 and (start[0] == 0) != (start[1] == 0):
        return "utf-16-le" if start[1] == 0 else "utf-16-be"
    return ""


def _from_utf_16(data: "Buffer", codec: str, name: str) -> bytes:
    try:
        text = str(data, codec)
    except UnicodeDecodeError as fault:
        raise SnapshotError(f"is damaged UTF-16 text (byte {fault.start})", place=name, advice=_ADVICE) from fault
    result = text.encode()
    if len(result) > limits.SNAPSHOT_FILE_BYTES:
        most = limits.SNAPSHOT_FILE_BYTES // limits.MEBIBYTE
        raise SnapshotError(f"is larger than {most} MiB as UTF-8, the limit", place=name)
    return result


def _check_utf_8(data: "Buffer", name: str) -> None:
    """Refuses bytes that are not UTF-8, also in members that nobody decodes. Most of Graph's text is ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, held = len(data), 0
    for begin in range(0, size, _CHUNK):
        chunk = data[begin : begin + _CHUNK]
        if not held and chunk.isascii():
            continue
        try:
            decoder.decode(chunk, begin + _CHUNK >= size)
        except UnicodeDecodeError as fault:
            raise _not_utf_8(data, begin - held + fault.start, name) from fault
        held = len(decoder.getstate()[0])


def _not_utf_8(data: "Buffer", at: int, name: str) -> SnapshotError:
    line = data[:at].count(b"\n") + 1
    return SnapshotError(
        f"is neither UTF-8 nor UTF-16 text: byte {at} (line {line}) is 0x{data[at]:02x}", place=name, advice=_ADVICE
    )
