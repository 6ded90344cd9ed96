"""Graph's JSON → records: a strict pass, and a tolerant one for what some tenants send.

The strict pass decodes only the members of ``model.py``, so large well-formed answers take only the parser's time. If
it fails, the tolerant pass replaces lone surrogates (JSON can escape them, UTF-8 cannot encode them) and accepts
numbers that were sent as text; anything else is refused with its JSON path.
"""

import math
import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

from checker.errors import SnapshotError
from checker.snapshot.model import SecureScore, SecureScoreControlProfile, SnapshotWarning

if TYPE_CHECKING:
    from checker.documents.files import Buffer

T = TypeVar("T")

# Versions of msgspec raise different errors for it.
_NOT_UTF_8 = "is not UTF-8 text"
_BOM = b"\xef\xbb\xbf"
# A complete JSON escape: a pair of surrogates, a single \uXXXX, or a backslash with one more character.
# Patterns stay uncompiled: re compiles and caches one on first use, and most runs use none of these.
_ESCAPE = rb"(?s)\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)"
_LONE = rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}\Z"


class Content(msgspec.Struct, frozen=True, rename="camel"):
    """Everything that a snapshot file may hold: scoregate's own head and lists, or a raw answer of Graph.

    Attributes:
        value: the entries of a raw answer; ``context`` or their members show which collection they are of.
        next_link: present if Graph had more pages than the file holds.
    """

    api_version: str | None = None
    kind: str | None = None
    tenant: str | None = None
    partial: list[str] | None = None
    warnings: list[SnapshotWarning] | None = None
    secure_scores: list[SecureScore] | None = None
    control_profiles: list[SecureScoreControlProfile] | None = None
    value: list[msgspec.Raw] | None = None
    context: str | None = msgspec.field(default=None, name="@odata.context")
    next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")


def decode(data: "Buffer", kind: type[T], name: str) -> tuple[T, tuple[SnapshotWarning, ...]]:
    """The record of class ``kind`` that ``data`` holds, with warnings about repairs.

    Raises:
        SnapshotError: it is not JSON, or a member has the wrong type; the place is ``name: JSON path``.
    """
    if data[:3] == _BOM:
        data = data[3:]
    try:
        return msgspec.json.decode(data, type=kind), ()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _tolerant(data, kind, name)


def _tolerant(data: "Buffer", kind: type[T], name: str) -> tuple[T, tuple[SnapshotWarning, ...]]:
    repaired = without_lone_surrogates(data)
    warnings: tuple[SnapshotWarning, ...] = ()
    if repaired is not data:
        message = f"{name} contains lone surrogates, which are not valid characters; they were replaced by U+FFFD."
        warnings = (SnapshotWarning("mended-text", message),)
    try:
        record = msgspec.json.decode(repaired, type=kind, strict=False)
    except msgspec.ValidationError as fault:
        raise _wrong_member(str(fault), name) from fault
    except msgspec.DecodeError as fault:
        raise SnapshotError(_not_json(data, str(fault)), place=name) from fault
    except UnicodeDecodeError as fault:
        raise SnapshotError(_NOT_UTF_8, place=name) from fault
    except RecursionError as fault:
        raise SnapshotError("is nested too deeply to be an answer of Graph", place=name) from fault
    _refuse_infinite(record, "$", name)
    return record, warnings


def without_lone_surrogates(data: "Buffer") -> "Buffer":
    """The JSON text with each lone surrogate's escape replaced by that of U+FFFD; the same object if there is none."""
    found = False

    def replacement(match: re.Match[bytes]) -> bytes:
        nonlocal found
        if re.match(_LONE, match[0]):
            found = True
            return b"\\ufffd"
        return match[0]

    result = re.sub(_ESCAPE, replacement, data)
    return result if found else data


def _wrong_member(fault: str, name: str) -> SnapshotError:
    """Msgspec's ``Expected `float`, got `array` - at `$.a[0].b``` as an error with a place."""
    expected, _, path = fault.partition(" - at `")
    place = f"{name}: {path.rstrip('`')}" if path else name
    return SnapshotError(expected[:1].lower() + expected[1:].replace("`", ""), place=place)


def _not_json(data: "Buffer", fault: str) -> str:
    start = data[:200].lstrip().lower()
    if not start:
        return "is empty; expected JSON"
    if start.startswith(b"<"):
        return "is HTML or XML, not JSON: perhaps a saved page of a proxy or of a sign-in"
    if "UTF-8" in fault:
        return _NOT_UTF_8
    if "truncated" in fault:
        return "is JSON that ends in the middle: the file was cut short"
    return f"is not valid JSON: {fault.replace('JSON is malformed: ', '')}"


def _refuse_infinite(record: object, path: str, name: str) -> None:
    """Numbers sent as text may be ``nan`` or ``inf``, which no gate may compare with."""
    if isinstance(record, float):
        if not math.isfinite(record):
            raise SnapshotError("expected a finite number", place=f"{name}: {path}")
    elif isinstance(record, list):
        for index, item in enumerate(record):
            _refuse_infinite(item, f"{path}[{index}]", name)
    elif isinstance(record, msgspec.Struct):
        for field in msgspec.structs.fields(type(record)):
            _refuse_infinite(getattr(record, field.name), f"{path}.{field.encode_name}", name)
