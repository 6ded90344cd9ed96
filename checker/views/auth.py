"""The answer of ``auth``: who signs in and what that allows, as text or JSON."""

from checker.auth.standing import DELEGATED, SignInStanding
from checker.presentation.facts import facts
from checker.presentation.json import json_document
from checker.presentation.paragraphs import paragraph
from checker.presentation.screen import FILE, Screen

FORMATS = ("text", "json")
_LABEL = 12


def render(name: str, standing: SignInStanding, screen: Screen = FILE) -> bytes:
    """The standing in the format ``name``, one of ``FORMATS``."""
    if name == "json":
        return json_document(standing)
    rows = (
        ("tenant", standing.tenant or "unknown"),
        ("application", standing.application or "unknown"),
        ("cloud", f"{standing.cloud}, {standing.graph}"),
        ("method", standing.method),
        ("token", standing.token_kind),
        ("permissions", ", ".join(standing.permissions) or "none"),
        *((("roles", ", ".join(standing.directory_roles) or "none"),) if standing.token_kind == DELEGATED else ()),
        ("expires", standing.expires_at or "unknown"),
        ("allowed", f"{' and '.join(standing.asked_for)}: {'yes' if standing.allowed else 'no'}"),
        *((("missing", ", ".join(standing.missing)),) if standing.missing else ()),
    )
    lines = list(facts(rows, label=_LABEL, indent=0, width=screen.width, paint=screen.paint))
    if standing.advice is not None:
        lines += ["", *paragraph(standing.advice, screen)]
    return ("\n".join(lines) + "\n").encode()
