"""A source twice: as its data is shown, and as it is kept."""

import datetime

import msgspec

from checker.sources.interface import Source
from checker.sources.prepared import PreparedSource


class SourcePair(msgspec.Struct, frozen=True):
    """A tenant's data without names and with them; it is asked for once.

    Attributes:
        shown: without what ``--redact`` leaves out: all that a command says is made of it.
        whole: with it: a store, a plan file and a journal are made of it. The same object where nothing is left out.
    """

    shown: Source
    whole: Source

    @property
    def is_one(self) -> bool:
        """Whether nothing is left out."""
        return self.shown is self.whole

    def prepared(self, today: datetime.date, *, assume_default_states: bool) -> "SourcePair":
        """Both, read for one run; see ``PreparedSource``."""
        whole = PreparedSource(self.whole, today, assume_default_states=assume_default_states)
        if self.is_one:
            return SourcePair(whole, whole)
        return SourcePair(PreparedSource(self.shown, today, assume_default_states=assume_default_states), whole)
