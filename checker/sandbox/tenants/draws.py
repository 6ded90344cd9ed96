"""Seeded choices: each is drawn by its own name, so that adding one leaves all others as they were."""

import hashlib
import uuid
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Draws:
    """Choices that depend on a seed and on the name of what is chosen, never on the order of asking."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def _digest(self, name: str) -> bytes:
        return hashlib.sha256(f"scoregate sandbox {self._seed} {name}".encode()).digest()

    def fraction(self, name: str) -> float:
        """Draw a number from 0 (inclusive) to 1 (exclusive)."""
        return int.from_bytes(self._digest(name)[:6], "big") / 2**48

    def between(self, low: int, high: int, name: str) -> int:
        """Draw a whole number from `low` to `high`, both inclusive."""
        return low + int(self.fraction(name) * (high - low + 1))

    def choice(self, items: Sequence[Item], name: str) -> Item:
        """Draw one of `items`, all equally likely."""
        return items[self.between(0, len(items) - 1, name)]

    def identifier(self, name: str) -> str:
        """Draw a UUID of version 4, as Entra's tenants and applications have."""
        return str(uuid.UUID(bytes=self._digest(name)[:16], version=4))

    def secret(self, name: str) -> str:
        """Draw a text that serves as a client secret; its prefix tells everybody that it is none."""
        return f"sandbox-{self._digest(name).hex()[:40]}"
