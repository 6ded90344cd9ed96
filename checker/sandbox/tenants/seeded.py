"""Seeded choices: each has a name of its own, so that adding one leaves all others as they were."""

import hashlib
import uuid
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class SeededChoices:
    """Choices that depend on the seed and on their name, never on the order in which they are made."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def _digest(self, name: str) -> bytes:
        return hashlib.sha256(f"scoregate sandbox {self._seed} {name}".encode()).digest()

    def fraction(self, name: str) -> float:
        """Choose a number from 0 (inclusive) to 1 (exclusive)."""
        return int.from_bytes(self._digest(name)[:6], "big") / 2**48

    def between(self, low: int, high: int, name: str) -> int:
        """Choose a whole number from `low` to `high`, both inclusive."""
        return low + int(self.fraction(name) * (high - low + 1))

    def choice(self, items: Sequence[Item], name: str) -> Item:
        """Choose one of `items`, all equally likely."""
        return items[self.between(0, len(items) - 1, name)]

    def identifier(self, name: str) -> str:
        """Make a UUID of version 4, as the ids of tenants and applications in Entra are."""
        return str(uuid.UUID(bytes=self._digest(name)[:16], version=4))

    def secret(self, name: str) -> str:
        """Make a client secret; its prefix shows that it is not a real one."""
        return f"sandbox-{self._digest(name).hex()[:40]}"
