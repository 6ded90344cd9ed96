"""Since when a failure fails."""

import datetime

import pytest
from builders import NOW, PORTAL, day, policy, profile, score, snapshot, update

from checker.evaluation.evaluate import evaluate
from checker.evaluation.since import with_since
from checker.policy.model import PolicySet
from checker.report.finding import Since
from checker.snapshot.as_of import as_of
from checker.snapshot.model import Snapshot


def since(policies: PolicySet, data: Snapshot) -> dict[str, Since | None]:
    report = evaluate(policies, data, NOW, portal=PORTAL)
    found = with_since(report, policies, data, portal=PORTAL)
    return {finding.requirement.id: finding.since for finding in found.findings}


def course(*points: float | None) -> Snapshot:
    """Control A from the newest day back; None is a day that the data lacks."""
    days = [day([score("A", one), score("B")], back=back) for back, one in enumerate(points) if one is not None]
    return snapshot(*days, profiles=[profile("A"), profile("B")])


ONE = policy(controls="{id: a, control: A}, {id: b, control: B}")


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ((5.0,), Since("2026-05-22", or_earlier=True)),
        ((5.0, 10.0), Since("2026-05-22", or_earlier=False)),
        ((5.0, 4.0, 10.0, 4.0), Since("2026-05-21", or_earlier=False)),
        ((5.0, None, 4.0, 10.0), Since("2026-05-20", or_earlier=False)),
        ((5.0, 4.0, 3.0), Since("2026-05-20", or_earlier=True)),
        ((10.0, 5.0), None),
    ],
)
def test_it_is_the_first_of_the_days_in_a_row(points: tuple[float | None, ...], expected: Since | None) -> None:
    assert since(ONE, course(*points)) == {"a": expected, "b": None}


def test_a_waiver_that_ended_lets_it_fail_since_then() -> None:
    waived = policy(
        controls="{id: a, control: A}",
        waivers="{requirement: p/a, from: 2026-05-01, until: 2026-05-20, reason: r, approvedBy: b}",
    )
    assert since(waived, course(5.0, 5.0, 5.0)) == {"a": Since("2026-05-21", or_earlier=False)}


def test_a_declaration_fails_since_it_was_made() -> None:
    updates = [update("Default"), update("ThirdParty", "2026-05-21T10:00:00Z", "x")]
    days = [day([score("A")], back=back) for back in range(4)]
    data = snapshot(*days, profiles=[profile("A", updates=updates)])
    assert since(policy(controls="{id: a, control: A}"), data) == {"a": Since("2026-05-21", or_earlier=False)}


def test_people_left_out_are_counted_by_the_newest_total() -> None:
    allowed = policy(controls="{id: a, control: A, minimum: {percent: 100, allBut: 1}}")
    newest = day([score("A", 8.0, total=10)])
    days = [newest, *(day([score("A", 9.0)], back=back) for back in (1, 2))]
    data = snapshot(*days, profiles=[profile("A")])
    assert since(allowed, data) == {"a": Since("2026-05-22", or_earlier=False)}


def test_a_past_day_has_the_states_that_were_set_by_its_end() -> None:
    updates = [
        update("Default"),
        update("Ignored", "2026-05-20T23:59:00Z"),
        update("ThirdParty", "2026-05-22T01:00:00Z"),
    ]
    data = snapshot(
        *(day([score("A", state="x" if not back else None)], back=back) for back in range(4)),
        profiles=[profile("A", updates=updates)],
    )
    then = as_of(data, datetime.date(2026, 5, 20))
    assert [str(one.date) for one in then.days] == ["2026-05-20", "2026-05-19"]
    assert [entry.state for entry in then.profiles[0].control_state_updates or []] == ["Default", "Ignored"]
    # What only the newest day tells is taken to have been so.
    assert [entry.state for entry in then.days[0].controls] == ["x"]
    assert [entry.state for entry in then.days[1].controls] == [None]
    assert as_of(data, datetime.date(2026, 5, 22)) is data
    assert as_of(data, datetime.date(2026, 1, 1)).days == ()


def test_a_day_that_could_not_be_judged_may_have_failed_too() -> None:
    falling = policy(score="{id: fall, trend: {days: 2, maximumDrop: {points: 0.5}}}")
    days = [day([score("A", 1.0 + back)], back=back) for back in range(6)]
    found = since(falling, snapshot(*days, profiles=[profile("A")]))
    assert found == {"fall": Since("2026-05-19", or_earlier=True)}
