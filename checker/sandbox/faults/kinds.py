"""The kinds of fault: what can go wrong with a request.

`Status` and `HtmlPage` replace the service's response, and the service does nothing. With every other kind the service
does what it was asked, and only the response suffers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Status:
    """An error in the service's form instead of the response; the service does nothing.

    Attributes:
        status: the HTTP status, 400 to 599.
        retry_after: the Retry-After header: seconds, or a date as text; None sends none.
        headers: further headers, such as a claims challenge.
    """

    status: int
    retry_after: int | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Partial:
    """The response with status 206, as when a provider behind Graph failed.

    Attributes:
        warning: the Warning header; it can list several providers.
        empty: whether the response comes without its items.
    """

    warning: str = '199 - "Microsoft/SecureScore/504/10000"'
    empty: bool = False


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page of a proxy or a gateway instead of the response; the service does nothing."""

    status: int = 200


@dataclass(frozen=True, slots=True)
class TruncatedJson:
    """The first half of the response, sent as if it were the whole."""


@dataclass(frozen=True, slots=True)
class ForeignNextLink:
    """The response with an @odata.nextLink that points to another host."""

    host: str = "graph.attacker.example"


@dataclass(frozen=True, slots=True)
class NextLinkLoop:
    """The response with an @odata.nextLink that points to itself."""


@dataclass(frozen=True, slots=True)
class HugeBody:
    """A well-formed response of a given size, without any item."""

    mebibytes: int


@dataclass(frozen=True, slots=True)
class DroppedConnection:
    """Half of the response, then a closed connection; of a response without a body, nothing arrives."""


@dataclass(frozen=True, slots=True)
class LostResponse:
    """The service acts, and the connection is closed before any of the response is sent."""


@dataclass(frozen=True, slots=True)
class Delay:
    """The service acts at once and responds some seconds later, when most clients have given up."""

    seconds: float


Fault = (
    Status
    | Partial
    | HtmlPage
    | TruncatedJson
    | ForeignNextLink
    | NextLinkLoop
    | HugeBody
    | DroppedConnection
    | LostResponse
    | Delay
)


class ConnectionDroppedError(ConnectionError):
    """The response breaks off or is lost: raised so that the server closes the connection."""
