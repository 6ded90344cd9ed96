"""What a renderer takes and returns."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from checker.presentation.screen import FILE, Screen
from checker.report.report import Report
from checker.report.verdict import Verdict


class FormatOption(msgspec.Struct, frozen=True, kw_only=True):
    """An option of the command line that one format has of its own.

    Attributes:
        name: with hyphens, without the leading ones.
        help: for a person.
        choices: what it takes, the default first; empty where it takes any text, and nothing by default.
        metavar: what any text is called in the help.
    """

    name: str
    help: str
    choices: tuple[str, ...] = ()
    metavar: str | None = None


class Format(msgspec.Struct, frozen=True):
    """A format, as the registry names it.

    Attributes:
        module: whose ``render`` writes it.
        options: those that the format has of its own.
        names_files: whether it tells CI systems beside which file of the checkout a result is shown.
    """

    module: str
    options: tuple[FormatOption, ...] = ()
    names_files: bool = False


class AzurePipeline(msgspec.Struct, frozen=True, kw_only=True):
    """The run of Azure Pipelines that a report belongs to, in Azure's own terms."""

    organization: str
    project: str
    definition_id: str
    definition_name: str
    phase_id: str
    phase_name: str
    branch: str
    build_id: str


class Rendering(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a format may show. Rendering is pure: equal values give equal bytes.

    Attributes:
        screen: what text is put for.
        sources: the policies' bytes by file name, for excerpts.
        uris: the path of each policy file in its repository, ``/`` between folders, not yet percent-encoded.
        options: by name, what was given for the formats' own options; absent means the default.
        pipeline: the run of Azure Pipelines, where it is one.
        taken: bytes that stand before this report in the place it goes to, such as a job's summary.
    """

    report: Report
    verdict: Verdict
    screen: Screen = FILE
    sources: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    uris: Mapping[str, str] = msgspec.field(default_factory=dict)
    options: Mapping[str, str | None] = msgspec.field(default_factory=dict)
    pipeline: AzurePipeline | None = None
    taken: int = 0

    def path(self, file: str) -> str:
        """Beside which file of the checkout results of ``file`` are shown, the same in every format."""
        return self.uris.get(file, file)


class Renderer(Protocol):
    """A format."""

    def __call__(self, rendering: Rendering) -> bytes:
        """The report in this format, UTF-8."""
