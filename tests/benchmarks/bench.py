"""A small benchmark: whole commands, timed from outside, in rotating order. ``make bench``; nothing is asserted.

Rows are medians in seconds. ``import click`` is the yardstick: it is what any command line in Python pays.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from checker.sandbox.tenants.tenant import make_tenant

ROUNDS = int(os.environ.get("SCOREGATE_BENCH_ROUNDS", "9"))
NOW = "2026-11-20T09:00:00Z"


def snapshot(folder: Path, days: int) -> Path:
    """A snapshot of the sandbox's tenant with so many days."""
    import json

    tenant = make_tenant(0, date(2026, 11, 20), days=days)
    path = folder / f"snapshot-{days}.json"
    path.write_text(
        json.dumps({"secureScores": tenant.secure_scores, "controlProfiles": tenant.control_profiles}),
        encoding="utf-8",
    )
    return path


def policy(folder: Path, copies: int) -> Path:
    """A policy with a requirement for each scored control, that many times over."""
    tenant = make_tenant(0, date(2026, 11, 20), days=1)
    names = [score["controlName"] for score in tenant.secure_scores[0]["controlScores"]]
    lines = ["apiVersion: scoregate/v1", "kind: Policy", "metadata: {name: bench}", "controls:"]
    for copy in range(copies):
        lines.extend(
            f"  - {{id: r-{copy}-{index}, control: '{name}', minimum: {{percent: 80}}, severity: high}}"
            for index, name in enumerate(names)
        )
    path = folder / f"policy-{copies}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Times every row and prints the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check = [sys.executable, "-m", "checker", "check", "--now", NOW]
        reports = ["-o", f"json={folder}/r.json", "-o", f"sarif={folder}/r.sarif", "-o", f"junit={folder}/r.xml"]
        one, ninety = snapshot(folder, 1), snapshot(folder, 90)
        rows = {
            "python": [sys.executable, "-c", "pass"],
            "python, import click": [sys.executable, "-c", "import click"],
            "scoregate --version": [sys.executable, "-m", "checker", "--version"],
            "check, 1 day, 120 requirements": [*check, "-p", str(policy(folder, 1)), "--snapshot", str(one), *reports],
            "check, 90 days, 120 requirements": [
                *[*check, "-p", str(policy(folder, 1)), "--snapshot", str(ninety)],
                *reports,
            ],
            "check, 90 days, 480 requirements": [
                *[*check, "-p", str(policy(folder, 4)), "--snapshot", str(ninety)],
                *reports,
            ],
            "check --sandbox, essentials": [*check, "-p", "pack:essentials", "--sandbox", *reports],
        }
        times: dict[str, list[float]] = {row: [] for row in rows}
        for turn in range(ROUNDS + 1):
            names = list(rows)
            for row in names[turn % len(names) :] + names[: turn % len(names)]:
                begun = time.perf_counter()
                subprocess.run(rows[row], capture_output=True, check=False)
                if turn:  # the first turn warms up
                    times[row].append(time.perf_counter() - begun)
    print(f"Python {platform.python_version()} on {platform.machine()}, {ROUNDS} rounds; seconds: least, median")
    for row, taken in times.items():
        print(f"{row:36s} {min(taken):7.3f} {statistics.median(taken):7.3f}")


if __name__ == "__main__":
    main()
