"""Requirements on scores, by trying every reading of the controls that they sum."""

import datetime
import fnmatch
import itertools
from collections.abc import Iterator

from reference_readings import (
    CLOSE,
    ENDLESS,
    INCONSISTENT,
    NO_MAXIMUM,
    PARTIAL,
    Control,
    Json,
    Tenant,
    bare,
    day_of,
    find_profile,
    number,
    spelled,
)
from reference_settle import Found, Verdict, settle, verdict

SLACK = 3


def judge_score(entry: Json, tenant: Tenant) -> Verdict:
    """The verdict of one entry of ``score``."""
    for key, judge in (
        ("coverage", _coverage),
        ("trend", _trend),
        ("freshness", _freshness),
        ("declaredShare", _declared_share),
    ):
        if key in entry:
            return judge(entry[key], tenant)
    if "category" in entry or "select" in entry:
        return _part(entry, tenant)
    return _total(entry, tenant)


def picked(select: Json, exclude: list[str], control: Control, tenant: Tenant) -> bool | None:
    """Whether a selector means a control; None if the data does not tell."""
    profile, name = control.profile, control.name.casefold()
    if any(name in meant_by(one, tenant) for one in exclude):
        return False
    answers: list[bool | None] = []
    for key, wanted in select.items():
        values = [str(value).casefold() for value in wanted]
        if key == "id":
            answers.append(any(_glob(name, pattern) for pattern in values))
        elif key == "category":
            own = control.entry.get("controlCategory")
            answers.append(None if own is None else own.casefold() in values)
        else:
            absent = profile is None or key not in profile
            answers.append(None if absent else str((profile or {})[key]).casefold() in values)
    return False if False in answers else None if None in answers else True


def picked_earlier(select: Json, exclude: list[str], tenant: Tenant) -> bool:
    """Whether an earlier day scores a control that a selector means."""
    return any(
        picked(
            select,
            exclude,
            Control(entry, find_profile(entry["controlName"], tenant.profiles), (), frozenset()),
            tenant,
        )
        for day in tenant.days[1:]
        for entry in day.get("controlScores") or []
    )


def meant_by(name: str, tenant: Tenant) -> set[str]:
    """The ids that one of an exclusion means, in lower case."""
    every = [
        *tenant.profiles,
        *(entry["controlName"] for day in tenant.days for entry in day.get("controlScores") or []),
    ]
    return {one.casefold() for one in every if bare(one) == bare(name)}


def _glob(name: str, pattern: str) -> bool:
    lower = pattern.casefold()
    return fnmatch.fnmatchcase(name, lower) or fnmatch.fnmatchcase(name.partition(".")[2] or name, lower)


def holds(value: float, minimum: float) -> bool:
    return value >= minimum - CLOSE


def _compare(points: float, maximum: float, minimum: Json) -> Found:
    if "points" in minimum:
        return ("pass", "met") if holds(points, minimum["points"]) else ("fail", "below-minimum")
    if maximum <= 0:
        return "skipped", "not-applicable"
    return ("pass", "met") if holds(100 * points / maximum, minimum["percent"]) else ("fail", "below-minimum")


def _currents(tenant: Tenant, maximum: float) -> tuple[tuple[float, ...], set[str]]:
    if tenant.current is None:
        return (0.0, maximum), {PARTIAL}
    if tenant.left_out == INCONSISTENT or tenant.current < 0 or tenant.current > maximum + CLOSE:
        return (0.0, maximum if maximum > 0 else ENDLESS), {INCONSISTENT}
    return (tenant.current,), set()


