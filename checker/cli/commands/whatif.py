"""``scoregate whatif``: the score and the gate as they would be."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click
import msgspec

from checker.cli import options
from checker.cli.answers import write_answer
from checker.cli.output import parse_outputs
from checker.cli.progress import working
from checker.cli.source import request, say
from checker.cli.weights import parse_weights, weights
from checker.errors import EXIT_PASSED, UsageError
from checker.evaluation.evaluate import evaluate
from checker.policy.load import load
from checker.policy.model import PolicySet
from checker.remediation.planfile import read_plan
from checker.report.outcome import Severity
from checker.report.report import Report
from checker.report.verdict import Verdict, decide
from checker.snapshot.model import Snapshot
from checker.sources.choose import choose
from checker.tenant.tenant import Tenant
from checker.views.whatif import FORMATS, render
from checker.whatif.projection import Judge, Question, project
from checker.whatif.scenario import Adoption, Scenario
from checker.whatif.scenario_file import read_scenario
from checker.whatif.target import Choice, parse_target

_LEVELS = click.Choice(["low", "moderate", "high"])


@click.command("whatif", short_help="Show the score and the gate as they would be.")
@click.option("--adopt", multiple=True, metavar="CONTROL[=PERCENT]", help="Put this in place. Repeatable, as --drop.")
@click.option("--drop", multiple=True, metavar="CONTROL", help="Give this up: it earns nothing.")
@click.option("--plan", "plan_path", metavar="PLAN", help="Set the states of this plan.")
@click.option("--file", "scenario_path", metavar="SCENARIO", help="Do what this file says (kind: Scenario).")
@click.option(
    "--target",
    metavar="TARGET",
    help="Find the cheapest way there: 75 (percent), 400points, or either behind CATEGORY=.",
)
@click.option("--exclude", multiple=True, metavar="CONTROL", help="Not by this control; * for any characters.")
@click.option("--max-user-impact", type=_LEVELS, help="Only by controls with no more user impact; unknown is moderate.")
@click.option("--max-implementation-cost", type=_LEVELS, help="Only by controls with no higher cost.")
@click.option(
    "--alternatives",
    type=click.IntRange(1, 20),
    default=1,
    show_default=True,
    help="How many of the cheapest ways to name: 2 for the second-best too.",
)
@click.option(
    "--front", is_flag=True, help="For each effort that is worth it, the most that it gives; -o svg draws it."
)
@weights
@options.policies
@options.waivers
@options.fail_on
@options.outputs_as(*FORMATS)
@options.any_source
def whatif(
    target: str | None,
    alternatives: int,
    front: bool,
    weights: str | None,
    policy: Sequence[str],
    waivers: Sequence[str],
    output: Sequence[str],
    now: datetime | None,
    **rest: Any,  # noqa: ANN401 - the options of a scenario, of a choice and of a source, checked by their records
) -> int:
    """Show the score, the categories and the gate as they would be, beside today's.

    \b
    Examples:
      scoregate whatif --sandbox --adopt AdminMFAV2 --drop mdo_blockmailforward
      scoregate whatif --sandbox --target 75 --max-user-impact moderate --alternatives 2
      scoregate whatif -p policies/ --plan plan.json
      scoregate whatif --snapshot snapshot.json --front -o svg=front.svg

    The cheapest way to a target is exact: no other set of controls reaches it with less effort (see 'scoregate guide'
    for what effort is). Needs the extra for targets: pip install 'scoregate[whatif]'.
    """
    wanted = parse_outputs(output, FORMATS)
    moment = now or datetime.now(UTC)
    imagined = Imagined(**{name: rest.pop(name) for name in Imagined.__struct_fields__})
    fail_on = Severity(rest.pop("fail_on").lower())
    front = front or any(one.format == "svg" for one in wanted)
    if not (imagined.says_something or target or front):
        raise UsageError("nothing to imagine: give --adopt, --drop, --plan, --file, --target or --front")
    scenario = _scenario(imagined)
    aim = parse_target(target) if target is not None else None
    choice = _choice(weights, *(rest.pop(name) for name in ("exclude", "max_user_impact", "max_implementation_cost")))
    chosen = choose(request(rest), moment, say)
    policies = load(policy, waivers) if policy else None
    # What was observed before a declaration stands in the older days.
    days = 90 if scenario.plan is not None else policies.days_needed if policies is not None else 1
    with working("Looking at the tenant"):
        snapshot = chosen.read(days).snapshot
    portal = chosen.cloud.portal
    question = Question(
        scenario=scenario,
        choice=choice,
        target=aim,
        alternatives=alternatives,
        front=front,
        judge=_judge(policies, moment, portal, fail_on) if policies is not None else None,
    )
    found = project(Tenant(snapshot, portal), question, portal, moment)
    write_answer([(one, render(one.format, found)) for one in wanted])
    return EXIT_PASSED


class Imagined(msgspec.Struct, frozen=True, kw_only=True):
    """The options that make a scenario."""

    adopt: Sequence[str]
    drop: Sequence[str]
    plan_path: str | None
    scenario_path: str | None

    @property
    def says_something(self) -> bool:
        """Whether any of them is given."""
        return bool(self.adopt or self.drop or self.plan_path or self.scenario_path)


def _scenario(given: Imagined) -> Scenario:
    adoptions, dropped = [_adoption(text) for text in given.adopt], list(given.drop)
    if given.scenario_path is not None:
        file = read_scenario(given.scenario_path)
        adoptions += file.adoptions
        dropped += file.drop
    plan = read_plan(given.plan_path) if given.plan_path is not None else None
    return Scenario(adopt=adoptions, drop=dropped, plan=plan)


def _choice(
    weights: str | None, exclude: Sequence[str], user_impact: str | None, implementation_cost: str | None
) -> Choice:
    return Choice(
        weights=parse_weights(weights),
        exclude=list(exclude),
        user_impact=user_impact,
        implementation_cost=implementation_cost,
    )


def _adoption(text: str) -> Adoption:
    name, equals, number = text.partition("=")
    try:
        percent = float(number) if equals else 100.0
    except ValueError:
        percent = -1.0
    if not name or not 0 <= percent <= 100:
        raise UsageError(f"--adopt expects CONTROL or CONTROL=PERCENT, from 0 to 100, got {text[:200]!r}")
    return Adoption(name, percent)


def _judge(policies: PolicySet, moment: datetime, portal: str, fail_on: Severity) -> Judge:
    def judge(snapshot: Snapshot) -> tuple[Report, Verdict]:
        report = evaluate(policies, snapshot, moment, portal=portal)
        return report, decide(report, fail_on)

    return judge
