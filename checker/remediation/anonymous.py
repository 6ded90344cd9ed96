"""Plans and results as people are told of them, without who is named in them; plan files and journals stay whole. Pure.

Sentences about a state say who is assigned, what the comment is and who set it. They are ``decide``'s and ``apply``'s
own, so that it is known where in them these words begin.
"""

import re

import msgspec

from checker.remediation.drift import fields_to_send
from checker.remediation.journal import ChangeResult
from checker.remediation.plan import Change, NewState, Plan
from checker.snapshot.cleaner import Cleaner
from checker.snapshot.redaction import REDACTED, Redaction

OTHER = "(redacted, another)"
"""What stands in the place of a new value that differs from the one before."""

_ABOUT_A_STATE = re.compile(
    r"is (?:already |now )?|was set back to |reads show an older state \(|set from .*?; accepted, but the state is now "
)
# Where the names begin. A state is a word of Graph's, and no name stands before it.
_NAMES = re.compile(r", assigned to |, commented | by | on ")
# What may follow the names.
_ENDS = (
    ") than was there before; run this again later",
    ": this journal was rolled back before, or somebody did it; nothing is undone twice",
    " again: it was set back after this run's write",
    (
        " again, by a newer entry of its history: somebody changed it since the plan was made, or the plan was applied "
        "and rolled back; make a new plan"
    ),
)


def without_people(message: str) -> str:
    """What came of a change, without who is assigned, the comment, and who set the state."""
    if _ABOUT_A_STATE.match(message) is None:
        return message
    end = next((one for one in _ENDS if message.endswith(one)), "")
    said = message.removesuffix(end)
    names = _NAMES.search(said)
    return message if names is None else f"{said[: names.start()]} {REDACTED}{end}"


def redacted_result(result: ChangeResult, clean: Cleaner) -> ChangeResult:
    """What came of one change, without names."""
    if clean.level is Redaction.NONE:
        return result
    return clean.record(msgspec.structs.replace(result, message=without_people(result.message)))


def redacted_plan(plan: Plan, clean: Cleaner) -> Plan:
    """A plan that still shows which assignees and comments would become others."""
    if clean.level is Redaction.NONE:
        return plan
    changes = tuple(map(_marked, plan.changes, clean.record(plan).changes))
    return msgspec.structs.replace(clean.record(plan), changes=changes)


def _marked(change: Change, cleaned: Change) -> Change:
    sent, after = fields_to_send(change), cleaned.after
    after = NewState(
        state=after.state,
        assigned_to=OTHER if "assignedTo" in sent and after.assigned_to else after.assigned_to,
        comment=OTHER if "comment" in sent and after.comment else after.comment,
    )
    return msgspec.structs.replace(cleaned, after=after)
