"""``scoregate journal``: the journals of ``apply`` and ``rollback``."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.completing import complete_files
from checker.cli.options.redact import Redact
from checker.cli.options.shared import outputs_as
from checker.cli.options.types import file_name
from checker.cli.output import parse_outputs, write_answer
from checker.cli.redaction import redacted_answer
from checker.documents import files, limits
from checker.errors import EXIT_FAILED, EXIT_PASSED, JournalError
from checker.remediation.journal_check import check_journal
from checker.views.journal import FORMATS, render


class JournalVerifyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``journal verify``."""

    journal: Annotated[
        str, click.argument("journal", metavar="JOURNAL", shell_complete=complete_files, callback=file_name)
    ]
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    redact: Redact


@click.group("journal", short_help="Check the journal of an apply or a rollback.")
def journal() -> None:
    """Check the journal of an apply or a rollback.

    \b
    Example:
      scoregate journal verify journal.jsonl
    """


@journal.command("verify", short_help="Check that a journal is whole and unchanged.")
@taken(JournalVerifyOptions)
def verify(options: JournalVerifyOptions) -> int:
    """Check that a journal is complete and that no line was changed, removed or moved; name the first that was.

    \b
    Examples:
      scoregate journal verify journal.jsonl
      scoregate journal verify journal.jsonl -o json

    'scoregate apply --resume' and 'scoregate rollback' check the same. Anyone who can write the file can write a new
    chain, so keep the SHA-256 of a journal that you need as proof.
    Exit codes: 0 complete and unchanged, 1 changed or its end is missing, 2 it can't be read.
    """
    wanted = parse_outputs(options.output, FORMATS)
    data = files.read_bounded(options.journal, limits.JOURNAL_FILE_BYTES, JournalError)
    answer = check_journal(data, files.shown(options.journal))
    shown = redacted_answer(answer, options.redact, [answer.tenant])
    write_answer([(one, render(one.format, shown)) for one in wanted])
    return EXIT_PASSED if answer.verdict == "whole" else EXIT_FAILED
