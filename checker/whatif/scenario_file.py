"""The scenario file: ``kind: Scenario``."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from checker.documents import files, limits
from checker.documents.links import is_link_out
from checker.documents.record import read_record
from checker.documents.schema import read_schema
from checker.documents.yaml_reader import Unreadable
from checker.errors import ScenarioError
from checker.whatif.scenario import Adoption, ControlName


class ScenarioFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A simulated change: which controls are carried out, and which are given up."""

    api_version: Annotated[Literal["scoregate/v1"], Meta(description="The version of the language.")]
    kind: Annotated[Literal["Scenario"], Meta(description="This document describes a change.")]
    title: Annotated[str | None, Meta(description="What the change is called.")] = None
    adopt: Annotated[
        list[ControlName | Adoption], Meta(description="Controls that are carried out, in full or to a percentage.")
    ] = msgspec.field(default_factory=list)
    drop: Annotated[list[ControlName], Meta(description="Controls that are given up.")] = msgspec.field(
        default_factory=list
    )

    @property
    def adoptions(self) -> list[Adoption]:
        """What is put in place, each with its percentage."""
        return [Adoption(entry) if isinstance(entry, str) else entry for entry in self.adopt]


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema of scenario files."""
    return read_schema("scenario", "A scoregate scenario", ScenarioFile)


def read_scenario(path: str) -> ScenarioFile:
    """The scenario that a file holds.

    Raises:
        ScenarioError: the file is not a scenario; the message lists all faults.
    """
    name = "standard input" if path == "-" else files.shown(path)
    if path != "-" and is_link_out(path):
        # What is in such a file would be shown in messages.
        raise ScenarioError("is a link to a file outside the folder; replace the link with the file", place=name)
    data = files.read_bounded(path, limits.POLICY_FILE_BYTES, ScenarioError)
    try:
        return read_record(data, name, ScenarioFile, scenario_schema)
    except Unreadable as fault:
        raise ScenarioError("\n".join(str(one) for one in fault.faults)) from fault
