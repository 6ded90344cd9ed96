"""inverse: the plan that undoes what a journal says was done."""

import datetime
from pathlib import Path

import msgspec
import pytest
from builders import NOW, TENANT
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_builders import CHANGES, MADE_AT, RUN, change, manual, plan, recorded

from checker.errors import CallerError
from checker.remediation.drift import fields_to_send, is_unchanged, state_after
from checker.remediation.journal import Begun, ChangeOutcome, Intent, Journal, Resumed
from checker.remediation.journal_file import create_journal, read_journal
from checker.remediation.plan import Change, Effect, NewState, Plan, PlanSource, RecordedState
from checker.remediation.plan_file import plan_bytes, read_plan
from checker.remediation.rollback import rollback_plan
from checker.report.document import LocationDocument

# How far a change may have come, and whether the service has acted.
ENDS = {
    "not begun": (False,),
    "applied": (True,),
    "open": (False, True),
    "lost": (False, True),
    "refused": (False,),
    "unread": (False,),
    "stale": (False,),
    "in place": (False,),
}
UNDONE = {"applied", "open", "lost"}


def came_to(one: Change, end: str, before: RecordedState | None = None) -> list[Intent | ChangeOutcome]:
    """What a journal says of a change that came to such an end."""
    intent = Intent(at=MADE_AT, control=one.control, before=before or one.before, send=fields_to_send(one))
    said = ChangeOutcome(at=MADE_AT, control=one.control, result="failed", message="m")
    records: dict[str, list[Intent | ChangeOutcome]] = {
        "applied": [intent, msgspec.structs.replace(said, result="applied", after=state_after(one))],
        "open": [intent],
        "lost": [intent, msgspec.structs.replace(said, result="uncertain")],
        "refused": [intent, said],
        "unread": [said],
        "stale": [msgspec.structs.replace(said, result="stale")],
        "in place": [msgspec.structs.replace(said, result="alreadyInPlace")],
        "not begun": [],
    }
    return records[end]


def journal(whole: Plan, *records: Intent | ChangeOutcome, ended: bool = True) -> Journal:
    intents: dict[str, Intent] = {}
    outcomes: dict[str, ChangeOutcome] = {}
    sent_at: dict[str, str] = {}
    for record in records:
        if isinstance(record, Intent):
            intents[record.control] = record
            sent_at[record.control] = record.at
        else:
            outcomes[record.control] = record
    return Journal(whole, "d" * 64, "e" * 64, ended, intents, outcomes, sent_at)


def undone(of: Journal, moment: datetime.datetime = NOW) -> Plan:
    return rollback_plan(of, run="undo", moment=moment)


def ended(end: str, one: Change | None = None) -> Plan:
    """The inverse of a plan whose one change came to such an end."""
    whole = plan(one or change())
    return undone(journal(whole, *came_to(whole.changes[0], end)))


@pytest.mark.parametrize("end", ENDS)
def test_what_was_made_or_may_have_been_made_is_undone(end: str) -> None:
    assert [one.control for one in ended(end).changes] == (["A"] if end in UNDONE else [])


def test_what_was_lost_and_then_found_to_be_somebody_elses_is_left_alone() -> None:
    one = change()
    stale = msgspec.structs.replace(came_to(one, "stale")[0], message="was changed")
    assert undone(journal(plan(one), *came_to(one, "lost"), stale)).changes == ()


def test_the_change_back_is_told_in_full() -> None:
    one = change(
        "A",
        before=RecordedState(state="Ignored", assigned_to="x", comment="c", updated_by="y", updated_date_time="2026"),
        after=NewState(state="ThirdParty", comment="ours"),
        also_required_by=("p/b",),
        automatic=True,
        effect=Effect(kind="earns", points=6.0),
        portal_url="https://portal.contoso.example",
    )
    assert ended("applied", one).changes == (
        Change(
            control="A",
            title="Title of A",
            action="restore",
            before=recorded("ThirdParty", "x", "ours"),
            after=NewState(state="Ignored", assigned_to="x", comment="c"),
            requirement="p/a",
            also_required_by=("p/b",),
            location=LocationDocument("policy.yaml", 4, 5),
            automatic=False,
            effect=Effect(kind="loses", points=6.0),
            portal_url="https://portal.contoso.example",
        ),
    )


def test_the_plan_back_is_of_the_same_tenant_and_of_another_run() -> None:
    whole = plan(change(), manual=[manual()], notes=("n",), cloud="usGovernmentL4")
    moment = NOW.astimezone(datetime.timezone(datetime.timedelta(hours=2)))
    found = undone(journal(whole, *came_to(change(), "applied")), moment)
    assert (found.tenant, found.cloud, found.created_at, found.run) == (TENANT, "usGovernmentL4", MADE_AT, "undo")
    assert (found.source, found.manual, found.notes) == (PlanSource(journal_sha256="e" * 64), (), ())


@pytest.mark.parametrize(
    ("effect", "back"),
    [
        (Effect(kind="earns", points=6.0), Effect(kind="loses", points=6.0)),
        (Effect(kind="earns"), Effect(kind="loses")),
        (Effect(kind="loses", points=4.0), Effect(kind="earns", points=4.0)),
        (Effect(kind="none"), Effect(kind="none")),
    ],
)
def test_the_score_goes_the_other_way(effect: Effect, back: Effect) -> None:
    (found,) = ended("applied", change(effect=effect)).changes
    assert found.effect == back


