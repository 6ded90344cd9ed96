"""Faults described in JSON, as tests in another process send them."""

from collections.abc import Mapping
from typing import Any

from checker.sandbox.faults.fault_queue import FaultQueue
from checker.sandbox.faults.kinds import (
    Delay,
    DroppedConnection,
    Fault,
    ForeignNextLink,
    HtmlPage,
    HugeBody,
    LostResponse,
    NextLinkLoop,
    Partial,
    Status,
    TruncatedJson,
)

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
    "lostAnswer": (LostResponse, {}),
    "delay": (Delay, {"seconds": ("seconds", (int, float))}),
}
"""Kind → the fault, and its JSON members: name in the fault, type."""

_COMMON = {"kind": str, "path": str, "times": int, "tenant": str, "method": str}


def add_from_json(faults: FaultQueue, sent: Mapping[str, Any]) -> None:
    """Add the fault that a JSON object describes to the queue.

    `{"path": "/v1.0/security/secureScores", "kind": "status", "status": 503, "retryAfter": 1, "times": 2}`;
    the kinds are status, partial, html, truncated, foreignNextLink, nextLinkLoop, huge, dropped, lostAnswer and
    delay.

    Raises:
        ValueError: the object doesn't describe a fault.
    """
    path = str(_checked("path", sent.get("path"), str))
    kind = str(_checked("kind", sent.get("kind"), str))
    if kind not in _KINDS:
        raise ValueError(f"kind must be one of {', '.join(_KINDS)}")
    fault_type, members = _KINDS[kind]
    arguments: dict[str, Any] = {}
    for name, value in sent.items():
        if name in members:
            arguments[members[name][0]] = _checked(name, value, members[name][1])
        elif name in _COMMON:
            _checked(name, value, _COMMON[name])
        else:
            raise ValueError(f"{name[:64]} is not a member of this kind of fault")
    try:
        fault = fault_type(**arguments)
    except TypeError as error:
        raise ValueError(f"this kind of fault needs {', '.join(members)}") from error
    faults.add(path, fault, times=sent.get("times", 1), tenant=sent.get("tenant"), method=sent.get("method"))


def _checked(name: str, value: object, wanted: type | tuple[type, ...]) -> object:
    # JSON tells booleans from numbers; Python counts a bool as an int.
    boolean_for_number = isinstance(value, bool) and wanted is not bool
    if not isinstance(value, wanted) or boolean_for_number:
        raise ValueError(f"{name} has the wrong type")
    if isinstance(value, dict) and not all(isinstance(text, str) for text in value.values()):
        raise ValueError(f"{name} must contain only strings")
    return value
