"""Which control has probably replaced one that is gone or retired."""

import re
from collections.abc import Collection

import msgspec

from checker.documents.suggest import nearest
from checker.policy.lockfile import LockedControl
from checker.presentation.words import comment
from checker.tenant.control import Control
from checker.tenant.lookup import bare
from checker.tenant.tenant import Tenant

# Ids that end in a number, so that the nearest one is as good as any.
_NUMBERED = "scid_"
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

    def of(self, lost: LockedControl) -> Successor:
        """The control with the same title, else with the same id but for its version, else with the nearest id."""
        own = lost.control.casefold()
        others = {bare(one.id): one for one in self._tenant.every() if not one.is_retired}
        new = {name: one for name, one in others.items() if name.casefold() not in {*self._locked, own}}
        same_stem = [name for name in new if _stem(name) == _stem(own)]
        for names in ([name for name in new if _is_called(new[name], lost.title)], same_stem):
            if names:
                return Successor(_best(lost.control, names), is_certain=True)
        numbered = own.startswith(_NUMBERED)
        return Successor(None if numbered else nearest(lost.control, new))


def _is_called(control: Control, title: str | None) -> bool:
    own = control.profile.title if control.profile is not None else None
    return bool(title) and comment(own).casefold() == comment(title).casefold()


def _stem(name: str) -> str:
    """An id without its version: ``adminmfa`` of ``AdminMFAV2``."""
    return re.sub(_VERSION, "", name.casefold())


def _best(lost: str, names: list[str]) -> str:
    """The nearest of several ids; several controls may have one title."""
    return nearest(lost, names) or min(names, key=lambda name: (name.casefold(), name))
