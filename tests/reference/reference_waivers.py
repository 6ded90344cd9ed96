"""Waivers, by the design's text: what covers a failure, and what a floor still asks for."""

import datetime
import fnmatch

from reference_readings import CLOSE, Json, Tenant, bare
from reference_settle import Failing

LONGEST = 365


def is_waived(requirement: str, failing: tuple[Failing, ...], waivers: list[Json], terms: Json, tenant: Tenant) -> bool:
    """Whether waivers in force cover each control that fails.

    Args:
        requirement: the finding's.
        failing: what fails in it.
        waivers: all of the run.
        terms: the requirement's ``unit``, whether it is an ``anyOf``, and the policy's ``maximumDays``.
        tenant: who is judged, on which day.
    """
    covered: set[str | None] = set()
    for waiver in waivers:
        if not _in_force(waiver, terms["maximumDays"], tenant):
            continue
        if not fnmatch.fnmatchcase(requirement.casefold(), waiver["requirement"].casefold()):
            continue
        mine = [one for one in failing if covers(waiver.get("control"), one.control, tenant)]
        if mine and ("floor" not in waiver or _keeps_to(waiver, mine, failing, terms)):
            covered |= {one.control for one in mine}
    return all(one.control in covered for one in failing)


def _in_force(waiver: Json, longest: int, tenant: Tenant) -> bool:
    start, end = (datetime.date.fromisoformat(waiver[key]) for key in ("from", "until"))
    is_for = waiver.get("tenant", tenant.id).casefold() == tenant.id.casefold()
    is_for = is_for and ("tenantLabel" not in waiver or waiver["tenantLabel"] in tenant.labels)
    return is_for and start <= tenant.today <= end and (end - start).days <= min(longest, LONGEST)


def covers(wanted: str | None, control: str | None, tenant: Tenant) -> bool:
    if wanted is None:
        return True
    name = (control or "").casefold()
    if "*" in wanted:
        return any(fnmatch.fnmatchcase(one, wanted.casefold()) for one in (name, bare(name)))
    return tenant.same(wanted, name)


def _keeps_to(waiver: Json, mine: list[Failing], failing: tuple[Failing, ...], terms: Json) -> bool:
    """Whether what the waiver covers is at its floor or above, in every reading of it.

    One way of an ``anyOf`` is enough: where the waiver names no control, the way that is nearest to holding speaks.
    """
    if terms["anyOf"] and "control" not in waiver:
        way = nearest(failing).alternative
        mine = [one for one in failing if one.alternative == way]
    ((unit, floor),) = waiver["floor"].items()
    return unit == terms["unit"] and all(
        value is not None and value >= floor - CLOSE for one in mine for value in one.values
    )


def nearest(failing: tuple[Failing, ...]) -> Failing:
    """What speaks for all that fails: of the way that lacks the fewest points what lacks the fewest.

    The first in the order of the policy of those that are equal.
    """
    ways: dict[int, float] = {}
    for one in failing:
        ways[one.alternative] = ways.get(one.alternative, 0.0) + one.missing
    way = min(ways, key=lambda index: ways[index])
    return min((one for one in failing if one.alternative == way), key=lambda one: one.missing)
