"""starting_policy: a policy that the tenant satisfies as it is."""

import datetime
import json
import os
import random
from pathlib import Path

import pytest
from builders import PORTAL, SUM, TODAY, day, policies, profile, report, score, snapshot, unrated
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import HealthCheck, given, settings
from random_tenants import NOW as RANDOM_NOW
from random_tenants import random_tenant
from sandbox_client import NOW as SANDBOX_NOW
from strategies import snapshots

from checker.drafting.start import starting_policy
from checker.errors import SnapshotError
from checker.evaluation.declared_states import NoStates
from checker.policy.lint import lint
from checker.policytest.load import load_tests
from checker.policytest.run import run_tests
from checker.report.outcome import Outcome, Severity
from checker.report.verdict import Decision, decide
from checker.requirements.entry import Case
from checker.runs.drafts import draft_test
from checker.snapshot.as_of import without_future
from checker.snapshot.model import Snapshot
from checker.snapshot.read import decode_snapshot, read_snapshot
from checker.sources.embedded import sandbox_source
from checker.tenant.tenant import Tenant
from checker.tenant.totals import Totals

NOT_ACCEPTED = "which nobody observed and the policy does not accept"
NO_PROFILE = (
    "has no control profile in the data, so it may be declared; fetch the data again, or judge it with "
    "--assume-default-states"
)


def start(data: Snapshot, today: datetime.date = TODAY) -> str:
    tenant = Tenant(data, PORTAL)
    return starting_policy(Case(tenant, today, Totals(tenant), "baseline/x", NoStates()))


def entries(data: Snapshot) -> list[str]:
    """The lines that say something, from the first section on."""
    return start(data).partition("score:\n")[2].splitlines()


def satisfied(data: Snapshot, folder: Path) -> None:
    text = start(data)
    file = folder / "baseline.yaml"
    file.write_text(text, encoding="utf-8")
    linted = lint([str(file)], [], TODAY)
    assert linted.problems == (), text
    found = report(policies(text), data)
    assert [one.message for one in found.findings if one.outcome is not Outcome.PASS] == [], text
    assert decide(found, Severity.INFO).decision is Decision.PASS
    test = folder / "tests" / "baseline.yaml"
    test.parent.mkdir(exist_ok=True)
    test.write_text(draft_test(text.encode(), "../baseline.yaml"), encoding="utf-8")
    assert run_tests(load_tests([str(folder)])).verdict == "pass", test.read_text(encoding="utf-8")


@given(snapshots())
@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_policy_lints_clean_and_its_tenant_passes(tmp_path: Path, data: Snapshot) -> None:
    satisfied(data, tmp_path)


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_a_tenant_of_the_sandbox_passes(seed: int, tmp_path: Path) -> None:
    data = sandbox_source(SANDBOX_NOW, seed).read(8).snapshot
    assert data.days[0].date == TODAY
    satisfied(data, tmp_path)


@pytest.mark.skipif("SCOREGATE_REAL_DATA" not in os.environ, reason="no folder of real payloads is named")
def test_a_real_tenant_passes() -> None:
    data = read_snapshot([str(Path(os.environ["SCOREGATE_REAL_DATA"]) / "graph")])
    today = data.days[0].date
    now = datetime.datetime.combine(today, datetime.time(9), datetime.UTC)
    found = report(policies(start(data, today)), data, now)
    assert {one.outcome for one in found.findings} == {Outcome.PASS}


def test_each_score_and_each_control_is_required_at_what_it_has_reached_rounded_down() -> None:
    data = snapshot(day([score("a", 5.0, 7.0), score("b", 2.0, 2.0, category="Apps")], maximum=SUM))
    assert entries(data) == [
        "  - {id: fresh, freshness: {maximumAge: 3d}}",
        "  - {id: overall, minimum: {percent: 77.77}}",
        '  - {id: category-identity, category: "Identity", minimum: {percent: 71.42}}',
        '  - {id: category-apps, category: "Apps", minimum: {percent: 100}}',
        "",
        "controls:",
        "  # a",
        "  - id: a",
        '    control: "a"',
        "    minimum: {percent: 71.42}",
        "  # b",
        "  - id: b",
        '    control: "b"',
        "    minimum: {percent: 100}",
    ]


