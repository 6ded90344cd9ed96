"""What else lies in a stranger's checkout: modules, settings of other tools, plans, journals, scenarios."""

import datetime
import json
import re
from pathlib import Path

import msgspec
import pytest
from builders import OTHER_TENANT
from command_line import FAILING, NOW, PASSING, ROOT, Ended, here, policy, scoregate, see, snapshot
from plan_builders import change, plan
from trust_support import CANARY, confined

from checker.remediation.journal import Begun
from checker.remediation.journal_file import create_journal
from checker.remediation.plan import Plan
from checker.remediation.plan_file import write_plan
from checker.sandbox.tenants.tenant import make_tenant

TRAP = "open('ran', 'a').write(__name__)\nraise SystemExit(0)\n"
MODULES = ("sitecustomize", "usercustomize", "click", "msgspec", "yaml", "json", "re", "os", "tomllib", "httpx", "msal")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    return folder


def set_traps(checkout: Path) -> None:
    """Every file that Python or a library might take from the working folder."""
    for name in MODULES:
        (checkout / f"{name}.py").write_text(TRAP, encoding="utf-8")
    for name in ("checker", "encodings", "checker/cli", "site-packages"):
        (checkout / name).mkdir()
        (checkout / name / "__init__.py").write_text(TRAP, encoding="utf-8")
    (checkout / "x.pth").write_text("import os; open('ran', 'a')\n", encoding="utf-8")
    (checkout / "pyvenv.cfg").write_text("home = .\n", encoding="utf-8")
    (checkout / "python._pth").write_text(".\n", encoding="utf-8")
    (checkout / ".env").write_text("SCOREGATE_FAIL_ON=critical\nAZURE_TENANT_ID=x\n", encoding="utf-8")
    (checkout / ".netrc").write_text(f"default login x password {CANARY}\n", encoding="utf-8")
    (checkout / "setup.cfg").write_text("[scoregate]\nfail-on = critical\n", encoding="utf-8")
    (checkout / "pyproject.toml").write_text('[tool.scoregate]\nfail-on = "critical"\n', encoding="utf-8")
    for name in ("az", "git", "scoregate", "sh"):
        (checkout / name).write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
        (checkout / name).chmod(0o755)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "-p", "p.yaml", "--sandbox"),
        ("check", "-p", "p.yaml", "--snapshot", "s.json", "-o", "sarif"),
        ("lint", "p.yaml"),
        ("plan", "-p", "p.yaml", "--sandbox"),
        ("explain", "AdminMFAV2"),
        ("trend", "--sandbox"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_nothing_in_the_working_folder_is_imported_or_run(arguments: tuple[str, ...], checkout: Path) -> None:
    policy(checkout, FAILING, file="p.yaml")
    snapshot(checkout, "s.json")
    now = () if arguments[0] == "explain" else ("--now", NOW)
    before = confined(*arguments, *now, folder=checkout, starts=True)
    set_traps(checkout)
    ended = confined(*arguments, *now, folder=checkout, starts=True)
    assert not (checkout / "ran").exists()
    assert ended == before
    assert ended.code == (1 if arguments[0] == "check" else 0), ended


def test_the_azure_cli_is_not_taken_from_the_working_folder(checkout: Path) -> None:
    set_traps(checkout)
    ended = confined(
        *("auth", "--auth", "azure-cli", "--tenant", "contoso.example"), folder=checkout, variables={"PATH": "/nowhere"}
    )
    assert ended.code in {2, 3}
    assert not (checkout / "ran").exists()


def test_documents_and_pipelines_start_the_command_and_not_the_module() -> None:
    # 'python -m' takes modules from the working folder, which is the checkout.
    paths = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.joinpath("examples").rglob("*.y*ml")]
    templates = [*ROOT.joinpath("checker").rglob("*.yml"), *ROOT.joinpath("checker").rglob("*.yaml")]
    assert len(paths) > 10
    for path in [*paths, *templates]:
        assert not re.search(r"python3? -m (checker|scoregate)", path.read_text(encoding="utf-8")), path


# The plans of these tests are of a fixed day.
ANY_AGE = ("--max-age", "99y")


def apply(checkout: Path, whole: Plan) -> Ended:
    write_plan(str(checkout / "plan.json"), whole)
    return confined("apply", "plan.json", "--sandbox", "--yes", "--now", NOW, *ANY_AGE, folder=checkout)


