"""A second judge of policies, written from the design alone: plain dicts in, every reading tried one by one.

It shares no code with the package and is slow, so that a mistake in one of the two shows as a difference.
"""

import datetime
import fnmatch
from collections.abc import Iterable
from typing import NamedTuple

from reference_readings import CLOSE, ENDLESS, PARTIAL, Control, Json, Reading, Tenant, bare, meant, states_of
from reference_scores import holds, judge_score, meant_by, picked, picked_earlier
from reference_settle import Found, Verdict, best, settle, verdict, worst

ON_MISSING = {"fail": "fail", "skip": "skipped", "error": "error"}
FULL: Json = {"percent": 100}


class Finding(NamedTuple):
    """One line of the answer; the control only where a requirement has a finding for each."""

    requirement: str
    control: str | None
    outcome: str
    reasons: frozenset[str]


def judge(
    policy: Json, document: Json, now: datetime.datetime, *, waivers: tuple[Json, ...] = (), assumed: bool = False
) -> list[Finding]:
    """The findings of a policy on a snapshot document."""
    tenant = Tenant(document, now, assumed=assumed)
    name = policy["metadata"]["name"]
    found = [
        _finding(f"{name}/{entry['id']}", None, _gated(entry, tenant) or judge_score(entry, tenant))
        for entry in policy.get("score", [])
    ]
    for entry in policy.get("controls", []):
        found += [_finding(f"{name}/{entry['id']}", *one) for one in _control_entry(entry, tenant)]
    for entry in policy.get("states", []):
        found += [_finding(f"{name}/{entry['id']}", *one) for one in _states(entry, policy, tenant)]
    return [_waived(one, waivers, tenant.today) for one in found]


def _finding(key: str, control: str | None, judged: Verdict) -> Finding:
    return Finding(key, control, judged.outcome, judged.reasons)


def _waived(one: Finding, waivers: tuple[Json, ...], today: datetime.date) -> Finding:
    """The finding, waived if it fails and a waiver in force covers it."""
    for waiver in waivers:
        covers = fnmatch.fnmatchcase(one.requirement, waiver["requirement"])
        covers &= waiver.get("control") is None or waiver["control"] == one.control
        if covers and one.outcome == "fail" and waiver["from"] <= str(today) <= waiver["until"]:
            return one._replace(outcome="waived")
    return one


def _gated(entry: Json, tenant: Tenant) -> Verdict | None:
    """Why an entry is not judged at all."""
    if not tenant.days:
        return verdict("error", "not-available")
    if "when" not in entry:
        return None
    services = tenant.newest.get("enabledServices")
    if services is None:
        return verdict("error", "not-available", PARTIAL)
    wanted = {one.casefold() for one in entry["when"]["enabledServices"]}
    return None if wanted & {one.casefold() for one in services} else verdict("skipped", "not-licensed")


def _control_entry(entry: Json, tenant: Tenant) -> list[tuple[str | None, Verdict]]:
    gated = _gated(entry, tenant)
    if gated is not None:
        return [(None, gated)]
    if "select" in entry:
        return _selected(entry, tenant)
    if "anyOf" in entry:
        return [(None, _any_of(entry, tenant))]
    return [(None, _named(entry, tenant))]


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
    if "points" in minimum:
        enough = holds(reading.points, minimum["points"])
    elif not reading.maximum:
        return "skipped", "not-applicable"
    else:
        enough = holds(reading.percent, minimum["percent"])
    if enough:
        return "pass", "met"
    return _all_but(reading, minimum, total) if "allBut" in minimum else ("fail", "below-minimum")


def _state_alone(reading: Reading, wanted: str) -> Found:
    if reading.state == wanted:
        return "pass", "met"
    if wanted != "default" and not reading.declared and 0 < reading.maximum <= reading.points + CLOSE:
        return "pass", "declaration-unneeded"
    return "fail", "state-differs"


def _all_but(reading: Reading, minimum: Json, total: float | None) -> Found:
    if not total or total < 0:
        return "fail", "count-unknown"
    out = round(total * (1 - reading.share / 100))
    return ("pass", "met") if out <= minimum["allBut"] and out < total / 2 else ("fail", "below-minimum")


def _one(control: Control, entry: Json) -> Verdict:
    try:
        total = float(str(control.entry.get("total")))
    except ValueError:
        total = None
    readings = control.readings
    if "profile" in entry and not control.maximum_known:
        # What has no known maximum is not observed in full.
        readings = tuple(one._replace(maximum=one.maximum and ENDLESS) for one in readings)
    return settle((judge_reading(one, entry, total) for one in readings), control.doubts)


def _scored(name: str, tenant: Tenant) -> list[Control]:
    """The scored controls that an id or a pattern means."""
    if "*" in name:
        lower = name.casefold()
        return [
            one
            for one in tenant.controls
            if fnmatch.fnmatchcase(one.name.casefold(), lower)
            or fnmatch.fnmatchcase(one.name.casefold().partition(".")[2], lower)
        ]
    names = meant(name, [one.name for one in tenant.controls], tenant.profiles)
    return [one for one in tenant.controls if one.name in names]


def _missing(names: list[str], entry: Json, tenant: Tenant) -> Verdict:
    """What is said of ids none of which the newest day scores."""
    if tenant.left_out:
        return verdict("error", tenant.left_out)
    earlier = [one["controlName"] for day in tenant.days[1:] for one in day.get("controlScores") or []]
    if any(_names_in(name, earlier, tenant.profiles) for name in names):
        return verdict("fail", "no-longer-scored")
    return verdict(ON_MISSING[entry.get("onMissing", "fail")], "not-scored")


