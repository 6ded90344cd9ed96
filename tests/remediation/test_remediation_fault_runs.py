"""Apply, resume and rollback in bad weather; ``SCOREGATE_FAULT_RUNS`` says how many plans, and prints the figures."""

import os
import tempfile
import time
from pathlib import Path

from fault_runs import FaultRun, Figures

SECONDS = 6.0


def test_nothing_is_lost_doubled_wrongly_restored_or_called_done() -> None:
    wanted = os.environ.get("SCOREGATE_FAULT_RUNS")
    end = time.monotonic() + SECONDS
    figures = Figures()
    for seed in range(int(wanted or 40)):
        if wanted is None and time.monotonic() > end:
            break
        with tempfile.TemporaryDirectory() as folder:
            FaultRun(seed, Path(folder), figures).all()
    if wanted is not None:
        print(figures)
    assert figures.faults() == {}
