"""What a redacted reading holds, and what it no longer holds."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from strategies import snapshots

from checker.cli.options.source import REDACTIONS
from checker.snapshot.ids import is_same_tenant, pseudonym
from checker.snapshot.model import SecureScoreControlProfile, SecureScoreControlStateUpdate, Snapshot
from checker.snapshot.read import Reading, decode_snapshot
from checker.snapshot.redact import REDACTED, Redaction, redacted

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


def test_the_same_tenant_is_the_same_one_redacted_or_not() -> None:
    assert is_same_tenant(TENANT, pseudonym(TENANT))
    assert is_same_tenant(pseudonym(TENANT), TENANT.lower())
    assert is_same_tenant(pseudonym(TENANT), pseudonym(TENANT.upper()))
    assert not is_same_tenant(TENANT, pseudonym("another"))
    assert not is_same_tenant("", pseudonym(TENANT))


def test_the_option_takes_the_words_of_the_levels() -> None:
    assert [level.value for level in Redaction] == list(REDACTIONS)


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
