"""Every error that a user can meet.

::

    ScoregateError                what happened, where, what to do next
    ├── CallerError               exit 2: the caller's mistake
    │   ├── UsageError            options that do not fit together
    │   ├── SettingsError         scoregate.toml or a SCOREGATE_* variable
    │   ├── PolicyError           policies and waivers: every fault with its place
    │   │   └── PolicyTestError   tests of policies: the same
    │   ├── LockFileError         scoregate.lock that cannot be read, or that is missing
    │   ├── CatalogueError        a table of known controls that cannot be read
    │   ├── ScenarioError         what-if of controls that the tenant doesn't have, or a file that can't be read
    │   ├── BaselineError         a report that nothing can be compared with
    │   ├── EvidenceError         evidence that cannot be read, or that cannot be signed
    │   ├── PlanError             a plan that contradicts itself, or that is not to be applied here and now
    │   ├── JournalError          a journal that cannot be read
    │   └── OutputError           a result that cannot be written
    └── JudgementError            exit 3: it could not be judged
        ├── SnapshotError         an unreadable snapshot, or an answer of Graph that makes no sense
        ├── SignInError           no token
        ├── GraphError            Graph refused, or could not be asked
        ├── LockedError           another run writes to the tenant
        └── DeadlineError         it took too long

Exit codes are design, not decoration: 0 done and passed, 1 the gate failed, 2 the caller's mistake, 3 it could not be
judged, 130 interrupted. A gate that fails is a value (a verdict), never an exception. Each class has a code of its own,
under which docs/reference/errors.md says what to do.
"""

from typing import ClassVar

from checker.secrecy.known import conceal

EXIT_PASSED = 0
EXIT_FAILED = 1
EXIT_CALLER = 2
EXIT_NOT_JUDGED = 3
EXIT_INTERRUPTED = 130

# What no class stands for: a fault of scoregate itself.
INTERNAL = "internal"


class ScoregateError(Exception):
    """The base: a run that cannot go on.

    Attributes:
        message: what happened, one sentence.
        place: where, as a file with line, a URL or a JSON path; empty if it has none.
        advice: what to do next, one sentence; empty if the message says it all.

    Each class has a ``code`` that stays: what it is called on the page of errors, which its message leads to.

    All three are without secrets from the start, wherever the error goes: to a stream, a journal or a log.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = EXIT_NOT_JUDGED

    def __init__(self, message: str, *, place: str = "", advice: str = "") -> None:
        message = conceal(message)
        super().__init__(message)
        self.message = message
        self.place = conceal(place)
        self.advice = conceal(advice)

    def __str__(self) -> str:
        """The error as lines for a person: place and message first, the advice below."""
        head = f"{self.place}: {self.message}" if self.place else self.message
        return f"{head}\n{self.advice}" if self.advice else head


class CallerError(ScoregateError):
    """The caller's mistake: usage, a policy, a waiver, a plan."""

    code: ClassVar[str] = "caller"
    exit_code = EXIT_CALLER


class UsageError(CallerError):
    """Options that do not fit together, or a value that an option does not take."""

    code: ClassVar[str] = "usage"


class SettingsError(CallerError):
    """A fault in ``scoregate.toml``."""

    code: ClassVar[str] = "settings"


class PolicyError(CallerError):
    """Policies or waivers that cannot be used.

    Attributes:
        faults: each fault as one line ``file:line:column: path: what was expected``.
    """

    code: ClassVar[str] = "policy"
    where: ClassVar[str] = "the policies"

    def __init__(self, faults: list[str]) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{count} in {self.where}; nothing was judged")
        self.faults = list(map(conceal, faults))

    def __str__(self) -> str:
        """Each fault on a line of its own, as editors and CI systems recognise it, and the count below."""
        return "\n".join([*self.faults, self.message])


class PolicyTestError(PolicyError):
    """Tests of policies that cannot be run, for a fault of their own or of their policies."""

    code: ClassVar[str] = "policy-test"
    where = "the tests and their policies"


class LockFileError(CallerError):
    """A ``scoregate.lock`` that cannot be read, that is a link out of the working folder, or that is missing."""

    code: ClassVar[str] = "lock-file"


class CatalogueError(CallerError):
    """A table of known controls that cannot be read, or that is none."""

    code: ClassVar[str] = "catalogue"


class ScenarioError(CallerError):
    """A scenario that names what the tenant doesn't have, or that can't be read."""

    code: ClassVar[str] = "scenario"


class BaselineError(CallerError):
    """A baseline that can't be read, is of another version or tenant, or doesn't name its findings."""

    code: ClassVar[str] = "baseline"


class NotifyError(CallerError):
    """Messages that can't be sent as asked for: an address, or the file of earlier decisions."""

    code: ClassVar[str] = "notify"


class EvidenceError(CallerError):
    """Evidence that cannot be read, made, or signed."""

    code: ClassVar[str] = "evidence"


class PlanError(CallerError):
    """A plan that contradicts itself, is of another tenant, is too old, or asks for more than allowed."""

    code: ClassVar[str] = "plan"


class JournalError(CallerError):
    """A journal that cannot be read, or speaks of another tenant."""

    code: ClassVar[str] = "journal"


class OutputError(CallerError):
    """A result that cannot be written where it was asked for."""

    code: ClassVar[str] = "output"


class JudgementError(ScoregateError):
    """The tenant could not be judged."""

    code: ClassVar[str] = "not-judged"
    exit_code = EXIT_NOT_JUDGED


class SnapshotError(JudgementError):
    """A snapshot that cannot be read, or that contradicts itself."""

    code: ClassVar[str] = "snapshot"


class SignInError(JudgementError):
    """Microsoft Entra gave no token."""

    code: ClassVar[str] = "sign-in"


class GraphError(JudgementError):
    """Microsoft Graph refused, answered nonsense, or could not be reached.

    Attributes:
        status: the HTTP status of a refusal; None where there was no answer, or it made no sense.
        is_foreign: whether the refusal is not in Graph's form, so that somebody in between made it.
    """

    code: ClassVar[str] = "graph"

    def __init__(
        self,
        message: str,
        *,
        place: str = "",
        advice: str = "",
        status: int | None = None,
        is_foreign: bool = False,
    ) -> None:
        super().__init__(message, place=place, advice=advice)
        self.status = status
        self.is_foreign = is_foreign


class LockedError(JudgementError):
    """Another run on this machine writes to the same tenant."""

    code: ClassVar[str] = "locked"


class DeadlineError(JudgementError):
    """The run's deadline passed before Graph had answered."""

    code: ClassVar[str] = "deadline"
