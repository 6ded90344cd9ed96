"""``scoregate guide``: what to do next."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.effort import Weights, parse_weights
from checker.cli.options.shared import JudgingOptions, SelectionOptions, outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.policies import load_policies
from checker.cli.progress import working
from checker.cli.selection import checked
from checker.cli.source import chosen
from checker.errors import EXIT_PASSED
from checker.insight import guide as insight
from checker.report.report import Report
from checker.runs.look import look
from checker.views.guide import FORMATS, render


class GuideOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``guide``."""

    policies: JudgingOptions
    top: Annotated[
        int,
        plain_option(
            "--top", type=click.IntRange(1, 10_000), default=10, show_default=True, help="How many actions to show."
        ),
    ]
    weights: Weights
    selection: SelectionOptions
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command(short_help="Show what to do next: the most points for the least effort.")
@taken(GuideOptions)
def guide(options: GuideOptions) -> int:
    """Show what to do next: controls with points left, ranked by points per effort.

    \b
    Examples:
      scoregate guide --sandbox
      scoregate guide --snapshot snapshot.json --category Identity --top 5
      scoregate guide -p policies/ -o csv=next.csv

    Effort is the weight of the implementation cost plus the weight of the user impact, as Graph gives them: low 1,
    moderate 2, high 3. Most are unknown, which counts as moderate. With -p it lists the requirements that fail on each
    control.
    """
    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    weights = parse_weights(options.weights)
    source = chosen(options.source, moment)
    policies = load_policies(options.policies) if options.policies.policy else None
    with working("Reading the tenant"):
        seen = look(source, policies=policies, labels=options.policies.labels)
    report = seen.report(policies, moment)
    required = _required(report) if report is not None else {}
    select = checked(options.selection.selector, seen.tenant)
    answer = insight.guide(
        seen.tenant, select=select, required=required, most=options.top, weights=weights, report=report
    )
    write_answer([(one, render(one.format, answer, one.screen)) for one in wanted])
    return EXIT_PASSED


def _required(report: Report) -> dict[str, list[str]]:
    """By control, the requirements that fail on it."""
    required: dict[str, list[str]] = {}
    for finding in report.findings:
        if finding.fails and finding.judgement.control is not None:
            required.setdefault(finding.judgement.control.casefold(), []).append(finding.requirement.name)
    return required
