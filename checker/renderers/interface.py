"""What a renderer gets and gives."""

from collections.abc import Mapping
from typing import Literal, Protocol

import msgspec

from checker.report.report import Report
from checker.report.verdict import Verdict

SarifProfile = Literal["github", "full"]
JunitProfile = Literal["strict", "gitlab"]


class Rendering(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a format may show. Rendering is pure: equal values give equal bytes.

    Attributes:
        colour: escape sequences of a terminal may be used.
        sources: the policies' bytes by file name, for excerpts.
        uris: where each policy file stands in its repository, ``/`` between folders, not yet percent-encoded.
        sarif_profile: ``github`` leaves out what GitHub would turn into alerts; ``full`` writes every finding.
        junit_profile: ``gitlab`` adds file and line, which the Jenkins schema does not allow.
    """

    report: Report
    verdict: Verdict
    colour: bool = False
    sources: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    uris: Mapping[str, str] = msgspec.field(default_factory=dict)
    sarif_profile: SarifProfile = "github"
    junit_profile: JunitProfile = "strict"


class Renderer(Protocol):
    """A format."""

    def __call__(self, rendering: Rendering) -> bytes:
        """The report in this format, UTF-8."""
