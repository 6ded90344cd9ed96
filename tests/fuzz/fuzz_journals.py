"""Journals, which a crash may cut short and somebody may have changed."""

from fuzz_checks import NOW, check_output, file_of, refused_by

from checker.errors import JournalError
from checker.remediation.journal_file import read_journal
from checker.remediation.rollback import rollback_plan
from checker.views.plan import render


def check(data: bytes) -> None:
    """Reads the journal; shows what it leaves to be done, and how it would be undone."""
    with refused_by(JournalError):
        journal = read_journal(file_of(data, "journal.jsonl"))
        for plan in (journal.unfinished, rollback_plan(journal, run="run", moment=NOW)):
            check_output("text", render("text", plan))
            check_output("markdown", render("markdown", plan))
