"""``scoregate guide``: what to do next."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from checker.cli import options
from checker.cli.answers import write_answer
from checker.cli.output import parse_outputs
from checker.cli.progress import working
from checker.cli.source import request, say
from checker.cli.weights import parse_weights, weights
from checker.errors import EXIT_PASSED
from checker.evaluation.evaluate import evaluate
from checker.insight.guide import guide as find
from checker.policy.load import load
from checker.report.report import Report
from checker.sources.choose import choose
from checker.tenant.tenant import Tenant
from checker.views.guide import FORMATS, render


@click.command(short_help="Show what to do next: the most points for the least effort.")
@options.policies
@options.waivers
@click.option("--top", type=click.IntRange(1, 10_000), default=10, show_default=True, help="How many actions.")
@weights
@options.selection
@options.outputs_as(*FORMATS)
@options.any_source
def guide(
    policy: Sequence[str],
    waivers: Sequence[str],
    top: int,
    weights: str | None,
    output: Sequence[str],
    now: datetime | None,
    **rest: Any,  # noqa: ANN401 - the keys of a selector and the options of a source, checked by their records
) -> int:
    """Show what to do next: controls with points left, ranked by points per effort.

    \b
    Examples:
      scoregate guide --sandbox
      scoregate guide --snapshot snapshot.json --category Identity --top 5
      scoregate guide -p policies/ -o csv=next.csv

    Effort is the weight of the implementation cost plus that of the user impact, as Graph gives them: low 1, moderate
    2, high 3; what is unknown, which is most of it, counts as moderate. With -p it says which requirements fail on it.
    """
    wanted = parse_outputs(output, FORMATS)
    moment = now or datetime.now(UTC)
    select = options.selector_of(rest)
    effort = parse_weights(weights)
    chosen = choose(request(rest), moment, say)
    policies = load(policy, waivers) if policy else None
    with working("Looking at the tenant"):
        snapshot = chosen.read(policies.days_needed if policies is not None else 1).snapshot
    required: dict[str, list[str]] = {}
    if policies is not None:
        required = _required(evaluate(policies, snapshot, moment, portal=chosen.cloud.portal))
    tenant = Tenant(snapshot, chosen.cloud.portal)
    found = find(tenant, select=select, required=required, most=top, weights=effort)
    write_answer([(one, render(one.format, found)) for one in wanted])
    return EXIT_PASSED


def _required(report: Report) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        if finding.fails and finding.judgement.control is not None:
            found.setdefault(finding.judgement.control.casefold(), []).append(finding.requirement.name)
    return found
