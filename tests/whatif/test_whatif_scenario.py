"""Scenarios: what moves, what stays, and what a plan does to the sandbox."""

import httpx
import pytest
from builders import NOW, OTHER_TENANT, PORTAL, day, policies, profile, score, tenant, update
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from plan_builders import change, plan, proposed
from sandbox_client import new_sandbox, patch, tenant_of

from checker.clouds import GLOBAL
from checker.errors import ScenarioError, SnapshotError
from checker.graph.channel import GraphChannel
from checker.insight.effort import WEIGHTS
from checker.remediation.drift import fields_to_send
from checker.remediation.plan import NewState
from checker.sandbox.app import Sandbox
from checker.snapshot.model import Snapshot
from checker.sources.live import LiveSource
from checker.tenant.tenant import Tenant
from checker.transport.client import async_client
from checker.whatif.projection import Question, project
from checker.whatif.scenario import Adoption, Scenario, simulate
from checker.whatif.target import Choice

HELD = tenant(
    day([score("A", 2.0), score("B"), score("7.C", 0.0)]), profiles=[profile(name) for name in ("A", "B", "C", "D")]
)


def played(scenario: Scenario, of: Tenant = HELD) -> Tenant:
    return Tenant(simulate(of, scenario, NOW).snapshot, PORTAL)


def current(of: Tenant) -> float:
    assert of.newest is not None
    assert of.newest.score.current_score is not None
    return of.newest.score.current_score


def test_what_is_adopted_earns_its_share_and_moves_the_total_by_it() -> None:
    then = played(Scenario(adopt=[Adoption("a", 50.0), Adoption("C")]))
    assert current(then) == 12.0 + 3.0 + 10.0
    found = {control.id: (control.points, control.percent) for control in then.controls}
    assert found == {"A": (5.0, 50.0), "B": (10.0, 100.0), "7.C": (10.0, 100.0)}
    assert then.is_consistent


def test_what_is_dropped_earns_nothing() -> None:
    assert current(played(Scenario(drop=["B"]))) == 2.0
    assert current(played(Scenario(adopt=[Adoption("A")], drop=["B"]))) == 10.0


def test_a_pattern_is_every_scored_control_that_fits() -> None:
    assert current(played(Scenario(adopt=[Adoption("*")]))) == 30.0


def test_a_control_without_a_score_would_count_with_its_maximum() -> None:
    found = simulate(HELD, Scenario(adopt=[Adoption("D", 50.0)]), NOW)
    score_then = found.snapshot.days[0].score
    assert (score_then.current_score, score_then.max_score) == (17.0, 110.0)
    assert found.steps[0].before is None
    assert "not scored today" in found.notes[0]


@given(st.integers(0, 30))
@settings(deadline=None, max_examples=examples(10))
def test_nothing_changed_is_the_present_score_to_the_last_digit(seed: int) -> None:
    source = live(new_sandbox(seed))
    now = Tenant(source.read(1).snapshot, PORTAL)
    question = Question(scenario=Scenario(), choice=Choice(weights=dict(WEIGHTS)))
    found = project(now, question, PORTAL, NOW)
    assert found.projected == found.today
    assert found.adopted == ()
    assert simulate(now, Scenario(), NOW).snapshot == now.snapshot


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (Scenario(adopt=[Adoption("X")]), "this tenant reports no control X"),
        (Scenario(adopt=[Adoption("x*")]), "reports no control"),
        (Scenario(adopt=[Adoption("A"), Adoption("a")]), "names A twice"),
        (Scenario(adopt=[Adoption("A")], drop=["*"]), "names A twice"),
        (Scenario(drop=["D"]), "nothing to drop"),
        (Scenario(plan=plan(change("X"))), "for which this tenant has no profile"),
        (Scenario(plan=plan(change("A"), tenant=OTHER_TENANT)), "the plan is for the tenant"),
    ],
)
def test_what_does_not_fit_the_tenant_is_refused(scenario: Scenario, said: str) -> None:
    with pytest.raises(ScenarioError, match=said.replace("*", r"\*")):
        played(scenario)


