"""Entries of ``score``: minimum, compare, coverage, freshness, declaredShare."""

import datetime

import msgspec
import pytest
from builders import NOW, SUM, day, findings, line, only, policy, profile, score, snapshot, unrated, update, warnings

from checker.errors import PolicyError
from checker.report.finding import Quantity
from checker.report.outcome import Unit
from checker.requirements.terms.minimum import worded
from checker.snapshot.model import AverageComparativeScore, SecureScore, Snapshot

INCONSISTENT = (
    "error",
    "inconsistent",
    (
        "The control scores of 2026-05-22 do not add up to its currentScore, so its sums can't be trusted; "
        "fetch again when Microsoft has finished the day."
    ),
)


@pytest.mark.parametrize(
    ("minimum", "current", "expected"),
    [
        ("percent: 60", 60, ("pass", "met", "The overall score is at 60 % (60 of 100 points); 60 % is required.")),
        (
            "percent: 80",
            79.96,
            ("fail", "below-minimum", "The overall score is at 79.96 % (79.96 of 100 points) and must be at 80 %."),
        ),
        (
            "percent: 80",
            80 - 5e-10,
            ("pass", "met", "The overall score is at 80 % (80 of 100 points); 80 % is required."),
        ),
        (
            "percent: 80",
            79.9999,
            ("fail", "below-minimum", "The overall score is at 79.9999 % (80 of 100 points) and must be at 80 %."),
        ),
        ("points: 50", 50, ("pass", "met", "The overall score is at 50 of 100 points; 50 points is required.")),
        (
            "points: 50",
            49.999,
            ("fail", "below-minimum", "The overall score is at 49.999 of 100 points and must be at 50 points."),
        ),
    ],
)
def test_the_overall_score_is_microsofts_total(minimum: str, current: float, expected: tuple[str, str, str]) -> None:
    data = snapshot(day([unrated("a", current)]))
    assert only(policy(score=f"{{id: x, minimum: {{{minimum}}}}}"), data) == expected


def test_the_missing_points_are_told() -> None:
    data = snapshot(day([unrated("a", 40)], maximum=200))
    for minimum, points in (("percent: 50", 60.0), ("points: 50", 10.0)):
        (found,) = findings(policy(score=f"{{id: x, minimum: {{{minimum}}}}}"), data)
        assert found.judgement.points == points


OVERALL_PERCENT = "minimum: {percent: 1}"
OVERALL_POINTS = "minimum: {points: 1}"
COMPARE = "compare: {basis: AllTenants, maximumBelow: {percentagePoints: 5}}"
SHARE = "declaredShare: {maximum: {percent: 10}}"


@pytest.mark.parametrize("entry", [OVERALL_PERCENT, OVERALL_POINTS, COMPARE, SHARE])
def test_a_total_that_the_controls_miss_is_not_judged(entry: str) -> None:
    rules = policy(score=f"{{id: x, {entry}}}")
    data = snapshot(day([score("a"), score("b")], current=20.0101))
    assert only(rules, data) == INCONSISTENT
    assert ("inconsistent", INCONSISTENT[2]) in warnings(rules, data)
    assert only(rules, snapshot(day([score("a"), score("b")], current=20.01)))[1] != "inconsistent"


@pytest.mark.parametrize("entry", [OVERALL_PERCENT, OVERALL_POINTS, COMPARE, SHARE])
def test_without_a_current_score_there_is_no_total(entry: str) -> None:
    data = snapshot(msgspec.structs.replace(day([score("a")]), current_score=None))
    assert only(policy(score=f"{{id: x, {entry}}}"), data) == (
        "error",
        "partial-data",
        "Graph sent no currentScore for the newest day; fetch the data again.",
    )


@pytest.mark.parametrize("maximum", [0.0, None])
def test_a_maximum_of_zero_makes_a_percentage_not_applicable_and_points_not(maximum: float | None) -> None:
    data = snapshot(day([score("a")], maximum=maximum), profiles=[profile("a")])
    for entry in (OVERALL_PERCENT, COMPARE):
        assert only(policy(score=f"{{id: x, {entry}}}"), data) == (
            "skipped",
            "not-applicable",
            "The tenant's maximum is zero points, so a percentage of it is not applicable.",
        )
    of = " of 0"
    assert only(policy(score=f"{{id: x, {OVERALL_POINTS}}}"), data) == (
        "pass",
        "met",
        f"The overall score is at 10{of} points; 1 point is required.",
    )
    assert only(policy(score=f"{{id: x, {SHARE}}}"), data)[:2] == ("pass", "met")


