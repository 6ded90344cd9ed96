import copy
import math
from collections.abc import Iterator

import msgspec
import pytest
import yaml
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.documents.path import Path, brief, dotted
from checker.documents.yaml_positions import read_positions
from checker.documents.yaml_reader import Unreadable, read_yaml
from checker.documents.yaml_scalars import plain_scalar

PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp", "Co"), exclude_characters="\ufeff"))


def value(text: str) -> object:
    (document,) = read_yaml(text.encode(), "f.yaml")
    return document.value


def refused(data: bytes) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        read_yaml(data, "f.yaml")
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1", 1),
        ("+1", 1),
        ("-0", 0),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.10", 1.1),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1e-3", -0.001),
        ("12E2", 1200.0),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        # What YAML 1.1 or Python would take for something else.
        ("yes", "yes"),
        ("on", "on"),
        ("No", "No"),
        ("tRUE", "tRUE"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("0b1", "0b1"),
        ("-0x1", "-0x1"),
        ("0x", "0x"),
        ("0o9", "0o9"),
        ("0x1_0", "0x1_0"),
        ("1e", "1e"),
        (".", "."),
        ("-", "-"),
        ("+e1", "+e1"),
        ("2026-11-01", "2026-11-01"),
        ("0x\u0663", "0x\u0663"),
        ("0o\u0663", "0o\u0663"),
        ("\u0663", "\u0663"),
        # Every number is finite; the rest stays text, which no number wants.
        (".inf", ".inf"),
        ("-.INF", "-.INF"),
        (".nan", ".nan"),
        ("nan", "nan"),
        ("1e999", "1e999"),
        ("9" * 40, int("9" * 40)),
        ("9" * 41, "9" * 41),
        ("9" * 10_000, "9" * 10_000),
        ("0." + "3" * 10_000, "0." + "3" * 10_000),
    ],
)
def test_plain_scalars_follow_the_core_schema(written: str, expected: object) -> None:
    found = plain_scalar(written)
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize("written", ["1", "1.5", "true", "null", "~", "0x1F", ""])
def test_what_is_quoted_or_a_block_is_text(written: str) -> None:
    assert value(f'a: "{written}"') == {"a": written}
    assert value(f"a: '{written}'") == {"a": written}
    if written:
        assert value(f"a: |-\n  {written}\n") == {"a": written}


@settings(deadline=None, max_examples=examples(50))
@given(PRINTABLE)
def test_quoted_text_comes_back_as_it_was_written(text: str) -> None:
    assert value("- '" + text.replace("'", "''") + "'") == [text]


@settings(deadline=None, max_examples=examples(50))
@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(1 - 10**39, 10**39))
def test_numbers_come_back_as_they_were_written(number: float) -> None:
    found = plain_scalar(repr(number))
    assert found == number
    assert isinstance(found, type(number))


@settings(deadline=None, max_examples=examples(200))
@given(st.text("+-.0123456789eExoXabnfiNty~_", max_size=12))
def test_a_number_is_finite_and_is_one_for_python_too(written: str) -> None:
    found = plain_scalar(written)
    if isinstance(found, float):
        assert math.isfinite(found)
        assert found == float(written)
    elif isinstance(found, int) and not isinstance(found, bool):
        base = {"0x": 16, "0o": 8}.get(written[:2], 10)
        assert found == int(written, base)
    elif isinstance(found, str):
        assert found is written


SAMPLE = """\
# a comment
name: x
list:
  - {id: a, "num": 1.10}
  -   id: bc
      deep: [true, [~x]]
"""


