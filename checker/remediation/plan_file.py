"""The plan file: written whole and private; read back as input that may have been changed."""

import hashlib
from typing import Literal

import msgspec

from checker.documents import files, limits
from checker.documents.strict_json import decode_strictly
from checker.documents.whole_files import write_whole
from checker.errors import PlanError, ScoregateError
from checker.presentation.json import json_document
from checker.remediation.plan import LONGEST_TEXT, VERSION, WRITABLE, Plan
from checker.secrecy.known import conceal_document
from checker.snapshot.ids import is_control_id, is_tenant_id


class PlanFile(msgspec.Struct, frozen=True):
    """A plan as a file holds it.

    Attributes:
        plan: what it says.
        sha256: of its bytes, in hexadecimal: what somebody approves.
    """

    plan: Plan
    sha256: str


def plan_bytes(plan: Plan) -> bytes:
    """The plan as its file holds it, without what the run knows to be secret."""
    return conceal_document(json_document(plan))


def write_plan(path: str, plan: Plan) -> None:
    """Writes the plan, readable by its owner only.

    Raises:
        PlanError: the data names what is no tenant's id.
        OutputError: the file can't be written.
    """
    _check_ids(plan, "$", PlanError)
    write_whole(path, plan_bytes(plan))


def plan_sha256(plan: Plan) -> str:
    """The digest of the plan as its file holds it."""
    return hashlib.sha256(plan_bytes(plan)).hexdigest()


def read_plan(path: str) -> Plan:
    """The plan that a file holds; see ``read_plan_file``."""
    return read_plan_file(path).plan


def read_plan_file(path: str) -> PlanFile:
    """The plan that a file holds, and the file's digest.

    Raises:
        PlanError: the file is not a plan, is of another version, or holds what scoregate never writes.
    """
    data = files.read_bounded(path, limits.PLAN_FILE_BYTES, PlanError)
    name = "standard input" if path == "-" else files.shown(path)
    try:
        # Members with a default may be missing; without these any JSON object would be a plan.
        head = msgspec.json.decode(data, type=_PlanHead)
        check_version(head.version, name, PlanError)
        plan = decode_strictly(data, Plan, LONGEST_TEXT)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise PlanError(f"is not a plan: {fault}", place=name, advice="'scoregate plan --out' writes one.") from fault
    return PlanFile(validate_plan(plan, f"{name}: $", PlanError), hashlib.sha256(data).hexdigest())


class _PlanHead(msgspec.Struct, rename="camel"):
    api_version: Literal["scoregate/v1"]
    kind: Literal["Plan"]
    version: int | None = None


def check_version(version: int | None, place: str, error: type[ScoregateError]) -> None:
    """Refuses the form of another version of scoregate.

    Args:
        version: what the file says; None where it says nothing, as the first form did.
        place: the file.
        error: the class of error to raise.
    """
    if version != VERSION:
        raise error(
            f"has version {version or 1}, and this scoregate reads only version {VERSION}",
            place=place,
            advice="Make the plan again with this scoregate, or use the version that wrote it.",
        )


def validate_plan(plan: Plan, place: str, error: type[ScoregateError]) -> Plan:
    """The plan, unless it holds what scoregate never writes.

    Args:
        plan: as it was read.
        place: of the plan in its file.
        error: the class of error to raise.
    """
    _check_ids(plan, place, error)
    seen: set[str] = set()
    for index, change in enumerate(plan.changes):
        if change.control in seen:
            raise error(f"changes {change.control} twice", place=f"{place}.changes[{index}]")
        if change.before.state.casefold() not in WRITABLE:
            text = f"the state {change.before.state!r} cannot be written back"
            raise error(text, place=f"{place}.changes[{index}]")
        seen.add(change.control)
    return plan


def _check_ids(plan: Plan, place: str, error: type[ScoregateError]) -> None:
    """Refuses ids that have another form than those of tenants and controls: they become a part of URLs."""
    if plan.tenant and not is_tenant_id(plan.tenant):
        raise error(f"names the tenant {plan.tenant[:100]!r}, which is not a tenant's id", place=f"{place}.tenant")
    for index, change in enumerate(plan.changes):
        if not is_control_id(change.control):
            text = f"changes {change.control[:100]!r}, which is not a control's id"
            raise error(text, place=f"{place}.changes[{index}].control")