def _total(entry: Json, tenant: Tenant) -> Verdict:
    minimum, newest = entry["minimum"], tenant.newest
    exclude = entry.get("declared") == "exclude"
    if "percent" in minimum and "maxScore" not in newest:
        return verdict("error", NO_MAXIMUM, *([tenant.left_out] if tenant.left_out else []))
    maximum = number(newest.get("maxScore")) or 0.0
    if maximum < 0 and "percent" in minimum:
        return verdict("error", INCONSISTENT, *([PARTIAL] if exclude or tenant.current is None else []))
    currents, doubts = _currents(tenant, maximum or ENDLESS)
    if exclude and tenant.left_out:
        currents, doubts = (0.0, maximum if maximum > 0 else ENDLESS), doubts | {tenant.left_out, PARTIAL}
    results: list[Found] = []
    for rows in _rows(tenant.controls if exclude and not doubts else []):
        declared = sum(row[2] for row in rows)
        results += [_compare(max(0.0, current - declared), maximum, minimum) for current in currents]
    doubts |= {why for one in tenant.controls if exclude and is_open(one) for why in one.doubts}
    if doubts and not maximum and "percent" in minimum:
        # The package asks what is open before it asks whether there is a percentage at all.
        return verdict("error", *doubts)
    return settle(results, doubts)


def is_open(control: Control) -> bool:
    """Whether it is open how many of the control's points were declared."""
    return len({one.declared_points for one in control.readings}) > 1


Row = tuple[float, float, float]


def _rows(controls: list[Control], *, maybe: frozenset[str] = frozenset()) -> Iterator[tuple[Row, ...]]:
    """Every way to read the controls: points, maximum and declared points of each."""
    options = []
    for control in controls:
        rows = {(one.points, one.maximum, one.declared_points) for one in control.readings}
        if not control.maximum_known:
            rows |= {(points, 0.0, declared) for points, _, declared in rows}
        if control.name in maybe:
            rows.add((0.0, 0.0, 0.0))
        options.append(sorted(rows))
    return itertools.product(*options)


def _doubts(controls: list[Control]) -> set[str]:
    return {doubt for control in controls for doubt in control.doubts}


def _part(entry: Json, tenant: Tenant) -> Verdict:
    """A category or a selection."""
    select = {"category": [entry["category"]]} if "category" in entry else entry["select"]
    answers = {one.name: picked(select, entry.get("exclude", []), one, tenant) for one in tenant.controls}
    members = [one for one in tenant.controls if answers[one.name] is not False]
    if not members:
        return _nothing(entry, select, tenant)
    maybe = frozenset(one.name for one in members if answers[one.name] is None)
    doubts = _doubts(members) | ({PARTIAL} if maybe else set()) | ({tenant.left_out} if tenant.left_out else set())
    rest = None if maybe else _rest(members, tenant)
    if "percent" in entry["minimum"] and rest is None and not all(one.maximum_known for one in members):
        return verdict("error", NO_MAXIMUM, *doubts)
    differences, why = _differences(tenant)
    points, maxima = set(), set()
    for rows in _rows(members, maybe=maybe):
        points.add(sum(row[0] for row in rows))
        known = sum(row[1] for row in rows)
        maxima |= {max(0.0, known + difference) for difference in differences} if rest is None else {rest}
    if entry.get("declared") == "exclude":
        points = _observed(members, maybe)
    if tenant.left_out:
        points |= {0.0, ENDLESS}
    # Points and maximum are bounded each for itself, as the package does it.
    results = [
        _compare(one, maximum, entry["minimum"])
        for one in (min(points), max(points))
        for maximum in (min(maxima), max(maxima))
    ]
    if len(maybe) == len(members):
        results.append(
            ("skipped" if entry.get("onMissing") == "skip" else entry.get("onMissing", "fail"), "not-scored")
        )
    return settle(results, doubts | why)


def _observed(members: list[Control], maybe: frozenset[str]) -> set[float]:
    """The least and most observed points; points and declared points are bounded each for itself, too."""
    least = most = 0.0
    for one in members:
        points, declared = zip(*((reading.points, reading.declared_points) for reading in one.readings), strict=True)
        least += 0.0 if one.name in maybe else max(0.0, min(points) - max(declared))
        most += max(0.0, max(points) - min(declared))
    return {least, most}


def _nothing(entry: Json, select: Json, tenant: Tenant) -> Verdict:
    """What is said where no scored control is meant."""
    if tenant.left_out:
        return verdict("error", tenant.left_out)
    if "select" in entry and picked_earlier(select, entry.get("exclude", []), tenant):
        return verdict("fail", "no-longer-scored")
    return _missing(entry)


