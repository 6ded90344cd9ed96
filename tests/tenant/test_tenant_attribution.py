"""Attribution: the parts sum to the change, the way back has the other sign, and causes are what they are called."""

import datetime
import itertools
import os
from pathlib import Path

import pytest
from builders import day, profile, score, snapshot, tenant, update
from hypothesis import given
from hypothesis import strategies as some

from checker.snapshot.model import SecureScore, SecureScoreControlProfile
from checker.snapshot.read import read_snapshot
from checker.sources.embedded import sandbox_source
from checker.tenant.attribution import Attribution, attribute
from checker.tenant.tenant import Tenant

NOW = datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC)


def whole(of: Tenant) -> Attribution:
    """From the oldest day to the newest."""
    found = attribute(of, of.snapshot.days[-1], of.snapshot.days[0])
    assert found is not None
    return found


def causes(of: Tenant) -> list[tuple[str, str | None, float]]:
    """Those of points; made-up maxima leave percentage points unexplained."""
    parts = [part for part in whole(of).parts if part.points or part.cause != "unexplained"]
    return [(part.cause, part.control, round(part.points, 6)) for part in parts]


def assert_exact(found: Attribution) -> None:
    assert sum(part.points for part in found.parts) == pytest.approx(found.points, abs=1e-9)
    if found.percentage_points is not None:
        shares = sum(part.percentage_points for part in found.parts)
        assert shares == pytest.approx(found.percentage_points, abs=1e-9)


def pair(before: SecureScore, after: SecureScore, *profiles: SecureScoreControlProfile) -> Tenant:
    return tenant(after, before, profiles=profiles)


def test_improved_and_regressed() -> None:
    found = pair(
        day([score("A", 2.0), score("B", 9.0), score("C")], back=1), day([score("A", 7.0), score("B", 4.0), score("C")])
    )
    assert causes(found) == [("improved", "A", 5.0), ("regressed", "B", -5.0)]


def test_added_and_retired() -> None:
    found = pair(day([score("A"), score("B", 3.0)], back=1, maximum=20), day([score("A"), score("C", 4.0)], maximum=20))
    assert causes(found) == [("added", "C", 4.0), ("retired", "B", -3.0)]


def test_what_comes_and_goes_with_a_licence() -> None:
    with_licence = ("HasAADP1", "HasAADP2")
    came = pair(day([score("A")], back=1), day([score("A"), score("B", 4.0)], services=with_licence))
    assert causes(came) == [("licence", "B", 4.0)]
    gone = pair(day([score("A"), score("B", 4.0)], back=1, services=with_licence), day([score("A")]))
    assert causes(gone) == [("licence", "B", -4.0)]


def test_a_licence_of_another_day_is_no_cause() -> None:
    found = tenant(
        day([score("A"), score("B", 4.0)], services=("HasAADP1", "HasX")),
        day([score("A")], back=1, services=("HasAADP1", "HasX")),
        day([score("A")], back=2),
    )
    assert causes(found) == [("added", "B", 4.0)]


def test_unknown_services_are_no_licence() -> None:
    found = pair(day([score("A")], back=1, services=None), day([score("A"), score("B", 4.0)]))
    assert causes(found) == [("added", "B", 4.0)]


def test_declared_between_the_days_names_who() -> None:
    held = profile(
        "A", updates=[update("Default"), update("ThirdParty", "2026-05-21T08:00:00Z", "admin@contoso.example")]
    )
    found = whole(pair(day([score("A", 0.0)], back=3), day([score("A")]), held))
    (part,) = found.parts
    assert (part.cause, part.points, part.by, part.at) == (
        "declared",
        10.0,
        "admin@contoso.example",
        "2026-05-21T08:00:00Z",
    )


@pytest.mark.parametrize("state", ["Reviewed", "AlternateMitigation", "Mitigated"])
def test_a_rise_is_declared_whichever_declaration_came_before_it_known_or_not(state: str) -> None:
    held = profile("A", updates=[update(state, "2026-05-21T08:00:00Z", "x")])
    ((cause, _, _),) = causes(pair(day([score("A", 5.0)], back=3), day([score("A", 10.0)]), held))
    assert cause == "declared"


@pytest.mark.parametrize(
    ("state", "at", "after"),
    [
        ("ThirdParty", "2026-05-10T08:00:00Z", 10.0),
        ("Ignored", "2026-05-21T08:00:00Z", 10.0),
        ("ThirdParty", None, 10.0),
        ("ThirdParty", "2026-05-21T08:00:00Z", 2.0),
    ],
)
def test_no_declaration(state: str, at: str | None, after: float) -> None:
    held = profile("A", updates=[update(state, at, "x")])
    ((cause, _, _),) = causes(pair(day([score("A", 5.0)], back=3), day([score("A", after)]), held))
    assert cause == ("improved" if after > 5 else "regressed")


def test_reweighted_apart_from_its_own_course() -> None:
    before, after = day([score("A", 2.5, 5.0)], back=1, maximum=5), day([score("A", 8.0, 10.0)], maximum=10)
    found = whole(pair(before, after, profile("A", 10.0)))
    assert [part.cause for part in found.parts] == ["reweighted", "improved"]
    assert [part.points for part in found.parts] == pytest.approx([0.65 * 5, 7.5 * 0.3])
    assert_exact(found)


def test_rounding_is_no_new_weight() -> None:
    held = profile("A", 8.0)
    of = pair(day([score("A", 7.47, 8.0)], back=1), day([score("A", 7.47, 8.0)]), held)
    assert causes(of) == []
    assert of.maximum_on(score("A", 7.47, 8.0)) == 8.0
    assert of.maximum_on(score("A", 4.67, 5.0)) == 5.0
    assert of.maximum_on(score("A", 0.0, 5.0)) == 8.0


