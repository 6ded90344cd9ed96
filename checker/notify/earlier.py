"""The decisions of earlier runs, in a file of our own that each run with ``--notify-state`` writes anew."""

import os
from collections.abc import Sequence
from typing import Literal

import msgspec

from checker.documents import files, limits
from checker.documents.whole_files import write_whole
from checker.errors import NotifyError
from checker.report.verdict import Decision

# More than a rule looks at.
_KEPT = 10
_ADVICE = "Name a file that an earlier run with --notify-state wrote, or one that does not exist."


class NotifyState(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The file.

    Attributes:
        decisions: of the runs so far, the newest last.
    """

    api_version: Literal["scoregate/v1"]
    kind: Literal["NotifyState"]
    decisions: tuple[Decision, ...]


def read_state(path: str) -> tuple[Decision, ...]:
    """The decisions of earlier runs, the newest last; none where there is no file yet.

    Raises:
        NotifyError: the file can't be read, or is something else, which must not be replaced.
    """
    if not os.path.lexists(path):
        return ()
    data = files.read_bounded(path, limits.MEBIBYTE, NotifyError)
    try:
        return msgspec.json.decode(data, type=NotifyState).decisions
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise NotifyError(
            f"contains no decisions of earlier runs: {fault}", place=files.shown(path), advice=_ADVICE
        ) from fault


def write_state(path: str, earlier: Sequence[Decision], decision: Decision) -> None:
    """Keeps the decision of this run after those before it.

    Raises:
        OutputError: the file can't be written.
    """
    state = NotifyState(api_version="scoregate/v1", kind="NotifyState", decisions=(*earlier, decision)[-_KEPT:])
    write_whole(path, msgspec.json.format(msgspec.json.encode(state)) + b"\n")
