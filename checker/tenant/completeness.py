"""What the data leaves open: the one place that every judgement, view and derivation asks.

A gate's worst fault is a pass that nobody earned. So each thing is judged under every reading that the data leaves
open: a control's readings are the controls that it may be, a day's doubt says why its sums tell nothing.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from checker.snapshot.model import ControlScore, Day
from checker.snapshot.past import ROUNDED
from checker.tenant.control import Control
from checker.tenant.numbers import TOLERANCE, percent_of
from checker.tenant.states import STATES, State, order_is_unknown

DoubtCode = Literal["partial-data", "inconsistent", "maximum-unknown"]
# More points than any control has: the upper end where the maximum is unknown too.
_MANY_POINTS = 1e9


class Doubt(msgspec.Struct, frozen=True):
    """Something that the data leaves open.

    Attributes:
        code: as the reason of a finding and the code of a warning spell it.
        message: a clause that names what is missing or contradicts, and how to get it.
        control: the id that the clause begins with, if it begins with one.
    """

    code: DoubtCode
    message: str
    control: str | None = None


class OpenMember(msgspec.Struct, frozen=True):
    """A member of a control that is open, and the values that it may have."""

    doubt: Doubt
    readings: Callable[[Control], tuple[Control, ...]]


def open_members(control: Control, *, assume_default_states: bool) -> tuple[OpenMember, ...]:
    """What is open about a control: its points, its percentage, its state.

    Args:
        control: as the data has it.
        assume_default_states: a control without a profile is taken to be in the state Default.
    """
    found = [member for member in (_open_points(control), _open_percentage(control)) if member is not None]
    state = state_doubt(control, assume_default_states=assume_default_states)
    return (*found, OpenMember(state, _any_state)) if state is not None else tuple(found)


def readings_of(control: Control, members: Iterable[OpenMember]) -> list[Control]:
    """Every control that this one may be, as far as these members are open."""
    readings = [control]
    for member in members:
        readings = list(itertools.chain.from_iterable(map(member.readings, readings)))
    return readings


def _open_points(control: Control) -> OpenMember | None:
    score, maximum = control.score, control.maximum
    if score is None:
        return None
    if score.score is None:
        text = f"{control.id} has no readable member 'score', so its points are unknown; fetch the data again"
        return OpenMember(Doubt("partial-data", text, control.id), _any_points)
    too_many = maximum is not None and _has_maximum(control) and score.score > maximum + TOLERANCE
    if score.score < 0 or too_many:
        most = f" to {maximum:g}" if maximum is not None else " or more"
        text = f"{control.id} has a score of {score.score:g}, which is outside its range of 0{most}"
        return OpenMember(Doubt("inconsistent", text, control.id), _any_points)
    return None


def _has_maximum(control: Control) -> bool:
    """Whether the profile says a number: null means that it has none."""
    return control.profile is not None and control.profile.max_score is not None


def _open_percentage(control: Control) -> OpenMember | None:
    score = control.score
    if score is None or score.score is None or score.score_in_percentage is None:
        return None
    percent = score.score_in_percentage
    if control.profile is None:
        if 0 <= percent <= 100 + TOLERANCE:
            return None
        text = f"{control.id} has a scoreInPercentage of {percent:g}, which is outside 0 to 100"
        return OpenMember(Doubt("inconsistent", text, control.id), _any_points)
    own, maximum = control.percent, control.maximum
    if own is None or not maximum or not 0 <= score.score <= maximum + TOLERANCE:
        return None
    # The percentage is rounded, and was computed from a score that was rounded before.
    if abs(own - percent) <= ROUNDED + 100 * ROUNDED / maximum + TOLERANCE:
        return None
    text = (
        f"{control.id} has {score.score:g} of {maximum:g} points and a scoreInPercentage of {percent:g}, which differ"
    )
    return OpenMember(Doubt("inconsistent", text, control.id), _either_number)


def state_doubt(control: Control, *, assume_default_states: bool) -> Doubt | None:
    """What is open about a control's state; None where it is known."""
    profile = control.profile
    if profile is None:
        # Defender keeps the states of its controls in the scores; Graph can't set them in a profile.
        in_score = control.id.casefold().startswith("scid_") and isinstance(_score_state(control), str)
        if assume_default_states or in_score:
            return None
        text = (
            f"{control.id} has no control profile in the data, so it may be declared; fetch the data again, or judge "
            "it with --assume-default-states"
        )
    elif profile.control_state_updates is None:
        text = f"the profile of {control.id} has no controlStateUpdates, so its state is unknown; fetch the data again"
    elif order_is_unknown(profile):
        text = f"the profile of {control.id} has an updatedDateTime that is not a time, so its present state is unknown"
    else:
        return None
    return Doubt("partial-data", text, control.id)


