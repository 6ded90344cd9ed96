"""What each state of a control means, and who set it: one table and one value for every room.

Graph → portal. Source: learn.microsoft.com/defender-xdr, "Assess your security posture"; what can be set:
learn.microsoft.com/graph/api/securescorecontrolprofile-update, property "state". The list is open: live tenants also
return AlternateMitigation, and a state that nobody knows is taken for a declaration.
"""

import datetime
from typing import Literal

import msgspec

from checker.snapshot.model import ControlScore, SecureScoreControlProfile, SecureScoreControlStateUpdate
from checker.snapshot.moments import parse_moment

DEFAULT = "Default"
IGNORED = "Ignored"

# The table as types, for records that are decoded; a test holds both together.
SettableState = Literal["Default", "Ignored", "ThirdParty", "Reviewed"]
DeclarableState = Literal["Default", "Ignored", "ThirdParty", "Reviewed", "AlternateMitigation"]
AcceptableState = Literal["ThirdParty", "Reviewed", "AlternateMitigation"]


class StateMeaning(msgspec.Struct, frozen=True):
    """What a state means.

    Attributes:
        name: Graph's word.
        portal_word: what the portal calls it; None where it has no word for it.
        is_declaration: somebody says that the control is done, which nobody observed.
        is_settable: Graph's API can set it.
        earns: the control's points in this state: what is observed, or its maximum.
    """

    name: str
    portal_word: str | None
    is_declaration: bool
    is_settable: bool
    earns: Literal["observed", "maximum"]


STATES: dict[str, StateMeaning] = {
    meaning.name.casefold(): meaning
    for meaning in (
        StateMeaning(DEFAULT, "To address", is_declaration=False, is_settable=True, earns="observed"),
        StateMeaning(IGNORED, "Risk accepted", is_declaration=False, is_settable=True, earns="observed"),
        StateMeaning(
            "ThirdParty", "Resolved through third party", is_declaration=True, is_settable=True, earns="maximum"
        ),
        StateMeaning(
            "Reviewed", "Resolved through alternate mitigation", is_declaration=True, is_settable=True, earns="maximum"
        ),
        StateMeaning("AlternateMitigation", None, is_declaration=True, is_settable=False, earns="maximum"),
    )
}


def meaning_of(name: str) -> StateMeaning:
    """The meaning of a state, compared without case; one that nobody knows is a declaration."""
    known = STATES.get(name.strip().casefold())
    return known or StateMeaning(name.strip(), None, is_declaration=True, is_settable=False, earns="maximum")


class State(msgspec.Struct, frozen=True):
    """A state of a control: Graph's word, who set it, when and with which comment (None where Graph doesn't say)."""

    name: str
    updated_by: str | None = None
    updated_date_time: str | None = None
    comment: str | None = None
    assigned_to: str | None = None

    @property
    def meaning(self) -> StateMeaning:
        """What the state means."""
        return meaning_of(self.name)

    @property
    def is_default(self) -> bool:
        """Nobody decided anything: the score is what was observed."""
        return self.says(DEFAULT)

    @property
    def is_ignored(self) -> bool:
        """Somebody accepted the risk; it earns no points."""
        return self.says(IGNORED)

    @property
    def is_declared(self) -> bool:
        """Somebody declared it done: full points that nobody observed. Any state that is not known counts as one."""
        return not self.is_default and self.meaning.is_declaration

    def says(self, name: str) -> bool:
        """Whether this is the state ``name``, compared without case."""
        return self.name.casefold() == name.casefold()


UNTOUCHED = State(DEFAULT)
_OLDEST = datetime.datetime.min.replace(tzinfo=datetime.UTC)


def state_of(score: ControlScore | None, profile: SecureScoreControlProfile | None) -> State:
    """The present state: the newest update; where that is Default or absent, the score's own (Defender's controls)."""
    newest = newest_update(profile)
    if newest is not None and newest.state is not None and not _is_default(newest.state):
        return as_state(newest)
    if score is not None and isinstance(score.state, str) and not _is_default(score.state):
        return State(score.state.strip())
    return UNTOUCHED


def state_history(profile: SecureScoreControlProfile | None) -> tuple[State, ...]:
    """Every state that a profile was in, the newest first; those of one moment, or of none, in Graph's order."""
    updates = (profile.control_state_updates if profile is not None else None) or []
    return tuple(as_state(update) for update in sorted(updates, key=moment_of)[::-1])


def as_state(update: SecureScoreControlStateUpdate) -> State:
    """An entry of the state history; one without a state is Default, whoever it is assigned to."""
    return State(
        (update.state or "").strip() or DEFAULT,
        update.updated_by,
        update.updated_date_time,
        update.comment,
        update.assigned_to,
    )


def newest_update(profile: SecureScoreControlProfile | None) -> SecureScoreControlStateUpdate | None:
    """The entry of ``controlStateUpdates`` that counts: the newest, null dates oldest, the last of equals."""
    if profile is None or not profile.control_state_updates:
        return None
    updates = profile.control_state_updates
    return updates[0] if len(updates) == 1 else max(reversed(updates), key=moment_of)


def moment_of(update: SecureScoreControlStateUpdate) -> datetime.datetime:
    """When an update was made; one without a time, or with one that can't be read, is oldest."""
    return parse_moment(update.updated_date_time) or _OLDEST


def order_is_unknown(profile: SecureScoreControlProfile) -> bool:
    """Whether a time that can't be read leaves open which of several different states is the present one."""
    updates = profile.control_state_updates or []
    if len(updates) < 2:
        return False
    unreadable = [one for one in updates if one.updated_date_time and parse_moment(one.updated_date_time) is None]
    return bool(unreadable) and len({as_state(one).name.casefold() for one in updates}) > 1


def _is_default(name: str) -> bool:
    return name.strip().casefold() in {"", "default"}
