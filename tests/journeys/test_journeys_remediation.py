"""plan → apply → check → rollback on a served sandbox, and all that can go wrong between."""

import datetime
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from command_line import NOW, Ended, environment, here, says_one_thing
from sandbox_client import PROFILES, new_sandbox, tenant_of

from checker.remediation.lock import tenant_lock
from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import Delay, DroppedConnection, HtmlPage, Partial, Status
from checker.sandbox.serving.serve import running

FORWARD, CASB, LOCKBOX, SPAM = (
    "mdo_blockmailforward",
    "McasFirewallLogUpload",
    "CustomerLockBoxEnabled",
    "mdo_spam_notifications_only_for_admins",
)
POLICY = f"""
controls:
  - {{id: forward, control: {FORWARD}, profile: {{state: ThirdParty, assignedTo: m@contoso.example, comment: Gateway}}}}
  - {{id: casb, control: {CASB}, profile: {{state: Default}}}}
  - {{id: spam, control: {SPAM}, profile: {{state: Reviewed, comment: "Daily report"}}}}
  - {{id: lockbox, control: {LOCKBOX}, profile: {{state: Default}}}}
"""
TENANT = tenant_of().tenant_id


@dataclass(frozen=True)
class Place:
    """A folder with a policy, and a served tenant."""

    folder: Path
    sandbox: Sandbox
    graph: str
    variables: dict[str, str]
    capture: Any

    def run(self, *arguments: str) -> Ended:
        now = () if "--now" in arguments or arguments[0] == "journal" else ("--now", NOW)
        with pytest.MonkeyPatch.context() as patch:
            for name in os.environ.keys() - environment(**self.variables).keys():
                patch.delenv(name)
            for name, value in self.variables.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            return here(self.capture, *arguments, *now)

    def plan(self) -> None:
        planned = self.run("plan", "-p", "policy.yaml", "--out", "plan.json")
        assert planned.code == 0, planned.err
        self.make_it(datetime.datetime.now(datetime.UTC))
        self.sandbox.requests.clear()

    def make_it(self, moment: datetime.datetime) -> None:
        """Lets the plan's file say that it was made then; its age is judged by the machine's clock."""
        path = self.folder / "plan.json"
        document = json.loads(path.read_bytes())
        path.write_text(json.dumps({**document, "createdAt": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}))

    def apply(self, *more: str) -> tuple[int, dict[str, Any]]:
        ended = self.run("apply", "plan.json", "--yes", "--journal", "journal.jsonl", "-o", "json", *more)
        assert ended.out, ended.err
        return ended.code, json.loads(ended.out)

    def updates(self, control: str) -> list[dict[str, Any]]:
        (found,) = (profile for profile in self.sandbox.profiles(TENANT) if profile["id"] == control)
        return list(found["controlStateUpdates"])

    def held(self, control: str) -> tuple[str, str, str]:
        newest = self.updates(control)[-1]
        return newest["state"], newest["assignedTo"] or "", newest["comment"] or ""

    def written(self) -> list[str]:
        return [
            request.path.rpartition("/")[2]
            for request in self.sandbox.requests
            if request.method == "PATCH" and request.acted
        ]

    def by_hand(self, control: str, **members: str) -> None:
        body = {**members, "vendorInformation": {"provider": "SecureScore", "vendor": "Microsoft"}}
        headers = {"Authorization": f"Bearer {self.sandbox.mint_token(TENANT)}"}
        answer = httpx.patch(f"{self.graph}{PROFILES}/{control}", json=body, headers=headers, trust_env=False)
        assert answer.status_code == 204


@pytest.fixture
def place(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Place]:
    (tmp_path / "policy.yaml").write_text(
        f"apiVersion: scoregate/v1\nkind: Policy\nmetadata: {{name: p}}\n{POLICY}", encoding="utf-8"
    )
    sandbox = new_sandbox()
    with running(sandbox, plain_http=True) as endpoints:
        variables = {
            "SCOREGATE_GRAPH_URL": endpoints.graph,
            "SCOREGATE_ACCESS_TOKEN": sandbox.mint_token(TENANT, audience=endpoints.graph),
            "XDG_STATE_HOME": str(tmp_path / "state"),
        }
        yield Place(tmp_path, sandbox, endpoints.graph, variables, capfd)


