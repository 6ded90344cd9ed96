"""Each block of the documentation is used as a reader would: commands run, outputs are compared, documents lint."""

import datetime
import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from command_line import ROOT, here, live_variables, snapshot
from document_blocks import DOCUMENTS, Block, ConsoleLine, arguments, blocks, console_lines, every_block, is_shown

from checker.policy.lint import lint
from checker.policytest.load import load_tests
from checker.policytest.run import run_tests
from checker.sandbox.app import Sandbox
from checker.sandbox.serving.serve import running
from checker.sandbox.tenants.tenant import make_tenant
from checker.whatif.scenario_file import read_scenario

Capture = pytest.CaptureFixture[str]
TODAY = datetime.datetime.now(datetime.UTC)
HEADER = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: shown}\n"
POLICY_KEYS = {"parameters", "defaults", "score", "controls", "states", "extends", "waivers"}
# What a console block may show and no test runs: they install, or set up a shell.
NOT_RUN = ("make ", "pip ", "python3 -m venv ", "~/scoregate/bin/pip ", "export ")
CONSOLES = ("console", "sh", "shell", "bash")


def policy_text(block: Block) -> str | None:
    """The block as a document of ours; None where it is of something else, such as a pipeline."""
    shown = yaml.safe_load(block.text)
    if not isinstance(shown, dict):
        return None
    if "apiVersion" in shown:
        return block.text
    return HEADER + block.text if set(shown) <= POLICY_KEYS else None


# A block that is saved as a file is used where its page runs.
POLICY_BLOCKS = [one for one in every_block("yaml", "yml") if one.file is None and policy_text(one) is not None]


@pytest.mark.parametrize("block", POLICY_BLOCKS, ids=str)
def test_a_yaml_block_can_be_used_as_it_is_shown(block: Block, tmp_path: Path) -> None:
    text = policy_text(block)
    assert text is not None
    path = tmp_path / "shown.yaml"
    path.write_text(text, encoding="utf-8")
    if "kind: Scenario" in text:
        found_in_it = read_scenario(str(path))
        assert found_in_it.adopt or found_in_it.drop
        return
    if "kind: PolicyTest" in text:
        assert run_tests(load_tests([str(path)])).verdict == "pass"
        return
    found = lint([str(path)], [], datetime.date(2026, 11, 20))
    assert [problem for problem in found.problems if problem.level == "error"] == []
    assert found.policies + found.waivers > 0 or "approvals:" in text