def test_a_maximum_that_nobody_knows_is_refused() -> None:
    unknown = tenant(day([score("A", 0.0)]), profiles=[profile("A", UNSET)])
    with pytest.raises(ScenarioError, match="maximum of A is unknown"):
        played(Scenario(adopt=[Adoption("A")]), unknown)


def test_a_tenant_without_a_score_is_refused() -> None:
    with pytest.raises(SnapshotError, match="no Secure Score yet"):
        played(Scenario(adopt=[Adoption("A")]), tenant(profiles=[profile("A")]))


@pytest.mark.parametrize(
    ("state", "points"), [("ThirdParty", 10.0), ("Reviewed", 10.0), ("Ignored", 2.0), ("Default", 2.0)]
)
def test_a_plan_sets_states_and_the_points_that_follow(state: str, points: float) -> None:
    whole = plan(change("A", after=NewState(state=state, comment="c")))  # type: ignore[arg-type]
    then = played(Scenario(plan=whole))
    control = then.scored("A")
    assert control is not None
    assert control.points == points
    assert control.state.says(state)


def declared(*states: tuple[str, str], earlier: float | None = 3.0) -> Tenant:
    updates = [update(state, at) for state, at in states]
    days = [day([score("A")]), *([day([score("A", earlier)], back=9)] if earlier is not None else [])]
    return tenant(*days, profiles=[profile("A", updates=updates)])


@pytest.mark.parametrize(
    ("of", "points", "notes"),
    [
        (declared(("Default", "2026-01-01T00:00:00Z"), ("ThirdParty", "2026-05-15T08:00:00Z")), 3.0, 0),
        (declared(("ThirdParty", "2026-05-15T08:00:00Z"), ("Reviewed", "2026-05-20T08:00:00Z")), 3.0, 0),
        (declared(("ThirdParty", "2026-05-01T08:00:00Z")), 0.0, 1),
        (declared(("ThirdParty", "2026-05-15T08:00:00Z"), earlier=None), 0.0, 1),
    ],
)
def test_a_reset_leaves_what_was_last_observed(of: Tenant, points: float, notes: int) -> None:
    whole = plan(change("A", after=NewState(state="Default", comment="")))
    found = simulate(of, Scenario(plan=whole), NOW)
    assert found.snapshot.days[0].score.current_score == points
    assert len(found.notes) == notes


def live(sandbox: Sandbox) -> LiveSource:
    class Minted:
        def token(self, claims: str | None = None) -> str:
            del claims
            return sandbox.mint_token(sandbox.tenants[0].tenant_id)

    return LiveSource(
        GLOBAL,
        httpx.URL("https://graph.test"),
        Minted(),
        now=NOW,
        deadline=60.0,
        channel=GraphChannel(lambda: async_client(httpx.ASGITransport(app=sandbox.app))),
    )


CONTROLS = ("mdo_blockmailforward", "mdo_spam_notifications_only_for_admins", "AdminMFAV2")


def test_the_what_if_of_a_plan_is_what_the_sandbox_recalculates() -> None:
    sandbox = new_sandbox()
    before = live(sandbox).read(90).snapshot
    entries = ", ".join(
        f"{{id: c-{number}, control: {name}, profile: {{state: ThirdParty}}}}" for number, name in enumerate(CONTROLS)
    )
    wanted = proposed(
        policies(
            "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\n"
            f"controls: [{entries}]\nstates: [{{id: known, undeclared: fail}}]\n"
        ),
        before,
    )
    assert {one.after.state for one in wanted.changes} == {"ThirdParty", "Default"}
    projected = simulate(Tenant(before, PORTAL), Scenario(plan=wanted), NOW)
    for one in wanted.changes:
        body = {**fields_to_send(one), "vendorInformation": {"provider": "SecureScore", "vendor": "Microsoft"}}
        assert patch(sandbox, one.control, body).is_success
    after = live(sandbox).read(1).snapshot
    assert points(projected.snapshot) == points(after)
    assert projected.notes == ()
    now = after.days[0].score.current_score
    assert now is not None
    # The service rounds its totals.
    assert current(Tenant(projected.snapshot, PORTAL)) == pytest.approx(now, abs=0.005)
    assert now != tenant_of().secure_scores[0]["currentScore"]


def points(of: Snapshot) -> dict[str, float | None]:
    return {entry.control_name: entry.score for entry in of.days[0].controls}
