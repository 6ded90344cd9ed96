"""Simple rules judged twice: by evaluate, and by a plain reading of the rules over Graph's own values."""

import math

from builders import findings, policy
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import CATEGORIES, snapshots

from checker.snapshot.model import ControlScore, SecureScoreControlProfile, Snapshot

fast = settings(deadline=None, max_examples=60)


def join(entry: ControlScore, data: Snapshot) -> SecureScoreControlProfile | None:
    for found in data.profiles:
        if found.id.lower() == entry.control_name.lower():
            return found
    return None


def state(entry: ControlScore, joined: SecureScoreControlProfile | None) -> str:
    best, best_time = "default", ""
    for change in (joined.control_state_updates or []) if joined is not None else []:
        if (change.updated_date_time or "") >= best_time:
            best, best_time = (change.state or "default").lower(), change.updated_date_time or ""
    if best == "default" and entry.state is not None:
        best = str(entry.state).lower()
    return best


def expected_control(entry: ControlScore, data: Snapshot, minimum: int, all_but: int) -> tuple[str, str]:
    joined = join(entry, data)
    declared = state(entry, joined)
    if declared not in {"default", "ignored"}:
        return ("pass", "declaration-accepted") if declared == "thirdparty" else ("fail", "declared-not-observed")
    assert entry.score is not None
    assert entry.score_in_percentage is not None
    percent = entry.score_in_percentage
    if joined is not None:
        assert joined.max_score
        percent = entry.score / joined.max_score * 100
    if percent >= minimum or math.isclose(percent, minimum, rel_tol=0, abs_tol=1e-9):
        return "pass", "met"
    total = float(str(entry.total)) if entry.total is not None else 0
    if not total:
        return "fail", "count-unknown"
    out = round(total * (1 - entry.score_in_percentage / 100))
    return ("pass", "met") if out <= all_but and out < total / 2 else ("fail", "below-minimum")


@fast
@given(snapshots(), st.integers(0, 100), st.integers(1, 30))
def test_controls(data: Snapshot, minimum: int, all_but: int) -> None:
    rules = policy(
        controls=(
            f"{{id: x, select: {{id: ['*']}}, minimum: {{percent: {minimum}, allBut: {all_but}}}, accept: "
            f"[ThirdParty]}}"
        )
    )
    found = {
        item.judgement.control: (item.outcome.value, item.judgement.reason.value) for item in findings(rules, data)
    }
    assert found == {
        entry.control_name: expected_control(entry, data, minimum, all_but)
        for entry in data.days[0].score.control_scores or []
    }


def sums(entries: list[ControlScore], data: Snapshot) -> tuple[float, float, int]:
    """Points, known maxima, and how many are unknown."""
    points = known = 0.0
    unknown = 0
    for entry in entries:
        joined = join(entry, data)
        points += entry.score or 0.0
        if joined is not None:
            known += joined.max_score or 0.0
        elif entry.score:
            known += 100 * entry.score / (entry.score_in_percentage or 1.0)
        else:
            unknown += 1
    return points, known, unknown


@fast
@given(snapshots(), st.sampled_from(CATEGORIES), st.integers(0, 100))
def test_categories(data: Snapshot, category: str, minimum: int) -> None:
    everything = data.days[0].score.control_scores or []
    entries = [entry for entry in everything if entry.control_category == category]
    points, known, unknown = sums(entries, data)
    _, all_known, all_unknown = sums(everything, data)
    expected: tuple[str, str]
    if not entries:
        expected = ("fail", "not-scored")
    elif unknown and unknown != all_unknown:
        expected = ("error", "maximum-unknown")
    else:
        if unknown:
            known += (data.days[0].score.max_score or 0.0) - all_known
        expected = ("pass", "met") if 100 * points / known >= minimum - 1e-9 else ("fail", "below-minimum")
    (found,) = findings(policy(score=f"{{id: x, category: {category}, minimum: {{percent: {minimum}}}}}"), data)
    assert (found.outcome.value, found.judgement.reason.value) == expected


@fast
@given(snapshots(), st.integers(0, 100))
def test_the_total(data: Snapshot, minimum: int) -> None:
    newest = data.days[0].score
    assert newest.current_score is not None
    assert newest.max_score
    rules = policy(score=f"{{id: x, minimum: {{percent: {minimum}}}}}, {{id: y, minimum: {{points: {minimum}}}}}")
    found = [item.outcome.value for item in findings(rules, data)]
    assert found == [
        "pass" if 100 * newest.current_score / newest.max_score >= minimum - 1e-9 else "fail",
        "pass" if newest.current_score >= minimum - 1e-9 else "fail",
    ]