def test_json_and_toml_blocks_are_well_formed() -> None:
    for block in every_block("json"):
        json.loads(block.text)
    for block in every_block("toml"):
        tomllib.loads(block.text)


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, str]]:
    tenant = make_tenant(0, TODAY.date())
    with running(Sandbox([tenant], now=lambda: datetime.datetime.now(datetime.UTC))) as endpoints:
        identity = {
            "tenant": tenant.tenant_id,
            "clientId": tenant.client_id,
            "clientSecret": tenant.client_secret,
        }
        told = {"graph": endpoints.graph, "authority": endpoints.authority, "caFile": str(endpoints.ca_file)}
        yield live_variables({**told, "tenants": [identity]})


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: dict[str, str]) -> Path:
    """A copy of what a reader of the documentation has, with a tenant to ask."""
    for name in ("examples", "policies", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    snapshot(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name, value in served.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def ran(capture: Capture, line: ConsoleLine, *, code_shown: bool = False) -> int:
    """Runs a command of the documentation; a check may fail the gate, and nothing may be a mistake."""
    given = arguments(line.command)
    if given[0] == "sandbox" or "…" in line.command:
        # It serves until it is interrupted, or says that something is left out.
        return 0
    ended = here(capture, *given)
    may_fail = given[0] == "check" or code_shown
    assert ended.code in ({0, 1} if may_fail else {0}), f"{line.command}\n{ended.err}"
    output = ended.out.decode() + ended.err
    assert line.shown is None or is_shown(output, line.shown), f"{line.command}\n{output}"
    return ended.code


def run_console(capture: Capture, block: Block) -> None:
    """Runs the lines of a block one after the other; ``echo $?`` shows the exit code of the one before."""
    lines = list(console_lines(block))
    code = 0
    for index, line in enumerate(lines):
        if line.command == "echo $?":
            assert line.shown == f"{code}\n", f"{block}: {lines[index - 1].command} exits {code}"
        elif line.command.startswith("scoregate "):
            code = ran(capture, line, code_shown=lines[index + 1 : index + 2] == [ConsoleLine("echo $?", "1\n")])
        else:
            assert block.language != "console" or line.command.startswith(NOT_RUN), f"{block}: {line.command}"


def used(document: Path) -> list[Block]:
    """The blocks that make up a page's course: consoles, and files that a reader saves."""
    return [block for block in blocks(document) if block.language in CONSOLES or block.file is not None]


RUN = [document for document in DOCUMENTS if used(document)]


@pytest.mark.parametrize("document", RUN, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_console_lines_of_a_document_run_one_after_the_other(
    document: Path, checkout: Path, capfd: Capture
) -> None:
    for block in used(document):
        if block.file is None:
            run_console(capfd, block)
        else:
            path = checkout / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")


SHOWN = [line for block in every_block("console") for line in console_lines(block) if line.shown is not None]


def test_there_are_blocks_to_run() -> None:
    assert len(RUN) >= 8
    assert len(SHOWN) >= 10
    assert len(POLICY_BLOCKS) >= 8


@pytest.mark.parametrize(
    ("output", "shown", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\n", False),
        ("a\nb\nc\n", "a\n…\nc\n", True),
        ("a\nc\n", "a\n…\nc\n", True),
        ("a\nb\nc\n", "a\n…\nb\n", False),
        ("in 3 s\n", "in … s\n", True),
        ("in 3 s\nmore\n", "in … s\n", False),
    ],
)
def test_an_ellipsis_stands_for_what_is_left_out(output: str, shown: str, *, same: bool) -> None:
    assert is_shown(output, shown) is same


PIPELINES = ROOT / "examples" / "pipelines"
EXAMPLES = sorted(path for path in ROOT.joinpath("examples").iterdir() if path.is_dir() and path != PIPELINES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
@pytest.mark.usefixtures("checkout")
def test_an_example_is_sound_and_its_own_lines_run(example: Path, capfd: Capture) -> None:
    place = str(example.relative_to(ROOT))
    assert here(capfd, "lint", place, "--now", "2026-11-20").code == 0
    written = "\n".join(path.read_text(encoding="utf-8") for path in sorted(example.rglob("*.yaml")))
    lines = re.findall(r"^#\s+(scoregate .*)$", written, re.MULTILINE)
    assert lines
    for line in lines:
        ran(capfd, ConsoleLine(line, None))


# A review needs a repository with a pull request, which tests/journeys has; tests/packaging runs the lines that need
# what the platform sets.
ELSEWHERE = {"audit.yml", "review.yml", "steps.yml"}
SIMPLE = sorted(path for path in PIPELINES.rglob("*.yml") if path.name not in ELSEWHERE)


@pytest.mark.parametrize("pipeline", SIMPLE, ids=lambda path: str(path.relative_to(PIPELINES)))
@pytest.mark.usefixtures("checkout")
def test_the_lines_of_a_pipeline_run_one_after_the_other(pipeline: Path, capfd: Capture) -> None:
    text = pipeline.read_text(encoding="utf-8")
    assert yaml.safe_load(text)
    lines = re.findall(r"^[ -]*(?:run: |script: )?(scoregate .*)$", text, re.MULTILINE)
    assert len(lines) == (3 if pipeline.name == "gate.yml" else 2)
    for line in lines:
        # Here a secret signs in, and nobody makes folders of artifacts.
        ended = here(
            capfd,
            *shlex.split(
                line.replace("--auth federated ", "")
                .replace('--plan-sha256 "$PLAN_SHA256" ', "")
                .partition(" ||")[0]
                .replace("$(Pipeline.Workspace)/plan/", "")
                .replace("$POLICIES", "policies")
            )[1:],
        )
        assert ended.code in ({0, 1} if line.startswith("scoregate check") else {0}), f"{line}\n{ended.err}"
