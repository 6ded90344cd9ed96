"""``scoregate check``: the gate."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from checker.cli import options
from checker.cli.enforcement import Remedy, enforcement, refuse_idle, target
from checker.cli.errors import complain
from checker.cli.keeping import keep_run, kept_apart
from checker.cli.output import parse_outputs, write_outputs
from checker.cli.pipeline import azure_pipeline
from checker.cli.progress import working
from checker.cli.source import request, say
from checker.errors import EXIT_FAILED, EXIT_NOT_JUDGED, EXIT_PASSED, ScoregateError, UsageError
from checker.policy.load import load
from checker.renderers import FORMATS
from checker.renderers.interface import JunitProfile, Rendering, SarifProfile
from checker.report.outcome import Severity
from checker.report.verdict import Decision
from checker.runs.gate import judge
from checker.sources.choose import choose
from checker.sources.interface import Source

_CODES = {
    Decision.PASS: EXIT_PASSED,
    Decision.FAIL: EXIT_FAILED,
    Decision.INDETERMINATE: EXIT_NOT_JUDGED,
}


@click.command(short_help="Judge a tenant by policies: the gate.")
@options.policies
@options.outputs_as(*FORMATS)
@options.waivers
@options.fail_on
@options.since
@options.judged_source
@options.sarif_profile
@options.sarif_location
@options.junit_profile
@options.remediate
@options.allow_declarations
@options.yes
@options.journal
@options.max_changes
@options.wait
def check(  # noqa: PLR0913, PLR0917 - its options, passed by name
    policy: Sequence[str],
    output: Sequence[str],
    waivers: Sequence[str],
    fail_on: str,
    since: bool,
    now: datetime | None,
    sarif_profile: SarifProfile,
    sarif_location: str | None,
    junit_profile: JunitProfile,
    **rest: Any,  # noqa: ANN401 - the options of remediation and of a source, checked by their records
) -> int:
    """Judge a tenant by policies: the gate.

    \b
    Examples:
      scoregate check -p pack:essentials --sandbox
      scoregate check -p policies/ --snapshot snapshot.json
      scoregate check -p policies/ -o junit=junit.xml -o sarif=scoregate.sarif -o text

    Without --snapshot and --sandbox the tenant is asked through Microsoft Graph, signed in to with AZURE_TENANT_ID,
    AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.

    Exit codes: 0 passed, 1 the gate failed, 2 the caller's mistake, 3 it could not be judged.
    """
    wanted = parse_outputs(output)
    if not policy:
        raise UsageError(
            "no policy: name one with -p PATH",
            advice="'scoregate init' writes a first one; -p pack:essentials ships.",
        )
    moment = now or datetime.now(UTC)
    remedy = Remedy(**{name: rest.pop(name) for name in Remedy.__struct_fields__})
    given, store = kept_apart(request(rest))
    enforce = None
    if remedy.remediate:
        tenant = target(remedy, given, moment)
        enforce = enforcement(remedy, given, tenant, moment)
        chosen: Source = tenant
    else:
        refuse_idle(remedy)
        chosen = choose(given, moment, say)
    policies = load(policy, waivers)
    with working("Judging the tenant"):
        judged = judge(policies, chosen, moment, Severity(fail_on.lower()), since=since)
    rendering = Rendering(
        report=judged.report,
        verdict=judged.verdict,
        sources=policies.sources,
        sarif_profile=sarif_profile,
        junit_profile=junit_profile,
        pipeline=azure_pipeline() if sarif_profile == "azdo" else None,
    )
    write_outputs(wanted, rendering, location=sarif_location)
    # The verdict is that before the change.
    code = _CODES[judged.verdict.decision]
    if store is not None:
        code = _then(code, lambda: keep_run(store, judged))
    return _then(code, lambda: enforce(judged, policies)) if enforce is not None else code


def _then(code: int, step: Callable[[], int | None]) -> int:
    """The exit code once a further step is done, whose own faults leave a verdict and later steps as they are."""
    try:
        return max(code, step() or EXIT_PASSED)
    except ScoregateError as fault:
        return complain(str(fault), code or fault.exit_code)