def test_doubt_about_the_total_taints_a_category_too() -> None:
    data = snapshot(day([score("a", 5)], current=99))
    assert only(policy(score="{id: x, category: Identity, minimum: {percent: 50}}"), data) == INCONSISTENT


@pytest.mark.parametrize(("wanted", "outcome"), [(7, "pass"), (8, "error"), (70, "error"), (76, "fail")])
def test_a_difference_between_the_maxima_may_be_a_categorys(wanted: int, outcome: str) -> None:
    data = snapshot(day([score("a", 5), score("b")], maximum=200))
    found = only(policy(score=f"{{id: x, category: Identity, minimum: {{percent: {wanted}}}}}"), data)
    assert found[0] == outcome
    assert found[1] == {"pass": "met", "error": "inconsistent", "fail": "below-minimum"}[outcome]


CATEGORIES = snapshot(
    day(
        [
            score("a", 4, 8),
            score("b", 1, percent=25.0),
            score("c", 0, category="Apps"),
            unrated("d", 2, "Apps"),
            score("e", 0, category="Device"),
            score("f", 0, category="Data"),
        ],
        maximum=40,
    ),
    profiles=[
        profile("a", 8.0, category="Apps"),
        profile("e", 0.0),
        profile("f", 6.0),
        profile("z", category="Infrastructure"),
    ],
)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (
            "category: Identity, minimum: {percent: 40}",
            ("pass", "met", "The Identity score is at 41.67 % (5 of 12 points); 40 % is required."),
        ),
        (
            "category: identity, minimum: {points: 6}",
            ("fail", "below-minimum", "The identity score is at 5 of 12 points and must be at 6 points."),
        ),
        (
            "category: Apps, minimum: {percent: 10}",
            ("fail", "below-minimum", "The Apps score is at 9.09 % (2 of 22 points) and must be at 10 %."),
        ),
        (
            "category: Device, minimum: {percent: 10}",
            (
                "skipped",
                "not-applicable",
                "The Device score has a maximum of zero points, so a percentage of it is not applicable.",
            ),
        ),
        (
            "category: Device, minimum: {points: 0}",
            ("pass", "met", "The Device score is at 0 of 0 points; 0 points is required."),
        ),
        (
            "category: Infrastructure, minimum: {percent: 10}",
            ("fail", "not-scored", "The tenant scores none of the controls of the category Infrastructure."),
        ),
        (
            "category: Identty, onMissing: error, minimum: {percent: 10}",
            (
                "error",
                "unknown-word",
                (
                    "The tenant scores none of the controls of the category Identty: Identty is not a known category "
                    "(did you mean Identity?)."
                ),
            ),
        ),
        (
            "category: Infrastructure, onMissing: skip, minimum: {percent: 10}",
            ("skipped", "not-scored", "The tenant scores none of the controls of the category Infrastructure."),
        ),
        (
            "select: {id: [a, b]}, minimum: {percent: 50}",
            (
                "fail",
                "below-minimum",
                "The score of the controls with id a or b is at 41.67 % (5 of 12 points) and must be at 50 %.",
            ),
        ),
        (
            "select: {id: ['*']}, exclude: [c], minimum: {percent: 50}",
            (
                "error",
                "maximum-unknown",
                (
                    "The maximum of the score of the controls with id * is unknown, so a percentage can't be judged; "
                    "require points instead."
                ),
            ),
        ),
        (
            "select: {id: ['*']}, exclude: [c], minimum: {points: 7}",
            ("pass", "met", "The score of the controls with id * is at 7 points; 7 points is required."),
        ),
        (
            "select: {id: ['*']}, minimum: {percent: 17}",
            ("pass", "met", "The score of the controls with id * is at 17.5 % (7 of 40 points); 17 % is required."),
        ),
        (
            "select: {category: [Infrastructure]}, minimum: {percent: 1}",
            (
                "fail",
                "not-scored",
                (
                    "The tenant scores none of the controls with category Infrastructure; 1 that fit have a profile "
                    "but no score."
                ),
            ),
        ),
    ],
)
def test_a_part_of_the_score_is_the_sum_over_its_controls(terms: str, expected: tuple[str, str, str]) -> None:
    assert only(policy(score=f"{{id: x, {terms}}}"), CATEGORIES) == expected


