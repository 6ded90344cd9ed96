import pytest
from builders import day, profile, score, tenant, update

from checker.presentation.words import counted, shown
from checker.snapshot.model import ControlScore
from checker.snapshot.past import implied_maximum
from checker.tenant.lookup import Lookup, bare
from checker.tenant.numbers import at_least, at_most, finite
from checker.tenant.portal import portal_url
from checker.tenant.states import State, state_of


@pytest.mark.parametrize(
    ("known", "asked", "found"),
    [
        (["AdminMFAV2", "adminmfav2"], "adminmfav2", "adminmfav2"),
        (["AdminMFAV2", "adminmfav2"], "ADMINMFAV2", "AdminMFAV2"),
        (["11770.MDA_Google"], "MDA_Google", "11770.MDA_Google"),
        (["11770.MDA_Google"], "mda_google", "11770.MDA_Google"),
        (["MDA_Google"], "11770.MDA_Google", "MDA_Google"),
        (["11770.MDA_Google", "MDA_Google"], "MDA_Google", "MDA_Google"),
        (["MDA_Google", "11770.MDA_Google"], "11770.MDA_GOOGLE", "11770.MDA_Google"),
        (["11770.MDA_Google", "11771.MDA_Google"], "MDA_Google", "11770.MDA_Google"),
        (["MDA_Google"], "Google", None),
        ([], "MDA_Google", None),
    ],
)
def test_an_id_is_found_exactly_then_without_case_then_without_a_prefix(
    known: list[str], asked: str, found: str | None
) -> None:
    assert Lookup((name, name) for name in known).find(asked) == found


@pytest.mark.parametrize(
    ("known", "asked", "found"),
    [
        (["11770.MDA_Google"], "11770.mda_google", "11770.MDA_Google"),
        (["MDA_Google"], "11770.MDA_Google", "MDA_Google"),
        (["11770.MDA_Google"], "MDA_Google", "11770.MDA_Google"),
        (["11770.MDA_Google"], "22.MDA_Google", None),
    ],
)
def test_no_other_instance_of_a_connector_is_joined(known: list[str], asked: str, found: str | None) -> None:
    assert Lookup((name, name) for name in known).same_instance(asked) == found


def test_a_bare_id_keeps_a_name_that_ends_with_a_dot() -> None:
    assert (bare("1.a"), bare("a"), bare("a.")) == ("a", "a", "a.")


@pytest.mark.parametrize(
    ("updates", "score_state", "expected"),
    [
        ([], None, "Default"),
        ([update("Default")], None, "Default"),
        ([update("ThirdParty", "2026-01-02T00:00:00Z"), update("Ignored", "2026-01-01T00:00:00Z")], None, "ThirdParty"),
        ([update("ThirdParty", "2026-01-01T00:00:00Z"), update("Ignored")], None, "ThirdParty"),
        ([update("ThirdParty"), update("Ignored")], None, "Ignored"),
        ([update("ThirdParty", "2026-01-01T00:00:00Z"), update("Reviewed", "2026-01-01T00:00:00Z")], None, "Reviewed"),
        (
            [update("ThirdParty", "2026-01-01T00:00:00.25Z"), update("Default", "2026-01-01T00:00:00Z")],
            None,
            "ThirdParty",
        ),
        (
            [update("ThirdParty", "2026-01-01T00:00:00.5Z"), update("Ignored", "2026-01-01T00:00:00.123456Z")],
            None,
            "ThirdParty",
        ),
        (
            [update("ThirdParty", "2026-01-01T00:00:00.50Z"), update("Ignored", "2026-01-01T00:00:00.5Z")],
            None,
            "Ignored",
        ),
        ([update("ThirdParty", "2026-01-01T00:00:00.0Z"), update("Ignored", "2026-01-01T00:00:00Z")], None, "Ignored"),
        (
            [update("ThirdParty", "2026-01-01T00:00:00.0000000Z"), update("Ignored", "2026-01-01T00:00:01Z")],
            None,
            "Ignored",
        ),
        ([update("Default")], "thirdParty", "thirdParty"),
        ([update(None)], " Reviewed ", "Reviewed"),
        ([update(" ")], "default", "Default"),
        ([update("Ignored")], "thirdParty", "Ignored"),
        ([update("DEFAULT")], None, "Default"),
        ([update("Default")], 7, "Default"),
        ([update("Default")], "", "Default"),
    ],
)
def test_the_newest_update_is_the_state_and_the_score_tells_it_where_the_profile_does_not(
    updates: list[object], score_state: object, expected: str
) -> None:
    joined = profile("a", updates=updates)  # type: ignore[arg-type]
    assert state_of(score("a", state=score_state), joined).name == expected


def test_without_a_profile_the_score_tells_the_state() -> None:
    assert state_of(score("scid_1", state="ThirdParty"), None) == State("ThirdParty")
    assert state_of(None, None) == State("Default")


