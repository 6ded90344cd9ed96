"""``check --baseline``: an earlier report, against which only what is new or worse fails the gate."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from checker.cli.options import option
from checker.cli.output import Output
from checker.documents import files
from checker.errors import UsageError

if TYPE_CHECKING:
    from checker.report.baseline import Baseline

BaselinePath = Annotated[
    str | None,
    option(
        "baseline",
        metavar="REPORT",
        help="Fail only on what is new or worse than in this report of an earlier 'check -o json'.",
    ),
]


def baseline_option(path: str | None, outputs: Sequence[Output]) -> "Baseline | None":
    """The baseline; None where none is asked for.

    Args:
        path: the report's.
        outputs: where this run writes to.

    Raises:
        UsageError: this run would replace its own baseline, so that the next one took its new failures for old ones.
        BaselineError: it can't be read, or is no report that can be a baseline.
    """
    if path is None:
        return None
    real = os.path.realpath(path)
    if any(output.path is not None and os.path.realpath(output.path) == real for output in outputs):
        raise UsageError(
            f"-o would replace the baseline {files.shown(path)}, and the next run would take what is new now for old",
            advice="Write the report to another file.",
        )
    from checker.report.baseline_file import read_baseline

    return read_baseline(path)