def test_what_is_left_of_the_tenants_maximum_needs_all_unknown_ones_in_one_category() -> None:
    rules = policy(score="{id: x, category: Apps, minimum: {percent: 10}}")
    alone = [score("a", 5), score("b", 0, category="Apps")]
    joined = [profile("a")]
    assert only(rules, snapshot(day(alone, maximum=30), profiles=joined))[2] == (
        "The Apps score is at 0 % (0 of 20 points) and must be at 10 %."
    )
    spread = [*alone, score("c", 0, category="Data")]
    assert only(rules, snapshot(day(spread, maximum=30), profiles=joined))[:2] == ("error", "maximum-unknown")
    assert only(rules, snapshot(day(alone, maximum=None), profiles=joined))[:2] == ("error", "maximum-unknown")
    assert only(rules, snapshot(day(alone, maximum=5), profiles=joined))[:2] == ("error", "maximum-unknown")


def test_a_category_of_a_partial_answer_is_not_missing() -> None:
    data = snapshot(day([score("a")]), partial=["secureScores"])
    assert only(policy(score="{id: x, category: Data, minimum: {percent: 10}}"), data) == (
        "error",
        "partial-data",
        "Graph's answer was incomplete, so the day 2026-05-22 may lack controls; fetch the data again.",
    )


@pytest.mark.parametrize(
    ("terms", "include", "exclude"),
    [
        (
            "",
            "The overall score is at 75 % (15 of 20 points); 12 % is required.",
            "The observed overall score is at 25 % (5 of 20 points); 12 % is required.",
        ),
        (
            "category: Identity, ",
            "The Identity score is at 75 % (15 of 20 points); 12 % is required.",
            "The observed Identity score is at 25 % (5 of 20 points); 12 % is required.",
        ),
        (
            "select: {id: ['*']}, ",
            "The score of the controls with id * is at 75 % (15 of 20 points); 12 % is required.",
            "The observed score of the controls with id * is at 25 % (5 of 20 points); 12 % is required.",
        ),
    ],
)
def test_declared_points_count_unless_they_are_excluded(terms: str, include: str, exclude: str) -> None:
    data = snapshot(
        day([score("a"), score("b", 5)], maximum=SUM), profiles=[profile("a", state="Reviewed"), profile("b")]
    )
    entry = f"{{id: x, {terms}minimum: {{percent: 12}}, declared: DECLARED}}"
    assert only(policy(score=entry.replace("DECLARED", "include")), data)[2] == include
    assert only(policy(score=entry.replace("DECLARED", "exclude")), data)[2] == exclude


def peers(*averages: tuple[str | None, float | None], current: float = 50.0) -> Snapshot:
    listed = [AverageComparativeScore(basis, average) for basis, average in averages]
    return snapshot(day([unrated("a", current)], averages=listed))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            peers(("TotalSeats", 99.0), ("AllTenants", 55.0)),
            ("pass", "met", "The overall score is 5 percentage points below the average of AllTenants (55 %)."),
        ),
        (
            peers(("alltenants", 45.5)),
            ("pass", "met", "The overall score is 4.5 percentage points above the average of AllTenants (45.5 %)."),
        ),
        (
            peers(("AllTenants", 0.0)),
            ("pass", "met", "The overall score is 50 percentage points above the average of AllTenants (0 %)."),
        ),
        (
            peers(("AllTenants", 57.5)),
            (
                "fail",
                "above-maximum",
                (
                    "The overall score is 7.5 percentage points below the average of AllTenants (57.5 %) and may be "
                    "at most "
                    "5 percentage points below it."
                ),
            ),
        ),
        (
            peers(("AllTenants", 55.0), current=49.9999),
            (
                "fail",
                "above-maximum",
                (
                    "The overall score is 5.0001 percentage points below the average of AllTenants (55 %) and may "
                    "be at most "
                    "5 percentage points below it."
                ),
            ),
        ),
    ],
)
def test_the_score_is_compared_with_an_average_in_percent(data: Snapshot, expected: tuple[str, str, str]) -> None:
    assert only(policy(score=f"{{id: x, {COMPARE}}}"), data) == expected


