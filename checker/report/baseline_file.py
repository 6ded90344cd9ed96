"""A baseline, read from the file of a JSON report. The file is not trusted: anybody may have edited it."""

import datetime
import hashlib
import re

import msgspec

from checker.documents import files, limits
from checker.documents.location import SourceLocation
from checker.errors import BaselineError
from checker.report.baseline import Baseline
from checker.report.document import FindingDocument
from checker.report.finding import Finding, Judgement, RequirementSummary, Subject
from checker.report.read import decode_report, is_report
from checker.snapshot.redaction import Redaction

_VERSION = "scoregate/v1"
# Findings of the catalogue's drift belong to the lock instead of a policy.
_NAME = r"([a-z0-9-]+|scoregate\.lock)/([a-z0-9-]+)"
_ADVICE = "'scoregate check -o json=report.json' writes one."


class _Version(msgspec.Struct, rename="camel"):
    api_version: str | None = None


def read_baseline(path: str, redact: Redaction = Redaction.NONE) -> Baseline:
    """The baseline in a file.

    Args:
        path: the file's.
        redact: what is left out of it, since what it says is shown again.

    Raises:
        BaselineError: it can't be read, is larger than 64 MiB, or is refused by ``decode_baseline``.
    """
    if path == "-":
        raise BaselineError("a baseline is a file, not standard input")
    name = files.shown(path)
    data = files.read_bounded(path, limits.REPORT_FILE_BYTES, BaselineError)
    found = decode_baseline(data, name)
    if redact is Redaction.NONE:
        return found
    from checker.report.redacted import redacted_report

    return decode_baseline(redacted_report(decode_report(data, name, BaselineError), redact), name)


def decode_baseline(data: bytes, name: str) -> Baseline:
    """The baseline in a file's bytes.

    Raises:
        BaselineError: it is no report or one of an unknown version, doesn't name its findings by key, or contradicts
            itself.
    """
    if is_report(data):
        _check_version(data, name)
    report = decode_report(data, name, BaselineError)
    findings: dict[str, Finding] = {}
    for number, document in enumerate(report.findings, start=1):
        finding = _restored(document, f"{name}: finding {number}")
        if finding.key in findings:
            raise _refusal(f"{name}: finding {number}", f"has the key {finding.key}, as an earlier one does")
        findings[finding.key] = finding
    _check_moment(report.evaluated_at, name)
    return Baseline(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        tenant=report.tenant,
        evaluated_at=report.evaluated_at,
        decision=report.verdict,
        findings=findings,
        data=data,
    )


def _refusal(place: str, message: str) -> BaselineError:
    return BaselineError(f"{message}, so it can't be the baseline", place=place, advice=_ADVICE)


def _check_version(data: bytes, name: str) -> None:
    try:
        version = msgspec.json.decode(data, type=_Version).api_version
    except msgspec.DecodeError:
        version = None
    if version != _VERSION:
        of = f"of the version {version}" if version else "of no version"
        raise _refusal(name, f"is {of}, but this scoregate reads {_VERSION}")


def _check_moment(text: str, name: str) -> None:
    try:
        known = datetime.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        known = False
    if not known:
        raise _refusal(name, f"has an evaluatedAt that is not a time: {text[:40]}")


def _restored(document: FindingDocument, place: str) -> Finding:
    """The finding that a report tells of, with what the report doesn't tell left empty."""
    if document.key is None:
        raise BaselineError(
            "has no key: an earlier version wrote the report, so its findings can't be recognised",
            place=place,
            advice="Judge the same data by the same policies with this version, and take that report.",
        )
    name = re.fullmatch(_NAME, document.requirement)
    with_control = f"{document.requirement} [{document.control}]"
    if name is None or document.key not in {document.requirement, with_control}:
        raise _refusal(place, f"has the key {document.key}, which doesn't belong to {document.requirement}")
    if min(document.location.line, document.location.column) < 1:
        raise _refusal(place, "has a line or a column below 1")
    return Finding(
        requirement=_summary(document, name[1], name[2]),
        judgement=_judgement(document),
        subject=Subject(
            portal_url=document.portal_url or "", title=document.control_title, category=document.control_category
        ),
        outcome=document.outcome,
        enforcement=document.enforcement,
        message=document.message,
        waived_controls=document.waived_controls,
    )


def _summary(document: FindingDocument, policy: str, identifier: str) -> RequirementSummary:
    place = document.location
    return RequirementSummary(
        name=document.requirement,
        policy=policy,
        id=identifier,
        title=document.title,
        sentence=document.title,
        severity=document.severity,
        enforcement=document.enforcement,
        owner=document.owner,
        rationale=document.rationale,
        references=document.references,
        location=SourceLocation(place.file, place.line, place.column),
        per_control=document.key != document.requirement,
    )


def _judgement(document: FindingDocument) -> Judgement:
    return Judgement(
        outcome=document.outcome,
        reason=document.reason,
        message=document.message,
        control=document.control,
        measured=document.measured,
        required=document.required,
        affected=document.affected,
        points=document.points,
        also=document.also,
    )
