import pytest
from builders import TENANT, day, findings, lines, only, policy, profile, report, score, snapshot, update, warnings

from checker.report.finding import WaiverUse
from checker.snapshot.model import Snapshot

DATA = snapshot(day([score("a", 6), score("b", 2), score("11770.MDA_X", 0)]))
FAILURE = "a is at 60 % (6 of 10 points) and must be at 100 %."
TAIL = "reason: Moves in June, approvedBy: ciso@contoso.example"


def waiver(start: str = "2026-05-01", until: str = "2026-07-01", more: str = "", requirement: str = "p/x") -> str:
    return f"{{requirement: '{requirement}', from: {start}, until: {until}, {TAIL}{more}}}"


def with_waiver(*waivers: str, head: str = "", controls: str = "{id: x, control: a}") -> tuple[str, str, str]:
    return only(policy(head=head, controls=controls, waivers=", ".join(waivers)), DATA)


@pytest.mark.parametrize(
    ("start", "until", "more", "head", "outcome", "message"),
    [
        (
            "2026-05-01",
            "2026-07-01",
            "",
            "",
            "waived",
            "Waived until 2026-07-01 by ciso@contoso.example: Moves in June.",
        ),
        (
            "2026-05-01",
            "2026-07-01",
            ", ticket: SEC-1",
            "",
            "waived",
            "Waived until 2026-07-01 by ciso@contoso.example (SEC-1): Moves in June.",
        ),
        (
            "2026-05-22",
            "2026-05-22",
            "",
            "",
            "waived",
            "Waived until 2026-05-22 by ciso@contoso.example: Moves in June.",
        ),
        ("2026-01-01", "2026-05-21", "", "", "fail", "The waiver at <stdin>:10:11 ended on 2026-05-21."),
        ("2026-05-23", "2026-07-01", "", "", "fail", "The waiver at <stdin>:10:11 begins on 2026-05-23."),
        (
            "2026-01-01",
            "2027-01-01",
            "",
            "",
            "waived",
            "Waived until 2027-01-01 by ciso@contoso.example: Moves in June.",
        ),
        (
            "2026-01-01",
            "2027-01-02",
            "",
            "",
            "fail",
            "The waiver at <stdin>:10:11 runs for 366 days but may run for 365, so it covers nothing.",
        ),
        (
            "2026-05-01",
            "2026-07-31",
            "",
            "waivers: {maximumDays: 90}",
            "fail",
            "The waiver at <stdin>:10:11 runs for 91 days but may run for 90, so it covers nothing.",
        ),
        (
            "2026-05-01",
            "2026-07-30",
            "",
            "waivers: {maximumDays: 90}",
            "waived",
            "Waived until 2026-07-30 by ciso@contoso.example: Moves in June.",
        ),
        (
            "2026-05-01",
            "2026-07-01",
            ", floor: {percent: 60}",
            "",
            "waived",
            "Waived until 2026-07-01 by ciso@contoso.example: Moves in June.",
        ),
        (
            "2026-05-01",
            "2026-07-01",
            ", floor: {percent: 60.01}",
            "",
            "fail",
            "The waiver at <stdin>:10:11 does not cover it below its floor of 60.01 %.",
        ),
        (
            "2026-05-01",
            "2026-07-01",
            ", floor: {points: 1}",
            "",
            "fail",
            "The waiver at <stdin>:10:11 does not cover it below its floor of 1 point.",
        ),
    ],
)
def test_a_waiver_in_force_covers_a_failure_and_any_other_is_named(
    start: str, until: str, more: str, head: str, outcome: str, message: str
) -> None:
    assert with_waiver(waiver(start, until, more), head=head) == (outcome, "below-minimum", f"{FAILURE} {message}")


