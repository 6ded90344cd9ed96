import json
from pathlib import Path

import pytest
from command_line import ROOT

from checker.cli import schema_pages
from checker.cli.schema_terms import bounds, described, type_of
from checker.cli.schemas import SCHEMAS, build

FOLDER = ROOT / "docs" / "reference" / "documents"


@pytest.mark.parametrize("name", [schema_pages.INDEX, *SCHEMAS])
def test_the_page_of_a_document_is_what_its_schema_says(name: str) -> None:
    assert schema_pages.text(name) == FOLDER.joinpath(f"{name}.md").read_text("utf-8"), "run 'make docs'"


def test_there_is_no_page_of_a_document_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == {schema_pages.INDEX, *SCHEMAS}


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_page_has_every_member_of_every_record(name: str) -> None:
    page = schema_pages.text(name)
    schema = build(name)
    for key, record in schema["$defs"].items():
        part = page.partition(f"\n## {key}\n")[2].partition("\n## ")[0]
        assert part or key == "Parameter"
        assert all(f"| `{member}` " in part for member in record.get("properties", {}))
    assert all(f"| `{member}` " in page for member in schema.get("properties", {}))


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date"}, "date"),
        ({"enum": ["a", "b", 2]}, '`"a"`, `"b"` or `2`'),
        ({"anyOf": [{"type": "number"}, {"$ref": "#/$defs/Parameter"}]}, "number"),
        ({"anyOf": [{"$ref": "#/$defs/Plan"}, {"type": "null"}]}, "[Plan](#plan) or null"),
        ({"type": "array", "items": {"type": "integer"}}, "list of integer"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "object of number by name"),
    ],
)
def test_a_type_is_put_in_words(schema: dict[str, object], shown: str) -> None:
    assert type_of(schema) == shown


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({"type": "string"}, "–"),
        ({"type": "number", "minimum": 0, "maximum": 100}, "at least 0, at most 100"),
        ({"type": "integer", "minimum": 1}, "at least 1"),
        ({"type": "string", "minLength": 1, "maxLength": 9}, "not empty, at most 9 characters"),
        ({"type": "array", "items": {"type": "string", "maxLength": 9}}, "each at most 9 characters"),
        ({"anyOf": [{"type": "string", "pattern": "^[0-9]+(?!\n)$"}, {"type": "null"}]}, "`^[0-9]+$`"),
    ],
)
def test_bounds_are_put_in_words(schema: dict[str, object], shown: str) -> None:
    assert bounds(json.loads(json.dumps(schema).replace("(?!\\n)", "(?!\\\\n)"))) == shown


def test_a_description_is_escaped_but_for_its_code() -> None:
    assert described("What ``a*`` and * say.\n  Twice.") == "What `a*` and &#42; say. Twice."


def test_pages_are_written_into_a_folder(tmp_path: Path) -> None:
    schema_pages.write(str(tmp_path))
    assert {path.stem for path in tmp_path.glob("*.md")} == {schema_pages.INDEX, *SCHEMAS}
