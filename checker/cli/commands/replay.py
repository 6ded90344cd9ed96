"""``scoregate replay``: a run judged again from its evidence."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.redact import Redact
from checker.cli.options.shared import outputs_as
from checker.cli.options.types import file_name
from checker.cli.output import parse_outputs, write_answer
from checker.cli.redaction import redacted_answer
from checker.errors import EXIT_FAILED, EXIT_PASSED
from checker.evidence.read import read_evidence
from checker.evidence.replay import replay as judge_again
from checker.evidence.versions import present_versions
from checker.views.replay import FORMATS, render


class ReplayOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``replay``."""

    evidence: Annotated[str, click.argument("evidence", metavar="EVIDENCE", callback=file_name)]
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    redact: Redact


@click.command("replay", short_help="Judge a run again from its evidence.")
@taken(ReplayOptions)
def replay(options: ReplayOptions) -> int:
    """Judge a run again from the evidence that 'scoregate check --evidence' kept, and from nothing else.

    \b
    Examples:
      scoregate replay run.zip
      scoregate replay run.zip -o json

    The policies, waivers, lock, baseline, parameters, data and the current time are those in the file. Differences
    are shown finding by finding, with their cause: changed members, or another version.
    Exit codes: 0 the report has the same bytes, 1 it differs, or the evidence was changed, 2 it can't be read, 3 it
    can't be judged again.
    """
    wanted = parse_outputs(options.output, FORMATS, beside={"EVIDENCE": options.evidence})
    answer = judge_again(read_evidence(options.evidence), present_versions())
    shown = redacted_answer(answer, options.redact, [answer.tenant])
    write_answer([(one, render(one.format, shown, one.screen)) for one in wanted])
    return EXIT_PASSED if answer.verdict == "same" else EXIT_FAILED
