import multiprocessing
import pickle
from pathlib import Path

import pytest
from command_line import policy
from graph_support import NOW

from checker.policy.load import load
from checker.report.outcome import Severity
from checker.report.verdict import Decision
from checker.runs.gate import Judged, JudgeInput, judge, judging
from checker.sources.choose import choose
from checker.sources.request import SourceRequest

PACK = ("pack:essentials",)


def quiet(text: str) -> None:
    raise AssertionError(text)


def judged(seed: int) -> Judged:
    source = choose(SourceRequest(sandbox=True, seed=seed), NOW, quiet)
    return judge(JudgeInput(policies=load(PACK, ()), moment=NOW), source).judged


def test_what_was_judged_crosses_to_another_process_without_its_data() -> None:
    here = judged(3)
    assert here.report.findings
    assert pickle.loads(pickle.dumps(here)) == here
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(judged, [3]) == [here]
    assert len(pickle.dumps(here)) < 200_000


def test_a_run_keeps_the_data_beside_what_was_judged() -> None:
    source = choose(SourceRequest(sandbox=True), NOW, quiet)
    run = judge(JudgeInput(policies=load(PACK, ()), moment=NOW), source)
    assert run.snapshot is run.reading.snapshot
    assert len(run.reading.documents) == 1
    again = judging(load(PACK, ()), NOW, Severity.INFO, portal=source.cloud.portal)(run.snapshot)
    assert again == (run.judged.report, run.judged.verdict)


@pytest.mark.parametrize(("days", "read"), [(None, 1), (3, 7)])
def test_as_many_days_are_read_as_the_policies_need(days: int | None, read: int, tmp_path: Path) -> None:
    trend = f", trend: {{days: {days}, maximumDrop: {{points: 500}}}}" if days else ", minimum: {points: 1}"
    path = policy(tmp_path, f"score: [{{id: overall{trend}}}]")
    given = JudgeInput(policies=load((path,), ()), moment=NOW)
    run = judge(given, choose(SourceRequest(sandbox=True), NOW, quiet))
    assert len(run.snapshot.days) == read
    assert run.judged.verdict.decision is Decision.PASS


def test_all_days_are_read_to_say_since_when_something_fails() -> None:
    given = JudgeInput(policies=load(PACK, ()), moment=NOW, since=True)
    run = judge(given, choose(SourceRequest(sandbox=True), NOW, quiet))
    assert len(run.snapshot.days) == 90
    assert all((finding.since is not None) is finding.fails for finding in run.judged.report.findings)
