"""The answer of ``auth``: who signs in and what that allows, as text or JSON."""

from checker.auth.standing import DELEGATED, Standing
from checker.presentation.escape import line
from checker.presentation.json import json_document

FORMATS = ("text", "json")


def render(name: str, found: Standing) -> bytes:
    """The standing in the format ``name``, one of ``FORMATS``."""
    if name == "json":
        return json_document(found)
    rows = (
        ("tenant", found.tenant or "unknown"),
        ("application", found.application or "unknown"),
        ("cloud", f"{found.cloud}, {found.graph}"),
        ("method", found.method),
        ("token", found.token_kind),
        ("permissions", ", ".join(found.permissions) or "none"),
        *((("roles", ", ".join(found.directory_roles) or "none"),) if found.token_kind == DELEGATED else ()),
        ("expires", found.expires_at or "unknown"),
        ("allowed", f"{' and '.join(found.asked_for)}: {'yes' if found.allowed else 'no'}"),
        *((("missing", ", ".join(found.missing)),) if found.missing else ()),
    )
    lines = [f"{label:<12}{line(value)}" for label, value in rows]
    return "\n".join([*lines, *([f"\n{found.advice}"] if found.advice is not None else [])]).encode() + b"\n"
