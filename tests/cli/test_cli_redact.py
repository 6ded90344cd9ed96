"""``--redact``: no output of any command that reads a tenant names people, or the tenant."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from command_line import NOW, Ended, here, policy, snapshot

from checker.cli.main import scoregate
from checker.cli.registry import COMMANDS
from checker.snapshot.ids import pseudonym

Capture = pytest.CaptureFixture[str]
PEOPLE = ("canary.person", "canary assignee", "canary comment", "canaryorg")
SOURCE = ("--snapshot", "snapshot.json")
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "check": ("-p", "policy.yaml", *SOURCE),
    "diff": ("snapshot.json", "older.json", "-p", "policy.yaml"),
    "explain": ("AdminMFAV2", "-p", "policy.yaml", *SOURCE),
    "fetch": ("-o", "json=fetched.json", "--sandbox"),
    "init": ("drafts", "--from", *SOURCE),
    "lock": ("-p", "policy.yaml", *SOURCE),
    "plan": ("-p", "policy.yaml", *SOURCE),
    "ratchet": ("-p", "policy.yaml", "--dry-run", *SOURCE),
    "waivers list": ("-p", "policy.yaml", *SOURCE),
    "whatif": ("--front", *SOURCE),
}
# It needs a repository; what it reads comes from the same source as for the others.
ELSEWHERE = {"review"}
POLICY = """
score: [{id: overall, minimum: {percent: 100}}]
controls:
  - {id: mfa, control: AdminMFAV2, minimum: {percent: 100}}
  - {id: declared, control: AdminMFAV2, minimum: {percent: 100}, accept: [ThirdParty]}
  - {id: stated, control: AdminMFAV2, profile: {state: Reviewed}}
