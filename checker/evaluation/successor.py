"""Which control has probably replaced one that is gone or retired."""

import re
from collections.abc import Collection
from functools import cached_property

import msgspec

from checker.documents.suggest import nearest
from checker.policy.lockfile import LockedControl
from checker.presentation.words import comment
from checker.tenant.control import Control
from checker.tenant.lookup import bare
from checker.tenant.tenant import Tenant

# Ids that end in a number, so that the nearest one is as good as any.
_NUMBERED = "scid_"
# Comparing with every id takes milliseconds, and a lock may list thousands.
_GUESSES = 100
_VERSION = r"[_-]?v\d{1,3}$"


class Successor(msgspec.Struct, frozen=True):
    """A suggestion.

    Attributes:
        id: None where no control is near.
        is_certain: it has the same title, or the same id but for its version; else its id is merely alike.
    """

    id: str | None
    is_certain: bool = False


class Successors:
    """The tenant's controls that nobody has accepted yet: one of them may replace another that was."""

    def __init__(self, tenant: Tenant, locked: Collection[str]) -> None:
        """Reads nothing yet.

        Args:
            tenant: whose controls are suggested.
            locked: ids that were accepted, in lower case.
        """
        self._tenant = tenant
        self._locked = locked
        self._guesses = _GUESSES

    @cached_property
    def _new(self) -> dict[str, Control]:
        """The controls that may replace another, by id."""
        others = {bare(one.id): one for one in self._tenant.every() if not one.is_retired}
        return {name: one for name, one in others.items() if name.casefold() not in self._locked}

    @cached_property
    def _by_title(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, one in self._new.items():
            found.setdefault(_folded(one.profile.title if one.profile is not None else None), []).append(name)
        return found

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._new:
            found.setdefault(_stem(name), []).append(name)
        return found

    def of(self, lost: LockedControl) -> Successor:
        """The control with the same title, else with the same id but for its version, else with the nearest id."""
        title = _folded(lost.title)
        for names in (self._by_title.get(title) if title else None, self._by_stem.get(_stem(lost.control))):
            if names:
                return Successor(_best(lost.control, names), is_certain=True)
        if lost.control.casefold().startswith(_NUMBERED) or not self._guesses:
            return Successor(None)
        self._guesses -= 1
        return Successor(nearest(lost.control, self._new))


def _folded(title: str | None) -> str:
    return comment(title).casefold()


def _stem(name: str) -> str:
    """An id without its version: ``adminmfa`` of ``AdminMFAV2``."""
    return re.sub(_VERSION, "", name.casefold())


def _best(lost: str, names: list[str]) -> str:
    """The nearest of several ids; several controls may have one title."""
    return nearest(lost, names) or min(names, key=lambda name: (name.casefold(), name))
