"""The review: both sides of a change, compared and judged on the same data. Pure."""

import datetime
from collections.abc import Iterator

import msgspec

from checker.insight.warnings import data_warnings
from checker.policy.model import PolicySet
from checker.report.finding import Finding
from checker.report.outcome import Outcome
from checker.report.report import Report
from checker.report.verdict import Verdict
from checker.requirements.direction import Direction, together
from checker.review.answer import FileChange, Review, ReviewedFinding, RevisionSide, Verdicts
from checker.review.approvals import AskWho, with_approvals
from checker.review.line_ranges import LineRanges
from checker.review.planned import compare_plans
from checker.review.requirement_changes import requirement_changes
from checker.review.waiver_changes import HeadNow, ending_waivers, waiver_changes
from checker.tenant.tenant import Tenant


class Judgements(msgspec.Struct, frozen=True):
    """Both sides judged on one tenant."""

    tenant: Tenant
    base: tuple[Report, Verdict]
    head: tuple[Report, Verdict]


class ReviewSides(msgspec.Struct, frozen=True, kw_only=True):
    """The policies of both sides, loaded with their layers, and where each is from.

    Attributes:
        settings: what differs in scoregate.toml.
        lock: what differs in scoregate.lock.
    """

    base: PolicySet
    base_side: RevisionSide
    head: PolicySet
    head_side: RevisionSide
    settings: tuple[FileChange, ...] = ()
    lock: tuple[FileChange, ...] = ()


def review(sides: ReviewSides, judged: Judgements | None, moment: datetime.datetime, ask: AskWho) -> Review:
    """What the change does.

    Args:
        sides: the policies before and after.
        judged: both on one tenant; None without one.
        moment: of the run.
        ask: who wrote lines of the head.
    """
    base, head = sides.base, sides.head
    ranges = LineRanges(head.sources)
    now = HeadNow(moment.date(), judged.head[0] if judged is not None else None, ranges, head)
    waivers = waiver_changes(base.waivers, head.waivers, now)
    answer = Review(
        base=sides.base_side,
        head=sides.head_side,
        tenant=None,
        date=None,
        requirements=with_approvals(requirement_changes(base, head, ranges), base.approvals, ask),
        waivers=with_approvals(waivers, base.approvals, ask),
        settings=with_approvals(sides.settings, base.approvals, ask),
        lock=with_approvals(sides.lock, base.approvals, ask),
        ending=ending_waivers(head.waivers, waivers, now),
        findings=(),
        verdict=None,
        notes=tuple(_new_approvals(base, head)),
        direction=Direction.NEUTRAL,
        unapproved=0,
    )
    answer = msgspec.structs.replace(
        answer,
        direction=together(change.direction for change in answer.changes),
        unapproved=sum(1 for one in answer.changes if one.direction.may_loosen and one.approved_by is None),
    )
    return _on_a_tenant(answer, judged, moment) if judged is not None else answer


def _new_approvals(base: PolicySet, head: PolicySet) -> Iterator[str]:
    """A note on each approval that merging makes count."""
    for one in head.approvals:
        if one not in base.approvals:
            yield f"an approval is added, which counts once it is merged: {one.requirement} by {one.approved_by}"


def _on_a_tenant(answer: Review, judged: Judgements, moment: datetime.datetime) -> Review:
    """The answer with what the change does to a tenant."""
    findings = tuple(_findings(judged))
    planned = compare_plans(judged.tenant, judged.base[0], judged.head[0], moment)
    newest = judged.tenant.newest
    return msgspec.structs.replace(
        answer,
        tenant=judged.tenant.id,
        date=str(newest.date) if newest is not None else None,
        findings=findings,
        brought=sum(1 for one in findings if one.fails_after and not one.fails_before),
        hidden=sum(1 for one in findings if one.fails_before and not one.fails_after),
        states=planned.states,
        score=planned.score,
        notes=(*answer.notes, *planned.notes),
        verdict=Verdicts(judged.base[1].decision, judged.head[1].decision),
        warnings=data_warnings(judged.tenant),
    )


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