def test_moved_to_another_category_sums_to_nothing() -> None:
    before, after = day([score("A", 6.0, category="Apps")], back=1), day([score("A", 6.0, category="Identity")])
    found = whole(pair(before, after))
    assert [(part.cause, part.category, part.points) for part in found.parts] == [
        ("moved", "Apps", -6.0),
        ("moved", "Identity", 6.0),
    ]
    assert sum(part.percentage_points for part in found.parts) == pytest.approx(0.0, abs=1e-12)


def test_what_the_controls_do_not_tell_is_unexplained() -> None:
    found = pair(day([score("A", 5.0)], back=1, current=5.0), day([score("A", 5.0)], current=9.0))
    assert causes(found) == [("unexplained", None, 4.0)]
    assert_exact(whole(found))


def test_names_have_no_case() -> None:
    assert causes(pair(day([score("a", 5.0)], back=1), day([score("A", 6.0)]))) == [("improved", "A", 1.0)]


def test_without_a_maximum_there_are_points_alone() -> None:
    found = whole(pair(day([score("A", 5.0)], back=1, maximum=0), day([score("A", 6.0)])))
    assert (found.points, found.percentage_points) == (1.0, None)


def test_what_the_tenant_did_itself() -> None:
    found = whole(pair(day([score("A", 5.0), score("B", 3.0)], back=1), day([score("A", 4.0), score("C", 2.0)])))
    assert found.of_tenant() == pytest.approx((-1.0, -1.0))
    assert found.points == -2.0


controls = some.dictionaries(
    some.sampled_from("ABCDEFGH"),
    some.tuples(some.floats(0, 10), some.sampled_from([5.0, 8.0, 10.0]), some.sampled_from(["Apps", "Identity"])),
    max_size=8,
)


@given(
    controls,
    controls,
    some.floats(1, 200),
    some.floats(1, 200),
    some.floats(-3, 3),
    some.sets(some.sampled_from("ABCD")),
)
def test_every_change_sums_exactly_and_back_again(
    first: dict[str, tuple[float, float, str]],
    second: dict[str, tuple[float, float, str]],
    before: float,
    after: float,
    odd: float,
    profiled: set[str],
) -> None:
    def made(back: int, held: dict[str, tuple[float, float, str]], maximum: float, more: float) -> SecureScore:
        scores = [
            score(name, round(min(own, most), 2), most, category=where) for name, (own, most, where) in held.items()
        ]
        current = sum(entry.score or 0.0 for entry in scores) + more
        return day(scores, back=back, maximum=maximum, current=max(current, 0.0))

    profiles = [profile(name, updates=[update("Reviewed", "2026-05-21T00:00:00Z")]) for name in sorted(profiled)]
    of = tenant(made(0, second, after, odd), made(3, first, before, 0.0), profiles=profiles)
    forward = whole(of)
    assert_exact(forward)
    backward = attribute(of, of.snapshot.days[0], of.snapshot.days[-1])
    assert backward is not None
    assert [(part.cause, part.control, -part.points, -part.percentage_points) for part in backward.parts] == [
        (part.cause, part.control, part.points, part.percentage_points) for part in forward.parts
    ]
    assert backward.points == -forward.points


def test_a_day_without_a_score_gives_nothing() -> None:
    missing = SecureScore(created_date_time="2026-05-20T00:00:00Z", azure_tenant_id=None)
    of = Tenant(snapshot(day([score("A")]), missing), "")
    assert attribute(of, of.snapshot.days[-1], of.snapshot.days[0]) is None


@pytest.mark.parametrize(("seed", "step"), [(0, 4), (3, 9)])
def test_every_pair_of_the_sandboxs_days(seed: int, step: int) -> None:
    of = Tenant(sandbox_source(NOW, seed).read(90).snapshot, "")
    assert len(of.snapshot.days) == 90
    for start, end in itertools.combinations(list(reversed(of.snapshot.days))[::step], 2):
        found = attribute(of, start, end)
        assert found is not None
        assert_exact(found)
        assert "unexplained" not in {part.cause for part in found.parts}


def test_the_sandboxs_story_is_told() -> None:
    of = Tenant(sandbox_source(NOW, 0).read(90).snapshot, "")
    told = {(part.cause, part.control) for part in whole(of).parts}
    assert {
        ("regressed", "AdminMFAV2"),
        ("retired", "scid_75"),
        ("added", "scid_108"),
        ("licence", "AATP_Sensor"),
        ("moved", "spo_idle_session_timeout"),
        ("reweighted", "mdo_bulkspamaction"),
        ("declared", "McasFirewallLogUpload"),
        ("declared", "dlp_datalossprevention"),
    } <= told


@pytest.mark.skipif(
    "SCOREGATE_REAL_DATA" not in os.environ, reason="SCOREGATE_REAL_DATA does not name a folder of real payloads"
)
def test_real_days() -> None:
    of = Tenant(read_snapshot([str(Path(os.environ["SCOREGATE_REAL_DATA"]) / "graph")]), "")
    for start, end in itertools.permutations(of.snapshot.days, 2):
        found = attribute(of, start, end)
        assert found is not None
        assert_exact(found)
        before = {entry.control_name: entry.score or 0.0 for entry in start.controls}
        for entry in end.controls:
            own = sum(part.points for part in found.parts if part.control == entry.control_name)
            assert own == pytest.approx((entry.score or 0.0) - before.get(entry.control_name, 0.0), abs=1e-9)
