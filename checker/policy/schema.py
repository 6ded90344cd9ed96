"""The JSON Schemas of policy and waiver files, generated from the records.

They describe files as people write them: an entry needs its ``id`` and the key that only its kind has, and any other
scalar of it may be a parameter, ``${name}``. Whether a requirement is complete is checked when it is decoded.
"""

from collections.abc import Iterable
from functools import cache

import msgspec

from checker.documents.schema import JsonSchema, tidy_texts
from checker.policy.model import PolicyFile
from checker.policy.parameters import ParameterDeclaration
from checker.policy.sections import SECTIONS
from checker.policy.waivers import WaiverEntry, WaiversFile
from checker.requirements import load_kind

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_HOME = "https://scoregate.example/schemas/v1/"
_PARAMETER = "Parameter"
_NEVER_PARAMETERS = {"id", "framework"}


@cache
def schema_of_kind(kind: str, *, may_override: bool = True) -> JsonSchema:
    """The schema of a file of ``kind`` Policy or Waivers; callers must not change it, since they share it.

    Args:
        kind: Policy or Waivers.
        may_override: whether the policy extends others.
    """
    return policy_schema(may_override=may_override) if kind == "Policy" else waivers_schema()


def policy_schema(*, may_override: bool = True) -> JsonSchema:
    """The schema of a policy file, draft 2020-12.

    Args:
        may_override: whether an entry may lack the key of its kind, as one does that overrides fields of a base's.
    """
    sections = {section: {key: load_kind(place) for key, place in kinds.items()} for section, kinds in SECTIONS.items()}
    components = _components(
        [PolicyFile, ParameterDeclaration, *(kind for kinds in sections.values() for kind in kinds.values())]
    )
    top = components.pop(PolicyFile.__name__)
    top["properties"]["parameters"]["additionalProperties"] = {"$ref": f"#/$defs/{ParameterDeclaration.__name__}"}
    if may_override:
        # One of a base is overridden field by field.
        del components[ParameterDeclaration.__name__]["required"]
    envelope = _reachable(top, components)
    for name in components.keys() - envelope:
        _allow_parameters(components[name])
    for section, kinds in sections.items():
        for key, kind in kinds.items():
            components[kind.__name__]["required"] = ["id", key]
        branches = [{"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds.values()]
        if may_override:
            name = f"{section.capitalize()}Override"
            components[name] = _override(section, [components[kind.__name__] for kind in kinds.values()])
            branches.append({"$ref": f"#/$defs/{name}"})
        top["properties"][section]["items"] = {"oneOf": branches}
        top["properties"][section]["minItems"] = 1
    components[_PARAMETER] = {
        "type": "string",
        "pattern": "^\\$\\{[A-Za-z][A-Za-z0-9]*\\}$",
        "description": "The value of a parameter, ${name}.",
    }
    top["anyOf"] = [{"required": [section]} for section in (*sections, "extends")]
    return _file_schema("policy", "A scoregate policy", top, components)


def _override(section: str, kinds: Iterable[JsonSchema]) -> JsonSchema:
    """An entry without the key of a kind: it overrides fields of a requirement of the same id."""
    properties: JsonSchema = {}
    for kind in kinds:
        for name, member in kind["properties"].items():
            if name not in SECTIONS[section]:
                properties.setdefault(name, member)
    return {
        "title": "Override",
        "description": "Fields that replace those of the requirement of the same id in a policy that this one extends.",
        "type": "object",
        "properties": properties,
        "required": ["id"],
        "additionalProperties": False,
    }


def waivers_schema() -> JsonSchema:
    """The schema of a file of waivers, draft 2020-12."""
    components = _components([WaiversFile, WaiverEntry])
    top = components.pop(WaiversFile.__name__)
    top["properties"]["waivers"]["items"] = {"$ref": f"#/$defs/{WaiverEntry.__name__}"}
    return _file_schema("waivers", "Waivers of scoregate requirements", top, components)


def _file_schema(name: str, title: str, top: JsonSchema, components: JsonSchema) -> JsonSchema:
    top["title"] = title
    head = {"$schema": _DRAFT, "$id": f"{_HOME}{name}.schema.json"}
    return {**head, **top, "$defs": dict(sorted(components.items()))}


def _components(kinds: Iterable[type]) -> JsonSchema:
    """The records' schemas by name, without ``null``: a key that says nothing is left out of a file."""
    _, components = msgspec.json.schema_components(
        kinds, ref_template="#/$defs/{name}", schema_hook=lambda _: {"$comment": "replaced below"}
    )
    for component in components.values():
        _tidy(component)
    tidy_texts(components)
    return components


def _tidy(node: object) -> None:
    """Removes ``null``, as a branch and as a default, and empty defaults from a schema and everything in it."""
    if isinstance(node, list):
        for item in node:
            _tidy(item)
    elif isinstance(node, dict):
        _drop_null_branch(node)
        if node.get("default", "") is None or node.get("default") == []:
            del node["default"]
        for value in node.values():
            _tidy(value)


def _drop_null_branch(node: JsonSchema) -> None:
    branches = node.get("anyOf")
    if isinstance(branches, list):
        kept = [branch for branch in branches if branch != {"type": "null"}]
        if len(kept) == 1:
            del node["anyOf"]
            for key, value in kept[0].items():
                node.setdefault(key, value)
        else:
            node["anyOf"] = kept


def _reachable(node: object, components: JsonSchema) -> set[str]:
    """The names of the components that ``node`` refers to, directly or through others."""
    found: set[str] = set()
    waiting: list[object] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, dict):
            reference = current.get("$ref")
            if isinstance(reference, str):
                name = reference.rpartition("/")[2]
                if name not in found:
                    found.add(name)
                    waiting.append(components[name])
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)
    return found


def _allow_parameters(component: JsonSchema) -> None:
    """Lets each scalar member of an entry's record be ``${name}``; plain text already may."""
    for name, member in component.get("properties", {}).items():
        if name in _NEVER_PARAMETERS:
            continue
        if member.get("type") in {"number", "integer", "boolean"} or _is_closed_text(member):
            description = member.pop("description", None)
            scalar = dict(member)
            member.clear()
            if description is not None:
                member["description"] = description
            member["anyOf"] = [scalar, {"$ref": f"#/$defs/{_PARAMETER}"}]


def _is_closed_text(member: JsonSchema) -> bool:
    return "enum" in member or "pattern" in member or member.get("$ref", "").endswith(("/Severity", "/Enforcement"))
