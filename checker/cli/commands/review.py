"""``scoregate review``: what a change of policies does, before it is merged."""

import datetime
from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.shared import FailOn, JudgingOptions, outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.progress import working
from checker.cli.repository import places, present_checkout
from checker.cli.review_sides import TwoSides
from checker.cli.source import chosen
from checker.errors import EXIT_FAILED, EXIT_PASSED
from checker.report.outcome import Severity
from checker.review.review import Judgements, ReviewSides
from checker.review.review import review as compare
from checker.runs.gate import judging
from checker.runs.look import look
from checker.views.review import FORMATS, Reviewed, locations, render


class ReviewOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``review``."""

    # No settings, since they belong to one question.
    base: Annotated[
        str,
        plain_option("--base", required=True, metavar="REF", help="The commit, branch or tag before the change."),
    ]
    head: Annotated[
        str | None,
        plain_option("--head", metavar="REF", help="The commit after the change; the working tree if not given."),
    ]
    forbid: Annotated[
        str | None,
        plain_option(
            "--forbid",
            type=click.Choice(["looser"]),
            help="Exit 1 if a change can make the gate looser and the base does not approve it.",
        ),
    ]
    require_signed: Annotated[
        bool,
        plain_option(
            "--require-signed",
            is_flag=True,
            help="Let an approval count only for commits whose signature git finds good.",
        ),
    ]
    policies: JudgingOptions
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
      scoregate review --base v1 --head v2 -p policies/ -o markdown=comment.md -o sarif=review.sarif

    The policies before and after the change are read from git's objects. Without --head, those after it are read from
    the working tree. If a source is named, both are judged on the same data. A change that can't be compared counts as
    looser. Approvals ('approvals:' in a file of waivers) are read from the base only, and nobody can approve their own
    change.
    """
    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    asked = TwoSides(options.base, options.head, options.policies)
    sides = asked.read()
    judged = _judged(options, sides, moment) if options.source.request().names_source else None
    answer = compare(sides, judged, moment, asked.asking(signed=options.require_signed))
    names = dict.fromkeys(place.file for place in locations(answer))
    found = places(names, None, present_checkout())
    write_answer([(one, render(one.format, Reviewed(answer, found.uris), one.screen)) for one in wanted])
    return EXIT_FAILED if options.forbid and answer.unapproved else EXIT_PASSED


def _judged(options: ReviewOptions, sides: ReviewSides, moment: datetime.datetime) -> Judgements:
    """Both sides judged on the tenant that the options name."""
    source = chosen(options.source, moment)
    fail_on = Severity(options.fail_on.lower())
    with working("Reading the tenant"):
        days = max((sides.base, sides.head), key=lambda policies: policies.days_needed)
        tenant = look(source, policies=days).tenant
    portal, labels = source.cloud.portal, options.policies.labels
    before = judging(sides.base, moment, fail_on, portal=portal, labels=labels)
    after = judging(sides.head, moment, fail_on, portal=portal, labels=labels)
    return Judgements(tenant, before(tenant.snapshot), after(tenant.snapshot))
