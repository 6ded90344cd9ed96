"""Pairs of a tenant and a policy, judged by both judges; where they differ, the smallest pair that still does."""

import copy
import datetime
import json
import random
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from random_policies import LABELS, SEVERITIES, random_policies, random_waiver
from random_tenants import NOW, Json, random_tenant
from reference_judge import judge as judge_by_reference
from reference_verdict import Finding, gate

from checker.clouds import GLOBAL, Cloud
from checker.policy.load import load_sources
from checker.policy.model import PolicySet
from checker.policy.parameters import GivenValue
from checker.policy.sources import PolicySource, PolicySources
from checker.report.finding import Finding as RealFinding
from checker.report.outcome import Severity
from checker.report.report import Report
from checker.report.verdict import decide
from checker.runs.gate import JudgeInput, judge
from checker.snapshot.read import Reading, decode_snapshot
from checker.sources.prepared import PreparedSource

Key = tuple[str, str | None]


class Bytes(msgspec.Struct, frozen=True):
    """A source of one file's bytes."""

    data: bytes
    cloud: Cloud = GLOBAL

    def read(self, days: int) -> Reading:
        del days
        return Reading(decode_snapshot(self.data, "s.json"))


def policy_set(documents: dict[str, Json], waivers: list[Json] | None = None, given: Json | None = None) -> PolicySet:
    """The policies and their waivers, loaded from their text (JSON is YAML).

    Args:
        documents: policies by the name that ``extends`` uses.
        waivers: as a file of waivers lists them.
        given: values of parameters.
    """
    sources = {name: PolicySource(name, json.dumps(document).encode()) for name, document in documents.items()}
    listed = list(sources.values())
    if waivers:
        document = {"apiVersion": "scoregate/v1", "kind": "Waivers", "waivers": waivers}
        listed.append(PolicySource("w.yaml", json.dumps(document).encode()))
    values = {name: GivenValue(value, is_text=False, origin="--set") for name, value in (given or {}).items()}
    loaded = load_sources(
        PolicySources(tuple(listed)),
        bases=lambda _, reference: [sources[reference]],
        given=values,
    )
    assert not loaded.faults, loaded.faults
    return loaded.policies


def report_on(
    policies: PolicySet,
    document: Json,
    now: datetime.datetime = NOW,
    *,
    assumed: bool = False,
    labels: Iterable[str] = (),
) -> Report:
    """What ``check`` says of a snapshot file."""
    source = PreparedSource(Bytes(json.dumps(document).encode()), now.date(), assume_default_states=assumed)
    return judge(JudgeInput(policies=policies, moment=now, labels=frozenset(labels)), source).judged.report


def pair_of(number: int) -> Json:
    """A random pair: policies, snapshot, and what the caller says besides."""
    seed = random.Random(number)
    tenant, documents = random_tenant(seed), random_policies(seed)
    waivers = []
    if seed.random() < 0.4 and not any("states" in document for document in documents.values()):
        waivers = [random_waiver(seed) for _ in range(seed.randint(1, 3))]
    declared = {name for document in documents.values() for name in document.get("parameters", {})}
    return {
        "documents": documents,
        "snapshot": tenant,
        "waivers": waivers,
        "given": {name: 40 for name in sorted(declared) if seed.random() < 0.3},
        "assumed": seed.random() < 0.1,
        "labels": seed.sample(LABELS, seed.randint(0, 2)) if waivers else [],
        "failOn": seed.choice(SEVERITIES),
    }


def differences(pair: Json) -> list[str]:
    """Where the two judges differ on a pair, one line each."""
    report = report_on(
        policy_set(pair["documents"], pair["waivers"], pair["given"]),
        pair["snapshot"],
        assumed=pair["assumed"],
        labels=pair["labels"],
    )
    real: dict[Key, list[Said]] = {}
    for one in report.findings:
        control = one.judgement.control if one.requirement.per_control else None
        real.setdefault((one.requirement.name, control), []).append(Said.of(one))
    expected: dict[Key, list[Finding]] = {}
    found = judge_by_reference(
        pair["documents"],
        pair["snapshot"],
        NOW,
        waivers=pair["waivers"],
        given=pair["given"],
        assumed=pair["assumed"],
        labels=pair["labels"],
    )
    for other in found:
        expected.setdefault((other.requirement, other.control), []).append(other)
    lines = [
        f"{key[0]} [{key[1]}]: scoregate {real.get(key)}, reference {_shown(expected.get(key, []))}"
        for key in sorted({*real, *expected}, key=str)
        if not _agree(real.get(key, []), expected.get(key, []))
    ]
    decision, wanted = decide(report, Severity(pair["failOn"])).decision.value, gate(found, pair["failOn"])
    return [*lines, *([f"verdict: scoregate {decision}, reference {wanted}"] if decision != wanted else [])]


class Said(NamedTuple):
    """What scoregate says in one finding."""

    outcome: str
    reason: str
    severity: str
    enforcement: str
    message: str

    @classmethod
    def of(cls, one: RealFinding) -> "Said":
        # Which words are known depends on a catalogue that only the package has.
        reason = one.judgement.reason.value
        reason = "not-scored" if reason.startswith("unknown-") else reason
        return cls(one.outcome.value, reason, one.requirement.severity.value, one.enforcement.value, one.message)


def _shown(expected: list[Finding]) -> str:
    return (
        ", ".join(
            f"{one.outcome} ({' or '.join(sorted(one.reasons))}) {one.severity} {one.enforcement} {one.message}"
            for one in expected
        )
        or "nothing"
    )


def _agree(real: list[Said], expected: list[Finding]) -> bool:
    """Whether each finding has its counterpart."""
    return len(real) == len(expected) and all(any(_same(one, other) for other in expected) for one in real)


def _same(one: Said, other: Finding) -> bool:
    alike = (one.outcome, one.severity, one.enforcement) == (other.outcome, other.severity, other.enforcement)
    first = other.message[:1]
    return (
        alike
        and one.reason in other.reasons
        and all(one.message.casefold().startswith(text.casefold()) for text in first)
        and all(text in one.message for text in other.message[1:])
    )


def smallest(pair: Json, difference: str) -> Json:
    """The pair with everything left out that the difference, one of its lines, does not need."""
    shrunk = True
    while shrunk:
        shrunk = False
        for candidate in _smaller(pair):
            if _still_differs(candidate, difference):
                pair, shrunk = candidate, True
                break
    return pair


def _still_differs(pair: Json, difference: str) -> bool:
    try:
        return difference in differences(pair)
    except (AssertionError, LookupError, TypeError, ValueError, ZeroDivisionError):
        return False


def _smaller(pair: Json) -> Iterator[Json]:
    """The pair without one entry of one of its lists."""
    for path, length in list(_lists(pair, ())):
        for index in range(length):
            candidate = copy.deepcopy(pair)
            holder: Any = candidate
            for step in path:
                holder = holder[step]
            del holder[index]
            yield candidate


def _lists(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int]]:
    if isinstance(value, list):
        yield path, len(value)
        for index, one in enumerate(value):
            yield from _lists(one, (*path, index))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _lists(one, (*path, key))
