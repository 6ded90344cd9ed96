"""Control ids, found as tenants and years spell them."""

from collections.abc import Iterable
from functools import cached_property
from typing import Generic, TypeVar

T = TypeVar("T")


class Lookup(Generic[T]):
    """Values by control id: exact match first, then without case, then with a tenant's prefix before a dot removed.

    Ids differ in case between tenants (``MDO_SafeLinks…``, ``mdo_safelinks…``), and an app connector's controls carry
    the number of its instance (``11770.MDA_Google_…``). Where two ids are the same but for that, the first is found.
    """

    def __init__(self, items: Iterable[tuple[str, T]]) -> None:
        self._exact = dict(items)

    def find(self, name: str) -> T | None:
        """The value of the id ``name``, or None."""
        found = self.find_all(name)
        return found[0] if found else None

    def find_all(self, name: str) -> list[T]:
        """Every value that the id ``name`` means: one, or those of several instances of a connector."""
        found = self.spelled(name)
        if found is not None:
            return [found]
        return self._bare.get(bare(name.casefold()), [])

    def spelled(self, name: str) -> T | None:
        """The value whose id is ``name``, but for its case."""
        found = self._exact.get(name)
        return found if found is not None else self._folded.get(name.casefold())

    def same_instance(self, name: str) -> T | None:
        """The value that belongs to the control ``name``, or None: never another instance's of the same connector."""
        found = self.spelled(name)
        if found is not None:
            return found
        plain = bare(name)
        return self.find(name) if plain == name else self.spelled(plain)

    def names(self) -> Iterable[str]:
        """Every id, as it is spelled."""
        return self._exact

    @cached_property
    def _folded(self) -> dict[str, T]:
        return {name.casefold(): value for name, value in reversed(self._exact.items())}

    @cached_property
    def _bare(self) -> dict[str, list[T]]:
        found: dict[str, list[T]] = {}
        for name, value in self._exact.items():
            found.setdefault(bare(name.casefold()), []).append(value)
        return found


def bare(name: str) -> str:
    """An id without a tenant's prefix before a dot."""
    return name.rpartition(".")[2] or name
