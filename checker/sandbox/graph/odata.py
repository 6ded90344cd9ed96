"""The OData options of a collection: `$top`, `$skip`, `$skiptoken`, `$filter`, `$count`, `$orderby` and `$select`.

The dollar sign is required on v1.0 and optional on beta. Options that Secure Score doesn't document are refused, except
`$orderby` and `$select`: Microsoft's OpenAPI description has them, and clients send them.
Sources: https://learn.microsoft.com/graph/query-parameters and
https://learn.microsoft.com/graph/api/security-list-securescores
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from checker.sandbox.errors import GraphResponseError
from checker.sandbox.graph.entity_types import EntityType
from checker.sandbox.graph.filters import Predicate, parse_filter
from checker.sandbox.graph.ordering import OrderTerm, parse_order
from checker.sandbox.graph.selection import Selection, parse_select

LARGEST_NUMBER = 2**31 - 1

_KNOWN = (
    "top",
    "skip",
    "skiptoken",
    "filter",
    "count",
    "select",
    "orderby",
    "expand",
    "search",
    "format",
    "apply",
)
_UNSUPPORTED = ("expand", "search", "format", "apply")


@dataclass(frozen=True, slots=True)
class QueryOptions:
    """The options of a request for a collection.

    Attributes:
        top: the most items on a page; None where the service decides.
        skip: how many items to skip at the start.
        skiptoken: an opaque token for where an earlier page ended; None on the first.
        filter: which items match; None for all.
        count: whether to count the items that match.
        order: what to sort by; empty for the service's own order.
        select: which members the items have; None for all.
    """

    top: int | None = None
    skip: int = 0
    skiptoken: str | None = None
    filter: Predicate | None = None
    count: bool = False
    order: tuple[OrderTerm, ...] = ()
    select: Selection | None = None


def parse_options(query: Iterable[tuple[str, str]], entity: EntityType, *, dollar_required: bool) -> QueryOptions:
    """Parse the decoded pairs of a query; parameters that aren't OData's are ignored.

    Raises:
        GraphResponseError: 400, when an option is unknown or unsupported, is given twice, or has an invalid value.
    """
    given: dict[str, str] = {}
    for name, value in query:
        option = _option(name, dollar_required=dollar_required)
        if option is None:
            continue
        if option in given:
            raise _invalid_query_error(f"Query option '${option}' was specified more than once.")
        given[option] = value
    for option in _UNSUPPORTED:
        if option in given:
            raise _invalid_query_error(f"The query option '${option}' is not supported.")
    return QueryOptions(
        top=_number("$top", given["top"], least=1) if "top" in given else None,
        skip=_number("$skip", given["skip"], least=0) if "skip" in given else 0,
        skiptoken=given.get("skiptoken"),
        filter=parse_filter(given["filter"]) if "filter" in given else None,
        count=_boolean("$count", given["count"]) if "count" in given else False,
        order=parse_order(given["orderby"], entity) if "orderby" in given else (),
        select=parse_select(given["select"], entity) if "select" in given else None,
    )


def _option(name: str, *, dollar_required: bool) -> str | None:
    lowered = name.lower()
    if lowered.startswith("$"):
        if lowered[1:] not in _KNOWN:
            raise _invalid_query_error(f"The query parameter '{name[:64]}' is not supported.")
        return lowered[1:]
    return lowered if not dollar_required and lowered in _KNOWN else None


def _number(option: str, text: str, *, least: int) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text) or not least <= int(text) <= LARGEST_NUMBER:
        raise _invalid_query_error(f"Invalid value '{text[:64]}' for {option} query option found.")
    return int(text)


def _boolean(option: str, text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise _invalid_query_error(f"Invalid value '{text[:64]}' for {option} query option found.")
    return text.lower() == "true"


def _invalid_query_error(message: str) -> GraphResponseError:
    return GraphResponseError(400, "BadRequest", message)