@pytest.mark.parametrize(
    ("name", "default", "ignored", "declared"),
    [
        ("default", True, False, False),
        ("IGNORED", False, True, False),
        ("thirdparty", False, False, True),
        ("Reviewed", False, False, True),
        ("AlternateMitigation", False, False, True),
        ("NeverHeardOf", False, False, True),
    ],
)
def test_every_state_but_default_and_ignored_is_a_declaration(
    name: str, default: bool, ignored: bool, declared: bool
) -> None:
    state = State(name)
    assert (state.is_default, state.is_ignored, state.is_declared) == (default, ignored, declared)
    assert state.says(name.swapcase())


@pytest.mark.parametrize(
    ("entry", "maximum", "percent", "expected_maximum"),
    [
        (score("a", 7.84, percent=98.0), 8.0, 98.0, 8.0),
        (score("a", 5, percent=12.0), 10.0, 50.0, 10.0),  # the profile's maximum, not Graph's percentage
        (score("a", 0, percent=0), 0.0, None, 0.0),
        (score("a", 5, percent=50.0), None, None, 0.0),  # null: it has none
        (ControlScore("a", 5.0), None, None, 0.0),
    ],
)
def test_a_percentage_is_of_the_profiles_maximum(
    entry: ControlScore, maximum: float | None, percent: float | None, expected_maximum: float | None
) -> None:
    control = tenant(day([entry]), profiles=[profile("a", maximum)]).scored("a")
    assert control is not None
    assert (control.percent, control.maximum) == (percent, expected_maximum)


def test_without_a_profile_the_percentage_is_graphs_and_implies_the_maximum() -> None:
    control = tenant(day([score("a", 2.0, percent=40.0)])).scored("a")
    assert control is not None
    assert (control.percent, control.maximum, control.title, control.category) == (40.0, 5.0, "a", "Identity")


@pytest.mark.parametrize(("points", "percent"), [(None, 50.0), (0.0, 0.0), (1.0, None), (1.0, 0.0), (-1.0, 50.0)])
def test_no_maximum_is_implied_by_nothing(points: float | None, percent: float | None) -> None:
    assert implied_maximum(ControlScore("a", points, percent)) is None


def test_title_and_category_come_from_the_profile_where_the_score_has_none() -> None:
    found = tenant(day([score("a", category=None)]), profiles=[profile("a", title="  A title ", category="Apps")])
    control = found.scored("a")
    assert control is not None
    assert (control.title, control.category) == ("A title", "Apps")


@pytest.mark.parametrize(("value", "met"), [(80.0, True), (80 - 9e-10, True), (80 - 2e-9, False), (79.96, False)])
def test_comparison_has_one_tolerance_and_no_rounding(value: float, met: bool) -> None:
    assert at_least(value, 80) is met
    assert at_most(160 - value, 80) is met


@pytest.mark.parametrize(
    ("value", "beside", "text"),
    [
        (61.94942324755989, None, "61.95"),
        (80.0, None, "80"),
        (79.96, 80, "79.96"),
        (79.9999, 80, "79.9999"),
        (79.99999, 80, "79.99999"),
        (79.99999999, 80, "79.99999999"),
        (80 - 1e-10, 80, "80"),
        (-0.001, None, "0"),
        (-2.5, None, "-2.5"),
        (100.0, None, "100"),
    ],
)
def test_numbers_are_shown_with_as_many_digits_as_it_takes_to_see_why(
    value: float, beside: float | None, text: str
) -> None:
    assert shown(value, beside=beside) == text


def test_things_are_counted_in_words() -> None:
    assert [counted(1, "day"), counted(2, "day"), counted(0, "loss", "losses")] == ["1 day", "2 days", "0 losses"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("13", 13.0),
        (13, 13.0),
        (1.5, 1.5),
        ("nan", None),
        ("inf", None),
        ("x", None),
        (True, None),
        (None, None),
        (10**400, None),
    ],
)
def test_a_number_may_be_text_and_must_be_finite(value: object, expected: float | None) -> None:
    assert finite(value) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://portal.example/#view", "https://portal.example/#view"),
        ("https://portal.example/?tid=T-1", "https://portal.example/"),
        ("https://portal.example/?tid=T-1&a=b", "https://portal.example/?a=b"),
        ("https://portal.example/?a=b&TID=t-1#x", "https://portal.example/?a=b#x"),
        ("https://portal.example/?a=tid=x", "https://portal.example/?a=tid=x"),
        ("https://portal.example/t-1/page", "fallback"),
        ("https://portal.example/#tid=T-1", "fallback"),
        ("http://portal.example/", "fallback"),
        ("javascript:alert(1)", "fallback"),
        ("https://user@portal.example/", "fallback"),
        ("https:///path", "fallback"),
        ("https://portal.example/a b", "fallback"),
        ("https://portal.example\\x", "fallback"),
        ("https://portal.example/\u00e9", "fallback"),
        ("  https://portal.example/  ", "https://portal.example/"),
        (None, "fallback"),
    ],
)
def test_a_link_is_shown_without_the_tenants_id_or_not_at_all(url: str | None, expected: str) -> None:
    assert portal_url(profile("a", action_url=url), "T-1", "fallback") == expected


def test_a_control_without_a_profile_links_to_the_portal() -> None:
    assert portal_url(None, "T-1", "fallback") == "fallback"
