"""The JSON Schema of the JSON report, generated from its records."""

from typing import Any

import msgspec

from checker.report.document import ReportDocument


def report_schema() -> dict[str, Any]:
    """Draft 2020-12. Further members may come within the same apiVersion; every member of today is always there."""
    _, components = msgspec.json.schema_components([ReportDocument], ref_template="#/$defs/{name}")
    top = components.pop(ReportDocument.__name__)
    for component in (top, *components.values()):
        if "properties" in component:
            component["required"] = sorted(component["properties"])
            for member in component["properties"].values():
                # Versions of msgspec order the branches differently.
                member.get("anyOf", []).sort(key=lambda branch: branch == {"type": "null"})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://scoregate.example/schemas/v1/report.schema.json",
        **top,
        "title": "A scoregate report",
        "$defs": dict(sorted(components.items())),
    }
