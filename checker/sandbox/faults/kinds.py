"""Faults on demand: what can go wrong with a request, and the queue of what shall.

Each fault is a value; `disturb.py` makes it happen. Faults come from a test in the same process
(`sandbox.faults.add(...)`) or over HTTP (`POST /_sandbox/faults`). `Status` and `HtmlPage` answer in the place of the
service, which does nothing then; all others concern the answer alone, and come when the service has acted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_PENDING = 1000
MOST_TIMES = 1_000_000
LARGEST_BODY_MEBIBYTES = 4096
LONGEST_DELAY_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Status:
    """An error in the service's form instead of the answer; the service does nothing.

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
    """The answer with status 206, since a provider behind Graph failed.

    Attributes:
        warning: the Warning header; it can list several providers.
        empty: whether the answer comes without its items.
    """

    warning: str = '199 - "Microsoft/SecureScore/504/10000"'
    empty: bool = False


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page of a proxy or a gateway instead of the answer; the service does nothing."""

    status: int = 200


@dataclass(frozen=True, slots=True)
class TruncatedJson:
    """The answer's first half, properly delivered."""


@dataclass(frozen=True, slots=True)
class ForeignNextLink:
    """The answer with an @odata.nextLink that leads to another host."""

    host: str = "graph.attacker.example"


@dataclass(frozen=True, slots=True)
class NextLinkLoop:
    """The answer with an @odata.nextLink that leads to itself."""


@dataclass(frozen=True, slots=True)
class HugeBody:
    """A well-formed answer of a given size without any item."""

    mebibytes: int


@dataclass(frozen=True, slots=True)
class DroppedConnection:
    """The answer's first half, then the connection is closed; of an answer without a body, nothing arrives."""


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """The service acts, and the connection is closed before anything of its answer."""


@dataclass(frozen=True, slots=True)
class Delay:
    """The service acts at once, and answers some seconds later: to most clients an answer that got lost."""

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
    | LostAnswer
    | Delay
)


class ConnectionDropped(ConnectionError):  # noqa: N818 - named for what happens
    """Raised where an answer breaks off or gets lost, so that a server closes the connection."""


@dataclass(slots=True)
class _Pending:
    path: str
    fault: Fault
    times: int
    tenant: str | None
    method: str | None

    def concerns(self, path: str, method: str, tenant: str | None) -> bool:
        if self.path.endswith("*"):
            if not path.startswith(self.path[:-1]):
                return False
        elif path != self.path:
            return False
        return self.tenant in {None, tenant} and self.method in {None, method}


class Faults:
    """The queue of faults; each request takes the first that concerns it."""

    def __init__(self) -> None:
        self._pending: list[_Pending] = []

    def add(
        self, path: str, fault: Fault, *, times: int = 1, tenant: str | None = None, method: str | None = None
    ) -> None:
        """Let the next requests go wrong.

        Args:
            path: the path, such as `/v1.0/security/secureScores`; with `*` at its end, all that begin so.
            fault: what shall happen.
            times: to how many requests.
            tenant: only to requests of this tenant, by its id; None for all.
            method: only to requests of this method, in capitals; None for all.

        Raises:
            ValueError: too many faults are waiting, or a number is out of bounds.
        """
        if len(self._pending) >= MOST_PENDING:
            raise ValueError("too many faults are waiting")
        if not 1 <= times <= MOST_TIMES:
            raise ValueError(f"times is from 1 to {MOST_TIMES}")
        _check(fault)
        self._pending.append(_Pending(path, fault, times, tenant, method))

    def take(self, path: str, method: str, tenant: str | None) -> Fault | None:
        """Take the fault that a request is to meet; None lets it be."""
        for position, pending in enumerate(self._pending):
            if pending.concerns(path, method, tenant):
                pending.times -= 1
                if not pending.times:
                    del self._pending[position]
                return pending.fault
        return None

    def clear(self) -> None:
        """Forget all faults that wait."""
        self._pending.clear()

    def __len__(self) -> int:
        return sum(pending.times for pending in self._pending)


