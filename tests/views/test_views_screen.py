"""The answers that need a sign-in, a store or a plan: no line is wider than the terminal, whatever is said."""

import re

import pytest
from example_counts import examples
from hostile_reports import TEXTS
from hypothesis import example, given, settings
from plan_builders import change, manual, plan

from checker.auth.standing import SignInStanding
from checker.documents.location import SourceLocation
from checker.drafting.ratchet import Raised, Ratchet, Unchanged
from checker.insight.waivers import CoveredFinding, WaiverList, WaiverRow
from checker.policytest.result import (
    CaseCounts,
    CaseResult,
    Expected,
    Got,
    Miss,
    PolicyTestRun,
    RequirementCoverage,
)
from checker.presentation.cells import cells
from checker.presentation.screen import Screen
from checker.remediation.journal import Applied, ChangeResult
from checker.report.document import LocationDocument
from checker.report.outcome import Outcome, Reason
from checker.store.query import QueryResult
from checker.views import apply, auth, history, ratchet, test, waivers
from checker.views import plan as plan_view

COLUMNS = 60
PLAIN, COLOURED = Screen(COLUMNS), Screen(COLUMNS, colour=True)


def raised(said: str) -> Ratchet:
    kept = Unchanged(requirement="p/b", reason="not-met", message=said)
    higher = Raised(
        requirement="p/a", location=LocationDocument("p.yaml", 5, 3), unit="percent", before=1.0, after=70.5
    )
    return Ratchet(tenant="t", date=None, dry_run=False, raised=(higher,), unchanged=(kept,), files=())


def exceptions(said: str) -> WaiverList:
    failure = CoveredFinding(finding="p/a", control=None, status="covered", points=None, message=said)
    one = WaiverRow(
        requirement=said,
        control=said,
        tenant=None,
        tenant_label=said,
        start="2026-05-01",
        until="2026-06-01",
        days_left=10,
        floor=None,
        reason=said,
        approved_by=said,
        ticket=said,
        location=LocationDocument("p.yaml", 5, 3),
        status="in-force",
        findings=(failure,),
        points=None,
    )
    return WaiverList(tenant="t", date=None, today="2026-05-22", waivers=(one,), waived=1, points=None)


def answers(said: str, screen: Screen) -> list[str]:
    """The text of each answer, in which ``said`` stands wherever somebody can say something."""
    result = ChangeResult(
        control="A", result="stale", message=said, before="Default", after="Reviewed", requirement="p/a"
    )
    done = Applied((result,))
    standing = SignInStanding(
        tenant=said,
        application=said,
        cloud="global",
        graph="https://graph.microsoft.com",
        method="client-secret",
        token_kind="application",
        permissions=(said,),
        missing=(said,),
        directory_roles=(),
        expires_at=None,
        asked_for=("check",),
        allowed=False,
        advice=said,
    )
    rows = QueryResult(("tenant", "score", "note"), (("A", 1.5, said), ("B", None, None)))
    whole = plan(change("A", title=said), manual=[manual("B", message=said)], notes=(said,))
    return [
        apply.render("text", apply.document("t", done, manual=1, journal=said), screen).decode(),
        auth.render("text", standing, screen).decode(),
        history.render_rows("text", rows, screen).decode(),
        plan_view.render("text", whole, screen).decode(),
        test.render("text", _tested(said), screen).decode(),
        ratchet.render("text", raised(said), screen).decode(),
        waivers.render("text", exceptions(said), screen).decode(),
    ]


def _tested(said: str) -> PolicyTestRun:
    place = SourceLocation("t.yaml", 1, 1)
    got = Got(outcome="fail", reason=Reason.BELOW_MINIMUM, control="A", message=said, location=place)
    miss = Miss(requirement="p/a", control=None, location=place, expected=Expected(outcome="pass"), got=got)
    gap = RequirementCoverage(requirement="p/a", location=place, asserted=(), seen=(Outcome.FAIL,), missing=("pass",))
    return PolicyTestRun(
        verdict="fail",
        counts=CaseCounts(1, 1, 1),
        cases=(
            CaseResult(name="plain", location=place, status="pass"),
            CaseResult(name=said, location=place, status="fail", misses=(miss,)),
            CaseResult(name="torn", location=place, status="error", message=said),
        ),
        coverage=(gap,),
        require_coverage=True,
    )


@given(TEXTS)
@example("word " * 60)
@example("漢字" * 60)
@settings(deadline=None, max_examples=examples(30))
def test_no_line_is_wider_than_the_terminal(said: str) -> None:
    for shown in answers(said, PLAIN):
        wide = [text for text in shown.splitlines() if cells(text) > COLUMNS]
        # A line may not begin with colons, which runners read.
        assert not [text for text in wide if "://" not in text and ":::" not in text]


@given(TEXTS)
@settings(deadline=None, max_examples=examples(30))
def test_colours_are_ours_alone(said: str) -> None:
    for plain, coloured in zip(answers(said, PLAIN), answers(said, COLOURED), strict=True):
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize("answer", range(7))
def test_each_answer_has_colours(answer: int) -> None:
    assert "\x1b[" in answers("plain", COLOURED)[answer]