def _names_in(name: str, names: Iterable[str], own: Iterable[str] = ()) -> bool:
    if "*" in name:
        return any(fnmatch.fnmatchcase(one.casefold(), name.casefold()) for one in names)
    return bool(meant(name, names, own))


def _named(entry: Json, tenant: Tenant) -> Verdict:
    names = entry["control"] if isinstance(entry["control"], list) else [entry["control"]]
    for index, name in enumerate(names):
        found = _scored(name, tenant)
        if found:
            judged = worst(_one(one, entry) for one in found)
            if tenant.left_out and (index or (is_open(name, found) and judged.outcome != "fail")):
                return verdict("error", tenant.left_out)
            return judged
    if "profile" in entry and "minimum" not in entry:
        for name in names:
            unscored = [] if "*" in name else _unscored(name, tenant)
            if unscored:
                return _one(unscored[0], entry)
    return _missing(names, entry, tenant)


def is_open(name: str, found: list[Control]) -> bool:
    """Whether a name may mean more controls than were found: a pattern, or an id that another connector may share."""
    return "*" in name or all(one.name.casefold() != name.casefold() for one in found)


def _unscored(name: str, tenant: Tenant) -> list[Control]:
    """The control that has a profile alone, unless an earlier day scored it."""
    earlier = [one["controlName"] for day in tenant.days[1:] for one in day.get("controlScores") or []]
    ids = meant(name, tenant.profiles)
    if not ids or _names_in(name, earlier, tenant.profiles):
        return []
    return [profile_alone(tenant.profiles[ids[0]])]


def profile_alone(profile: Json) -> Control:
    """A control without a score."""
    states = states_of({}, profile, assumed=False)
    readings = tuple(Reading(0.0, 1.0, 0.0, 0.0, state) for state in states)
    return Control({"controlName": profile["id"]}, profile, readings, frozenset({PARTIAL}))


def _unless_more(judged: Verdict, name: str, found: list[Control], tenant: Tenant) -> Verdict:
    """The verdict, unless a control that the day leaves out may be meant too."""
    if tenant.left_out and is_open(name, found) and judged.outcome != "fail":
        return verdict("error", tenant.left_out)
    return judged


def _any_of(entry: Json, tenant: Tenant) -> Verdict:
    names = entry["anyOf"]
    held = {name: _scored(name, tenant) for name in names}
    judged = [
        _unless_more(worst(_one(one, entry) for one in found), name, found, tenant)
        for name, found in held.items()
        if found
    ]
    absent = [name for name in names if not held[name]]
    if not judged or any(one.outcome == "pass" for one in judged):
        return best(judged) if judged else _missing(names, entry, tenant)
    if absent and tenant.left_out:
        judged.append(verdict("error", tenant.left_out))
    return best(judged)


def _selected(entry: Json, tenant: Tenant) -> list[tuple[str | None, Verdict]]:
    found: list[tuple[str | None, Verdict]] = []
    open_choice = False
    for control in tenant.controls:
        answer = picked(entry["select"], entry.get("exclude", []), control, tenant)
        if answer:
            found.append((control.name, _one(control, entry)))
        open_choice |= answer is None
    if open_choice:
        found.append((None, verdict("error", PARTIAL)))
    if tenant.left_out:
        return [*found, (None, verdict("error", tenant.left_out))]
    found += _lost(entry, tenant)
    if found:
        return found
    if picked_earlier(entry["select"], entry.get("exclude", []), tenant):
        return [(None, verdict("fail", "no-longer-scored"))]
    return [(None, verdict(ON_MISSING[entry.get("onMissing", "fail")], "not-scored"))]


def _lost(entry: Json, tenant: Tenant) -> list[tuple[str | None, Verdict]]:
    """The ids that a selector writes out and that are no longer scored, or unknown."""
    found: list[tuple[str | None, Verdict]] = []
    for name in entry["select"].get("id", []):
        excluded = any(bare(name) == bare(one) for one in entry.get("exclude", []))
        if "*" not in name and not excluded and not _scored(name, tenant):
            judged = _missing([name], entry, tenant)
            if "not-scored" not in judged.reasons or not (tenant.profiles_cut or meant(name, tenant.profiles)):
                found.append(((meant(name, tenant.profiles) or [name])[0], judged))
    return found


def _states(entry: Json, policy: Json, tenant: Tenant) -> list[tuple[str | None, Verdict]]:
    """States that the portal holds and no requirement declares."""
    declared = _declared(policy, tenant)
    found: list[tuple[str | None, Verdict]] = []
    joined = [one.profile["id"] for one in tenant.controls if one.profile is not None]
    alone = [profile_alone(one) for one in tenant.profiles.values() if one["id"] not in joined]
    in_doubt = tenant.profiles_cut and not tenant.assumed
    for control in (*tenant.controls, *alone):
        states = {one.state for one in control.readings}
        if any(control.name.casefold() in meant_by(one, tenant) for one in entry.get("exclude", [])):
            continue
        in_doubt |= len(states) > 1
        if "default" not in states and control.name not in declared:
            found.append((control.name, verdict("fail", "undeclared-state")))
    if in_doubt:
        return [*found, (None, verdict("error", PARTIAL))]
    return found or [(None, verdict("pass", "met"))]


def _declared(policy: Json, tenant: Tenant) -> set[str]:
    """The controls whose states a policy declares."""
    everything = [one.name for one in tenant.controls]
    found: set[str] = set()
    for one in policy.get("controls", []):
        gated = _gated(one, tenant)
        if "profile" in one and (gated is None or gated.outcome == "error"):
            found |= {*meant(one["control"], everything, tenant.profiles)} or {*meant(one["control"], tenant.profiles)}
    return found
