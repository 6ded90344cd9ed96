"""The tenant's present states as a policy, so that an organisation starts from what it has decided already."""

import datetime
import json
import re
from collections.abc import Iterator

from checker.presentation.escape import line
from checker.remediation.plan import recorded_state
from checker.requirements.terms.pattern import is_pattern
from checker.snapshot.model import Snapshot
from checker.tenant.control import Control
from checker.tenant.tenant import Tenant

_DECLARABLE = {state.casefold(): state for state in ("Ignored", "ThirdParty", "Reviewed", "AlternateMitigation")}
_HEAD = (
    "apiVersion: scoregate/v1",
    "kind: Policy",
    "metadata:",
    "  name: adopted",
    "  title: States adopted from the portal",
)
_LONGEST_ID = 90
_LONGEST_NAME = 200
_LONGEST = {"assignedTo": 320, "comment": 4000}


def adopted_policy(snapshot: Snapshot, moment: datetime.datetime) -> str:
    """A policy with a ``profile`` requirement for each control in a state other than Default.

    Who decided it and when stands beside each as a comment. A state that no policy can declare is a comment alone.
    """
    tenant = Tenant(snapshot, "")
    seen: set[str] = set()
    left: list[str] = []
    entries: list[str] = []
    for control in tenant.with_state():
        why = _why_not(control, tenant)
        entries.append(_told(control))
        if why is None:
            entries.extend(_entry(control, seen))
        else:
            entries.append(f"  # {why} {line(control.id)}.")
            left.append(control.id)
    names = ", ".join(_scalar(name.replace("${", "*{")) for name in left)
    exclude = f", exclude: [{names}]" if left else ""
    together = f"{{id: no-shadow-acceptance, undeclared: fail{exclude}}}"
    day = str(snapshot.days[0].date) if snapshot.days else f"{moment.astimezone(datetime.UTC):%Y-%m-%d}"
    head = [f"# The states that the portal held on {day}, to be reviewed and owned."]
    if seen:
        head += [
            "# Once they are, a 'states' requirement keeps the portal and the policies together:",
            f"#   states: [{together}]",
        ]
        return "\n".join([*head, *_HEAD, "controls:", *entries]) + "\n"
    # A policy has to require something: that nothing be declared behind its back, but for what it can't declare.
    return "\n".join([*head, *_HEAD, "states:", *entries, f"  - {together}"]) + "\n"


def _why_not(control: Control, tenant: Tenant) -> str | None:
    """Why the state can't be declared, as the beginning of a sentence; None where it can."""
    if control.state.name.casefold() not in _DECLARABLE:
        return f"A policy cannot declare the state {line(control.state.name)} of"
    if is_pattern(control.id) or _is_parameter(control.id) or len(control.id) > _LONGEST_NAME:
        return "A policy cannot name the control"
    if control.score is None and tenant.scored_earlier(control.id) is not None:
        return "It is not scored any more, and would fail for that:"
    return None


def _told(control: Control) -> str:
    state = control.state
    by, at = state.updated_by or "nobody whom Graph names", state.updated_date_time or "a day that Graph doesn't tell"
    return f"  # {line(control.title)}: {line(state.name)} by {line(by)} on {line(at)}"


def _entry(control: Control, seen: set[str]) -> Iterator[str]:
    state = control.state
    held = recorded_state(control.profile) if control.profile is not None else None
    name = _identifier(control.id, seen)
    # A word that YAML takes for something else, or a number, is quoted.
    yield f"  - id: {_scalar(name) if name in {'null', 'true', 'false'} or not name[0].isalpha() else name}"
    yield f"    control: {_scalar(control.id)}"
    yield "    profile:"
    yield f"      state: {_DECLARABLE[state.name.casefold()]}"
    if held is not None and state.says(held.state):
        for name, text in (("assignedTo", held.assigned_to), ("comment", held.comment)):
            if text:
                yield f"      {name}: {_scalar(_told_apart(text, _LONGEST[name]))}"


def _told_apart(text: str, limit: int) -> str:
    """As much of a text as a policy takes; what looks like a parameter of the policy ends with a blank, and is none."""
    cut = text[:limit]
    return f"{cut[: limit - 1]} " if _is_parameter(cut) else cut


def _is_parameter(text: str) -> bool:
    return text.startswith("${") and text.endswith("}")


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
