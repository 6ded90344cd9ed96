"""A source whose data names no people, or no tenant either."""

from collections.abc import Iterable

from checker.clouds import Cloud
from checker.snapshot.read import Reading
from checker.snapshot.redact import redacted
from checker.snapshot.redaction import Redaction
from checker.sources.interface import Source
from checker.sources.pair import SourcePair


def redacting(source: Source, level: Redaction, names: Iterable[str | None]) -> SourcePair:
    """A source without names, and the same with them."""
    once = RememberingSource(source)
    return SourcePair(RedactingSource(once, level, names), once)


class RedactingSource:
    """Another source, read without names."""

    def __init__(self, source: Source, level: Redaction, names: Iterable[str | None]) -> None:
        self._source = source
        self._level = level
        self._names = tuple(names)

    @property
    def cloud(self) -> Cloud:
        """The other source's."""
        return self._source.cloud

    def read(self, days: int) -> Reading:
        """The other source's reading, redacted; see ``Source``."""
        return redacted(self._source.read(days), self._level, self._names)


class RememberingSource:
    """Another source, which is asked once for so many days."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._held: dict[int, Reading] = {}

    @property
    def cloud(self) -> Cloud:
        """The other source's."""
        return self._source.cloud

    def read(self, days: int) -> Reading:
        """The other source's reading, the same each time; see ``Source``."""
        if days not in self._held:
            self._held[days] = self._source.read(days)
        return self._held[days]
