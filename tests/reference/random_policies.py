"""Seeded random policies over the controls of random tenants."""

import random
from collections.abc import Callable

from random_tenants import CATEGORIES, DECLARED, NAMES, SERVICES, Json

IDS = (*NAMES, "MDA_X", "adminmfav2", "unscored_a", "nowhere")
ON_MISSING = ("fail", "skip", "error")


def random_policy(seed: random.Random) -> Json:
    """A policy of one to five requirements."""
    policy: Json = {"apiVersion": "scoregate/v1", "kind": "Policy", "metadata": {"name": "p"}}
    for index in range(seed.randint(1, 5)):
        section, make = seed.choice(KINDS)
        policy.setdefault(section, []).append({"id": f"r{index}", **make(seed)})
    return policy


def _minimum(seed: random.Random, *, all_but: bool = False) -> Json:
    if seed.random() < 0.3:
        return {"points": seed.choice((0, 1, 2.5, 5, 12))}
    minimum: Json = {"percent": seed.choice((0, 10, 50, 75, 100))}
    if all_but and seed.random() < 0.3:
        minimum["allBut"] = seed.choice((1, 2, 10))
    return minimum


def _score(seed: random.Random) -> Json:
    entry: Json = {"minimum": _minimum(seed)}
    part = seed.choice(("tenant", "category", "select"))
    if part == "category":
        entry["category"] = seed.choice(CATEGORIES)
    elif part == "select":
        entry["select"] = _select(seed)
    if part != "tenant" and seed.random() < 0.4:
        entry["onMissing"] = seed.choice(ON_MISSING)
    if seed.random() < 0.35:
        entry["declared"] = "exclude"
    return entry


def _select(seed: random.Random) -> Json:
    choices: tuple[Json, ...] = (
        {"id": [seed.choice(("*", "mdo_*", "MDA_X", "AdminMFAV2"))]},
        {"category": [seed.choice(CATEGORIES)]},
        {"service": [seed.choice(SERVICES)]},
        {"category": list(CATEGORIES[:2]), "service": [seed.choice(SERVICES)]},
    )
    return seed.choice(choices)


def _look_back(seed: random.Random, limit: str) -> Json:
    unit = seed.choice(("points", "points", "percentagePoints"))
    return {"days": seed.randint(1, 3), limit: {unit: seed.choice((0, 1, 3, 10))}}


def _coverage(seed: random.Random) -> Json:
    return {"coverage": _look_back(seed, "maximumLoss")}


def _trend(seed: random.Random) -> Json:
    rule = _look_back(seed, "maximumDrop")
    rule["attributedTo"] = "all"
    if "points" in rule["maximumDrop"] and seed.random() < 0.4:
        rule["attributedTo"] = "tenant"
    return {"trend": rule}


def _freshness(seed: random.Random) -> Json:
    return {"freshness": {"maximumAge": f"{seed.randint(1, 3)}d"}}


def _declared_share(seed: random.Random) -> Json:
    return {"declaredShare": {"maximum": {"percent": seed.choice((0, 10, 50, 100))}}}


def _terms(seed: random.Random) -> Json:
    """Minimum, accept, onMissing and when of a requirement on controls."""
    entry: Json = {}
    if seed.random() < 0.7:
        entry["minimum"] = _minimum(seed, all_but=True)
    if seed.random() < 0.4:
        entry["accept"] = seed.sample(DECLARED, seed.choice((1, 2, 3, 3)))
    if seed.random() < 0.5:
        entry["onMissing"] = seed.choice(ON_MISSING)
    if seed.random() < 0.15:
        entry["when"] = {"enabledServices": [seed.choice(("HasAADP2", "HasMDOP1"))]}
    return entry


def _control(seed: random.Random) -> Json:
    return {"control": seed.choice((seed.choice(IDS), seed.choice(IDS), seed.sample(IDS, 2), "*")), **_terms(seed)}


def _any_of(seed: random.Random) -> Json:
    return {"anyOf": seed.sample(IDS, 2), **_terms(seed)}


def _selected(seed: random.Random) -> Json:
    entry: Json = {"select": _select(seed), **_terms(seed)}
    if seed.random() < 0.2:
        entry["exclude"] = [seed.choice(NAMES)]
    if seed.random() < 0.3:
        entry["atMost"] = {"failing": 1}
    return entry


def _profile(seed: random.Random) -> Json:
    entry = {"control": seed.choice(IDS), **_terms(seed)}
    entry["profile"] = {"state": seed.choice(("Default", "Ignored", "ThirdParty", "Reviewed"))}
    return entry


def _states(seed: random.Random) -> Json:
    return {"undeclared": "fail", **({"exclude": [seed.choice(NAMES)]} if seed.random() < 0.3 else {})}


KINDS: tuple[tuple[str, Callable[[random.Random], Json]], ...] = (
    ("score", _score),
    ("score", _score),
    ("score", _coverage),
    ("score", _trend),
    ("score", _freshness),
    ("score", _declared_share),
    ("controls", _control),
    ("controls", _control),
    ("controls", _any_of),
    ("controls", _selected),
    ("controls", _profile),
    ("states", _states),
)
