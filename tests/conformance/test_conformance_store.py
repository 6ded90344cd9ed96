"""The store as an engine reads it that is not ours."""

import importlib
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from builders import TENANT
from command_line import NOW, ROOT, environment, here, policy
from store_builders import BEGIN

from checker.store.maintenance import verify

pytestmark = pytest.mark.conformance


@pytest.fixture
def polars() -> Any:
    # Installed by make conformance alone.
    return importlib.import_module("polars")


def writer(url: str, first: int, last: int) -> "subprocess.Popen[bytes]":
    program = ROOT / "tests" / "store" / "store_builders.py"
    arguments = [sys.executable, str(program), url, TENANT, str(first), str(last)]
    return subprocess.Popen(arguments, cwd=ROOT, env={**environment(), "PYTHONPATH": str(ROOT)})


def test_two_writers_of_two_hundred_days_of_which_one_is_killed(tmp_path: Path, polars: Any) -> None:
    url = str(tmp_path / "store")
    first, second = writer(url, 0, 119), writer(url, 80, 199)
    time.sleep(5)
    second.send_signal(signal.SIGKILL)
    assert second.wait() == -signal.SIGKILL
    again = writer(url, 80, 199)
    assert (first.wait(timeout=600), again.wait(timeout=600)) == (0, 0)
    scores = polars.read_delta(f"{url}/scores")
    assert sorted((day - BEGIN).days for day in scores["date"]) == list(range(200))
    assert scores["current_score"].sum() == 3.0 * sum(number % 10 for number in range(200))
    controls = polars.read_delta(f"{url}/control_scores")
    assert controls.height == controls.unique(["tenant", "date", "control"]).height == 600
    assert verify(url).is_sound


def test_what_a_run_keeps_is_read_by_polars(tmp_path: Path, polars: Any, capfd: pytest.CaptureFixture[str]) -> None:
    url = str(tmp_path / "store")
    path = policy(tmp_path, "controls: [{id: admins, control: AdminMFAV2}]")
    here(capfd, "check", "-p", path, "--sandbox", "--now", NOW, "--store", url)
    here(capfd, "fetch", "--sandbox", "--now", NOW, "--store", url)
    scores = polars.scan_delta(f"{url}/scores").sort("date").collect()
    assert scores.height == 90
    controls = polars.scan_delta(f"{url}/control_scores").filter(polars.col("month") == "2026-05").collect()
    of_newest = controls.filter(polars.col("date") == scores["date"][-1])
    assert of_newest["score"].sum() == pytest.approx(scores["current_score"][-1], abs=0.01)
    findings = polars.read_delta(f"{url}/findings")
    assert findings.select("requirement", "control", "outcome").rows() == [("small/admins", "AdminMFAV2", "fail")]
    assert polars.read_delta(f"{url}/states").filter(polars.col("control") == "McasFirewallLogUpload")["state"][0] == (
        "ThirdParty"
    )
