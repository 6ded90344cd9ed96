"""A saved error of Graph, or of the sign-in: ``{"error": {"code", "message"}}``. It holds no data."""

import msgspec

from checker.errors import SnapshotError
from checker.snapshot.forms.document import ForeignDocument, text_of
from checker.snapshot.forms.part import ForeignPart


class _Fault(msgspec.Struct):
    """Graph's words for what failed; both may be empty, and of other services absent."""

    code: str | None = None
    message: str | None = None


def parts(document: ForeignDocument) -> list[ForeignPart] | None:
    """Refuses a document that is an error."""
    if not document.has("error"):
        return None
    raise SnapshotError(
        f"is an error of Graph and not its data: {words(document)}",
        place=document.name,
        advice="Read the data again; 'scoregate auth' shows who signs in and with which permissions.",
    )


def words(document: ForeignDocument) -> str:
    """The error's code and message, as far as it has them."""
    raw = (document.members or {}).get("error")
    try:
        fault = msgspec.json.decode(raw or b"null", type=_Fault | None) or _Fault()
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The sign-in's errors are a code and a description.
        fault = _Fault(text_of(raw), text_of((document.members or {}).get("error_description")))
    return ": ".join(text for text in (fault.code, fault.message) if text) or "it gives neither code nor message"
