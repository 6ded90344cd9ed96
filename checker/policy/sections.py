"""The sections of a policy: the keys that list requirements."""

from collections.abc import Mapping

from checker.requirements import CONTROL_KINDS, SCORE_KINDS, STATE_KINDS

# Each with the registry of the kinds that it may list.
SECTIONS: Mapping[str, Mapping[str, str]] = {"score": SCORE_KINDS, "controls": CONTROL_KINDS, "states": STATE_KINDS}
