"""The manual pages: one a command, which man and mandoc read without a fault and show as the help has it."""

import shutil
import subprocess
from pathlib import Path

import click
import pytest
from command_line import ROOT, environment, scoregate

from checker.cli.man import pages
from checker.cli.registry import load_commands

PAGES = pages()


def test_there_is_a_page_of_every_command_with_all_its_options(tmp_path: Path) -> None:
    (tmp_path / "man").mkdir()
    assert scoregate("man", folder=tmp_path, through=("-m", "checker.cli.man")).code == 0
    written = {path.name: path.read_text(encoding="ascii") for path in (tmp_path / "man").iterdir()}
    assert written == PAGES
    for name, command in load_commands().items():
        below = dict(command.commands) if isinstance(command, click.Group) else {}
        for place, one in {name: command, **{f"{name}-{word}": inner for word, inner in below.items()}}.items():
            flags = [flag for option in one.params if isinstance(option, click.Option) for flag in option.opts]
            page = PAGES[f"scoregate-{place}.1"]
            assert [flag for flag in flags if flag.replace("-", "\\-") not in page] == []
            assert f"\\fBscoregate\\-{place.replace('-', chr(92) + '-')}\\fR(1)" in PAGES["scoregate.1"]


def test_the_pages_that_ship_are_what_the_code_says() -> None:
    shipped = {path.name: path.read_text(encoding="ascii") for path in (ROOT / "man").iterdir()}
    assert shipped == PAGES, "run 'make man'"


@pytest.mark.conformance
def test_man_and_mandoc_find_no_fault(tmp_path: Path) -> None:
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    for name, text in PAGES.items():
        (tmp_path / name).write_text(text, encoding="ascii")
        shown = subprocess.run(
            ["man", "--warnings=w", "-l", name],
            cwd=tmp_path,
            env=environment(MANWIDTH="100", LANG="C.UTF-8", MANROFFOPT="-ww"),
            capture_output=True,
            check=True,
        )
        # A word that is longer than a line is no fault of a page.
        said = [line for line in shown.stderr.decode().splitlines() if "break line" not in line]
        assert said == []
        assert "SYNOPSIS" in shown.stdout.decode()
    if shutil.which("mandoc") is not None:
        found = subprocess.run(
            ["mandoc", "-Tlint", "-Wunsupp,error", *PAGES], cwd=tmp_path, capture_output=True, check=False
        )
        assert found.stdout.decode() == ""
