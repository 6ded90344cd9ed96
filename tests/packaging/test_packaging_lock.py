"""What the action and the image install: all that the project needs, by version and hash."""

import re
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from command_line import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))
NEEDED = PROJECT["project"]["dependencies"]
HISTORY = PROJECT["project"]["optional-dependencies"]["history"]
LOCKS = {
    "requirements.lock": NEEDED,
    "requirements-history.lock": NEEDED + HISTORY,
    "build.lock": PROJECT["build-system"]["requires"],
}


def locked(path: Path) -> dict[str, str]:
    """The version of each package, all of which have a hash."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert [line for line in lines if "--hash=sha256:" not in line] == []
    return {canonicalize_name(line.partition("==")[0]): re.split(r"[ ;]", line.partition("==")[2])[0] for line in lines}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_all_that_is_needed(name: str) -> None:
    found = locked(ROOT / "action" / name)
    wanted = [Requirement(one) for one in LOCKS[name]]
    assert [str(one) for one in wanted if not one.specifier.contains(found.get(canonicalize_name(one.name), "0"))] == []


def test_a_lock_has_what_the_needed_needs_itself() -> None:
    found = locked(ROOT / "action" / "requirements.lock")
    for name in found:
        try:
            own = [Requirement(one) for one in requires(name) or []]
        except ModuleNotFoundError:  # of another Python or system
            continue
        needed = [one for one in own if one.marker is None or one.marker.evaluate({"extra": ""})]
        assert [str(one) for one in needed if canonicalize_name(one.name) not in found] == [], name
