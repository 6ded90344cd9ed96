"""Workflow commands of GitHub Actions: annotations beside the lines of the policies.

Limits, from actions/toolkit's ``docs/problem-matchers.md`` and actions/runner: ten annotations of each level a step,
and 4,096 characters a message.
"""

from checker.presentation.runner_commands import github_command
from checker.presentation.words import cut
from checker.renderers.interface import Rendering
from checker.report.annotations import Annotation, annotations

_MOST = 10
_LONGEST = 4_000


def render(rendering: Rendering) -> bytes:
    """One command a line: errors, warnings, notices."""
    every = annotations(rendering.report, rendering.verdict, most=_MOST)
    return "".join(f"{_command(one, rendering)}\n" for one in every).encode()


def _command(one: Annotation, rendering: Rendering) -> str:
    place = one.location
    located = (
        {"file": rendering.path(place.file), "line": str(place.line), "col": str(place.column)}
        if place is not None
        else {}
    )
    return github_command(one.level.value, cut(one.message, _LONGEST), {**located, "title": one.title})
