"""Changes to a YAML file in the places where its values are written: all other text stays as it is.

What comes out is read again and compared, so that a change either does what was meant or is refused.
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from checker.documents.document import Document
from checker.documents.path import Path, dotted
from checker.documents.yaml_reader import Unreadable, read_yaml
from checker.documents.yaml_scalars import plain_scalar
from checker.documents.yaml_spans import Span, SpannedText, read_spans
from checker.documents.yaml_writer import write_yaml, write_yaml_flow
from checker.errors import OutputError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_COMMENT_LINE = re.compile(r"( *)#[^\r\n]*(?:\r\n|\r|\n|$)")
_EMPTY_FLOW = re.compile(r"\[\s*\]")


class NewScalar(msgspec.Struct, frozen=True):
    """A scalar that takes the place of another.

    Attributes:
        document: the number of the document in its file.
        path: of the value.
        text: the plain scalar, as it is to be written.
    """

    document: int
    path: Path
    text: str


class _Edit(msgspec.Struct, frozen=True):
    """Text that takes the place of what stands between two offsets."""

    start: int
    end: int
    text: str


def replace_scalars(data: bytes, changes: Sequence[NewScalar], file: str) -> bytes:
    """The file with these scalars in the places of others.

    Args:
        data: bytes that ``read_yaml`` takes.
        changes: of scalars that are there.
        file: its name, for a message.

    Raises:
        OutputError: the text that comes of it doesn't say what was meant.
    """
    spanned = read_spans(data)
    spans = [spanned.documents[one.document][one.path] for one in changes]
    edits = [_Edit(span.start, span.end, one.text) for span, one in zip(spans, changes, strict=True)]
    wanted = {document.number: document.value for document in read_yaml(data, file)}
    for one in changes:
        wanted[one.document] = _with(wanted[one.document], one.path, plain_scalar(one.text))
    return _checked(_edited(data, spanned, edits), wanted, file)


def append_item(document: Document, path: Path, item: Mapping[str, object]) -> bytes:
    """The file with one more mapping at the end of a sequence.

    Args:
        document: that has the sequence.
        path: of the sequence.
        item: text, numbers, dates, and mappings of these.

    Raises:
        OutputError: as ``replace_scalars``.
    """
    spanned = read_spans(document.data)
    span = spanned.documents[document.number][path]
    sequence = document.value_at(path)
    assert isinstance(sequence, list)
    if not sequence:
        edit = _first_item(spanned, document.number, path, item)
    elif span.is_flow:
        edit = _Edit(span.end - 1, span.end - 1, f", {write_yaml_flow(item)}")
    else:
        edit = _block_item(spanned.text, span, item)
    added = read_yaml(write_yaml([dict(item)]), document.file)[0].value
    wanted = {one.number: one.value for one in read_yaml(document.data, document.file)}
    wanted[document.number] = _with(wanted[document.number], path, [*sequence, added])
    return _checked(_edited(document.data, spanned, [edit]), wanted, document.file)


def _first_item(spanned: SpannedText, number: int, path: Path, item: Mapping[str, object]) -> _Edit:
    """The edit that fills ``[]``: a block where what stands around it is one, else between its brackets."""
    span = spanned.documents[number][path]
    around = spanned.documents[number][path[:-1]]
    if around.is_flow or not _EMPTY_FLOW.fullmatch(spanned.text[span.start : span.end]):
        return _Edit(span.start, span.end, f"[{write_yaml_flow(item)}]")
    line = _break_of(spanned.text)
    # What stands behind the brackets, such as a comment, stays in their line.
    end = _end_of_line(spanned.text, span.end)
    rest = spanned.text[span.end : end]
    if not rest.endswith(("\r", "\n")):
        rest += line
    head = rest if rest.strip() else line
    start = len(spanned.text[: span.start].rstrip(" "))
    return _Edit(start, end, f"{head}{_block(item, around.column + 2, line)}")


def _block_item(text: str, span: Span, item: Mapping[str, object]) -> _Edit:
    """The edit that adds an item below the last one, and below the comments that are written as a part of it."""
    line = _break_of(text)
    end = span.end
    if text[end - 1 : end] not in {"\r", "\n"}:
        end = _end_of_line(text, end)
    while (found := _COMMENT_LINE.match(text, end)) and len(found[1]) > span.column and found.end() > end:
        end = found.end()
    head = "" if text[end - 1 : end] in {"\r", "\n"} else line
    return _Edit(end, end, f"{head}{_block(item, span.column, line)}")


def _block(item: Mapping[str, object], column: int, line: str) -> str:
    """The mapping as an item of a block sequence whose dashes stand in ``column``."""
    rows = write_yaml([dict(item)]).decode().removesuffix("\n").split("\n")
    first, rest = " " * column + "- ", " " * (column + 2)
    return "".join(f"{rest if number else first}{row}{line}" if row else line for number, row in enumerate(rows))


def _break_of(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _end_of_line(text: str, offset: int) -> int:
    """The offset after the line break that ends a line."""
    found = _LINE.match(text, offset)
    return found.end() if found is not None else len(text)


def _edited(data: bytes, spanned: SpannedText, edits: Sequence[_Edit]) -> bytes:
    text = spanned.text
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    head = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
    return head + text.encode()


def _with(value: object, path: Path, new: object) -> object:
    """The value with another one at ``path``; what is on the way there is copied."""
    if not path:
        return new
    step, *rest = path
    match value, step:
        case dict(), str():
            return {**value, step: _with(value[step], tuple(rest), new)}
        case list(), int():
            return [*value[:step], _with(value[step], tuple(rest), new), *value[step + 1 :]]
        case _:
            raise KeyError(dotted(path))


def _checked(data: bytes, wanted: Mapping[int, object], file: str) -> bytes:
    """The bytes, if they hold these documents."""
    try:
        holds = {document.number: document.value for document in read_yaml(data, file)} == wanted
    except Unreadable:
        holds = False
    if not holds:
        raise OutputError("cannot be changed in place", place=file, advice="Make the change by hand.")
    return data
