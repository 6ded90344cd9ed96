"""``scoregate explain``: one requirement or control in full."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from checker.cli import options
from checker.cli.answers import write_answer
from checker.cli.output import parse_outputs
from checker.cli.progress import working
from checker.cli.source import request, say
from checker.clouds import cloud
from checker.errors import EXIT_PASSED
from checker.evaluation.evaluate import evaluate
from checker.insight.explain import Context
from checker.insight.explain import explain as find
from checker.policy.load import load
from checker.sources.choose import choose
from checker.tenant.tenant import Tenant
from checker.views.explain import render
from checker.views.formats import FORMATS


@click.command("explain", short_help="Explain one requirement or control: what, why, how to mend it.")
@click.argument("name", metavar="REQUIREMENT|CONTROL")
@options.policies
@options.waivers
@options.outputs_as(*FORMATS)
@options.any_source
def explain(
    name: str,
    policy: Sequence[str],
    waivers: Sequence[str],
    output: Sequence[str],
    now: datetime | None,
    **source: Any,  # noqa: ANN401 - the options of a source, checked by SourceRequest
) -> int:
    """Explain one requirement or control: what it is, its score and state here, who decided it, how to mend it.

    \b
    Examples:
      scoregate explain AdminMFAV2 --sandbox
      scoregate explain essentials/admins-use-mfa -p pack:essentials --sandbox
      scoregate explain AdminMFAV2

    Without a source it works offline, from the policies and from what is known of controls elsewhere.
    """
    wanted = parse_outputs(output, FORMATS)
    moment = now or datetime.now(UTC)
    given = request(source)
    policies = load(policy, waivers) if policy else None
    if not given.names_source:
        context = Context(cloud=cloud(given.cloud), policies=policies)
    else:
        chosen = choose(given, moment, say)
        with working("Looking at the tenant"):
            snapshot = chosen.read(policies.days_needed if policies is not None else 1).snapshot
        portal = chosen.cloud.portal
        report = evaluate(policies, snapshot, moment, portal=portal) if policies is not None else None
        context = Context(cloud=chosen.cloud, policies=policies, tenant=Tenant(snapshot, portal), report=report)
    found = find(name, context)
    write_answer([(one, render(one.format, found)) for one in wanted])
    return EXIT_PASSED