@pytest.mark.parametrize(
    "data",
    [
        peers(),
        peers(("AllTenants", -1.0)),
        peers(("AllTenants", None)),
        peers((None, 50.0)),
        peers(("TotalSeats", 50.0)),
    ],
)
def test_an_average_that_is_not_there_is_never_zero(data: Snapshot) -> None:
    rules = policy(score=f"{{id: x, {COMPARE}}}")
    text = "Microsoft publishes no average of AllTenants for this tenant at the moment."
    assert only(rules, data) == ("skipped", "not-available", text)
    assert ("not-available", f"p/x: {text}") in warnings(rules, data)


def test_null_averages_are_none() -> None:
    assert only(policy(score=f"{{id: x, {COMPARE}}}"), snapshot(day([score("a")])))[:2] == ("skipped", "not-available")


def test_a_gap_is_a_difference_of_percentages_and_costs_points() -> None:
    listed = [AverageComparativeScore("AllTenants", 30.0)]
    (found,) = findings(
        policy(score=f"{{id: x, {COMPARE}}}"), snapshot(day([unrated("a", 40)], maximum=200, averages=listed))
    )
    assert found.judgement.measured == Quantity(10.0, Unit.PERCENTAGE_POINTS)
    assert found.judgement.points == pytest.approx(10.0)


OLD = [score("a", 5, percent=50.0), score("b", 0), score("c", 2, percent=40.0)]


@pytest.mark.parametrize(
    ("loss", "now", "profiles", "expected"),
    [
        (
            "points: 0",
            ["a", "B", "1.c"],
            [],
            ("pass", "met", "Every control that was scored on 2026-05-15 is still scored."),
        ),
        (
            "points: 10",
            ["b", "c"],
            [],
            ("pass", "met", "1 control worth 10 points scored on 2026-05-15 is not scored any more (a)."),
        ),
        (
            "points: 14",
            ["b"],
            [],
            (
                "fail",
                "above-maximum",
                (
                    "2 controls worth 15 points scored on 2026-05-15 are not scored any more (a, c); at most 14 "
                    "points may be "
                    "lost: a licence, product or connector may have been switched off."
                ),
            ),
        ),
        (
            "points: 20",
            ["a", "c"],
            [],
            (
                "error",
                "maximum-unknown",
                (
                    "1 control worth 0 points scored on 2026-05-15 is not scored any more (b); the maximum of b is "
                    "unknown, so the loss can't be judged."
                ),
            ),
        ),
        (
            "points: 20",
            ["a", "c"],
            ["b"],
            ("pass", "met", "1 control worth 10 points scored on 2026-05-15 is not scored any more (b)."),
        ),
        ("points: 14", [], [], ("fail", "above-maximum", None)),
        ("percentagePoints: 30", ["b"], [], ("pass", "met", None)),
        (
            "percentagePoints: 29",
            ["b"],
            [],
            (
                "fail",
                "above-maximum",
                (
                    "2 controls worth 15 points scored on 2026-05-15 are not scored any more (a, c), 30 percentage "
                    "points of "
                    "that day's maximum; at most 29 percentage points may be lost: a licence, product or connector "
                    "may have "
                    "been switched off."
                ),
            ),
        ),
    ],
)
def test_coverage_sums_the_maxima_of_what_was_scored_then_and_is_not_now(
    loss: str, now: list[str], profiles: list[str], expected: tuple[str, str, str | None]
) -> None:
    data = snapshot(
        day([score(name) for name in now], maximum=100),
        day(OLD, back=7, maximum=50),
        profiles=[profile(name) for name in profiles],
    )
    found = only(policy(score=f"{{id: x, coverage: {{days: 7, maximumLoss: {{{loss}}}}}}}"), data)
    assert found[:2] == expected[:2]
    assert expected[2] in {None, found[2]}


def test_coverage_shows_enough_digits_to_see_why() -> None:
    data = snapshot(day([]), day([score("a", 5, percent=49.9)], back=7), profiles=[])
    found = only(policy(score="{id: x, coverage: {days: 7, maximumLoss: {points: 10.02}}}"), data)
    assert found[2].startswith(
        "1 control worth 10.02004 points scored on 2026-05-15 is not scored any more (a); at most 10.02"
    )


@pytest.mark.parametrize(("count", "names"), [(5, "a0, a1, a2, a3, a4"), (6, "a0, a1, a2, a3, a4 and 1 more")])
def test_coverage_names_five(count: int, names: str) -> None:
    data = snapshot(day([]), day([score(f"a{index}") for index in range(count)], back=1))
    found = only(policy(score="{id: x, coverage: {days: 1, maximumLoss: {points: 100}}}"), data)
    assert found[2].endswith(f"({names}).")


