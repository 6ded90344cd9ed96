"""Policies made of policies, by the design's text: documents in, one flat policy out."""

from typing import Any

from reference_readings import Json

SECTIONS = ("score", "controls", "states")
ON_CONTROLS = frozenset({"control", "anyOf", "select"})


def judged(documents: dict[str, Json]) -> list[str]:
    """The documents that are judged: a base is judged in what extends it only."""
    extended = {base for document in documents.values() for base in document.get("extends", [])}
    return [name for name in documents if name not in extended]


def flatten(documents: dict[str, Json], name: str, given: Json) -> Json:
    """The policy of a document, with its bases' requirements: complete entries, each with ``conditions``.

    Args:
        documents: policies by the name that ``extends`` uses.
        name: whose policy.
        given: values of parameters.
    """
    order = _lineage(documents, name)
    values = _values([documents[one] for one in order], given)
    flat: Json = {
        "name": documents[name]["metadata"]["name"],
        "maximumDays": min(
            [365, *(documents[one]["waivers"]["maximumDays"] for one in order if "waivers" in documents[one])]
        ),
    }
    for section in SECTIONS:
        ids = dict.fromkeys(entry["id"] for one in order for entry in documents[one].get(section, []))
        flat[section] = [_filled(_entry(documents, order, section, entry_id), values) for entry_id in ids]
    return flat


def _lineage(documents: dict[str, Json], name: str) -> list[str]:
    """All that a policy is made of, each once, bases first."""
    found: list[str] = []
    for base in documents[name].get("extends", []):
        found += [one for one in _lineage(documents, base) if one not in found]
    return [*found, name]


def _entry(documents: dict[str, Json], order: list[str], section: str, entry_id: str) -> Json:
    """An entry: the fields of who has it first, each whole field of a later one in its place; then defaults."""
    written = [(one, entry) for one in order for entry in documents[one].get(section, []) if entry["id"] == entry_id]
    entry: Json = {}
    for _, fields in written:
        entry |= fields
    # The defaults of where it comes from count before those of who extends that.
    came_through = [one for one in order if written[0][0] in _lineage(documents, one)]
    for one in came_through:
        for key, value in documents[one].get("defaults", {}).items():
            if _takes(entry, key):
                entry.setdefault(key, value)
    whens = [documents[one]["when"] for one in came_through if "when" in documents[one]]
    return {**entry, "conditions": [*whens, *([entry["when"]] if "when" in entry else [])]}


def _takes(entry: Json, key: str) -> bool:
    """Whether an entry has a key of ``defaults``: old and new controls, and what is missing, are matters of some."""
    if key == "newControls":
        return bool({"control", "select"} & entry.keys())
    if key == "onMissing":
        return bool(ON_CONTROLS & entry.keys()) or "minimum" in entry
    return True


def _values(lineage: list[Json], given: Json) -> Json:
    declared: dict[str, Json] = {}
    for document in lineage:
        for name, fields in document.get("parameters", {}).items():
            declared[name] = {**declared.get(name, {}), **fields}
    return {name: given.get(name, fields.get("default")) for name, fields in declared.items()}


def _filled(value: Any, values: Json) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, values) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, values) for one in value]
    return values[value[2:-1]] if isinstance(value, str) and value.startswith("${") else value
