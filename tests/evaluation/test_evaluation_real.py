"""A real tenant's payload, where it is at hand."""

import os
import pathlib

import pytest
from builders import NOW, PORTAL, findings, policies, policy, report

from checker.evaluation.evaluate import evaluate
from checker.policy.load import load
from checker.report.outcome import Outcome
from checker.report.verdict import Decision, decide
from checker.snapshot.model import Snapshot
from checker.snapshot.read import read_snapshot

REAL = os.environ.get("SCOREGATE_REAL_DATA")
pytestmark = pytest.mark.skipif(REAL is None, reason="SCOREGATE_REAL_DATA does not name a folder of real payloads")

# requirement → its findings, in order: control, outcome, reason.
ESSENTIALS = {
    "fresh": [(None, "pass", "met")],
    "coverage": [(None, "skipped", "not-enough-history")],
    "admins-use-mfa": [("AdminMFAV2", "fail", "below-minimum")],
    "users-registered-for-mfa": [("MFARegistrationV2", "fail", "below-minimum")],
    "legacy-auth-blocked": [("BlockLegacyAuthentication", "pass", "met")],
    "user-consent-restricted": [("IntegratedApps", "pass", "met")],
    "spare-global-admin": [("OneAdmin", "pass", "met")],
    "risk-policies": [(None, "skipped", "not-licensed")],
    "audit-log-on": [("mip_search_auditlog", "pass", "met")],
    "mailbox-audit-on": [("exo_mailboxaudit", "pass", "met")],
    "modern-auth": [("exo_oauth2clientprofileenabled", "pass", "met"), ("spo_legacy_auth", "pass", "met")],
    "auto-forwarding-controlled": [("mdo_autoforwardingmode", "pass", "met")],
    "malware-removed": [("mdo_commonattachmentsfilter", "pass", "met"), ("mdo_zapmalware", "pass", "met")],
    "phishing-quarantined": [("mdo_highconfidencephishaction", "pass", "met"), ("mdo_zapphish", "pass", "met")],
    "no-filter-bypass": [
        ("exo_transportrulesallowlistdomains", "pass", "met"),
        ("mdo_allowedsenderscombined", "pass", "met"),
    ],
    "safe-links-and-attachments": [
        ("mdo_atpprotection", "pass", "met"),
        ("mdo_safeattachments", "pass", "met"),
        ("mdo_safelinksforemail", "pass", "met"),
    ],
    "endpoint-protection-on": [
        ("scid_2003", "pass", "met"),
        ("scid_2010", "pass", "met"),
        ("scid_2012", "pass", "met"),
    ],
}


@pytest.fixture(scope="module")
def real() -> Snapshot:
    return read_snapshot([str(pathlib.Path(REAL or "") / "graph")])


def test_the_essentials_come_to_what_was_found_by_hand(real: Snapshot) -> None:
    judged = evaluate(load(["pack:essentials"]), real, NOW, portal=PORTAL)
    found: dict[str, list[tuple[str | None, str, str]]] = {}
    for item in judged.findings:
        judgement = item.judgement
        found.setdefault(item.requirement.id, []).append(
            (judgement.control, item.outcome.value, judgement.reason.value)
        )
    assert {name: sorted(each, key=str) for name, each in found.items()} == ESSENTIALS
    # Its profiles are older than its scores: eleven of Defender's controls have none.
    assert [warning.message.partition(":")[0] for warning in judged.warnings] == [
        "11 scored controls without a profile, so the maximum is unknown"
    ]
    assert decide(judged).decision is Decision.FAIL
    messages = {item.requirement.id: item.message for item in judged.findings}
    assert messages["admins-use-mfa"] == (
        "AdminMFAV2 is at 50 % (5 of 10 points) and must be at 100 %: 2 of 4 users or devices are left out."
    )
    assert messages["legacy-auth-blocked"] == (
        "BlockLegacyAuthentication is at 98 % (7.84 of 8 points): 1 of 50 users or devices are left out, and 2 may be."
    )


@pytest.mark.parametrize("minimum", ["{percent: 80}", "{points: 1}", "{percent: 100, allBut: 2}"])
def test_every_control_is_judged_without_an_error(real: Snapshot, minimum: str) -> None:
    found = findings(policy(controls=f"{{id: x, select: {{id: ['*']}}, minimum: {minimum}}}"), real)
    assert len(found) == len(real.days[0].controls) == 192
    assert {item.outcome for item in found} == {Outcome.PASS, Outcome.FAIL}


def test_every_control_is_found_by_its_id_in_any_case(real: Snapshot) -> None:
    names = [entry.control_name for entry in real.days[0].controls]
    entries = ", ".join(
        f"{{id: c{index}, control: {name.swapcase()}, minimum: {{percent: 0}}}}" for index, name in enumerate(names)
    )
    found = findings(policy(controls=entries), real)
    assert [item.judgement.control for item in found] == names


def test_the_totals_and_categories_are_judged(real: Snapshot) -> None:
    entries = ", ".join(
        [
            "{id: overall, minimum: {percent: 60}}",
            *(
                f"{{id: {name.lower()}, category: {name}, minimum: {{points: 1}}}}"
                for name in ("Identity", "Apps", "Device", "Data")
            ),
            "{id: peers, compare: {basis: TotalSeats, maximumBelow: {percentagePoints: 0}}}",
            "{id: industry, compare: {basis: IndustryTypes, maximumBelow: {percentagePoints: 0}}}",
            "{id: claims, declaredShare: {maximum: {percent: 0}}}",
            "{id: day, coverage: {days: 1, maximumLoss: {points: 0}}}",
        ]
    )
    assert [(item.requirement.id, item.outcome.value) for item in findings(policy(score=entries), real)] == [
        ("overall", "pass"),
        ("identity", "pass"),
        ("apps", "pass"),
        ("device", "pass"),
        ("data", "fail"),  # nothing earned
        ("peers", "pass"),
        ("industry", "skipped"),
        ("claims", "pass"),
        ("day", "pass"),
    ]


def test_the_real_total_adds_up(real: Snapshot) -> None:
    judged = report(
        policies(
            "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\nscore: [{id: x, freshness: "
            "{maximumAge: 1d}}]\n"
        ),
        real,
    )
    assert judged.score is not None
    assert (judged.score.current_score, judged.score.max_score, judged.score.percent) == (
        698.17,
        1127.0,
        61.94942324755989,
    )
    # Its profiles are older than its scores: eleven of Defender's controls have none.
    assert [warning.message.partition(":")[0] for warning in judged.warnings] == [
        "11 scored controls without a profile, so the maximum is unknown"
    ]
