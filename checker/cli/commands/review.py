"""``scoregate review``: what a change of policies does, before it is merged."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.shared import FailOn, PolicyOptions, outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.policies import given_parameters
from checker.cli.progress import working
from checker.cli.source import chosen
from checker.errors import EXIT_FAILED, EXIT_PASSED, PolicyError
from checker.policy.load import Loaded, from_files, load_sources
from checker.policy.model import PolicySet
from checker.policy.parameters import Given, check_given
from checker.policy.sources import read_sources
from checker.report.outcome import Severity
from checker.review.answer import RevisionSide
from checker.review.review import Judgements, ReviewSides
from checker.review.review import review as compare
from checker.review.revision import Revision
from checker.runs.gate import judging
from checker.runs.look import look
from checker.views.formats import FORMATS
from checker.views.review import render


class ReviewOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``review``."""

    # No settings, since they belong to one question.
    base: Annotated[
        str,
        click.option("--base", required=True, metavar="REF", help="The commit, branch or tag before the change."),
    ]
    head: Annotated[
        str | None,
        click.option("--head", metavar="REF", help="The commit after the change; the working tree otherwise."),
    ]
    forbid: Annotated[
        str | None,
        click.option(
            "--forbid",
            type=click.Choice(["looser"]),
            help="Exit 1 if a change can make the gate looser and the base approves of no such change.",
        ),
    ]
    policies: PolicyOptions
    fail_on: FailOn
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command("review", short_help="Show what a change of policies does, before it is merged.")
@taken(ReviewOptions)
def review(options: ReviewOptions) -> int:
    """Show what a change of policies does: what changes, whether it makes the gate looser, which findings change.

    \b
    Examples:
      scoregate review --base origin/main
      scoregate review --base origin/main --forbid looser --snapshot snapshot.json
      scoregate review --base v1 --head v2 -p policies/ -o markdown=comment.md

    The policies of both sides are read from git's objects; without --head those after the change are read from the
    working tree. Both are judged on the same data, where a source is named. A change that can't be compared counts as
    looser. Approvals ('approvals:' in a file of waivers) are read from the base alone.
    """
    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    sides = _sides(options)
    judged = None
    if options.source.request().names_source:
        source = chosen(options.source, moment)
        fail_on = Severity(options.fail_on.lower())
        with working("Looking at the tenant"):
            days = max((sides.base, sides.head), key=lambda policies: policies.days_needed)
            tenant = look(source, policies=days).tenant
        before = judging(sides.base, moment, fail_on, portal=source.cloud.portal)
        after = judging(sides.head, moment, fail_on, portal=source.cloud.portal)
        judged = Judgements(tenant, before(tenant.snapshot), after(tenant.snapshot))
    answer = compare(sides, judged, moment.date())
    write_answer([(one, render(one.format, answer, one.screen)) for one in wanted])
    return EXIT_FAILED if options.forbid and answer.unapproved else EXIT_PASSED


def _sides(options: ReviewOptions) -> ReviewSides:
    """Both sides; a parameter may be declared on one of them alone.

    Raises:
        PolicyError: with every fault of one side.
        UsageError: a commit that isn't there, or a value for a parameter that neither side declares.
    """
    asked = msgspec.structs.replace(options.policies, policy=options.policies.policy or ("policies",))
    given = given_parameters(asked)
    base, before = _at(options.base, asked, given)
    head, after = _at(options.head, asked, given)
    check_given(given, (*before.parameters, *after.parameters))
    return ReviewSides(before.policies, base, after.policies, head)


def _at(reference: str | None, options: PolicyOptions, given: Given) -> tuple[RevisionSide, Loaded]:
    """The policies as they are at a commit, or in the working tree; none where a commit has none of these files."""
    revision = Revision(reference) if reference is not None else None
    paths = options.policy, options.waivers
    sources = revision.sources(*paths) if revision is not None else read_sources(*paths)
    side = RevisionSide(reference, revision.commit if revision is not None else None)
    if revision is not None and not sources.policies and not sources.faults:
        return side, Loaded(PolicySet(policies=(), waivers=()), ())
    loaded = load_sources(
        sources,
        bases=revision.bases if revision is not None else from_files,
        alone=revision is not None,
        given=given,
        knows_all_given=False,
        keep_layers=True,
    )
    if loaded.faults:
        where = f"{reference}:" if reference is not None else ""
        raise PolicyError([f"{where}{fault}" for fault in loaded.faults])
    return side, loaded