def results(answer: dict[str, Any]) -> dict[str, str]:
    return {change["control"]: change["result"] for change in answer["changes"]}


def test_plan_apply_check_rollback(place: Place) -> None:
    before = {control: place.held(control) for control in (FORWARD, CASB, SPAM)}
    checked = place.run("check", "-p", "policy.yaml")
    assert checked.code == 1
    assert place.run("plan", "-p", "policy.yaml", "--exit-code").code == 1
    place.plan()
    code, answer = place.apply()
    assert code == 0
    assert {name: answer[name] for name in ("applied", "alreadyInPlace", "stale", "failed", "manual")} == {
        "applied": 3,
        "alreadyInPlace": 0,
        "stale": 0,
        "failed": 0,
        "manual": 1,
    }
    assert answer["journal"] == "journal.jsonl"
    assert (place.folder / "journal.jsonl").stat().st_mode & 0o777 == 0o600
    assert place.held(FORWARD) == ("ThirdParty", "m@contoso.example", "Gateway")
    assert place.held(CASB)[0] == "Default"
    assert place.held(CASB)[2] == f"Set by scoregate: policy p, requirement casb, run {NOW}"
    assert place.held(SPAM) == ("Reviewed", "mail@contoso.example", "Daily report")
    again = place.run("plan", "-p", "policy.yaml", "--exit-code", "-o", "json")
    assert (again.code, json.loads(again.out)["changes"]) == (0, [])
    judged = json.loads(place.run("check", "-p", "policy.yaml", "-o", "json").out)
    assert [finding["requirement"] for finding in judged["findings"] if finding["outcome"] == "fail"] == ["p/lockbox"]
    undone = place.run("rollback", "journal.jsonl", "--yes", "--journal", "undone.jsonl")
    assert undone.code == 0, undone.err
    assert {control: place.held(control) for control in (FORWARD, CASB, SPAM)} == before
    redone = place.run("rollback", "undone.jsonl", "--yes", "--journal", "redone.jsonl")
    assert redone.code == 0, redone.err
    assert place.held(FORWARD) == ("ThirdParty", "m@contoso.example", "Gateway")
    assert place.held(SPAM) == ("Reviewed", "mail@contoso.example", "Daily report")


def test_only_what_changes_is_sent(place: Place) -> None:
    place.plan()
    place.apply()
    sent = {entry.path.rpartition("/")[2]: entry.body for entry in place.sandbox.requests if entry.method == "PATCH"}
    vendor = {"provider": "SecureScore", "vendor": "Microsoft"}
    assert sent[SPAM] == {"state": "Reviewed", "comment": "Daily report", "vendorInformation": vendor}
    assert set(sent[CASB]) == {"state", "comment", "vendorInformation"}
    assert set(sent[FORWARD]) == {"state", "assignedTo", "comment", "vendorInformation"}


def test_a_second_apply_finds_all_in_place(place: Place) -> None:
    place.plan()
    place.apply()
    lengths = [len(place.updates(control)) for control in (FORWARD, CASB, SPAM)]
    ended = place.run("apply", "plan.json", "--yes", "--journal", "second.jsonl", "-o", "json")
    assert (ended.code, json.loads(ended.out)["alreadyInPlace"]) == (0, 3)
    assert [len(place.updates(control)) for control in (FORWARD, CASB, SPAM)] == lengths


def test_what_somebody_changed_meanwhile_is_left_alone(place: Place) -> None:
    place.plan()
    place.by_hand(SPAM, state="ThirdParty", comment="Mine")
    place.by_hand(CASB, comment="Still needed")
    place.by_hand(FORWARD, state="ThirdParty")
    code, answer = place.apply()
    assert code == 1
    assert results(answer) == {FORWARD: "alreadyInPlace", CASB: "stale", SPAM: "stale"}
    assert "Still needed" in next(change["message"] for change in answer["changes"] if change["control"] == CASB)
    assert place.held(SPAM)[::2] == ("ThirdParty", "Mine")


def test_rollback_leaves_alone_what_somebody_changed_since(place: Place) -> None:
    place.plan()
    place.apply()
    place.by_hand(SPAM, comment="Now mine")
    ended = place.run("rollback", "journal.jsonl", "--yes", "--journal", "undone.jsonl", "-o", "json")
    assert ended.code == 1
    assert results(json.loads(ended.out)) == {FORWARD: "applied", CASB: "applied", SPAM: "stale"}
    assert place.held(SPAM)[2] == "Now mine"


