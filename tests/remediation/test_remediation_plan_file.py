"""The plan file: written whole and private, read back with suspicion."""

import copy
import hashlib
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command_line import ROOT
from example_counts import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plan_builders import FILED_PLANS, change, manual, plan, recorded

from checker.documents import limits
from checker.errors import OutputError, PlanError
from checker.remediation.plan import WRITABLE, Plan
from checker.remediation.plan_file import plan_bytes, plan_sha256, read_plan, read_plan_file, write_plan

SCHEMA = json.loads((ROOT / "schemas" / "plan.schema.json").read_text("utf-8"))
WHOLE = plan(
    change("A", also_required_by=("p/b",)), change("B", before=recorded("Ignored", "x", "c")), manual=[manual()]
)
DOCUMENT: dict[str, Any] = json.loads(plan_bytes(WHOLE))
Where = tuple[str | int, ...]
Members = st.dictionaries(st.sampled_from(["control", "state", "x"]), st.integers() | st.none(), max_size=2)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from(["Default", "AlternateMitigation", " Ignored", "A", "a", "x" * 201, 10**400, 1e308]),
    st.lists(st.integers() | Members, max_size=2),
    Members,
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans") / "plan.json"


def paths(value: Any, below: Where = ()) -> Iterator[Where]:
    """Where every value of a document stands."""
    yield below
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*below, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*below, index))


PLACES = list(paths(DOCUMENT))


def container(document: Any, where: Where) -> Any:
    for step in where[:-1]:
        document = document[step]
    return document


def put(where: Where, value: Any) -> Any:
    """The plan's document with another value in one place."""
    if not where:
        return value
    document = copy.deepcopy(DOCUMENT)
    container(document, where)[where[-1]] = value
    return document


def without(where: Where) -> Any:
    document = copy.deepcopy(DOCUMENT)
    del container(document, where)[where[-1]]
    return document


def read(file: Path, data: bytes) -> Plan:
    file.write_bytes(data)
    return read_plan(str(file))


def refusal(file: Path, data: bytes) -> PlanError:
    with pytest.raises(PlanError) as raised:
        read(file, data)
    assert raised.value.place.startswith(str(file))
    assert raised.value.message
    return raised.value


def read_or_refused(file: Path, data: bytes) -> Plan | PlanError:
    try:
        return read(file, data)
    except PlanError as fault:
        return fault


def holds(file: Path, data: bytes) -> None:
    """Either a plan that says what a plan of ours may say, or a refusal with its place."""
    found = read_or_refused(file, data)
    if isinstance(found, PlanError):
        assert found.place.startswith(str(file))
        return
    named = [one.control.casefold() for one in found.changes]
    assert len(named) == len(set(named))
    assert all(one.before.state.casefold() in WRITABLE and one.control for one in found.changes)
    assert read(file, plan_bytes(found)) == found


@given(FILED_PLANS)
@example(plan())
@example(WHOLE)
@settings(deadline=None, max_examples=examples(60))
def test_a_plan_is_read_back_as_it_was_written(file: Path, whole: Plan) -> None:
    write_plan(str(file), whole)
    assert file.read_bytes() == plan_bytes(whole)
    assert read_plan(str(file)) == whole


@given(FILED_PLANS)
@settings(deadline=None, max_examples=examples(30))
def test_a_plan_is_what_its_schema_says(whole: Plan) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(plan_bytes(whole)))


def test_a_plan_is_for_its_owner_alone(file: Path) -> None:
    file.write_bytes(b"")
    file.chmod(0o644)
    write_plan(str(file), WHOLE)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_plan_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_plan(str(tmp_path / "missing" / "plan.json"), WHOLE)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be read: no such file") as raised:
        read_plan(str(tmp_path / "none.json"))
    assert raised.value.place == str(tmp_path / "none.json")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe{}",
        b'{"kind": "Plan"',
        b"[" * 200_000,
        b'{"x":' * 200_000,
        plan_bytes(WHOLE) + b"x",
        plan_bytes(WHOLE).replace(b'"A"', b'"\xff"'),
        b"\xef\xbb\xbf" + plan_bytes(WHOLE),
    ],
)
def test_what_is_no_plan_is_refused(file: Path, data: bytes) -> None:
    assert refusal(file, data).message.startswith("is not a plan: ")


