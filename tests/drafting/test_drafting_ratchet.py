"""find_raises and raised_files: minimums rise to what is reached, never fall, and nothing else changes."""

import json
import random

import pytest
from builders import PORTAL, TODAY, day, profile, score, snapshot
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from random_policies import random_policy
from random_tenants import NOW, random_tenant
from strategies import snapshots

from checker.drafting.ratchet import (
    Found,
    changed_file,
    check_only_raised,
    find_raises,
    raised_files,
)
from checker.errors import OutputError
from checker.evaluation.declared_states import NoStates
from checker.evaluation.evaluate import evaluate
from checker.policy.load import load_sources
from checker.policy.model import PolicySet
from checker.policy.sources import PolicySource, PolicySources
from checker.requirements.entry import Case
from checker.snapshot.model import Snapshot
from checker.snapshot.read import decode_snapshot
from checker.tenant.tenant import Tenant
from checker.tenant.totals import Totals

HEAD = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\n"


def loaded(data: bytes) -> PolicySet:
    found = load_sources(PolicySources((PolicySource("p.yaml", data),)), keep_layers=True)
    assert not found.faults, found.faults
    return found.policies


def looked_at(data: bytes, tenant: Snapshot) -> Found:
    prepared = Tenant(tenant, PORTAL)
    return find_raises(loaded(data), Case(prepared, TODAY, Totals(prepared), "", NoStates()))


def ratcheted(data: bytes, tenant: Snapshot) -> bytes:
    """The file after a ratchet, which is checked as the command checks it."""
    found = looked_at(data, tenant)
    after = raised_files(found.raised).get("p.yaml", data)
    check_only_raised(loaded(data), loaded(after), found.raised)
    return after


def body(text: str, tenant: Snapshot) -> str:
    """What becomes of entries under the head."""
    return ratcheted(f"{HEAD}{text}\n".encode(), tenant).decode().removeprefix(HEAD).removesuffix("\n")


def why(text: str, tenant: Snapshot) -> tuple[str, str]:
    """Why the one minimum stays as it is."""
    found = looked_at(f"{HEAD}{text}\n".encode(), tenant)
    assert found.raised == ()
    (one,) = found.unchanged
    return one.reason, one.message


def holds(policy: bytes, tenant: Snapshot) -> None:
    """Ratchet twice is ratchet once, nothing gets looser, and what passed still does."""
    before, once = loaded(policy), ratcheted(policy, tenant)
    assert ratcheted(once, tenant) == once
    after = loaded(once)
    for one, other in zip(before.policies[0].requirements, after.policies[0].requirements, strict=True):
        assert not any(change.direction.may_loosen for change in one.entry.changes_to(other.entry))
    outcomes = [
        [(finding.key, finding.outcome) for finding in evaluate(policies, tenant, NOW, portal=PORTAL).findings]
        for policies in (before, after)
    ]
    assert outcomes[0] == outcomes[1]


@given(snapshots(), st.integers(0, 10_000))
@settings(max_examples=examples(150), deadline=None)
def test_ratcheting_is_idempotent_and_never_loosens(tenant: Snapshot, number: int) -> None:
    holds(json.dumps(random_policy(random.Random(number)), indent=1).encode(), tenant)


def test_so_it_does_whatever_the_data_leaves_open() -> None:
    for number in range(200):
        seed = random.Random(number)
        tenant = decode_snapshot(json.dumps(random_tenant(seed)).encode(), "s.json")
        holds(json.dumps(random_policy(seed)).encode(), tenant)


A, B, C = score("a", 9.0), score("b", 7.125), score("c", 4.0)
TENANT_OF_THREE = snapshot(day([A, B, C], maximum=30.0))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("score: [{id: x, minimum: {percent: 10}}]", "score: [{id: x, minimum: {percent: 67.08}}]"),
        ("score: [{id: x, minimum: {points: 10}}]", "score: [{id: x, minimum: {points: 20.12}}]"),
        (
            "score:\n- id: x\n  category: Identity # é\n  minimum:\n    percent:   6.5e1   # note\n",
            "score:\n- id: x\n  category: Identity # é\n  minimum:\n    percent:   67.08   # note\n",
        ),
        (
            "controls: [{id: x, control: a, minimum: {percent: 1, allBut: 2}}]",
            "controls: [{id: x, control: a, minimum: {percent: 90, allBut: 2}}]",
        ),
        (
            "controls: [{id: x, control: b, minimum: {points: 1}}]",
            "controls: [{id: x, control: b, minimum: {points: 7.12}}]",
        ),
        (
            "controls: [{id: x, select: {category: [Identity]}, minimum: {percent: 1}}]",
            "controls: [{id: x, select: {category: [Identity]}, minimum: {percent: 40}}]",
        ),
        (
            "controls: [{id: x, control: '*', minimum: {percent: 1}}]",
            "controls: [{id: x, control: '*', minimum: {percent: 40}}]",
        ),
        (
            "controls: [{id: x, anyOf: [c, a, b, gone], minimum: {percent: 1}}]",
            "controls: [{id: x, anyOf: [c, a, b, gone], minimum: {percent: 90}}]",
        ),
        (
            "controls: [{id: x, control: [gone, b], minimum: {percent: 1}}]",
            "controls: [{id: x, control: [gone, b], minimum: {percent: 71.25}}]",
        ),
    ],
)
def test_a_minimum_becomes_what_is_reached_and_nothing_else_changes(before: str, after: str) -> None:
    assert body(before, TENANT_OF_THREE) == after


