"""Both collections in one object, ``{"secureScore": …, "profiles": …}``: the input of MITRE SAF and Heimdall.

Source: github.com/mitre/heimdall2, libs/hdf-converters, the mapper of Microsoft Secure Score.
"""

from checker.snapshot.forms import bare, graph_error
from checker.snapshot.forms.document import ForeignDocument
from checker.snapshot.forms.part import ForeignPart


def parts(document: ForeignDocument) -> list[ForeignPart] | None:
    """The entries of both members; each is an answer of Graph, a list or one entry."""
    if document.members is None or not document.has("secureScore", "profiles"):
        return None
    found = []
    for member in ("secureScore", "profiles"):
        inner = document.inner(document.members[member], f"{document.path}.{member}")
        graph_error.parts(inner)
        found.extend(bare.held(inner, f"the member {member}"))
    return found
