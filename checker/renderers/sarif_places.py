"""The locations of SARIF results: the line of the policy, and the control in the tenant.

GitHub needs a file for each result (one result without a file makes it refuse the whole upload), and the only file of a
finding is the policy that requires it, or ``scoregate.lock`` from which it drifted. The control is the logical
location.
"""

import hashlib

from checker.documents.location import SourceLocation
from checker.presentation.escape import line, uri_path
from checker.presentation.json import Object
from checker.renderers.interface import Rendering
from checker.report.finding import Finding


class Places:
    """Artifacts and logical locations of a run, numbered in the order in which results refer to them.

    Attributes:
        artifacts: the run's ``artifacts``.
        logical: the run's ``logicalLocations``, the tenant first.
    """

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering
        self._tenant = line(rendering.report.tenant) or "unknown"
        self._files: dict[str, Object] = {}
        self._lines: dict[str, list[str]] = {}
        self._controls: dict[str, int] = {}
        self.artifacts: list[Object] = []
        self.logical: list[Object] = [
            {"name": self._tenant, "fullyQualifiedName": self._tenant, "kind": "resource", "index": 0}
        ]

    def of(self, finding: Finding) -> Object:
        """The location of a finding."""
        return {"physicalLocation": self.physical(finding.requirement.location), **self._logical(finding)}

    def of_absent(self, finding: Finding) -> Object:
        """The location of a baseline's finding: without a file unless that is one of the present policies.

        The policy may be gone, and its path is whatever the baseline says.
        """
        is_known = finding.requirement.location.file in self._rendering.sources
        return self.of(finding) if is_known else self._logical(finding)

    def _logical(self, finding: Finding) -> Object:
        control = finding.judgement.control
        index = self._control(line(control)) if control is not None else 0
        logical = self.logical[index]
        return {
            "logicalLocations": [
                {
                    "name": logical["name"],
                    "fullyQualifiedName": logical["fullyQualifiedName"],
                    "kind": "resource",
                    "index": index,
                }
            ],
        }

    def physical(self, place: SourceLocation) -> Object:
        """A line of a policy or of a file of waivers."""
        physical: Object = {"artifactLocation": self._file(place.file)}
        lines = self._lines[place.file]
        text = lines[place.line - 1] if place.line <= len(lines) else ""
        region: Object = {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.line,
            "endColumn": max(len(text) + 1, place.column + 1),
        }
        snippet = text[place.column - 1 :]
        if snippet:
            region["snippet"] = {"text": snippet}
        physical["region"] = region
        return physical

    def _file(self, file: str) -> Object:
        """The ``artifactLocation`` of a file; its artifact is added the first time."""
        if file in self._files:
            return self._files[file]
        data = self._rendering.sources.get(file)
        self._lines[file] = _lines(data.decode("utf-8", "replace").removeprefix("\ufeff")) if data is not None else []
        location: Object = {"uri": uri_path(self._rendering.path(file)), "uriBaseId": "SRCROOT"}
        artifact: Object = {
            "location": location,
            "roles": ["analysisTarget", "userSpecifiedConfiguration"],
            "mimeType": "application/json" if file.endswith((".lock", ".json")) else "application/yaml",
        }
        if data is not None:
            artifact["length"] = len(data)
            artifact["hashes"] = {"sha-256": hashlib.sha256(data).hexdigest()}
        self._files[file] = {**location, "index": len(self.artifacts)}
        self.artifacts.append(artifact)
        return self._files[file]

    def _control(self, control: str) -> int:
        if control not in self._controls:
            index = self._controls[control] = len(self.logical)
            self.logical.append(
                {
                    "name": control,
                    "fullyQualifiedName": f"{self._tenant}/{control}",
                    "kind": "resource",
                    "index": index,
                    "parentIndex": 0,
                }
            )
        return self._controls[control]


def _lines(text: str) -> list[str]:
    """The lines of a file, without their line breaks."""
    return [row.removesuffix("\r") for row in text.split("\n")]
