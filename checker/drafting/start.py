"""A first policy that a tenant satisfies as it is: each score and each control at what it has reached."""

from collections.abc import Iterator, Sequence

import msgspec

from checker.drafting.entry_text import (
    DECLARABLE,
    can_be_named,
    head_lines,
    identifier,
    profile_lines,
    scalar,
    state_comment,
)
from checker.drafting.reached import obstacle, reached
from checker.errors import SnapshotError
from checker.presentation.escape import line
from checker.presentation.words import sentence, shown
from checker.report.outcome import Unit
from checker.requirements.entry import Case
from checker.requirements.kinds.score_minimum import MinimumScore
from checker.requirements.kinds.single_control import SingleControl
from checker.requirements.terms.minimum import Minimum, ScoreMinimum
from checker.requirements.terms.profile_state import ProfileState
from checker.requirements.terms.vocabulary import fold
from checker.tenant.control import Control

NAME = "baseline"
_OWN_IDS = ("overall", "fresh")
_USUAL_AGE = 3
_OLDEST = 9999


def starting_policy(case: Case) -> str:
    """The policy's text.

    What can't be required, since the data leaves it open or nothing is reached, is a comment with the reason.

    Args:
        case: the tenant, and the day of the run.

    Raises:
        SnapshotError: the tenant has no score yet, or nothing of it can be required.
    """
    day = case.tenant.scored_day()
    seen = set(_OWN_IDS)
    lines = [
        f"# What the tenant had reached on {day.date}, written by 'scoregate init --from'. Review it: what is",
        "# reached may not be enough. 'scoregate ratchet' raises these minimums when the tenant gets better.",
        "apiVersion: scoregate/v1",
        "kind: Policy",
        "metadata:",
        f"  name: {NAME}",
        f"  title: What the tenant had reached on {day.date}",
    ]
    scores = list(_score_lines(case, seen))
    controls = [one for control in _controls(case) for one in _control_lines(control, case, seen)]
    if not _has_entry(scores) and not _has_entry(controls):
        raise SnapshotError(
            f"nothing of the day {day.date} can be required: the data leaves it all open", advice="Fetch it again."
        )
    return "\n".join([*lines, *_section("score", scores), *_section("controls", controls)]) + "\n"


def _section(name: str, lines: Sequence[str]) -> Iterator[str]:
    """The section; where no entry is in it, a comment, since an empty one is a fault."""
    if lines:
        yield from ("", f"{name}:" if _has_entry(lines) else f"# No entry of {name} is met:", *lines)


def _has_entry(lines: Sequence[str]) -> bool:
    return any(one.startswith("  - ") for one in lines)


def _score_lines(case: Case, seen: set[str]) -> Iterator[str]:
    limit = _age_limit(case)
    if limit is not None:
        yield f"  - {{id: fresh, freshness: {{maximumAge: {limit}d}}}}"
    yield from _minimum_lines(MinimumScore(id="overall", minimum=ScoreMinimum(percent=0.0)), case)
    folded: set[str] = set()
    for category in case.tenant.categories:
        if fold(category) in folded:
            continue
        folded.add(fold(category))
        if not can_be_named(category):
            yield f"  # Left out: the category {line(category)}, which a policy cannot name."
            continue
        name = identifier(f"category-{category}", seen)
        yield from _minimum_lines(MinimumScore(id=name, category=category, minimum=ScoreMinimum(percent=0.0)), case)


def _age_limit(case: Case) -> int | None:
    """How old the data may be: what is usual, or as old as it is; None where no limit holds."""
    day = case.tenant.scored_day()
    age = (case.today - day.date).days
    return max(_USUAL_AGE, age) if -1 <= age <= _OLDEST else None


def _minimum_lines(entry: MinimumScore, case: Case) -> Iterator[str]:
    against = obstacle(entry, case)
    value = reached(entry, Unit.PERCENT, case)
    if against is not None:
        yield _left_out(against.message)
    elif not value:
        yield _left_out(f"{entry.subject} is at 0 %, which requires nothing")
    else:
        category = f", category: {scalar(entry.category)}" if entry.category is not None else ""
        yield f"  - {{id: {entry.id}{category}, minimum: {{percent: {shown(value)}}}}}"


def _controls(case: Case) -> Iterator[Control]:
    """Those that the newest day scores, and those that are in a state though they have no score."""
    yield from case.tenant.controls
    yield from (control for control in case.tenant.with_state() if not control.is_scored)


def _control_lines(control: Control, case: Case, seen: set[str]) -> Iterator[str]:
    state = DECLARABLE.get(control.state.name.casefold())
    if not can_be_named(control.id):
        yield _left_out(f"{control.id}, which a policy cannot name", control.id)
        return
    profile = ProfileState(state=state) if state is not None else None
    entry = SingleControl(id="x", control=control.id, profile=profile)
    value = reached(entry, Unit.PERCENT, case)
    minimum = Minimum(percent=value or 0.0) if value or profile is None else None
    against = obstacle(msgspec.structs.replace(entry, minimum=minimum), case)
    if against is not None:
        yield _left_out(against.message, control.id)
    elif minimum is not None and not value:
        yield _left_out(f"{control.id} is at 0 %, which requires nothing", control.id)
    else:
        yield state_comment(control) if profile is not None else f"  # {line(control.title)}"
        yield from head_lines(identifier(control.id, seen), control.id)
        if minimum is not None and value:
            yield f"    minimum: {{percent: {shown(value)}}}"
        if profile is not None:
            yield from profile_lines(control)


def _left_out(reason: str, name: str | None = None) -> str:
    return f"  # Left out: {line(sentence(reason, name=name))}"
