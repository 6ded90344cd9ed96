"""Tests of policies as they are written: ``kind: PolicyTest``."""

import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from checker.documents.schema import read_schema
from checker.policy.parameters import Scalar
from checker.policy.waivers import WaiverEntry
from checker.policytest.given import GivenTenant
from checker.report.outcome import Outcome, Reason
from checker.report.verdict import Decision
from checker.tenant.labels import TenantLabel


class ExpectedFinding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a requirement should come to."""

    outcome: Annotated[Outcome, Meta(description="pass, fail, waived, skipped or error.")]
    reason: Annotated[Reason | None, Meta(description="The reason; any where absent.")] = None
    control: Annotated[
        str | None,
        Meta(description="The finding of this control alone; every finding of the requirement where absent."),
    ] = None


Expectation = Outcome | ExpectedFinding | list[ExpectedFinding]


class PolicyTestCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One tenant, and what the policies should say of it."""

    name: Annotated[str, Meta(min_length=1, max_length=200, description="What the case shows; unique in its document.")]
    now: Annotated[datetime.date | None, Meta(description="The day of the run, UTC; the document's where absent.")] = (
        None
    )
    snapshot: Annotated[str | None, Meta(description="A snapshot file, relative to this one.")] = None
    tenant: Annotated[GivenTenant | None, Meta(description="A tenant, or what differs from the document's.")] = None
    tenant_labels: Annotated[
        list[TenantLabel], Meta(description="Labels of the tenant, as --tenant-label gives them.")
    ] = msgspec.field(default_factory=list)
    waivers: Annotated[list[WaiverEntry], Meta(description="Exceptions, as kind: Waivers lists them.")] = msgspec.field(
        default_factory=list
    )
    expect: Annotated[
        dict[str, Expectation],
        Meta(description="Requirements by name, POLICY/ID: an outcome, or outcome, reason and control, or a list."),
    ] = msgspec.field(default_factory=dict)
    others: Annotated[
        Literal["any", "pass"], Meta(description="What requirements that expect doesn't name should come to.")
    ] = "any"
    verdict: Annotated[Decision | None, Meta(description="What the gate should say: pass, fail or indeterminate.")] = (
        None
    )

    def __post_init__(self) -> None:
        """Refuses two tenants, and a case that expects nothing."""
        if self.snapshot is not None and self.tenant is not None:
            raise ValueError("expected snapshot or tenant, not both")
        if not self.expect and self.others == "any" and self.verdict is None:
            raise ValueError("expected expect, others or verdict: a case that expects nothing shows nothing")


class PolicyTestFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One document of tests."""

    api_version: Annotated[Literal["scoregate/v1"], Meta(description="The version of the language.")]
    kind: Annotated[Literal["PolicyTest"], Meta(description="This document tests policies.")]
    policies: Annotated[
        list[str], Meta(min_length=1, description="What is tested: pack:NAME, or files relative to this one.")
    ]
    cases: Annotated[list[PolicyTestCase], Meta(min_length=1, description="What is tried.")]
    parameters: Annotated[dict[str, Scalar], Meta(description="Values of the policies' parameters, by name.")] = (
        msgspec.field(default_factory=dict)
    )
    now: Annotated[
        datetime.date | None,
        Meta(description="The day of the run, UTC. Where absent: a snapshot's newest day, or 2026-01-01."),
    ] = None
    tenant: Annotated[
        GivenTenant | None, Meta(description="The tenant of every case that has no snapshot; cases change it.")
    ] = None


def policytest_schema() -> dict[str, Any]:
    """The JSON Schema of tests of policies."""
    return read_schema("policytest", "Tests of scoregate policies", PolicyTestFile)
