"""What-if: the projected score, categories and verdict beside today's. Pure."""

import datetime
import math
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.insight.difference import FindingChange, finding_changes
from checker.insight.effort import effort_of
from checker.insight.facts import facts_of
from checker.insight.score import CategoryScore, posture
from checker.insight.side import outcomes
from checker.insight.warnings import DataWarning, data_warnings
from checker.presentation.words import named
from checker.report.report import Report
from checker.report.verdict import Verdict
from checker.snapshot.model import Snapshot
from checker.tenant.numbers import percent_of
from checker.tenant.tenant import Tenant
from checker.whatif.frontier import front
from checker.whatif.optimum import Candidate, ranked
from checker.whatif.scenario import Adoption, Scenario, ScenarioStep, Simulation, simulate
from checker.whatif.target import Choice, Target, points_and_maximum, wanted_points

_NAMED = 5

Judge = Callable[[Snapshot], tuple[Report, Verdict]]


class Standing(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The score at one side of the comparison."""

    current_score: float | None
    max_score: float | None
    percent: float | None
    verdict: Annotated[Literal["pass", "fail", "indeterminate"] | None, Meta(description="null without a policy.")]
    categories: tuple[CategoryScore, ...]


class ControlSet(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Controls that could be put in place together."""

    controls: tuple[str, ...]
    points: float
    effort: float
    current_score: Annotated[float, Meta(description="Of the tenant, once they are in place.")]
    percent: float | None


class Goal(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A target, and how it is reached."""

    control_category: Annotated[str | None, Meta(description="null for the whole tenant.")]
    percent: float | None
    points: Annotated[float, Meta(description="The score that is to be reached, in points.")]
    missing: Annotated[float, Meta(description="Points that are missing to it; 0 where it is reached.")]
    reachable: bool
    most: Annotated[float, Meta(description="The most points that the allowed controls give.")]
    most_percent: float | None
    alternatives: Annotated[
        tuple[ControlSet, ...], Meta(description="The cheapest sets, the best first; the first is what is projected.")
    ]


class WhatIf(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The tenant today and after simulated changes."""

    schema: ClassVar[tuple[str, str]] = ("whatif", "A tenant after simulated changes")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["WhatIf"] = "WhatIf"
    tenant: str
    date: str
    today: Standing
    projected: Standing
    adopted: Annotated[tuple[ScenarioStep, ...], Meta(description="Each control that the scenario touches.")]
    effort: Annotated[float, Meta(description="Of the controls that are put in place.")]
    reachable: Annotated[bool | None, Meta(description="Whether the target is; null without one.")]
    goal: Goal | None
    findings: Annotated[tuple[FindingChange, ...], Meta(description="Findings whose outcome changes.")]
    front: Annotated[
        tuple[ControlSet, ...],
        Meta(description="The most points for each level of effort; only with --front."),
    ]
    notes: tuple[str, ...]
    warnings: tuple[DataWarning, ...] = ()


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a user asks for.

    Attributes:
        scenario: the changes to simulate first.
        choice: which controls may be put in place for the target, and their effort.
        target: the score to reach after that; None for no target.
        alternatives: how many sets to name.
        front: whether to compute the whole front.
        judge: the gate; None without policies.
    """

    scenario: Scenario
    choice: Choice
    target: Target | None = None
    alternatives: int = 1
    front: bool = False
    judge: Judge | None = None


def project(tenant: Tenant, question: Question, portal: str, moment: datetime.datetime) -> WhatIf:
    """The projection.

    Args:
        tenant: as it is today.
        question: what the user asks for.
        portal: the cloud's Secure Score page.
        moment: the run's now.

    Raises:
        ScenarioError: the scenario or the target doesn't fit the tenant.
        UsageError: a target without the solver.
    """
    simulated = simulate(tenant, question.scenario, moment)
    middle = Tenant(simulated.snapshot, portal)
    taken = {step.control for step in simulated.steps}
    notes = _unknown(middle) if question.target is not None or question.front else []
    goal: Goal | None = None
    if question.target is not None:
        goal = _goal(middle, question.target, question, taken)
        if goal.reachable:
            chosen = [Adoption(name) for name in goal.alternatives[0].controls]
            simulated = _joined(simulated, simulate(middle, Scenario(adopt=chosen), moment))
    today, projected = _judged(tenant.snapshot, question.judge), _judged(simulated.snapshot, question.judge)
    end = Tenant(simulated.snapshot, portal)
    assert tenant.newest is not None, "simulate refuses a tenant without a day"
    return WhatIf(
        tenant=tenant.id,
        date=str(tenant.newest.date),
        today=_standing(tenant, moment.date(), today),
        projected=_standing(end, moment.date(), projected),
        adopted=simulated.steps,
        effort=_effort(tenant, simulated.steps, question.choice),
        reachable=goal.reachable if goal is not None else None,
        goal=goal,
        findings=(
            finding_changes(outcomes(today[0]), outcomes(projected[0]))
            if today is not None and projected is not None
            else ()
        ),
        front=_front(middle, question.choice, taken) if question.front else (),
        notes=(*simulated.notes, *notes),
        warnings=data_warnings(tenant, today[0] if today is not None else None),
    )


def _joined(first: Simulation, second: Simulation) -> Simulation:
    return Simulation(second.snapshot, (*first.steps, *second.steps), (*first.notes, *second.notes))


def _judged(snapshot: Snapshot, judge: Judge | None) -> tuple[Report, Verdict] | None:
    return judge(snapshot) if judge is not None else None


def _standing(tenant: Tenant, today: datetime.date, judged: tuple[Report, Verdict] | None) -> Standing:
    found = posture(tenant, today)
    return Standing(
        current_score=found.current_score,
        max_score=found.max_score,
        percent=found.percent,
        verdict=judged[1].decision.value if judged is not None else None,
        categories=found.categories,
    )


def _effort(tenant: Tenant, steps: Sequence[ScenarioStep], choice: Choice) -> float:
    adopted = [step.control for step in steps if step.action == "adopt" and step.points > 0]
    controls = [tenant.scored(name) or tenant.unscored(name) for name in dict.fromkeys(adopted)]
    return math.fsum(effort_of(control, choice.weights) for control in controls if control is not None)


def _unknown(tenant: Tenant) -> list[str]:
    """A note on the controls that cannot be weighed, because the data leaves their points open."""
    names = [control.id for control in tenant.controls if facts_of(control, tenant).points_left is None]
    if not names:
        return []
    some = named(names, _NAMED)
    return [f"left out, since the points that they can still earn are unknown: {some}"]


def _goal(tenant: Tenant, target: Target, question: Question, taken: Collection[str]) -> Goal:
    points, maximum = points_and_maximum(tenant, target.category)
    wanted = wanted_points(target, maximum)
    candidates = question.choice.candidates(tenant, target.category, taken=taken)
    sets = ranked(candidates, wanted - points, question.alternatives)
    most = points + math.fsum(candidate.points for candidate in candidates)
    return Goal(
        control_category=target.category,
        percent=target.percent,
        points=wanted,
        missing=max(0.0, wanted - points),
        reachable=bool(sets),
        most=most,
        most_percent=percent_of(most, maximum),
        alternatives=tuple(_set(tenant, chosen) for chosen in sets),
    )


def _front(tenant: Tenant, choice: Choice, taken: Collection[str]) -> tuple[ControlSet, ...]:
    return tuple(_set(tenant, chosen) for chosen in front(choice.candidates(tenant, taken=taken)))


def _set(tenant: Tenant, chosen: Sequence[Candidate]) -> ControlSet:
    current, maximum = points_and_maximum(tenant, None)
    points = math.fsum(candidate.points for candidate in chosen)
    return ControlSet(
        controls=tuple(candidate.control for candidate in chosen),
        points=points,
        effort=math.fsum(candidate.effort for candidate in chosen),
        current_score=current + points,
        percent=percent_of(current + points, maximum),
    )