@pytest.mark.parametrize(
    "text",
    [
        "score: [{id: x, minimum: {percent: 67.083}}]",
        "score: [{id: x, minimum: {percent: 99}}]",
        "controls: [{id: x, control: c}]",
        "controls: [{id: x, control: a, minimum: {allBut: 2}}]",
        "controls: [{id: x, control: [b, a], minimum: {percent: 71.25}}]",
        "controls: [{id: x, select: {id: [a, c]}, minimum: {percent: 41}, atMost: {failing: 1}}]",
        "controls: [{id: x, control: a, minimum: {percent: 1}, when: {enabledServices: [Other]}}]",
        "controls: [{id: x, control: a, minimum: {percent: 1}, disabled: {reason: no}}, {id: y, control: c}]",
        "controls: [{id: x, control: gone, onMissing: skip, minimum: {percent: 1}}]",
        "score: [{id: x, freshness: {maximumAge: 3d}}]",
    ],
)
def test_a_minimum_is_never_lowered_and_never_added(text: str) -> None:
    assert body(text, TENANT_OF_THREE) == text


def test_a_declared_control_has_reached_nothing() -> None:
    tenant = snapshot(day([score("a"), B]), profiles=[profile("a", state="ThirdParty"), profile("b")])
    one = "controls: [{id: x, %s, accept: [ThirdParty], minimum: {percent: 5}}]"
    assert why(one % "control: a", tenant) == (
        "not-observed",
        "5 % is required, and its controls are declared instead of observed",
    )
    assert "{percent: 71.25}" in body(one % "select: {id: ['*']}", tenant)


def test_a_user_who_may_be_left_out_does_not_count_as_reached() -> None:
    tenant = snapshot(day([score("a", 9.0, total=10)]))
    assert body("controls: [{id: x, control: a, minimum: {percent: 90, allBut: 1}}]", tenant).endswith(
        "{percent: 90, allBut: 1}}]"
    )
    assert why("controls: [{id: x, control: a, minimum: {percent: 95, allBut: 1}}]", tenant)[0] == "at-minimum"


@pytest.mark.parametrize(
    ("text", "reason", "message"),
    [
        (
            'parameters: {low: {type: number, default: 5}}\nscore: [{id: x, minimum: {percent: "${low}"}}]',
            "parameter",
            "its minimum comes from the parameter low, declared at p.yaml:4:43",
        ),
        (
            "score: [{id: x, minimum: {percent: 99}}]",
            "not-met",
            "the overall score is at 67.08 % (20.12 of 30 points) and must be at 99 %",
        ),
        (
            "when: {enabledServices: [Other]}\nscore: [{id: x, minimum: {percent: 9}}]",
            "not-judged",
            "the tenant lacks its licence, or Graph does not report licences",
        ),
        (
            "score: [{id: x, minimum: {percent: 67.08}}]",
            "at-minimum",
            "the tenant has reached no more than 67.08 %",
        ),
    ],
)
def test_why_a_minimum_stays_is_said(text: str, reason: str, message: str) -> None:
    assert why(text, TENANT_OF_THREE) == (reason, message)


def test_a_file_that_would_say_anything_else_is_refused() -> None:
    before = f"{HEAD}score: [{{id: x, minimum: {{percent: 10}}, severity: high}}]\n".encode()
    found = looked_at(before, TENANT_OF_THREE)
    for other in (
        before.replace(b"10", b"9"),
        before.replace(b"10", b"67.08").replace(b"high", b"low"),
        before.replace(b"id: x", b"id: y"),
        before,
    ):
        with pytest.raises(OutputError, match="p/x would change in more than its minimum"):
            check_only_raised(loaded(before), loaded(other), found.raised)


def test_the_diff_is_one_that_patch_takes() -> None:
    assert changed_file("a/p.yaml", b"\xef\xbb\xbfx: 1\ny: 2", b"\xef\xbb\xbfx: 1\ny: 3").diff == (
        "--- a/a/p.yaml\n+++ b/a/p.yaml\n@@ -1,2 +1,2 @@\n x: 1\n-y: 2\n\\ No newline at end of file\n"
        "+y: 3\n\\ No newline at end of file\n"
    )