@pytest.mark.parametrize(
    ("where", "value", "named"),
    [
        (("apiVersion",), "scoregate/v2", "$.apiVersion"),
        (("kind",), "Report", "$.kind"),
        (("tenant",), None, "$.tenant"),
        (("createdAt",), 7, "$.createdAt"),
        (("changes",), {}, "$.changes"),
        (("changes", 1, "control"), "", "$.changes[1].control"),
        (("changes", 1, "after", "state"), "AlternateMitigation", "$.changes[1].after.state"),
        (("changes", 1, "after", "state"), "ignored", "$.changes[1].after.state"),
        (("changes", 1, "after", "comment"), None, "$.changes[1].after.comment"),
        (("changes", 0, "action"), "delete", "$.changes[0].action"),
        (("changes", 0, "effect", "points"), "5", "$.changes[0].effect.points"),
        (("changes", 0, "automatic"), 1, "$.changes[0].automatic"),
        (("manual", 0, "reason"), "other", "$.manual[0].reason"),
    ],
)
def test_a_member_that_is_wrong_is_named(file: Path, where: Where, value: Any, named: str) -> None:
    fault = refusal(file, json.dumps(put(where, value)).encode())
    assert fault.message.endswith(f"at `{named}`")
    assert fault.advice


@pytest.mark.parametrize("where", [("tenant",), ("cloud",), ("createdAt",), ("source",), ("changes",), ("manual",)])
def test_a_plan_that_lacks_what_it_needs_is_refused(file: Path, where: Where) -> None:
    assert str(where[0]) in str(refusal(file, json.dumps(without(where)).encode()))


@pytest.mark.parametrize("where", [("changes", 0, "before"), ("changes", 0, "after"), ("changes", 1, "control")])
def test_a_change_that_lacks_what_it_needs_is_refused(file: Path, where: Where) -> None:
    assert str(where[-1]) in str(refusal(file, json.dumps(without(where)).encode()))


@pytest.mark.parametrize("again", ["A"])
def test_a_control_that_is_changed_twice_is_refused(file: Path, again: str) -> None:
    fault = refusal(file, json.dumps(put(("changes", 1, "control"), again)).encode())
    assert (fault.place, fault.message) == (f"{file}: $.changes[1]", f"changes {again} twice")


@pytest.mark.parametrize("state", ["AlternateMitigation", "", " Ignored", "somethingNew"])
def test_a_state_that_could_not_be_written_back_is_refused(file: Path, state: str) -> None:
    fault = refusal(file, json.dumps(put(("changes", 1, "before", "state"), state)).encode())
    assert (fault.place, fault.message) == (f"{file}: $.changes[1]", f"the state {state!r} cannot be written back")


def objects(value: Any, below: Where = ()) -> Iterator[Where]:
    return (where for where in paths(value, below) if isinstance(at(where), dict))


def at(where: Where) -> Any:
    return container(DOCUMENT, (*where, ""))


@pytest.mark.parametrize("where", list(objects(DOCUMENT)), ids=str)
def test_a_member_that_no_plan_has_is_refused_anywhere(file: Path, where: Where) -> None:
    fault = refusal(file, json.dumps(put(where, {**at(where), "later": {"x": [1]}})).encode())
    assert "unknown field `later`" in fault.message


