"""The posture of a tenant."""

import datetime
import json

import jsonschema
import pytest
from builders import TODAY, day, profile, score, snapshot, tenant
from command_line import NOW, here

from checker.cli.schemas import build
from checker.errors import SnapshotError
from checker.insight.score import posture
from checker.sources.embedded import sandbox_source
from checker.tenant.tenant import Tenant
from checker.views.formats import FORMATS
from checker.views.score import render

Capture = pytest.CaptureFixture[str]
HOSTILE = "\x1b[31m|<b>##[error]\u202e"


def known() -> Tenant:
    profiles = [
        profile("A", state="ThirdParty", tier="Core"),
        profile("B", tier="Defense In Depth"),
        profile("C", state="Ignored", tier=None),
        profile("D"),
    ]
    controls = [score("A"), score("B", 4.0, category="Apps"), score("C", 0.0)]
    before = [score("A", 0.0), score("B", 4.0, category="Apps"), score("C", 0.0)]
    return tenant(day(controls, maximum=30), day(before, back=7, maximum=30), profiles=profiles)


def test_the_posture() -> None:
    found = posture(known(), TODAY + datetime.timedelta(days=2))
    assert (found.current_score, found.max_score, found.age_days) == (14.0, 30.0, 2)
    assert found.percent == pytest.approx(100 * 14 / 30)
    assert (found.declared, found.observed) == (10.0, 4.0)
    assert found.since_yesterday is None
    assert found.since_last_week is not None
    assert found.since_last_week.change.points == 10.0
    assert found.since_last_week.change.percentage_points == pytest.approx(100 / 3)
    assert [(one.control_category, one.current_score, one.max_score) for one in found.categories] == [
        ("Apps", 4.0, 10.0),
        ("Identity", 10.0, 20.0),
    ]
    assert [(one.tier, one.controls) for one in found.tiers] == [("Core", 1), ("Defense in Depth", 1), ("unknown", 1)]
    completion = found.completion
    assert (completion.full, completion.partial, completion.none, completion.not_scored) == (1, 1, 1, 1)
    assert found.states == {"Default": 2, "Ignored": 1, "ThirdParty": 1}
    assert found.enabled_services == ("HasAADP1",)


def test_what_is_missing_is_unknown_and_not_zero() -> None:
    of = tenant(day([score("A")], maximum=0, services=None))
    found = posture(of, TODAY)
    assert (found.percent, found.enabled_services, found.active_user_count) == (None, None, None)
    text = render("text", found).decode()
    assert "services          unknown" in text
    assert "licensed users    not reported" in text


def test_a_tenant_without_a_score() -> None:
    with pytest.raises(SnapshotError, match="no Secure Score yet"):
        posture(Tenant(snapshot(), ""), TODAY)


def test_the_sandboxs_categories_sum_to_the_score() -> None:
    moment = datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC)
    found = posture(Tenant(sandbox_source(moment, 0).read(40).snapshot, ""), moment.date())
    assert sum(one.current_score or 0.0 for one in found.categories) == pytest.approx(found.current_score)
    assert sum(one.max_score or 0.0 for one in found.categories) == pytest.approx(found.max_score)
    assert sum(one.controls for one in found.tiers) == found.completion.full + found.completion.partial + (
        found.completion.none
    )
    assert found.observed is not None
    assert found.declared is not None
    assert found.observed + found.declared == pytest.approx(found.current_score)


@pytest.mark.parametrize("name", FORMATS)
def test_what_tenants_say_is_harmless(name: str) -> None:
    of = tenant(day([score("A", category=HOSTILE)], services=(HOSTILE,)), profiles=[profile("A", tier=HOSTILE)])
    text = render(name, posture(of, TODAY)).decode()
    assert not set(text) & set("\x1b\u202e")
    if name == "markdown":
        assert "<b>" not in text


def test_the_command(capfd: Capture) -> None:
    ended = here(capfd, "score", "--sandbox", "--now", NOW, "-o", "json")
    document = json.loads(ended.out)
    jsonschema.Draft202012Validator(build("score")).validate(document)
    assert (ended.code, document["date"]) == (0, "2026-05-22")
    for name in ("text", "markdown"):
        shown = here(capfd, "score", "--sandbox", "--now", NOW, "-o", name)
        assert shown.code == 0
        assert b"by tier" in shown.out or b"| tier  " in shown.out


def test_numbers_beyond_sense_are_shown_within_bounds() -> None:
    for points, maximum in ((10.0, 1e-7), (1e9, 1e-3), (1e307, 1e-300)):
        odd = tenant(day([score("A", points)], maximum=maximum), profiles=[profile("A", maximum)])
        for name in FORMATS:
            assert len(render(name, posture(odd, TODAY))) < 10_000
