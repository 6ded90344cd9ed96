"""The tables that the catalogue ships."""

import csv
import os
from collections.abc import Iterator

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def rows(name: str, columns: tuple[str, ...]) -> Iterator[list[str]]:
    """The rows of a CSV file of this folder.

    Args:
        name: the file.
        columns: what its first line must say, so that nobody reads a column for another.
    """
    # importlib.resources and csv.DictReader would each take five times as long.
    with open(os.path.join(_FOLDER, name), encoding="utf-8", newline="") as file:
        table = csv.reader(file)
        assert tuple(next(table)) == columns, name
        yield from table