def _missing(entry: Json) -> Verdict:
    return verdict({"fail": "fail", "skip": "skipped", "error": "error"}[entry.get("onMissing", "fail")], "not-scored")


def _rest(members: list[Control], tenant: Tenant) -> float | None:
    """The maximum of members if what is left of the tenant's is theirs; None where it is not all theirs."""
    unknown = [one for one in tenant.controls if not one.maximum_known]
    whole = number(tenant.newest.get("maxScore"))
    if not unknown or whole is None or any(one not in members for one in unknown):
        return None
    if tenant.current is None or _currents(tenant, whole)[1]:
        return None
    left = whole - sum(one.readings[0].maximum for one in tenant.controls if one not in unknown)
    if left < sum(number(one.entry.get("score")) or 0.0 for one in unknown) - 0.005:
        return None
    return left + sum(one.readings[0].maximum for one in members if one not in unknown)


def _differences(tenant: Tenant) -> tuple[tuple[float, ...], set[str]]:
    """What the maxima of the members may lack."""
    whole = number(tenant.newest.get("maxScore"))
    if whole is None or not all(one.maximum_known for one in tenant.controls):
        return (0.0,), set()
    known = sum(one.readings[0].maximum for one in tenant.controls)
    if abs(known - whole) <= 0.02 * len(tenant.controls):
        return (0.0,), set()
    return (0.0, whole - known), {INCONSISTENT}


def _freshness(rule: Json, tenant: Tenant) -> Verdict:
    age = (tenant.today - day_of(tenant.newest)).days
    return verdict("pass", "met") if age <= int(rule["maximumAge"][:-1]) else verdict("error", "stale")


def _declared_share(rule: Json, tenant: Tenant) -> Verdict:
    if tenant.current is None:
        return verdict("error", PARTIAL)
    whole = number(tenant.newest.get("maxScore")) or ENDLESS
    currents, doubts = _currents(tenant, whole)
    if whole < 0 or doubts:
        return verdict("error", INCONSISTENT)
    shares: set[float] = set()
    if tenant.left_out:
        shares, doubts = {0.0, 100.0}, {tenant.left_out}
    elif tenant.current > 0:
        for rows in _rows(tenant.controls):
            shares |= {min(100.0, 100 * sum(row[2] for row in rows) / current) for current in currents}
    if tenant.current == 0 and not doubts - {PARTIAL}:
        return verdict("skipped", "not-applicable")
    inside = [share <= rule["maximum"]["percent"] + CLOSE for share in shares]
    results = [("pass", "met") if one else ("fail", "above-maximum") for one in inside]
    return settle(results, doubts | _doubts(tenant.controls))


def _base(days: int, tenant: Tenant) -> Json | None:
    """The day that a look back starts from."""
    latest = day_of(tenant.newest) - datetime.timedelta(days=days)
    for day in tenant.days[1:]:
        in_reach = latest - datetime.timedelta(days=SLACK) <= day_of(day) <= latest
        if in_reach and day.get("controlScores") is not None and not tenant.misses(day):
            return day
    return None


def _coverage(rule: Json, tenant: Tenant) -> Verdict:
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


def _trend(rule: Json, tenant: Tenant) -> Verdict:
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
        return verdict("error", tenant.left_out, INCONSISTENT)
    if tenant.current is None:
        return verdict("error", PARTIAL)
    if _currents(tenant, number(tenant.newest.get("maxScore")) or ENDLESS)[1]:
        return verdict("error", INCONSISTENT)
    if in_points or tenant.newest.get("maxScore"):
        return None
    return verdict("skipped", "not-applicable") if "maxScore" in tenant.newest else verdict("error", NO_MAXIMUM)


def _own_drops(base: Json, tenant: Tenant) -> tuple[set[float], set[str]]:
    """How far the controls that both days score have fallen, under every reading of today's points."""
    then = {entry["controlName"].casefold(): entry["score"] for entry in base["controlScores"]}
    both = [one for one in tenant.controls if one.name.casefold() in then]
    before = sum(then[one.name.casefold()] for one in both)
    return {before - sum(row[0] for row in rows) for rows in _rows(both)}, _doubts(both)
