import datetime

from builders import PORTAL
from example_counts import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker.evaluation.evaluate import evaluate
from checker.policy.load import load
from checker.policytest.given import GivenControl, GivenDay, GivenPoints, GivenTenant, contradictions
from checker.policytest.inline import impossible_points, snapshot_of
from checker.report.outcome import Outcome
from checker.tenant.tenant import Tenant
from checker.tenant.totals import Totals

TODAY = datetime.date(2026, 5, 22)
NAMES = st.sampled_from(["AdminMFAV2", "adminmfav2", "mdo_zapmalware", "scid_2010", "own", "11770.MDA_own"])
PERCENTS = st.one_of(st.none(), st.floats(0, 100))
MAXIMA = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 7.0, 10.0, 33.0, 100.0]))
POINTS = st.builds(GivenPoints, percent=PERCENTS, max_score=MAXIMA)
CONTROLS = st.one_of(
    st.builds(
        GivenControl,
        percent=PERCENTS,
        max_score=MAXIMA,
        state=st.sampled_from([None, "Default", "ThirdParty", "Ignored", "Reviewed"]),
        total=st.one_of(st.none(), st.integers(0, 1000)),
        category=st.sampled_from([None, "Apps", "Identity"]),
    ),
    st.just(GivenControl(scored=False)),
)
DAYS = st.lists(
    st.builds(GivenDay, ago=st.integers(1, 30), controls=st.dictionaries(NAMES, POINTS)),
    max_size=3,
    unique_by=lambda day: day.ago,
)
TENANTS = st.builds(
    GivenTenant,
    controls=st.dictionaries(NAMES, CONTROLS),
    days=DAYS,
    age=st.one_of(st.none(), st.integers(0, 5)),
    enabled_services=st.one_of(st.none(), st.just(["HasAADP2"])),
)


@given(TENANTS, TENANTS)
@settings(deadline=None, max_examples=examples(150))
def test_what_is_filled_in_leaves_nothing_open(first: GivenTenant, second: GivenTenant) -> None:
    tenant = GivenTenant().changed(first).changed(second)
    assert [*contradictions(tenant), *impossible_points(tenant)] == []
    snapshot = snapshot_of(tenant, TODAY)
    assert snapshot == snapshot_of(tenant, TODAY)
    prepared = Tenant(snapshot, PORTAL)
    totals = Totals(prepared)
    assert prepared.left_out is None
    assert not list(prepared.total_doubts)
    for total in (totals.of_tenant(), totals.declared, totals.of(list(prepared.controls))):
        assert total is not None
        assert total.doubts == ()
    for control in prepared.controls:
        assert not list(prepared.open_members(control))


@given(TENANTS)
@settings(deadline=None, max_examples=examples(60))
@example(GivenTenant(days=[GivenDay(ago=7, controls={"lost": GivenPoints(percent=0)})]))
def test_no_requirement_is_in_doubt_but_for_old_data(tenant: GivenTenant) -> None:
    now = datetime.datetime.combine(TODAY, datetime.time(tzinfo=datetime.UTC))
    snapshot = snapshot_of(GivenTenant().changed(tenant), TODAY)
    for finding in evaluate(load(["pack:essentials"]), snapshot, now, portal=PORTAL).findings:
        assert finding.outcome is not Outcome.ERROR or finding.requirement.id == "fresh"


def test_a_case_changes_controls_field_by_field_whatever_their_case() -> None:
    base = GivenTenant(enabled_services=["HasAADP2"], controls={"AdminMFAV2": GivenControl(percent=50, total=10)})
    found = base.changed(GivenTenant(controls={"adminmfav2": GivenControl(state="Ignored"), "own": GivenControl()}))
    assert found.enabled_services == ["HasAADP2"]
    assert found.controls == {
        "AdminMFAV2": GivenControl(percent=50, total=10, state="Ignored"),
        "own": GivenControl(),
    }
    in_points = found.changed(GivenTenant(controls={"AdminMFAV2": GivenControl(score=3)}))
    assert in_points.controls["AdminMFAV2"] == GivenControl(score=3, total=10, state="Ignored")
    gone = in_points.changed(GivenTenant(controls={"AdminMFAV2": GivenControl(scored=False)}))
    assert gone.controls["AdminMFAV2"] == GivenControl(scored=False, total=10, state="Ignored")
    back = gone.changed(GivenTenant(controls={"AdminMFAV2": GivenControl(percent=1)}))
    assert back.controls["AdminMFAV2"] == GivenControl(percent=1, total=10, state="Ignored")


def test_a_known_control_is_filled_in_as_microsoft_publishes_it() -> None:
    snapshot = snapshot_of(GivenTenant(controls={"mdo_zapmalware": GivenControl(), "own": GivenControl()}), TODAY)
    known, own = snapshot.profiles
    assert (known.control_category, known.service) == ("Apps", "MDO")
    assert (own.control_category, own.service, own.tier, own.max_score) == ("Identity", "AzureAD", "Core", 10.0)
    assert snapshot.days[0].score.max_score == sum(float(profile.max_score or 0) for profile in snapshot.profiles)


def test_an_older_day_is_as_the_newest_but_for_what_it_names() -> None:
    day = GivenDay(
        ago=7, controls={"lost": GivenPoints(max_score=30), "gone": GivenPoints(), "own": GivenPoints(percent=20)}
    )
    tenant = GivenTenant(
        age=2,
        controls={"own": GivenControl(), "gone": GivenControl(scored=False), "same": GivenControl(score=4)},
        days=[day],
    )
    newest, older = snapshot_of(tenant, TODAY).days
    assert (newest.date, older.date) == (datetime.date(2026, 5, 20), datetime.date(2026, 5, 13))
    assert {one.control_name: one.score for one in newest.controls} == {"own": 10, "same": 4}
    assert {one.control_name: one.score for one in older.controls} == {"own": 2, "gone": 10, "same": 4, "lost": 30}
    assert (older.score.current_score, older.score.max_score) == (46, 60)


def test_a_maximum_of_an_older_day_is_of_that_day_alone() -> None:
    tenant = GivenTenant(
        controls={"own": GivenControl(percent=50)}, days=[GivenDay(ago=7, controls={"OWN": GivenPoints(max_score=20)})]
    )
    snapshot = snapshot_of(tenant, TODAY)
    assert [(one.id, one.max_score) for one in snapshot.profiles] == [("own", 10.0)]
    assert [(day.score.current_score, day.score.max_score) for day in snapshot.days] == [(5, 10), (10, 20)]
