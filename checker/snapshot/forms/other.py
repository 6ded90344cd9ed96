"""JSON that is no data of Graph's, but known: documents of scoregate, SARIF and recordings of a browser."""

from checker.snapshot.forms.document import ForeignDocument, text_of
from checker.snapshot.forms.part import ForeignPart, not_a_snapshot


def parts(document: ForeignDocument) -> list[ForeignPart] | None:
    """Refuses a document that is known to be something else."""
    what = _what(document)
    if what:
        raise not_a_snapshot(what, document.name)
    return None


def _what(document: ForeignDocument) -> str:
    members = document.members or {}
    kind = text_of(members.get("kind"))
    if kind is not None and kind != "Snapshot":
        return kind
    if document.has("runs", "version"):
        return "SARIF log"
    if document.has("log"):
        return "recording of a browser (HAR)"
    if document.has("requests"):
        return "request to Graph's $batch without its answer"
    return ""
