"""Where the installed command begins and ends, without work that no run needs.

Garbage collection is put off before anything is imported: a run is short and makes no cycles worth looking for; looking
costs a tenth of it. Commands that stay turn it on again.
"""

import atexit
import gc
import os
import sys
from importlib import import_module
from typing import NoReturn

from checker.cli.postponed import postpone
from checker.postponed_patterns import postponed_patterns


def main() -> NoReturn:
    """Runs the command line and exits."""
    gc.disable()
    postpone()
    with postponed_patterns():
        import_module("platform")
    from checker.cli.main import run
    from checker.cli.streams import flush_streams

    code = run(sys.argv[1:])
    atexit._run_exitfuncs()  # noqa: SLF001 - as multiprocessing ends its processes
    # What is still there goes with the process: Python would take every module apart first.
    os._exit(flush_streams(code))
