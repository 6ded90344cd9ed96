"""A few seconds of fuzzing for each reader; ``make fuzz`` takes longer."""

import importlib.util
import subprocess
import sys

import pytest
from command_line import ROOT
from fuzz_targets import TARGETS

pytestmark = pytest.mark.conformance

SECONDS = 3


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found_in_a_few_seconds(target: str) -> None:
    assert importlib.util.find_spec("atheris") is not None, "run 'make conformance', which installs atheris"
    command = [sys.executable, str(ROOT / "tests" / "fuzz" / "fuzz_run.py"), target, "--seconds", str(SECONDS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    assert "nothing found" in done.stdout
