"""What ``scoregate plan`` writes, byte by byte. ``make golden`` writes the files anew."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

from command_line import NOW, environment
from golden_cases import FOLDER

from checker.remediation.plan import ManualReason

CASE = FOLDER / "plan"
INPUT = ("policy.yaml", "waivers.yaml", "snapshot.json")
PLANS = {"text": "plan.txt", "markdown": "plan.md", "json": "plan.json"}
# What a pipeline would put into default comments.
RUNNERS = ("GITHUB_", "SYSTEM_", "BUILD_", "CI_")


def run(folder: Path, hash_seed: str) -> dict[str, bytes]:
    """Plans in ``folder``, away from any repository and pipeline: what was written, by format."""
    folder.mkdir(exist_ok=True)
    for name in INPUT:
        shutil.copy(CASE / name, folder)
    outputs = [word for format_name, name in PLANS.items() for word in ("-o", f"{format_name}={name}")]
    given = ["-p", "policy.yaml", "--waivers", "waivers.yaml", "--snapshot", "snapshot.json", "--now", NOW]
    variables = environment(PYTHONHASHSEED=hash_seed)
    done = subprocess.run(
        [sys.executable, "-m", "checker", "plan", *given, *outputs, "--exit-code"],
        cwd=folder,
        env={name: value for name, value in variables.items() if not name.startswith(RUNNERS)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    return {name: (folder / file).read_bytes() for name, file in PLANS.items()}


def test_the_plan_is_the_golden_one(tmp_path: Path) -> None:
    plans = run(tmp_path, "0")
    if os.environ.get("SCOREGATE_WRITE_GOLDEN") == "1":
        for name, data in plans.items():
            (CASE / PLANS[name]).write_bytes(data)
    for name, data in plans.items():
        # As lists of lines, so that pytest shows the line that differs.
        assert data.split(b"\n") == (CASE / PLANS[name]).read_bytes().split(b"\n"), PLANS[name]


def test_two_runs_write_equal_bytes(tmp_path: Path) -> None:
    assert run(tmp_path / "first", "1") == run(tmp_path / "second", "2")


def test_the_golden_plan_shows_every_kind_of_change() -> None:
    plan = json.loads((CASE / PLANS["json"]).read_bytes())
    assert {change["action"] for change in plan["changes"]} == {"declare", "accept", "reset"}
    assert {change["effect"]["kind"] for change in plan["changes"]} == {"earns", "loses", "none"}
    assert {change["automatic"] for change in plan["changes"]} == {True, False}
    assert {manual["reason"] for manual in plan["manual"]} == set(get_args(ManualReason)) - {"partial-data"}
    assert {note.partition(" is ")[2].split(",")[0] for note in plan["notes"]} == {"observed in full", "waived"}
