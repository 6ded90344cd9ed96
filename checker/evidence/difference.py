"""The report that was kept and the one that came of a replay, compared: what differs, and what explains it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.errors import ScoregateError
from checker.evidence.manifest import EvidenceVersions
from checker.evidence.read import EvidenceFault, EvidenceFile
from checker.report.document import FindingDocument, ReportDocument
from checker.report.outcome import Outcome
from checker.report.read import decode_report
from checker.report.verdict import Decision

ReplayVerdict = Literal["same", "different", "changed"]
Explanation = Literal["changed", "version", "concealed", "unexplained"]


class VersionDifference(msgspec.Struct, frozen=True):
    """A version that is not what it was."""

    name: str
    then: Annotated[str | None, Meta(description="Null where it was not installed.")]
    now: str | None


class FindingDifference(msgspec.Struct, frozen=True):
    """A finding that is not what it was."""

    key: str
    then: Annotated[Outcome | None, Meta(description="Null where there was no such finding.")]
    now: Outcome | None
    members: Annotated[
        tuple[str, ...], Meta(description="The members that differ, of a finding that both reports have.")
    ]


class Replay(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer to ``scoregate replay``."""

    schema: ClassVar[tuple[str, str]] = ("replay", "A run that was judged again from scoregate's evidence")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Replay"] = "Replay"
    evidence: str
    sha256: Annotated[str, Meta(description="Of the evidence's bytes.")]
    verdict: Annotated[
        ReplayVerdict,
        Meta(
            description="same: the report has the same bytes; different: it has others; changed: the evidence is not "
            "what its manifest says, whatever the report is."
        ),
    ]
    same_report: Annotated[bool, Meta(description="Whether the report has the same bytes.")]
    tenant: str
    now: Annotated[str, Meta(description="The moment that the run used as the current time, and so does its replay.")]
    then_decision: Annotated[Decision, Meta(description="The verdict of the gate that the manifest records.")]
    now_decision: Annotated[Decision | None, Meta(description="Null where it could not be judged again.")]
    error: Annotated[str | None, Meta(description="Why it could not be judged again.")]
    explained_by: Annotated[
        tuple[Explanation, ...],
        Meta(
            description="changed: members were changed; version: another version judged; concealed: a secret was "
            "removed from what the run had read; unexplained: none of these. Empty if the reports are the same."
        ),
    ]
    faults: tuple[EvidenceFault, ...]
    versions: tuple[VersionDifference, ...]
    findings: tuple[FindingDifference, ...]
    report: Annotated[tuple[str, ...], Meta(description="Other members of the report that differ.")]
    signed: Annotated[bool, Meta(description="Whether there is a signature; a replay does not check it.")]


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a replay: the bytes of its report and its decision, or why there are none."""

    report: bytes | None = None
    decision: Decision | None = None
    error: ScoregateError | None = None


def compared(evidence: EvidenceFile, again: Again, versions: EvidenceVersions) -> Replay:
    """What a replay answers.

    Args:
        evidence: that was judged again.
        again: what came of it.
        versions: of what judged again.
    """
    manifest = evidence.manifest
    then = evidence.report
    same = again.report == then
    differing = tuple(_versions(manifest.versions, versions))
    findings, members = _differences(then, again.report, evidence.name)
    return Replay(
        evidence=evidence.name,
        sha256=evidence.sha256,
        verdict="changed" if evidence.faults else "same" if same else "different",
        same_report=same,
        tenant=manifest.tenant,
        now=manifest.settings.now,
        then_decision=manifest.verdict,
        now_decision=again.decision,
        error=str(again.error) if again.error is not None else None,
        explained_by=() if same else tuple(_explained_by(evidence, differing)),
        faults=evidence.faults,
        versions=differing,
        findings=findings,
        report=members,
        signed=evidence.signature is not None,
    )


def _explained_by(evidence: EvidenceFile, versions: Sequence[VersionDifference]) -> Iterator[Explanation]:
    is_concealed = any(one.concealed for one in evidence.manifest.members if one.role != "report")
    if evidence.faults:
        yield "changed"
    if versions:
        yield "version"
    if is_concealed:
        yield "concealed"
    if not evidence.faults and not versions and not is_concealed:
        yield "unexplained"


def _versions(then: EvidenceVersions, now: EvidenceVersions) -> Iterator[VersionDifference]:
    before, after = _by_name(then), _by_name(now)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield VersionDifference(name, before.get(name), after.get(name))


def _by_name(versions: EvidenceVersions) -> Mapping[str, str]:
    own = {"scoregate": versions.scoregate, "Python": versions.python}
    return own | {one.name: one.version for one in versions.dependencies}


def _differences(then: bytes, now: bytes | None, name: str) -> tuple[tuple[FindingDifference, ...], tuple[str, ...]]:
    """The findings, and the other members of the report, that differ; nothing where there are not two reports."""
    if now is None or now == then:
        return (), ()
    try:
        before, after = decode_report(then, name), decode_report(now, name)
    except ScoregateError:
        return (), ()
    members = _differing(before, after, ReportDocument)
    return tuple(_findings(before, after)), tuple(one for one in members if one != "findings")


def _findings(before: ReportDocument, after: ReportDocument) -> Iterator[FindingDifference]:
    was = {_key(one): one for one in before.findings}
    now = {_key(one): one for one in after.findings}
    for key in dict.fromkeys((*was, *now)):
        one, other = was.get(key), now.get(key)
        if one is None or other is None:
            yield FindingDifference(key, one.outcome if one else None, other.outcome if other else None, ())
        elif one != other:
            yield FindingDifference(key, one.outcome, other.outcome, _differing(one, other, FindingDocument))


def _key(finding: FindingDocument) -> str:
    return finding.key or finding.requirement


def _differing(one: msgspec.Struct, other: msgspec.Struct, kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The members in which two records differ, as JSON names them."""
    return tuple(
        field.encode_name
        for field in msgspec.structs.fields(kind)
        if getattr(one, field.name) != getattr(other, field.name)
    )