def test_a_profile_that_is_gone(place: Place) -> None:
    place.plan()
    place.sandbox.remove_profile(TENANT, CASB)
    code, answer = place.apply()
    assert (code, results(answer)[CASB], answer["applied"]) == (1, "stale", 2)


@pytest.mark.parametrize(
    "fault",
    [Status(429, retry_after=1), Status(503, retry_after=0), Status(502), DroppedConnection(), HtmlPage(502)],
    ids=["429", "503", "502", "answer lost", "gateway"],
)
def test_what_may_pass_is_done_once_in_the_end(place: Place, fault: Any) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{FORWARD}", fault, method="PATCH")
    code, answer = place.apply("--wait", "1")
    assert (code, answer["applied"]) == (0, 3), answer
    assert sorted(place.written()) == sorted([FORWARD, CASB, SPAM])


def test_a_late_answer_is_found_to_be_done(place: Place) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{FORWARD}", Delay(3), method="PATCH")
    code, answer = place.apply("--timeout", "1")
    assert (code, answer["applied"]) == (0, 3), answer
    assert len(place.updates(FORWARD)) == 2


def test_reads_that_fail_for_a_while(place: Place) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{FORWARD}", Status(503, retry_after=0), times=2, method="GET")
    assert place.apply()[0] == 0


def test_a_refusal_in_the_middle(place: Place) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{CASB}", Status(403), method="PATCH")
    code, answer = place.apply()
    assert code == 1
    assert results(answer) == {FORWARD: "applied", CASB: "failed", SPAM: "applied"}
    message = next(change["message"] for change in answer["changes"] if change["control"] == CASB)
    assert "403" in message
    assert "SecurityEvents.ReadWrite.All" in message
    resumed = place.run("apply", "--resume", "journal.jsonl", "--yes", "-o", "json")
    assert resumed.code == 0, resumed.err
    assert json.loads(resumed.out)["applied"] == 3
    assert sorted(place.written()) == sorted([FORWARD, CASB, SPAM])


def test_a_service_that_stays_busy_is_given_up(place: Place) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{FORWARD}", Status(429, retry_after=60), times=9, method="PATCH")
    code, answer = place.apply("--timeout", "5")
    assert (code, results(answer)[FORWARD]) == (1, "failed")
    assert "gave up" in answer["changes"][0]["message"]


def test_a_page_of_a_proxy_is_no_success(place: Place) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{FORWARD}", HtmlPage(200), method="PATCH")
    code, answer = place.apply("--wait", "1")
    assert (code, answer["applied"]) == (0, 3)
    assert sorted(place.written()) == sorted([FORWARD, CASB, SPAM])


def test_a_plan_of_another_tenant_is_refused(place: Place) -> None:
    place.plan()
    path = place.folder / "plan.json"
    path.write_text(path.read_text().replace(TENANT, "00000000-0000-0000-0000-00000000000a"))
    ended = place.run("apply", "plan.json", "--yes")
    assert ended.code == 2
    assert "and this run signed in to" in ended.err
    assert place.written() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--max-changes", "2"), "at most 2 may be applied at once"),
        (("--only", "nothing"), "matches no change"),
        (("--resume", "journal.jsonl"), "give either"),
    ],
)
def test_a_plan_that_is_not_to_be_applied(place: Place, arguments: tuple[str, ...], message: str) -> None:
    place.plan()
    ended = place.run("apply", "plan.json", "--yes", *arguments)
    assert ended.code == 2
    assert message in ended.err
    assert says_one_thing(ended.err)
    assert len(place.sandbox.requests) == 0


@pytest.mark.parametrize("now", ["2026-05-22T09:00:00Z", "2001-01-01", "2199-01-01T00:00:00Z"])
@pytest.mark.parametrize(
    ("hours", "arguments", "message"),
    [
        (25, (), "25 hours old"),
        (1, ("--max-age", "30m"), "1 hours old"),
        (-1, (), "in the future"),
        (1_000_000, (), "hours old"),
    ],
)
def test_the_age_of_a_plan_is_that_by_the_machines_clock(
    place: Place, hours: int, arguments: tuple[str, ...], message: str, now: str
) -> None:
    place.plan()
    place.make_it(datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=hours))
    ended = place.run("apply", "plan.json", "--yes", "--now", now, *arguments)
    assert ended.code == 2
    assert message in ended.err
    assert len(place.sandbox.requests) == 0


