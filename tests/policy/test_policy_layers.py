import json
from typing import Any

import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.documents.decode import MismatchError
from checker.documents.document import Document
from checker.documents.yaml_reader import read_yaml
from checker.policy.decode import decode_requirement
from checker.policy.layers import Field, Layered, layer_policy, layer_waivers
from checker.policy.lineage import Ancestor
from checker.policy.load import load_sources
from checker.policy.model import Metadata
from checker.policy.sources import PolicySource, PolicySources
from checker.requirements.kinds.freshness import Freshness
from checker.requirements.kinds.single_control import SingleControl

POLICY = """\
apiVersion: scoregate/v1
kind: Policy
metadata: {name: contoso}
defaults: {severity: low, onMissing: skip}
score:
  - id: fresh
    freshness: {maximumAge: 3d}
controls:
  - id: first
    control: A
    severity: high
  - id: second
    control: B
    minimum:
      percent: 80
      allBut: 0x2
"""


def document(text: str, file: str = "p.yaml") -> Document:
    (found,) = read_yaml(text.encode(), file)
    return found


def layers_of(found: Document) -> list[Layered]:
    identity = (found.file, found.number)
    return list(layer_policy([Ancestor(found, identity, frozenset({identity}))]))


def places(layered: Layered) -> dict[str, str]:
    return {".".join(map(str, path)): str(field.place) for path, field in layered.fields().items()}


def test_a_requirement_is_its_own_entry_over_the_defaults_of_its_policy() -> None:
    fresh, first, second = layers_of(document(POLICY))
    assert [one.path for one in (fresh, first, second)] == [("score", 0), ("controls", 0), ("controls", 1)]
    assert [str(one.place) for one in (fresh, first, second)] == ["p.yaml:6:5", "p.yaml:9:5", "p.yaml:12:5"]
    assert first.merged() == {"severity": "high", "onMissing": "skip", "id": "first", "control": "A"}
    assert second.merged() == {
        "severity": "low",
        "onMissing": "skip",
        "id": "second",
        "control": "B",
        "minimum": {"percent": 80, "allBut": 2},
    }


def test_each_field_says_where_it_is_from_and_what_it_replaced() -> None:
    _, first, second = layers_of(document(POLICY))
    assert places(first) == {
        "severity": "p.yaml:11:15",
        "onMissing": "p.yaml:4:38",
        "id": "p.yaml:9:9",
        "control": "p.yaml:10:14",
    }
    severity = first.fields()["severity",]
    assert severity.value == "high"
    (replaced,) = severity.replaced
    assert (replaced.value, str(replaced.place), replaced.replaced) == ("low", "p.yaml:4:22", ())
    assert second.fields()["severity",] == Field("low", document(POLICY).place_at(("defaults", "severity")))


def test_a_field_of_several_layers_replaced_each_of_them_the_nearest_first() -> None:
    base, own = document(POLICY, "base.yaml"), document(POLICY.replace("severity: high", "severity: info"), "own.yaml")
    (_, below, _), (_, above, _) = layers_of(base), layers_of(own)
    stacked = Layered("controls", (*below.layers, above.layers[-1]))
    found = stacked.fields()["severity",]
    assert [str(found.value), *(str(one.value) for one in found.replaced)] == ["info", "high", "low"]
    assert [str(one.place) for one in (found, *found.replaced)] == [
        "own.yaml:11:15",
        "base.yaml:11:15",
        "base.yaml:4:22",
    ]
    assert decode_requirement(stacked, Metadata(name="own"))[0].summary.location == above.place


def test_a_value_below_a_field_has_the_place_of_its_layer() -> None:
    _, first, second = layers_of(document(POLICY))
    assert str(second.place_at(("minimum", "percent"))) == "p.yaml:15:16"
    assert second.written_at(("minimum", "allBut")) == "0x2"
    assert str(first.place_at(("severity",))) == "p.yaml:11:15"
    assert str(second.place_at(("severity",))) == "p.yaml:4:22"
    assert str(second.place_at(("absent", "inside"))) == "p.yaml:12:5"
    fault = second.fault(("minimum", "points"), "expected nothing")
    assert str(fault) == "p.yaml:15:7: controls[1].minimum.points: expected nothing"