def test_every_value_and_key_has_its_place() -> None:
    (document,) = read_yaml(SAMPLE.encode(), "f.yaml")
    assert str(document.place_at(())) == "f.yaml:2:1"
    assert str(document.place_at(("name",))) == "f.yaml:2:7"
    assert str(document.place_at(("list",))) == "f.yaml:4:3"
    assert str(document.place_at(("list", 0))) == "f.yaml:4:5"
    assert str(document.place_at(("list", 0, "num"))) == "f.yaml:4:20"
    assert str(document.place_at(("list", 0, "num"), key=True)) == "f.yaml:4:13"
    assert str(document.place_at(("list", 1, "deep"))) == "f.yaml:6:13"
    assert str(document.place_at(("list", 1, "deep", 1, 0))) == "f.yaml:6:21"
    # Where the path leads nowhere, the nearest that does.
    assert str(document.place_at(("list", 1, "absent", 7))) == "f.yaml:5:7"
    assert str(document.place_at(("absent",), key=True)) == "f.yaml:2:1"


def test_numbers_booleans_and_nulls_keep_their_characters() -> None:
    (document,) = read_yaml(SAMPLE.replace("[~x]", "[0x10]").encode(), "f.yaml")
    assert document.written == {
        ("list", 0, "num"): "1.10",
        ("list", 1, "deep", 0): "true",
        ("list", 1, "deep", 1, 0): "0x10",
    }


def test_the_value_at_a_path() -> None:
    (document,) = read_yaml(SAMPLE.encode(), "f.yaml")
    assert document.value_at(()) is document.value
    assert document.value_at(("list", 1, "deep", 1, 0)) == "~x"
    for path in (("absent",), ("name", 0), ("list", 2), ("list", -1), ("list", "id"), ("list", 0, 0)):
        assert document.value_at(path) is None


SCALARS = st.sampled_from(["word", "0x10", "1.50", "true", "-7", "'quoted: text'", '"\u00e9"', "two words"])


@st.composite
def written_documents(draw: st.DrawFn, depth: int = 0) -> str:
    """The text of a value in the flow style, with blanks and line breaks wherever they are free."""
    gap = st.sampled_from(["", " ", "\n ", " # \u00e9: [\n  "])
    kind = draw(st.sampled_from(["scalar", "mapping", "sequence"] if depth < 4 else ["scalar"]))
    if kind == "scalar":
        return draw(SCALARS)
    items = draw(st.lists(written_documents(depth + 1), max_size=4))
    if kind == "mapping":
        items = [f"{draw(st.sampled_from(['k', 'ä', 'key ']))}{index}: {item}" for index, item in enumerate(items)]
    inside = ",".join(f"{draw(gap)}{item}{draw(gap)}" for item in items)
    return f"{{{inside}}}" if kind == "mapping" else f"[{inside}]"


