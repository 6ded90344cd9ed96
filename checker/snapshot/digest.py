"""The SHA-256 of a snapshot, computed beside the decoding: the processor has more than one core, and it is 19 MB."""

import hashlib
from _thread import allocate_lock, start_new_thread

# Below this a thread costs more than it saves.
_WORTH_A_THREAD = 1024 * 1024


class Digest:
    """SHA-256 over several byte strings in the order in which they were added."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._running = allocate_lock()

    def add(self, data: bytes) -> None:
        """Adds the bytes; large ones are hashed in another thread while the caller goes on."""
        with self._running:
            pass
        if len(data) < _WORTH_A_THREAD:
            self._hash.update(data)
            return
        self._running.acquire()
        start_new_thread(self._update, (data,))

    def hexdigest(self) -> str:
        """The digest in hexadecimal, when all that was added is in it."""
        with self._running:
            return self._hash.hexdigest()

    def _update(self, data: bytes) -> None:
        try:
            self._hash.update(data)
        finally:
            self._running.release()
