"""``scoregate whatif``: the score and the gate as they would be."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.completing import complete_files
from checker.cli.options.effort import Weights, parse_weights
from checker.cli.options.shared import FailOn, JudgingOptions, outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.policies import load_policies
from checker.cli.progress import working
from checker.cli.source import chosen
from checker.errors import EXIT_PASSED, UsageError
from checker.remediation.plan_file import read_plan
from checker.report.outcome import Severity
from checker.runs.gate import judging
from checker.runs.look import look
from checker.views.whatif import FORMATS, render
from checker.whatif.projection import Question, project
from checker.whatif.scenario import Adoption, Scenario
from checker.whatif.scenario_file import read_scenario
from checker.whatif.target import Choice, parse_target

_LEVELS = click.Choice(["low", "moderate", "high"])


class ScenarioOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is simulated."""

    adopt: Annotated[
        tuple[str, ...],
        plain_option(
            "--adopt",
            multiple=True,
            metavar="CONTROL[=PERCENT]",
            help="Assume that this control is carried out. May be repeated, like --drop.",
        ),
    ]
    drop: Annotated[
        tuple[str, ...],
        plain_option("--drop", multiple=True, metavar="CONTROL", help="Assume that this control earns nothing."),
    ]
    plan_path: Annotated[
        str | None,
        plain_option(
            "--plan", "plan_path", metavar="PLAN", shell_complete=complete_files, help="Set the states of this plan."
        ),
    ]
    scenario_path: Annotated[
        str | None,
        plain_option(
            "--file",
            "scenario_path",
            metavar="SCENARIO",
            shell_complete=complete_files,
            help="Apply the changes of this file (kind: Scenario).",
        ),
    ]

    @property
    def is_given(self) -> bool:
        """Whether any of them is."""
        return bool(self.adopt or self.drop or self.plan_path or self.scenario_path)

    def scenario(self) -> Scenario:
        """The scenario, with what its files say.

        Raises:
            UsageError: a control's percentage makes no sense.
            ScenarioError, PlanError: a file can't be read.
        """
        adoptions, dropped = [_adoption(text) for text in self.adopt], list(self.drop)
        if self.scenario_path is not None:
            file = read_scenario(self.scenario_path)
            adoptions += file.adoptions
            dropped += file.drop
        plan = read_plan(self.plan_path) if self.plan_path is not None else None
        return Scenario(adopt=adoptions, drop=dropped, plan=plan)


class TargetOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be reached, and by what."""

    target: Annotated[
        str | None,
        plain_option(
            "--target",
            metavar="TARGET",
            help="Find the cheapest way to this score: 75 (percent), 400points, or either after CATEGORY=.",
        ),
    ]
    exclude: Annotated[
        tuple[str, ...],
        plain_option(
            "--exclude", multiple=True, metavar="CONTROL", help="Leave this control out; * stands for any characters."
        ),
    ]
    max_user_impact: Annotated[
        str | None,
        plain_option(
            "--max-user-impact",
            type=_LEVELS,
            help="Only controls with at most this user impact; unknown counts as moderate.",
        ),
    ]
    max_implementation_cost: Annotated[
        str | None,
        plain_option(
            "--max-implementation-cost", type=_LEVELS, help="Only controls with at most this implementation cost."
        ),
    ]
    alternatives: Annotated[
        int,
        plain_option(
            "--alternatives",
            type=click.IntRange(1, 20),
            default=1,
            show_default=True,
            help="How many of the cheapest ways to show; 2 shows the second-best too.",
        ),
    ]
    front: Annotated[
        bool,
        plain_option(
            "--front", is_flag=True, help="Show the most points that each effort can earn; -o svg draws them."
        ),
    ]
    weights: Weights

    def choice(self) -> Choice:
        """Which controls may be put in place, and what they cost.

        Raises:
            UsageError: a weight makes no sense.
        """
        return Choice(
            weights=parse_weights(self.weights),
            exclude=list(self.exclude),
            user_impact=self.max_user_impact,
            implementation_cost=self.max_implementation_cost,
        )


class WhatIfOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``whatif``."""

    scenario: ScenarioOptions
    target: TargetOptions
    policies: JudgingOptions
    fail_on: FailOn
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command("whatif", short_help="Show the score and the gate as they would be after changes.")
@taken(WhatIfOptions)
def whatif(options: WhatIfOptions) -> int:
    """Show the score, the categories and the gate as they would be after changes, next to today's.

    \b
    Examples:
      scoregate whatif --sandbox --adopt AdminMFAV2 --drop mdo_blockmailforward
      scoregate whatif --sandbox --target 75 --max-user-impact moderate --alternatives 2
      scoregate whatif -p policies/ --plan plan.json
      scoregate whatif --snapshot snapshot.json --front -o svg=front.svg

    The cheapest way to a target is exact: no other set of controls reaches it with less effort ('scoregate guide
    --help' says what effort is). Targets need an extra: pip install 'scoregate[whatif]'.
    """
    wanted = parse_outputs(options.output, FORMATS)
    moment = options.source.moment()
    given = options.target
    front = given.front or any(one.format == "svg" for one in wanted)
    if not (options.scenario.is_given or given.target or front):
        raise UsageError("nothing to simulate: give --adopt, --drop, --plan, --file, --target or --front")
    scenario = options.scenario.scenario()
    target = parse_target(given.target) if given.target is not None else None
    choice = given.choice()
    source = chosen(options.source, moment)
    policies = load_policies(options.policies) if options.policies.policy else None
    with working("Reading the tenant"):
        # What was observed before a declaration stands in the older days.
        tenant = look(source, policies=policies, everything=scenario.plan is not None).tenant
    portal = source.cloud.portal
    judge = None
    if policies is not None:
        fail_on = Severity(options.fail_on.lower())
        judge = judging(policies, moment, fail_on, portal=portal, labels=options.policies.labels)
    question = Question(
        scenario=scenario,
        choice=choice,
        target=target,
        alternatives=given.alternatives,
        front=front,
        judge=judge,
    )
    answer = project(tenant, question, portal, moment)
    write_answer([(one, render(one.format, answer, one.screen)) for one in wanted])
    return EXIT_PASSED


def _adoption(text: str) -> Adoption:
    name, equals, number = text.partition("=")
    try:
        percent = float(number) if equals else 100.0
    except ValueError:
        percent = -1.0
    if not name or not 0 <= percent <= 100:
        raise UsageError(f"--adopt expects CONTROL or CONTROL=PERCENT, from 0 to 100, got {text[:200]!r}")
    return Adoption(name, percent)
