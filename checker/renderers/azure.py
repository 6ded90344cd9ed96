"""Logging commands of Azure Pipelines: issues of a task, beside the lines of the policies.

Limits, from microsoft/azure-pipelines-agent: ten errors and ten warnings a record, and no third level.
"""

from checker.presentation.runner_commands import azure_command
from checker.presentation.words import cut
from checker.renderers.interface import Rendering
from checker.report.annotations import Annotation, AnnotationLevel, annotations

_MOST = 10
_LONGEST = 4_000


def render(rendering: Rendering) -> bytes:
    """One command a line: errors, warnings; what GitHub shows as a notice is in the summary alone."""
    every = annotations(rendering.report, rendering.verdict, most=_MOST)
    shown = (one for one in every if one.level is not AnnotationLevel.NOTICE)
    return "".join(f"{_command(one, rendering)}\n" for one in shown).encode()


def _command(one: Annotation, rendering: Rendering) -> str:
    place = one.location
    located = (
        {"sourcepath": rendering.path(place.file), "linenumber": str(place.line), "columnnumber": str(place.column)}
        if place is not None
        else {}
    )
    properties = {"type": one.level.value, **located, "code": one.title}
    return azure_command("task.logissue", cut(one.message, _LONGEST), properties)