def test_only_the_plan_that_was_approved_is_applied(place: Place) -> None:
    place.plan()
    shown = place.run("plan", "-p", "policy.yaml", "--out", "shown.json").out.decode()
    approved = hashlib.sha256((place.folder / "shown.json").read_bytes()).hexdigest()
    assert f"SHA-256 of its file: {approved}" in shown
    ended = place.run("apply", "plan.json", "--yes", "--plan-sha256", approved)
    assert ended.code == 2
    assert f"--plan-sha256 names {approved}" in ended.err
    assert place.run("apply", "plan.json", "--yes", "--plan-sha256", approved[:-1]).code == 2
    assert place.written() == []
    own = hashlib.sha256((place.folder / "plan.json").read_bytes()).hexdigest()
    place.sandbox.faults.add(f"{PROFILES}/{CASB}", Status(403), method="PATCH")
    assert place.apply("--plan-sha256", own.upper())[0] == 1
    begun = json.loads((place.folder / "journal.jsonl").read_bytes().splitlines()[0])
    assert begun["planSha256"] == own
    resume = ("apply", "--resume", "journal.jsonl", "--yes")
    assert place.run(*resume, "--plan-sha256", approved).code == 2
    assert place.run(*resume, "--plan-sha256", own).code == 0


def test_a_plan_is_used_once(place: Place) -> None:
    place.plan()
    place.apply()
    assert place.run("rollback", "journal.jsonl", "--yes", "--journal", "undone.jsonl").code == 0
    place.sandbox.requests.clear()
    again = place.run("apply", "plan.json", "--yes", "--journal", "again.jsonl", "-o", "json")
    assert (again.code, set(results(json.loads(again.out)).values())) == (1, {"stale"})
    assert "applied and rolled back" in again.out.decode()
    twice = place.run("rollback", "journal.jsonl", "--yes", "--journal", "twice.jsonl", "-o", "json")
    assert (twice.code, set(results(json.loads(twice.out)).values())) == (1, {"stale"})
    assert "nothing is undone twice" in twice.out.decode()
    assert place.written() == []


def test_the_journal_of_a_rollback_names_the_one_that_it_undoes(place: Place) -> None:
    place.plan()
    place.apply()
    undone = hashlib.sha256((place.folder / "journal.jsonl").read_bytes()).hexdigest()
    place.run("rollback", "journal.jsonl", "--yes", "--journal", "undone.jsonl")
    shown = json.loads(place.run("journal", "verify", "undone.jsonl", "-o", "json").out)
    assert (shown["verdict"], shown["undoesSha256"], shown["counts"]["applied"]) == ("whole", undone, 3)


def test_only_narrows(place: Place) -> None:
    place.plan()
    _, answer = place.apply("--only", "mdo_*")
    assert results(answer) == {FORWARD: "applied", SPAM: "applied"}


def test_nobody_to_ask_is_a_mistake_before_anything_is_sent(place: Place) -> None:
    place.plan()
    for command in (("apply", "plan.json"), ("rollback", "journal.jsonl")):
        ended = place.run(*command)
        assert ended.code == 2
        assert "--yes" in ended.err
    assert len(place.sandbox.requests) == 0


def test_a_journal_is_never_replaced(place: Place) -> None:
    place.plan()
    (place.folder / "journal.jsonl").write_text("precious")
    ended = place.run("apply", "plan.json", "--yes", "--journal", "journal.jsonl")
    assert ended.code == 2
    assert "exists already" in ended.err
    assert (place.folder / "journal.jsonl").read_text() == "precious"
    assert place.written() == []


