"""A report: all findings of one run, with the score and where the data came from. Values only."""

import datetime
from collections import Counter
from enum import Enum, unique
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from checker.report.finding import Finding
from checker.report.outcome import Outcome


class RunWarning(msgspec.Struct, frozen=True):
    """Something that did not decide the verdict and yet should be known: a stable code, one sentence."""

    code: str
    message: str


class ScoreSummary(msgspec.Struct, frozen=True, rename="camel"):
    """The newest day's score.

    Attributes:
        current_score, max_score: points, Microsoft's own totals.
        percent: 100 × current / maximum, unrounded; None where the maximum is zero or missing.
        declared: points among the current ones that somebody declared and nobody observed; None where that is open.
    """

    current_score: float | None
    max_score: float | None
    percent: float | None
    declared: float | None


class Provenance(msgspec.Struct, frozen=True):
    """Which data was judged: the newest day and the input's SHA-256 (None when nothing was stored)."""

    date: datetime.date | None
    sha256: str | None


class OptionUse(msgspec.Struct, frozen=True):
    """An option that decided the run, and where its value came from; defaults are not among them."""

    option: Annotated[str, Meta(description="Its name, without hyphens in front.")]
    values: Annotated[tuple[str, ...], Meta(description="Addresses are without user and query.")]
    source: Literal["command-line", "variable", "settings"]
    place: Annotated[str | None, Meta(description="The variable's name, or the line of scoregate.toml.")]


@unique
class FrameworkState(Enum):
    """What becomes of a framework's control."""

    COVERED = "covered"
    FAILING = "failing"
    WAIVED = "waived"
    NOT_JUDGED = "not-judged"
    NOT_MEASURABLE = "not-measurable"


class FrameworkControl(msgspec.Struct, frozen=True, kw_only=True):
    """A control of a framework, and the requirements that refer to it."""

    control: str
    version: Annotated[str | None, Meta(description="The framework's version, as the references give it.")]
    state: Annotated[
        FrameworkState,
        Meta(description="Of the worst finding; not-judged: the data leaves it open; not-measurable: all are skipped."),
    ]
    derived: Annotated[bool, Meta(description="Whether every reference to it comes from public tags.")]
    requirements: Annotated[tuple[str, ...], Meta(description="POLICY/ID of each.")]


class FrameworkCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """The findings by the controls of the framework that was asked for."""

    framework: str
    controls: tuple[FrameworkControl, ...]
    limits: Annotated[tuple[str, ...], Meta(description="What the table does not prove, a sentence each.")]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What ``evaluate`` gives.

    Attributes:
        tenant: the tenant's id, or the empty string where the data doesn't tell it.
        evaluated_at: the moment used as the current time, UTC.
        age_days: whole UTC days from the newest day to that moment.
        portal: the cloud's Secure Score page, which findings without a link of their own name.
        policies: names of the policies that were judged, sorted as loaded.
        assumptions: what was taken for granted where the data leaves it open, because the caller asked for it.
        provenance: the options that decided the run; whoever runs it adds them.
        framework: the findings by a framework's controls, where the run was about one; whoever runs it adds them.
    """

    tenant: str
    evaluated_at: datetime.datetime
    snapshot: Provenance
    age_days: int | None
    score: ScoreSummary | None
    portal: str
    policies: tuple[str, ...]
    findings: tuple[Finding, ...]
    warnings: tuple[RunWarning, ...]
    assumptions: tuple[str, ...] = ()
    provenance: tuple[OptionUse, ...] = ()
    framework: FrameworkCoverage | None = None

    def counts(self) -> dict[str, int]:
        """Findings by outcome; every outcome is a key."""
        found = Counter(finding.outcome for finding in self.findings)
        return {outcome.value: found[outcome] for outcome in Outcome}
