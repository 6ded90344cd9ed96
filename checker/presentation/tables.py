"""Rows as CSV (RFC 4180), in which nothing is a formula: what others wrote is made harmless, numbers stay numbers."""

import csv
import decimal
import io
from collections.abc import Iterable, Sequence

from checker.presentation.escape import cell

Cell = str | int | float | decimal.Decimal | None


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as a file; what is None is an empty cell."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(map(cell, columns))
    for row in rows:
        writer.writerow(["" if one is None else cell(one) if isinstance(one, str) else one for one in row])
    return file.getvalue().encode()