def test_a_second_apply_at_once_is_refused(place: Place) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{FORWARD}", Delay(3), method="PATCH")
    first = started(place, "first.jsonl")
    wait_for(lambda: FORWARD in place.written() or any(request.method == "GET" for request in place.sandbox.requests))
    ended = place.run("apply", "plan.json", "--yes", "--journal", "second.jsonl")
    assert ended.code == 3
    assert "another run on this machine is writing to the tenant" in ended.err
    assert not (place.folder / "second.jsonl").exists()
    first.communicate(timeout=30)
    assert first.returncode == 0
    assert sorted(place.written()) == sorted([FORWARD, CASB, SPAM])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_and_a_cancelled_job_say_how_to_go_on(place: Place, number: signal.Signals) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{FORWARD}", Delay(10), method="PATCH")
    process = started(place, "journal.jsonl")
    wait_for(lambda: len(place.updates(FORWARD)) == 2)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "scoregate apply --resume journal.jsonl" in said
    assert "Traceback" not in said
    resumed = place.run("apply", "--resume", "journal.jsonl", "--yes", "-o", "json")
    assert (resumed.code, json.loads(resumed.out)["applied"]) == (0, 3)
    assert place.updates(FORWARD)[-1]["state"] == "ThirdParty"
    assert len(place.updates(FORWARD)) == 2


def test_a_token_that_is_refused_midway_ends_the_run(place: Place) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{CASB}", Status(401), times=9, method="PATCH")
    ended = place.run("apply", "plan.json", "--yes", "--journal", "journal.jsonl")
    assert ended.code == 3
    assert "401" in ended.err
    assert "apply --resume journal.jsonl" in ended.err
    assert place.written() == [FORWARD]


def test_resume_keeps_to_the_limits_of_an_apply(place: Place) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{CASB}", Status(403), method="PATCH")
    place.apply()
    for arguments, said in (
        (("--max-changes", "0"), "at most 0 may be applied at once"),
        (("--max-age", "0m"), "hours old"),
    ):
        refused = place.run("apply", "--resume", "journal.jsonl", "--yes", *arguments)
        assert refused.code == 2
        assert said in refused.err
    assert place.run("apply", "--resume", "journal.jsonl", "--yes", "--max-changes", "1").code == 0


def test_what_another_run_does_is_waited_for_before_a_journal_is_read(place: Place) -> None:
    folder = place.folder / "state" / "scoregate" / "locks"
    with tenant_lock(str(folder), TENANT):
        for command in (("rollback", "missing.jsonl"), ("apply", "--resume", "missing.jsonl")):
            ended = place.run(*command, "--yes")
            assert ended.code == 3
            assert "another run on this machine" in ended.err
    assert "missing.jsonl" in place.run("rollback", "missing.jsonl", "--yes").err


@pytest.mark.parametrize(
    "arguments",
    [
        ("apply", "--resume", "-", "--yes"),
        ("apply", "plan.json", "--yes", "--journal", "-"),
        ("rollback", "-", "--yes"),
        ("plan", "-p", "policy.yaml", "--out", "-"),
    ],
)
def test_a_stream_is_no_file(place: Place, arguments: tuple[str, ...]) -> None:
    ended = place.run(*arguments)
    assert ended.code == 2
    assert "expected the name of a file, got -" in ended.err


def test_a_journal_named_by_a_variable_stands_in_no_ones_way(place: Place) -> None:
    place.plan()
    place.variables["SCOREGATE_JOURNAL"] = "journal.jsonl"
    assert place.run("apply", "plan.json", "--yes").code == 0
    assert place.run("apply", "--resume", "journal.jsonl", "--yes").code == 0
    assert place.run("check", "-p", "policy.yaml").code == 1


def test_a_job_in_the_background_ends_on_sigterm_too(place: Place) -> None:
    place.plan()
    place.sandbox.faults.add(f"{PROFILES}/{FORWARD}", Delay(8), method="PATCH")
    command = f"trap '' INT; exec {sys.executable} -m checker apply plan.json --yes --journal journal.jsonl --now {NOW}"
    process = subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=place.folder,
        env=environment(**place.variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: len(place.updates(FORWARD)) == 2)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "scoregate apply --resume journal.jsonl" in said
    assert place.written() == [FORWARD]


def test_an_answer_that_cannot_be_written_loses_no_journal(place: Place) -> None:
    place.plan()
    ended = place.run("apply", "plan.json", "--yes", "--journal", "journal.jsonl", "-o", "json=/proc/x.json")
    assert ended.code == 1
    assert "3 changes: 3 applied" in ended.err
    assert "Journal: journal.jsonl" in ended.err
    assert "Traceback" not in ended.err


