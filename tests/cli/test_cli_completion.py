"""Completion as shells see it: bash, zsh and fish themselves where they are installed, each at a terminal."""

import contextlib
import os
import pty
import select
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import ROOT, environment, scoregate

from checker.cli.completion import SHELLS

Lines = list[tuple[str, str]]
LINES: Lines = [
    ("scoregate comple", "scoregate completion"),
    ("scoregate check --fail-on crit", "--fail-on critical"),
    ("scoregate check -p pack:esse", "pack:essentials"),
    ("scoregate check -o sari", "-o sarif"),
    ("scoregate history comp", "history compact"),
    ("scoregate check --snapshot snap", "--snapshot snapshot-of-today.json"),
]


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """With a folder in PATH that holds ``scoregate``, as an installation has it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "scoregate"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m checker "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "snapshot-of-today.json").write_text("{}")
    path = os.pathsep.join([str(folder), os.environ["PATH"]])
    return environment(PATH=path, TERM="dumb", PS1="$ ", HOME=str(tmp_path), ZDOTDIR=str(tmp_path))


# A shell is interactive only where the terminal controls it.
_AT_ITS_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


class _Shell:
    """A shell at a terminal: what is typed, and what it shows."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self.shown = ""

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def wait(self, text: str) -> None:
        """Until the shell shows it."""
        end = time.monotonic() + 30
        while text not in self.shown:
            ready, _, _ = select.select([self._terminal], [], [], max(end - time.monotonic(), 0))
            assert ready, f"no {text!r} in {self.shown!r}"
            self.shown += os.read(self._terminal, 65536).decode(errors="replace")
        self.shown = self.shown.partition(text)[2]


@contextlib.contextmanager
def running(command: list[str], folder: Path, variables: dict[str, str]) -> Iterator[_Shell]:
    terminal, its_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _AT_ITS_TERMINAL, *command],
        cwd=folder,
        env=variables,
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        start_new_session=True,
    )
    os.close(its_end)
    try:
        yield _Shell(terminal)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


PREPARED = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(scoregate completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -U compinit; compinit -u; eval "$(scoregate completion zsh)"'),
}


@pytest.mark.parametrize("shell", PREPARED)
def test_a_shell_completes_what_is_typed(shell: str, tmp_path: Path, variables: dict[str, str]) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    command, preparation = PREPARED[shell]
    with running(command, tmp_path, variables) as at:
        # The name is put together by the shell, so that what is typed is no answer.
        at.type(f"{preparation}; echo rea''dy\n")
        at.wait("ready")
        for typed, completed in LINES:
            at.type(f"{typed}\t")
            at.wait(completed)
            at.type("\x15")


def test_fish_completes_what_is_typed(tmp_path: Path, variables: dict[str, str]) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    for typed, completed in LINES:
        script = f"scoregate completion fish | source; complete -C '{typed}'"
        done = subprocess.run(
            ["fish", "-N", "-c", script], cwd=tmp_path, env=variables, capture_output=True, check=True
        )
        words = [line.partition("\t")[0] for line in done.stdout.decode().splitlines()]
        assert completed.rpartition(" ")[2] in words


def completed(shell: str, line: str, folder: Path) -> list[str]:
    """What click's protocol answers."""
    number = len(line.split(" ")) - 1
    asked = {"_SCOREGATE_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": str(number)}
    ended = scoregate(folder=folder, variables={**asked, "COMP_LINE": line, "COMP_WORD": line.rpartition(" ")[2]})
    assert (ended.code, ended.err) == (0, "")
    return ended.out.decode().splitlines()


def test_a_file_with_a_fault_and_an_unknown_command_are_no_news_for_a_shell(tmp_path: Path) -> None:
    (tmp_path / "scoregate.toml").write_text("fail-on = 'low'")
    assert completed("bash", "scoregate check --fail-on l", tmp_path) == ["plain,low"]
    assert "plain,lint" in completed("bash", "scoregate chekc l", tmp_path)


def test_a_file_of_the_folder_comes_before_packs(tmp_path: Path) -> None:
    assert completed("bash", "scoregate lint p", tmp_path)[0] == "plain,pack:collaboration"
    (tmp_path / "policies").mkdir()
    assert completed("bash", "scoregate lint p", tmp_path) == ["file,p"]
    assert completed("bash", "scoregate lint pack:es", tmp_path) == ["plain,pack:essentials"]


def test_commands_are_completed_without_importing_any(tmp_path: Path) -> None:
    code = (
        "import sys; from checker.cli.main import run; run([]); "
        "print([name for name in sys.modules if name.startswith('checker.cli.commands.')], file=sys.stderr)"
    )
    asked = {"_SCOREGATE_COMPLETE": "bash_complete", "COMP_LINE": "scoregate ", "COMP_WORD": ""}
    ended = scoregate(folder=tmp_path, variables=asked, through=("-c", code))
    assert "plain,whatif" in ended.out.decode().splitlines()
    assert ended.err == "[]\n"


def test_every_shell_has_a_script_and_no_other(tmp_path: Path) -> None:
    for shell in SHELLS:
        assert b"_SCOREGATE_COMPLETE" in scoregate("completion", shell, folder=tmp_path).out
    assert scoregate("completion", "csh", folder=ROOT).code == 2
