"""One plan applied, resumed and rolled back in bad weather, and what the tenant says came of it.

The tenant's own history is the judge: each write that took effect is in it once, with who made it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from builders import NOW
from fault_weather import VISIBLE, KilledError, TurnedClock, Weather
from graph_support import BASE, PROFILES, SMALL_TENANT

from checker.errors import JudgementError
from checker.graph.channel import GraphChannel
from checker.graph.profiles import GraphProfiles
from checker.remediation.apply import Applier, Patience
from checker.remediation.drift import has_same_words, is_in_place
from checker.remediation.journal import Applied, Begun, ChangeOutcome, Intent, Journal, timestamp
from checker.remediation.journal_chain import line_of
from checker.remediation.journal_file import JournalFile, create_journal, read_journal, reopen_journal
from checker.remediation.plan import WRITABLE, Change, Effect, NewState, Plan, PlanSource, RecordedState
from checker.remediation.plan_file import plan_sha256
from checker.remediation.rollback import rollback_plan
from checker.sandbox.app import Sandbox
from checker.transport.client import async_client

TENANT = SMALL_TENANT.tenant_id
CHANGES = 4
STORMY = 4
MOST_RUNS = 8
PATIENCE = Patience(visible=VISIBLE, change=120.0)


def _settable() -> list[str]:
    scores = {score["controlName"].lower(): score["score"] for score in SMALL_TENANT.secure_scores[0]["controlScores"]}
    return [
        profile["id"]
        for profile in SMALL_TENANT.control_profiles
        if not profile["id"].startswith("scid_")
        and not profile["deprecated"]
        and len(profile["controlStateUpdates"]) == 1
        and scores.get(profile["id"].lower(), 0.0) < profile["maxScore"]
    ]


CONTROLS = _settable()[:CHANGES]


@dataclass
class Figures:
    """What the runs came to; the four figures at the end have to be 0."""

    plans: int = 0
    runs: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    by_hand: int = 0
    torn: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    false_zero: list[str] = field(default_factory=list)

    def faults(self) -> dict[str, list[str]]:
        found = {"lost": self.lost, "doubled": self.doubled, "wrong": self.wrong, "false zero": self.false_zero}
        return {name: texts for name, texts in found.items() if texts}


class _Token:
    def __init__(self, sandbox: Sandbox) -> None:
        self._text = sandbox.mint_token(TENANT)

    def token(self, claims: str | None = None) -> str:
        del claims
        return self._text


class FaultRun:
    """One tenant, one plan, and the weather of one seed."""

    def __init__(self, seed: int, folder: Path, figures: Figures) -> None:
        self.draws = random.Random(seed)
        self.seed = seed
        self.figures = figures
        self.clock = TurnedClock(NOW)
        self.sandbox = Sandbox([SMALL_TENANT], now=self.clock.now, public_url=BASE)
        self.weather = Weather(self.sandbox, self.clock, self.draws)
        self.folder = folder
        self.originals = {control: self.now_held(control) for control in CONTROLS}
        self.last_by_hand: dict[str, RecordedState] = {}
        self.acted_before = 0

    # The truth

    def entries(self, control: str) -> list[dict[str, Any]]:
        (found,) = (profile for profile in self.sandbox.profiles(TENANT) if profile["id"] == control)
        return list(found["controlStateUpdates"])

    def now_held(self, control: str) -> RecordedState:
        newest = self.entries(control)[-1]
        return RecordedState(state=newest["state"], assigned_to=newest["assignedTo"], comment=newest["comment"])

    def acted(self, since: int) -> Counter[str]:
        return Counter(control for control, _ in self.weather.acted[since:])

    # What is done

    def plan(self) -> Plan:
        async def read() -> list[RecordedState | None]:
            async with self._profiles() as profiles:
                return [await profiles.read(control) for control in CONTROLS]

        changes = [
            _change(control, before, self.draws.choice(["ThirdParty", "Reviewed", "Ignored"]), f"{self.seed}.{number}")
            for number, (control, before) in enumerate(zip(CONTROLS, asyncio.run(read()), strict=True))
            if before is not None
        ]
        assert len(changes) == CHANGES
        made = f"{self.clock.now():%Y-%m-%dT%H:%M:%SZ}"
        return Plan(
            tenant=TENANT,
            cloud="global",
            created_at=made,
            run="r",
            source=PlanSource(),
            changes=tuple(changes),
            manual=(),
        )

    def by_hand(self) -> None:
        """A person changes a profile while nothing of ours is under way."""
        control = self.draws.choice(CONTROLS)
        if control in self.weather.pending:
            return
        self.clock.passes(VISIBLE)
        original = self.originals[control]
        choices: list[dict[str, Any]] = [
            {"state": "Reviewed", "comment": "a person's"},
            {"state": original.state, "comment": original.comment, "assignedTo": original.assigned_to},
            {"comment": "a person's remark"},
        ]
        asyncio.run(self._patch(control, self.draws.choice(choices)))
        self.last_by_hand[control] = self.now_held(control)
        self.figures.by_hand += 1
        self.clock.passes(VISIBLE)

    async def _patch(self, control: str, words: dict[str, Any]) -> None:
        body = {**words, "vendorInformation": {"provider": "SecureScore", "vendor": "Microsoft"}}
        headers = {"Authorization": f"Bearer {self.sandbox.mint_token(TENANT)}"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.sandbox.app)) as client:
            answer = await client.patch(f"{BASE}{PROFILES}/{control}", json=body, headers=headers)
        assert answer.status_code == 204

    def _profiles(self) -> GraphProfiles:
        return GraphProfiles(
            httpx.URL(BASE),
            _Token(self.sandbox),
            tenant=TENANT,
            deadline=20.0,
            channel=GraphChannel(lambda: async_client(self.weather)),
            first_wait=0.0005,
        )

    def run_once(self, path: Path, whole: Plan) -> Applied | None:
        """One run of the command, begun or resumed; None where it ended early."""
        earlier: Journal | None = None
        if path.exists():
            earlier, journal = read_journal(str(path)), reopen_journal(str(path))
        else:
            at = timestamp(self.clock.now())
            begun = Begun(at=at, scoregate="0", plan_sha256=plan_sha256(whole), plan=whole)
            journal = create_journal(str(path), begun)
        self.figures.runs["resumed" if earlier else "begun"] += 1
        try:
            return asyncio.run(self._apply(whole, journal, earlier))
        except KilledError:
            self.figures.runs["killed"] += 1
            self._tear(path, whole)
        except JudgementError:
            self.figures.runs["ended early"] += 1
        finally:
            journal.close()
        return None

    async def _apply(self, whole: Plan, journal: JournalFile, earlier: Journal | None) -> Applied:
        async with self._profiles() as profiles:
            applier = Applier(profiles, journal, self.clock, PATIENCE)
            return await applier.apply(whole, {}, earlier)

    def _tear(self, path: Path, whole: Plan) -> None:
        """Now and then the kill came in the middle of the next line."""
        if self.draws.random() < 0.5:
            return
        change = self.draws.choice(whole.changes)
        at = timestamp(self.clock.now())
        lines = (
            line_of(ChangeOutcome(at=at, control=change.control, result="applied", message="m"), "0" * 64),
            line_of(Intent(at=at, control=change.control, before=change.before, send={"state": "Default"}), "0" * 64),
        )
        line = self.draws.choice(lines)
        with path.open("ab") as file:
            file.write(line[: self.draws.randint(1, len(line) - 1)])
        self.figures.torn += 1

    def to_the_end(self, path: Path, whole: Plan, is_done: Callable[[Change], bool], name: str) -> Journal:
        """Runs and resumes until nothing is left; the last runs are in calm weather."""
        since = len(self.weather.acted)
        for number in range(MOST_RUNS):
            self.weather.share = self.draws.uniform(0.2, 0.8) if number < STORMY else 0.0
            applied = self.run_once(path, whole)
            if applied is not None:
                self._judge(applied, whole, is_done, f"seed {self.seed}, {name} {number}")
                if not read_journal(str(path)).unfinished.changes:
                    break
            self.clock.passes(self.draws.choice([1.0, 30.0, 1200.0]) if number < STORMY else 1200.0)
            if self.draws.random() < 0.15:
                self.by_hand()
        self.weather.share = 0.0
        asyncio.run(self.weather.settle())
        journal = read_journal(str(path))
        self._judge_end(journal, self.acted(since), f"seed {self.seed}, {name}")
        return journal

    def _judge_end(self, journal: Journal, made: Counter[str], name: str) -> None:
        """What was lost and doubled, once nothing is under way any more."""
        for change in journal.unfinished.changes:
            self.figures.lost.append(f"{name}: {change.control} is not finished")
        for control, times in made.items():
            if times > 1:
                self.figures.doubled.append(f"{name}: {control} was set {times} times")
        for control, said in journal.outcomes.items():
            # What a person does by hand may be the very same.
            if (said.result == "applied") != bool(made[control]) and control not in self.last_by_hand:
                self.figures.lost.append(f"{name}: {control} was set {made[control]} times, and is {said.result}")

    def _judge(self, applied: Applied, whole: Plan, is_done: Callable[[Change], bool], name: str) -> None:
        counts = applied.counts()
        self.figures.results.update(counts)
        if counts["stale"] or counts["uncertain"] or counts["failed"]:
            return
        for change in whole.changes:
            if not is_done(change):
                held = self.now_held(change.control)
                self.figures.false_zero.append(f"{name}: exit code 0, and {change.control} is {held.state}")

    def all(self) -> None:
        """Applies, rolls back, and tries both a second time."""
        whole = self.plan()
        journal_path, undone_path = self.folder / "journal.jsonl", self.folder / "undone.jsonl"
        self.to_the_end(journal_path, whole, self._is_in_place, "apply")
        back = rollback_plan(read_journal(str(journal_path)), run="undo", moment=self.clock.now())
        self.to_the_end(undone_path, back, self._is_restored, "rollback")
        self._check_restored()
        since = len(self.weather.acted)
        self.run_once(self.folder / "again.jsonl", whole)
        self.run_once(self.folder / "twice.jsonl", back)
        for control in self.acted(since):
            self.figures.doubled.append(f"seed {self.seed}: {control} was set by a plan that was used before")
        self.figures.plans += 1
        self.figures.happened.update(self.weather.happened)

    def _is_in_place(self, change: Change) -> bool:
        return is_in_place(change.after, self.now_held(change.control)) or change.control in self.last_by_hand

    def _is_restored(self, change: Change) -> bool:
        held = self.now_held(change.control)
        return has_same_words(self.last_by_hand.get(change.control, self.originals[change.control]), held)

    def _check_restored(self) -> None:
        for control in CONTROLS:
            wanted = self.last_by_hand.get(control, self.originals[control])
            held = self.now_held(control)
            if not has_same_words(wanted, held):
                text = f"seed {self.seed}: {control} is {held.state} ({held.comment}), and was {wanted.state}"
                self.figures.wrong.append(text)


def _change(control: str, before: RecordedState, state: str, comment: str) -> Change:
    after = NewState(state=WRITABLE[state.casefold()], assigned_to=None, comment=comment)
    return Change(
        control=control,
        title=control,
        action="declare",
        before=before,
        after=after,
        requirement="p/a",
        effect=Effect(kind="none"),
    )
