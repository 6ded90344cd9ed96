"""``scoregate check``: the gate."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated

import click
import msgspec

from checker.cli.catalogue_lock import files_shown, lock_of
from checker.cli.ci import CI_SYSTEMS, show_in_ci
from checker.cli.enforcement import enforcement_of
from checker.cli.errors import report_fault
from checker.cli.notify import begin_notify, notify_faults
from checker.cli.options import option, taken
from checker.cli.options.catalogue_lock import CatalogueLockOptions
from checker.cli.options.evidence import EvidenceOptions
from checker.cli.options.formats import FormatOptions
from checker.cli.options.notify import NotifyOptions
from checker.cli.options.remediation import RemediateOptions
from checker.cli.options.shared import FailOn, JudgingOptions, outputs_as
from checker.cli.options.source import GateOptions
from checker.cli.output import Output, parse_outputs, write_report
from checker.cli.pipeline import azure_pipeline
from checker.cli.plain_option import plain_option
from checker.cli.policies import load_policies
from checker.cli.progress import say, show_wait, working
from checker.cli.provenance import options_used
from checker.cli.store import keep, store_option
from checker.errors import EXIT_FAILED, EXIT_NOT_JUDGED, EXIT_PASSED, ScoregateError, UsageError
from checker.renderers import FORMATS
from checker.renderers.interface import Rendering
from checker.report.outcome import Severity
from checker.report.verdict import Decision
from checker.runs.full_gate import GateAnswer, GateInput, run_gate
from checker.snapshot.redaction import Redaction
from checker.sources.choose import choose_both

if TYPE_CHECKING:
    from checker.cli.evidence import EvidenceKeeper
    from checker.report.baseline import Baseline

_CODES = {
    Decision.PASS: EXIT_PASSED,
    Decision.FAIL: EXIT_FAILED,
    Decision.INDETERMINATE: EXIT_NOT_JUDGED,
}


class CheckOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``check``."""

    policies: JudgingOptions
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    ci: Annotated[
        str,
        option(
            "ci",
            type=click.Choice(CI_SYSTEMS),
            default=CI_SYSTEMS[0],
            show_default=True,
            help="The CI system to add annotations and a summary for; auto: the one that runs the job.",
        ),
    ]
    fail_on: FailOn
    baseline: Annotated[
        str | None,
        option(
            "baseline",
            metavar="REPORT",
            help="Fail only on what is new or worse than in this report of an earlier 'check -o json'.",
        ),
    ]
    framework: Annotated[
        str | None,
        option(
            "framework",
            metavar="NAME",
            help="Judge only requirements that refer to this framework, and show them by its controls.",
        ),
    ]
    # No setting: 'since' of trend is a day.
    since: Annotated[
        bool,
        plain_option(
            "--since",
            is_flag=True,
            help="Show since when each requirement has failed, by judging older days too; takes longer.",
        ),
    ]
    catalogue: CatalogueLockOptions
    source: GateOptions
    evidence: EvidenceOptions
    formats: FormatOptions
    notify: NotifyOptions
    remediation: RemediateOptions


@click.command(short_help="Check a tenant against policies: the gate.")
@taken(CheckOptions)
def check(options: CheckOptions) -> int:
    """Check a tenant against policies: the gate.

    \b
    Examples:
      scoregate check -p pack:essentials --sandbox
      scoregate check -p policies/ --snapshot snapshot.json
      scoregate check -p policies/ -o junit=junit.xml -o sarif=scoregate.sarif -o text
      scoregate check -p policies/ --baseline report-of-main.json
      scoregate check -p pack:email -p pack:data --framework nist --sandbox
      scoregate check -p policies/ --evidence run.zip

    Without --snapshot and --sandbox, the data comes from Microsoft Graph; set AZURE_TENANT_ID, AZURE_CLIENT_ID and
    AZURE_CLIENT_SECRET to sign in.

    Exit codes: 0 the gate passed, 1 it failed, 2 wrong usage or input, 3 the tenant could not be judged.
    """
    beside = {
        "--journal": options.remediation.journal,
        "--baseline": options.baseline,
        "--notify-state": options.notify.notify_state,
    }
    wanted = parse_outputs(options.output, beside={**beside, "--evidence": options.evidence.evidence})
    if not options.policies.policy:
        raise UsageError(
            "no policy: name one with -p PATH",
            advice="'scoregate init' writes a first one; -p pack:essentials is included.",
        )
    keeper = _keeper(options.evidence, beside)
    baseline = _baseline(options.baseline, options.source.redact) if options.baseline is not None else None
    notifier = begin_notify(options.notify)
    moment = options.source.moment()
    request, store = store_option(options.source.request())
    enforcement = enforcement_of(options.remediation, request, moment)
    sources = enforcement.sources() if enforcement is not None else choose_both(request, moment, say, show_wait)
    given = GateInput(
        policies=keeper.load(options.policies) if keeper is not None else load_policies(options.policies),
        moment=moment,
        fail_on=Severity(options.fail_on.lower()),
        since=options.since,
        framework=options.framework,
        baseline=baseline,
        labels=options.policies.labels,
        lock=lock_of(options.catalogue),
        locked=options.catalogue.locked,
        options=options_used(request.redact),
    )
    with notify_faults(notifier), working("Judging the tenant"):
        answer = run_gate(given, sources.shown)
    run = answer.run
    # What is kept and set is made of whole data.
    whole = cache(lambda: run if sources.is_one else run_gate(given, sources.whole).run)
    _write(options, wanted, _rendering(given, answer, options.formats))
    # The verdict is that before the change.
    code = _CODES[run.judged.verdict.decision]
    if notifier is not None:
        # Before the store holds this run: it tells of those before.
        held = store or request.store
        code = _then(code, lambda: notifier.judged(run.judged, held, baseline, tenant=whole().snapshot.tenant))
    if keeper is not None:
        code = _then(code, lambda: keeper.keep(given, answer, sources.shown))
    if store is not None:
        code = _then(code, lambda: keep(store, whole()))
    return _then(code, lambda: enforcement.set_states(whole(), answer.policies)) if enforcement is not None else code


def _write(options: CheckOptions, wanted: Sequence[Output], rendering: Rendering) -> None:
    """Writes what was asked for, and then what the CI system shows unasked."""
    write_report(wanted, rendering)
    show_in_ci(options.ci, wanted, rendering)


def _rendering(given: GateInput, answer: GateAnswer, options: Mapping[str, str | None]) -> Rendering:
    return Rendering(
        report=answer.report,
        verdict=answer.run.judged.verdict,
        sources=files_shown(given, answer.policies),
        options=options,
        pipeline=azure_pipeline(),
    )


def _keeper(options: EvidenceOptions, beside: Mapping[str, str | None]) -> "EvidenceKeeper | None":
    if options.evidence is None and options.sign_with is None:
        return None
    from checker.cli.evidence import keeper_of

    return keeper_of(options, beside)


def _baseline(path: str, redact: Redaction) -> "Baseline":
    from checker.report.baseline_file import read_baseline

    return read_baseline(path, redact)


def _then(code: int, step: Callable[[], int | None]) -> int:
    """The exit code once a further step is done, whose own faults leave a verdict and later steps as they are."""
    try:
        return max(code, step() or EXIT_PASSED)
    except ScoregateError as fault:
        return report_fault(fault, code or fault.exit_code)
