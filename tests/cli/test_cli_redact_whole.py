"""``--redact`` where whole data is read and kept: states are set, stores and evidence are read, errors are told."""

import base64
import json
import os
import shutil
import zipfile
from pathlib import Path

import click
import pyarrow.parquet
import pytest
from command_line import Ended, here, on_a_terminal, policy

from checker.auth.interface import VARIABLES
from checker.cli.main import run, scoregate
from checker.cli.registry import COMMANDS
from checker.snapshot.ids import pseudonym

Capture = pytest.CaptureFixture[str]
# Of the sandbox's tenant: who set its states, who they are assigned to, and words of the comments.
PEOPLE = ("secops", "netops", "contoso.example", "sec-118", "our own casb", "declared by mistake")
APPLICATION = "9d1f3a52-5a3a-4f0e-8f5e-0b6f4f1c2d3e"
CANARY = "canary"
POLICY = """
controls:
  - {id: casb, control: McasFirewallLogUpload, profile: {state: Reviewed}, remediate: auto}
  - {id: dlp, control: dlp_datalossprevention, profile: {state: Default}, remediate: auto}
states: [{id: undeclared, undeclared: fail}]
"""
TESTS = """apiVersion: scoregate/v1
kind: PolicyTest
policies: [policy.yaml]
cases:
  - name: wrong
    snapshot: whole.json
    expect: {small/undeclared: pass}
"""
# Commands that read no data of a tenant.
WITHOUT = {
    "completion": "prints a script",
    "lint": "reads policies, waivers and tests",
    "sandbox": "serves a tenant that it makes up",
    "schema": "prints a schema of ours",
    "waivers add": "writes what was typed",
}
STATED = ("--store", "store")
JSON = ("-o", "json=answer.json", "-o")
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "apply": ("plan.json", "--sandbox", "--yes", "--journal", "new.jsonl", *JSON, "markdown=answer.md"),
    "auth": (*JSON, "text"),
    "check": ("-p", "policy.yaml", "--sandbox", "--remediate", "--allow-declarations", "--yes", *JSON, "text"),
    "config": ("check", "-o", "json=answer.json", "-o", "markdown=answer.md", "-o", "text"),
    "diff": ("report.json", "report.json", *JSON, "text"),
    "evidence verify": ("run.zip", *JSON, "text"),
    "history compact": (*STATED, *JSON, "text"),
    "history export": ("exported", *STATED),
    "history prune": ("--keep", "1d", *STATED, *JSON, "text"),
    "history sql": ("SELECT * FROM states JOIN profiles USING (tenant, control)", *STATED, *JSON, "csv"),
    "history verify": (*STATED, *JSON, "text"),
    "journal verify": ("journal.jsonl", *JSON, "text"),
    "plan": ("-p", "policy.yaml", "--sandbox", "--out", "new-plan.json", *JSON, "text"),
    "replay": ("run.zip", *JSON, "text"),
    "rollback": ("journal.jsonl", "--sandbox", "--yes", "--journal", "new.jsonl", *JSON, "markdown=answer.md"),
    "test": ("tests.yaml", "-o", "json=answer.json", "-o", "junit=answer.xml", "-o", "text"),
}
# What is kept to undo, or to judge again, stays whole.
WHOLE = {"new.jsonl", "new-plan.json"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What runs without ``--redact`` leave: a plan, a journal, evidence, a report, a snapshot and a store."""
    folder = tmp_path_factory.mktemp("made")
    policy(folder, POLICY, file="policy.yaml")
    (folder / "tests.yaml").write_text(TESTS)
    before = Path.cwd()
    os.chdir(folder)
    try:
        for line in (
            "fetch --sandbox -o whole.json --store store",
            "plan -p policy.yaml --sandbox --out plan.json",
            "check -p policy.yaml --sandbox --evidence run.zip --store store -o json=report.json",
            "apply plan.json --sandbox --yes --journal journal.jsonl",
        ):
            assert run(line.split()) in {0, 1, 3}, line
    finally:
        os.chdir(before)
    return folder


@pytest.fixture(autouse=True)
def tenant(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of the tenant that everything in the working folder is of."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    # Its locks, since other tests write to the same tenant at the same time.
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return str(json.loads((made / "whole.json").read_bytes())["tenant"])


def told(ended: Ended, made: Path, folder: Path) -> str:
    """What a run said and wrote, in small letters; stores are looked into by what reads them."""
    inputs = {path.name for path in made.iterdir()} | WHOLE
    new = [path for path in folder.iterdir() if path.name not in inputs and path.is_file()]
    kept = {path.name for path in new if path.name.startswith("scoregate-")}
    written = [path.read_bytes() for path in new if path.name not in kept]
    parquet = [str(pyarrow.parquet.read_table(path).to_pylist()) for path in folder.glob("exported/*.parquet")]
    return (ended.out + ended.err.encode() + b"".join(written) + "".join(parquet).encode()).decode().casefold()


def signed_in(monkeypatch: pytest.MonkeyPatch, tenant: str) -> None:
    """With a token of the tenant, and its domain where it is named."""
    claims = {
        "aud": "https://graph.microsoft.com",
        "tid": tenant,
        "appid": APPLICATION,
        "roles": ["SecurityEvents.Read.All"],
        "exp": 4102444800,
    }
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    monkeypatch.setenv("SCOREGATE_ACCESS_TOKEN", f"e30.{body}.x")
    monkeypatch.setenv("SCOREGATE_CLIENT_ID", APPLICATION)


def with_redact(name: str, level: str) -> list[str]:
    return [*name.split(), "--redact", level, *ARGUMENTS[name]]


def test_every_command_can_redact_or_reads_no_tenant() -> None:
    lacking = set()
    for name in COMMANDS:
        command = scoregate.get_command(click.Context(scoregate), name)
        assert command is not None
        below = command.commands if isinstance(command, click.Group) else {"": command}
        for word, one in below.items():
            if not any(parameter.name == "redact" for parameter in one.params):
                lacking.add(f"{name} {word}".strip())
    assert lacking == WITHOUT.keys()


CASES = [
    *((name, "tenant") for name in sorted(ARGUMENTS)),
    *((name, "people") for name in ("apply", "check", "history sql", "rollback")),
]


@pytest.mark.parametrize(("name", "level"), CASES)
def test_nothing_names_people_or_the_tenant(
    name: str, level: str, made: Path, tenant: str, tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name in {"auth", "config"}:
        signed_in(monkeypatch, tenant)
        monkeypatch.setenv("AZURE_TENANT_ID", tenant)
    ended = here(capfd, *with_redact(name, level))
    assert ended.code in {0, 1}, ended.err
    seen = told(ended, made, tmp_path)
    assert seen
    hidden = (*PEOPLE, tenant, APPLICATION) if level == "tenant" else PEOPLE
    assert [word for word in hidden if word in seen] == []


@pytest.mark.parametrize("name", ["check", "history sql", "test"])
def test_without_it_they_are_named(name: str, made: Path, tmp_path: Path, capfd: Capture) -> None:
    seen = told(here(capfd, *name.split(), *ARGUMENTS[name]), made, tmp_path)
    assert PEOPLE[0] in seen


def test_a_plan_and_a_journal_are_whole_and_undo(tenant: str, tmp_path: Path, capfd: Capture) -> None:
    ended = here(capfd, *with_redact("plan", "tenant"))
    assert ended.code == 0, ended.err
    held = json.loads((tmp_path / "new-plan.json").read_bytes())
    assert held["tenant"] == tenant
    assert "secops@contoso.example" in json.dumps(held)
    shown = json.loads((tmp_path / "answer.json").read_bytes())
    assert (shown["kind"], shown["tenant"]) == ("RedactedPlan", pseudonym(tenant))
    digest = ended.out.decode().split("SHA-256 of its file: ")[1].split()[0]
    applied = here(
        capfd,
        "apply",
        "new-plan.json",
        "--plan-sha256",
        digest,
        "--sandbox",
        "--yes",
        "--journal",
        "j",
        "--redact",
        "people",
    )
    assert applied.code == 0, applied.err
    assert "secops@contoso.example" in Path("j").read_text()


def test_a_redacted_plan_is_not_applied(capfd: Capture) -> None:
    here(capfd, *with_redact("plan", "people"))
    ended = here(capfd, "apply", "answer.json", "--sandbox", "--yes")
    assert ended.code == 2
    assert "is not a plan" in ended.err


def test_a_policy_of_present_states_is_without_names(capfd: Capture) -> None:
    ended = here(capfd, "plan", "--import", "--sandbox", "--redact", "tenant", "--out", "adopted.yaml")
    assert ended.code == 0, ended.err
    text = Path("adopted.yaml").read_text()
    assert "state: ThirdParty" in text
    assert [word for word in (*PEOPLE, "comment: ", "assignedTo: ") if word in text.casefold()] == []
    assert here(capfd, "lint", "adopted.yaml").code == 0


def test_a_stale_change_names_nobody(made: Path, tmp_path: Path, capfd: Capture) -> None:
    plan = json.loads((made / "plan.json").read_bytes())
    for change in plan["changes"]:
        change["before"] |= {"comment": "Something else", "updates": None, "updatedDateTime": None}
    (tmp_path / "stale.json").write_text(json.dumps(plan))
    words = ("apply", "stale.json", "--sandbox", "--yes", "--journal", "new.jsonl")
    whole = here(capfd, *words)
    assert (whole.code, PEOPLE[0] in whole.out.decode()) == (1, True)
    Path("new.jsonl").unlink()
    ended = here(capfd, *words, "--redact", "people")
    seen = ended.out.decode().casefold()
    assert ended.code == 1
    assert "is now thirdparty (redacted)" in seen
    assert [word for word in (*PEOPLE, "something else") if word in seen] == []


def test_the_question_names_nobody(tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    streams = ("stdin", "stdout", "stderr")
    words = ("apply", "plan.json", "--sandbox", "--redact", "tenant", "--journal", "new.jsonl")
    seen = on_a_terminal(monkeypatch, *words, streams=streams, seen=lambda _: None).casefold()
    assert pseudonym(tenant) in seen
    assert [word for word in (*PEOPLE, tenant) if word in seen] == []


def test_a_store_stays_whole(tenant: str, capfd: Capture) -> None:
    for words in (("fetch", "-o", "cleaned.json"), ("check", "-p", "policy.yaml", "-o", "json=cleaned.json")):
        ended = here(capfd, *words, "--sandbox", "--store", "new-store", "--redact", "tenant")
        assert ended.code in {0, 1}, ended.err
        assert [word for word in (*PEOPLE, tenant) if word in Path("cleaned.json").read_text().casefold()] == []
        query = ("SELECT DISTINCT tenant, updated_by FROM states", "--store", "new-store", "-o", "json")
        rows = json.loads(here(capfd, "history", "sql", *query).out)["rows"]
        assert [tenant, "secops@contoso.example"] in rows


@pytest.mark.parametrize(
    "query",
    [
        "SELECT reverse(assigned_to), hex(comment), length(comment) FROM states WHERE assigned_to IS NOT NULL",
        "SELECT count(*) FROM states WHERE assigned_to LIKE 'netops%' OR comment LIKE '%CASB%'",
        "SELECT substr(updated_by, 1, 3) FROM states",
        "SELECT message FROM findings WHERE message LIKE '%secops%'",
        "SELECT state_updates FROM profiles WHERE state_updates LIKE '%secops%'",
        "SELECT CAST(assigned_to AS INTEGER) FROM states",
        "EXPLAIN SELECT * FROM states WHERE assigned_to LIKE 'n%'",
    ],
)
def test_a_query_cannot_reach_a_name_in_another_form(query: str, capfd: Capture) -> None:
    ended = here(capfd, "history", "sql", query, "--store", "store", "--redact", "people", "-o", "json")
    seen = (ended.out.decode() + ended.err).casefold()
    for name in ("netops@contoso.example", "secops", "Covered by our own CASB, ticket SEC-118"):
        forms = (name, name[::-1], name.encode().hex(), name[:3] + '"')
        assert [form for form in forms if form.casefold() in seen and form.strip('"') not in query] == []
    if "count(*)" in query:
        assert json.loads(ended.out)["rows"] == [[0]]


def test_rows_keep_what_is_judged_by(capfd: Capture) -> None:
    query = (
        "history",
        "sql",
        "SELECT control, states.state, score FROM states JOIN control_scores USING (tenant, control)",
    )
    more = ("--store", "store", "-o", "json")
    plain, hidden = (json.loads(here(capfd, *query, *more, "--redact", level).out) for level in ("none", "tenant"))
    assert sorted(map(str, hidden["rows"])) == sorted(map(str, plain["rows"]))


def test_an_error_names_no_tenant(tenant: str, capfd: Capture) -> None:
    plan = json.loads(Path("plan.json").read_bytes())
    other = "0c1f5e2a-7b11-4d0b-9c57-3f8b2c1e6a44"
    Path("other.json").write_text(json.dumps({**plan, "tenant": other}))
    ended = here(capfd, "apply", "other.json", "--sandbox", "--yes", "--redact", "tenant")
    assert ended.code == 2
    assert pseudonym(tenant) in ended.err
    assert pseudonym(other) in ended.err
    assert [word for word in (tenant, other) if word in ended.err] == []


@pytest.mark.parametrize("words", [("--tenant", "canary corp"), ("--tenant", "canary.example")])
def test_a_domain_that_was_typed_is_not_repeated(words: tuple[str, ...], capfd: Capture) -> None:
    ended = here(capfd, "check", "-p", "policy.yaml", "--auth", "client-secret", *words, "--redact", "tenant", "-v")
    assert ended.code in {2, 3}
    assert CANARY not in ended.err


def test_a_report_tells_no_tenant_among_its_options(capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOREGATE_TENANT", "canary.example")
    words = ("check", "-p", "policy.yaml", "--snapshot", "whole.json", "--redact", "tenant", "-o", "json")
    report = json.loads(here(capfd, *words).out)
    values = {one["option"]: one["values"] for one in report["provenance"]}
    assert (values["tenant"], values["redact"]) == (["(redacted)"], ["tenant"])


def test_a_comparison_of_reports_knows_that_they_are_of_one_tenant(tenant: str, capfd: Capture) -> None:
    here(capfd, "check", "-p", "policy.yaml", "--sandbox", "--redact", "tenant", "-o", "json=cleaned.json")
    ended = here(capfd, "diff", "report.json", "cleaned.json", "--redact", "tenant")
    assert ended.code == 0, ended.err
    assert tenant not in ended.out.decode()
    assert "different tenants" not in ended.out.decode()


@pytest.mark.parametrize("before", ["none", "tenant"])
def test_a_baseline_and_a_store_know_the_tenant_and_tell_nobody(before: str, tenant: str, capfd: Capture) -> None:
    at = ("--sandbox", "--store", "store", "--sarif-profile", "full", "--evidence", "new.zip")
    here(capfd, "check", "-p", "policy.yaml", "--sandbox", "--redact", before, "-o", "json=base.json")
    allowing = POLICY.replace("undeclared: fail", "undeclared: fail, exclude: ['*']")
    policy(Path(), allowing, file="policy.yaml")
    formats = ("-o", "sarif=answer.sarif", "-o", "ocsf=answer.ocsf", "-o", "json")
    ended = here(capfd, "check", "-p", "policy.yaml", *at, "--baseline", "base.json", "--redact", "tenant", *formats)
    assert ended.code == 0, ended.err
    with zipfile.ZipFile("new.zip") as kept:
        evidence = b"".join(map(kept.read, kept.namelist())).decode()
    sarif = Path("answer.sarif").read_text()
    assert '"absent"' in sarif
    seen = (ended.out.decode() + sarif + Path("answer.ocsf").read_text() + evidence).casefold()
    assert [word for word in (*PEOPLE, tenant) if word in seen] == []
    assert here(capfd, "replay", "new.zip").code == 0
