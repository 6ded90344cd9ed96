"""The answer to ``score``: the score of a tenant on its newest day, in parts."""

from collections.abc import Iterator, Sequence

from checker.insight.score import CategoryScore, ChangeSince, Score, TierScore
from checker.presentation.charts import bar
from checker.presentation.escape import Markup, line, markdown
from checker.presentation.tables import Fact, facts, markdown_facts, markdown_table, text_table
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


def render(name: str, score: Score) -> bytes:
    """The score in the format ``name``, one of ``FORMATS``."""
    return rendered(name, score, text=_text, markdown=_markdown)


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


def _text(score: Score) -> Iterator[str]:
    yield f"Secure Score of the tenant {line(score.tenant) or 'unknown'}"
    yield ""
    yield from facts(_facts(score), label=18)
    for title, groups in _groups(score):
        rows = ((name, bar(one.percent), f"{_score(one)}, {counted(one.controls, 'control')}") for name, one in groups)
        yield ""
        yield f"  by {title}"
        yield from text_table("    {:<18}{}  {}", rows)


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
