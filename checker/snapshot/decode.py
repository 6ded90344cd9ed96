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

_CUT = "If ConvertTo-Json of PowerShell wrote it, write it again with -Depth 10: its default cuts what lies deeper."
_NO_ID = "Read the profiles again from v1.0 of Graph: only its profiles have the id that controls are known by."
_ONE_VALUE = "A file contains one JSON value: put each answer into its own file, and name all with --snapshot."
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


def decode(data: "Buffer", kind: type[T], name: str, path: str = "$") -> tuple[T, tuple[SnapshotWarning, ...]]:
    """The record of class ``kind`` that ``data`` holds, with warnings about repairs.

    Args:
        data: JSON in UTF-8 without a byte order mark.
        kind: of the record.
        name: of the file.
        path: where the data is in the file, a JSON path.

    Raises:
        SnapshotError: it is not JSON, or a member has the wrong type; the place is ``name: JSON path``.
    """
    try:
        return msgspec.json.decode(data, type=kind), ()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _tolerant(data, kind, name, path)


def convert(value: object, kind: type[T], name: str, path: str) -> T:
    """The record of class ``kind`` in a JSON value that is decoded already; as tolerant as ``decode``, and as strict.

    Raises:
        SnapshotError: a member is missing or has the wrong type.
    """
    try:
        record = msgspec.convert(value, type=kind, strict=False)
    except msgspec.ValidationError as fault:
        raise _wrong_member(str(fault), name, path) from fault
    _refuse_infinite(record, path, name)
    return record


def _tolerant(data: "Buffer", kind: type[T], name: str, path: str) -> tuple[T, tuple[SnapshotWarning, ...]]:
    repaired = without_lone_surrogates(data)
    warnings: tuple[SnapshotWarning, ...] = ()
    if repaired is not data:
        message = f"{name} contains lone surrogates, which are not valid characters; they were replaced by U+FFFD."
        warnings = (SnapshotWarning("mended-text", message),)
    try:
        record = msgspec.json.decode(repaired, type=kind, strict=False)
    except msgspec.ValidationError as fault:
        raise _wrong_member(str(fault), name, path) from fault
    except msgspec.DecodeError as fault:
        raise _not_json(data, str(fault), name, path) from fault
    except RecursionError as fault:
        raise SnapshotError("is nested too deeply to be an answer of Graph", place=_place(name, path)) from fault
    _refuse_infinite(record, path, name)
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


def _place(name: str, path: str) -> str:
    return name if path == "$" else f"{name}: {path.removesuffix(': $')}"


def _wrong_member(fault: str, name: str, root: str) -> SnapshotError:
    """Msgspec's ``Expected `float`, got `array` - at `$.a[0].b``` as an error with a place."""
    expected, _, path = fault.partition(" - at `")
    place = f"{name}: {root}{path.rstrip('`').removeprefix('$')}" if path else _place(name, root)
    return SnapshotError(expected[:1].lower() + expected[1:].replace("`", ""), place=place, advice=_advice_on(expected))


def _advice_on(fault: str) -> str:
    """What to do about a member that is missing or has the wrong type, where one cause is known."""
    if fault.startswith(("Expected `array", "Expected `object")) and fault.endswith("got `str`"):
        return _CUT
    return _NO_ID if fault == "Object missing required field `id`" else ""


def _not_json(data: "Buffer", fault: str, name: str, path: str) -> SnapshotError:
    start = data[:200].lstrip().lower()
    advice = ""
    if not start:
        message = "is empty; expected JSON"
    elif start.startswith(b"<"):
        message = "is HTML or XML, not JSON: perhaps a saved page of a proxy or of a sign-in"
    elif start.startswith(b"apiversion:"):
        message = "is YAML, not JSON: perhaps a policy"
    elif "truncated" in fault:
        message = "is JSON that ends in the middle: the file was cut short"
    else:
        message = f"is not valid JSON: {fault.replace('JSON is malformed: ', '')}"
        advice = _ONE_VALUE if "trailing characters" in fault else ""
    return SnapshotError(message, place=_place(name, path), advice=advice)


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
