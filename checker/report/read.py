"""A report's JSON, read back."""

import msgspec

from checker.errors import ScoregateError, SnapshotError
from checker.report.document import ReportDocument


class _Kind(msgspec.Struct):
    kind: str | None = None


def is_report(data: "bytes | memoryview") -> bool:
    """Whether the bytes say that they are a report of ours; whether they are one is another matter."""
    try:
        return msgspec.json.decode(data, type=_Kind).kind == "Report"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def decode_report(data: "bytes | memoryview", name: str, error: type[ScoregateError] = SnapshotError) -> ReportDocument:
    """The report.

    Raises:
        error: of the class given, when it is none.
    """
    try:
        return msgspec.json.decode(data, type=ReportDocument)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        advice = "'scoregate check -o json=report.json' writes one."
        raise error(f"is not a report: {fault}", place=name, advice=advice) from fault
