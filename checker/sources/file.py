"""Snapshot files as a source."""

from collections.abc import Sequence

from checker.clouds import Cloud
from checker.snapshot.read import Reading, read_documents


class FileSource:
    """Files or folders that hold one tenant's data."""

    def __init__(self, paths: Sequence[str], cloud: Cloud) -> None:
        self._paths = paths
        self.cloud = cloud

    def read(self, days: int) -> Reading:
        """All that the files hold; see ``Source``."""
        del days
        return read_documents(self._paths)