def test_what_was_not_measured_is_below_any_floor() -> None:
    covered = waiver(more=", floor: {percent: 0}")
    data = snapshot(day([score("z")]), day([score("a")], back=1), profiles=[profile("d", state="Reviewed")])
    assert only(policy(controls="{id: x, control: a}", waivers=covered), data)[:2] == ("fail", "no-longer-scored")
    declared = snapshot(day([score("a")]), profiles=[profile("a", state="Reviewed")])
    assert only(policy(controls="{id: x, control: a}", waivers=covered), declared)[:2] == (
        "fail",
        "declared-not-observed",
    )
    assert only(policy(controls="{id: x, control: a}", waivers=waiver()), declared)[:2] == (
        "waived",
        "declared-not-observed",
    )


@pytest.mark.parametrize(
    ("requirement", "more", "covered"),
    [
        ("p/x", "", True),
        ("P/X", "", True),
        ("p/*", "", True),
        ("*", "", True),
        ("p/y", "", False),
        ("p/", "", False),
        ("q/*", "", False),
        ("p/x", ", control: A", True),
        ("p/x", ", control: 'a*'", True),
        ("p/x", ", control: 1.a", True),
        ("p/x", ", control: '1.*'", False),
        ("p/x", ", control: b", False),
        ("p/x", f", tenant: {TENANT}", True),
        ("p/x", ", tenant: 00000000-0000-0000-0000-000000000009", False),
    ],
)
def test_a_waiver_is_for_a_requirement_a_control_and_a_tenant(requirement: str, more: str, covered: bool) -> None:
    found = with_waiver(waiver(more=more, requirement=requirement))
    assert found[0] == ("waived" if covered else "fail")
    assert covered or found[2] == FAILURE


def test_a_waiver_of_a_control_narrows_a_selector_and_knows_prefixes() -> None:
    rules = policy(
        controls="{id: x, select: {id: ['*']}}",
        waivers=f"{waiver(more=', control: b')}, {waiver(more=', control: mda_x')}",
    )
    assert [(found.judgement.control, found.outcome.value) for found in findings(rules, DATA)] == [
        ("a", "fail"),
        ("b", "waived"),
        ("11770.MDA_X", "waived"),
    ]


def test_a_waiver_of_a_control_covers_no_finding_without_one() -> None:
    rules = policy(score="{id: x, minimum: {percent: 90}}", waivers=waiver(more=", control: a"))
    assert only(rules, DATA)[0] == "fail"


def test_only_a_failure_is_waived() -> None:
    rules = policy(
        controls="{id: passes, control: a, minimum: {percent: 60}}, {id: errs, control: z, onMissing: error}, "
        "{id: skips, control: z, onMissing: skip}, {id: fails, control: a}",
        waivers=waiver(requirement="p/*"),
    )
    assert [found[0] for found in lines(rules, DATA)] == ["pass", "error", "skipped", "waived"]


def test_at_most_counts_what_no_waiver_covers() -> None:
    entry = "{id: x, select: {id: [a, b]}, atMost: {failing: 1}}"
    found = findings(policy(controls=entry, waivers=waiver(more=", control: b")), DATA)
    assert [(finding.outcome.value, finding.enforcement.value) for finding in found] == [
        ("fail", "advisory"),
        ("waived", "mandatory"),
    ]
    assert found[0].message == f"{FAILURE} Tolerated: 1 of at most 1."


def test_the_waiver_stands_in_the_finding_with_what_it_costs() -> None:
    (found,) = findings(policy(controls="{id: x, control: a}", waivers=waiver(more=", ticket: SEC-1")), DATA)
    assert found.waiver is not None
    assert found.waiver == WaiverUse(
        status="in-force",
        start="2026-05-01",
        until="2026-07-01",
        reason="Moves in June",
        approved_by="ciso@contoso.example",
        ticket="SEC-1",
        points=4.0,
        location=found.waiver.location,
    )
    assert str(found.waiver.location) == "<stdin>:10:11"


