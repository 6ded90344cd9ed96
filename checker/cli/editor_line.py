"""The line at the top of a document by which an editor finds its JSON Schema: a path, so that it works offline."""

import os

from checker.cli.schemas import shipped_schema
from checker.documents import files
from checker.documents.real_folders import is_inside, make_folder
from checker.documents.whole_files import write_whole
from checker.errors import OutputError

# A run passes over hidden folders.
_FOLDER = ".schemas"


def schema_path(name: str) -> str:
    """Where the schema called ``name`` is, as the folder of policies sees it."""
    return f"{_FOLDER}/{name}.schema.json"


def with_line(name: str, text: bytes, *, above: str = "") -> bytes:
    """The document below that line.

    Args:
        name: of the schema.
        text: the document.
        above: the path from the document to the folder of the schemas.
    """
    return f"# yaml-language-server: $schema={above}{schema_path(name)}\n".encode() + text


def with_schema(name: str, text: bytes, file: str) -> bytes:
    """The document of a new file below that line; writes the schema beside the file where there is none.

    Args:
        name: of the schema.
        text: the document.
        file: where the document is to be.

    Raises:
        OutputError: the schema can't be written.
    """
    folder = os.path.dirname(os.path.realpath(file))
    above = _nearest(name, folder)
    if above is None and os.path.isdir(folder):
        target = os.path.join(folder, schema_path(name))
        try:
            make_folder(os.path.dirname(target), private=False)
        except OSError as fault:
            raise OutputError(f"cannot be made: {files.reason(fault)}", place=files.shown(target)) from fault
        write_whole(target, shipped_schema(name), private=False)
    return with_line(name, text, above=above or "")


def _nearest(name: str, folder: str) -> str | None:
    """The path to the nearest folder above, inside the working folder, that has the schema; None where none has."""
    above, top = "", os.path.realpath(os.curdir)
    while True:
        if os.path.isfile(os.path.join(folder, schema_path(name))):
            return above
        if folder == top or not is_inside(folder, top):
            return None
        above, folder = f"../{above}", os.path.dirname(folder)