def leaves(found: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    match found:
        case dict():
            for key, item in found.items():
                yield from leaves(item, (*path, key))
        case list():
            for index, item in enumerate(found):
                yield from leaves(item, (*path, index))
        case _:
            yield path, found


def text_at(text: str, place: SourceLocation) -> str:
    return text.split("\n", place.line - 1)[-1][place.column - 1 :]


@settings(deadline=None, max_examples=examples(100))
@given(st.lists(written_documents(), min_size=1, max_size=3))
def test_the_text_at_the_place_of_a_leaf_is_the_leaf(texts: list[str]) -> None:
    text = "".join(f"--- {one}\n" for one in texts)
    documents = read_yaml(text.encode(), "f.yaml")
    assert len(documents) == len(texts)
    for document in documents:
        moved = msgspec.structs.replace(document, value=copy.deepcopy(document.value))
        for path, leaf in leaves(moved.value):
            at_place = text_at(text, moved.place_at(path))
            if isinstance(leaf, dict | list):
                assert at_place.startswith(("{", "["))
            elif path in moved.written:
                assert at_place.startswith(moved.written[path])
                assert plain_scalar(moved.written[path]) == leaf
            else:
                assert at_place.strip("'\"").startswith((str(leaf), "\\u00e9"))
            if path and isinstance(path[-1], str):
                assert text_at(text, moved.place_at(path, key=True)).startswith(path[-1])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_do_not_depend_on_newlines_and_byte_order_mark(newline: str, mark: str) -> None:
    data = (mark + SAMPLE.replace("[~x]", "[*x]")).replace("\n", newline).encode()
    assert refused(data) == ["f.yaml:6:21: list[1].deep[1][0]: aliases are not allowed (*x); write the value out"]


def test_columns_count_characters() -> None:
    assert refused("ä: ['😀é', &x 1]".encode()) == [
        "f.yaml:1:11: ä[1]: anchors are not allowed (&x); write the value out"
    ]


def test_documents_of_one_file() -> None:
    found = read_yaml(b"---\n---\na: 1\n...\n# none\n---\n- x\n---\n  text\n", "f.yaml")
    assert [document.value for document in found] == [{"a": 1}, ["x"], "text"]
    assert [str(document.place_at(())) for document in found] == ["f.yaml:3:1", "f.yaml:7:1", "f.yaml:9:3"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ["f.yaml:1:1: is empty; expected a policy or waivers"]),
        (b"\xef\xbb\xbf", ["f.yaml:1:1: is empty; expected a policy or waivers"]),
        (b"---\n...\n---\n", ["f.yaml:1:1: is empty; expected a policy or waivers"]),
        ("a: b".encode("utf-16"), ["f.yaml:1:1: expected UTF-8 text"]),
        ("a: b".encode("utf-16-le"), ["f.yaml:1:2: is not valid YAML: control characters are not allowed"]),
        (b"a: 1\n\xc3\xa9: \xff", ["f.yaml:2:4: expected UTF-8 text"]),
        (b"a: \xed\xa0\x80", ["f.yaml:1:4: expected UTF-8 text"]),
        (b"a: 1\n\xc3\xa9: \x7f", ["f.yaml:2:4: is not valid YAML: control characters are not allowed"]),
        (b"\xef\xbb\xbfa: \x00", ["f.yaml:1:4: is not valid YAML: control characters are not allowed"]),
        ("a: 1\nb: 'ä\u0085'".encode(), ["f.yaml:2:6: expected lines that end in LF, got U+0085"]),
        ("\u2028".encode(), ["f.yaml:1:1: expected lines that end in LF, got U+2028"]),
        ("a: \u2029".encode(), ["f.yaml:1:4: expected lines that end in LF, got U+2029"]),
        (b"a: b: c", ["f.yaml:1:5: is not valid YAML: mapping values are not allowed in this context"]),
        (b'a: "\\ud800"', ["f.yaml:1:7: is not valid YAML: found invalid Unicode character escape code"]),
        (b"%YAML 2.0\n---\na: 1", ["f.yaml:1:1: is not valid YAML: found incompatible YAML document"]),
        (b"? [a]\n: b", ["f.yaml:1:3: expected text as the key, got a collection or an alias"]),
        (b"{a: 1}: b", ["f.yaml:1:1: expected text as the key, got a collection or an alias"]),
        (
            b"a: &x 1\n*x : 2",
            [
                "f.yaml:1:4: a: anchors are not allowed (&x); write the value out",
                "f.yaml:2:1: expected text as the key, got a collection or an alias",
            ],
        ),
        (b"*x", ["f.yaml:1:1: aliases are not allowed (*x); write the value out"]),
        (b"!!str k: 1", ["f.yaml:1:1: k: YAML tags are not allowed (tag:yaml.org,2002:str)"]),
        (b"!!map {a: 1}", ["f.yaml:1:1: YAML tags are not allowed (tag:yaml.org,2002:map)"]),
        (b"a: {<<: 1}", ["f.yaml:1:5: a: merge keys (<<) are not allowed; write the keys out"]),
        (b"a: 1\n'a': 2", ["f.yaml:2:1: a: key 'a' appears twice in this mapping"]),
        (b"1: a\n1: b", ["f.yaml:2:1: 1: key '1' appears twice in this mapping"]),
        (
            b"a:\nb: [~]",
            [f"f.yaml:{place}: has no value; write one, or leave the key out" for place in ("1:3: a", "2:5: b[0]")],
        ),
    ],
)
def test_what_the_safe_subset_leaves_out(data: bytes, expected: list[str]) -> None:
    assert refused(data) == expected