def test_every_waiver_that_does_not_cover_is_named_and_the_first_is_shown() -> None:
    (found,) = findings(
        policy(controls="{id: x, control: a}", waivers=f"{waiver('2026-01-01', '2026-02-01')}, {waiver('2026-06-01')}"),
        DATA,
    )
    assert found.message.startswith(
        f"{FAILURE} The waiver at <stdin>:10:11 ended on 2026-02-01. The waiver at <stdin>:10:"
    )
    assert found.message.endswith(" begins on 2026-06-01.")
    assert found.waiver is not None
    assert found.waiver.status == "expired"


def test_a_reason_ends_with_one_full_stop() -> None:
    entry = waiver().replace("Moves in June", "'It moves.'")
    assert with_waiver(entry)[2].endswith(": It moves.")


NAME = "The waiver of p/x at <stdin>:10:11"


@pytest.mark.parametrize(
    ("start", "until", "control", "expected"),
    [
        ("2026-05-01", "2026-06-22", "a", []),
        ("2026-05-01", "2026-06-21", "a", [("waiver-ending", f"{NAME} ends on 2026-06-21, in 30 days.")]),
        ("2026-05-01", "2026-05-23", "a", [("waiver-ending", f"{NAME} ends on 2026-05-23, in 1 day.")]),
        ("2026-05-01", "2026-05-22", "a", [("waiver-ending", f"{NAME} ends on 2026-05-22, in 0 days.")]),
        ("2026-05-01", "2026-05-21", "a", []),  # named in the finding
        ("2026-05-01", "2026-05-21", "passing", [("waiver-expired", f"{NAME} ended on 2026-05-21; remove it.")]),
        ("2026-05-01", "2026-06-30", "passing", [("waiver-unused", f"{NAME} covers no failure; remove it.")]),
        ("2026-05-23", "2026-06-01", "passing", []),
    ],
)
def test_an_unused_ending_or_expired_waiver_is_a_warning(
    start: str, until: str, control: str, expected: list[tuple[str, str]]
) -> None:
    data = snapshot(day([score("a", 6), score("passing")]))
    rules = policy(controls=f"{{id: x, control: {control}}}", waivers=waiver(start, until))
    assert warnings(rules, data) == expected


def test_another_tenants_waiver_is_no_warning() -> None:
    entry = waiver(more=", tenant: 00000000-0000-0000-0000-000000000009")
    assert warnings(policy(controls="{id: x, control: a}", waivers=entry), DATA) == []


def test_a_second_waiver_in_force_is_not_called_unused() -> None:
    rules = policy(
        controls="{id: x, control: a}", waivers=f"{waiver('2026-05-01', '2026-05-25')}, {waiver('2026-05-20')}"
    )
    assert [code for code, _ in warnings(rules, DATA)] == ["waiver-ending"]


def test_an_expired_waiver_beside_one_in_force_is_a_warning() -> None:
    rules = policy(
        controls="{id: x, control: a}", waivers=f"{waiver('2026-01-01', '2026-05-01')}, {waiver('2026-05-01')}"
    )
    assert only(rules, DATA)[0] == "waived"
    assert warnings(rules, DATA) == [("waiver-expired", f"{NAME} ended on 2026-05-01; remove it.")]


def test_waiving_changes_no_pass_and_no_points() -> None:
    controls = "{id: x, select: {id: ['*']}, minimum: {percent: 60}}"
    plain = report(policy(controls=controls), DATA)
    waived = report(policy(controls=controls, waivers=waiver(requirement="*")), DATA)
    assert plain.score == waived.score
    assert [found.outcome.value for found in plain.findings] == ["pass", "fail", "fail"]
    assert [found.outcome.value for found in waived.findings] == ["pass", "waived", "waived"]


def floored(controls: str, *waivers: str, data: Snapshot = DATA, score: str = "") -> str:
    return only(policy(controls=controls, score=score, waivers=", ".join(waivers)), data)[0]


