"""The lock that a command's options mean, and what it says to a run; nothing is imported where there is none."""

import os
from typing import TYPE_CHECKING

import msgspec

from checker.cli.options.catalogue_lock import CatalogueLockOptions
from checker.errors import LockFileError

if TYPE_CHECKING:
    from checker.policy.lockfile import LockFile
    from checker.policy.model import PolicySet
    from checker.renderers.interface import Rendering
    from checker.report.baseline import Baseline
    from checker.runs.gate import GateRun

_LOCK_NAME = "scoregate.lock"


def present_lock(path: str | None, *, needed: bool = False) -> "LockFile | None":
    """The lock of the working folder, or the one at ``path``; None where nobody wrote one.

    Raises:
        LockFileError: it can't be read, or it is ``needed`` and missing.
    """
    if path is None and not os.path.lexists(_LOCK_NAME):
        if needed:
            raise LockFileError(
                "does not exist, so --locked has nothing to compare with",
                place=_LOCK_NAME,
                advice="'scoregate lock -p PATH' writes it; --lock PATH names another.",
            )
        return None
    from checker.policy.lockfile import read_lock

    return read_lock(path if path is not None else _LOCK_NAME)


class CatalogueGate:
    """The lock of a run of ``check``, if there is one."""

    def __init__(self, options: CatalogueLockOptions) -> None:
        """Reads the lock, before the tenant is asked.

        Raises:
            LockFileError: as ``present_lock``.
        """
        self._lock = present_lock(options.lock, needed=options.locked)
        self._strict = options.locked

    def judged(self, run: "GateRun", policies: "PolicySet", baseline: "Baseline | None") -> "GateRun":
        """The run, with what has drifted from the lock; a baseline counts for drift as for everything else."""
        if self._lock is None:
            return run
        from checker.runs.locked_catalogue import with_lock

        return with_lock(run, policies, self._lock, strict=self._strict, baseline=baseline)

    def shown(self, rendering: "Rendering") -> "Rendering":
        """The rendering, with the lock among the files that results are shown beside."""
        if self._lock is None or not self._strict:
            return rendering
        sources = {**rendering.sources, self._lock.name: self._lock.data}
        return msgspec.structs.replace(rendering, sources=sources)
