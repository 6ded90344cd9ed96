"""A page for each document that has a JSON Schema, made of the schema: members, types, defaults and bounds.

``python -m checker.cli.schema_pages FOLDER`` writes ``FOLDER/NAME.md`` for each, and ``FOLDER/index.md``.
"""

import json
import os
import re
import sys
from collections.abc import Iterator

from checker.cli.schema_terms import Schema, bounds, described, type_of
from checker.cli.schemas import SCHEMAS, build
from checker.documents.whole_files import write_whole
from checker.presentation.escape import Markup, code, markdown
from checker.presentation.tables import markdown_table

# What people write; everything else is written by scoregate.
_BY_PEOPLE = ("policy", "waivers", "policytest", "scenario")
INDEX = "index"
_HEAD = "# {name}\n\n{title}. Written by `make docs` from the schema, which `scoregate schema {name}` prints.\n\n"
_PARAMETERS = "A single value of a requirement may be `${name}`, the value of a parameter.\n\n"
_CLOSED = "No other member is allowed.\n\n"
_INDEX = """# Documents

Written by `make docs` from the schemas. Each document has a JSON Schema (draft 2020-12), which `scoregate schema NAME`
prints. Within `scoregate/v1` members are only added.

"""


def text(name: str) -> str:
    """The page of the schema called ``name``, or the list of all of them for ``INDEX``."""
    return "".join(_index() if name == INDEX else _page(name, build(name)))


def write(folder: str) -> None:
    """Writes every page into ``folder``."""
    for name in (INDEX, *SCHEMAS):
        write_whole(os.path.join(folder, f"{name}.md"), text(name).encode(), private=False)


def _index() -> Iterator[str]:
    yield _INDEX
    by_scoregate = [name for name in SCHEMAS if name not in _BY_PEOPLE]
    for heading, names in (("What you write", _BY_PEOPLE), ("What scoregate writes", by_scoregate)):
        rows = [(Markup(f"[{name}]({name}.md)"), str(build(name)["title"])) for name in sorted(names)]
        yield f"## {heading}\n\n"
        yield from _lines(markdown_table(("document", "is"), rows))
        yield "\n"


def _page(name: str, schema: Schema) -> Iterator[str]:
    records = _table(schema, "$defs")
    with_parameters = records.pop("Parameter", None) is not None
    yield _HEAD.format(title=markdown(str(schema["title"])), name=name)
    yield from _about(schema)
    if with_parameters:
        yield _PARAMETERS
    if "oneOf" in schema:
        yield f"It is {type_of(schema)}.\n\n"
    yield from _members(schema)
    for key, record in sorted(records.items()):
        yield f"## {key}\n\n"
        yield from _about(record)
        if "enum" in record:
            yield f"One of {type_of(record)}.\n\n"
        yield from _members(record)


def _about(schema: Schema) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", str(schema.get("description", ""))):
        if paragraph.strip():
            yield f"{described(paragraph)}\n\n"


def _members(schema: Schema) -> Iterator[str]:
    members = _table(schema, "properties")
    if not members:
        return
    required = schema.get("required")
    needed = set(required) if isinstance(required, list) else set()
    rows = [_row(name, member, required=name in needed) for name, member in members.items()]
    yield from _lines(markdown_table(("member", "type", "default", "bounds", "says"), rows))
    yield "\n"
    if schema.get("additionalProperties") is False:
        yield _CLOSED


def _row(name: str, member: Schema, *, required: bool) -> tuple[str, ...]:
    default = _default(member)
    shown = "required" if required else "–" if default is None else code(json.dumps(default[0], ensure_ascii=False))
    return code(name), type_of(member), shown, bounds(member), described(str(member.get("description", "")))


def _default(member: Schema) -> tuple[object] | None:
    """The default, which may be that of one of several types; None where there is none."""
    if "default" in member:
        return (member["default"],)
    variants = member.get("anyOf")
    for variant in variants if isinstance(variants, list) else []:
        if "default" in variant:
            return (variant["default"],)
    return None


def _table(schema: Schema, key: str) -> dict[str, Schema]:
    found = schema.get(key)
    return dict(found) if isinstance(found, dict) else {}


def _lines(lines: Iterator[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)


if __name__ == "__main__":
    write(sys.argv[1])