def _score_state(control: Control) -> object:
    return control.score.state if control.score is not None else None


def _any_points(control: Control) -> tuple[Control, ...]:
    maximum = control.maximum
    if maximum is None:
        return _with_score(control, 0.0, 0.0), _with_score(control, _MANY_POINTS, 100.0)
    return _with_score(control, 0.0, 0.0), _with_score(control, maximum, 100.0)


def _either_number(control: Control) -> tuple[Control, ...]:
    """The control by its points, and by its percentage."""
    assert control.score is not None
    points, percent, maximum = control.score.score, control.score.score_in_percentage, control.maximum
    if points is None or percent is None or maximum is None:
        return (control,)
    share = min(max(percent, 0.0), 100.0)
    return _with_score(control, points, percent_of(points, maximum)), _with_score(control, share * maximum / 100, share)


def _any_state(control: Control) -> tuple[Control, ...]:
    names = [control.state.name, *(meaning.name for meaning in STATES.values())]
    others = [State(name) for name in names[1:] if not control.state.says(name)]
    return tuple(msgspec.structs.replace(control, state=state) for state in (control.state, *others))


def _with_score(control: Control, points: float, percent: float | None) -> Control:
    assert control.score is not None
    score = msgspec.structs.replace(control.score, score=points, score_in_percentage=percent)
    return msgspec.structs.replace(control, score=score)


def day_doubt(day: Day) -> Doubt | None:
    """Why a day's control scores don't tell which controls it scores; None where they do.

    Graph's total is the sum of the control scores, within the rounding of each.
    """
    scores, current = day.score.control_scores, day.score.current_score
    if scores is None:
        text = f"the day {day.date} has no controlScores, so which controls it scores is unknown; fetch the data again"
        return Doubt("partial-data", text)
    if current is None or _adds_up(scores, current):
        return None
    text = (
        f"the control scores of {day.date} do not add up to its currentScore, so its sums can't be trusted; fetch "
        "again when Microsoft has finished the day"
    )
    return Doubt("inconsistent", text)


def _adds_up(scores: list[ControlScore], current: float) -> bool:
    known = sum(score.score or 0.0 for score in scores)
    slack = ROUNDED * len(scores) + TOLERANCE
    if any(score.score is None for score in scores):
        # What these have may be the rest.
        return known <= current + slack
    return abs(known - current) <= slack


def total_doubts(day: Day) -> Iterator[Doubt]:
    """What is open about the tenant's own totals on a day."""
    current, maximum = day.score.current_score, day.score.maximum
    if current is None:
        yield Doubt("partial-data", "Graph sent no currentScore for the newest day; fetch the data again")
    elif current < 0 or (maximum is not None and maximum > 0 and current > maximum + TOLERANCE):
        most = f" to {maximum:g}" if maximum is not None else " or more"
        yield Doubt("inconsistent", f"the currentScore of {current:g} is outside its range of 0{most}")
    if maximum is not None and maximum < 0:
        yield Doubt("inconsistent", f"the maxScore of {maximum:g} is negative")
