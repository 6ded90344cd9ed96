"""list_waivers: what each covers, when it ends, what it costs; and the warnings that every command shares."""

import re
from collections.abc import Sequence

import pytest
from builders import PORTAL, day, policy, profile, report, score, snapshot

from checker.insight.guide import guide
from checker.insight.waivers import WaiverList, WaiverRow, list_waivers
from checker.insight.warnings import DataWarning, waiver_warnings
from checker.policy.model import PolicySet
from checker.snapshot.model import Snapshot
from checker.tenant.tenant import Tenant
from checker.views.waivers import render

DATA = snapshot(day([score("a", 6), score("b", 2), score("c", 10)]))
CONTROLS = "{id: x, control: a}, {id: all, select: {id: ['*']}}, {id: any, anyOf: [a, b]}"
LABELS = frozenset({"production"})
TAIL = "reason: Moves in June, approvedBy: ciso"


def waiver(requirement: str, start: str = "2026-05-01", until: str = "2026-07-01", more: str = "") -> str:
    return f"{{requirement: '{requirement}', from: {start}, until: {until}, {TAIL}{more}}}"


def listed(policies: PolicySet, data: Snapshot = DATA) -> WaiverList:
    return list_waivers(policies, Tenant(data, PORTAL, LABELS), report(policies, data, labels=LABELS))


def row_of(one: str, head: str = "", controls: str = CONTROLS) -> WaiverRow:
    (row,) = listed(policy(controls=controls, head=head, waivers=one)).waivers
    return row


@pytest.mark.parametrize(
    ("one", "head", "status", "findings", "points"),
    [
        (waiver("p/x"), "", "in-force", [("p/x", "covered")], 4.0),
        (waiver("p/all"), "", "in-force", [("p/all [a]", "covered"), ("p/all [b]", "covered")], 12.0),
        (waiver("p/all", more=", control: b"), "", "in-force", [("p/all [b]", "covered")], 8.0),
        (waiver("p/any", more=", control: b"), "", "in-force", [("p/any", "partly")], 0.0),
        (waiver("p/x", more=", floor: {percent: 60}"), "", "in-force", [("p/x", "covered")], 4.0),
        (waiver("p/x", more=", floor: {percent: 61}"), "", "in-force", [("p/x", "not-covered")], 0.0),
        (waiver("p/x", until="2026-05-21"), "", "expired", [("p/x", "not-covered")], 0.0),
        (waiver("p/x", start="2026-05-23"), "", "not-yet-in-force", [("p/x", "not-covered")], 0.0),
        (waiver("p/x", until="2026-07-01"), "waivers: {maximumDays: 60}", "too-long", [("p/x", "not-covered")], 0.0),
        (waiver("p/x", more=", tenant: other"), "", "other-tenant", [], 0.0),
        (waiver("p/x", more=", tenantLabel: production"), "", "in-force", [("p/x", "covered")], 4.0),
        (waiver("p/x", more=", tenantLabel: subsidiary"), "", "other-label", [], 0.0),
        (waiver("p/x", more=", tenantLabel: production, tenant: other"), "", "other-tenant", [], 0.0),
        (waiver("p/nothing"), "", "in-force", [], 0.0),
    ],
)
def test_what_a_waiver_covers(one: str, head: str, status: str, findings: list[tuple[str, str]], points: float) -> None:
    row = row_of(one, head)
    assert row.status == status
    assert [(found.finding, found.status) for found in row.findings] == findings
    assert row.points == points


def test_what_it_is_and_when_it_ends() -> None:
    row = row_of(waiver("p/x", more=", floor: {points: 2}, ticket: SEC-1"))
    assert (row.start, row.until, row.days_left, row.floor) == ("2026-05-01", "2026-07-01", 40, "2 points")
    assert (row.reason, row.approved_by, row.ticket, row.control) == ("Moves in June", "ciso", "SEC-1", None)
    assert row_of(waiver("p/x", until="2026-05-20")).days_left == -2


def test_a_failure_that_two_waivers_cover_counts_once_in_the_sum() -> None:
    together = ", ".join([waiver("p/x"), waiver("p/*"), waiver("p/any", more=", control: a")])
    found = listed(policy(controls=CONTROLS, waivers=together))
    assert [one.points for one in found.waivers] == [4.0, 20.0, 0.0]
    assert (found.waived, found.points) == (4, 20.0)


def test_a_failure_whose_points_are_unknown_makes_the_cost_unknown() -> None:
    data = snapshot(day([score("a", 0)]), profiles=[profile("a", state="Reviewed")])
    found = listed(policy(controls="{id: x, control: gone}", waivers=waiver("p/x")), data)
    assert (found.waived, found.points, found.waivers[0].points) == (1, None, None)
    assert render("text", found).startswith(
        b"1 waiver on 2026-05-22; 1 failure is waived, which costs an unknown number of points.\n"
    )


MANY = ", ".join(
    [
        waiver("p/x", until="2026-05-20"),
        waiver("p/all", until="2026-06-01"),
        waiver("p/fine"),
        waiver("p/al"),
        waiver("p/fine", until="2026-05-02"),
    ]
)
WARNED = [
    "The waiver of p/all ends on 2026-06-01, in 10 days.",
    "The waiver of p/fine covers no failure; remove it.",
    "The waiver of p/al covers nothing: no requirement is named p/al (did you mean 'p/all'?).",
    "The waiver of p/fine ended on 2026-05-02; remove it.",
    "The waiver of p/x ended on 2026-05-20, and the requirement still fails.",
]


def said(warnings: Sequence[DataWarning]) -> list[str]:
    """The messages without the places of the waivers."""
    return [re.sub(r" at <stdin>:10:\d+", "", one.message) for one in warnings]


def test_every_answer_warns_of_waivers_alike() -> None:
    policies = policy(controls=f"{CONTROLS}, {{id: fine, control: c}}", waivers=MANY)
    found = report(policies, DATA)
    assert said(waiver_warnings(found)) == WARNED
    assert said(listed(policies).warnings) == WARNED
    answer = guide(Tenant(DATA, PORTAL), select=None, required={}, most=5, report=found)
    assert said(answer.warnings) == WARNED
    assert waiver_warnings(None) == ()


def test_the_text_names_every_fact() -> None:
    found = listed(policy(controls=CONTROLS, waivers=waiver("p/any", more=", control: b, floor: {percent: 10}")))
    assert render("text", found).decode().splitlines()[:9] == [
        "1 waiver on 2026-05-22; no failure is waived.",
        "",
        "p/any (b)",
        "  term      2026-05-01 to 2026-07-01, 40 days left (in force)",
        "  covers    nothing",
        "  floor     10 %",
        "  reason    Moves in June",
        "  approved  ciso",
        "  at        <stdin>:10:11",
    ]
    cells = [cell.strip() for cell in render("markdown", found).decode().splitlines()[4].split("|")[1:-1]]
    term = "2026-05-01 to 2026-07-01, 40 days left"
    assert cells == ["`p/any (b)`", "in force", term, "nothing", "Moves in June", "ciso"]


def test_a_label_stands_beside_the_tenant() -> None:
    found = listed(policy(controls=CONTROLS, waivers=waiver("p/x", more=", tenant: t, tenantLabel: subsidiary")))
    assert found.waivers[0].tenant_label == "subsidiary"
    assert b"\np/x (tenant t, tenant label subsidiary)\n  term      2026-05-01" in render("text", found)
    other = listed(policy(controls=CONTROLS, waivers=waiver("p/x", more=", tenantLabel: subsidiary")))
    assert b"40 days left (of another tenant label)" in render("text", other)
