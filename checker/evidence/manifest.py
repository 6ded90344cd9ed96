"""The manifest of evidence: what the file holds, and all that a run was asked."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.report.outcome import Severity
from checker.report.report import OptionUse
from checker.report.verdict import Decision
from checker.tenant.labels import TenantLabel

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
REPORT = "report.json"

ADDED_MEMBERS = frozenset({"tenantLabels"})
"""Members that manifests of earlier versions don't have, which stand for what such a version did."""

Role = Literal["report", "snapshot", "policy", "waivers", "base", "parameters", "lock", "baseline"]


class EvidenceMember(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the evidence."""

    path: Annotated[str, Meta(description="Its name in the ZIP file.")]
    role: Annotated[Role, Meta(description="Its role in the run; base: a file that a policy extends.")]
    name: Annotated[str, Meta(description="The file as the run read it, as messages and places name it.")]
    sha256: Annotated[str, Meta(description="Of its bytes in the ZIP file.")]
    bytes: Annotated[int, Meta(ge=0)]
    concealed: Annotated[bool, Meta(description="Whether it contained a secret of the run, which was replaced.")]


class BaseReference(msgspec.Struct, frozen=True):
    """A reference under ``extends``, and what it named."""

    source: Annotated[str, Meta(description="The member that has the reference.")]
    reference: str
    bases: Annotated[tuple[str, ...], Meta(description="The members that it names, in their order.")]


class DependencyVersion(msgspec.Struct, frozen=True):
    """A package that scoregate used."""

    name: str
    version: str


class EvidenceVersions(msgspec.Struct, frozen=True):
    """What judged."""

    scoregate: str
    python: str
    dependencies: Annotated[
        tuple[DependencyVersion, ...], Meta(description="The libraries that reading and judging depend on.")
    ]


class EvidenceSettings(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the run was asked, as far as a verdict goes by it."""

    now: Annotated[str, Meta(description="The moment used as the current time, RFC 3339, UTC, to the microsecond.")]
    fail_on: Severity
    framework: str | None
    since: bool
    locked: Annotated[bool, Meta(description="Whether drift from the lock is a failure.")]
    assume_default_states: bool
    tenant_labels: Annotated[
        tuple[TenantLabel, ...], Meta(description="Of the tenant, sorted; evidence of earlier versions has no member.")
    ] = ()
    assignments: Annotated[tuple[str, ...], Meta(description="Of --set.")]
    cloud: Annotated[str, Meta(description="The national cloud that the tenant is in.")]
    snapshot: Annotated[str, Meta(description="What messages call the whole input.")]
    snapshot_form: Annotated[
        Literal["read", "assembled"],
        Meta(description="read: the files as they were read; assembled: a store's rows, written as a snapshot file."),
    ]


class EvidenceManifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What the evidence of one run of ``scoregate check`` holds; a signature is over this document."""

    schema: ClassVar[tuple[str, str]] = ("evidence", "The manifest of scoregate's evidence")
    api_version: Literal["scoregate/v1"]
    kind: Literal["Evidence"]
    tenant: Annotated[str, Meta(description="The tenant's id; empty if the data does not have it.")]
    verdict: Decision
    versions: EvidenceVersions
    settings: EvidenceSettings
    options: Annotated[tuple[OptionUse, ...], Meta(description="The options that decided the run, as in the report.")]
    references: tuple[BaseReference, ...]
    members: Annotated[
        tuple[EvidenceMember, ...], Meta(description="Every member but the manifest and its signature, sorted by path.")
    ]