def test_what_was_nothing_is_sent_as_the_empty_text() -> None:
    one = change(before=recorded(), after=NewState(state="Ignored", assigned_to="x", comment="ours"))
    (back,) = ended("applied", one).changes
    assert fields_to_send(back) == {"state": "Default", "assignedTo": "", "comment": ""}


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_was_never_touched_is_not_sent(nothing: str | None) -> None:
    one = change(before=recorded("Default", nothing, nothing), after=NewState(state="Ignored", comment=""))
    (back,) = ended("applied", one).changes
    assert fields_to_send(back) == {"state": "Default"}


@st.composite
def runs(draw: st.DrawFn) -> tuple[Plan, Journal, dict[str, str], dict[str, RecordedState]]:
    """A plan, the journal of a run over it, how each change ended, and the states that the service holds then."""
    changes = draw(st.lists(CHANGES, max_size=3, unique_by=lambda one: one.control.casefold()))
    whole = plan(*changes)
    ends = {one.control: draw(st.sampled_from(sorted(ENDS))) for one in changes}
    records: list[Intent | ChangeOutcome] = []
    held = {}
    for one in changes:
        # As it was read again: null may have become the empty text, and somebody may have set the same anew.
        read = msgspec.structs.replace(
            one.before,
            state=draw(st.sampled_from([one.before.state, one.before.state.lower()])),
            comment=one.before.comment or draw(st.sampled_from([None, ""])),
            assigned_to=one.before.assigned_to or draw(st.sampled_from([None, ""])),
            updated_by="again",
        )
        records += came_to(one, ends[one.control], read)
        held[one.control] = state_after(one) if draw(st.sampled_from(ENDS[ends[one.control]])) else read
    return whole, journal(whole, *records), ends, held


def applied(whole: Plan, held: dict[str, RecordedState]) -> dict[str, RecordedState]:
    """The states after a plan: a change is made where what it found still holds."""
    states = dict(held)
    for one in whole.changes:
        if is_unchanged(one.before, states[one.control]):
            states[one.control] = state_after(one)
    return states


@given(runs())
@settings(deadline=None, max_examples=examples(100))
def test_a_run_and_its_inverse_leave_every_state_as_it_was(
    run: tuple[Plan, Journal, dict[str, str], dict[str, RecordedState]],
) -> None:
    whole, found, ends, held = run
    states = applied(undone(found), held)
    assert all(is_unchanged(one.before, states[one.control]) for one in whole.changes)
    assert [one.control for one in undone(found).changes] == [
        one.control for one in reversed(whole.changes) if ends[one.control] in UNDONE
    ]


@given(st.lists(CHANGES, max_size=3, unique_by=lambda one: one.control.casefold()))
@settings(deadline=None, max_examples=examples(50))
def test_the_inverse_of_the_inverse_makes_the_changes_again_in_their_order(changes: list[Change]) -> None:
    whole = plan(*changes)
    back = undone(journal(whole, *(record for one in changes for record in came_to(one, "applied"))))
    again = undone(journal(back, *(record for one in back.changes for record in came_to(one, "applied"))))
    assert [one.control for one in again.changes] == [one.control for one in changes]
    for one, repeated in zip(changes, again.changes, strict=True):
        assert is_unchanged(state_after(one), state_after(repeated))
        assert is_unchanged(one.before, repeated.before)


@given(run=runs())
@settings(deadline=None, max_examples=examples(50))
def test_the_plan_back_is_a_plan_that_can_be_read(
    run: tuple[Plan, Journal, dict[str, str], dict[str, RecordedState]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "back.json"
    # The ids of a plan that was read have the form of ids.
    back = undone(run[1])
    named = [msgspec.structs.replace(one, control=f"Control{index}") for index, one in enumerate(back.changes)]
    filed = msgspec.structs.replace(back, changes=tuple(named))
    path.write_bytes(plan_bytes(filed))
    assert read_plan(str(path)) == filed


# Through a journal's file


def written(path: Path, whole: Plan, *records: Intent | ChangeOutcome | Resumed) -> str:
    file = create_journal(str(path), Begun(at=MADE_AT, scoregate="0.0.0", plan_sha256="d" * 64, plan=whole))
    for record in records:
        file.append(record)
    file.close()
    return str(path)


def test_what_the_first_of_several_runs_found_is_brought_back(tmp_path: Path) -> None:
    one = change(before=recorded("Ignored", "x", None))
    path = written(
        tmp_path / "journal.jsonl",
        plan(one, run=RUN),
        *came_to(one, "lost", recorded("Ignored", "x", None)),
        Resumed(MADE_AT),
        *came_to(one, "applied", recorded("Ignored", "x", "")),
    )
    (back,) = undone(read_journal(path)).changes
    assert back.after == NewState(state="Ignored", assigned_to="x", comment="")


@pytest.mark.parametrize("state", ["AlternateMitigation", ""])
def test_a_journal_that_says_what_could_not_be_written_back_is_a_mistake(state: str, tmp_path: Path) -> None:
    one = change()
    path = written(tmp_path / "journal.jsonl", plan(one), *came_to(one, "applied", recorded(state)))
    with pytest.raises(CallerError):
        undone(read_journal(path))