states: [{id: undeclared, undeclared: fail}]
"""


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(scoregate)
    for name in COMMANDS:
        command = scoregate.get_command(context, name)
        below = command.commands if isinstance(command, click.Group) else {"": command}
        yield from ((f"{name} {word}".strip(), one) for word, one in below.items() if one is not None)


def outputs(command: click.Command) -> list[str]:
    """All formats of ``-o`` at once, text on standard output."""
    one = next((one for one in command.params if isinstance(one, click.Option) and "-o" in one.opts), None)
    if one is None or command.name == "fetch":
        return []
    listed = (one.help or "").partition(";")[0].replace(" (the default)", "").replace(" or ", ", ").split(", ")
    return [word for name in listed for word in ("-o", name if name == "text" else f"{name}=answer.{name}")]


# The others are in test_cli_redact_whole.
READING = {
    name: one
    for name, one in commands()
    if {"redact", "seed"} <= {parameter.name for parameter in one.params} and name not in {"apply", "rollback"}
}


@pytest.fixture(autouse=True)
def tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    path = Path(snapshot(tmp_path))
    held = json.loads(path.read_text())
    for profile in held["controlProfiles"]:
        profile["controlStateUpdates"] = [
            {
                "state": "ThirdParty",
                "assignedTo": "Canary Assignee",
                "comment": f"Canary comment by canary.person@canaryorg.com in {held['tenant']}",
                "updatedBy": "canary.person@canaryorg.onmicrosoft.com",
                "updatedDateTime": "2026-05-01T00:00:00Z",
            }
        ]
        profile["actionUrl"] = f"https://portal.azure.com/?tid={held['tenant']}"
        profile["remediation"] = f"Ask <b>canary.person@canaryorg.com</b> about {held['tenant'].upper()}."
    path.write_text(json.dumps(held))
    held["secureScores"] = held["secureScores"][1:]
    (tmp_path / "older.json").write_text(json.dumps(held))
    policy(tmp_path, POLICY, file="policy.yaml")
    return str(held["tenant"]).casefold()


def run(capfd: Capture, name: str, *more: str) -> Ended:
    return here(capfd, *name.split(), *ARGUMENTS.get(name, SOURCE), "--now", NOW, *more)


def everything(ended: Ended, folder: Path) -> str:
    """What a run said and wrote, in small letters."""
    inputs = {"snapshot.json", "older.json", "policy.yaml"}
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name not in inputs]
    return (ended.out + ended.err.encode() + b"".join(written)).decode().casefold()


def test_every_command_that_judges_or_shows_a_tenant_can_redact() -> None:
    assert set(READING) == {
        *("check", "compare", "controls", "diff", "explain", "fetch", "guide", "init", "lock", "plan", "ratchet"),
        *("review", "score", "trend", "waivers list", "whatif"),
    }


@pytest.mark.parametrize("name", sorted(READING.keys() - ELSEWHERE))
def test_nothing_names_people_or_the_tenant(name: str, tmp_path: Path, tenant: str, capfd: Capture) -> None:
    ended = run(capfd, name, "--redact", "tenant", *outputs(READING[name]))
    assert ended.code in {0, 1, 3}, ended.err
    seen = everything(ended, tmp_path)
    assert [word for word in (*PEOPLE, tenant) if word in seen] == []


@pytest.mark.parametrize("name", ["check", "explain", "plan"])
def test_without_it_they_are_named(name: str, tmp_path: Path, capfd: Capture) -> None:
    assert PEOPLE[0] in everything(run(capfd, name), tmp_path)


def test_people_alone_leave_the_tenant(tmp_path: Path, tenant: str, capfd: Capture) -> None:
    seen = everything(run(capfd, "check", "--redact", "people", "-o", "json"), tmp_path)
    assert tenant in seen
    assert PEOPLE[0] not in seen


def test_the_verdict_and_the_findings_are_the_same(capfd: Capture) -> None:
    plain = json.loads(run(capfd, "check", "-o", "json").out)
    hidden = json.loads(run(capfd, "check", "--redact", "tenant", "-o", "json").out)
    same = ("verdict", "score", "counts")
    assert [hidden.get(member) for member in same] == [plain.get(member) for member in same]
    keys = ("key", "outcome", "reason", "measured", "required")
    assert [[one.get(key) for key in keys] for one in hidden["findings"]] == [
        [one.get(key) for key in keys] for one in plain["findings"]
    ]


def test_a_waiver_of_one_tenant_is_still_one_of_it(tmp_path: Path, tenant: str, capfd: Capture) -> None:
    waiver = f"{{requirement: '*', tenant: {tenant}, from: 2026-05-01, until: 2026-06-30, reason: r, approvedBy: me}}"
    (tmp_path / "waivers.yaml").write_text(f"apiVersion: scoregate/v1\nkind: Waivers\nwaivers: [{waiver}]\n")
    named = ("--waivers", "waivers.yaml", "-o", "json")
    plain, hidden = (json.loads(run(capfd, "check", *more, *named).out) for more in ((), ("--redact", "tenant")))
    assert plain["counts"]["waived"] > 0
    assert hidden["counts"] == plain["counts"]
    listed = json.loads(run(capfd, "waivers list", "--redact", "tenant", *named).out)
    assert [one["status"] for one in listed["waivers"]] == ["in-force"]


def test_a_plan_of_the_tenant_can_be_tried_out_on_redacted_data(capfd: Capture) -> None:
    assert run(capfd, "plan", "--out", "plan.json").code in {0, 1}
    ended = here(capfd, "whatif", *SOURCE, "--plan", "plan.json", "--now", NOW, "--redact", "tenant")
    assert ended.code == 0, ended.err


@pytest.mark.parametrize(("before", "after"), [("none", "tenant"), ("tenant", "none"), ("tenant", "tenant")])
def test_a_baseline_is_known_to_be_of_the_same_tenant(before: str, after: str, capfd: Capture) -> None:
    run(capfd, "check", "--redact", before, "-o", "json=base.json")
    ended = run(capfd, "check", "--redact", after, "--baseline", "base.json")
    assert (ended.code, "another tenant" in ended.err) == (0, False), ended.err


def test_a_redacted_snapshot_is_one(tmp_path: Path, capfd: Capture) -> None:
    run(capfd, "fetch", "--redact", "tenant")
    held = json.loads((tmp_path / "fetched.json").read_text())
    assert held["kind"] == "Snapshot"
    assert held["tenant"] == pseudonym(
        json.loads(here(capfd, "score", "--sandbox", "--now", NOW, "-o", "json").out)["tenant"]
    )
