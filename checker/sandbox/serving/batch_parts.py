"""One request of a batch as a request of its own, with the token of the batch."""

import re
from urllib.parse import quote, unquote

from starlette.types import Scope

from checker.sandbox.graph.batch import BatchRequest
from checker.sandbox.graph.paths import parse_path
from checker.sandbox.scope import SEND_PART

_FROM_BATCH = frozenset({b"authorization", b"host", b"user-agent", b"client-request-id"})
"""The headers of the batch that its requests have too."""


def part_scope(batch: Scope, part: BatchRequest) -> Scope:
    """Build the ASGI scope of a request in a batch; its headers replace those of the batch, but for the token."""
    path, _, query = _relative_url(batch, part.url).partition("?")
    path = f"/{parse_path(batch['path']).version}/{path.removeprefix('/')}"
    sent = {
        name.encode("latin-1", "replace"): _header_text(value).encode("latin-1", "replace")
        for name, value in part.headers.items()
        if name != "authorization"
    }
    inherited = {name: value for name, value in batch["headers"] if name in _FROM_BATCH}
    scope = {
        **batch,
        "method": part.method,
        "path": unquote(path),
        "raw_path": quote(path, safe="%/:$()',;=@!*+&-._~").encode(),
        # Unlike in an address, spaces may stand in it as they are.
        "query_string": quote(query, safe="%/?:@!$&'()*+,;=-._~").encode(),
        "headers": [*{**inherited, **sent}.items()],
    }
    del scope[SEND_PART]
    return scope


def _relative_url(batch: Scope, url: str) -> str:
    """Give a URL relative to the version; OData allows absolute ones, and Microsoft's Python SDK sends them."""
    host = dict(batch["headers"]).get(b"host", b"").decode("latin-1")
    own = f"{batch['scheme']}://{host}/{parse_path(batch['path']).version}/"
    return url[len(own) - 1 :] if url.lower().startswith(own.lower()) else url


def _header_text(value: str) -> str:
    return re.sub(r"[\r\n\0]", " ", value)