def _check(fault: Fault) -> None:
    match fault:
        case Status(status=status, retry_after=retry_after, headers=headers):
            if not 400 <= status <= 599:
                raise ValueError("a status is from 400 to 599")
            _check_headers(str(retry_after), *headers, *headers.values())
        case Partial(warning=warning):
            _check_headers(warning)
        case HtmlPage(status=status) if not 200 <= status <= 599:
            raise ValueError("a page's status is from 200 to 599")
        case HugeBody(mebibytes=size) if not 1 <= size <= LARGEST_BODY_MEBIBYTES:
            raise ValueError(f"a body has 1 to {LARGEST_BODY_MEBIBYTES} MiB")
        case Delay(seconds=seconds) if not 0 <= seconds <= LONGEST_DELAY_SECONDS:
            raise ValueError(f"a delay has 0 to {LONGEST_DELAY_SECONDS:g} seconds")
        case _:
            pass


def _check_headers(*texts: str) -> None:
    if not all(text.isascii() and text.isprintable() for text in texts):
        raise ValueError("headers are printable ASCII")


_KINDS: dict[str, tuple[type[Fault], dict[str, tuple[str, type | tuple[type, ...]]]]] = {
    "status": (
        Status,
        {"status": ("status", int), "retryAfter": ("retry_after", (int, str)), "headers": ("headers", dict)},
    ),
    "partial": (Partial, {"warning": ("warning", str), "empty": ("empty", bool)}),
    "html": (HtmlPage, {"status": ("status", int)}),
    "truncated": (TruncatedJson, {}),
    "foreignNextLink": (ForeignNextLink, {"host": ("host", str)}),
    "nextLinkLoop": (NextLinkLoop, {}),
    "huge": (HugeBody, {"mebibytes": ("mebibytes", int)}),
    "dropped": (DroppedConnection, {}),
    "lostAnswer": (LostAnswer, {}),
    "delay": (Delay, {"seconds": ("seconds", (int, float))}),
}
"""Kind → the fault, and its JSON members: name in the fault, type."""

_COMMON = {"kind": str, "path": str, "times": int, "tenant": str, "method": str}


def add_from_json(faults: Faults, sent: object) -> None:
    """Queue the fault that a JSON object describes.

    `{"path": "/v1.0/security/secureScores", "kind": "status", "status": 503, "retryAfter": 1, "times": 2}`;
    the kinds are status, partial, html, truncated, foreignNextLink, nextLinkLoop, huge, dropped, lostAnswer and
    delay.

    Raises:
        ValueError: it doesn't describe a fault.
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("path"), str):
        raise ValueError("a fault is an object with a path and a kind")  # noqa: TRY004 - one error for bad input
    if sent.get("kind") not in _KINDS:
        raise ValueError(f"a kind is one of {', '.join(_KINDS)}")
    fault_type, members = _KINDS[sent["kind"]]
    arguments: dict[str, Any] = {}
    for name, value in sent.items():
        if name in members:
            arguments[members[name][0]] = _checked(name, value, members[name][1])
        elif name in _COMMON:
            _checked(name, value, _COMMON[name])
        else:
            raise ValueError(f"{name[:64]} is no member of such a fault")
    try:
        fault = fault_type(**arguments)
    except TypeError as error:
        raise ValueError(f"such a fault needs {', '.join(members)}") from error
    faults.add(sent["path"], fault, times=sent.get("times", 1), tenant=sent.get("tenant"), method=sent.get("method"))


def _checked(name: str, value: object, wanted: type | tuple[type, ...]) -> object:
    # A boolean is an int to Python, but not to whoever writes JSON.
    boolean_for_number = isinstance(value, bool) and wanted is not bool
    if not isinstance(value, wanted) or boolean_for_number:
        raise ValueError(f"{name} has the wrong type")
    if isinstance(value, dict) and not all(isinstance(text, str) for text in value.values()):
        raise ValueError(f"{name} holds texts only")
    return value