@pytest.mark.parametrize(
    ("backs", "judged"), [([7], True), ([10], True), ([11], False), ([6], False), ([1, 9, 30], True), ([], False)]
)
def test_coverage_takes_the_newest_day_that_is_old_enough_at_most_three_days_older(
    backs: list[int], judged: bool
) -> None:
    data = snapshot(day([score("a")]), *(day([score("a")], back=back) for back in backs))
    found = only(policy(score="{id: x, coverage: {days: 7, maximumLoss: {points: 1}}}"), data)
    if judged:
        assert found[:2] == ("pass", "met")
    else:
        assert found == (
            "skipped",
            "not-enough-history",
            "The data has no day 7 to 10 days back whose control scores add up.",
        )


@pytest.mark.parametrize("maximum", [None, 0.0])
def test_coverage_in_percentage_points_needs_that_days_maximum(maximum: float | None) -> None:
    data = snapshot(day([]), day([score("a")], back=1, maximum=maximum))
    assert only(policy(score="{id: x, coverage: {days: 1, maximumLoss: {percentagePoints: 1}}}"), data) == (
        "error",
        "maximum-unknown",
        "The maximum of 2026-05-21 is unknown or zero, so a share can't be judged; require points.",
    )


@pytest.mark.parametrize("hour", [0, 23])
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, ("pass", "met", "The newest day is 2026-05-22, 0 days old.")),
        (1, ("pass", "met", "The newest day is 2026-05-22, 1 day old.")),
        (3, ("pass", "met", "The newest day is 2026-05-22, 3 days old.")),
        (
            4,
            (
                "error",
                "stale",
                (
                    "The newest day is 2026-05-22, 4 days old, and may be 3 days old: Microsoft has published "
                    "nothing since, or "
                    "the snapshot is old."
                ),
            ),
        ),
        (-1, ("pass", "met", "The newest day is 2026-05-22, 0 days old.")),
        (-2, ("pass", "met", "The newest day is 2026-05-21, 0 days old.")),
    ],
)
def test_freshness_counts_whole_days_whatever_the_hour(hour: int, days: int, expected: tuple[str, str, str]) -> None:
    rules, data = policy(score="{id: x, freshness: {maximumAge: 3d}}"), snapshot(day([score("a")]), day([], back=1))
    now = NOW.replace(hour=hour, minute=59) + datetime.timedelta(days=days)
    assert only(rules, data, now) == expected
    future = "Left out, since they lie after the day of the run, 2026-05-20: 2026-05-22; is the clock right?"
    assert (("data-from-the-future", future) in warnings(rules, data, now)) is (days == -2)


def test_the_day_of_the_run_is_the_utc_day() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=14))
    now = datetime.datetime(2026, 5, 23, 1, 0, tzinfo=zone)
    assert only(policy(score="{id: x, freshness: {maximumAge: 0d}}"), snapshot(day([])), now)[:2] == ("pass", "met")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (50, ("pass", "met", "5 of 10 points earned (50 %) are declared and were not observed.")),
        (
            49.99,
            (
                "fail",
                "above-maximum",
                "5 of 10 points earned (50 %) are declared and were not observed; at most 49.99 % may be.",
            ),
        ),
    ],
)
def test_the_declared_share_is_of_the_points_earned(limit: float, expected: tuple[str, str, str]) -> None:
    data = snapshot(
        day([score("a", 5, 5), score("b", 5), score("c", 0)]),
        profiles=[profile("a", 5, updates=[update("anything")]), profile("b"), profile("c", state="Ignored")],
    )
    (found,) = findings(policy(score=f"{{id: x, declaredShare: {{maximum: {{percent: {limit}}}}}}}"), data)
    assert line(found) == expected
    assert found.judgement.measured == Quantity(50.0, Unit.PERCENT)


