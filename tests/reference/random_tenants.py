"""Seeded random tenants: small snapshot documents, whole or with members that are absent, null or contradicted."""

import datetime
import random
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
TENANT = "00000000-0000-0000-0000-000000000001"
NOW = datetime.datetime(2026, 5, 22, 9, 0, tzinfo=datetime.UTC)
NAMES = ("AdminMFAV2", "OneAdmin", "mdo_zap", "scid_2010", "11770.MDA_X", "22.MDA_X", "aad_sspr")
UNSCORED = ("unscored_a", "unscored_b")
CATEGORIES = ("Identity", "Apps", "Device")
SERVICES = ("AzureAD", "MDO")
DECLARED = ("ThirdParty", "Reviewed", "AlternateMitigation")
STATES = ("Default", "default", "Ignored", *DECLARED, "somethingNew")


def random_tenant(seed: random.Random, mutations: int | None = None) -> Json:
    """A snapshot document; about half of them are whole, or as many mutations are made as are asked for."""
    names = seed.sample(NAMES, seed.randint(1, 4))
    maxima = {name: float(seed.randint(1, 10)) for name in NAMES}
    categories = {name: seed.choice(CATEGORIES) for name in NAMES}
    days = [_day(names, maxima, categories, 0, seed)]
    for back in seed.sample(range(1, 7), seed.randint(0, 3)):
        earlier = sorted({*seed.sample(names, seed.randint(0, len(names))), *seed.sample(NAMES, seed.randint(0, 1))})
        days.append(_day(earlier, maxima, categories, back, seed))
    for entry in days[0]["controlScores"]:
        _newest_members(entry, seed)
    document: Json = {
        "apiVersion": "scoregate/v1",
        "kind": "Snapshot",
        "tenant": TENANT,
        "fetchedAt": "2026-05-22T08:00:00Z",
        "warnings": [],
        "secureScores": days,
        "controlProfiles": [_profile(name, maxima, categories, seed) for name in names],
    }
    for name in seed.sample(UNSCORED, seed.randint(0, 1)):
        document["controlProfiles"].append(_profile(name, {name: 5.0}, {name: "Apps"}, seed))
    for _ in range(seed.choice((0, 0, 1, 1, 2)) if mutations is None else mutations):
        seed.choice(MUTATIONS)(document, seed)
    seed.shuffle(document["secureScores"])
    return document


def _day(
    names: list[str], maxima: dict[str, float], categories: dict[str, str], back: int, seed: random.Random
) -> Json:
    scores = []
    for name in names:
        points = seed.choice((0.0, maxima[name], seed.randint(0, int(maxima[name]) * 2) / 2))
        scores.append(
            {
                "controlName": name,
                "controlCategory": categories[name],
                "score": points,
                "scoreInPercentage": round(100 * points / maxima[name], 2),
            }
        )
    date = NOW.date() - datetime.timedelta(days=back)
    return {
        "id": f"{TENANT}_{date}",
        "azureTenantId": TENANT,
        "createdDateTime": f"{date}T00:00:00Z",
        "currentScore": sum(entry["score"] for entry in scores),
        "maxScore": sum(maxima[name] for name in names) or 10.0,
        "enabledServices": seed.choice((["HasAADP2"], ["HasEXOP2", "HasAADP2"], [], ["HasMDOP1"])),
        "averageComparativeScores": _averages(seed),
        "controlScores": scores,
    }


def _averages(seed: random.Random) -> list[Json]:
    """What others have; -1 says that Microsoft has none, and more than 100 is no percentage."""
    return [
        {"basis": basis, "averageScore": seed.choice((0.0, 30.0, 55.5, 90.0, -1.0, 310.0, None))}
        for basis in seed.sample(("AllTenants", "TotalSeats", "industryTypes"), seed.randint(0, 3))
    ]


def _newest_members(entry: Json, seed: random.Random) -> None:
    total = seed.choice((None, "0", "4", "50", 13))
    if total is not None:
        entry["total"] = total
    if entry["controlName"].startswith("scid_") and seed.random() < 0.7:
        entry["state"] = seed.choice(("default", "thirdParty", "Ignored"))


def _profile(name: str, maxima: dict[str, float], categories: dict[str, str], seed: random.Random) -> Json:
    updates: list[Json] = [{"state": "Default", "updatedBy": None, "updatedDateTime": None}]
    # Graph cannot change the state of Defender's controls.
    while seed.random() < 0.3 and not name.startswith("scid_"):
        at = seed.choice(("2026-05-01T08:00:00Z", "2026-05-02T08:00:00+02:00", None))
        updates.insert(seed.randint(0, len(updates)), {"state": seed.choice(STATES), "updatedDateTime": at})
    return {
        "id": seed.choice((name, name.lower())),
        "azureTenantId": TENANT,
        "maxScore": maxima[name],
        "controlCategory": categories[name],
        "service": seed.choice(SERVICES),
        "tier": seed.choice(("Core", "Defense in Depth")),
        "threats": seed.choice(([], ["Account Breach"], ["Data Spillage", "accountBreach"])),
        "userImpact": seed.choice(("Low", "low", "Moderate")),
        "implementationCost": seed.choice(("Low", "High")),
        "controlStateUpdates": updates,
    }


