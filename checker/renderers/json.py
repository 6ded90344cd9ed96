"""The JSON report, ``schemas/report.schema.json``."""

import msgspec

from checker import escape
from checker.renderers.interface import Rendering
from checker.report.document import document


def render(rendering: Rendering) -> bytes:
    """Indented JSON with a line feed at the end; numbers unrounded."""
    encoded = msgspec.json.encode(document(rendering.report, rendering.verdict))
    return escape.json(msgspec.json.format(encoded, indent=2)) + b"\n"
