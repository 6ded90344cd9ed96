"""What running tests of policies gives. Values only."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.documents.location import SourceLocation
from checker.report.outcome import Outcome, Reason


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a test expects; of a verdict, ``fail``, ``pass`` or ``indeterminate``."""

    outcome: str
    reason: Reason | None = None


class Got(msgspec.Struct, frozen=True, kw_only=True):
    """What the policies said instead."""

    outcome: str
    reason: Reason | None
    control: str | None
    message: Annotated[
        str, Meta(description="The finding's; of a verdict, the requirements because of which it is so.")
    ]
    location: Annotated[SourceLocation | None, Meta(description="Where the policy requires it.")]


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """An expectation that did not come true."""

    requirement: Annotated[str | None, Meta(description="Its name, POLICY/ID; null for the gate's verdict.")]
    control: Annotated[str | None, Meta(description="The control that the test names.")]
    location: Annotated[SourceLocation, Meta(description="Where the test expects it.")]
    expected: Expected
    got: Annotated[Got | None, Meta(description="null where the requirement has no such finding.")]


class CaseResult(msgspec.Struct, frozen=True, kw_only=True):
    """How one case went."""

    name: str
    location: SourceLocation
    status: Annotated[
        Literal["pass", "fail", "error"], Meta(description="error: its snapshot can't be read, so nothing was judged.")
    ]
    message: Annotated[str | None, Meta(description="Of an error: what is wrong.")] = None
    misses: tuple[Miss, ...] = ()


class RequirementCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """What the tests say of one requirement."""

    requirement: str
    location: SourceLocation
    asserted: Annotated[tuple[Outcome, ...], Meta(description="Outcomes that a test expects and that came true.")]
    seen: Annotated[tuple[Outcome, ...], Meta(description="Outcomes that came up in any case.")]
    missing: Annotated[
        tuple[Literal["pass", "fail"], ...],
        Meta(description="What no test shows. A waived failure counts as failing, and so does old data's error."),
    ]

    @property
    def unasserted(self) -> tuple[Outcome, ...]:
        """The outcomes that came up and that no test expects."""
        return tuple(outcome for outcome in self.seen if outcome not in self.asserted)


class CaseCounts(msgspec.Struct, frozen=True):
    """Cases by status."""

    passed: int = msgspec.field(name="pass")
    failed: int = msgspec.field(name="fail")
    error: int


class PolicyTestRun(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer of ``scoregate test``."""

    schema: ClassVar[tuple[str, str]] = ("test", "The results of policy tests")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["PolicyTestRun"] = "PolicyTestRun"
    verdict: Annotated[
        Literal["pass", "fail", "indeterminate"],
        Meta(
            description="fail: a case fails, or coverage is required and missing; indeterminate: a case has an error."
        ),
    ]
    counts: CaseCounts
    cases: tuple[CaseResult, ...]
    coverage: Annotated[
        tuple[RequirementCoverage, ...], Meta(description="Every requirement of the policies, but for disabled ones.")
    ]
    require_coverage: Annotated[bool, Meta(description="Whether missing coverage fails the run.")]

    @property
    def uncovered(self) -> tuple[RequirementCoverage, ...]:
        """The requirements that are not seen both passing and failing."""
        return tuple(one for one in self.coverage if one.missing)
