"""Forms of Graph's data that people hold besides a snapshot of ours and Graph's own answers: one module a form.

They are tried only where the usual decoding finds neither. Each module's ``parts`` is asked in this order whether a
document has its form; the first that knows it gives the parts, or refuses the document with what it is.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from checker.snapshot.forms.document import ForeignDocument, document_of
from checker.snapshot.forms.part import ForeignPart

if TYPE_CHECKING:
    from checker.documents.files import Buffer

FORMS = {
    "lines": "checker.snapshot.forms.lines",
    "graph-error": "checker.snapshot.forms.graph_error",
    "batch": "checker.snapshot.forms.batch",
    "pair": "checker.snapshot.forms.pair",
    "bare": "checker.snapshot.forms.bare",
    "other": "checker.snapshot.forms.other",
}


class Form(Protocol):
    """What a module of a form holds."""

    def parts(self, document: ForeignDocument) -> list[ForeignPart] | None:
        """What the document holds; None if it doesn't have this form."""


def form(name: str) -> Form:
    """The form called ``name``."""
    return cast("Form", import_module(FORMS[name]))


def parts_of(data: "Buffer", name: str) -> list[ForeignPart] | None:
    """What a document of one of the forms holds; None where it has none of them.

    Raises:
        SnapshotError: it has a form that can't be a snapshot, or one that is damaged.
    """
    document = document_of(data, name)
    for known in FORMS:
        parts = form(known).parts(document)
        if parts is not None:
            return parts
    return None
