"""Pairs of a tenant and a policy, judged by both judges; where they differ, the smallest pair that still does."""

import copy
import datetime
import json
import random
from collections.abc import Iterator
from typing import Any

import msgspec
from random_policies import random_policy
from random_tenants import NOW, Json, random_tenant
from reference_judge import judge as judge_by_reference

from checker.clouds import GLOBAL, Cloud
from checker.policy.load import load_sources
from checker.policy.model import PolicySet
from checker.policy.sources import PolicySource, PolicySources
from checker.report.report import Report
from checker.runs.gate import judge
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


def policy_set(policy: Json, waivers: tuple[Json, ...] = ()) -> PolicySet:
    """The policy and its waivers, loaded from their text (JSON is YAML)."""
    sources = [PolicySource("p.yaml", json.dumps(policy).encode())]
    if waivers:
        document = {"apiVersion": "scoregate/v1", "kind": "Waivers", "waivers": list(waivers)}
        sources.append(PolicySource("w.yaml", json.dumps(document).encode()))
    loaded = load_sources(PolicySources(tuple(sources)))
    assert not loaded.faults, loaded.faults
    return loaded.policies


def report_on(policies: PolicySet, document: Json, now: datetime.datetime = NOW, *, assumed: bool = False) -> Report:
    """What ``check`` says of a snapshot file."""
    source = Bytes(json.dumps(document).encode())
    return judge(policies, PreparedSource(source, now.date(), assume_default_states=assumed), now).judged.report


def pair_of(number: int) -> Json:
    """A random pair: policy, snapshot, and what the caller says besides."""
    seed = random.Random(number)
    tenant, policy = random_tenant(seed), random_policy(seed)
    waivers = []
    if seed.random() < 0.2 and "states" not in policy:
        start, end = seed.choice(
            (("2026-05-01", "2026-06-30"), ("2026-01-01", "2026-05-21"), ("2026-05-22", "2026-05-22"))
        )
        waivers.append(
            {
                "requirement": seed.choice(("p/r0", "p/*")),
                "from": start,
                "until": end,
                "reason": "r",
                "approvedBy": "a@b.example",
            }
        )
    return {"policy": policy, "snapshot": tenant, "waivers": waivers, "assumed": seed.random() < 0.1}


def differences(pair: Json) -> list[str]:
    """Where the two judges differ on a pair, one line each."""
    waivers, assumed = tuple(pair["waivers"]), pair["assumed"]
    report = report_on(policy_set(pair["policy"], waivers), pair["snapshot"], assumed=assumed)
    real: dict[Key, list[tuple[str, str]]] = {}
    for one in report.findings:
        control = one.judgement.control if one.requirement.per_control else None
        key = (one.requirement.name, control)
        reason = one.judgement.reason.value
        # Which words are known depends on a catalogue that only the package has.
        real.setdefault(key, []).append((one.outcome.value, "not-scored" if reason.startswith("unknown-") else reason))
    expected: dict[Key, list[tuple[str, frozenset[str]]]] = {}
    for found in judge_by_reference(pair["policy"], pair["snapshot"], NOW, waivers=waivers, assumed=assumed):
        expected.setdefault((found.requirement, found.control), []).append((found.outcome, found.reasons))
    return [
        f"{key[0]} [{key[1]}]: scoregate {real.get(key)}, reference {_shown(expected.get(key, []))}"
        for key in sorted({*real, *expected}, key=str)
        if not _agree(real.get(key, []), expected.get(key, []))
    ]


def _shown(expected: list[tuple[str, frozenset[str]]]) -> str:
    return ", ".join(f"{outcome} ({' or '.join(sorted(reasons))})" for outcome, reasons in expected) or "nothing"


def _agree(real: list[tuple[str, str]], expected: list[tuple[str, frozenset[str]]]) -> bool:
    """Whether each finding has its counterpart."""
    return len(real) == len(expected) and all(
        any(one[0] == other[0] and one[1] in other[1] for other in expected) for one in real
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
    except (AssertionError, KeyError, TypeError, ValueError, ZeroDivisionError):
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
