"""What is added as one file and one line, in a copy of the tree: a format, a sign-in method, a kind and a command."""

import json
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import NOW, ROOT, Ended, environment, live_variables, policy, served_sandbox, snapshot

FORMAT = '''
"""How many findings failed, and how loudly to say so."""

from checker.renderers.interface import Rendering
from checker.report.outcome import Outcome


def render(rendering: Rendering) -> bytes:
    """One line."""
    failed = sum(finding.outcome is Outcome.FAIL for finding in rendering.report.findings)
    line = f"{failed} failed"
    return (line.upper() if rendering.options["count-voice"] == "loud" else line).encode() + b"\\n"
'''
METHOD = '''
"""A token that somebody wrote down backwards."""

from checker.auth.interface import Credentials
from checker.auth.ready_token import ReadyToken


def offered(credentials: Credentials) -> bool:
    """Never by itself."""
    return False


def provider(credentials: Credentials) -> ReadyToken:
    """The token as it was."""
    return ReadyToken((credentials.variable("SCOREGATE_ACCESS_TOKEN") or "")[::-1])
'''
KIND = '''
"""``controlCount``: as many controls as somebody counted."""

import msgspec

from checker.report.finding import Judgement
from checker.report.outcome import Outcome, Reason
from checker.requirements.entry import Case, Entry


class CountTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many there are."""

    exactly: int


class ControlCount(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The number of scored controls."""

    control_count: CountTerms

    def sentence(self) -> str:
        """What is asked for."""
        return f"the tenant has {self.control_count.exactly} scored controls"

    def judge(self, case: Case) -> list[Judgement]:
        """One finding."""
        found = len(list(case.tenant.controls))
        holds = found == self.control_count.exactly
        return [
            Judgement(
                outcome=Outcome.PASS if holds else Outcome.FAIL,
                reason=Reason.MET if holds else Reason.BELOW_MINIMUM,
                message=f"there are {found}",
            )
        ]
'''
COMMAND = '''
"""``scoregate greet``: says good day."""

from typing import Annotated

import click
import msgspec

from checker.cli.options import option, taken
from checker.errors import EXIT_PASSED


class GreetOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``greet``."""

    whom: Annotated[str, option("whom", default="world", help="Whom to greet.")]


@click.command(short_help="Say good day.")
@taken(GreetOptions)
def greet(options: GreetOptions) -> int:
    """Say good day."""
    click.echo(f"Good day, {options.whom}.")
    return EXIT_PASSED
'''


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what ships, with the four additions."""
    copy = tmp_path_factory.mktemp("tree")
    for name in ("checker", "policies", "schemas"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    option = 'FormatOption(name="count-voice", choices=("soft", "loud"), help="How.")'
    added(copy, "renderers/count.py", FORMAT)
    registered(
        copy, "renderers/__init__.py", "FORMATS = {", f'"count": Format("checker.renderers.count", ({option},)),'
    )
    added(copy, "auth/backwards.py", METHOD)
    registered(copy, "auth/__init__.py", "METHODS = {", '"backwards": "checker.auth.backwards",')
    added(copy, "requirements/kinds/control_count.py", KIND)
    kind = '"controlCount": "checker.requirements.kinds.control_count:ControlCount",'
    registered(copy, "requirements/__init__.py", "SCORE_KINDS = {", kind)
    added(copy, "cli/commands/greet.py", COMMAND)
    command = '"greet": ("checker.cli.commands.greet:greet", "Say good day."),'
    registered(copy, "cli/registry.py", "COMMANDS: dict[str, tuple[str, str]] = {", command)
    return copy


def added(copy: Path, name: str, text: str) -> None:
    (copy / "checker" / name).write_text(text.lstrip(), encoding="utf-8")


def registered(copy: Path, name: str, registry: str, line: str) -> None:
    path = copy / "checker" / name
    text = path.read_text("utf-8")
    assert text.count(registry) == 1
    path.write_text(text.replace(registry, f"{registry}\n    {line}"), encoding="utf-8")


def run(tree: Path, folder: Path, *arguments: str, **variables: str) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "checker", *arguments],
        cwd=folder,
        env=environment(**variables) | {"PYTHONPATH": str(tree)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())


def test_a_format_with_an_option_of_its_own(tree: Path, tmp_path: Path) -> None:
    judged = ("check", "-p", policy(tmp_path, "score: [{id: all, minimum: {percent: 100}}]"), "--now", NOW)
    given = (*judged, "--snapshot", snapshot(tmp_path), "-o", "count", "-o", "junit=j.xml")
    assert run(tree, tmp_path, *given) == Ended(1, b"1 failed\n", "")
    assert run(tree, tmp_path, *given, "--count-voice", "loud").out == b"1 FAILED\n"
    assert run(tree, tmp_path, *given, SCOREGATE_COUNT_VOICE="loud").out == b"1 FAILED\n"
    assert "--count-voice [soft|loud]" in run(tree, tmp_path, "check", "--help").out.decode()
    assert b"count" not in run(ROOT, tmp_path, "check", "--help").out


def test_a_kind_of_requirement(tree: Path, tmp_path: Path) -> None:
    path = policy(tmp_path, "score: [{id: all, controlCount: {exactly: 120}}]")
    assert run(tree, tmp_path, "lint", path).code == 0
    judged = run(tree, tmp_path, "check", "-p", path, "--now", NOW, "--snapshot", snapshot(tmp_path), "-o", "json")
    (finding,) = json.loads(judged.out)["findings"]
    assert (finding["outcome"], finding["message"]) == ("pass", "There are 120.")
    subprocess.run([sys.executable, "-m", "checker.cli.schemas", "schemas"], cwd=tree, check=True)
    assert "controlCount" in run(tree, tmp_path, "schema", "policy").out.decode()
    explained = run(tree, tmp_path, "explain", "small/all", "-p", path).out.decode()
    assert "he tenant has 120 scored controls" in explained
    wrong = run(tree, tmp_path, "lint", policy(tmp_path, "score: [{id: all, controlCount: {exactly: x}}]"))
    assert (wrong.code, "small.yaml:4:" in wrong.out.decode()) == (2, True)


def test_a_command(tree: Path, tmp_path: Path) -> None:
    assert run(tree, tmp_path, "greet") == Ended(0, b"Good day, world.\n", "")
    assert run(tree, tmp_path, "greet", SCOREGATE_WHOM="you").out == b"Good day, you.\n"
    assert "greet" in run(tree, tmp_path, "--help").out.decode()


def test_a_sign_in_method(tree: Path, tmp_path: Path) -> None:
    import httpx

    with served_sandbox(tmp_path) as (_, told):
        variables = live_variables(told)
        answer = httpx.post(
            f"{told['authority']}/{variables['AZURE_TENANT_ID']}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": variables["AZURE_CLIENT_ID"],
                "client_secret": variables["AZURE_CLIENT_SECRET"],
                "scope": f"{told['graph']}/.default",
            },
            verify=ssl.create_default_context(cafile=told["caFile"]),
        )
        variables["SCOREGATE_ACCESS_TOKEN"] = answer.json()["access_token"][::-1]
        ended = run(tree, tmp_path, "auth", "--auth", "backwards", "-o", "json", **variables)
        assert ended.code == 0, ended.err
        assert json.loads(ended.out)["method"] == "backwards"
        assert run(tree, tmp_path, "auth", "--auth", "ready-token", **variables).code == 3
