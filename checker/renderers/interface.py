"""What a renderer takes and returns."""

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from checker.report.report import Report
from checker.report.verdict import Verdict

SarifProfile = Literal["github", "full", "azdo"]
JunitProfile = Literal["strict", "gitlab"]


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
        colour: whether the output is a terminal that shows colours.
        sources: the policies' bytes by file name, for excerpts.
        uris: the path of each policy file in its repository, ``/`` between folders, not yet percent-encoded.
        sarif_profile: ``github`` leaves out everything but failures, since GitHub would turn it into alerts; ``full``
            writes every finding, and so does ``azdo``, with the identity that Advanced Security for Azure DevOps needs.
        junit_profile: ``gitlab`` adds file and line, which the Jenkins schema does not allow.
        pipeline: the run of Azure Pipelines, where it is one.
    """

    report: Report
    verdict: Verdict
    colour: bool = False
    sources: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    uris: Mapping[str, str] = msgspec.field(default_factory=dict)
    sarif_profile: SarifProfile = "github"
    junit_profile: JunitProfile = "strict"
    pipeline: AzurePipeline | None = None


class Renderer(Protocol):
    """A format."""

    def __call__(self, rendering: Rendering) -> bytes:
        """The report in this format, UTF-8."""
