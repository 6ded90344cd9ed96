"""The review: both sides of a change, compared and judged on the same data. Pure."""

import datetime
from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from checker.insight.warnings import data_warnings
from checker.policy.model import PolicySet
from checker.policy.waivers import Approval
from checker.report.finding import Finding
from checker.report.outcome import Outcome
from checker.report.report import Report
from checker.report.verdict import Verdict
from checker.requirements.direction import together
from checker.requirements.terms.pattern import matcher
from checker.review.answer import RequirementChange, Review, ReviewedFinding, RevisionSide, Verdicts, WaiverChange
from checker.review.requirement_changes import requirement_changes
from checker.review.waiver_changes import waiver_changes
from checker.tenant.tenant import Tenant

C = TypeVar("C", RequirementChange, WaiverChange)


class Judgements(msgspec.Struct, frozen=True):
    """Both sides judged on one tenant."""

    tenant: Tenant
    base: tuple[Report, Verdict]
    head: tuple[Report, Verdict]


class ReviewSides(msgspec.Struct, frozen=True):
    """The policies of both sides, loaded with their layers, and where each is from."""

    base: PolicySet
    base_side: RevisionSide
    head: PolicySet
    head_side: RevisionSide


def review(sides: ReviewSides, judged: Judgements | None, today: datetime.date) -> Review:
    """What the change does.

    Args:
        sides: the policies before and after.
        judged: both on one tenant; None without one.
        today: the day of the run, UTC.
    """
    base, head = sides.base, sides.head
    after = judged.head[0] if judged is not None else None
    requirements = _approved(requirement_changes(base, head), base.approvals)
    waivers = _approved(waiver_changes(base.waivers, head.waivers, after, today), base.approvals)
    changes: list[RequirementChange | WaiverChange] = [*requirements, *waivers]
    return Review(
        base=sides.base_side,
        head=sides.head_side,
        tenant=judged.tenant.id if judged is not None else None,
        date=str(judged.tenant.newest.date) if judged is not None and judged.tenant.newest is not None else None,
        requirements=requirements,
        waivers=waivers,
        findings=tuple(_findings(judged)) if judged is not None else (),
        verdict=Verdicts(judged.base[1].decision, judged.head[1].decision) if judged is not None else None,
        direction=together(change.direction for change in changes),
        unapproved=sum(1 for change in changes if change.direction.may_loosen and change.approved_by is None),
        warnings=data_warnings(judged.tenant) if judged is not None else (),
    )


def _approved(changes: tuple[C, ...], approvals: Sequence[Approval]) -> tuple[C, ...]:
    """The changes that may loosen with who approved each: the base says that, so that no change approves itself."""
    return tuple(
        msgspec.structs.replace(change, approved_by=_approver(change.requirement, approvals))
        if change.direction.may_loosen
        else change
        for change in changes
    )


def _approver(requirement: str, approvals: Sequence[Approval]) -> str | None:
    return next((one.approved_by for one in approvals if matcher([one.requirement])(requirement)), None)


def _findings(judged: Judgements) -> Iterator[ReviewedFinding]:
    (before, base), (after, head) = judged.base, judged.head
    old, new = {one.key: one for one in before.findings}, {one.key: one for one in after.findings}
    for key in dict.fromkeys([*new, *old]):
        first, second = old.get(key), new.get(key)
        failed, fails = _fails(first, base), _fails(second, head)
        if _outcome(first) is _outcome(second) and failed == fails:
            continue
        shown = second or first
        assert shown is not None
        yield ReviewedFinding(
            requirement=shown.requirement.name,
            control=shown.judgement.control,
            before=_outcome(first),
            after=_outcome(second),
            fails_before=failed,
            fails_after=fails,
        )


def _outcome(finding: Finding | None) -> Outcome | None:
    return finding.outcome if finding is not None else None


def _fails(finding: Finding | None, verdict: Verdict) -> bool:
    return finding is not None and verdict.fails_gate(finding)
