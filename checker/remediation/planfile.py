"""The plan file: written whole, private, and read back with suspicion."""

import msgspec

from checker.documents import files, limits
from checker.documents.encode import json_document
from checker.errors import PlanError
from checker.remediation.plan import WRITABLE, Plan


def plan_bytes(plan: Plan) -> bytes:
    """The plan as its file holds it."""
    return json_document(plan)


def write_plan(path: str, plan: Plan) -> None:
    """Writes the plan, readable by its owner only.

    Raises:
        OutputError: the file can't be written.
    """
    files.write_whole(path, plan_bytes(plan), private=True)


def read_plan(path: str) -> Plan:
    """The plan that a file holds.

    Raises:
        PlanError: it is none, or says what no plan of ours would.
    """
    data = files.read_bounded(path, limits.PLAN_FILE_BYTES, PlanError)
    name = "standard input" if path == "-" else files.shown(path)
    try:
        plan = msgspec.json.decode(data, type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise PlanError(f"is no plan: {fault}", place=name, advice="'scoregate plan --out' writes one.") from fault
    seen: set[str] = set()
    for index, change in enumerate(plan.changes):
        place = f"{name}: $.changes[{index}]"
        if change.control.casefold() in seen:
            raise PlanError(f"changes {change.control} twice", place=place)
        if change.before.state.casefold() not in WRITABLE:
            raise PlanError(f"{change.before.state!r} could not be written back", place=place)
        seen.add(change.control.casefold())
    return plan
