"""A second judge of policies, written from the design alone: plain dicts in, every reading tried one by one.

It shares no code with the package and is slow, so that a mistake in one of the two shows as a difference. What of the
policy language it judges:

- ``extends``, ``defaults``, overrides, ``disabled``, ``parameters``, ``when`` of policies and of entries;
- scores: ``minimum`` of a tenant, a category or a selection, ``declared``, ``compare``, ``trend``, ``coverage``,
  ``freshness``, ``declaredShare``;
- controls: an id, a list, a pattern, ``anyOf``, ``select`` by every key, ``exclude``, ``atMost``, ``allBut``,
  ``accept``, ``onMissing``, ``profile``, ``newControls``;
- ``states``; waivers with ``control``, ``tenant``, ``tenantLabel``, ``floor``, their term and ``maximumDays``;
  severity, enforcement, the verdict with ``--fail-on``;
- of failures of several controls, which one speaks and that every other one is named.

It leaves out what decides no finding (``title``, ``owner``, ``references``), what refuses a policy (``locked``,
faults), and waivers beside ``states``.
"""

import datetime
from collections.abc import Sequence

from reference_composition import SECTIONS, flatten, judged
from reference_controls import (
    FULL,
    any_of,
    fits,
    is_new,
    judge_one,
    missing,
    named,
    profile_alone,
    scored_as,
)
from reference_readings import PARTIAL, Json, Tenant, bare, meant
from reference_scores import absent, gone, judge_score, left_out_of, picked, picked_earlier
from reference_settle import Failing, Verdict, verdict
from reference_verdict import Finding, tolerated
from reference_waivers import is_waived, nearest


def judge(
    documents: dict[str, Json],
    snapshot: Json,
    now: datetime.datetime,
    *,
    waivers: list[Json],
    given: Json,
    assumed: bool = False,
    labels: Sequence[str] = (),
) -> list[Finding]:
    """The findings of policies on a snapshot document.

    Args:
        documents: policies by the name that ``extends`` uses.
        snapshot: the tenant.
        now: the moment of the run.
        waivers: all of the run.
        given: values of parameters.
        assumed: whether every state without a profile is Default.
        labels: of the tenant.
    """
    tenant = Tenant(snapshot, now, assumed=assumed, labels=labels)
    flat = [flatten(documents, name, given) for name in judged(documents)]
    return [one for policy in flat for one in _judge_policy(policy, tenant, waivers)]


def _judge_policy(policy: Json, tenant: Tenant, waivers: list[Json]) -> list[Finding]:
    found: list[Finding] = []
    for section in SECTIONS:
        for entry in policy[section]:
            terms = {
                "maximumDays": policy["maximumDays"],
                "anyOf": "anyOf" in entry,
                "unit": next(iter(set(entry.get("minimum", FULL)) - {"allBut"}), "percent"),
            }
            name = f"{policy['name']}/{entry['id']}"
            own = [
                Finding(
                    name,
                    control,
                    "waived"
                    if one.outcome == "fail" and is_waived(name, one.failing, waivers, terms, tenant)
                    else one.outcome,
                    one.reasons,
                    entry.get("severity", "medium"),
                    entry.get("enforcement", "mandatory"),
                    _wording(one.failing) if section == "controls" and one.outcome == "fail" else (),
                )
                for control, one in _verdicts(section, entry, policy, tenant)
            ]
            found += tolerated(own, entry["atMost"]["failing"]) if "atMost" in entry else own
    return found


def _verdicts(section: str, entry: Json, policy: Json, tenant: Tenant) -> list[tuple[str | None, Verdict]]:
    if "disabled" in entry:
        return [(None, verdict("skipped", "disabled"))]
    gated = _gated(entry, tenant)
    if gated is not None:
        return [(None, gated)]
    if section == "score":
        return [(None, judge_score(entry, tenant))]
    return _control_entry(entry, tenant) if section == "controls" else _states(entry, policy, tenant)


def _wording(failing: tuple[Failing, ...]) -> tuple[str, ...]:
    """What a message has to hold: first the control that is nearest to holding, then how every other one stands."""
    if any(one.standing is None for one in failing):
        return ()
    first = nearest(failing)
    return (str(first.control), *(str(one.standing) for one in failing if one.control != first.control))


def _gated(entry: Json, tenant: Tenant) -> Verdict | None:
    """Why an entry is not judged at all."""
    if not tenant.days:
        return verdict("error", "not-available")
    services = tenant.newest.get("enabledServices")
    for when in entry["conditions"]:
        if services is None:
            return verdict("error", "not-available", PARTIAL)
        if not {one.casefold() for one in when["enabledServices"]} & {one.casefold() for one in services}:
            return verdict("skipped", "not-licensed")
    return None


def _control_entry(entry: Json, tenant: Tenant) -> list[tuple[str | None, Verdict]]:
    if "select" in entry:
        return _selected(entry, tenant)
    if "anyOf" in entry:
        return [(None, any_of(entry, tenant))]
    return [(None, named(entry, tenant))]


def _selected(entry: Json, tenant: Tenant) -> list[tuple[str | None, Verdict]]:
    found: list[tuple[str | None, Verdict]] = []
    open_choice = False
    for control in tenant.controls:
        answer = picked(entry["select"], entry.get("exclude", []), control, tenant)
        if answer:
            is_left_alone = is_new(control, entry, tenant)
            found.append(
                (control.name, verdict("skipped", "new-control") if is_left_alone else judge_one(control, entry))
            )
        open_choice |= answer is None
    if open_choice:
        found.append((None, verdict("error", PARTIAL)))
    if tenant.left_out:
        return [*found, (None, verdict("error", tenant.left_out))]
    found += _lost(entry, tenant)
    if found:
        return found
    if picked_earlier(entry["select"], entry.get("exclude", []), tenant):
        return [(None, gone())]
    return [(None, absent(entry))]


def _lost(entry: Json, tenant: Tenant) -> list[tuple[str | None, Verdict]]:
    """The ids that a selector writes out and that are no longer scored, or unknown."""
    found: list[tuple[str | None, Verdict]] = []
    for name in entry["select"].get("id", []):
        excluded = left_out_of(entry.get("exclude", []), name, tenant) or any(
            bare(name) == bare(one) for one in entry.get("exclude", [])
        )
        if "*" not in name and not excluded and not scored_as(name, tenant):
            judged = missing([name], entry, tenant)
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
        if left_out_of(entry.get("exclude", []), control.name, tenant):
            continue
        in_doubt |= len(states) > 1
        if "default" not in states and control.name not in declared:
            found.append((control.name, Verdict("fail", frozenset({"undeclared-state"}), (Failing(control.name),))))
    if in_doubt:
        return [*found, (None, verdict("error", PARTIAL))]
    return found or [(None, verdict("pass", "met"))]


def _declared(policy: Json, tenant: Tenant) -> set[str]:
    """The controls whose states a policy declares."""
    found: set[str] = set()
    for one in policy["controls"]:
        gated = _gated(one, tenant)
        if "profile" in one and "disabled" not in one and (gated is None or gated.outcome == "error"):
            names = one.get("control", one.get("anyOf"))
            for name in [names] if isinstance(names, str) else names:
                found |= _every(name, tenant)
    return found


def _every(name: str, tenant: Tenant) -> set[str]:
    """The ids of all controls that a name means, scored or not; of a pattern every one that fits."""
    if "*" in name:
        return {one for one in (*tenant.profiles, *(one.name for one in tenant.controls)) if fits(name, one)}
    return {one.name for one in scored_as(name, tenant)} or {*meant(name, tenant.profiles)[:1]}
