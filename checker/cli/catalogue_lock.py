"""The lock that a command's options mean, and what it says to a run; nothing is imported where there is none."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from checker.cli.options.catalogue_lock import CatalogueLockOptions
from checker.errors import LockFileError

if TYPE_CHECKING:
    from checker.policy.lockfile import LockFile
    from checker.policy.model import PolicySet
    from checker.runs.full_gate import GateInput

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


def lock_of(options: CatalogueLockOptions) -> "LockFile | None":
    """The lock of a run of ``check``, if there is one.

    Raises:
        LockFileError: as ``present_lock``.
    """
    return present_lock(options.lock, needed=options.locked)


def files_shown(given: "GateInput", policies: "PolicySet") -> Mapping[str, bytes]:
    """The files that results are shown beside: the policies, and the lock where drift from it is a finding."""
    if given.lock is None or not given.locked:
        return policies.sources
    return {**policies.sources, given.lock.name: given.lock.data}
