"""One writer to a tenant on one machine: a lock in the user's state folder, which the system releases with the run."""

import contextlib
import hashlib
import os
from collections.abc import Iterator

from checker.documents import files
from checker.errors import LockedError, OutputError, UsageError


@contextlib.contextmanager
def tenant_lock(folder: str, tenant: str) -> Iterator[None]:
    """Holds the lock of a tenant for as long as a block runs.

    Args:
        folder: where the locks are; created if missing.
        tenant: the tenant's id.

    Raises:
        LockedError: another run holds it.
        OutputError: the folder can't be written to.
        UsageError: this system has no such locks.
    """
    try:
        import fcntl
    except ImportError as fault:
        raise UsageError(
            "states can be set only on Linux and macOS: this system has no locks that end with a run",
            advice="Run it in WSL, or in a pipeline on Linux.",
        ) from fault
    # The id comes from outside, so it is not used as a file name.
    name = hashlib.sha256(tenant.casefold().encode("utf-8", "surrogatepass")).hexdigest()[:32]
    path = os.path.join(folder, f"{name}.lock")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise OutputError(
            f"the lock cannot be created: {files.reason(fault)}",
            place=files.shown(path),
            advice="Set XDG_STATE_HOME to a folder that this user can write to.",
        ) from fault
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise LockedError(
                f"another run on this machine is writing to the tenant {tenant or '(unknown)'}",
                advice="Wait until it ends, then run again: changes that it has made are already in place then.",
            ) from fault
        except OSError as fault:
            raise OutputError(
                f"the lock cannot be taken: {files.reason(fault)}",
                place=files.shown(path),
                advice="Set XDG_STATE_HOME to a folder on a file system with locks.",
            ) from fault
        yield
    finally:
        os.close(descriptor)