def test_declared_states_are_required_and_an_accepted_risk_beside_its_score() -> None:
    controls = [profile("a", state="thirdParty"), profile("b", state="Ignored"), profile("c", state="Reviewed")]
    data = snapshot(day([score("a", 4.0), score("b", 4.0)]), profiles=controls)
    assert entries(data)[entries(data).index("controls:") + 1 :] == [
        "  # a: thirdParty by admin@contoso.example on 2026-05-01T08:00:00",
        "  - id: a",
        '    control: "a"',
        "    profile:",
        "      state: ThirdParty",
        "  # b: Ignored by admin@contoso.example on 2026-05-01T08:00:00",
        "  - id: b",
        '    control: "b"',
        "    minimum: {percent: 40}",
        "    profile:",
        "      state: Ignored",
        "  # c: Reviewed by admin@contoso.example on 2026-05-01T08:00:00",
        "  - id: c",
        '    control: "c"',
        "    profile:",
        "      state: Reviewed",
    ]


def test_what_cannot_be_required_is_left_out_with_the_reason(tmp_path: Path) -> None:
    scores = [score("zero", 0.0), unrated("bare", 1.0), score("none", 0.0), score("odd", 5.0), score("a*", 5.0)]
    profiles = [profile("zero"), profile("none", None), profile("odd", state="NewState"), profile("a*")]
    data = snapshot(day([*scores, score("c", 5.0, category="*")]), profiles=[*profiles, profile("c")])
    said = [one for one in entries(data) if "Left out" in one]
    assert said == [
        "  # Left out: the category *, which a policy cannot name.",
        "  # Left out: zero is at 0 %, which requires nothing.",
        f"  # Left out: bare {NO_PROFILE}.",
        "  # Left out: none has no maximum: maxScore of its profile is null, so a percentage of it is not applicable.",
        f"  # Left out: odd is declared NewState by admin@contoso.example on 2026-05-01, {NOT_ACCEPTED}.",
        "  # Left out: a*, which a policy cannot name.",
    ]
    satisfied(data, tmp_path)


def test_a_tenant_that_has_reached_nothing_still_has_a_policy(tmp_path: Path) -> None:
    data = snapshot(day([score("a", 0.0)]))
    assert entries(data)[-3:] == [
        "",
        "# No entry of controls is met:",
        "  # Left out: a is at 0 %, which requires nothing.",
    ]
    satisfied(data, tmp_path)


def test_old_data_is_as_fresh_as_it_may_be() -> None:
    data = snapshot(day([score("a")], back=40))
    assert entries(data)[0] == "  - {id: fresh, freshness: {maximumAge: 40d}}"


def test_a_tenant_without_a_score_is_refused() -> None:
    with pytest.raises(SnapshotError, match="no Secure Score yet"):
        start(snapshot(profiles=[profile("a")]))


@given(TEXTS, TEXTS)
@settings(max_examples=examples(50), deadline=None)
def test_no_text_of_a_tenant_breaks_the_policy(title: str, category: str) -> None:
    one = profile("a", title=title, state="Ignored", category=category)
    data = snapshot(day([score("a", 5.0, category=category), score("b", 5.0)]), profiles=[one, profile("b")])
    found = report(policies(start(data)), data)
    assert {finding.outcome for finding in found.findings} == {Outcome.PASS}


def test_whatever_the_data_leaves_open_the_tenant_passes() -> None:
    for number in range(200):
        whole = decode_snapshot(json.dumps(random_tenant(random.Random(number))).encode(), "s.json")
        data = without_future(whole, RANDOM_NOW.date())
        found = report(policies(start(data, RANDOM_NOW.date())), data, RANDOM_NOW)
        assert {one.outcome for one in found.findings} == {Outcome.PASS}, number


def test_a_tenant_of_which_nothing_can_be_required_is_refused() -> None:
    with pytest.raises(SnapshotError, match="nothing of the day 2026-05-22 can be required"):
        start(snapshot(day([score("a", 0.0)])), TODAY - datetime.timedelta(days=9))
