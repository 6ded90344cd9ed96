"""Requirements on controls by their names: each control judged under every reading that the data leaves open."""

import datetime
import fnmatch

from reference_readings import CLOSE, ENDLESS, PARTIAL, Control, Json, Reading, Tenant, bare, day_of, meant, states_of
from reference_scores import holds
from reference_settle import Failing, Found, Verdict, best, settle, verdict, worst

ON_MISSING = {"fail": "fail", "skip": "skipped", "error": "error"}
FULL: Json = {"percent": 100}
# Of the ids of random policies, those that the world knows: of several that are missing such a one is named.
KNOWN = frozenset({"adminmfav2", "oneadmin", "scid_2010"})


def judge_reading(reading: Reading, entry: Json, total: float | None) -> Found:
    """What a requirement says of one reading of a control."""
    wanted = entry.get("profile", {}).get("state", "default").casefold()
    if not entry.get("profile"):
        return _points_alone(reading, entry, {state.casefold() for state in entry.get("accept", [])}, total)
    state = _state_alone(reading, wanted)
    if "minimum" not in entry or state[0] == "fail":
        return state
    judged = _points_alone(reading, entry, {wanted, *(one.casefold() for one in entry.get("accept", []))}, total)
    return state if state[1] == "declaration-unneeded" and judged[0] == "pass" else judged


def _points_alone(reading: Reading, entry: Json, accepted: set[str], total: float | None) -> Found:
    if reading.declared:
        return ("pass", "declaration-accepted") if reading.state in accepted else ("fail", "declared-not-observed")
    minimum = entry.get("minimum", FULL)
    if "percent" in minimum and not reading.maximum:
        return "skipped", "not-applicable"
    value, wanted = (
        (reading.points, minimum["points"]) if "points" in minimum else (reading.percent, minimum["percent"])
    )
    if holds(value, wanted):
        return "pass", "met"
    return _all_but(reading, minimum, total, value) if "allBut" in minimum else ("fail", "below-minimum", value)


def _state_alone(reading: Reading, wanted: str) -> Found:
    if reading.state == wanted:
        return "pass", "met"
    if wanted != "default" and not reading.declared and 0 < reading.maximum <= reading.points + CLOSE:
        return "pass", "declaration-unneeded"
    return "fail", "state-differs"


def _all_but(reading: Reading, minimum: Json, total: float | None, value: float) -> Found:
    if not total or total < 0:
        return "fail", "count-unknown", value
    out = round(total * (1 - reading.share / 100))
    return ("pass", "met") if out <= minimum["allBut"] and out < total / 2 else ("fail", "below-minimum", value)


def judge_one(control: Control, entry: Json) -> Verdict:
    try:
        total = float(str(control.entry.get("total")))
    except ValueError:
        total = None
    readings = control.readings
    if "profile" in entry and not control.maximum_known:
        # What has no known maximum is not observed in full.
        readings = tuple(one._replace(maximum=one.maximum and ENDLESS) for one in readings)
    found = settle((judge_reading(one, entry, total) for one in readings), control.doubts)
    return found._replace(failing=tuple(_failing(control, readings, entry, one) for one in found.failing))


def _failing(control: Control, readings: tuple[Reading, ...], entry: Json, found: Failing) -> Failing:
    """How the control fails; of one that is declared all points are missing, of a state nobody knows how many."""
    if len(readings) > 1 or not control.maximum_known:
        return found._replace(control=control.name)
    (one,) = readings
    if "profile" in entry and found.values == {None}:
        return found._replace(control=control.name, standing=f"{control.name} is in the state ")
    minimum = entry.get("minimum", FULL)
    wanted = minimum["points"] if "points" in minimum else one.maximum * minimum["percent"] / 100
    standing = "in the state " if one.declared else f"at {round(one.percent, 2):g} % " if one.maximum else "at "
    missing = one.points if one.declared else max(0.0, wanted - one.points)
    return found._replace(control=control.name, missing=missing, standing=f"{control.name} is {standing}")


def scored_as(name: str, tenant: Tenant) -> list[Control]:
    """The scored controls that an id or a pattern means."""
    if "*" in name:
        return [one for one in tenant.controls if fits(name, one.name)]
    names = meant(name, [one.name for one in tenant.controls], tenant.profiles)
    return [one for one in tenant.controls if one.name in names]


def fits(pattern: str, name: str) -> bool:
    """Whether a name is a pattern, with its connector's prefix or without."""
    folded = name.casefold()
    return any(fnmatch.fnmatchcase(one, pattern.casefold()) for one in (folded, bare(folded)))


def missing(names: list[str], entry: Json, tenant: Tenant) -> Verdict:
    """What is said of ids none of which the newest day scores."""
    if tenant.left_out:
        return verdict("error", tenant.left_out)
    for name in names:
        if _was_scored(name, tenant):
            return Verdict("fail", frozenset({"no-longer-scored"}), (Failing(_spelled(name, tenant)),))
    outcome = ON_MISSING[entry.get("onMissing", "fail")]
    held = [name for name in names if any(_means(name, one) for one in tenant.profiles)]
    known = [name for name in names if "*" in name or name.casefold() in KNOWN]
    first = (held or ([] if tenant.profiles_cut else known) or names)[0]
    failing = (Failing(_spelled(first, tenant)),) if outcome == "fail" else ()
    return Verdict(outcome, frozenset({"not-scored"}), failing)


