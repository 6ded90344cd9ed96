from pathlib import Path

import pytest
from command_line import policy
from graph_support import NOW

from checker.insight.score import LAST_MONTH, LAST_WEEK, LOOKS_BACK_DAYS, YESTERDAY, posture
from checker.policy.load import load
from checker.runs.look import days_to_fetch, look, take
from checker.sources.choose import choose
from checker.sources.interface import Source
from checker.sources.request import SourceRequest
from checker.tenant.earlier import SLACK_DAYS


@pytest.fixture
def source() -> Source:
    return choose(SourceRequest(sandbox=True), NOW, print)


def test_a_look_reads_the_newest_day_alone_where_nothing_more_is_asked(source: Source) -> None:
    seen = look(source)
    assert len(seen.snapshot.days) == len(take(source, 1).snapshot.days) == 1
    assert seen.tenant.snapshot is seen.snapshot
    assert seen.report(None, NOW) is None


@pytest.mark.parametrize("back", [0, 1, 30])
def test_looking_back_reads_the_days_that_may_stand_in_too(back: int, source: Source) -> None:
    seen = look(source, back=back)
    assert len(seen.snapshot.days) == days_to_fetch(back) == back + SLACK_DAYS + 1


def test_the_posture_says_how_far_it_looks(source: Source) -> None:
    assert max(YESTERDAY, LAST_WEEK, LAST_MONTH) == LOOKS_BACK_DAYS
    tenant = look(source, back=LOOKS_BACK_DAYS).tenant
    assert posture(tenant, NOW.date()).since_last_month is not None


def test_everything_is_what_graph_keeps(source: Source) -> None:
    assert len(look(source, everything=True).snapshot.days) == 90


def test_policies_are_judged_on_what_was_read(tmp_path: Path, source: Source) -> None:
    policies = load((policy(tmp_path, "score: [{id: lost, coverage: {days: 7, maximumLoss: {points: 2000}}}]"),), ())
    seen = look(source, policies=policies)
    report = seen.report(policies, NOW)
    assert report is not None
    assert [finding.outcome.value for finding in report.findings] == ["pass"]
