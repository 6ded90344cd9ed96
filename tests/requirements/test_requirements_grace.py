"""``newControls``: controls that are new in the score are named, and judged later."""

import datetime

import pytest
from builders import NOW, TODAY, day, policy, profile, report, score, snapshot

from checker.report.outcome import Outcome, Reason
from checker.snapshot.model import Snapshot

OLD, NEW = score("mdo_old"), score("mdo_new", 0.0)
PROFILES = [profile("mdo_old"), profile("mdo_new")]


def history(*without: int, last: int = 90, doubtful: tuple[int, ...] = ()) -> Snapshot:
    """Days of which those so many days ago lack the control ``mdo_new``."""
    days = [day([OLD, NEW])]
    for back in sorted({*without, last, *doubtful}):
        scores = [OLD] if back in without or back in doubtful else [OLD, NEW]
        days.append(day(scores, back=back, current=999.0) if back in doubtful else day(scores, back=back))
    return snapshot(*days, profiles=PROFILES)


def outcomes(entry: str, data: Snapshot, now: datetime.datetime = NOW) -> dict[str | None, tuple[Outcome, Reason]]:
    found = report(policy(controls=entry), data, now).findings
    return {one.judgement.control: (one.outcome, one.judgement.reason) for one in found}


SELECT = "{id: x, select: {service: [AzureAD]}, newControls: {grace: 30d}}"
SKIPPED = (Outcome.SKIPPED, Reason.NEW_CONTROL)
FAILED = (Outcome.FAIL, Reason.BELOW_MINIMUM)


@pytest.mark.parametrize(
    ("without", "expected"),
    [
        ((1,), SKIPPED),
        ((5, 40), SKIPPED),
        ((29,), SKIPPED),
        # First scored 30 days ago or earlier.
        ((31, 40), FAILED),
        # Never without it: a short history shows nothing.
        ((), FAILED),
    ],
)
def test_a_control_is_new_if_the_history_shows_a_day_without_it(
    without: tuple[int, ...], expected: tuple[Outcome, Reason]
) -> None:
    data = history(*without, last=max(without, default=3))
    found = outcomes(SELECT, data)
    assert found["mdo_new"] == expected
    assert found["mdo_old"][0] is Outcome.PASS


def test_a_control_that_came_back_is_not_new() -> None:
    assert outcomes(SELECT, history(5, last=60))["mdo_new"] == FAILED


def test_a_day_that_tells_nothing_does_not_show_that_a_control_is_new() -> None:
    days = [day([OLD, NEW]), day([OLD], back=3, current=999.0)]
    assert outcomes(SELECT, snapshot(*days, profiles=PROFILES))["mdo_new"] == FAILED


def test_an_entry_without_a_readable_score_is_no_new_control() -> None:
    days = [day([OLD, NEW]), day([OLD, score("mdo_new", None)], back=3), day([OLD], back=60)]
    assert outcomes(SELECT, snapshot(*days, profiles=PROFILES))["mdo_new"] == FAILED


def test_the_message_names_the_day_from_which_it_is_judged_and_it_is_judged_then() -> None:
    data = history(6, 7, 8, last=8)
    (found,) = [one for one in report(policy(controls=SELECT), data).findings if one.judgement.control == "mdo_new"]
    began, ends = TODAY - datetime.timedelta(days=5), TODAY + datetime.timedelta(days=25)
    assert found.message == f"mdo_new is new, scored since {began}, and is judged from {ends} on."
    assert outcomes(SELECT, data, NOW + datetime.timedelta(days=24))["mdo_new"] == SKIPPED
    assert outcomes(SELECT, data, NOW + datetime.timedelta(days=25))["mdo_new"] == FAILED


def test_a_pattern_leaves_new_controls_alone_and_an_id_does_not() -> None:
    data = history(1, last=1)
    grace = "newControls: {grace: 30d}"
    (found,) = report(policy(controls=f"{{id: x, control: 'mdo_*', {grace}}}"), data).findings
    assert (found.judgement.control, found.outcome) == ("mdo_old", Outcome.PASS)
    assert f"; mdo_new is new, scored since {TODAY}, and is judged from " in found.message
    assert outcomes(f"{{id: x, control: 'mdo_n*', {grace}}}", data) == {"mdo_new": SKIPPED}
    assert outcomes(f"{{id: x, control: mdo_new, {grace}}}", data) == {"mdo_new": FAILED}


def test_a_policy_s_defaults_can_give_it_to_all() -> None:
    found = policy(controls="{id: x, select: {service: [AzureAD]}}", head="defaults: {newControls: {grace: 10d}}")
    assert found.days_needed == 11
    assert {one.outcome for one in report(found, history(1, last=1)).findings} == {Outcome.PASS, Outcome.SKIPPED}