def test_a_store_that_fails_holds_up_no_enforcement(place: Place) -> None:
    (place.folder / "file").write_text("x")
    (place.folder / "policy.yaml").write_text(
        "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\ncontrols:\n"
        f"  - {{id: casb, control: {CASB}, profile: {{state: Default}}, remediate: auto, enforcement: advisory}}\n"
    )
    ended = place.run("check", "-p", "policy.yaml", "--remediate", "--yes", "--store", "file/store")
    assert ended.code == 2
    assert "the store cannot be used" in ended.err
    assert place.written() == [CASB]


def test_a_plan_with_an_id_that_no_address_holds_is_refused_whole(place: Place) -> None:
    place.plan()
    document = json.loads((place.folder / "plan.json").read_bytes())
    document["changes"][0]["control"] = "\u00e9" * 1000
    (place.folder / "plan.json").write_text(json.dumps(document))
    ended = place.run("apply", "plan.json", "--yes")
    assert (ended.code, ended.out) == (2, b"")
    assert "which is not a control's id" in ended.err
    assert place.written() == []


def test_an_empty_plan_is_of_its_tenant_too(place: Place) -> None:
    place.plan()
    document = json.loads((place.folder / "plan.json").read_bytes())
    (place.folder / "plan.json").write_text(json.dumps({**document, "changes": [], "tenant": "other"}))
    assert place.run("apply", "plan.json", "--yes").code == 2


def test_two_runs_in_one_second_keep_two_journals(place: Place) -> None:
    place.plan()
    for _ in range(2):
        assert place.run("apply", "plan.json", "--yes").code == 0
    assert len(list(place.folder.glob("scoregate-20260522T090000Z-????.jsonl"))) == 2


def started(place: Place, journal: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "checker", "apply", "plan.json", "--yes", "--journal", journal, "--now", NOW],
        cwd=place.folder,
        env=environment(**place.variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition: Any) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")


def test_enforcement_resets_and_leaves_declarations(place: Place) -> None:
    automatic = POLICY.replace("}}\n", "}, remediate: auto}\n")
    (place.folder / "policy.yaml").write_text(
        f"apiVersion: scoregate/v1\nkind: Policy\nmetadata: {{name: p}}\n{automatic}", encoding="utf-8"
    )
    refused = place.run("check", "-p", "policy.yaml", "--remediate")
    assert (refused.code, refused.out) == (2, b"")
    assert "--yes" in refused.err
    done = place.run("check", "-p", "policy.yaml", "--remediate", "--yes", "--journal", "j.jsonl", "-o", "json")
    # The verdict is that before the change.
    assert done.code == 1
    assert json.loads(done.out)["counts"]["fail"] == 4
    assert place.written() == [CASB]
    assert "Journal: j.jsonl" in done.err
    assert f"{FORWARD} is not set to ThirdParty: this needs --allow-declarations" in done.err
    place.sandbox.requests.clear()
    more = place.run(
        "check", "-p", "policy.yaml", "--remediate", "--allow-declarations", "--yes", "--journal", "k.jsonl"
    )
    assert more.code == 1
    assert sorted(place.written()) == sorted([FORWARD, SPAM])
    quiet = place.run("check", "-p", "policy.yaml", "--remediate", "--yes")
    assert "0 changes" in quiet.err
    assert "Journal" not in quiet.err
    assert not list(place.folder.glob("scoregate-*.jsonl"))


def test_enforcement_touches_nothing_that_is_not_left_to_it(place: Place) -> None:
    done = place.run("check", "-p", "policy.yaml", "--remediate", "--yes", "--allow-declarations")
    assert done.code == 1
    assert place.written() == []


def test_enforcement_sets_nothing_where_not_everything_could_be_judged(place: Place) -> None:
    automatic = POLICY.replace("}}\n", "}, remediate: auto}\n")
    (place.folder / "policy.yaml").write_text(
        "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\n"
        f"score: [{{id: old, freshness: {{maximumAge: 0d}}}}]\n{automatic}",
        encoding="utf-8",
    )
    arguments = ("check", "-p", "policy.yaml", "--remediate", "--yes", "--allow-declarations")
    done = place.run(*arguments, "--now", "2026-05-24T09:00:00Z")
    assert done.code == 1
    assert "not everything could be judged, so no state was set" in done.err
    assert place.written() == []
    place.sandbox.faults.add("/v1.0/security/secureScoreControlProfiles", Partial(empty=True))
    done = place.run("check", "-p", "policy.yaml", "--remediate", "--yes", "--allow-declarations")
    assert "so no state was set" in done.err
    assert place.written() == []


