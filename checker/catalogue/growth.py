"""A catalogue that grows: the table of known controls, with what a tenant reports of them merged in.

The table holds what Microsoft says to every tenant, and nothing of any tenant: no scores, states or texts.
"""

import csv
import io
from collections.abc import Iterable, Mapping

import msgspec

from checker.catalogue.controls import COLUMNS, KnownControl, known_control
from checker.documents import files, limits
from checker.documents.links import is_link_out
from checker.documents.whole_files import write_whole
from checker.errors import CatalogueError


def read_catalogue(path: str) -> list[KnownControl]:
    """The controls of a table that a file holds.

    Raises:
        CatalogueError: the file can't be read, leads out of the working folder, or is no such table.
    """
    _refuse_link(path)
    name = files.shown(path)
    data = files.read_bounded(path, limits.CATALOGUE_FILE_BYTES, CatalogueError)
    advice = f"Its first line is {','.join(COLUMNS)}."
    try:
        head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        if tuple(head) != COLUMNS:
            raise CatalogueError("is not a catalogue of controls", place=name, advice=advice)
        return [known_control(row) for row in rows]
    except (ValueError, csv.Error) as fault:
        raise CatalogueError(f"is not a catalogue of controls: {fault}", place=name, advice=advice) from fault


def merged(known: Iterable[KnownControl], seen: Iterable[KnownControl]) -> list[KnownControl]:
    """Every control once, sorted by id; what was seen takes precedence, as far as it tells.

    Args:
        known: of the table; their spelling of ids stays.
        seen: of a tenant.
    """
    table = {one.id.casefold(): one for one in known}
    for one in seen:
        folded = one.id.casefold()
        held = table.get(folded)
        table[folded] = _updated(held, one) if held is not None else one
    return sorted(table.values(), key=lambda one: (one.id.casefold(), one.id))


def _updated(held: KnownControl, seen: KnownControl) -> KnownControl:
    news: Mapping[str, object] = msgspec.structs.asdict(seen)
    told = {name: value for name, value in news.items() if value not in {None, ""} and name != "id"}
    return msgspec.structs.replace(held, **told)


def _refuse_link(path: str) -> None:
    if is_link_out(path):
        advice = "Replace the link with the file."
        raise CatalogueError("is a link out of the working folder", place=files.shown(path), advice=advice)


def write_catalogue(path: str, controls: Iterable[KnownControl]) -> None:
    """Writes the table.

    Raises:
        CatalogueError: the path leads out of the working folder.
        OutputError: the file can't be written.
    """
    _refuse_link(path)
    write_whole(path, _table(controls), private=False)


def _table(controls: Iterable[KnownControl]) -> bytes:
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in controls:
        maximum = f"{one.max_score:.15g}" if one.max_score is not None else ""
        row = (one.id, one.title or one.id, one.control_category or "", one.service or "", maximum, one.tier or "")
        table.writerow(row)
    return text.getvalue().encode("utf-8", "replace")
