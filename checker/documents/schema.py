"""The JSON Schema of what scoregate writes, generated from the records that it is written from."""

from collections.abc import Sequence
from typing import Any

import msgspec


def written_schema(name: str, title: str, kinds: Sequence[type]) -> dict[str, Any]:
    """Draft 2020-12. Further members may come within the same apiVersion; every member of today is always there.

    Args:
        name: of the schema's file.
        title: what such a document is called.
        kinds: the record of the document; or several, of which it is one.
    """
    _, components = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    for component in components.values():
        if "properties" in component:
            component["required"] = sorted(component["properties"])
            for member in component["properties"].values():
                # Versions of msgspec order the branches differently.
                member.get("anyOf", []).sort(key=lambda branch: branch == {"type": "null"})
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://scoregate.example/schemas/v1/{name}.schema.json",
    }
    if len(kinds) == 1:
        (kind,) = kinds
        top = components.pop(kind.__name__)
    else:
        top = {"oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds]}
    return {**head, **top, "title": title, "$defs": dict(sorted(components.items()))}
