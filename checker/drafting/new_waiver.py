"""A waiver that is added to a file of waivers, whose other text stays as it is."""

import datetime

import msgspec

from checker.documents.decode import MismatchError, convert
from checker.documents.document import Document
from checker.documents.splice import append_item
from checker.documents.yaml_reader import Unreadable, read_yaml
from checker.errors import PolicyError, UsageError
from checker.policy.decode import decode_waivers
from checker.policy.model import LONGEST_WAIVER_DAYS, PolicySet
from checker.policy.parameters import head_faults
from checker.policy.waiver_targets import WaiverTargets
from checker.policy.waivers import WaiverEntry
from checker.requirements.terms.vocabulary import Vocabulary

_EMPTY = b"""# Exceptions: each has an end, a reason and somebody who approved it. An expired one covers nothing.
apiVersion: scoregate/v1
kind: Waivers
waivers: []
"""
_OPTIONS = {"approvedBy": "approved-by", "percent": "floor-percent", "points": "floor-points", "floor": "floor-percent"}


class WaiverFields(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A waiver before it is checked; the fields stand in the order in which they are written."""

    requirement: str
    control: str | None = None
    tenant: str | None = None
    tenant_label: str | None = None
    start: datetime.date = msgspec.field(name="from")
    until: datetime.date
    floor: dict[str, float] | None = None
    reason: str
    approved_by: str
    ticket: str | None = None


def checked_entry(fields: WaiverFields, today: datetime.date, policies: PolicySet | None) -> WaiverEntry:
    """The waiver, if it can cover something.

    Args:
        fields: as the caller gives them.
        today: the day of the run, UTC.
        policies: whose requirements it may name; None where it is not to be looked up.

    Raises:
        UsageError: it has ended, runs too long, or covers nothing; or a field is not what a waiver takes.
    """
    try:
        entry = convert(msgspec.to_builtins(fields), WaiverEntry, lambda _: None)
    except MismatchError as mismatch:
        raise UsageError(f"{_option(mismatch)}{mismatch.expected}") from mismatch
    longest = LONGEST_WAIVER_DAYS
    if policies is not None:
        targets = WaiverTargets(policies, Vocabulary())
        mistake = targets.mistake(entry)
        if mistake is not None:
            raise UsageError(f"the waiver would cover nothing: {mistake}")
        limits = {policy.name: policy.longest_waiver_days for policy in policies.policies}
        longest = min((limits[one.summary.policy] for one in targets.covered(entry)), default=longest)
    days = (entry.until - entry.start).days
    if days > longest:
        raise UsageError(f"the waiver would run for {days} days but may run for {longest}, so it would cover nothing")
    if entry.until < today:
        raise UsageError(f"the waiver would already have ended on {entry.until}")
    return entry


def _option(mismatch: MismatchError) -> str:
    names = [str(step) for step in mismatch.path]
    return f"--{_OPTIONS.get(names[-1], names[-1])}: " if names else ""


def with_waiver(data: bytes | None, file: str, fields: WaiverFields) -> bytes:
    """The file with one more waiver at its end.

    Args:
        data: the file's bytes; None for a new file.
        file: its name, for messages.
        fields: a waiver that was checked.

    Raises:
        PolicyError: the file can't be read, before or after.
        UsageError: it is not a file of waivers.
        OutputError: it can't be changed in place.
    """
    try:
        document = _waivers_of(read_yaml(_EMPTY if data is None else data, file), file)
    except Unreadable as unreadable:
        raise PolicyError([str(fault) for fault in unreadable.faults]) from unreadable
    _refuse_faults(document)
    written = {name: value for name, value in _values(fields).items() if value is not None}
    after = append_item(document, ("waivers",), written)
    _refuse_faults(read_yaml(after, file)[_index(document, file)])
    return after


def _values(fields: WaiverFields) -> dict[str, object]:
    names = zip(fields.__struct_fields__, fields.__struct_encode_fields__, strict=True)
    return {spelled: getattr(fields, name) for name, spelled in names}


def _waivers_of(documents: list[Document], file: str) -> Document:
    """The last document of waivers in a file."""
    for document in reversed(documents):
        if document.value_at(("kind",)) == "Waivers":
            return document
    raise UsageError(f"{file} contains no waivers", advice="Name another file; one that doesn't exist is created.")


def _index(document: Document, file: str) -> int:
    """Where the document stands among those of its file that hold something."""
    return [one.number for one in read_yaml(document.data, file)].index(document.number)


def _refuse_faults(document: Document) -> None:
    faults = [*head_faults(document), *decode_waivers(document).faults]
    if faults:
        raise PolicyError([str(fault) for fault in faults])
