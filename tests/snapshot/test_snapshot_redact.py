"""What a redacted reading holds, and what it no longer holds."""

import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import snapshots

from checker.snapshot.ids import is_same_tenant, pseudonym
from checker.snapshot.model import (
    ControlScore,
    Day,
    SecureScore,
    SecureScoreControlProfile,
    SecureScoreControlStateUpdate,
    Snapshot,
)
from checker.snapshot.read import Reading, decode_snapshot
from checker.snapshot.redact import redacted
from checker.snapshot.redaction import REDACTED, Redaction

TENANT = "3F8B2C1E-6a44-4d0b-9c57-0c1f5e2a7b11"
UPDATE = SecureScoreControlStateUpdate("ignored", "Ann Chovey", "ask ann@contoso.com", "bob@contoso.com", "2026-05-01")


def snapshot(title: str = "Require MFA", action_url: str | None = None) -> Snapshot:
    profile = SecureScoreControlProfile(
        id="AdminMFAV2",
        azure_tenant_id=TENANT,
        title=title,
        action_url=action_url,
        control_state_updates=[UPDATE, SecureScoreControlStateUpdate()],
    )
    return Snapshot(tenant=TENANT, days=(), profiles=(profile,))


def snapshots_of(*scores: ControlScore, tenant: str = TENANT) -> Snapshot:
    score = SecureScore("2026-05-01T00:00:00Z", azure_tenant_id=tenant, control_scores=list(scores))
    return Snapshot(tenant=tenant, days=(Day(datetime.date(2026, 5, 1), score),), profiles=())


def shown(level: Redaction, held: Snapshot, *names: str) -> str:
    return msgspec.json.encode(redacted(Reading(held), level, names).snapshot).decode()


def test_people_are_left_out_and_nothing_else() -> None:
    held = redacted(Reading(snapshot("Mail carol.o'hara@contoso.co.uk (owner)")), Redaction.PEOPLE).snapshot
    (profile,) = held.profiles
    assert profile.control_state_updates == [
        SecureScoreControlStateUpdate("ignored", REDACTED, REDACTED, REDACTED, "2026-05-01"),
        SecureScoreControlStateUpdate(),
    ]
    assert profile.title == "Mail (redacted) (owner)"
    assert held.tenant == TENANT


def test_the_tenant_is_left_out_wherever_it_stands() -> None:
    text = f"{TENANT.lower()} at contoso.onmicrosoft.com, contoso-my.sharepoint.com and Fabrikam.example"
    url = f"https://portal.azure.com/?tid={TENANT.upper()}#blade"
    seen = shown(Redaction.TENANT, snapshot(text, url), "fabrikam.example")
    for name in (TENANT.casefold(), "contoso", "fabrikam", "ann"):
        assert name not in seen.casefold()
    assert pseudonym(TENANT) in seen


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example/?user=ann%40contoso.com",
        "https://x.example/?user=ann%2540contoso.com",
        "ask ann&#64;contoso.com or ann&#x40;contoso.com or ann&commat;contoso.com",
        "ann\N{FULLWIDTH COMMERCIAL AT}contoso.com",
        "ann@<b>contoso.com</b>",
        '"ann x"@contoso.com',
        "contoso%2Eonmicrosoft%2Ecom",
        "https://contoso.us3.portal.cloudappsecurity.com/#/settings",
        "contoso-com.mail.protection.outlook.com",
        f"tid={TENANT.replace('-', '').lower()}",
        f"{{{TENANT}}}",
        "ann_fabrikam.example#EXT#@contoso.onmicrosoft.com",
        "o'ann!x@contoso.com and ann{x}@contoso.com",
        "ann&#46;x&#64;contoso.com",
        "ann<wbr>.x@contoso.com",
        "a\u0301ann@contoso.com",
        "contoso.<wbr>onmicrosoft.com",
        "selector1-contoso-onmicrosoft-com._domainkey.contoso.onmicrosoft.com",
        f"https://x.example/?u=https%3A%2F%2Fy%2F{TENANT.replace('-', '')}%2F",
        f"tid%3D{TENANT.replace('-', '')}",
    ],
)
def test_no_other_spelling_of_a_name_stays(text: str) -> None:
    seen = shown(Redaction.TENANT, snapshot(text, text)).casefold()
    assert [word for word in ("ann", "contoso", "3f8b2c1e") if word in seen] == []


def test_an_undocumented_member_of_any_shape_names_nobody() -> None:
    deep: object = "ann@contoso.com"
    for _ in range(300):
        deep = {"ann@contoso.com": [deep]}
    held = snapshots_of(ControlScore("AdminMFAV2", 1.0, state=deep, total=deep))
    assert "contoso" not in shown(Redaction.PEOPLE, held)


def test_ids_and_the_words_that_are_judged_stay_whatever_the_tenant_is_called() -> None:
    scores = [ControlScore(name, 1.0, control_category="Identity") for name in ("ann@contoso.com", "bob@contoso.com")]
    held = msgspec.structs.replace(snapshots_of(*scores, tenant="identity"), tenant="identity")
    found = redacted(Reading(held), Redaction.TENANT).snapshot
    assert [(one.control_name, one.control_category) for one in found.days[0].controls] == [
        ("ann@contoso.com", "Identity"),
        ("bob@contoso.com", "Identity"),
    ]
    assert found.tenant == pseudonym("identity")


def test_the_same_tenant_is_the_same_one_redacted_or_not() -> None:
    assert is_same_tenant(TENANT, pseudonym(TENANT))
    assert is_same_tenant(pseudonym(TENANT), TENANT.lower())
    assert is_same_tenant(pseudonym(TENANT), pseudonym(TENANT.upper()))
    assert not is_same_tenant(TENANT, pseudonym("another"))
    assert not is_same_tenant("", pseudonym(TENANT))


@given(snapshots(), st.sampled_from([Redaction.PEOPLE, Redaction.TENANT]))
def test_scores_and_states_stay_as_they_are_and_the_document_reads_the_same(held: Snapshot, level: Redaction) -> None:
    reading = redacted(Reading(held), level)
    (document,) = reading.documents
    assert decode_snapshot(document.data, "x") == msgspec.structs.replace(reading.snapshot, sha256=_sha(reading))
    assert [day.score.current_score for day in reading.snapshot.days] == [day.score.current_score for day in held.days]
    assert [len(day.controls) for day in reading.snapshot.days] == [len(day.controls) for day in held.days]
    states = [[update.state for update in one.control_state_updates or ()] for one in held.profiles]
    assert [[update.state for update in one.control_state_updates or ()] for one in reading.snapshot.profiles] == states
    assert [one.max_score for one in reading.snapshot.profiles] == [one.max_score for one in held.profiles]


def _sha(reading: Reading) -> str | None:
    return reading.snapshot.sha256
