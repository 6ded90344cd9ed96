"""Ten thousand findings: each format stays within what its consumer takes, and says what it leaves out."""

import csv
import gzip
import io
import json
import re

import pytest
from report_builders import finding, rendering, requirement
from runner_logs import azure_commands, github_commands

from checker.renderers import FORMATS, renderer
from checker.renderers.interface import Rendering
from checker.report.outcome import Outcome, Severity

COUNT = 10_000
MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def large() -> Rendering:
    outcomes, severities = list(Outcome), list(Severity)
    return rendering(
        [
            finding(
                outcomes[number % 5],
                of=requirement(f"r{number}", severity=severities[number // 5 % 5], title=f"Requirement {number}"),
                control=f"Control{number}",
            )
            for number in range(COUNT)
        ]
    )


def rendered(name: str, whole: Rendering) -> str:
    return renderer(name)(whole).decode()


def test_annotations_are_ten_of_each_level(large: Rendering) -> None:
    found = github_commands(rendered("github", large))
    assert [one.name for one in found] == ["error"] * 10 + ["notice"] * 10
    assert found[9].message.startswith("3991 more of this level are left out")
    assert found[-1].message.startswith("1991 more of this level are left out")
    assert len(azure_commands(rendered("azure", large))) == 10


def test_the_summary_is_below_a_mebibyte(large: Rendering) -> None:
    page = rendered("markdown", large)
    assert len(page.encode()) < MEBIBYTE
    shown = page.count("| `baseline/")
    left = sum(map(int, re.findall(r"\*(\d+) more rows are left out", page)))
    assert shown + left == COUNT
    # What fails the gate comes before all others.
    assert page.index("1000 more rows are left out") < page.index("Could not be judged")


def test_metrics_have_five_thousand_series_of_findings(large: Rendering) -> None:
    shown = rendered("openmetrics", large)
    assert shown.count("\nscoregate_finding_passed{") == 5_000
    assert re.search(r"\nscoregate_findings_left_out\{[^}]*\} 5000\n", shown)
    # None of those that fail is left out.
    assert len(re.findall(r'passed\{.*outcome="(?:fail|error)"', shown)) == 4_000


def test_what_has_no_limit_below_that_holds_all(large: Rendering) -> None:
    assert len(list(csv.reader(io.StringIO(rendered("csv", large), newline="")))) == COUNT + 1
    assert len(json.loads(rendered("gitlab", large))) == COUNT * 2 // 5
    events = rendered("ocsf", large).splitlines()
    assert len(events) == COUNT
    # Security Hub takes 240 kB an event, Azure's logs a megabyte a call.
    assert max(map(len, events)) < 240_000


def test_the_formats_of_before_stay_within_their_limits_too(large: Rendering) -> None:
    log = rendered("sarif", large)
    (run,) = json.loads(log)["runs"]
    assert len(run["results"]) <= 25_000
    assert len(run["tool"]["driver"]["rules"]) <= 25_000
    assert len(gzip.compress(log.encode(), 1)) < 10_000_000
    assert len(rendered("junit", large).encode()) < 30_000_000


def test_every_format_is_looked_at() -> None:
    # A new format says here what its consumer takes.
    without_limit = {"text", "json"}
    looked_at = {"github", "azure", "markdown", "openmetrics", "csv", "gitlab", "ocsf", "sarif", "junit"}
    assert set(FORMATS) == without_limit | looked_at
