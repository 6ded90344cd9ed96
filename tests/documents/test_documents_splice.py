"""replace_scalars and append_item: values change in their places, and all other text stays."""

import datetime

import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.documents.splice import NewScalar, append_item, replace_scalars
from checker.documents.yaml_reader import Unreadable, read_yaml
from checker.errors import OutputError

ITEM = {"requirement": "p/x", "from": datetime.date(2026, 5, 1)}
BLOCK = "  - requirement: p/x\n    from: 2026-05-01\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1", "a: 2.5"),
        ("\ufeff# é\na:   1   # é", "\ufeff# é\na:   2.5   # é"),
        ("x: é\r\na: 1\r\nb: 1\r\n", "x: é\r\na: 2.5\r\nb: 1\r\n"),
        ("{x: [é, 1], a: 1, b: {a: 1}}", "{x: [é, 1], a: 2.5, b: {a: 1}}"),
        ("a:\n  1\n", "a:\n  2.5\n"),
        ('"a": 0x1\n', '"a": 2.5\n'),
        ("---\n...\n---\na: 1\n", "---\n...\n---\na: 2.5\n"),
    ],
)
def test_a_scalar_is_replaced(before: str, after: str) -> None:
    number = read_yaml(before.encode(), "f")[0].number
    assert replace_scalars(before.encode(), [NewScalar(number, ("a",), "2.5")], "f").decode() == after


def test_several_scalars_of_several_documents_are_replaced() -> None:
    before = b"a: [1, 2]\n---\na: [3, 4] # c\n"
    changes = [NewScalar(1, ("a", 1), "40"), NewScalar(0, ("a", 0), "10"), NewScalar(1, ("a", 0), "30")]
    assert replace_scalars(before, changes, "f") == b"a: [10, 2]\n---\na: [30, 40] # c\n"


def test_text_that_would_mean_something_else_is_refused() -> None:
    for text in ("2, b: 3", "[", "2 # x\nb: 1"):
        with pytest.raises(OutputError, match="cannot be changed in place"):
            replace_scalars(b"{a: 1}", [NewScalar(0, ("a",), text)], "f")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("w: []\n", f"w:\n{BLOCK}"),
        ("w: []", f"w:\n{BLOCK}"),
        ("w: [ ]   # none yet\n# end\n", f"w:   # none yet\n{BLOCK}# end\n"),
        ("w: []\nx: 1\n", f"w:\n{BLOCK}x: 1\n"),
        ("{w: []}\n", "{w: [{requirement: p/x, from: 2026-05-01}]}\n"),
        ("w: [\n  # none\n]\n", "w: [{requirement: p/x, from: 2026-05-01}]\n"),
        ("w: [{a: 1}]\n", "w: [{a: 1}, {requirement: p/x, from: 2026-05-01}]\n"),
        ("w:\n  - a: 1\n", f"w:\n  - a: 1\n{BLOCK}"),
        ("w:\n  - a: 1", f"w:\n  - a: 1\n{BLOCK}"),
        ("w:\n  - {a: 1}  # one\n\n# end\nx: 1\n", f"w:\n  - {{a: 1}}  # one\n{BLOCK}\n# end\nx: 1\n"),
        ("w:\n  - a: 1\n    # of it\n# end\n", f"w:\n  - a: 1\n    # of it\n{BLOCK}# end\n"),
        ("w:\n  - a: |\n      b\n      c\n# end\n", f"w:\n  - a: |\n      b\n      c\n{BLOCK}# end\n"),
        ("w:\n- a: 'b\n    c'\nx: 1\n", "w:\n- a: 'b\n    c'\n- requirement: p/x\n  from: 2026-05-01\nx: 1\n"),
        ("w:\r\n- a: 1\r\n", "w:\r\n- a: 1\r\n- requirement: p/x\r\n  from: 2026-05-01\r\n"),
        ("\ufeffw:\n  - [1, 2]\n---\nw: []\n", f"\ufeffw:\n  - [1, 2]\n{BLOCK}---\nw: []\n"),
    ],
)
def test_an_item_is_added_at_the_end(before: str, after: str) -> None:
    document = read_yaml(before.encode(), "f")[0]
    assert append_item(document, ("w",), ITEM).decode() == after


TEXTS = st.text(min_size=1, max_size=200)


@given(TEXTS, st.sampled_from(["w: []\n", "w: [{a: 1}]\n", "w:\n- a: 1 # c\n", "w:\r\n    - a: 1"]))
@settings(max_examples=examples(300), deadline=None)
def test_whatever_the_text_is_it_is_written_as_it_is_or_refused(text: str, before: str) -> None:
    document = read_yaml(before.encode(), "f")[0]
    try:
        data = append_item(document, ("w",), {"requirement": text, "floor": {"percent": 1.5}})
    except (OutputError, Unreadable):
        assert not text.isprintable()
        return
    (added,) = read_yaml(data, "f")
    assert added.value_at(("w",))[-1] == {"requirement": text, "floor": {"percent": 1.5}}  # type: ignore[index]
