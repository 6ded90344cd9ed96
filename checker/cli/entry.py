"""Where the installed command begins: garbage collection is put off before anything is imported.

A run is short and makes no cycles worth looking for; looking costs a tenth of it. Commands that stay turn it on again.
"""

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Runs the command line and exits."""
    gc.disable()
    from checker.cli.main import run
    from checker.cli.streams import flush_streams

    code = flush_streams(run(sys.argv[1:]))
    # What is still there goes with the process; the collector need not look for it at the end.
    gc.freeze()
    sys.exit(code)
