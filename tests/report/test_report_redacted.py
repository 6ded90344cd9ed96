"""A report that was written with names, read without them."""

import msgspec
import pytest
from report_builders import finding, rendering

from checker.report.document import document
from checker.report.finding import Declaration
from checker.report.redacted import redacted_report
from checker.report.report import OptionUse
from checker.snapshot.redaction import Redaction

APPLICATION = "5b1d1a3e-9c1f-4b43-9a53-1f2f7a9d0c11"
OPTIONS = (
    OptionUse("tenant", ("fabrikam.example",), "command-line", None),
    OptionUse("client-id", (APPLICATION,), "variable", "AZURE_CLIENT_ID"),
)


def shown(by: str, level: Redaction) -> str:
    declared = finding(declared_by=Declaration("thirdParty", by, "2026-05-01T00:00:00Z"))
    said = rendering([declared])
    held = msgspec.structs.replace(said.report, provenance=OPTIONS)
    return redacted_report(document(held, said.verdict), level).decode().casefold()


@pytest.mark.parametrize("level", [Redaction.PEOPLE, Redaction.TENANT])
def test_nobody_is_named_who_set_a_state(level: Redaction) -> None:
    assert "ann lee" not in shown("Ann Lee", level)


def test_the_names_that_the_earlier_run_was_asked_with_are_left_out() -> None:
    seen = shown("Ann Lee", Redaction.TENANT)
    assert [name for name in ("fabrikam", APPLICATION) if name in seen] == []
