"""The text of a policy's entries about controls, whatever the tenant calls them."""

import json
import re
from collections.abc import Iterator

from checker.presentation.escape import line
from checker.presentation.words import set_by
from checker.remediation.plan import recorded_state
from checker.requirements.terms.pattern import is_pattern
from checker.snapshot.redaction import REDACTED
from checker.tenant.control import Control
from checker.tenant.states import DeclarableState

_STATES: tuple[DeclarableState, ...] = ("Ignored", "ThirdParty", "Reviewed", "AlternateMitigation")
DECLARABLE = {state.casefold(): state for state in _STATES}
"""The states other than Default that a policy can declare, by their folded names."""

_LONGEST_ID = 90
_LONGEST_NAME = 200
_LONGEST = {"assignedTo": 320, "comment": 4000}


def can_be_named(name: str) -> bool:
    """Whether a policy can name a control or a category by this text alone."""
    return bool(name) and not is_pattern(name) and not _is_parameter(name) and len(name) <= _LONGEST_NAME


def identifier(name: str, seen: set[str]) -> str:
    """An id for a requirement on ``name`` that is not in ``seen``, and then is."""
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_ID] or "control"
    found, number = base, 2
    while found in seen:
        found, number = f"{base}-{number}", number + 1
    seen.add(found)
    return found


def head_lines(requirement: str, control: str) -> Iterator[str]:
    """The lines of an entry that say its id and its control."""
    # A number, or a word with a meaning of its own in YAML, is quoted.
    is_plain = requirement not in {"null", "true", "false"} and requirement[0].isalpha()
    yield f"  - id: {requirement if is_plain else scalar(requirement)}"
    yield f"    control: {scalar(control)}"


def profile_lines(control: Control) -> Iterator[str]:
    """The lines of an entry that declare the control's present state, one of ``DECLARABLE``."""
    state = control.state
    held = recorded_state(control.profile) if control.profile is not None else None
    yield "    profile:"
    yield f"      state: {DECLARABLE[state.name.casefold()]}"
    if held is not None and state.says(held.state):
        for name, text in (("assignedTo", held.assigned_to), ("comment", held.comment)):
            # What was left out of the data is no word of the tenant.
            if text and text != REDACTED:
                yield f"      {name}: {scalar(_literal(text, _LONGEST[name]))}"


def state_comment(control: Control) -> str:
    """A comment of YAML that says who set a control's state and when."""
    state = control.state
    origin = set_by(state.updated_by, state.updated_date_time, precise=True) or " (Graph does not say who set it)"
    return f"  # {line(control.title)}: {line(state.name)}{line(origin)}"


def scalar(text: str) -> str:
    """The text as a double-quoted scalar of YAML 1.2, whatever it holds."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(_escaped(character) for character in quoted)


def _literal(text: str, limit: int) -> str:
    """As much of a text as a policy takes; a blank follows what would be read as a parameter of the policy."""
    cut = text[:limit]
    return f"{cut[: limit - 1]} " if _is_parameter(cut) else cut


def _is_parameter(text: str) -> bool:
    return text.startswith("${") and text.endswith("}")


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
