"""What every test starts from: no CI system, which would get annotations and summaries of what is tested."""

import contextlib
import gc
import importlib
import os
import sys
from pathlib import Path

import pytest
from example_counts import USUAL, examples
from hypothesis import settings

settings.register_profile("suite", max_examples=examples(USUAL))
settings.load_profile("suite")

for name in ("GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI"):
    os.environ.pop(name, None)


def pytest_collection(session: pytest.Session) -> None:
    """Makes each worker import another share of the test modules first.

    pytest rewrites the asserts of a module and keeps the result. Workers that all begin at the first module rewrite
    each of them at the same time, which takes longer than everything else that they do before the first test.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if not worker:
        return
    given = [Path(argument.partition("::")[0]) for argument in session.config.args]
    modules = sorted(module for place in given if place.is_dir() for module in place.rglob("test_*.py"))
    first = len(modules) * int(worker) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for module in modules[first:] + modules[:first]:
        folder = str(module.resolve().parent)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        # A module that can't be imported is reported when it is collected.
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(module.stem)


def pytest_collection_finish() -> None:
    """Keeps the collector from looking at thousands of tests, which stay to the end, each time that it runs."""
    gc.collect()
    gc.freeze()
