"""The SHA-256 of a snapshot, computed in a second thread during decoding, since a snapshot can have 19 MB."""

import hashlib
from _thread import allocate_lock, start_new_thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.documents.files import Buffer

# Below this a thread costs more than it saves.
_WORTH_A_THREAD = 1024 * 1024


class Digest:
    """SHA-256 over several byte strings, in the order of adding."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._running = allocate_lock()
        self._begun = allocate_lock()

    def add(self, data: "Buffer") -> None:
        """Adds bytes; many bytes are hashed in another thread while the caller continues."""
        with self._running:
            pass
        if len(data) < _WORTH_A_THREAD:
            self._hash.update(data)
            return
        self._running.acquire()
        self._begun.acquire()
        start_new_thread(self._update, (data,))
        # Decoding is one long call that no other thread can interrupt; so wait until hashing has begun.
        with self._begun:
            pass

    def hexdigest(self) -> str:
        """The digest of everything added, in hexadecimal; waits for the other thread."""
        with self._running:
            return self._hash.hexdigest()

    def _update(self, data: "Buffer") -> None:
        try:
            self._begun.release()
            self._hash.update(data)
        finally:
            self._running.release()
