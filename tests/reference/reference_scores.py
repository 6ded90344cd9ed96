"""Requirements on scores, by trying every reading of the controls that they sum."""

import fnmatch

from reference_history import judge_coverage, judge_trend
from reference_readings import (
    CLOSE,
    ENDLESS,
    INCONSISTENT,
    NO_MAXIMUM,
    PARTIAL,
    Control,
    Json,
    Tenant,
    day_of,
    find_profile,
    number,
)
from reference_settle import Failing, Found, Verdict, settle, verdict
from reference_sums import currents_of, doubts_of, rows_of


def judge_score(entry: Json, tenant: Tenant) -> Verdict:
    """The verdict of one entry of ``score``."""
    for key, judge in (
        ("coverage", judge_coverage),
        ("trend", judge_trend),
        ("freshness", _freshness),
        ("declaredShare", _declared_share),
        ("compare", _compared),
    ):
        if key in entry:
            return judge(entry[key], tenant)
    if "category" in entry or "select" in entry:
        return _part(entry, tenant)
    return _total(entry, tenant)


def picked(select: Json, exclude: list[str], control: Control, tenant: Tenant) -> bool | None:
    """Whether a selector means a control; None if the data does not tell."""
    profile, name = control.profile, control.name.casefold()
    if left_out_of(exclude, control.name, tenant):
        return False
    answers: list[bool | None] = []
    for key, wanted in select.items():
        values = [plain(value) for value in wanted]
        if key == "id":
            answers.append(any(_glob(name, pattern) for pattern in values))
        elif key == "category":
            own = control.entry.get("controlCategory")
            answers.append(None if own is None else plain(own) in values)
        elif profile is None or key not in profile:
            answers.append(None)
        else:
            held = profile[key] if isinstance(profile[key], list) else [profile[key]]
            answers.append(any(plain(one) in values for one in held))
    return False if False in answers else None if None in answers else True


def plain(word: object) -> str:
    """A word without case and blanks."""
    return "".join(str(word or "").split()).casefold()


def left_out_of(exclude: list[str], name: str, tenant: Tenant) -> bool:
    """Whether an exclusion means a control."""
    return any(_glob(name.casefold(), one) if "*" in one else tenant.same(one, name) for one in exclude)


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


def _glob(name: str, pattern: str) -> bool:
    lower = pattern.casefold()
    return fnmatch.fnmatchcase(name, lower) or fnmatch.fnmatchcase(name.partition(".")[2] or name, lower)


def holds(value: float, minimum: float) -> bool:
    return value >= minimum - CLOSE


def _compare(points: float, maximum: float, minimum: Json) -> Found:
    if "points" in minimum:
        return ("pass", "met") if holds(points, minimum["points"]) else ("fail", "below-minimum", points)
    if maximum <= 0:
        return "skipped", "not-applicable"
    percent = 100 * points / maximum
    return ("pass", "met") if holds(percent, minimum["percent"]) else ("fail", "below-minimum", percent)


def _total(entry: Json, tenant: Tenant) -> Verdict:
    minimum, newest = entry["minimum"], tenant.newest
    exclude = entry.get("declared") == "exclude"
    if "percent" in minimum and "maxScore" not in newest:
        open_points = doubts_of(tenant.controls) if exclude else set()
        return verdict("error", NO_MAXIMUM, *([tenant.left_out] if tenant.left_out else []), *open_points)
    maximum = number(newest.get("maxScore")) or 0.0
    if maximum < 0 and "percent" in minimum:
        return verdict("error", INCONSISTENT, *([PARTIAL] if exclude or tenant.current is None else []))
    currents, doubts = currents_of(tenant, maximum or ENDLESS)
    if exclude and tenant.left_out:
        currents, doubts = (0.0, maximum if maximum > 0 else ENDLESS), doubts | {tenant.left_out, PARTIAL}
    results: list[Found] = []
    for rows in rows_of(tenant.controls if exclude and not doubts else []):
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


