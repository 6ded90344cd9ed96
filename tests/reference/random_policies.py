"""Seeded random policies over the controls of random tenants."""

import random
from collections.abc import Callable

from random_tenants import CATEGORIES, DECLARED, NAMES, SERVICES, TENANT, Json

IDS = (*NAMES, "MDA_X", "adminmfav2", "unscored_a", "nowhere")
PATTERNS = ("*", "mdo_*", "*MDA_*", "11770.*", "unscored_*", "no*such")
ON_MISSING = ("fail", "skip", "error")
SEVERITIES = ("critical", "high", "medium", "low", "info")
SECTIONS = ("score", "controls", "states")
LABELS = ("production", "subsidiary")


def random_policy(seed: random.Random, name: str = "p", ids: str = "r") -> Json:
    """A policy of one to five requirements that stands alone."""
    policy: Json = {"apiVersion": "scoregate/v1", "kind": "Policy", "metadata": {"name": name}}
    for index in range(seed.randint(1, 5)):
        section, make = seed.choice(KINDS)
        policy.setdefault(section, []).append({"id": f"{ids}{index}", **make(seed), **_common(seed)})
    return policy


def random_policies(seed: random.Random) -> dict[str, Json]:
    """Policies by file: one alone, or some that extend each other, with defaults, conditions and parameters."""
    top = random_policy(seed)
    documents = {"p.yaml": top}
    if seed.random() < 0.5:
        documents["b.yaml"] = random_policy(seed, "b", "b")
        top["extends"] = ["b.yaml"]
        if seed.random() < 0.5:
            documents["c.yaml"] = random_policy(seed, "c", seed.choice(("b", "c")))
            # Reached in one way, or in two.
            seed.choice((documents["b.yaml"], top)).setdefault("extends", []).append("c.yaml")
            if seed.random() < 0.5:
                documents["b.yaml"]["extends"] = ["c.yaml"]
        _without_other_kinds(documents)
        _override(documents, seed)
    for document in documents.values():
        _head(document, seed)
        _parameters(document, seed)
    return documents


def _without_other_kinds(documents: dict[str, Json]) -> None:
    """An entry can't change the kind of its base's: one of the same id in another file goes."""
    if "c.yaml" in documents:
        ids = {entry["id"] for section in SECTIONS for entry in documents["b.yaml"].get(section, [])}
        for section in SECTIONS:
            entries = documents["c.yaml"].get(section, [])
            documents["c.yaml"][section] = [entry for entry in entries if entry["id"] not in ids]


def _override(documents: dict[str, Json], seed: random.Random) -> None:
    """Fields of requirements of bases, written anew in what extends them."""
    for name, document in list(documents.items()):
        for base in document.get("extends", []):
            for section in SECTIONS:
                for entry in documents[base].get(section, []):
                    written = {one["id"] for one in documents[name].get(section, [])}
                    if seed.random() < 0.4 and entry["id"] not in written:
                        document.setdefault(section, []).append({"id": entry["id"], **_change(section, entry, seed)})


def _change(section: str, entry: Json, seed: random.Random) -> Json:
    change = _common(seed)
    if "minimum" in entry and seed.random() < 0.5:
        change["minimum"] = _minimum(seed)
    if section == "controls" and seed.random() < 0.5:
        change["accept"] = seed.sample(DECLARED, 1)
    if section == "controls" and "select" in entry and seed.random() < 0.4:
        change["atMost"] = {"failing": 1}
    if seed.random() < 0.2:
        change["disabled"] = {"reason": "not here"}
    if seed.random() < 0.2:
        change["when"] = {"enabledServices": [seed.choice(("HasAADP2", "HasMDOP1"))]}
    return change


def _head(document: Json, seed: random.Random) -> None:
    """What a policy says of all of its requirements."""
    if seed.random() < 0.2:
        document["when"] = {"enabledServices": [seed.choice(("hasaadp2", "HasMDOP1"))]}
    if seed.random() < 0.4:
        document["defaults"] = {
            key: value
            for key, value in (
                ("severity", seed.choice(SEVERITIES)),
                ("enforcement", seed.choice(("advisory", "mandatory"))),
                ("onMissing", seed.choice(ON_MISSING)),
                ("newControls", {"grace": "3d"}),
            )
            if seed.random() < 0.4
        }
    if seed.random() < 0.2:
        document["waivers"] = {"maximumDays": seed.choice((10, 60, 365))}


