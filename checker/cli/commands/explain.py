"""``scoregate explain``: one requirement or control in full."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.shared import JudgingOptions, outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.policies import load_policies
from checker.cli.progress import say, show_wait, working
from checker.clouds import cloud
from checker.errors import EXIT_PASSED
from checker.insight import explain as insight
from checker.runs.look import look
from checker.sources.choose import choose
from checker.views.explain import render
from checker.views.formats import FORMATS


class ExplainOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``explain``."""

    name: Annotated[str, click.argument("name", metavar="REQUIREMENT|CONTROL")]
    policies: JudgingOptions
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command("explain", short_help="Explain one requirement or control, with its remediation.")
@taken(ExplainOptions)
def explain(options: ExplainOptions) -> int:
    """Explain one requirement or control: what it is, its score and state here, who set it, remediation.

    \b
    Examples:
      scoregate explain AdminMFAV2 --sandbox
      scoregate explain essentials/admins-use-mfa -p pack:essentials --sandbox
      scoregate explain AdminMFAV2

    Without a source it works offline, from the policies and the catalogue of known controls.
    """
    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    request = options.source.request()
    policies = load_policies(options.policies, keep_layers=True) if options.policies.policy else None
    context = insight.Context(cloud=cloud(request.cloud), policies=policies)
    if request.names_source:
        source = choose(request, moment, say, show_wait)
        with working("Reading the tenant"):
            seen = look(source, policies=policies, labels=options.policies.labels)
        report = seen.report(policies, moment)
        context = insight.Context(cloud=source.cloud, policies=policies, tenant=seen.tenant, report=report)
    answer = insight.explain(options.name, context)
    write_answer([(one, render(one.format, answer, one.screen)) for one in wanted])
    return EXIT_PASSED
