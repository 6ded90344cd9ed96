"""A source whose data names no people, or no tenant either."""

from collections.abc import Iterable

from checker.clouds import Cloud
from checker.snapshot.read import Reading
from checker.snapshot.redact import Redaction, redacted
from checker.sources.interface import Source


class RedactingSource:
    """Another source, read without names."""

    def __init__(self, source: Source, level: Redaction, names: Iterable[str]) -> None:
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
