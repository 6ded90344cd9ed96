"""The answer to ``score``: the score of a tenant on its newest day, in parts."""

from collections.abc import Iterator, Sequence
from functools import partial

from checker.insight.score import CategoryScore, ChangeSince, Score, TierScore
from checker.presentation.charts import bar
from checker.presentation.colours import CYAN, Paint
from checker.presentation.escape import Markup, markdown
from checker.presentation.facts import Fact, facts
from checker.presentation.paragraphs import paragraph
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import TextColumn, markdown_facts, markdown_table, text_table
from checker.presentation.words import (
    age,
    bracketed,
    counted,
    difference,
    joined,
    number,
    percent,
    points,
    points_of,
)
from checker.views.formats import rendered, section

_LABEL = 18
# Columns of a bar, and from how many columns of a screen on it is a long one.
_BAR, _SHORT_BAR, _WIDE = 20, 10, 100
_NUMBERS = (TextColumn(right=True), TextColumn(right=True), TextColumn(right=True))


def render(name: str, score: Score, screen: Screen = FILE) -> bytes:
    """The score in the format ``name``, one of ``FORMATS``."""
    return rendered(name, score, screen, text=_text, markdown=_markdown)


def _facts(score: Score) -> Iterator[Fact]:
    yield "score", _score(score)
    yield "observed", points(score.observed)
    yield "declared", f"{points(score.declared)}, not observed" if score.declared is not None else "unknown"
    yield "since yesterday", _change(score.since_yesterday)
    yield "since a week ago", _change(score.since_last_week)
    yield "since a month ago", _change(score.since_last_month)
    yield "data of", f"{score.date}{bracketed(age(score.age_days))}"
    full = score.completion
    unknown = f", {full.unknown} unknown" if full.unknown else ""
    yield (
        "controls",
        f"{full.full} full, {full.partial} partial, {full.none} none{unknown}, {full.not_scored} not scored",
    )
    yield "states", ", ".join(f"{count} {state}" for state, count in score.states.items())
    services = score.enabled_services
    yield "services", ", ".join(services) if services is not None else "unknown"
    users = score.active_user_count
    yield "active users", str(users) if users is not None else "unknown"
    # Graph sends zero where it doesn't count them.
    licensed = score.licensed_user_count
    yield "licensed users", str(licensed) if licensed else "not reported"


def _score(of: Score | CategoryScore | TierScore) -> str:
    return joined(points_of(of.current_score, of.max_score), percent(of.percent, ""))


def _change(change: ChangeSince | None) -> str:
    if change is None:
        return "unknown: the data has no such day"
    return f"{difference(change.change.points, change.change.percentage_points)} ({change.since})"


_Group = tuple[str, CategoryScore | TierScore]


def _groups(score: Score) -> Iterator[tuple[str, Sequence[_Group]]]:
    yield "category", [(one.control_category, one) for one in score.categories]
    yield "tier", [(one.tier, one) for one in score.tiers]


def _text(score: Score, screen: Screen) -> Iterator[str]:
    yield from paragraph(f"Secure Score of the tenant {score.tenant or 'unknown'}", screen)
    yield ""
    yield from facts(_facts(score), label=_LABEL, width=screen.width, paint=screen.paint)
    columns = (TextColumn(style=screen.paint.heading), TextColumn(style=partial(_bar, screen.paint)), *_NUMBERS)
    width = _BAR if screen.width >= _WIDE else _SHORT_BAR
    for title, groups in _groups(score):
        rows = ((name, bar(one.percent, width), *_columns(one)) for name, one in groups)
        yield ""
        yield f"  {screen.paint.secondary(f'by {title}')}"
        yield from text_table(columns, rows, screen, indent=4)


def _bar(paint: Paint, text: str) -> str:
    return paint(text, CYAN)


def _columns(one: CategoryScore | TierScore) -> tuple[str, str, str]:
    return points_of(one.current_score, one.max_score), percent(one.percent, ""), counted(one.controls, "control")


def _markdown(score: Score) -> Iterator[str]:
    yield f"### Secure Score: {markdown(_score(score))}"
    yield from section(markdown_facts(_facts(score)))
    for title, groups in _groups(score):
        columns = (title, "points", "of", "percent", "controls")
        yield from section(markdown_table(columns, map(_markdown_row, groups), right=(1, 2, 3, 4)))


def _markdown_row(group: _Group) -> tuple[str, ...]:
    name, one = group
    cells = number(one.current_score), number(one.max_score), number(one.percent), str(one.controls)
    return name, *map(Markup, cells)
