"""A source whose data is made ready for judging: without days that can't be, and with what the caller assumes."""

import datetime

import msgspec

from checker.clouds import Cloud
from checker.snapshot.as_of import without_future
from checker.snapshot.read import Reading
from checker.sources.interface import Source


class PreparedSource:
    """Another source, read for one run."""

    def __init__(self, source: Source, today: datetime.date, *, assume_default_states: bool) -> None:
        self._source = source
        self._today = today
        self._assume_default_states = assume_default_states

    @property
    def cloud(self) -> Cloud:
        """The other source's."""
        return self._source.cloud

    def read(self, days: int) -> Reading:
        """The other source's reading; see ``Source``."""
        reading = self._source.read(days)
        snapshot = without_future(reading.snapshot, self._today)
        if self._assume_default_states:
            snapshot = msgspec.structs.replace(snapshot, assumes_default_states=True)
        return msgspec.structs.replace(reading, snapshot=snapshot)