def test_a_fault_of_enforcement_leaves_the_verdict_as_it_is(place: Place) -> None:
    policy = place.folder / "policy.yaml"
    for gate, code in ((CASB, 1), ("", 2)):
        policy.write_text(
            "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\ncontrols:\n"
            f"  - {{id: casb, control: {CASB}, profile: {{state: Default}}, remediate: auto, "
            f"enforcement: {'mandatory' if gate else 'advisory'}}}\n"
        )
        ended = place.run("check", "-p", "policy.yaml", "--remediate", "--yes", "--max-changes", "0")
        assert ended.code == code
        assert "at most 0 may be applied at once" in ended.err


def test_enforcement_counts_what_it_has_to_leave_to_a_person(place: Place) -> None:
    (place.folder / "policy.yaml").write_text(
        "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\ncontrols:\n"
        f"  - {{id: casb, control: {CASB}, profile: {{state: Default}}, remediate: auto}}\n"
        f"  - {{id: box, control: {LOCKBOX}, profile: {{state: Default}}, remediate: auto}}\n"
    )
    ended = place.run("check", "-p", "policy.yaml", "--remediate", "--yes")
    assert "1 change: 1 applied, 0 stale, 0 failed, 1 to do by hand." in ended.err


@pytest.mark.parametrize("option", [("--allow-declarations",), ("--journal", "journal.jsonl")])
def test_options_that_would_do_nothing_are_mistakes(place: Place, option: tuple[str, ...]) -> None:
    ended = place.run("check", "-p", "policy.yaml", *option)
    assert ended.code == 2
    assert "give --remediate too" in ended.err


def test_enforcement_needs_a_tenant(place: Place) -> None:
    ended = place.run("check", "-p", "policy.yaml", "--remediate", "--yes", "--snapshot", "x.json")
    assert ended.code == 2
    assert "--snapshot is a file" in ended.err


def test_yes_and_remediate_are_not_taken_from_the_settings_file(place: Place) -> None:
    for name in ("yes", "remediate", "journal", "allow-declarations", "max-changes", "max-age"):
        (place.folder / "scoregate.toml").write_text(f"{name} = true\n")
        ended = place.run("check", "-p", "policy.yaml")
        assert ended.code == 2, name
        assert "is not taken from this file" in ended.err


def test_without_the_permission_nothing_is_done(place: Place) -> None:
    place.plan()
    reader = place.sandbox.mint_token(TENANT, roles=["SecurityEvents.Read.All"], audience=place.graph)
    place.variables["SCOREGATE_ACCESS_TOKEN"] = reader
    code, answer = place.apply()
    assert (code, answer["failed"]) == (1, 3)
    assert place.written() == []


def test_on_a_terminal_it_shows_and_asks(place: Place) -> None:
    place.plan()
    place.by_hand(CASB, comment="Still needed")
    for said, code in (("n", 1), ("y", 1)):
        ended, shown = on_a_terminal(place, said)
        assert ended == code
        assert "stale, and left out: McasFirewallLogUpload" in shown
        assert "Set these states in the tenant" in shown
        assert place.held(FORWARD)[0] == ("ThirdParty" if said == "y" else "Default")
    assert place.held(CASB)[2] == "Still needed"


def on_a_terminal(place: Place, said: str) -> tuple[int, str]:
    """Runs apply with a pseudo-terminal for its input and its messages."""
    import pty

    leader, follower = pty.openpty()
    variables = {name: value for name, value in environment(**place.variables).items() if name != "CI"}
    with subprocess.Popen(
        [sys.executable, "-m", "checker", "apply", "plan.json", "--now", NOW, "--journal", f"{said}.jsonl"],
        cwd=place.folder,
        env=variables,
        stdin=follower,
        stdout=subprocess.DEVNULL,
        stderr=follower,
    ) as process:
        os.close(follower)
        os.write(leader, f"{said}\n".encode())
        shown = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        process.wait(timeout=30)
    os.close(leader)
    return process.returncode, shown.decode()
