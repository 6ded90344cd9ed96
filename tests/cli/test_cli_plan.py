"""``scoregate plan`` on the sandbox."""

import json
import re
import stat
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command_line import NOW, ROOT, Ended, here, policy, says_one_thing, scoregate, snapshot, snapshot_bytes
from graph_support import SMALL_TENANT

from checker.policy.load import load
from checker.remediation.plan_file import read_plan
from checker.views.plan import CAVEAT

Capture = pytest.CaptureFixture[str]
# States of the sandbox's tenant of seed 0.
FORWARD, CASB, LOCKBOX = "mdo_blockmailforward", "McasFirewallLogUpload", "CustomerLockBoxEnabled"
CHANGES = f"""
controls:
  - {{id: forward, control: {FORWARD}, profile: {{state: ThirdParty, comment: Gateway}}}}
  - {{id: casb, control: {CASB}, profile: {{state: Default}}}}
  - {{id: lockbox, control: {LOCKBOX}, profile: {{state: Default}}}}
"""
MET = f"controls: [{{id: casb, control: {CASB}, profile: {{state: ThirdParty}}}}]"
BY_HAND = f"controls: [{{id: lockbox, control: {LOCKBOX}, profile: {{state: Default}}}}]"
CONFLICT = (
    f"controls: [{{id: one, control: {FORWARD}, profile: {{state: Ignored}}}}, "
    f"{{id: two, control: {FORWARD.upper()}, profile: {{state: Reviewed}}}}]"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    # What a pipeline would put into default comments.
    for name in ("GITHUB_RUN_ID", "SYSTEM_COLLECTIONURI", "CI_JOB_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def plan(capture: Capture, *arguments: str | Path) -> Ended:
    return here(capture, "plan", "--sandbox", "--now", NOW, *arguments)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def controls(document: Any) -> dict[str, str]:
    return {change["control"]: change["after"]["state"] for change in document["changes"]}


@pytest.mark.parametrize(
    ("body", "code"),
    [(CHANGES, 1), (MET, 0), (BY_HAND, 0), ("score: [{id: overall, minimum: {percent: 100}}]", 0)],
)
def test_exit_codes(body: str, code: int, folder: Path, capfd: Capture) -> None:
    path = policy(folder, body)
    assert (plan(capfd, "-p", path).code, plan(capfd, "-p", path, "--exit-code").code) == (0, code)


def test_the_text_is_for_a_person(folder: Path, capfd: Capture) -> None:
    ended = plan(capfd, "-p", policy(folder, CHANGES))
    lines = ended.out.decode().splitlines()
    assert lines[0] == CAVEAT
    assert f"Plan for the tenant {read_tenant(capfd)} (global), from the data of 2026-05-22" in lines
    end = lines.index("Plan: 2 changes, 1 to do by hand.")
    assert lines[end + 2 : end + 4] == ["", "Warnings (1)"]
    assert [line.split()[:2] for line in lines[:end] if re.match(r"  [-+~!] ", line)] == [
        ["+", FORWARD],
        ["-", CASB],
        ["!", LOCKBOX],
    ]


def read_tenant(capture: Capture) -> str:
    found = json.loads(plan(capture, "-p", policy(Path(), MET, file="met.yaml"), "-o", "json").out)["tenant"]
    assert isinstance(found, str)
    return found


def test_where_all_is_as_declared_it_says_so(folder: Path, capfd: Capture) -> None:
    ended = plan(capfd, "-p", policy(folder, MET))
    assert "Nothing to do: every state is as declared." in ended.out.decode().splitlines()


def test_the_plan_file_is_the_json(folder: Path, capfd: Capture) -> None:
    outputs = ("-o", "json", "-o", "json=too.json", "-o", "text=plan.txt", "-o", "markdown=plan.md")
    ended = plan(capfd, "-p", policy(folder, CHANGES), "--out", "plan.json", *outputs)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (folder / "plan.json").read_bytes() == (folder / "too.json").read_bytes()
    schema = json.loads((ROOT / "schemas" / "plan.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(ended.out))
    assert (folder / "plan.txt").read_text("utf-8").startswith(CAVEAT)
    assert (
        (folder / "plan.md")
        .read_text("utf-8")
        .startswith(f"> {CAVEAT}\n\n### Secure Score plan: 2 changes, 1 to do by hand\n")
    )
    assert {mode(folder / name) for name in ("plan.json", "too.json", "plan.txt", "plan.md")} == {0o600}


def test_the_plan_says_what_it_was_made_from(folder: Path, capfd: Capture) -> None:
    path = policy(folder, CHANGES)
    plan(capfd, "-p", path, "--out", "plan.json")
    found = read_plan("plan.json")
    assert (found.cloud, found.created_at, found.run) == ("global", NOW, NOW)
    assert found.source.policies_sha256 == load([path]).sha256
    assert found.source.snapshot_date == "2026-05-22"
    assert re.fullmatch("[0-9a-f]{64}", found.source.snapshot_sha256 or "")
    assert found.changes[0].after.comment == "Gateway"
    assert found.changes[1].after.comment == f"Set by scoregate: policy small, requirement casb, run {NOW}"


def test_the_run_of_a_pipeline_is_named(folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_RUN_ID", "17")
    monkeypatch.setenv("GITHUB_REPOSITORY", "contoso/secops")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.contoso.example")
    found = json.loads(plan(capfd, "-p", policy(folder, CHANGES), "-o", "json").out)
    assert found["run"] == "https://github.contoso.example/contoso/secops/actions/runs/17"
    assert found["changes"][1]["after"]["comment"].endswith(f"run {found['run']}")


def test_a_snapshot_is_planned_too(folder: Path, capfd: Capture) -> None:
    ended = here(
        capfd, "plan", "-p", policy(folder, CHANGES), "--snapshot", snapshot(folder), "--now", NOW, "-o", "json"
    )
    found = json.loads(ended.out)
    assert (ended.code, found["tenant"]) == (0, SMALL_TENANT.tenant_id)
    assert found["changes"][0]["control"] == FORWARD


def test_waivers_hold_for_plans(folder: Path, capfd: Capture) -> None:
    (folder / "waivers.yaml").write_text(
        "apiVersion: scoregate/v1\nkind: Waivers\nwaivers: [{requirement: small/forward, from: 2026-05-01, "
        "until: 2026-06-30, reason: r, approvedBy: b}]\n"
    )
    path = policy(folder, CHANGES)
    found = json.loads(plan(capfd, "-p", path, "--waivers", "waivers.yaml", "-o", "json").out)
    assert controls(found) == {CASB: "Default"}
    assert found["notes"] == [f"small/forward: {FORWARD} is waived, so it stays as it is"]


@pytest.mark.parametrize("more", [(), ("--exit-code",), ("--out", "plan.json"), ("-o", "json=too.json")])
def test_requirements_that_contradict_each_other_are_a_mistake(
    more: tuple[str, ...], folder: Path, capfd: Capture
) -> None:
    ended = plan(capfd, "-p", policy(folder, CONFLICT), *more)
    assert (ended.code, ended.out) == (2, b"")
    assert says_one_thing(ended.err)
    assert re.search(r"small/one \(.*small.yaml:4:\d+\) wants Ignored, small/two \(.*small.yaml:4:", ended.err)
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sandbox",), "no policy: name one with -p PATH"),
        (
            ("--sandbox", "-p", "small.yaml", "--import"),
            "--import writes a policy of the tenant's present states: leave -p out",
        ),
        (("-p", "small.yaml"), "no source"),
        (("-p", "small.yaml", "--sandbox", "-o", "junit"), "-o takes text, json, markdown, got 'junit'"),
        (("-p", "small.yaml", "--sandbox", "-o", "text", "-o", "json"), "both go to standard output"),
        (("-p", "small.yaml", "--sandbox", "--out", "missing/plan.json"), "cannot be written"),
        (("--import", "--sandbox", "--out", "missing/policy.yaml"), "cannot be written"),
        (("-p", "gone.yaml", "--sandbox"), "gone.yaml"),
    ],
)
def test_mistakes_of_the_caller(
    arguments: tuple[str, ...], said: str, folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AZURE_TENANT_ID", "SCOREGATE_ACCESS_TOKEN", "IDENTITY_ENDPOINT", "MSI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    policy(folder, CHANGES)
    ended = here(capfd, "plan", "--now", NOW, *arguments)
    assert (ended.code, ended.out) == (2, b"")
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_a_snapshot_that_cannot_be_read_is_no_data(folder: Path, capfd: Capture) -> None:
    (folder / "snapshot.json").write_bytes(b"{")
    ended = here(capfd, "plan", "-p", policy(folder, CHANGES), "--snapshot", "snapshot.json")
    assert (ended.code, ended.out) == (3, b"")
    assert says_one_thing(ended.err)


@pytest.mark.parametrize(
    "body",
    [
        "states: [{id: s, undeclared: fail}]",
        f"controls: [{{id: a, control: {CASB}, profile: {{state: Default}}, when: {{enabledServices: [HasAADP1]}}}}]",
    ],
)
def test_what_could_not_be_judged_is_not_said_to_be_as_declared(body: str, folder: Path, capfd: Capture) -> None:
    document = json.loads(snapshot_bytes())
    for score in document["secureScores"]:
        score["enabledServices"] = None
    (folder / "snapshot.json").write_text(json.dumps({**document, "controlProfiles": []}), encoding="utf-8")
    source = ("-p", policy(folder, body), "--snapshot", "snapshot.json", "--now", NOW)
    # The state that a score tells is a violation all the same.
    assert here(capfd, "check", *source).code == (1 if body.startswith("states") else 3)
    ended = here(capfd, "plan", *source)
    assert "every state is as declared" not in ended.out.decode()


# --import


def test_the_states_of_the_tenant_are_written_as_a_policy(folder: Path, capfd: Capture) -> None:
    printed = plan(capfd, "--import")
    assert (printed.code, printed.err) == (0, "")
    assert f'control: "{CASB}"' in printed.out.decode()
    written = plan(capfd, "--import", "--out", "adopted.yaml")
    assert (written.code, written.out, written.err) == (0, b"", "")
    line, _, text = (folder / "adopted.yaml").read_bytes().partition(b"\n")
    assert text == printed.out
    schema = folder / line.decode().partition("# yaml-language-server: $schema=")[2]
    assert schema.read_bytes() == here(capfd, "schema", "policy").out
    assert mode(folder / "adopted.yaml") == 0o600


def test_a_tenant_that_was_adopted_is_as_its_policy_says(folder: Path, capfd: Capture) -> None:
    plan(capfd, "--import", "--out", "adopted.yaml")
    with (folder / "adopted.yaml").open("a") as file:
        file.write("states: [{id: no-shadow-acceptance, undeclared: fail}]\n")
    checked = here(capfd, "check", "-p", "adopted.yaml", "--sandbox", "--now", NOW)
    assert checked.code == 0, checked.out
    assert here(capfd, "lint", "adopted.yaml").code == 0
    planned = plan(capfd, "-p", "adopted.yaml", "--exit-code", "-o", "json")
    found = json.loads(planned.out)
    assert (planned.code, found["changes"], found["manual"], found["notes"]) == (0, [], [], [])


def test_a_snapshot_is_adopted_too(folder: Path, capfd: Capture) -> None:
    source = ("--snapshot", snapshot(folder), "--now", NOW)
    assert here(capfd, "plan", "--import", *source, "--out", "adopted.yaml").code == 0
    assert here(capfd, "check", "-p", "adopted.yaml", *source).code == 0


def test_a_process_of_its_own_says_the_same(folder: Path, capfd: Capture) -> None:
    arguments = ("plan", "-p", policy(folder, CHANGES), "--sandbox", "--now", NOW, "--exit-code")
    ended = scoregate(*arguments, folder=folder)
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == here(capfd, *arguments).out


def test_an_adopted_policy_replaces_nothing(folder: Path, capfd: Capture) -> None:
    (folder / "adopted.yaml").write_text("precious")
    ended = plan(capfd, "--import", "--out", "adopted.yaml")
    assert (ended.code, (folder / "adopted.yaml").read_text()) == (2, "precious")
    assert "exists already" in ended.err


@pytest.mark.parametrize(
    ("option", "named"),
    [(("-o", "json"), "-o"), (("--exit-code",), "--exit-code"), (("--waivers", "w.yaml"), "--waivers")],
)
def test_import_refuses_what_it_would_not_heed(option: tuple[str, ...], named: str, capfd: Capture) -> None:
    ended = plan(capfd, "--import", *option)
    assert ended.code == 2
    assert f"leave {named} out" in ended.err


def test_states_that_nobody_could_judge_are_no_success(folder: Path, capfd: Capture) -> None:
    document = json.loads(snapshot_bytes())
    document["controlProfiles"] = []
    (folder / "bare.json").write_text(json.dumps(document))
    source = ("--snapshot", "bare.json", "--now", NOW)
    states = policy(folder, "states: [{id: known, undeclared: fail}]", file="states.yaml")
    ended = here(capfd, "plan", "-p", states, *source, "--exit-code", "--out", "plan.json")
    assert ended.code == 3
    assert "not planned because they could not be judged: small/known" in ended.out.decode()
    assert read_plan("plan.json").notes == ("not planned because they could not be judged: small/known",)
    # A score that can't be judged is no matter of a plan.
    freshness = policy(folder, "score: [{id: cat, category: Nothing, minimum: {percent: 1}}]", file="score.yaml")
    assert here(capfd, "plan", "-p", freshness, *source).code == 0
