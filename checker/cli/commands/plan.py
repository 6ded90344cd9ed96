"""``scoregate plan``: which states would have to be set."""

import datetime
import os
from typing import Annotated

import click
import msgspec

from checker.cli.editor_line import with_schema
from checker.cli.options import is_typed, taken
from checker.cli.options.completing import complete_files
from checker.cli.options.shared import JudgingOptions, outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.options.types import file_name
from checker.cli.output import Output, parse_outputs, write_answer
from checker.cli.pipeline import run_name
from checker.cli.plain_option import plain_option
from checker.cli.policies import load_policies
from checker.cli.progress import say, show_wait, working
from checker.cli.source import chosen
from checker.documents import files
from checker.documents.whole_files import check_output
from checker.errors import EXIT_FAILED, EXIT_NOT_JUDGED, EXIT_PASSED, OutputError, UsageError
from checker.remediation.plan import Plan, unusable
from checker.remediation.plan_file import plan_sha256, write_plan
from checker.remediation.propose import unjudged_requirements
from checker.runs.gate import GateRun, JudgeInput, judge
from checker.runs.look import look
from checker.runs.work import proposed
from checker.sources.choose import choose_both
from checker.sources.interface import Source
from checker.views.formats import FORMATS
from checker.views.plan import render


class PlanOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``plan``."""

    policies: JudgingOptions
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    out: Annotated[
        str | None,
        plain_option(
            "--out",
            metavar="PATH",
            shell_complete=complete_files,
            callback=file_name,
            help="Write the plan file that 'scoregate apply' takes.",
        ),
    ]
    exit_code: Annotated[bool, plain_option("--exit-code", is_flag=True, help="Exit 1 when there are changes.")]
    adopt: Annotated[
        bool,
        plain_option(
            "--import",
            "adopt",
            is_flag=True,
            help="Instead, write the tenant's present states as a policy, to adopt them.",
        ),
    ]
    source: SourceOptions


@click.command(short_help="Show which states the policies ask to set; write them as a plan.")
@taken(PlanOptions)
def plan(options: PlanOptions) -> int:
    """Show which control profile states the policies ask to set, and how that would change the score.

    \b
    Examples:
      scoregate plan -p policies/ --out plan.json
      scoregate plan -p policies/ -o markdown=plan.md --exit-code
      scoregate plan --import --out policies/adopted.yaml

    Nothing is set. 'scoregate apply' sets the states of the plan file after somebody has approved it. The SHA-256 that
    is shown here binds the approval: 'scoregate apply --plan-sha256' refuses any other file. With --redact the plan
    file is whole all the same, and -o json is of a kind that 'scoregate apply' refuses.
    Exit codes: 0 done, 1 there are changes and --exit-code was given, 2 wrong usage or input, 3 no data, or not enough
    to judge every state.
    """
    wanted = parse_outputs(options.output, FORMATS, {"--out": None if options.adopt else options.out})
    if options.out is not None:
        check_output(options.out)
    moment = options.source.moment()
    if options.adopt:
        _refuse_beside_import(options)
        return _adopt(options, moment)
    if not options.policies.policy:
        raise UsageError("no policy: name one with -p PATH", advice="The plan is made from its entries with 'profile'.")
    sources = choose_both(options.source.request(), moment, say, show_wait)
    policies = load_policies(options.policies)
    given = JudgeInput(policies=policies, moment=moment, labels=options.policies.labels)

    def made_of(source: Source) -> tuple[GateRun, Plan]:
        run = judge(given, source)
        return run, proposed(run, policies, moment, cloud=source.cloud.name, run=run_name(moment))

    with working("Reading the tenant"):
        run, answer = made_of(sources.shown)
        whole = answer if sources.is_one else made_of(sources.whole)[1]
    if options.out is not None:
        write_plan(options.out, whole)
    # Of what is left out a digest tells something; whoever wrote the file may tell it.
    digest = plan_sha256(whole) if sources.is_one or options.out is not None else None
    shown = answer if sources.is_one else unusable(answer)
    write_answer([(one, render(one.format, shown, one.screen, sha256=digest)) for one in wanted])
    if unjudged_requirements(run.judged.report):
        return EXIT_NOT_JUDGED
    return EXIT_FAILED if options.exit_code and answer.changes else EXIT_PASSED


def _refuse_beside_import(options: PlanOptions) -> None:
    """Refuses the options that say nothing to ``--import``."""
    given = {
        "policy": ("-p", options.policies.policy),
        "set": ("--set", options.policies.set),
        "parameters": ("--parameters", options.policies.parameters),
        "output": ("-o", options.output),
        "exit_code": ("--exit-code", options.exit_code),
        "waivers": ("--waivers", options.policies.waivers),
        "tenant_label": ("--tenant-label", options.policies.tenant_label),
    }
    for name, (flag, value) in given.items():
        if value and is_typed(name):
            raise UsageError(f"--import writes a policy of the tenant's present states: leave {flag} out")


def _adopt(options: PlanOptions, moment: datetime.datetime) -> int:
    from checker.drafting.adopt import adopted_policy

    out = options.out
    if out is not None and os.path.lexists(out):
        raise OutputError("exists already", place=files.shown(out), advice="Give --out another name.")
    source = chosen(options.source, moment)
    with working("Reading the tenant"):
        snapshot = look(source).snapshot
    text = adopted_policy(snapshot, moment).encode()
    write_answer([(Output("policy", out), with_schema("policy", text, out) if out is not None else text)])
    return EXIT_PASSED
