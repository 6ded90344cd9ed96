"""The tenant's present states as a policy, so that an organisation can start from what it has already decided."""

import datetime

from checker.drafting.entry_text import (
    DECLARABLE,
    can_be_named,
    head_lines,
    identifier,
    profile_lines,
    scalar,
    state_comment,
)
from checker.presentation.escape import line
from checker.snapshot.model import Snapshot
from checker.tenant.control import Control
from checker.tenant.tenant import Tenant

_HEAD = (
    "apiVersion: scoregate/v1",
    "kind: Policy",
    "metadata:",
    "  name: adopted",
    "  title: States adopted from the portal",
)


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
        entries.append(state_comment(control))
        if obstacle is None:
            entries += [*head_lines(identifier(control.id, seen), control.id), *profile_lines(control)]
        else:
            entries.append(f"  # {obstacle} {line(control.id)}.")
            skipped.append(control.id)
    names = ", ".join(scalar(name.replace("${", "*{")) for name in skipped)
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
    if control.state.name.casefold() not in DECLARABLE:
        return f"A policy cannot declare the state {line(control.state.name)} of"
    if not can_be_named(control.id):
        return "A policy cannot name the control"
    if control.score is None and tenant.scored_earlier(control.id) is not None:
        return "No longer scored, so a requirement on it would fail:"
    return None
