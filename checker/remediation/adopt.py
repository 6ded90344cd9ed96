"""The tenant's present states as a policy, so that an organisation starts from what it has decided already."""

import datetime
import json
import re
from collections.abc import Iterator

from checker.escape import line
from checker.remediation.propose import recorded
from checker.snapshot.control import Control
from checker.snapshot.index import Tenant
from checker.snapshot.model import Snapshot

_DECLARABLE = {state.casefold(): state for state in ("Ignored", "ThirdParty", "Reviewed", "AlternateMitigation")}
_LONGEST_ID = 90
_LONGEST = {"assignedTo": 320, "comment": 4000}


def adopted_policy(snapshot: Snapshot, moment: datetime.datetime) -> str:
    """A policy with a ``profile`` requirement for each control in a state other than Default.

    Who decided it and when stands beside each as a comment. A state that no policy can declare is a comment alone.
    """
    controls = list(Tenant(snapshot, "").with_state())
    lines = [
        f"# The states that the portal held on {moment.astimezone(datetime.UTC):%Y-%m-%d}, to be reviewed and owned.",
        "# Once they are, a 'states' requirement keeps the portal and the policies together:",
        "#   states: [{id: no-shadow-acceptance, undeclared: fail}]",
        "apiVersion: scoregate/v1",
        "kind: Policy",
        "metadata:",
        "  name: adopted",
        "  title: States adopted from the portal",
    ]
    seen: set[str] = set()
    entries = [text for control in controls for text in _entry(control, seen)]
    # A policy has to require something: that nothing be declared behind its back, where nothing is.
    lines.append("controls:" if seen else "states: [{id: no-shadow-acceptance, undeclared: fail}]")
    return "\n".join([*lines, *entries]) + "\n"


def _entry(control: Control, seen: set[str]) -> Iterator[str]:
    state = control.state
    by, at = state.updated_by or "nobody whom Graph names", state.updated_date_time or "a day that Graph doesn't tell"
    yield f"  # {line(control.title)}: {line(state.name)} by {line(by)} on {line(at)}"
    known = _DECLARABLE.get(state.name.casefold())
    if known is None:
        yield f"  # A policy cannot declare the state {line(state.name)} of {line(control.id)}."
        return
    held = recorded(control.profile) if control.profile is not None else None
    yield f"  - id: {_identifier(control.id, seen)}"
    yield f"    control: {_scalar(control.id)}"
    yield "    profile:"
    yield f"      state: {known}"
    if held is not None and state.says(held.state):
        for name, text in (("assignedTo", held.assigned_to), ("comment", held.comment)):
            if text:
                yield f"      {name}: {_scalar(text[: _LONGEST[name]])}"


def _identifier(control: str, seen: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", control.lower()).strip("-")[:_LONGEST_ID] or "control"
    name, number = base, 2
    while name in seen:
        name, number = f"{base}-{number}", number + 1
    seen.add(name)
    return name


def _scalar(text: str) -> str:
    """The text as a double-quoted scalar of YAML 1.2, whatever it holds."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(_escaped(character) for character in quoted)


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
