"""Where the installed command begins and ends, without work that no run needs.

Garbage collection is put off before anything is imported: a run is short and makes no cycles worth looking for; looking
costs a tenth of it. Commands that stay turn it on again.
"""

import atexit
import contextlib
import gc
import os
import sys
from importlib import import_module
from typing import NoReturn

from checker.cli.postponed import postpone
from checker.postponed_patterns import postponed_patterns

# As checker.errors has it, which is not imported yet.
_INTERRUPTED = 130


def main() -> NoReturn:
    """Runs the command line and exits."""
    try:
        code = _run()
    except KeyboardInterrupt:
        # Before or after the run, which says so itself: while modules are imported, or streams flushed.
        # There is no stream where the descriptor is closed.
        if sys.stderr is not None:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("scoregate: interrupted\n")
                sys.stderr.flush()
        code = _INTERRUPTED
    # What is still there goes with the process: Python would take every module apart first.
    os._exit(code)


def _run() -> int:
    gc.disable()
    postpone()
    with postponed_patterns():
        import_module("platform")
    from checker.cli.main import run
    from checker.cli.streams import flush_streams

    code = run(sys.argv[1:])
    atexit._run_exitfuncs()  # noqa: SLF001 - as multiprocessing ends its processes
    return flush_streams(code)
