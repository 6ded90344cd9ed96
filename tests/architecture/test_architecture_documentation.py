import datetime
import os
import re
import runpy
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from command_line import ROOT, here, live_variables, snapshot

from checker.cli.registry import COMMANDS
from checker.policy.lint import lint
from checker.policytest.load import load_tests
from checker.policytest.run import run_tests
from checker.sandbox.app import Sandbox
from checker.sandbox.serving.serve import running
from checker.sandbox.tenants.tenant import make_tenant
from checker.whatif.scenario_file import read_scenario

Capture = pytest.CaptureFixture[str]
TODAY = datetime.datetime.now(datetime.UTC)
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("policies/*/README.md"),
        *ROOT.glob("examples/*/README.md"),
    ]
)
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
HEADER = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: shown}\n"
POLICY_KEYS = {"parameters", "defaults", "score", "controls", "states", "extends", "waivers"}


@dataclass(frozen=True)
class Block:
    document: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


def blocks(*languages: str) -> list[Block]:
    found = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(document, line, match[1], match[2]))
    return [block for block in found if block.language in languages]


def policy_text(block: Block) -> str | None:
    """The block as a document of ours; None where it is of something else, such as a pipeline."""
    shown = yaml.safe_load(block.text)
    if not isinstance(shown, dict):
        return None
    if "apiVersion" in shown:
        return block.text
    return HEADER + block.text if set(shown) <= POLICY_KEYS else None


POLICY_BLOCKS = [block for block in blocks("yaml", "yml") if policy_text(block) is not None]


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


def console_lines(block: Block) -> list[str]:
    joined = block.text.replace("\\\n", " ")
    lines = [line.strip().removeprefix("$ ") for line in joined.splitlines()]
    return [line for line in lines if line.startswith("scoregate ")]


CONSOLE: dict[Path, list[str]] = {}
for shown_block in blocks("console", "sh", "shell", "bash"):
    CONSOLE.setdefault(shown_block.document, []).extend(console_lines(shown_block))


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


def ran(capture: Capture, line: str) -> None:
    """Runs a line of the documentation; a check may fail the gate, and nothing may be a mistake."""
    arguments = shlex.split(line.partition(" > ")[0].partition(" | ")[0], comments=True)[1:]
    if arguments[0] == "sandbox" or "…" in line:
        # It serves until it is interrupted, or says that something is left out.
        return
    ended = here(capture, *arguments)
    assert ended.code in ({0, 1} if arguments[0] == "check" else {0}), f"{line}\n{ended.err}"


@pytest.mark.parametrize("document", CONSOLE, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.usefixtures("checkout")
def test_the_console_lines_of_a_document_run_one_after_the_other(document: Path, capfd: Capture) -> None:
    for line in CONSOLE[document]:
        ran(capfd, line)


def test_there_are_blocks_to_run() -> None:
    assert len([line for lines in CONSOLE.values() for line in lines]) >= 4
    assert len(blocks("yaml")) >= 2


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
        ran(capfd, line)


@pytest.mark.parametrize(
    "pipeline",
    # A review needs a repository with a pull request: tests/journeys has one.
    sorted(path for path in PIPELINES.rglob("*.yml") if path.name != "review.yml"),
    ids=lambda path: str(path.relative_to(PIPELINES)),
)
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
                .partition(" ||")[0]
                .replace("$(Pipeline.Workspace)/plan/", "")
                .replace("$POLICIES", "policies")
            )[1:],
        )
        assert ended.code in ({0, 1} if line.startswith("scoregate check") else {0}), f"{line}\n{ended.err}"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_command(name: str) -> None:
    assert f"`scoregate {name}`" in ROOT.joinpath("README.md").read_text(encoding="utf-8")


def project_files() -> list[Path]:
    names = ("checker", "docs", "examples", "policies", "schemas", "tests", ".github")
    below = [path for name in names for path in ROOT.joinpath(name).rglob("*") if path.is_file()]
    top = [path for path in ROOT.glob("[!.]*") if path.is_file()]
    return [path for path in [*top, *below] if path.suffix not in {".pyc", ".gz"}]


def foreign_words() -> set[str]:
    """What tells of the machine that this runs on: where the project lies, whose home it is, which index it uses."""
    urls = [value for name, value in os.environ.items() if "INDEX" in name and "://" in value]
    hosts = {urlsplit(word).hostname or "" for url in urls for word in url.split()}
    own = {host for host in hosts - {"pypi.org", "127.0.0.1"} if "." in host}
    return own | {f"{place}/" for place in (str(ROOT), str(Path.home())) if len(place) > 1}


def test_the_project_speaks_of_itself_alone() -> None:
    words = [word.encode() for word in sorted(foreign_words())]
    personal = re.compile(rb"/(?:home|Users)/[a-z]")
    for path in project_files():
        if path == Path(__file__):
            continue
        data = path.read_bytes()
        assert not [word for word in words if word in data], path
        assert not personal.search(data), path


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_inside_the_project_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not document.parent.joinpath(target).exists()] == []


@pytest.mark.parametrize(
    ("name", "arguments"), [("trend", ("trend", "--days", "90")), ("front", ("whatif", "--front"))]
)
def test_the_pictures_are_what_the_commands_draw(name: str, arguments: tuple[str, ...], capfd: Capture) -> None:
    ended = here(capfd, *arguments, "--sandbox", "--now", "2026-11-20T09:00:00Z", "-o", "svg")
    assert ended.out.decode() == (ROOT / "docs" / "images" / f"{name}.svg").read_text("utf-8"), "run 'make docs'"


SHOWN = [block for block in blocks("text") if block.text.startswith("$ scoregate ")]


REVIEW = runpy.run_path(str(ROOT / "docs" / "review_example.py"))


@pytest.mark.parametrize("block", SHOWN, ids=str)
def test_an_output_that_is_shown_is_what_the_command_prints(
    block: Block, capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, _, output = block.text.partition("\n")
    if command.startswith("$ scoregate review "):
        REVIEW["make"](tmp_path / "example")
        monkeypatch.chdir(tmp_path / "example")
    ended = here(capfd, *shlex.split(command)[2:])
    assert ended.out.decode() + ended.err == output


def test_the_picture_of_a_comment_shows_what_review_writes() -> None:
    headline = REVIEW["comment"]().splitlines()[1].removeprefix("### ")
    assert headline.replace(" ", "&#160;") in (ROOT / "docs/images/review.svg").read_text("utf-8"), "run 'make docs'"


def test_some_outputs_are_shown() -> None:
    assert len(SHOWN) >= 4
