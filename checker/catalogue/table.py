"""The tables that the catalogue ships."""

import csv
import os
from collections.abc import Iterator

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file of this folder, by the names of its columns."""
    # importlib.resources would take five times as long to load as the table.
    with open(os.path.join(_FOLDER, name), encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
