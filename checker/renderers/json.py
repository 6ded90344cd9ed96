"""The JSON report, ``schemas/report.schema.json``."""

from checker.presentation.json import json_document
from checker.renderers.interface import Rendering
from checker.report.document import document


def render(rendering: Rendering) -> bytes:
    """Indented JSON with a line feed at the end; numbers unrounded."""
    return json_document(document(rendering.report, rendering.verdict))
