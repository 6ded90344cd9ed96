"""What Microsoft changed of the required controls since they were accepted: a lock and a tenant in, drifts out. Pure.

A control that has a profile and lost its score is no drift: that is the tenant's own licence, product or connector, and
requirements judge it. So everything here is the profile's, as far as there is one, and a control is gone only where the
complete list of profiles lacks it.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, unique
from typing import Annotated

import msgspec
from msgspec import Meta

from checker.evaluation.successor import Successors
from checker.policy.lockfile import LockedControl
from checker.policy.model import PolicySet
from checker.presentation.words import comment, counted, cut, named, number, quoted
from checker.secrecy.known import conceal
from checker.tenant.control import Control
from checker.tenant.lookup import bare
from checker.tenant.numbers import TOLERANCE
from checker.tenant.tenant import Tenant

_NAMED = 5
_LONGEST = 120


@unique
class DriftKind(Enum):
    """What changed."""

    RENAMED = "renamed"
    RETIRED = "retired"
    REWEIGHTED = "reweighted"
    MOVED = "moved"
    RETITLED = "retitled"
    GONE = "gone"
    ADDED = "added"


class DriftChange(msgspec.Struct, frozen=True):
    """One thing that changed of a control.

    Attributes:
        before, after: an id, a title, a category or points; null where there was or is none.
        clause: the end of a sentence that begins with the control's id.
    """

    kind: DriftKind
    before: str | float | None
    after: str | float | None
    clause: str


class CatalogueDrift(msgspec.Struct, frozen=True, kw_only=True):
    """A required control that is not as it was accepted."""

    control: str
    changes: Annotated[tuple[DriftChange, ...], Meta(description="At least one.")]
    successor: Annotated[
        str | None, Meta(description="Of a control that is gone or retired: the id that has probably replaced it.")
    ] = None

    @property
    def standing(self) -> str:
        """How the control is now, in so far as it differs: ``reweighted 5, moved Apps``; alike only for equal drift."""
        return ", ".join(f"{change.kind.value} {_after(change.after)}".strip() for change in self.changes)

    @property
    def message(self) -> str:
        """What changed, a clause that begins with the id."""
        changes = " and ".join(change.clause for change in self.changes)
        hint = f"; its successor is probably {self.successor}" if self.successor is not None else ""
        return f"{self.control} {changes}{hint}"


class LockComparison(msgspec.Struct, frozen=True, kw_only=True):
    """A lock beside a tenant.

    Attributes:
        drifts: in the order of ids.
        doubts: clauses that say why the data leaves it open whether more has drifted.
        unrequired: locked ids that no requirement means any more.
    """

    drifts: tuple[CatalogueDrift, ...]
    doubts: tuple[str, ...]
    unrequired: tuple[str, ...]


def required_controls(policies: PolicySet, tenant: Tenant) -> list[LockedControl]:
    """The controls that the policies' requirements mean in a tenant, as it has them; each once, sorted by id.

    Whether the tenant has the licences that ``when`` names makes no difference: they come and go with the tenant.
    """
    ids = {
        bare(name): None
        for policy in policies.policies
        for one in policy.requirements
        for name in one.entry.controls_meant(tenant)
    }
    controls = (tenant.control(name) for name in sorted(ids, key=lambda name: (name.casefold(), name)))
    found = [accepted(control) for control in controls if control is not None]
    return list({one.control.casefold(): one for one in found}.values())


def accepted(control: Control) -> LockedControl:
    """What a lock keeps of a control."""
    profile = control.profile
    title = ((profile.title if profile is not None else None) or "").strip()
    category = profile.control_category if profile is not None else None
    return LockedControl(
        control=bare(control.id),
        title=title or None,
        control_category=category or control.category or None,
        # Without a profile the maximum can be estimated only.
        max_score=control.maximum if profile is not None else None,
        retired=control.is_retired,
    )


def compare_lock(locked: Sequence[LockedControl], policies: PolicySet, tenant: Tenant) -> LockComparison:
    """What is no longer as it was accepted.

    Args:
        locked: of the lock.
        policies: of the run.
        tenant: who is looked at.
    """
    required = required_controls(policies, tenant)
    before = {one.control.casefold() for one in locked}
    successors = Successors(tenant, before)
    found = [drift for one in locked if (drift := _drift(one, tenant, successors)) is not None]
    # The drift of the control that it replaces says so already.
    told = {change.after for drift in found for change in drift.changes if change.kind is DriftKind.RENAMED}
    found += [_added(one) for one in required if one.control.casefold() not in before and one.control not in told]
    drifts = sorted(found, key=lambda one: (one.control.casefold(), one.control))
    now = {one.control.casefold() for one in required}
    there = (one.control for one in locked if tenant.control(one.control) is not None)
    return LockComparison(
        drifts=tuple(drifts),
        doubts=(*whole_doubts(policies, tenant), *_member_doubts(locked, tenant)),
        unrequired=tuple(sorted(name for name in there if name.casefold() not in now)),
    )


def whole_doubts(policies: PolicySet, tenant: Tenant) -> Iterator[str]:
    """Why the data may hide which controls there are and what they are, as clauses."""
    if not tenant.has_all_profiles:
        text = "control profiles are missing from the data, so whether required controls changed is unknown"
        yield f"{text}; fetch the data again"
    picks = (one.entry for policy in policies.policies for one in policy.requirements)
    if tenant.left_out is not None and any(entry.per_control and not entry.judged_last for entry in picks):
        yield tenant.left_out.message


def _member_doubts(locked: Iterable[LockedControl], tenant: Tenant) -> Iterator[str]:
    """A clause for the controls of which the data lacks what was accepted."""
    if not tenant.has_all_profiles:
        return
    open_ones = [one.control for one in locked if _is_open(one, tenant.control(one.control))]
    if open_ones:
        text = (
            f"the data lacks the profile, title, category or maximum of {counted(len(open_ones), 'required control')}"
        )
        yield f"{text} ({named(open_ones, _NAMED)}); fetch it again"


def _is_open(before: LockedControl, control: Control | None) -> bool:
    if control is None:
        return False
    now = accepted(control)
    kept = (
        (before.title, now.title),
        (before.control_category, now.control_category),
        (before.max_score, now.max_score),
    )
    return any(old is not None and new is None for old, new in kept)


def _added(control: LockedControl) -> CatalogueDrift:
    clause = "is required and was never accepted"
    return CatalogueDrift(
        control=control.control, changes=(DriftChange(DriftKind.ADDED, None, control.control, clause),)
    )


def _drift(before: LockedControl, tenant: Tenant, successors: Successors) -> CatalogueDrift | None:
    """What became of a locked control; None where nothing did, or where the data doesn't tell."""
    control = tenant.control(before.control)
    if control is None:
        return _lost(before, successors) if tenant.has_all_profiles else None
    if control.profile is None and (not tenant.has_all_profiles or _is_open(before, control)):
        # A score's category may be another one than its profile's, and it has nothing else to compare.
        return None
    changes = tuple(_changes(before, control))
    if not changes:
        return None
    retired = any(change.kind is DriftKind.RETIRED for change in changes) and control.is_retired
    return CatalogueDrift(
        control=before.control, changes=changes, successor=successors.of(before).id if retired else None
    )