@pytest.mark.parametrize(
    ("waivers", "outcome"),
    [
        ([", floor: {percent: 20}"], "waived"),
        # b is at 20 %, whatever the one that is nearest to holding has.
        ([", floor: {percent: 60}"], "fail"),
        ([", floor: {percent: 60}, control: a", ", floor: {percent: 20}, control: b"], "waived"),
        ([", floor: {percent: 60}, control: a", ", floor: {percent: 60}, control: b"], "fail"),
    ],
)
def test_a_floor_holds_for_each_control_of_a_pattern(waivers: list[str], outcome: str) -> None:
    data = snapshot(day([score("a", 6), score("b", 2)]), profiles=[profile("a"), profile("b")])
    rules = "{id: x, control: '*'}"
    assert floored(rules, *(waiver(more=more) for more in waivers), data=data) == outcome


@pytest.mark.parametrize(("floor", "outcome"), [(60, "waived"), (61, "fail")])
def test_a_floor_of_alternatives_holds_for_the_one_that_is_nearest_to_holding(floor: int, outcome: str) -> None:
    data = snapshot(day([score("a", 6), score("b", 2)]), profiles=[profile("a"), profile("b")])
    assert floored("{id: x, anyOf: [b, a]}", waiver(more=f", floor: {{percent: {floor}}}"), data=data) == outcome


@pytest.mark.parametrize(("floor", "outcome"), [(40, "waived"), (41, "fail")])
def test_a_floor_holds_under_every_reading_of_the_data(floor: int, outcome: str) -> None:
    # 60 % by its points, 40 % as Graph says.
    data = snapshot(day([score("a", 6, percent=40.0)]), profiles=[profile("a")])
    assert floored("{id: x, control: a}", waiver(more=f", floor: {{percent: {floor}}}"), data=data) == outcome


@pytest.mark.parametrize(("floor", "outcome"), [(30, "waived"), (60, "fail")])
def test_a_floor_holds_for_a_score_under_every_reading_of_the_data(floor: int, outcome: str) -> None:
    # The maxima miss the tenant's by 10 points, which may be this category's.
    data = snapshot(day([score("a", 6)], maximum=20), profiles=[profile("a")])
    rules = "{id: x, category: Identity, minimum: {percent: 90}}"
    assert floored("", waiver(more=f", floor: {{percent: {floor}}}"), data=data, score=rules) == outcome


def test_a_requirement_that_sets_a_maximum_has_no_floor() -> None:
    data = snapshot(day([score("a", 10)]), profiles=[profile("a", updates=[update("ThirdParty")])])
    rules = "{id: x, declaredShare: {maximum: {percent: 10}}}"
    assert floored("", waiver(more=", floor: {percent: 50}"), data=data, score=rules) == "fail"


def test_a_waiver_covers_no_pattern_that_hides_among_alternatives() -> None:
    data = snapshot(
        day([score("a", 6), score("b_1", 2), score("b_2", 2)]), profiles=[profile(one) for one in ("a", "b_1", "b_2")]
    )
    rules = "{id: x, anyOf: [a, 'b_*']}"
    assert floored(rules, waiver(more=", control: a"), waiver(more=", control: b_1"), data=data) == "fail"
    assert floored(rules, waiver(more=", control: a"), waiver(more=", control: 'b_*'"), data=data) == "waived"


def test_a_waiver_of_one_connector_covers_no_other_of_the_same_app() -> None:
    both = snapshot(day([score("11770.MDA_X", 0), score("22.MDA_X", 0)]))
    rules = "{id: x, select: {id: ['*.MDA_X']}}"
    policies = policy(controls=rules, waivers=waiver(more=", control: 11770.mda_x"))
    outcomes = {one.judgement.control: one.outcome.value for one in findings(policies, both)}
    assert outcomes == {"11770.MDA_X": "waived", "22.MDA_X": "fail"}
    # Written for another tenant, it means what this one has instead.
    other = snapshot(day([score("22.MDA_X", 0)]))
    assert [line[0] for line in lines(policies, other)] == ["waived"]
