"""Waivers of a tenant label: they cover failures of a tenant that is given the label, and of no other."""

import pytest
from builders import TENANT, day, policy, report, score, snapshot

from checker.report.outcome import Outcome
from checker.report.report import Report

DATA = snapshot(day([score("a", 6)]))
PRODUCTION = "tenantLabel: production"


def judged(*narrowed: str, labels: tuple[str, ...] = (), until: str = "2026-07-01") -> Report:
    """The report on a tenant that fails p/x, with a waiver for each of these texts."""
    tail = f"from: 2026-05-01, until: {until}, reason: Moves in June, approvedBy: ciso"
    waivers = ", ".join(f"{{requirement: p/x, {one}, {tail}}}" for one in narrowed)
    return report(policy(controls="{id: x, control: a}", waivers=waivers), DATA, labels=labels)


def outcome(found: Report) -> Outcome:
    (finding,) = found.findings
    return finding.outcome


@pytest.mark.parametrize(
    ("narrowed", "labels", "wanted"),
    [
        (PRODUCTION, ("production",), Outcome.WAIVED),
        (PRODUCTION, ("subsidiary", "production"), Outcome.WAIVED),
        (PRODUCTION, ("subsidiary",), Outcome.FAIL),
        (PRODUCTION, (), Outcome.FAIL),
        (PRODUCTION, ("Production",), Outcome.FAIL),
        (PRODUCTION, ("production-eu",), Outcome.FAIL),
        (f"{PRODUCTION}, tenant: {TENANT}", ("production",), Outcome.WAIVED),
        (f"{PRODUCTION}, tenant: {TENANT}", (), Outcome.FAIL),
        (f"{PRODUCTION}, tenant: {TENANT}", ("subsidiary",), Outcome.FAIL),
        (f"{PRODUCTION}, tenant: other", ("production",), Outcome.FAIL),
        (f"{PRODUCTION}, control: a", ("production",), Outcome.WAIVED),
    ],
)
def test_the_tenant_must_have_the_label(narrowed: str, labels: tuple[str, ...], wanted: Outcome) -> None:
    assert outcome(judged(narrowed, labels=labels)) is wanted


def test_a_waiver_of_another_label_is_like_one_of_another_tenant() -> None:
    found = judged(PRODUCTION, labels=("subsidiary",))
    assert found == judged("tenant: other", labels=("subsidiary",))
    assert found.warnings == ()
    assert found.findings[0].waiver is None


def test_one_of_another_label_leaves_the_others_in_force() -> None:
    assert outcome(judged(PRODUCTION, "tenantLabel: subsidiary", labels=("subsidiary",))) is Outcome.WAIVED


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("prodution", "production"),
        ("productionn", "production"),
        ("prodcution", "production"),
        ("produxtion", "production"),
        ("Production", "production"),
        ("eu-prodution", "eu-production"),
        ("euprod", "eu-prod"),
    ],
)
def test_a_label_that_looks_misspelt_is_a_warning(written: str, given: str) -> None:
    (found,) = judged(f"tenantLabel: {written}", labels=("ring-1", given)).warnings
    assert found.code == "waiver-of-nothing"
    assert found.message == (
        f"The waiver of p/x at <stdin>:10:11 covers nothing: the tenant has no label {written} "
        f"(did you mean {given!r}?)."
    )


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("ring-1", "ring-2"),
        ("ring-1", "ring-11"),
        ("tier-a", "tier-b"),
        ("eu-west", "eu-east"),
        ("production", "subsidiary"),
        ("production", "production-eu"),
    ],
)
def test_labels_of_a_fleet_that_are_alike_are_no_mistake(written: str, given: str) -> None:
    assert judged(f"tenantLabel: {written}", labels=(given,)).warnings == ()


def test_nothing_is_misspelt_where_the_run_has_no_labels_or_the_waiver_has_ended_or_is_of_another_tenant() -> None:
    assert judged("tenantLabel: prodution").warnings == ()
    assert judged("tenantLabel: prodution, tenant: other", labels=("production",)).warnings == ()
    assert judged("tenantLabel: prodution", labels=("production",), until="2026-05-02").warnings == ()