def _lost(before: LockedControl, successors: Successors) -> CatalogueDrift:
    found = successors.of(before)
    kind = DriftKind.RENAMED if found.is_certain else DriftKind.GONE
    clause = "is not among Microsoft's controls any more"
    change = DriftChange(kind, before.control, found.id if found.is_certain else None, clause)
    return CatalogueDrift(control=before.control, changes=(change,), successor=found.id)


def _changes(before: LockedControl, control: Control) -> Iterator[DriftChange]:
    now = accepted(control)
    if now.retired != before.retired:
        words = ("in use", "retired") if now.retired else ("retired", "in use")
        clause = "was retired by Microsoft" if now.retired else "is not retired any more"
        yield DriftChange(DriftKind.RETIRED, *words, clause)
    if now.max_score is not None and _differs(before.max_score, now.max_score):
        clause = f"has a maximum of {number(now.max_score)} instead of {number(before.max_score)} points"
        yield DriftChange(DriftKind.REWEIGHTED, before.max_score, now.max_score, clause)
    if now.control_category is not None and now.control_category != before.control_category:
        clause = (
            f"is in the category {_short(now.control_category)} instead of {_short(before.control_category or 'none')}"
        )
        yield DriftChange(DriftKind.MOVED, before.control_category, now.control_category, clause)
    if now.title is not None and now.title != before.title:
        clause = f"is called {_shown(now.title)} instead of {_shown(before.title)}"
        yield DriftChange(DriftKind.RETITLED, before.title, now.title, clause)


def _after(value: str | float | None) -> str:
    if isinstance(value, str):
        return _short(value)
    return f"{value:.10g}" if value is not None else ""


def _shown(title: str | None) -> str:
    return quoted(_short(title or ""))


def _short(text: str) -> str:
    """Text of a checkout or a tenant, in a length that a message can hold; no exit would know a secret that is cut."""
    return cut(conceal(comment(text)), _LONGEST)


def _differs(before: float | None, now: float) -> bool:
    return before is None or abs(before - now) > TOLERANCE
