"""Members ↔ the bytes of a ZIP file: stored, sorted, without times, so that equal members give equal bytes.

Nothing is compressed: no two versions of zlib need to write the same, and no small file can become a large one. What is
read is not trusted, and never written to disk.
"""

import io
import re
import struct
import zipfile
from collections.abc import Mapping

import msgspec

from checker.documents import limits
from checker.documents.path import brief
from checker.errors import EvidenceError

_PATH = re.compile(
    r"manifest\.json(\.sig)?|report\.json"
    r"|(snapshot|policy|waivers|base|parameters|lock|baseline)/[0-9]{5}-[A-Za-z0-9._-]{1,60}"
)
# The earliest that a ZIP file can name.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_PRIVATE = 0o100600 << 16
# The end of the central directory without a comment: its mark, four numbers of two bytes, size and place, no comment.
_END = struct.Struct("<4s4H2LH")
_LOCATOR_BYTES = 20
# One entry of the directory, with the longest name.
_ENTRY_BYTES = 46 + 80
_UNREADABLE = (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, OverflowError, struct.error)
_ADVICE = "'scoregate check --evidence FILE' writes evidence."


class Archive(msgspec.Struct, frozen=True):
    """What a ZIP file holds.

    Attributes:
        members: by path.
        is_plain: whether the file is to the byte what ``pack`` makes of the members, and holds nothing else.
    """

    members: Mapping[str, bytes]
    is_plain: bool


def pack(members: Mapping[str, bytes]) -> io.BytesIO:
    """The ZIP file of members by path."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(members):
            info = zipfile.ZipInfo(path, _EPOCH)
            # As on every system.
            info.create_system = _UNIX
            info.external_attr = _PRIVATE
            archive.writestr(info, members[path])
    return packed


def unpack(data: bytes, name: str) -> Archive:
    """The members of a ZIP file.

    Raises:
        EvidenceError: it is no ZIP file, or one that scoregate would not have written: too many members, one that is
            compressed, damaged, there twice, or has a name that no evidence holds.
    """
    _check_end(data, name)
    members: dict[str, bytes] = {}
    left = len(data)
    place = name
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                _check_entry(info, members, name)
                place = f"{name}: {info.filename}"
                left -= info.file_size
                if left < 0:
                    raise EvidenceError("has members that overlap", place=name, advice=_ADVICE)
                members[info.filename] = archive.read(info)
    except _UNREADABLE as fault:
        raise EvidenceError(f"is damaged: {fault}", place=place) from fault
    return Archive(members, pack(members).getbuffer() == data)


def _check_end(data: bytes, name: str) -> None:
    """Refuses what would take much memory to list, before it is listed."""
    size = _END.size
    if len(data) < size or data[-size : 4 - size] != b"PK\5\6":
        text = "is not a ZIP file, is cut short, or has more data after its end"
        raise EvidenceError(text, place=name, advice=_ADVICE)
    _, _, _, _, count, listed, _, comment = _END.unpack(data[-size:])
    many = count > limits.EVIDENCE_MEMBERS or listed > limits.EVIDENCE_MEMBERS * _ENTRY_BYTES
    # Where another directory stands before it (ZIP64), its numbers would count.
    if many or comment or data[-size - _LOCATOR_BYTES : 4 - size - _LOCATOR_BYTES] == b"PK\6\7":
        text = f"lists more than {limits.EVIDENCE_MEMBERS} members, or has a form that evidence never has"
        raise EvidenceError(text, place=name, advice=_ADVICE)


def _check_entry(info: zipfile.ZipInfo, before: Mapping[str, bytes], name: str) -> None:
    shown = brief(repr(info.filename))
    if not _PATH.fullmatch(info.filename):
        raise EvidenceError(f"has a member that evidence never has: {shown}", place=name, advice=_ADVICE)
    if info.filename in before:
        raise EvidenceError(f"has the member {shown} twice", place=name)
    if info.flag_bits & 1:
        raise EvidenceError(f"has the encrypted member {shown}", place=name)
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        text = f"has the compressed member {shown}; scoregate compresses none, so another program packed it"
        raise EvidenceError(text, place=name)
