"""The words of a policy that name something of Graph's: controls, categories, services, licences."""

from enum import Enum, unique

import msgspec


@unique
class WordKind(Enum):
    """What a word names."""

    CONTROL = "control"
    CATEGORY = "category"
    SERVICE = "service"
    TIER = "tier"
    THREAT = "threat"
    USER_IMPACT = "user impact"
    IMPLEMENTATION_COST = "implementation cost"
    LICENCE = "licence"


class WordGroup(msgspec.Struct, frozen=True):
    """Words of one key of a policy, any one of which has to fit.

    Attributes:
        kind: what they name.
        words: as they are written.
        decides: nothing can fit where none of them is known; else they only leave something out.
        is_enough: any one of them meets the requirement, so that nobody notices one that no tenant reports.
    """

    kind: WordKind
    words: tuple[str, ...]
    decides: bool = True
    is_enough: bool = False