def _part(entry: Json, tenant: Tenant) -> Verdict:
    """A category or a selection."""
    select = {"category": [entry["category"]]} if "category" in entry else entry["select"]
    answers = {one.name: picked(select, entry.get("exclude", []), one, tenant) for one in tenant.controls}
    members = [one for one in tenant.controls if answers[one.name] is not False]
    if not members:
        return _nothing(entry, select, tenant)
    maybe = frozenset(one.name for one in members if answers[one.name] is None)
    doubts = doubts_of(members) | ({PARTIAL} if maybe else set()) | ({tenant.left_out} if tenant.left_out else set())
    rest = None if maybe else _rest(members, tenant)
    if "percent" in entry["minimum"] and rest is None and not all(one.maximum_known for one in members):
        return verdict("error", NO_MAXIMUM, *doubts)
    differences, why = _differences(tenant)
    points, maxima = set(), set()
    for rows in rows_of(members, maybe=maybe):
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
        return gone()
    return absent(entry)


def gone() -> Verdict:
    """What is said of a selection that an earlier day scored."""
    return Verdict("fail", frozenset({"no-longer-scored"}), (Failing(None),))


def absent(entry: Json) -> Verdict:
    """What is said of a selection of which nothing is scored."""
    outcome = {"fail": "fail", "skip": "skipped", "error": "error"}[entry.get("onMissing", "fail")]
    return Verdict(outcome, frozenset({"not-scored"}), (Failing(None),) if outcome == "fail" else ())


def _rest(members: list[Control], tenant: Tenant) -> float | None:
    """The maximum of members if what is left of the tenant's is theirs; None where it is not all theirs."""
    unknown = [one for one in tenant.controls if not one.maximum_known]
    whole = number(tenant.newest.get("maxScore"))
    if not unknown or whole is None or any(one not in members for one in unknown):
        return None
    if tenant.current is None or currents_of(tenant, whole)[1]:
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
    currents, doubts = currents_of(tenant, whole)
    if whole < 0 or doubts:
        return verdict("error", INCONSISTENT)
    shares: set[float] = set()
    if tenant.left_out:
        shares, doubts = {0.0, 100.0}, {tenant.left_out}
    elif tenant.current > 0:
        for rows in rows_of(tenant.controls):
            shares |= {min(100.0, 100 * sum(row[2] for row in rows) / current) for current in currents}
    if tenant.current == 0 and not doubts - {PARTIAL}:
        return verdict("skipped", "not-applicable")
    inside = [share <= rule["maximum"]["percent"] + CLOSE for share in shares]
    results = [("pass", "met") if one else ("fail", "above-maximum") for one in inside]
    return settle(results, doubts | doubts_of(tenant.controls))


def _compared(rule: Json, tenant: Tenant) -> Verdict:
    """How far below the average of others; -1, absent, empty and what is no percentage is no average."""
    if tenant.current is None:
        return verdict("error", PARTIAL)
    maximum = number(tenant.newest.get("maxScore"))
    if tenant.left_out == INCONSISTENT or currents_of(tenant, maximum or ENDLESS)[1] or (maximum or 0) < 0:
        return verdict("error", INCONSISTENT)
    if not maximum:
        return verdict("skipped", "not-applicable") if "maxScore" in tenant.newest else verdict("error", NO_MAXIMUM)
    averages = tenant.newest.get("averageComparativeScores") or []
    found = [number(one.get("averageScore")) for one in averages if plain(one["basis"]) == plain(rule["basis"])]
    if not found or found[0] is None or not 0 <= found[0] <= 100:
        return verdict("skipped", "not-available")
    gap = found[0] - 100 * tenant.current / maximum
    inside = gap <= rule["maximumBelow"]["percentagePoints"] + CLOSE
    return settle([("pass", "met") if inside else ("fail", "above-maximum")], ())
