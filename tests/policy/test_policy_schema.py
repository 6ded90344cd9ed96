import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command_line import here
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.cli import schemas
from checker.documents.yaml_reader import read_yaml
from checker.policy.load import Loaded, try_load
from checker.policy.schema import policy_schema, schema_of_kind, waivers_schema
from checker.policytest.load import faults_of_test
from checker.policytest.model import policytest_schema
from checker.requirements import CONTROL_KINDS, SCORE_KINDS

ROOT = Path(__file__).resolve().parent.parent.parent
DRAFT = jsonschema.Draft202012Validator
FILES = sorted(
    path
    for folder in ("policies", "examples", "checker/cli/templates")
    for path in (ROOT / folder).rglob("*.yaml")
    if b"apiVersion: scoregate/" in path.read_bytes()
)
ODD_NUMBER = 777
Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_the_schemas_that_ship_are_current_and_valid(name: str, capfd: Capture) -> None:
    shipped = (ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8")
    assert shipped == schemas.text(name)
    DRAFT.check_schema(json.loads(shipped))
    printed = here(capfd, "schema", name)
    assert (printed.code, printed.out.decode()) == (0, shipped)


def test_a_schema_that_is_not_current_is_named(tmp_path: Path) -> None:
    schemas.write(str(tmp_path))
    assert schemas.differing(str(tmp_path)) == []
    path = tmp_path / "policy.schema.json"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert schemas.differing(str(tmp_path)) == [str(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_whatever_ships_fits_its_schema_and_has_no_faults(path: Path) -> None:
    for document in read_yaml(path.read_bytes(), path.name):
        content = document.value
        assert isinstance(content, dict)
        kind = content["kind"]
        schema = policytest_schema() if kind == "PolicyTest" else schema_of_kind(kind)
        assert [error.message for error in DRAFT(schema).iter_errors(content)] == []
    loaded = try_load([str(path)], alone=True)
    assert loaded.faults == ()
    for source, document in loaded.tests:
        assert faults_of_test(source, document) == []


def test_something_of_each_folder_was_looked_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == {"policies", "examples", "checker"}


def schema_accepts(schema: dict[str, Any], value: object) -> bool:
    return bool(DRAFT(schema).is_valid(value))


def policy_with(section: str, entry: object, **more: object) -> dict[str, object]:
    head = {"apiVersion": "scoregate/v1", "kind": "Policy", "metadata": {"name": "p"}}
    return {**head, section: [entry], **more}


@pytest.mark.parametrize(
    ("section", "entry", "accepted"),
    [
        # An entry needs its id and the key that tells its kind; any other scalar may be a parameter.
        ("controls", {"id": "x", "control": "A"}, True),
        ("controls", {"control": "A"}, False),
        ("controls", {"id": "x"}, False),
        ("controls", {"id": "x", "control": "A", "anyOf": ["B"]}, False),
        ("controls", {"id": "x", "control": "A", "severity": "${severity}"}, True),
        ("controls", {"id": "x", "control": "A", "severity": "${not a name}"}, False),
        ("controls", {"id": "x", "control": "${a}", "minimum": {"percent": "${b}", "allBut": "${c}"}}, True),
        ("controls", {"id": "x", "control": "A", "minimum": "${whole}"}, False),
        ("controls", {"id": "${x}", "control": "A"}, False),
        ("controls", {"id": "x\n", "control": "A"}, False),
        ("controls", {"id": "x" * 101, "control": "A"}, False),
        ("controls", {"id": "x", "control": ["A", "B"]}, True),
        ("controls", {"id": "x", "control": []}, False),
        ("controls", {"id": "x", "control": "A", "title": None}, False),
        ("score", {"id": "x", "minimum": {"percent": 60.5}}, True),
        ("score", {"id": "x", "minimum": {"percent": "60"}}, False),
        ("score", {"id": "x", "minimum": {"percent": "${a}"}, "category": "${b}", "onMissing": "${c}"}, True),
        ("score", {"id": "x", "freshness": {"maximumAge": "${age}"}}, True),
        ("score", {"id": "x", "freshness": {"maximumAge": "3d"}}, True),
        ("score", {"id": "x", "freshness": {"maximumAge": 3}}, False),
        ("score", {"id": "x", "coverage": {"days": "${days}", "maximumLoss": {"points": "${points}"}}}, True),
        ("score", {"id": "x", "control": "A"}, False),
    ],
)
def test_what_the_schema_takes_for_an_entry(section: str, entry: object, accepted: bool) -> None:
    assert schema_accepts(policy_schema(may_override=False), policy_with(section, entry)) is accepted


@pytest.mark.parametrize(
    ("section", "entry", "accepted"),
    [
        ("controls", {"id": "x"}, True),
        ("controls", {"id": "x", "severity": "low", "minimum": {"percent": "${b}"}}, True),
        ("controls", {"id": "x", "disabled": {"reason": "not ours"}}, True),
        ("controls", {"id": "x", "disabled": {}}, False),
        ("controls", {"severity": "low"}, False),
        ("controls", {"id": "x", "freshness": {"maximumAge": "3d"}}, False),
        ("score", {"id": "x", "onMissing": "skip"}, True),
        ("score", {"id": "x", "accept": []}, False),
        ("states", {"id": "x", "exclude": ["a"]}, True),
    ],
)
def test_what_the_schema_takes_for_an_override(section: str, entry: object, accepted: bool) -> None:
    assert schema_accepts(policy_schema(), policy_with(section, entry)) is accepted


def test_a_policy_needs_one_section_and_nothing_else_may_be_a_parameter() -> None:
    good = policy_with("controls", {"id": "x", "control": "A"})
    schema = policy_schema()
    assert schema_accepts(schema, {**good, "waivers": {"maximumDays": 90}})
    assert not schema_accepts(schema, {**good, "waivers": {"maximumDays": "${days}"}})
    assert not schema_accepts(schema, {**good, "controls": []})
    del good["controls"]
    assert not schema_accepts(schema, good)


def test_every_kind_has_a_branch_that_its_key_tells() -> None:
    definitions = policy_schema()["$defs"]
    sections = policy_schema()["properties"]
    for section, kinds in (("score", SCORE_KINDS), ("controls", CONTROL_KINDS)):
        *records, override = [branch["$ref"].rpartition("/")[2] for branch in sections[section]["items"]["oneOf"]]
        assert definitions[override]["required"] == ["id"]
        assert [definitions[record]["required"] for record in records] == [["id", key] for key in kinds]


def members_of(definitions: dict[str, Any], shape: dict[str, Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one a form
    """Values of a schema's shape, right and nearly right."""
    if "$ref" in shape:
        return members_of(definitions, definitions[shape["$ref"].rpartition("/")[2]])
    if "enum" in shape:
        return st.sampled_from([*shape["enum"], "other"])
    if "anyOf" in shape:
        return st.one_of([members_of(definitions, branch) for branch in shape["anyOf"]])
    match shape.get("type"):
        case "object" if "properties" in shape:
            return objects(definitions, shape)
        case "array":
            return st.lists(members_of(definitions, shape["items"]), max_size=2)
        case "number" | "integer":
            edges = [shape.get("minimum", 0), shape.get("maximum", 1), -1, 0.5, 2.0, 10**30, 2**64]
            return st.sampled_from(edges)
        case "boolean":
            return st.booleans()
        case _:
            words = ["AdminMFAV2", "x", "3d", "2026-11-01", "2026-02-30", "contoso/x", "${name}", "", "a" * 201]
            return st.sampled_from(words)


@st.composite
def objects(draw: st.DrawFn, definitions: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    required = shape.get("required", [])
    optional = [key for key in shape["properties"] if key not in required]
    keys = [*required, *draw(st.lists(st.sampled_from(optional), max_size=3, unique=True))] if optional else required
    found = {key: draw(members_of(definitions, shape["properties"][key])) for key in keys}
    if found and draw(st.integers(0, 9)) == 0:
        found[draw(st.sampled_from(sorted(found)))] = draw(st.sampled_from([ODD_NUMBER, "text", [], {}, [ODD_NUMBER]]))
    if draw(st.integers(0, 19)) == 0:
        found["unheardOf"] = 1
    return found


POLICY_DEFINITIONS = policy_schema()["$defs"]
SECTION_OF = {
    record: section
    for section in ("score", "controls")
    for record in (
        branch["$ref"].rpartition("/")[2] for branch in policy_schema()["properties"][section]["items"]["oneOf"]
    )
}


def loaded(document: object, folder: Path) -> Loaded:
    path = folder / "generated.yaml"
    # JSON is YAML, each value on a line of its own.
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False), "utf-8")
    return try_load([str(path)], alone=True)


def has_parameter(value: object) -> bool:
    return "${name}" in json.dumps(value)


def agrees(document: dict[str, Any], schema: dict[str, Any], folder: Path) -> None:
    """What the schema and the loader say of one document fits together, and each fault has a place inside it."""
    given = copy.deepcopy(document)
    found = loaded(document, folder)
    accepted = schema_accepts(schema, given)
    last = len(json.dumps(document, indent=1).splitlines())
    for fault in found.faults:
        assert 1 < fault.place.line <= last, fault
        assert fault.path, fault
        assert fault.expected, fault
        assert "`" not in fault.expected, fault
    # Where text is wanted the loader takes a number as it is written, and an editor that knows the schema does not.
    if not accepted and str(ODD_NUMBER) not in json.dumps(given):
        assert found.faults
    if has_parameter(given):
        assert any("parameter" in fault.expected for fault in found.faults)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("generated")


@pytest.mark.parametrize("record", sorted(SECTION_OF))
@settings(deadline=None, max_examples=examples(50))
@given(data=st.data())
def test_whatever_entry_is_written_it_is_decoded_or_has_faults_with_places(
    record: str, folder: Path, data: st.DataObject
) -> None:
    entry = data.draw(objects(POLICY_DEFINITIONS, POLICY_DEFINITIONS[record]))
    agrees(policy_with(SECTION_OF[record], {**entry, "id": "x"}), policy_schema(), folder)


@settings(deadline=None, max_examples=examples(100))
@given(data=st.data())
def test_whatever_waiver_is_written_it_is_decoded_or_has_faults_with_places(folder: Path, data: st.DataObject) -> None:
    definitions = waivers_schema()["$defs"]
    waiver = data.draw(objects(definitions, definitions["WaiverEntry"]))
    document = {"apiVersion": "scoregate/v1", "kind": "Waivers", "waivers": [waiver]}
    agrees(document, waivers_schema(), folder)