def _means(name: str, held: str) -> bool:
    return fits(name, held) if "*" in name else bool(meant(name, [held]))


def _spelled(name: str, tenant: Tenant) -> str:
    return (meant(name, tenant.profiles) or [name])[0]


def _was_scored(name: str, tenant: Tenant) -> bool:
    earlier = [one["controlName"] for day in tenant.days[1:] for one in day.get("controlScores") or []]
    if "*" in name:
        return any(fits(name, one) for one in earlier)
    return bool(meant(name, earlier, tenant.profiles))


def named(entry: Json, tenant: Tenant) -> Verdict:
    """A requirement on one control, or on the first of several that is there."""
    names = entry["control"] if isinstance(entry["control"], list) else [entry["control"]]
    for with_profiles in (False, True) if "profile" in entry and "minimum" not in entry else (False,):
        for index, name in enumerate(names):
            found = means(name, tenant, with_profiles=with_profiles)
            if found:
                judged = _old_ones(entry, name, found, tenant)
                if tenant.left_out and (index or (is_open(name, found) and judged.outcome != "fail")):
                    return verdict("error", tenant.left_out)
                return judged
    return missing(names, entry, tenant)


def _old_ones(entry: Json, name: str, found: list[Control], tenant: Tenant) -> Verdict:
    """The verdict on all that are not new; a grace is a matter of patterns and selectors."""
    old = [one for one in found if "*" not in name or not is_new(one, entry, tenant)]
    return worst(judge_one(one, entry) for one in old) if old else verdict("skipped", "new-control")


def is_new(control: Control, entry: Json, tenant: Tenant) -> bool:
    """Whether a control is in its grace: it was scored first after a day of the history that is known to lack it."""
    grace = entry.get("newControls", {}).get("grace")
    if grace is None or control.alone:
        return False
    listed = {day_of(day): [one["controlName"] for one in day.get("controlScores") or []] for day in tenant.days[1:]}
    every = meant(control.name, sorted({name for names in listed.values() for name in names}))
    first = min([day_of(tenant.newest), *(day for day, names in listed.items() if set(names) & set(every))])
    without = [day_of(day) for day in tenant.days[1:] if day_of(day) < first and tenant.is_whole(day)]
    if not without:
        return False
    return tenant.today < max(without) + datetime.timedelta(days=1 + int(grace[:-1]))


def is_open(name: str, found: list[Control]) -> bool:
    """Whether a name may mean more controls than were found: a pattern, or an id that another connector may share."""
    return "*" in name or all(one.name.casefold() != name.casefold() for one in found)


def means(name: str, tenant: Tenant, *, with_profiles: bool) -> list[Control]:
    """The scored controls that a name means; else those with a profile alone, unless an earlier day scored them."""
    found = scored_as(name, tenant)
    if found or not with_profiles:
        return found
    ids = [one for one in tenant.profiles if fits(name, one)] if "*" in name else meant(name, tenant.profiles)[:1]
    if "*" not in name and _was_scored(name, tenant):
        return []
    return [profile_alone(tenant.profiles[one]) for one in ids if not _was_scored(one, tenant)]


def profile_alone(profile: Json) -> Control:
    """A control without a score."""
    states = states_of({}, profile, assumed=False)
    readings = tuple(Reading(0.0, 1.0, 0.0, 0.0, state) for state in states)
    return Control({"controlName": profile["id"]}, profile, readings, frozenset({PARTIAL}), alone=True)


def _unless_more(judged: Verdict, name: str, found: list[Control], tenant: Tenant) -> Verdict:
    """The verdict, unless a control that the day leaves out may be meant too."""
    if tenant.left_out and is_open(name, found) and judged.outcome != "fail":
        return verdict("error", tenant.left_out)
    return judged


def any_of(entry: Json, tenant: Tenant) -> Verdict:
    """A requirement that one of several controls has to meet."""
    with_profiles = "profile" in entry and "minimum" not in entry
    judged: list[Verdict] = []
    absent: list[str] = []
    for index, name in enumerate(entry["anyOf"]):
        found = means(name, tenant, with_profiles=with_profiles)
        if found:
            one = _unless_more(worst(judge_one(control, entry) for control in found), name, found, tenant)
            judged.append(one._replace(failing=tuple(way._replace(alternative=index) for way in one.failing)))
        else:
            absent.append(name)
    if not judged or any(one.outcome == "pass" for one in judged):
        return best(judged) if judged else missing(entry["anyOf"], entry, tenant)
    if absent and tenant.left_out:
        judged.append(verdict("error", tenant.left_out))
    return best(judged)
