"""Requirements that look back: what is not scored any more, and how far the score has fallen."""

import datetime
import itertools

from reference_readings import (
    CLOSE,
    ENDLESS,
    INCONSISTENT,
    NO_MAXIMUM,
    PARTIAL,
    Json,
    Tenant,
    bare,
    day_of,
    find_profile,
    number,
    spelled,
)
from reference_settle import Found, Verdict, settle, verdict
from reference_sums import currents_of, doubts_of, rows_of

SLACK = 3


def _base(days: int, tenant: Tenant) -> Json | None:
    """The day that a look back starts from."""
    latest = day_of(tenant.newest) - datetime.timedelta(days=days)
    for day in tenant.days[1:]:
        in_reach = latest - datetime.timedelta(days=SLACK) <= day_of(day) <= latest
        if in_reach and day.get("controlScores") is not None and not tenant.misses(day):
            return day
    return None


def judge_coverage(rule: Json, tenant: Tenant) -> Verdict:
    if tenant.left_out:
        return verdict("error", tenant.left_out)
    base = _base(rule["days"], tenant)
    if base is None:
        return verdict("skipped", "not-enough-history")
    unread = [one.name for one in tenant.controls if number(one.entry.get("score")) is None]
    limit, doubts = rule["maximumLoss"], {PARTIAL} if unread else set()
    options: list[tuple[float, ...]] = []
    for entry in base["controlScores"]:
        held = still_scored(entry["controlName"], [one.name for one in tenant.controls])
        if not held or held[0] in unread:
            maxima = past_maxima(entry, tenant)
            doubts |= {NO_MAXIMUM} if len(maxima) > 1 else set()
            options.append((0.0, *maxima) if held else maxima)
    results: list[Found] = []
    for losses in itertools.product(*options):
        value = sum(losses) if "points" in limit else 100 * sum(losses) / base["maxScore"]
        inside = value <= next(iter(limit.values())) + CLOSE
        results.append(("pass", "met") if inside else ("fail", "above-maximum"))
    return settle(results, doubts)


def still_scored(name: str, now: list[str]) -> list[str]:
    """The names of today that an earlier day's name may be."""
    found = spelled(name, now)
    return found if found or bare(name) != name.casefold() else [one for one in now if bare(one) == name.casefold()]


def past_maxima(entry: Json, tenant: Tenant) -> tuple[float, ...]:
    """The maxima that a control may have had; whole numbers, as all maxima of random tenants."""
    points, share = number(entry.get("score")), number(entry.get("scoreInPercentage"))
    if points and share:
        return (float(round(100 * points / share)),)
    profile = find_profile(entry["controlName"], tenant.profiles) or {}
    if "maxScore" not in profile:
        return 0.0, ENDLESS
    return (number(profile["maxScore"]) or 0.0,)


def judge_trend(rule: Json, tenant: Tenant) -> Verdict:
    limit = rule["maximumDrop"]
    unjudged = _untrusted(tenant, in_points="points" in limit)
    if unjudged is not None:
        return unjudged
    base = _base(rule["days"], tenant)
    if base is None:
        return verdict("skipped", "not-enough-history")
    drops, doubts = {base["currentScore"] - tenant.newest["currentScore"]}, set[str]()
    if rule.get("attributedTo", "tenant") == "tenant":
        drops, doubts = _own_drops(base, tenant)
    elif "percentagePoints" in limit:
        now = 100 * tenant.newest["currentScore"] / tenant.newest["maxScore"]
        drops = {100 * base["currentScore"] / base["maxScore"] - now}
    inside = {drop <= next(iter(limit.values())) + CLOSE for drop in drops}
    return settle([("pass", "met") if one else ("fail", "above-maximum") for one in inside], doubts)


def _untrusted(tenant: Tenant, *, in_points: bool) -> Verdict | None:
    """Why the totals of the newest day can't be compared with another day's."""
    if tenant.left_out:
        unknown = [] if in_points or "maxScore" in tenant.newest else [NO_MAXIMUM]
        return verdict("error", tenant.left_out, INCONSISTENT, *unknown)
    if tenant.current is None:
        return verdict("error", PARTIAL)
    if currents_of(tenant, number(tenant.newest.get("maxScore")) or ENDLESS)[1]:
        return verdict("error", INCONSISTENT)
    if in_points or tenant.newest.get("maxScore"):
        return None
    return verdict("skipped", "not-applicable") if "maxScore" in tenant.newest else verdict("error", NO_MAXIMUM)


def _own_drops(base: Json, tenant: Tenant) -> tuple[set[float], set[str]]:
    """How far the controls that both days score have fallen, under every reading of today's points."""
    then = {entry["controlName"].casefold(): entry["score"] for entry in base["controlScores"]}
    both = [one for one in tenant.controls if one.name.casefold() in then]
    before = sum(then[one.name.casefold()] for one in both)
    return {before - sum(row[0] for row in rows) for rows in rows_of(both)}, doubts_of(both)
