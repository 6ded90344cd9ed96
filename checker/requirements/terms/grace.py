"""``newControls``: a control that Microsoft began to score a short time ago is named, and judged later.

The day comes from the history at hand. Where it does not show a day without the control, the control is not new: a
gate must not open because somebody kept little history.
"""

import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from checker.report.finding import Judgement
from checker.report.outcome import Outcome, Reason
from checker.requirements.direction import Direction, falling
from checker.tenant.control import Control
from checker.tenant.tenant import Tenant


class NewControls(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of controls that are new in the score."""

    grace: Annotated[
        str,
        Meta(
            pattern=r"^[1-9][0-9]{0,2}d(?!\n)$",
            description="How long after its first score a control is skipped, for example 30d.",
        ),
    ]

    @property
    def days(self) -> int:
        """The time in days."""
        return int(self.grace[:-1])


def days_of_grace(terms: NewControls | None) -> int:
    """How many days a new control is left alone: none where nothing is said."""
    return terms.days if terms is not None else 0


def direction_of_grace(before: NewControls | None, after: NewControls | None) -> Direction:
    """A longer grace leaves more controls alone."""
    return falling(days_of_grace)(before, after)


def judge_new(control: Control, terms: NewControls | None, tenant: Tenant, today: datetime.date) -> Judgement | None:
    """The finding of a control that is in its grace; None of any other.

    Args:
        control: one that the newest day scores.
        terms: what the requirement says of new controls.
        tenant: whose history counts.
        today: the day of the run.
    """
    began = tenant.began(control.id) if terms is not None and control.is_scored else None
    if terms is None or began is None:
        return None
    ends = began + datetime.timedelta(days=terms.days)
    if today >= ends:
        return None
    text = f"{control.id} is new, scored since {began}, and is judged from {ends} on"
    return Judgement(outcome=Outcome.SKIPPED, reason=Reason.NEW_CONTROL, message=text, control=control.id)