def test_a_default_that_the_kind_has_no_key_for_is_ignored_and_what_the_entry_says_is_not() -> None:
    fresh, first, _ = layers_of(document(POLICY))
    assert fresh.narrowed(Freshness).merged() == {"severity": "low", "id": "fresh", "freshness": {"maximumAge": "3d"}}
    assert first.narrowed(SingleControl) is first
    (written, *_) = layers_of(document(POLICY.replace("    freshness:", "    onMissing: fail\n    freshness:")))
    assert written.narrowed(Freshness).merged()["onMissing"] == "fail"
    with pytest.raises(MismatchError):
        decode_requirement(written, Metadata(name="contoso"))


def test_what_is_no_mapping_has_no_layers() -> None:
    found = list(layers_of(document("defaults: 1\nscore: x\ncontrols: [1, {id: x}]")))
    assert [(one.path, dict(one.merged())) for one in found] == [(("controls", 1), {"id": "x"})]
    assert list(layer_waivers(document("waivers: 3"))) == []


DEFAULTS = {
    "severity": st.sampled_from(["critical", "high", "medium", "low", "info"]),
    "enforcement": st.sampled_from(["mandatory", "advisory"]),
    "onMissing": st.sampled_from(["fail", "skip", "error"]),
}
ENTRIES: list[tuple[str, dict[str, Any]]] = [
    ("controls", {"id": "x", "control": "A", "minimum": {"percent": 80}}),
    ("controls", {"id": "x", "anyOf": ["A", "B"], "title": "Either"}),
    ("controls", {"id": "x", "select": {"service": ["MDO"]}, "references": [{"framework": "CIS", "id": "1"}]}),
    ("score", {"id": "x", "minimum": {"points": 3}}),
    ("score", {"id": "x", "freshness": {"maximumAge": "3d"}}),
    ("score", {"id": "x", "coverage": {"days": 7, "maximumLoss": {"points": 1}}}),
    ("states", {"id": "x", "undeclared": "fail"}),
]
WITHOUT_MISSING = {"freshness", "coverage", "undeclared"}


@settings(deadline=None, max_examples=examples(100))
@given(
    st.fixed_dictionaries({}, optional=DEFAULTS), st.fixed_dictionaries({}, optional=DEFAULTS), st.sampled_from(ENTRIES)
)
def test_defaults_below_an_entry_are_the_entry_with_them_written_out(
    defaults: dict[str, str], own: dict[str, str], entry: tuple[str, dict[str, Any]]
) -> None:
    section, keys = entry
    if WITHOUT_MISSING.intersection(keys):
        own.pop("onMissing", None)
    kept = {
        key: value for key, value in defaults.items() if key != "onMissing" or not WITHOUT_MISSING.intersection(keys)
    }
    (layered,) = layers_of(document(json.dumps({"defaults": defaults, section: [{**keys, **own}]})))
    (written,) = layers_of(document(json.dumps({section: [{**kept, **keys, **own}]})))
    metadata = Metadata(name="contoso")
    assert decode_requirement(layered, metadata)[0].entry == decode_requirement(written, metadata)[0].entry


def test_the_layers_of_every_loaded_requirement_can_be_traced() -> None:
    waivers = b"apiVersion: scoregate/v1\nkind: Waivers\nwaivers: []\n"
    wrong = POLICY.replace("contoso", "wrong").replace("id: second", "idd: second").encode()
    sources = (
        PolicySource("p.yaml", POLICY.encode()),
        PolicySource("wrong.yaml", wrong),
        PolicySource("headless.yaml", b"apiVersion: scoregate/v1\nkind: Policy\n"),
        PolicySource("broken.yaml", b"a: b: c"),
    )
    given = PolicySources(sources, (PolicySource("w.yaml", waivers),))
    assert load_sources(given).policies.layers == {}
    policies = load_sources(given, keep_layers=True).policies
    traced = policies.layers
    requirements = [one for policy in policies.policies for one in policy.requirements]
    assert list(traced) == [one.summary.name for one in requirements]
    assert [layered.place for layered in traced.values()] == [one.summary.location for one in requirements]
    assert places(traced["contoso/fresh"]) == {
        "severity": "p.yaml:4:22",
        "id": "p.yaml:6:9",
        "freshness": "p.yaml:7:16",
    }
    replaced = traced["wrong/first"].fields()["severity",].replaced
    assert [str(one.place) for one in replaced] == ["wrong.yaml:4:22"]
    # A failing test or a debugger shows layers: not the whole file with each.
    assert "apiVersion" not in repr(traced)