def test_a_share_of_nothing_is_not_applicable() -> None:
    assert only(policy(score=f"{{id: x, {SHARE}}}"), snapshot(day([score("a", 0)]), profiles=[profile("a")])) == (
        "skipped",
        "not-applicable",
        "The tenant has earned no points, so a share of them is not applicable.",
    )


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("minimum: {percent: 60}", "The overall score must be at 60 % or more"),
        (
            "category: Data, declared: exclude, minimum: {points: 1}",
            "The observed Data score must be at 1 point or more",
        ),
        (
            "select: {service: [MDO]}, minimum: {percent: 1}",
            "The score of the controls with service MDO must be at 1 % or more",
        ),
        (COMPARE, "The overall score must be at most 5 percentage points below the average of AllTenants"),
        (
            "coverage: {days: 7, maximumLoss: {percentagePoints: 1}}",
            "Controls worth at most 1 percentage point may stop being scored within 7 days",
        ),
        ("freshness: {maximumAge: 1d}", "The newest day must be at most 1 day old"),
        (SHARE, "At most 10 % of the points earned may be declared and not observed"),
    ],
)
def test_each_kind_says_what_it_asks_for(entry: str, sentence: str) -> None:
    assert policy(score=f"{{id: x, {entry}}}").policies[0].requirements[0].summary.title == sentence


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(12.5, Unit.POINTS), "12.5 points"),
        (Quantity(1.0, Unit.POINTS), "1 point"),
        (Quantity(1.0, Unit.PERCENTAGE_POINTS), "1 percentage point"),
        (Quantity(3, Unit.DAYS), "3 days"),
        (Quantity(3, Unit.OBJECTS), "3"),
        (Quantity("Default", Unit.STATE), "Default"),
    ],
)
def test_a_quantity_in_words(quantity: Quantity, text: str) -> None:
    assert worded(quantity) == text


def test_how_far_back_each_kind_looks() -> None:
    assert policy(score="{id: x, minimum: {percent: 1}}").days_needed == 1
    assert policy(controls="{id: x, control: a}").days_needed == 8
    assert policy(score="{id: x, coverage: {days: 7, maximumLoss: {points: 1}}}").days_needed == 11


def test_null_days_tell_nothing() -> None:
    bare_day = SecureScore(created_date_time="2026-05-22T00:00:00Z")
    assert only(policy(score="{id: x, minimum: {percent: 1}}"), snapshot(bare_day))[:2] == ("error", "partial-data")


@pytest.mark.parametrize(
    ("section", "entry", "expected"),
    [
        ("score", "minimum: {}", "expected exactly one of percent and points"),
        ("score", "minimum: {percent: 1, points: 1}", "expected exactly one of percent and points"),
        ("score", "category: Data, select: {id: [a]}, minimum: {percent: 1}", "expected category or select, not both"),
        ("score", "exclude: [a], minimum: {percent: 1}", "expected exclude only together with select"),
        (
            "score",
            "coverage: {days: 7, maximumLoss: {points: 1, percentagePoints: 1}}",
            "expected exactly one of points and percentagePoints",
        ),
        ("controls", "control: a, minimum: {percent: 1, points: 1}", "expected percent or points, not both"),
    ],
)
def test_terms_that_exclude_each_other_are_refused(section: str, entry: str, expected: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy(**{section: f"{{id: x, {entry}}}"})
    assert expected in str(caught.value)


def test_a_minimum_is_shown_as_the_policy_writes_it() -> None:
    data = snapshot(day([score("a", 9.99)], maximum=10.0), profiles=[profile("a")])
    assert only(policy(score="{id: x, minimum: {percent: 99.999}}"), data)[2].endswith("and must be at 99.999 %.")


def test_a_total_without_any_control_score_is_not_trusted() -> None:
    data = snapshot(day([], current=53.0))
    assert only(policy(score="{id: x, minimum: {percent: 50}}"), data)[:2] == ("error", "inconsistent")


@pytest.mark.parametrize("on_missing", ["fail", "skip", "error"])
def test_where_all_controls_only_may_belong_nothing_may_be_scored(on_missing: str) -> None:
    data = snapshot(day([score("a", category=None)]))
    rules = policy(score=f"{{id: x, category: Device, minimum: {{points: 0}}, onMissing: {on_missing}}}")
    assert only(rules, data)[:2] == ("error", "partial-data")


def test_a_control_without_a_readable_score_and_without_a_maximum_may_be_any_loss() -> None:
    data = snapshot(day([score("a", None), score("b")]), day([score("a", 0.0), score("b")], back=1), profiles=[])
    rules = policy(score="{id: x, coverage: {days: 1, maximumLoss: {points: 3}}}")
    assert only(rules, data)[:2] == ("error", "partial-data")
