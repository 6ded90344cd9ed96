"""The answer of Graph's ``$batch``: ``{"responses": [{"id", "status", "body"}]}``.

Source: learn.microsoft.com/graph/json-batching.
"""

import msgspec

from checker.errors import SnapshotError
from checker.snapshot.decode import decode
from checker.snapshot.forms import bare, graph_error
from checker.snapshot.forms.document import ForeignDocument
from checker.snapshot.forms.part import ForeignPart

_PARTIAL = 206


class _Response(msgspec.Struct):
    """One response; the body of a failed one holds an error."""

    id: str | int | None = None
    status: int = 200
    body: msgspec.Raw = msgspec.Raw(b"null")


def parts(document: ForeignDocument) -> list[ForeignPart] | None:
    """The entries of all responses.

    Raises:
        SnapshotError: a response failed, or isn't of either collection.
    """
    if document.members is None or "responses" not in document.members:
        return None
    path = f"{document.path}.responses"
    responses, _ = decode(bytes(document.members["responses"]), list[_Response], document.name, path)
    return [part for index, one in enumerate(responses) for part in _of_response(document, one, f"{path}[{index}]")]


def _of_response(document: ForeignDocument, response: _Response, path: str) -> list[ForeignPart]:
    body = document.inner(response.body, f"{path}.body")
    title = f"response {response.id}" if response.id is not None else "a response without an id"
    if not 200 <= response.status < 300 or body.has("error"):
        reason = graph_error.words(body) if body.has("error") else "it gives neither code nor message"
        raise SnapshotError(
            f"{title} of the batch failed with status {response.status}: {reason}",
            place=f"{document.name}: {path}",
            advice="Send the batch again: what is missing can't be judged.",
        )
    found = bare.held(body, f"{title} of the batch")
    if response.status != _PARTIAL:
        return found
    return [
        msgspec.structs.replace(part, partial=f"contains a partial answer (206) from Graph: {title}") for part in found
    ]