@pytest.mark.parametrize("where", list(objects(DOCUMENT)), ids=str)
def test_a_member_that_comes_twice_is_refused_anywhere(file: Path, where: Where) -> None:
    name, value = next(iter(at(where).items()))
    twice = json.dumps({"": value})[1:-1].replace('""', json.dumps(name), 1)
    mark = {**at(where), "mark": 0}
    data = json.dumps(put(where, mark)).replace('"mark": 0', twice)
    assert read_or_refused(file, json.dumps(put(where, at(where))).encode()) == WHOLE
    assert "twice" in refusal(file, data.encode()).message


@pytest.mark.parametrize("where", [where for where in PLACES[1:] if isinstance(where[-1], str)], ids=str)
def test_a_member_that_is_missing_is_refused_anywhere(file: Path, where: Where) -> None:
    refusal(file, json.dumps(without(where)).encode())


LONG = "x" * 32_769


@pytest.mark.parametrize("where", [where for where in PLACES if isinstance(put(where, LONG), dict) and where], ids=str)
def test_a_value_that_is_too_long_is_refused_anywhere(file: Path, where: Where) -> None:
    refusal(file, json.dumps(put(where, LONG)).encode())


@pytest.mark.parametrize("version", [1, 3, 0, None])
def test_another_form_is_refused_with_its_version(file: Path, version: int | None) -> None:
    document = {name: value for name, value in DOCUMENT.items() if name != "version"}
    data = json.dumps(document if version is None else {**document, "version": version}).encode()
    fault = refusal(file, data)
    assert fault.message == f"has version {version or 1}, and this scoregate reads only version 2"
    assert "Make the plan again" in fault.advice


def test_the_digest_is_that_of_the_file(file: Path) -> None:
    write_plan(str(file), WHOLE)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert plan_sha256(WHOLE) == read_plan_file(str(file)).sha256 == digest


def test_a_file_too_large_is_refused(file: Path) -> None:
    data = plan_bytes(WHOLE)
    assert read(file, data + b" " * (limits.PLAN_FILE_BYTES - len(data))) == WHOLE
    with pytest.raises(PlanError, match="is larger than 16 MiB"):
        read(file, data + b" " * (limits.PLAN_FILE_BYTES - len(data) + 1))


@given(where=st.sampled_from(PLACES), value=VALUES)
@settings(deadline=None, max_examples=examples(200))
def test_another_value_anywhere_is_a_plan_or_a_refusal(file: Path, where: Where, value: Any) -> None:
    holds(file, json.dumps(put(where, value)).encode())


@pytest.mark.parametrize("where", PLACES[1:], ids=str)
def test_nothing_in_a_place_is_a_plan_or_a_refusal(file: Path, where: Where) -> None:
    holds(file, json.dumps(without(where)).encode())


@given(st.data())
@settings(deadline=None, max_examples=examples(200))
def test_another_byte_anywhere_is_a_plan_or_a_refusal(file: Path, data: st.DataObject) -> None:
    whole = plan_bytes(WHOLE)
    position = data.draw(st.integers(0, len(whole) - 1))
    inserted = data.draw(st.binary(max_size=3) | st.sampled_from([b'"', b"}", b"]", b",", b"\\u0000", b"\\ud800"]))
    holds(file, whole[:position] + inserted + whole[position + data.draw(st.integers(0, 2)) :])


def test_a_plan_that_is_cut_short_anywhere_is_refused(file: Path) -> None:
    whole = plan_bytes(WHOLE).rstrip()
    for end in range(0, len(whole), 7):
        refusal(file, whole[:end])


@pytest.mark.parametrize("member", ["apiVersion", "kind"])
def test_what_does_not_say_that_it_is_a_plan_is_none(file: Path, member: str) -> None:
    assert f"`{member}`" in str(refusal(file, json.dumps(without((member,))).encode()))


def test_an_id_of_any_length_is_read_back(file: Path) -> None:
    file.write_bytes(plan_bytes(plan(change("x" * 1000))))
    assert read_plan(str(file)).changes[0].control == "x" * 1000
