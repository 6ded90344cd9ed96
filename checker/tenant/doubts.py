"""Everything that a tenant's data leaves open, as every answer of every command tells it."""

from collections.abc import Iterator

from checker.presentation.words import counted, named
from checker.snapshot.model import PROFILES
from checker.tenant.completeness import Doubt
from checker.tenant.tenant import Tenant

_NAMED = 5


def tenant_doubts(tenant: Tenant) -> Iterator[Doubt]:
    """What is open: the whole day before single controls, and each kind of doubt with the controls that it touches."""
    snapshot = tenant.snapshot
    for collection in sorted(snapshot.partial):
        yield Doubt("partial-data", f"Graph's answer was incomplete: {collection}")
    if tenant.left_out is not None and tenant.left_out not in tenant.total_doubts:
        yield tenant.left_out
    yield from tenant.total_doubts
    if not snapshot.profiles:
        yield Doubt("partial-data", "the data contains no control profiles: titles, maxima and states are unknown")
    elif PROFILES not in snapshot.partial:
        yield from _without_profile(tenant)
    yield from _without_maximum(tenant)
    yield from _odd_numbers(tenant)


def _without_maximum(tenant: Tenant) -> Iterator[Doubt]:
    names = [control.id for control in tenant.controls if control.profile is not None and control.maximum is None]
    if names:
        text = f"{counted(len(names), 'profile')} without a usable maxScore, so the maximum is unknown"
        yield Doubt("maximum-unknown", f"{text}: {named(names, _NAMED)}")


def _without_profile(tenant: Tenant) -> Iterator[Doubt]:
    without = [control for control in tenant.controls if control.profile is None]
    for is_open, unknown in ((True, "state and maximum are"), (False, "maximum is")):
        names = [control.id for control in without if (tenant.state_doubt(control) is not None) is is_open]
        if names and not tenant.assumes_default_states:
            text = f"{counted(len(names), 'scored control')} without a profile, so the {unknown} unknown"
            yield Doubt("partial-data", f"{text}: {named(names, _NAMED)}")


def _odd_numbers(tenant: Tenant) -> Iterator[Doubt]:
    """Members that can't be read, contradict each other or lie outside their range; the first five of each kind."""
    by_code: dict[str, list[Doubt]] = {}
    for control in tenant.controls:
        for member in tenant.open_members(control):
            if control.profile is not None or member.doubt != tenant.state_doubt(control):
                by_code.setdefault(member.doubt.code, []).append(member.doubt)
    for doubts in by_code.values():
        yield from doubts[:_NAMED]
        if len(doubts) > _NAMED:
            yield Doubt(doubts[0].code, f"and {len(doubts) - _NAMED} more controls like these")
