"""What ``lint`` says of one thing."""

from typing import Literal

import msgspec

from checker.documents.location import SourceLocation
from checker.policy.model import PolicyRequirement
from checker.policy.waivers import Waiver


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong (``error``) or looks wrong (``warning``).

    Attributes:
        rule: a stable name, such as ``waiver-expired``.
        path: dotted path in the document, empty for the whole.
    """

    level: Literal["error", "warning"]
    rule: str
    place: SourceLocation
    path: str
    message: str


def of_requirement(one: PolicyRequirement, rule: str, message: str) -> Problem:
    """A warning of a requirement."""
    return Problem("warning", rule, one.summary.location, one.summary.id, message)


def of_waiver(waiver: Waiver, rule: str, message: str) -> Problem:
    """A warning of a waiver."""
    return Problem("warning", rule, waiver.location, waiver.entry.requirement, message)