def _parameters(document: Json, seed: random.Random) -> None:
    """Some minimums, written as parameters."""
    for section in SECTIONS:
        for entry in document.get(section, []):
            minimum = entry.get("minimum", {})
            if "percent" in minimum and seed.random() < 0.2:
                declared = {"type": "number", "default": minimum["percent"], "minimum": 0, "maximum": 100}
                name = seed.choice(("lowest", "other"))
                document.setdefault("parameters", {}).setdefault(name, declared)
                minimum["percent"] = f"${{{name}}}"


def random_waiver(seed: random.Random) -> Json:
    """An exception: in force or not, with a floor or without, for some or for all."""
    start, end = seed.choice(
        (
            ("2026-05-01", "2026-06-30"),
            ("2026-05-01", "2026-06-30"),
            ("2026-01-01", "2026-05-21"),
            ("2026-05-22", "2026-05-22"),
            ("2026-05-23", "2026-06-01"),
            ("2026-01-01", "2027-01-01"),
            ("2026-01-01", "2027-01-02"),
        )
    )
    waiver: Json = {"requirement": seed.choice(("p/r0", "p/r1", "p/b0", "p/*", "*", "P/R*", "q/*"))}
    waiver |= {"from": start, "until": end, "reason": "r", "approvedBy": "a@b.example"}
    if seed.random() < 0.4:
        waiver["floor"] = seed.choice(({"percent": 30}, {"percent": 60}, {"percent": 0}, {"points": 2}))
    if seed.random() < 0.4:
        waiver["control"] = seed.choice((*IDS, "mdo_*", "*", "ADMINMFAV2"))
    if seed.random() < 0.2:
        waiver["tenant"] = seed.choice((TENANT, "00000000-0000-0000-0000-000000000002"))
    if seed.random() < 0.3:
        waiver["tenantLabel"] = seed.choice((*LABELS, LABELS[0].upper()))
    return waiver


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
        {"tier": [seed.choice(("core", "DEFENSE IN depth"))]},
        {"threats": ["accountbreach"], "userImpact": ["Low", "High"]},
        {"implementationCost": ["low"], "id": ["*MDA_X", "aad_*", "scid_2010"]},
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
    names = (seed.choice(IDS), seed.choice(IDS), seed.sample((*IDS, *PATTERNS), 2), seed.choice(PATTERNS))
    return {"control": seed.choice(names), **_terms(seed), **_grace(seed)}


def _grace(seed: random.Random) -> Json:
    return {"newControls": {"grace": f"{seed.choice((1, 2, 4, 30))}d"}} if seed.random() < 0.2 else {}


def _any_of(seed: random.Random) -> Json:
    entry = {"anyOf": seed.sample((*IDS, *IDS, *PATTERNS), seed.choice((2, 2, 3))), **_terms(seed)}
    entry["anyOf"] = list(dict.fromkeys(entry["anyOf"]))
    return {**entry, "profile": {"state": "ThirdParty"}} if seed.random() < 0.1 else entry


def _compared(seed: random.Random) -> Json:
    basis = seed.choice(("AllTenants", "TotalSeats", "IndustryTypes"))
    return {"compare": {"basis": basis, "maximumBelow": {"percentagePoints": seed.choice((0, 5, 20))}}}


def _selected(seed: random.Random) -> Json:
    entry: Json = {"select": _select(seed), **_terms(seed), **_grace(seed)}
    if seed.random() < 0.2:
        entry["exclude"] = [seed.choice((*NAMES, "mdo_*", "*x"))]
    if seed.random() < 0.3:
        entry["atMost"] = {"failing": seed.choice((0, 1, 2))}
    return entry


def _profile(seed: random.Random) -> Json:
    entry = {"control": seed.choice((*IDS, *IDS, "mdo_*", "*")), **_terms(seed)}
    entry["profile"] = {"state": seed.choice(("Default", "Ignored", "ThirdParty", "Reviewed"))}
    return entry


def _states(seed: random.Random) -> Json:
    return {"undeclared": "fail", **({"exclude": [seed.choice(NAMES)]} if seed.random() < 0.3 else {})}


def _common(seed: random.Random) -> Json:
    """What every requirement may say."""
    entry: Json = {}
    if seed.random() < 0.3:
        entry["severity"] = seed.choice(SEVERITIES)
    if seed.random() < 0.2:
        entry["enforcement"] = seed.choice(("advisory", "mandatory"))
    return entry


KINDS: tuple[tuple[str, Callable[[random.Random], Json]], ...] = (
    ("score", _score),
    ("score", _score),
    ("score", _coverage),
    ("score", _trend),
    ("score", _freshness),
    ("score", _declared_share),
    ("score", _compared),
    ("controls", _control),
    ("controls", _control),
    ("controls", _any_of),
    ("controls", _selected),
    ("controls", _profile),
    ("states", _states),
)
