"""Policies and waivers that look strict and are not, as far as that can be told without a tenant."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from checker.catalogue.controls import KnownControl, known_controls
from checker.documents.decode import MismatchError
from checker.documents.location import SourceLocation
from checker.policy.decode import decode_requirement
from checker.policy.layers import Layered
from checker.policy.model import Policy, PolicyRequirement
from checker.policy.problem import Problem, of_requirement, of_waiver
from checker.policy.waivers import Waiver
from checker.presentation.words import counted
from checker.report.outcome import Enforcement
from checker.requirements.direction import Direction
from checker.requirements.terms.pattern import control_matcher, is_pattern
from checker.requirements.terms.vocabulary import Vocabulary, fold
from checker.requirements.words import WordGroup, WordKind

# What the catalogue knows of single controls beside their ids.
_MEMBERS: Mapping[WordKind, str] = {
    WordKind.CATEGORY: "control_category",
    WordKind.SERVICE: "service",
    WordKind.TIER: "tier",
}


def nothing_mandatory(policy: Policy) -> Iterator[Problem]:
    """A policy that can't fail the gate."""
    if any(one.entry.enforcement is Enforcement.MANDATORY for one in policy.requirements):
        return
    how = "advisory" if not policy.disabled else "advisory or disabled" if policy.requirements else "disabled"
    message = f"every requirement of {policy.name} is {how}, so it never fails the gate"
    yield Problem("warning", "nothing-mandatory", policy.place, "", message)


def loosening_overrides(policy: Policy, layers: Mapping[str, Layered]) -> Iterator[Problem]:
    """Where a policy asks for less than a base: once for each field of an entry, and once for each default.

    A locked requirement is left out: loosening it is a fault.
    """
    by_default: dict[SourceLocation, list[_Loosening]] = {}
    for one in policy.requirements:
        for found in _loosenings(one, layers[one.summary.name], policy):
            if found.is_default:
                by_default.setdefault(found.place, []).append(found)
            else:
                message = f"{found.field} requires less than {found.base}, which this overrides"
                yield Problem("warning", "override-loosens", found.place, f"{one.summary.id}.{found.field}", message)
    for place, all_of_it in by_default.items():
        first = all_of_it[0]
        others = f" and {counted(len(all_of_it) - 1, 'other')}" if len(all_of_it) > 1 else ""
        message = f"requires less than {first.base}{others} without it"
        yield Problem("warning", "override-loosens", place, f"defaults.{first.field}", message)


class _Loosening(msgspec.Struct, frozen=True):
    """A field that asks for less than where it came from.

    Attributes:
        base: where the requirement is that asks for more.
        is_default: the policy's ``defaults`` say it.
    """

    field: str
    place: SourceLocation
    base: SourceLocation
    is_default: bool


def _loosenings(one: PolicyRequirement, layered: Layered, policy: Policy) -> Iterator[_Loosening]:
    seen: set[str] = set()
    for base in _bases(layered):
        try:
            before, _ = decode_requirement(base, policy.metadata)
        except MismatchError:
            # A base may leave it to others to say something that its kind needs.
            continue
        for change in before.entry.changes_to(one.entry):
            if change.direction is Direction.LOOSER and change.field not in seen and not before.entry.locked:
                seen.add(change.field)
                path = (change.field,)
                is_default = layered.layer_of(path).is_optional
                yield _Loosening(change.field, layered.place_at(path), base.place, is_default)


def _bases(layered: Layered) -> Iterator[Layered]:
    """What a requirement is with fewer of its layers, as in the policies that it came through, its origin first."""
    defaults = [layer for layer in layered.layers if layer.is_optional]
    entries = [layer for layer in layered.layers if not layer.is_optional]
    for count in range(1, len(entries) + 1):
        documents = {id(entry.document) for entry in entries[:count]}
        kept = [layer for layer in defaults if id(layer.document) in documents]
        if count < len(entries) or len(kept) < len(defaults):
            yield msgspec.structs.replace(layered, layers=(*kept, *entries[:count]))


def picks_nothing(one: PolicyRequirement, words: Vocabulary) -> Iterator[Problem]:
    """Keys of a selector each of which fits a known control, and which fit none together."""
    groups = [group for group in one.entry.words() if group.decides]
    if len(groups) < 2 or any(True for _ in words.unknown(groups)):
        return
    tests = [_test_of(group) for group in groups]
    if not any(all(test(control) for test in tests) for control in known_controls().values()):
        why = "; the requirement is never judged, since onMissing is skip" if one.entry.skips_missing else ""
        named = " and ".join(f"{_key(group)} {' or '.join(group.words)}" for group in groups)
        yield of_requirement(one, "picks-nothing", f"no known control has {named}{why}")


def _key(group: WordGroup) -> str:
    return "id" if group.kind is WordKind.CONTROL else group.kind.value


def _test_of(group: WordGroup) -> Callable[[KnownControl], bool]:
    """Whether a control has one of the words, or the catalogue doesn't say what it has."""
    if group.kind is WordKind.CONTROL:
        matches = control_matcher(group.words)
        return lambda control: matches(control.id)
    member = _MEMBERS.get(group.kind)
    wanted = set(map(fold, group.words))

    def test(control: KnownControl) -> bool:
        known = getattr(control, member) if member is not None else None
        return known is None or fold(known) in wanted

    return test


def unnoticed_alternatives(one: PolicyRequirement, words: Vocabulary) -> Iterator[Problem]:
    """Alternatives that the catalogue doesn't know beside some that it knows: no failure will ever tell of them.

    A word that is near a known one is told of as a typo already.
    """
    for group in one.entry.words():
        unknown = list(words.unknown([group])) if group.is_enough else []
        if len(unknown) == len(group.words):
            continue
        for word in unknown:
            if not word.is_likely_typo:
                message = (
                    f"{word.word} is not a known control: it may be retired or new; because another alternative "
                    "is enough, nobody notices if no tenant reports it"
                )
                yield of_requirement(one, "unknown-alternative", message)


def retired_alternatives(one: PolicyRequirement, retired: Sequence[str]) -> Iterator[Problem]:
    """Alternatives that Microsoft has retired: the last score of one may be what passes.

    Args:
        one: the requirement.
        retired: ids, without the number of an app connector.
    """
    is_retired = control_matcher(retired)
    for group in one.entry.words():
        for word in group.words if group.is_enough else ():
            if is_retired(word):
                message = f"{word} is retired according to the lock; the requirement may pass by its last score"
                yield of_requirement(one, "retired-alternative", message)


def waiver_of_everything(
    waiver: Waiver, covered: Sequence[PolicyRequirement], policies: Sequence[Policy]
) -> Iterator[Problem]:
    """A waiver without a floor that leaves nothing to judge."""
    entry = waiver.entry
    total = sum(len(policy.requirements) for policy in policies)
    is_narrowed = entry.floor is not None or (entry.control is not None and entry.control.strip("*"))
    if is_pattern(entry.requirement) and not is_narrowed and 1 < total == len(covered):
        label = " of tenants with that label" if entry.tenant_label is not None else ""
        where = " of that tenant" if entry.tenant is not None else label
        message = f"covers all {counted(total, 'requirement')}, so nothing{where} fails while it is in force"
        yield of_waiver(waiver, "waiver-of-everything", message)
