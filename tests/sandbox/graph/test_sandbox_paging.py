from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.graph import paging
from checker.sandbox.graph.odata import QueryOptions
from checker.sandbox.graph.paging import Cursor, Cursors, page_at


def items_of(count: int) -> list[dict[str, Any]]:
    return [{"id": str(number), "even": number % 2 == 0} for number in range(count)]


@given(
    count=st.integers(0, 60),
    top=st.none() | st.integers(1, 70),
    skip=st.integers(0, 70),
    page_size=st.none() | st.integers(1, 70),
    only_even=st.booleans(),
)
def test_pages_cover_every_wanted_item_once(
    count: int, top: int | None, skip: int, page_size: int | None, only_even: bool
) -> None:
    items, cursors = items_of(count), Cursors()
    options = QueryOptions(top=top, skip=skip, count=True, filter=(lambda item: item["even"]) if only_even else None)
    wanted = [item for item in items if item["even"] or not only_even]
    seen: list[dict[str, Any]] = []
    cursor = Cursor("tenant", "things", 0, options)
    while True:
        page = page_at(items, cursor, cursors, page_size=page_size)
        assert page.count == len(wanted)
        assert len(page.items) <= min(top or 100, page_size or 100)
        seen += page.items
        if page.skiptoken is None:
            break
        assert page.items
        cursor = cursors.find(page.skiptoken, "tenant", "things")
    assert seen == wanted[skip:]


def test_a_skiptoken_belongs_to_its_tenant_and_collection() -> None:
    cursors = Cursors()
    token = cursors.add(Cursor("tenant", "things", 1, QueryOptions()))
    assert cursors.find(token, "tenant", "things").offset == 1
    for tenant, collection, given_token in (
        ("other", "things", token),
        ("tenant", "others", token),
        ("tenant", "things", "made-up"),
    ):
        with pytest.raises(GraphResponseError):
            cursors.find(given_token, tenant, collection)


def test_old_skiptokens_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_CURSORS", 2)
    cursors = Cursors()
    tokens = [cursors.add(Cursor("tenant", "things", number, QueryOptions())) for number in range(3)]
    with pytest.raises(GraphResponseError):
        cursors.find(tokens[0], "tenant", "things")
    assert cursors.find(tokens[2], "tenant", "things").offset == 2
