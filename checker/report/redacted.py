"""A report that was written with names, read without them: a baseline, whose findings a later report shows again."""

import msgspec

from checker.presentation.json import json_document
from checker.report.document import FindingDocument, ReportDocument
from checker.snapshot.cleaner import OPTIONS_OF_TENANT, cleaner
from checker.snapshot.ids import is_pseudonym
from checker.snapshot.redaction import REDACTED, Redaction


def redacted_report(report: ReportDocument, level: Redaction) -> bytes:
    """The bytes of the report without names; its sentences are left out, since they may name anybody in any words.

    Args:
        report: that was read.
        level: what is left out.
    """
    # One that was redacted before keeps its tenant's pseudonym, by which it is known to be of the same tenant.
    tenants = [] if is_pseudonym(report.tenant) else [report.tenant]
    # What the run of then was asked with, which the run of now need not be.
    names = [text for one in report.provenance if one.option in OPTIONS_OF_TENANT for text in one.values]
    findings = tuple(msgspec.structs.replace(one, message=REDACTED) for one in report.findings)
    cleaned = cleaner(level, tenants, names).record(msgspec.structs.replace(report, findings=findings))
    # Findings are recognised by their keys.
    kept = tuple(map(_with_key, cleaned.findings, report.findings))
    return json_document(msgspec.structs.replace(cleaned, findings=kept))


def _with_key(cleaned: FindingDocument, finding: FindingDocument) -> FindingDocument:
    return msgspec.structs.replace(cleaned, key=finding.key)
