"""The tenant's present states as a policy, so that an organisation can start from what it has already decided."""

import datetime
import json
import re
from collections.abc import Iterator

from checker.presentation.escape import line
from checker.presentation.words import set_by
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

    A comment above each says who set the state and when. A state that no policy can declare is only a comment.
    """
    tenant = Tenant(snapshot, "")
    seen: set[str] = set()
    skipped: list[str] = []
    entries: list[str] = []
    for control in tenant.with_state():
        obstacle = _obstacle(control, tenant)
        entries.append(_provenance(control))
        if obstacle is None:
            entries.extend(_entry(control, seen))
        else:
            entries.append(f"  # {obstacle} {line(control.id)}.")
            skipped.append(control.id)
    names = ", ".join(_scalar(name.replace("${", "*{")) for name in skipped)
    exclude = f", exclude: [{names}]" if skipped else ""
    together = f"{{id: no-shadow-acceptance, undeclared: fail{exclude}}}"
    day = str(snapshot.days[0].date) if snapshot.days else f"{moment.astimezone(datetime.UTC):%Y-%m-%d}"
    head = [f"# The states that the portal showed on {day}. Review them before you rely on them."]
    if seen:
        head += [
            "# After the review, a 'states' requirement keeps the portal and the policies in step:",
            f"#   states: [{together}]",
        ]
        return "\n".join([*head, *_HEAD, "controls:", *entries]) + "\n"
    # A policy needs a requirement: this one refuses every declared state, except those that no policy can declare.
    return "\n".join([*head, *_HEAD, "states:", *entries, f"  - {together}"]) + "\n"


def _obstacle(control: Control, tenant: Tenant) -> str | None:
    """Why a policy can't declare the state, as the beginning of a sentence; None where it can."""
    if control.state.name.casefold() not in _DECLARABLE:
        return f"A policy cannot declare the state {line(control.state.name)} of"
    if is_pattern(control.id) or _is_parameter(control.id) or len(control.id) > _LONGEST_NAME:
        return "A policy cannot name the control"
    if control.score is None and tenant.scored_earlier(control.id) is not None:
        return "No longer scored, so a requirement on it would fail:"
    return None


def _provenance(control: Control) -> str:
    """A comment of YAML that says who set a control's state and when."""
    state = control.state
    origin = set_by(state.updated_by, state.updated_date_time, precise=True) or " (Graph does not say who set it)"
    return f"  # {line(control.title)}: {line(state.name)}{line(origin)}"


def _entry(control: Control, seen: set[str]) -> Iterator[str]:
    state = control.state
    held = recorded_state(control.profile) if control.profile is not None else None
    name = _identifier(control.id, seen)
    # A number, or a word with a meaning of its own in YAML, is quoted.
    yield f"  - id: {_scalar(name) if name in {'null', 'true', 'false'} or not name[0].isalpha() else name}"
    yield f"    control: {_scalar(control.id)}"
    yield "    profile:"
    yield f"      state: {_DECLARABLE[state.name.casefold()]}"
    if held is not None and state.says(held.state):
        for name, text in (("assignedTo", held.assigned_to), ("comment", held.comment)):
            if text:
                yield f"      {name}: {_scalar(_literal(text, _LONGEST[name]))}"


def _literal(text: str, limit: int) -> str:
    """As much of a text as a policy takes; a blank follows what would be read as a parameter of the policy."""
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
