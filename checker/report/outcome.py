"""The closed lists of a finding: what can come out, why, and how much it matters."""

from enum import Enum, unique


@unique
class Outcome(Enum):
    """What one requirement came to against one tenant."""

    PASS = "pass"  # noqa: S105 - an outcome
    FAIL = "fail"
    WAIVED = "waived"
    SKIPPED = "skipped"
    ERROR = "error"


@unique
class Severity(Enum):
    """How much a failure matters; the order of the members is from worst to least."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical to 4 for info."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@unique
class BaselineChange(Enum):
    """How a failure stands to the baseline, an earlier report."""

    NEW = "new"
    WORSE = "worse"
    UNCHANGED = "unchanged"


@unique
class Enforcement(Enum):
    """Whether a failure fails the gate."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"


@unique
class Unit(Enum):
    """What a measured or required number counts."""

    PERCENT = "percent"
    POINTS = "points"
    PERCENTAGE_POINTS = "percentagePoints"
    OBJECTS = "objects"
    DAYS = "days"
    STATE = "state"


@unique
class Reason(Enum):
    """Why a finding has its outcome. The page of reasons in the documentation says what to do about each."""

    MET = "met"
    DECLARATION_ACCEPTED = "declaration-accepted"
    DECLARATION_UNNEEDED = "declaration-unneeded"
    BELOW_MINIMUM = "below-minimum"
    ABOVE_MAXIMUM = "above-maximum"
    COUNT_UNKNOWN = "count-unknown"
    DECLARED_NOT_OBSERVED = "declared-not-observed"
    STATE_DIFFERS = "state-differs"
    UNDECLARED_STATE = "undeclared-state"
    WAIVER_ENDED = "waiver-ended"
    CATALOGUE_DRIFT = "catalogue-drift"
    NO_LONGER_SCORED = "no-longer-scored"
    NOT_SCORED = "not-scored"
    UNKNOWN_CONTROL = "unknown-control"
    UNKNOWN_WORD = "unknown-word"
    DISABLED = "disabled"
    NOT_LICENSED = "not-licensed"
    NEW_CONTROL = "new-control"
    NOT_APPLICABLE = "not-applicable"
    NOT_AVAILABLE = "not-available"
    NOT_ENOUGH_HISTORY = "not-enough-history"
    MAXIMUM_UNKNOWN = "maximum-unknown"
    INCONSISTENT = "inconsistent"
    PARTIAL_DATA = "partial-data"
    STALE = "stale"