def test_without_libyaml_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    (quick,) = read_yaml(SAMPLE.encode(), "f.yaml")
    quick_positions = read_positions(SAMPLE.encode())
    monkeypatch.delattr(yaml, "CSafeLoader")
    read_positions.cache_clear()
    (slow,) = read_yaml(SAMPLE.encode(), "f.yaml")
    assert (slow.value, slow.starts, slow.written) == (quick.value, quick.starts, quick.written)
    assert read_positions(SAMPLE.encode()) == quick_positions
    assert refused(b"a: &x\n  - *x\n") == [
        "f.yaml:1:4: a: anchors are not allowed (&x); write the value out",
        "f.yaml:2:5: a[0]: aliases are not allowed (*x); write the value out",
    ]
    assert refused(b"a: \x00") == ["f.yaml:1:4: is not valid YAML: special characters are not allowed"]
    assert refused(b"[" * 100_000)[0].endswith("…: is nested deeper than 50 levels")


def test_a_quoted_merge_key_is_a_key_and_an_escaped_character_is_text() -> None:
    assert value('"<<": "\\0\\e"') == {"<<": "\0\x1b"}


def nested(depth: int, kind: str) -> bytes:
    match kind:
        case "flow":
            return b"[" * depth + b"x" + b"]" * depth
        case "block":
            return b"".join(b" " * level + b"a:\n" for level in range(depth)) + b" " * depth + b"x"
        case _:
            return b"- " * depth + b"x"


@pytest.mark.parametrize("kind", ["flow", "block", "sequence"])
def test_fifty_levels_are_read_and_no_more(kind: str) -> None:
    assert len(read_yaml(nested(50, kind), "f.yaml")) == 1
    (fault,) = refused(nested(51, kind))
    assert fault.endswith("…: is nested deeper than 50 levels")


@pytest.mark.parametrize("piece", [b"[", b"{", b"- ", b"[\n", b"{a: ", b"? ", b"[{"])
def test_megabytes_of_opening_brackets_end_at_once(piece: bytes) -> None:
    (fault,) = refused(piece * (4 * 1024 * 1024 // len(piece)))
    assert "nest" in fault or "expected text as the key" in fault


def test_no_more_faults_are_kept_than_a_person_would_read() -> None:
    faults = refused(b"{" + b"a: &x 1, " * 1000 + b"}")
    assert len(faults) == 100


def test_what_a_message_repeats_is_short() -> None:
    key = "k" * 100_000
    (fault,) = refused(f"? {key}\n: 1\n? {key}\n: 2\n".encode())
    short = "k" * 60 + "…"
    assert fault == f"f.yaml:3:3: {short}: key '{short}' appears twice in this mapping"
    assert brief("k" * 60) == "k" * 60
    assert dotted(("a", 0, 1, "b" * 61)) == f"a[0][1].{'b' * 60}…"
    assert dotted(()) == ""


def strings(found: object) -> bool:
    match found:
        case dict():
            return all(isinstance(key, str) and strings(item) for key, item in found.items())
        case list():
            return all(strings(item) for item in found)
        case _:
            return isinstance(found, str | int | float)


@settings(deadline=None, max_examples=examples(300))
@given(st.text("ab:-?[]{},&*!|>'\"%@`#~.01 \n\t", max_size=40).map(str.encode) | st.binary(max_size=20))
def test_whatever_the_bytes_there_are_values_or_faults_with_places(data: bytes) -> None:
    values, faults = outcome(data)
    assert values or faults
    assert all(strings(value) for value in values)
    lines = data.count(b"\n") + data.count(b"\r") + 2
    for fault in faults:
        assert 1 <= fault.place.line <= lines
        assert fault.place.column >= 1
        assert fault.expected


def outcome(data: bytes) -> tuple[list[object], list[Fault]]:
    try:
        return [document.value for document in read_yaml(data, "f.yaml")], []
    except Unreadable as unreadable:
        return [], unreadable.faults
