"""``scoregate diff``: two snapshots, reports or days compared."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.completing import complete_files
from checker.cli.options.shared import JudgingOptions, outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.policies import load_policies
from checker.cli.progress import say, show_wait, working
from checker.clouds import cloud
from checker.errors import EXIT_FAILED, EXIT_PASSED
from checker.insight.difference import difference
from checker.runs.look import take
from checker.runs.sides import Sides, SidesInput
from checker.snapshot.model import Snapshot
from checker.sources.choose import choose
from checker.views.diff import render
from checker.views.formats import FORMATS


class DiffOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``diff``."""

    before: Annotated[str, click.argument("before", metavar="A", shell_complete=complete_files)]
    after: Annotated[str, click.argument("after", metavar="B", shell_complete=complete_files)]
    exit_code: Annotated[bool, plain_option("--exit-code", is_flag=True, help="Exit 1 when something differs.")]
    policies: JudgingOptions
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command("diff", short_help="Compare two snapshots, reports or days.")
@taken(DiffOptions)
def diff(options: DiffOptions) -> int:
    """Compare two snapshots, two reports of 'check -o json', or two days: controls, scores, states, findings.

    \b
    Examples:
      scoregate diff yesterday.json today.json --exit-code
      scoregate diff 2026-11-01 2026-11-20 --sandbox
      scoregate diff last.json now.json -p policies/ -o markdown=drift.md

    A and B are paths, or days (2026-11-20) of the source. With -p, snapshots and days are judged too, each as of its
    own time. A past day has the states that were set by then.
    Exit codes: 0 done, 1 something differs and --exit-code was given, 2 wrong usage or input, 3 no data.
    """
    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    policies = load_policies(options.policies) if options.policies.policy else None
    request = options.source.request()

    def read(days: int) -> Snapshot:
        with working("Reading the tenant"):
            return take(choose(request, moment, say, show_wait), days).snapshot

    names = (options.before, options.after)
    given = SidesInput(
        names=names,
        policies=policies,
        moment=moment,
        portal=cloud(request.cloud).portal,
        labels=options.policies.labels,
        redact=request.redact,
    )
    answer = difference(*map(Sides(given, read).side, names))
    write_answer([(one, render(one.format, answer, one.screen)) for one in wanted])
    return EXIT_FAILED if options.exit_code and answer.differs else EXIT_PASSED