def _newest(document: Json) -> Json:
    newest: Json = document["secureScores"][0]
    return newest


def _any_score(document: Json, seed: random.Random) -> Json:
    return seed.choice(_newest(document).get("controlScores") or [{}])


def _any_profile(document: Json, seed: random.Random) -> Json:
    return seed.choice(document.get("controlProfiles") or [{}])


def _without_or_null(holder: Json, member: str, seed: random.Random) -> None:
    if seed.random() < 0.5:
        holder.pop(member, None)
    elif member in holder:
        holder[member] = None


def _member_of_score(document: Json, seed: random.Random) -> None:
    member = seed.choice(("score", "scoreInPercentage", "controlCategory"))
    _without_or_null(_any_score(document, seed), member, seed)


def _member_of_day(document: Json, seed: random.Random) -> None:
    member = seed.choice(("currentScore", "maxScore", "controlScores", "enabledServices", "averageComparativeScores"))
    _without_or_null(_newest(document), member, seed)


def _member_of_profile(document: Json, seed: random.Random) -> None:
    member = seed.choice(("maxScore", "controlStateUpdates", "service", "threats"))
    _without_or_null(_any_profile(document, seed), member, seed)


def _no_profiles(document: Json, seed: random.Random) -> None:
    if seed.random() < 0.5:
        document["controlProfiles"] = []
    else:
        document.pop("controlProfiles", None)


def _profiles_cut(document: Json, seed: random.Random) -> None:
    if seed.random() < 0.7:
        document["partial"] = ["controlProfiles"]
    _one_profile_less(document, seed)


def _one_profile_less(document: Json, seed: random.Random) -> None:
    profiles = document.get("controlProfiles")
    if profiles:
        profiles.pop(seed.randrange(len(profiles)))


def _one_score_less(document: Json, seed: random.Random) -> None:
    """A control that the day leaves out while its total counts it."""
    scores = _newest(document).get("controlScores")
    if scores:
        scores.pop(seed.randrange(len(scores)))


def _empty_day(document: Json, _seed: random.Random) -> None:
    _newest(document)["controlScores"] = []


def _contradicted_percentage(document: Json, seed: random.Random) -> None:
    entry = _any_score(document, seed)
    if "scoreInPercentage" in entry:
        entry["scoreInPercentage"] = seed.choice((0.0, 17.0, 61.0, 99.0, 100.0))


def _out_of_range(document: Json, seed: random.Random) -> None:
    entry = _any_score(document, seed)
    member, value = seed.choice((("score", -1.0), ("score", 15.0), ("scoreInPercentage", 140.0)))
    if entry.get(member) is not None:
        if member == "score" and seed.random() < 0.7 and _newest(document).get("currentScore") is not None:
            _newest(document)["currentScore"] += value - entry["score"]
        entry[member] = value


def _other_total(document: Json, seed: random.Random) -> None:
    member = seed.choice(("currentScore", "maxScore"))
    _newest(document)[member] = seed.choice((0.0, 3.0, 30.0, 200.0, -1.0))


def _bad_base(document: Json, seed: random.Random) -> None:
    for day in document["secureScores"][1:]:
        if seed.random() < 0.6:
            day["currentScore"] += seed.choice((-20.0, 5.0, 60.0))


def _older_maximum(document: Json, seed: random.Random) -> None:
    for day in document["secureScores"][1:]:
        day["maxScore"] += seed.choice((0.0, 5.0))


def _future_day(document: Json, _seed: random.Random) -> None:
    later = dict(_newest(document), createdDateTime="2027-05-22T00:00:00Z")
    document["secureScores"].append(later)


def _zero_maximum(document: Json, seed: random.Random) -> None:
    profile = _any_profile(document, seed)
    if not profile:
        return
    profile["maxScore"] = 0.0
    for entry in _newest(document).get("controlScores") or []:
        if entry["controlName"].casefold() == profile["id"].casefold() and entry.get("score"):
            _newest(document)["currentScore"] = (_newest(document).get("currentScore") or 0.0) - entry["score"]
            entry["score"] = entry["scoreInPercentage"] = 0.0


Mutation = Callable[[Json, random.Random], None]
MUTATIONS: tuple[Mutation, ...] = (
    _member_of_score,
    _member_of_day,
    _member_of_profile,
    _no_profiles,
    _profiles_cut,
    _one_profile_less,
    _one_score_less,
    _empty_day,
    _contradicted_percentage,
    _out_of_range,
    _other_total,
    _bad_base,
    _older_maximum,
    _future_day,
    _zero_maximum,
)
