"""Pages of a collection, and the cursors that say where each ended.

A `$skiptoken` is an opaque GUID, like the service's: it means nothing outside the server that issued it, and it
expires after a while. So clients can neither store one for later nor make one up.
"""

import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.graph.odata import QueryOptions
from checker.sandbox.graph.ordering import sorted_items

MOST_CURSORS = 10_000
"""How many skiptokens are valid at once; the oldest expire first."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended, and in which collection.

    Attributes:
        tenant_id: the tenant of the collection; a skiptoken of one tenant is not valid in another.
        collection: the collection's name.
        offset: how many of the matching items come before.
        options: the options of the first request, which apply to all of its pages.
    """

    tenant_id: str
    collection: str
    offset: int
    options: QueryOptions


class Cursors:
    """The cursors of all valid skiptokens."""

    def __init__(self) -> None:
        self._cursors: OrderedDict[str, Cursor] = OrderedDict()

    def add(self, cursor: Cursor) -> str:
        """Store a cursor, and issue a skiptoken for it."""
        token = str(uuid.uuid4())
        self._cursors[token] = cursor
        if len(self._cursors) > MOST_CURSORS:
            self._cursors.popitem(last=False)
        return token

    def find(self, token: str, tenant_id: str, collection: str) -> Cursor:
        """Find the cursor of a skiptoken.

        Raises:
            GraphResponseError: 400, when the skiptoken was never issued, has expired, or belongs to another collection.
        """
        cursor = self._cursors.get(token)
        if cursor is None or (cursor.tenant_id, cursor.collection) != (tenant_id, collection):
            raise GraphResponseError(400, "BadRequest", "Skip token is not valid or has expired.")
        return cursor


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a collection.

    Attributes:
        items: the objects in it, as Graph sends them, with the selected members.
        count: how many items match on all pages together; None where the request didn't ask.
        skiptoken: the skiptoken of the next page; None on the last.
    """

    items: Sequence[dict[str, Any]]
    count: int | None
    skiptoken: str | None


def page_at(items: Sequence[dict[str, Any]], cursor: Cursor, cursors: Cursors, *, page_size: int | None) -> Page:
    """Build the page at a cursor.

    Args:
        items: the whole collection, in order.
        cursor: where the page begins, and the options.
        cursors: stores where the page ends.
        page_size: the most items that the server puts on a page; None for no limit. `$top` can ask for fewer, and
            the next page follows all the same.
    """
    matching = matching_items(items, cursor.options)
    start = cursor.options.skip + cursor.offset
    sizes = [size for size in (cursor.options.top, page_size) if size is not None]
    length = min(sizes, default=len(matching))
    token = None
    if start + length < len(matching):
        token = cursors.add(Cursor(cursor.tenant_id, cursor.collection, cursor.offset + length, cursor.options))
    ordered = sorted_items(matching, cursor.options.order)[start : start + length]
    select = cursor.options.select
    return Page(
        items=ordered if select is None else [select.trimmed(item) for item in ordered],
        count=len(matching) if cursor.options.count else None,
        skiptoken=token,
    )


def matching_items(items: Sequence[dict[str, Any]], options: QueryOptions) -> list[dict[str, Any]]:
    """Give the items that the filter lets through, on all pages together."""
    return [item for item in items if options.filter is None or options.filter(item)]
