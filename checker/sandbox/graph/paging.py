"""Pages of a collection, and the server's memory of where each ended.

A `$skiptoken` is an opaque GUID, as the service's is: it means nothing to anybody but the server that gave
it, and is forgotten after a while. So a client can neither resume it later nor make one up.
"""

import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checker.sandbox.errors import GraphError
from checker.sandbox.graph.odata import Options

MOST_CURSORS = 10_000
"""How many skiptokens are remembered; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended, and of what.

    Attributes:
        tenant_id: whose collection it is; a skiptoken of one tenant is none for another.
        collection: the collection's name.
        offset: how many of the wanted items came before.
        options: what the first request asked, since a skiptoken stands for all of it.
    """

    tenant_id: str
    collection: str
    offset: int
    options: Options


class Cursors:
    """The skiptokens given out."""

    def __init__(self) -> None:
        self._cursors: OrderedDict[str, Cursor] = OrderedDict()

    def remember(self, cursor: Cursor) -> str:
        """Give the skiptoken of a cursor."""
        token = str(uuid.uuid4())
        self._cursors[token] = cursor
        if len(self._cursors) > MOST_CURSORS:
            self._cursors.popitem(last=False)
        return token

    def recall(self, token: str, tenant_id: str, collection: str) -> Cursor:
        """Find the cursor of a skiptoken.

        Raises:
            GraphError: 400, when it was never given out, is forgotten, or belongs to something else.
        """
        cursor = self._cursors.get(token)
        if cursor is None or (cursor.tenant_id, cursor.collection) != (tenant_id, collection):
            raise GraphError(400, "BadRequest", "Skip token is not valid or has expired.")
        return cursor


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a collection.

    Attributes:
        items: the wire objects in it.
        count: how many are wanted in all, on every page; None where it wasn't asked for.
        skiptoken: leads to the next page; None on the last.
    """

    items: Sequence[dict[str, Any]]
    count: int | None
    skiptoken: str | None


def cut_page(items: Sequence[dict[str, Any]], cursor: Cursor, cursors: Cursors, *, page_size: int | None) -> Page:
    """Cut the page that a cursor points at.

    Args:
        items: the whole collection, in its order.
        cursor: where the page begins, and what is wanted.
        cursors: remembers where it ends.
        page_size: the most items that the server puts on a page; None for no such limit. `$top` can ask for
            fewer, and there is a next page all the same.
    """
    wanted = [item for item in items if cursor.options.filter is None or cursor.options.filter(item)]
    start = cursor.options.skip + cursor.offset
    sizes = [size for size in (cursor.options.top, page_size) if size is not None]
    length = min(sizes, default=len(wanted))
    token = None
    if start + length < len(wanted):
        token = cursors.remember(Cursor(cursor.tenant_id, cursor.collection, cursor.offset + length, cursor.options))
    return Page(
        items=wanted[start : start + length],
        count=len(wanted) if cursor.options.count else None,
        skiptoken=token,
    )
