"""The waivers of one tenant, and which of them cover a requirement or a control."""

from collections.abc import Callable, Sequence

import msgspec

from checker.policy.waivers import Waiver, WaiverEntry
from checker.requirements.terms.named_controls import matcher_in
from checker.requirements.terms.pattern import is_pattern, matcher
from checker.snapshot.ids import is_same_tenant
from checker.tenant.tenant import Tenant


class HeldWaiver(msgspec.Struct, frozen=True):
    """A waiver of this tenant, and what it covers; ``covers_control`` is None where it covers every control."""

    index: int
    waiver: Waiver
    covers_requirement: Callable[[str], bool]
    covers_control: Callable[[str], bool] | None

    def covered(self, controls: Sequence[str]) -> list[str]:
        """Those of the controls that it covers."""
        return [name for name in controls if self.covers_control is None or self.covers_control(name)]


class HeldWaivers:
    """All of them, in the order of their files.

    Attributes:
        all: those of the tenant and its labels.
        of_other_labels: those of the tenant that ask for a label that it lacks.
    """

    def __init__(self, waivers: Sequence[Waiver], tenant: Tenant) -> None:
        """Keeps those that are of the tenant, by what they name.

        Args:
            waivers: of the run.
            tenant: who is judged.
        """
        of_tenant = [one for one in enumerate(waivers) if is_of_tenant(one[1].entry, tenant)]
        self.all = [
            HeldWaiver(index, waiver, matcher([waiver.entry.requirement]), _control_matcher(waiver, tenant))
            for index, waiver in of_tenant
            if has_label(waiver.entry, tenant)
        ]
        self.of_other_labels = [waiver for _, waiver in of_tenant if not has_label(waiver.entry, tenant)]
        # Of thousands, nearly all name one requirement: only patterns are tried on each.
        self._exact: dict[str, list[HeldWaiver]] = {}
        self._patterns: list[HeldWaiver] = []
        for held in self.all:
            name = held.waiver.entry.requirement
            same = self._patterns if is_pattern(name) else self._exact.setdefault(name.casefold(), [])
            same.append(held)

    def of(self, requirements: Sequence[str]) -> list[HeldWaiver]:
        """Those that cover one of the requirements, in the order of their files.

        Args:
            requirements: names of requirements.
        """
        names = {name.casefold() for name in requirements}
        found = [held for name in names for held in self._exact.get(name, ())]
        found += [held for held in self._patterns if any(map(held.covers_requirement, names))]
        return sorted(found, key=lambda held: held.index)


def is_of_tenant(entry: WaiverEntry, tenant: Tenant) -> bool:
    """Whether a waiver names the tenant, or none."""
    return entry.tenant is None or is_same_tenant(entry.tenant, tenant.id)


def has_label(entry: WaiverEntry, tenant: Tenant) -> bool:
    """Whether the tenant has the label that a waiver asks for, or the waiver asks for none."""
    return entry.tenant_label is None or entry.tenant_label in tenant.labels


def _control_matcher(waiver: Waiver, tenant: Tenant) -> Callable[[str], bool] | None:
    return matcher_in(tenant, [waiver.entry.control]) if waiver.entry.control is not None else None
