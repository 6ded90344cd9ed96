"""Plan files, which somebody may have changed between 'plan' and 'apply'."""

from fuzz_checks import NARROW, check_output, file_of, refused_by

from checker.errors import PlanError
from checker.remediation.plan_file import read_plan
from checker.views.plan import render


def check(data: bytes) -> None:
    """Reads the plan and shows it."""
    with refused_by(PlanError):
        plan = read_plan(file_of(data, "plan.json"))
        assert len({change.control for change in plan.changes}) == len(plan.changes)
        for name in ("text", "json", "markdown"):
            check_output(name, render(name, plan))
        check_output("text", render("text", plan, NARROW))
