"""A control of one tenant: the join of its score and its profile, and what follows from both.

A control's maximum is the profile's ``maxScore``. Its state is the newest entry of the profile's
``controlStateUpdates``; where that is Default or absent, the score's own ``state`` (Defender's controls) counts.
"""

import msgspec

from checker.snapshot.model import ControlScore, SecureScoreControlProfile, SecureScoreControlStateUpdate
from checker.tenant.numbers import at_least, percent_of

DEFAULT = "Default"
IGNORED = "Ignored"

# Graph's state → what the portal calls it. Source: learn.microsoft.com/defender-xdr, "Assess your security posture".
PORTAL_WORDS = {
    "default": "To address",
    "ignored": "Risk accepted",
    "thirdparty": "Resolved through third party",
    "reviewed": "Resolved through alternate mitigation",
}


class State(msgspec.Struct, frozen=True):
    """The present state of a control: Graph's word, who set it and when (None where nobody did)."""

    name: str
    updated_by: str | None = None
    updated_date_time: str | None = None
    comment: str | None = None

    @property
    def is_default(self) -> bool:
        """Nobody decided anything: the score is what was observed."""
        return self.name.casefold() == "default"

    @property
    def is_ignored(self) -> bool:
        """Somebody accepted the risk; it earns no points."""
        return self.name.casefold() == "ignored"

    @property
    def is_declared(self) -> bool:
        """Somebody declared it done: full points that nobody observed. Any state that is not known counts as one."""
        return not self.is_default and not self.is_ignored

    def says(self, name: str) -> bool:
        """Whether this is the state ``name``, compared without case."""
        return self.name.casefold() == name.casefold()


class Control(msgspec.Struct, frozen=True):
    """A control of the newest day: scored, with a profile or without, or a profile alone (``score`` is None)."""

    id: str
    score: ControlScore | None
    profile: SecureScoreControlProfile | None
    state: State

    @property
    def title(self) -> str:
        """The profile's title without blanks around it, else the id."""
        title = self.profile.title if self.profile is not None else None
        return (title or "").strip() or self.id

    @property
    def category(self) -> str | None:
        """The score's own category: a profile's may be of another year."""
        if self.score is not None and self.score.control_category is not None:
            return self.score.control_category
        return self.profile.control_category if self.profile is not None else None

    @property
    def points(self) -> float | None:
        """The points earned, None when the newest day does not score the control."""
        return self.score.score if self.score is not None else None

    @property
    def percent(self) -> float | None:
        """100 × score / the profile's maximum; without a profile Graph's own percentage; None where neither tells."""
        if self.score is None or self.score.score is None:
            return None
        if self.profile is None:
            return self.score.score_in_percentage
        return percent_of(self.score.score, self.profile.max_score)

    @property
    def maximum(self) -> float | None:
        """The profile's maximum; without one 100 × score / scoreInPercentage, where the score is positive."""
        if self.profile is not None and self.profile.max_score is not None:
            return self.profile.max_score
        return implied_maximum(self.score) if self.score is not None else None

    @property
    def is_completed(self) -> bool:
        """Observed in full (the portal's Completed): nothing is left that could be declared."""
        percent = self.percent
        return percent is not None and at_least(percent, 100) and not self.state.is_declared


def implied_maximum(score: ControlScore) -> float | None:
    """A control's maximum as a day's own record tells it; None where the score is zero or the percentage missing."""
    if score.score is None or score.score_in_percentage is None or score.score <= 0 or score.score_in_percentage <= 0:
        return None
    return 100 * score.score / score.score_in_percentage


def state_of(score: ControlScore | None, profile: SecureScoreControlProfile | None) -> State:
    """The present state: the newest update, null dates oldest, the last of equals."""
    newest = newest_update(profile)
    if newest is not None and newest.state is not None:
        state = State(newest.state.strip(), newest.updated_by, newest.updated_date_time, newest.comment)
        if state.name and not state.is_default:
            return state
    if score is not None and isinstance(score.state, str) and score.state.strip().casefold() not in {"", "default"}:
        return State(score.state.strip())
    return _UNTOUCHED


def newest_update(profile: SecureScoreControlProfile | None) -> SecureScoreControlStateUpdate | None:
    """The entry of ``controlStateUpdates`` that counts: the newest, null dates oldest, the last of equals."""
    if profile is None or not profile.control_state_updates:
        return None
    updates = profile.control_state_updates
    return updates[0] if len(updates) == 1 else max(reversed(updates), key=moment_of)


_UNTOUCHED = State(DEFAULT)


def moment_of(update: SecureScoreControlStateUpdate) -> str:
    """A key that sorts ISO times with fractions of any length; null is oldest."""
    seconds, point, fraction = (update.updated_date_time or "").rstrip("Zz").partition(".")
    fraction = fraction.rstrip("0")
    return seconds + point + fraction if fraction else seconds
