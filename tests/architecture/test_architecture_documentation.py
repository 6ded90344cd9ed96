import os
import re
import runpy
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from command_line import ROOT, here
from document_blocks import DOCUMENTS, Block, every_block

from checker.cli.registry import COMMANDS

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_command(name: str) -> None:
    assert f"`scoregate {name}`" in ROOT.joinpath("README.md").read_text(encoding="utf-8")


def project_files() -> list[Path]:
    names = ("action", "templates", "checker", "docs", "examples", "policies", "schemas", "tests", ".github")
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


SHOWN = [block for block in every_block("text") if block.text.startswith("$ scoregate ")]
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
