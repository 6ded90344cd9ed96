"""The other Python versions that scoregate promises to work with: where they are, and an environment of each.

``python tests/conformance/other_pythons.py`` makes the environments, which hold what scoregate depends on and not
scoregate itself. Those that fit the interpreter and pyproject.toml are kept.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".tools" / "pythons"
PROJECT = ROOT / "pyproject.toml"
_MINOR = re.compile(r"Programming Language :: Python :: 3\.(\d+)")
# Debian packs venv apart; without it an interpreter is of no use here.
_ASK = "import ensurepip, json, sys, venv; print(json.dumps([sys.executable, *sys.version_info[:4]]))"


@dataclass(frozen=True)
class OtherPython:
    """An interpreter of another minor version than this one's."""

    program: str
    version: tuple[int, int, int]

    @property
    def place(self) -> Path:
        """The folder of its environment."""
        return PLACE / f"3.{self.version[1]}"

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return self.place / "bin" / "python"

    @property
    def is_made(self) -> bool:
        """Whether its environment fits the interpreter and what scoregate depends on, the extra sandbox included."""
        return self._stamp.exists() and self._stamp.read_text(encoding="utf-8") == self._fits()

    def make(self) -> None:
        """Makes its environment.

        Raises:
            CalledProcessError: it can't be made.
        """
        subprocess.run([self.program, "-m", "venv", "--clear", str(self.place)], check=True)
        line = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        subprocess.run([str(self.python), *line, *_requirements()], check=True)
        self._stamp.write_text(self._fits(), encoding="utf-8")

    @property
    def _stamp(self) -> Path:
        return self.place / ".installed"

    def _fits(self) -> str:
        return json.dumps([self.program, self.version, _requirements()])


def supported() -> set[int]:
    """The minor versions that pyproject.toml names."""
    return {int(found[1]) for one in _project()["classifiers"] if (found := _MINOR.fullmatch(one))}


def other_pythons() -> list[OtherPython]:
    """The newest of each minor version but this one's, in PATH or with pyenv, oldest first."""
    minors = supported() - {sys.version_info[1]}
    newest: dict[int, OtherPython] = {}
    for program in sorted(set(_programs(minors))):
        one = _asked(program)
        if one is None or one.version[1] not in minors:
            continue
        known = newest.setdefault(one.version[1], one)
        newest[one.version[1]] = max(known, one, key=lambda python: python.version)
    return [newest[minor] for minor in sorted(newest)]


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    return project


def _requirements() -> list[str]:
    project = _project()
    return [*project["dependencies"], *project["optional-dependencies"]["sandbox"]]


def _programs(minors: Iterable[int]) -> Iterator[str]:
    for minor, folder in product(minors, os.environ.get("PATH", "").split(os.pathsep)):
        program = Path(folder, f"python3.{minor}")
        if program.is_file():
            yield str(program)
    pyenv = Path(os.environ.get("PYENV_ROOT") or "~/.pyenv").expanduser()
    yield from map(str, pyenv.glob("versions/*/bin/python3"))


def _asked(program: str) -> OtherPython | None:
    """What a program says of itself; one that doesn't run, or isn't of a final version, is none."""
    try:
        said = subprocess.run([program, "-c", _ASK], capture_output=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    executable, major, minor, micro, level = json.loads(said)
    return OtherPython(executable, (major, minor, micro)) if level == "final" else None


def main() -> None:
    """Makes the environments that are not there yet."""
    for python in other_pythons():
        if not python.is_made:
            python.make()


if __name__ == "__main__":
    main()
