"""The JSON Schemas of documents, generated from their records."""

from collections.abc import Sequence
from inspect import cleandoc
from typing import Any

import msgspec

# Its keywords say what is in it; a type could not.
JsonSchema = dict[str, Any]


def read_schema(name: str, title: str, kind: type) -> JsonSchema:
    """The schema (draft 2020-12) of a document that people write.

    Keys with a default are optional, and unknown keys are not allowed.

    Args:
        name: of the schema's file.
        title: what such a document is called.
        kind: the record of the document.
    """
    components = _components([kind])
    for component in components.values():
        _settle(component)
    return {
        **_head(name),
        **components.pop(_published(kind.__name__)),
        "title": title,
        "$defs": dict(sorted(components.items())),
    }


def _head(name: str) -> JsonSchema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://scoregate.example/schemas/v1/{name}.schema.json",
    }


def written_schema(name: str, title: str, kinds: Sequence[type]) -> JsonSchema:
    """The schema (draft 2020-12) of a document that scoregate writes: every member is present.

    Later versions may add members within the same apiVersion.

    Args:
        name: of the schema's file.
        title: what such a document is called.
        kinds: the record of the document; or several, of which it is one.
    """
    components = _components(kinds)
    for component in components.values():
        if "properties" in component:
            component["required"] = sorted(component["properties"])
            for member in component["properties"].values():
                # Versions of msgspec order the branches differently.
                member.get("anyOf", []).sort(key=lambda branch: branch == {"type": "null"})
    if len(kinds) == 1:
        (kind,) = kinds
        top = components.pop(_published(kind.__name__))
    else:
        top = {"oneOf": [{"$ref": f"#/$defs/{_published(kind.__name__)}"} for kind in kinds]}
    return {**_head(name), **top, "title": title, "$defs": dict(sorted(components.items()))}


def _settle(node: object) -> None:
    """Puts what versions of msgspec write in different ways into one form: the order of branches, names of members."""
    if isinstance(node, list):
        for item in node:
            _settle(item)
    elif isinstance(node, dict):
        # Decoding checks the names; only new versions tell which there are.
        node.pop("propertyNames", None)
        if isinstance(node.get("anyOf"), list):
            node["anyOf"].sort(key=lambda branch: branch == {"type": "null"})
        for value in node.values():
            _settle(value)


# Records whose published name another record has too.
_PUBLISHED = {"ChangeOutcome": "Outcome", "ScenarioStep": "Step"}


def _published(name: str) -> str:
    return _PUBLISHED.get(name, name)


def _components(kinds: Sequence[type]) -> dict[str, Any]:
    """The records' schemas by their published names; descriptions alike with every version of msgspec."""
    _, components = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    found: dict[str, Any] = {_published(name): component for name, component in components.items()}
    tidy_texts(found)
    return found


def tidy_texts(node: object) -> None:
    """Dedents descriptions, which come from docstrings, and publishes the names of records; changes ``node``."""
    if isinstance(node, list):
        for item in node:
            tidy_texts(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "description" and isinstance(value, str):
                node[key] = cleandoc(value)
            elif key == "title" and isinstance(value, str):
                node[key] = _published(value)
            elif key == "$ref" and isinstance(value, str):
                head, slash, name = value.rpartition("/")
                node[key] = f"{head}{slash}{_published(name)}"
            else:
                tidy_texts(value)
