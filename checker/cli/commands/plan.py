"""``scoregate plan``: which states would have to be set."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from checker.cli import options
from checker.cli.answers import write_answer
from checker.cli.output import colour_wanted, parse_outputs
from checker.cli.pipeline import run_name
from checker.cli.progress import working
from checker.cli.source import request, say
from checker.errors import EXIT_FAILED, EXIT_NOT_JUDGED, EXIT_PASSED, OutputError, UsageError
from checker.evaluation.evaluate import evaluate
from checker.policy.load import load
from checker.remediation.planfile import write_plan
from checker.remediation.propose import Run, propose, unjudged
from checker.sources.choose import choose
from checker.sources.request import SourceRequest
from checker.views.formats import FORMATS
from checker.views.plan import render


@click.command(short_help="Show which states policies would have set; write it as a plan.")
@options.policies
@options.outputs_as(*FORMATS)
@click.option(
    "--out", metavar="PATH", callback=options.named_file, help="Write the plan file that 'scoregate apply' takes."
)
@click.option("--exit-code", is_flag=True, help="Exit 1 when there are changes.")
@click.option(
    "--import", "adopt", is_flag=True, help="Write the tenant's present states as a policy instead, to adopt them."
)
@options.waivers
@options.any_source
def plan(
    policy: Sequence[str],
    output: Sequence[str],
    out: str | None,
    exit_code: bool,
    adopt: bool,
    waivers: Sequence[str],
    now: datetime | None,
    **source: Any,  # noqa: ANN401 - the options of a source, checked by SourceRequest
) -> int:
    """Show which control profile states policies would have set, and what that would do to the score.

    \b
    Examples:
      scoregate plan -p policies/ --out plan.json
      scoregate plan -p policies/ -o markdown=plan.md --exit-code
      scoregate plan --import --out policies/adopted.yaml

    Nothing is set: 'scoregate apply' does that, with the plan file, once somebody has approved it.
    Exit codes: 0 done, 1 there are changes and --exit-code was given, 2 the caller's mistake, 3 no data, or too little
    to tell of every state.
    """
    wanted = parse_outputs(output, FORMATS)
    moment = now or datetime.now(UTC)
    if adopt:
        _refuse(policy=policy, output=output, exit_code=exit_code, waivers=waivers)
        return _adopt(request(source), moment, out)
    if not policy:
        raise UsageError("no policy: name one with -p PATH", advice="Its entries with 'profile' are what is planned.")
    chosen = choose(request(source), moment, say)
    policies = load(policy, waivers)
    with working("Looking at the tenant"):
        snapshot = chosen.read(policies.days_needed).snapshot
    report = evaluate(policies, snapshot, moment, portal=chosen.cloud.portal)
    run = Run(name=run_name(moment), moment=moment, cloud=chosen.cloud.name, policies_sha256=policies.sha256)
    proposed = propose(report, snapshot, run)
    if out is not None:
        write_plan(out, proposed)
    write_answer([(one, render(one.format, proposed, colour=one.path is None and colour_wanted())) for one in wanted])
    if unjudged(report):
        return EXIT_NOT_JUDGED
    return EXIT_FAILED if exit_code and proposed.changes else EXIT_PASSED


def _refuse(**given: object) -> None:
    """Refuses the options that say nothing to ``--import``."""
    names = {"policy": "-p", "output": "-o", "exit_code": "--exit-code", "waivers": "--waivers"}
    for name, value in given.items():
        if value and options.is_typed(name):
            raise UsageError(f"--import writes a policy of the tenant's present states: leave {names[name]} out")


def _adopt(source: SourceRequest, moment: datetime, out: str | None) -> int:
    from checker.cli.output import write_standard_output
    from checker.documents import files
    from checker.remediation.adopt import adopted_policy

    if out is not None and os.path.lexists(out):
        raise OutputError("exists already", place=files.shown(out), advice="Give --out another name.")
    chosen = choose(source, moment, say)
    with working("Looking at the tenant"):
        snapshot = chosen.read(1).snapshot
    text = adopted_policy(snapshot, moment).encode()
    if out is None:
        write_standard_output(text)
    else:
        files.write_whole(out, text, private=True)
    return EXIT_PASSED
