"""What a run writes, byte by byte. ``make golden`` writes the files anew."""

import json
import os
from pathlib import Path

import pytest
from golden_cases import CASES, FOLDER, REPORTS, masked, run_case

EXIT_CODES = {"pass": 0, "fail": 1, "indeterminate": 3}


def test_there_are_cases() -> None:
    assert {"passing", "failing", "hostile", "no-score"} <= set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_reports_are_the_golden_ones(case: str, tmp_path: Path) -> None:
    code, reports = run_case(case, tmp_path)
    assert code == EXIT_CODES[json.loads(reports["json"])["verdict"]]
    if os.environ.get("SCOREGATE_WRITE_GOLDEN") == "1":
        for name, data in reports.items():
            (FOLDER / case / REPORTS[name]).write_bytes(masked(data))
    for name, data in reports.items():
        golden = (FOLDER / case / REPORTS[name]).read_bytes()
        # As lists of lines, so that pytest shows the line that differs.
        assert masked(data).split(b"\n") == golden.split(b"\n"), f"{case}/{REPORTS[name]}"


@pytest.mark.parametrize("case", CASES)
def test_two_runs_write_equal_bytes(case: str, tmp_path: Path) -> None:
    options = ("--sarif-profile", "full", "--junit-profile", "gitlab")
    first = run_case(case, tmp_path / "first", *options, hash_seed="1")
    second = run_case(case, tmp_path / "second", *options, hash_seed="2")
    assert first == second


def test_the_failing_case_shows_every_outcome() -> None:
    report = json.loads((FOLDER / "failing" / "report.json").read_bytes())
    assert all(report["counts"].values())
    failures = [finding for finding in report["findings"] if finding["outcome"] == "fail"]
    kept_out = {(finding["enforcement"], finding["severity"]) for finding in failures if not finding["failsGate"]}
    assert kept_out == {("advisory", "medium"), ("mandatory", "low")}


@pytest.mark.parametrize("case", CASES)
def test_reports_name_no_version(case: str) -> None:
    assert b"0.0.0" in (FOLDER / case / "report.xml").read_bytes()
    assert (FOLDER / case / "report.sarif").read_bytes().count(b"0.0.0") == 3