def test_a_plan_of_another_tenant_is_refused(checkout: Path) -> None:
    ended = apply(checkout, plan(change("AdminMFAV2"), tenant=OTHER_TENANT))
    assert ended.code == 2
    assert f"the plan is for the tenant {OTHER_TENANT}, and this run signed in to " in ended.err


def test_a_plan_that_changes_one_control_twice_is_refused(checkout: Path) -> None:
    ended = apply(checkout, plan(change("A"), change("A")))
    assert ended.code == 2
    assert "changes A twice" in ended.err


@pytest.mark.parametrize("command", ["apply", "rollback"])
@pytest.mark.parametrize(
    "data",
    [
        b"[" * 1_000_000,
        b'{"apiVersion":"scoregate/v1","kind":"Plan","changes":' + b"[" * 1_000_000,
        b'{"record":"begun","plan":' + b'{"a":' * 1_000_000,
        b"\n" * 10_000_000,
        b'{"record":"resumed","at":"x"}\n' * 500_000,
        b"\0" * 17 * 1024 * 1024,
        b'{"apiVersion":"scoregate/v1","kind":"\x1b[2J::error::"}',
        json.dumps({"apiVersion": "scoregate/v1", "kind": "\n::error::##vso[task.complete]"}).encode(),
    ],
    ids=["deep", "deep plan", "deep journal", "lines", "no begin", "zeros", "escapes", "commands"],
)
def test_what_is_no_plan_and_no_journal_is_refused(command: str, data: bytes, checkout: Path) -> None:
    (checkout / "x.json").write_bytes(data)
    ended = confined(command, "x.json", "--sandbox", "--yes", "--now", NOW, folder=checkout)
    assert ended.code == 2
    assert re.match(r"scoregate: x\.json(:1)?: is (not a|larger than)", ended.err), ended.err


def test_a_journal_of_another_tenant_is_refused(checkout: Path) -> None:
    begun = Begun(at=NOW, scoregate="0", plan_sha256="0" * 64, plan=plan(change("A"), tenant=OTHER_TENANT))
    create_journal(str(checkout / "j.jsonl"), begun).close()
    ended = confined("rollback", "j.jsonl", "--sandbox", "--yes", "--now", NOW, folder=checkout)
    assert ended.code == 2
    assert f"the plan is for the tenant {OTHER_TENANT}, and this run signed in to " in ended.err


def test_texts_of_a_plan_are_shown_as_text(checkout: Path) -> None:
    hostile = "\x1b[2J\n::error::x\n##vso[task.complete]\u202e"
    one = msgspec.structs.replace(change("AdminMFAV2"), title=hostile, requirement=hostile)
    tenant = make_tenant(0, datetime.date(2026, 5, 22)).tenant_id
    write_plan(str(checkout / "plan.json"), plan(one, run=hostile, tenant=tenant))
    ended = confined("apply", "plan.json", "--sandbox", "--yes", "--now", NOW, *ANY_AGE, folder=checkout)
    assert "##vso" not in ended.out.decode() + ended.err
    assert "AdminMFAV2" in ended.out.decode() + ended.err


def test_a_scenario_that_links_to_a_file_of_the_machine_is_not_read(checkout: Path) -> None:
    (checkout.parent / "token.yaml").write_text("client_secret: hidden-word\n", encoding="utf-8")
    (checkout / "next.yaml").symlink_to(checkout.parent / "token.yaml")
    ended = confined("whatif", "--file", "next.yaml", "--sandbox", "--now", NOW, folder=checkout)
    assert ended.code == 2
    assert (
        ended.err
        == "scoregate: next.yaml: is a link to a file outside the folder; replace the link with the file\n"
        + see("scenario")
    )


def test_the_module_is_the_command_where_the_folder_is_ones_own(checkout: Path) -> None:
    assert scoregate("lint", policy(checkout, PASSING), folder=checkout).code == 0


def test_settings_of_a_checkout_do_not_loosen_the_gate(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(checkout)
    policy(checkout, FAILING, file="p.yaml")
    for name, value in (("fail-on", "critical"), ("waivers", "w.yaml"), ("now", "2020-01-01"), ("sandbox", True)):
        (checkout / "scoregate.toml").write_text(f"{name} = {json.dumps(value)}\n", encoding="utf-8")
        ended = here(capfd, "check", "-p", "p.yaml", "--sandbox", "--now", NOW)
        assert (ended.code, ended.out) == (2, b"")
        assert f"{name} is not taken from this file, which a pull request can change" in ended.err
