"""The posture of a tenant for a person and for other tools."""

from collections.abc import Iterator

from checker.insight.score import ChangeSince, Score
from checker.presentation.escape import line, markdown
from checker.presentation.words import counted, shown, signed
from checker.views.formats import rendered

_BAR = 20


def render(name: str, found: Score) -> bytes:
    """The posture in the format ``name``, one of ``FORMATS``."""
    return rendered(name, found, text=_text, markdown=_markdown)


def _facts(found: Score) -> Iterator[tuple[str, str]]:
    yield "score", _points(found.current_score, found.max_score, found.percent)
    yield "observed", f"{shown(found.observed)} points"
    yield "declared", f"{shown(found.declared)} points that nobody observed"
    for name, change in (
        ("since yesterday", found.since_yesterday),
        ("since a week ago", found.since_last_week),
        ("since a month ago", found.since_last_month),
    ):
        yield name, _change(change)
    age = "today" if found.age_days == 0 else f"{counted(found.age_days, 'day')} old"
    yield "data of", f"{found.date} ({age})"
    if not found.consistent:
        yield "doubt", "the control scores do not add up to the current score"
    full = found.completion
    yield "controls", f"{full.full} full, {full.partial} partial, {full.none} none, {full.not_scored} not scored"
    yield "states", ", ".join(f"{number} {state}" for state, number in found.states.items())
    services = found.enabled_services
    yield "services", ", ".join(services) if services is not None else "unknown"
    users = found.active_user_count
    yield "active users", str(users) if users is not None else "unknown"
    # Graph sends zero where it doesn't count them.
    licensed = found.licensed_user_count
    yield "licensed users", str(licensed) if licensed else "not reported"


def _points(current: float | None, maximum: float | None, percent: float | None) -> str:
    text = (
        f"{shown(current) if current is not None else '?'} of {shown(maximum) if maximum is not None else '?'} points"
    )
    return f"{text}, {shown(percent)} %" if percent is not None else text


def _change(change: ChangeSince | None) -> str:
    if change is None:
        return "not known: the data has no such day"
    share = change.change.percentage_points
    also = f", {signed(share)} percentage points" if share is not None else ""
    return f"{signed(change.change.points)} points{also} ({change.since})"


def _groups(found: Score) -> Iterator[tuple[str, list[tuple[str, float, float | None, float | None, int]]]]:
    yield (
        "category",
        [
            (one.control_category, one.current_score, one.max_score, one.percent, one.controls)
            for one in found.categories
        ],
    )
    yield "tier", [(one.tier, one.current_score, one.max_score, one.percent, one.controls) for one in found.tiers]


def _text(found: Score) -> Iterator[str]:
    yield f"Secure Score of the tenant {line(found.tenant) or 'unknown'}"
    yield ""
    for name, value in _facts(found):
        yield f"  {name:<18}{line(value)}"
    for title, rows in _groups(found):
        yield ""
        yield f"  by {title}"
        for name, points, maximum, percent, controls in rows:
            filled = round(min(max(percent or 0.0, 0.0), 100.0) / 100 * _BAR)
            bar = "█" * filled + "░" * (_BAR - filled)
            yield f"    {line(name):<18}{bar}  {_points(points, maximum, percent)}, {counted(controls, 'control')}"


def _markdown(found: Score) -> Iterator[str]:
    yield f"### Secure Score: {markdown(_points(found.current_score, found.max_score, found.percent))}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in _facts(found):
        yield f"| {name} | {markdown(value)} |"
    for title, rows in _groups(found):
        yield ""
        yield f"| {title} | points | of | percent | controls |"
        yield "|---|---:|---:|---:|---:|"
        for name, points, maximum, percent, controls in rows:
            most = shown(maximum) if maximum is not None else "?"
            share = shown(percent) if percent is not None else "?"
            yield f"| {markdown(name)} | {shown(points)} | {most} | {share} | {controls} |"
