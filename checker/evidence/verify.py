"""Whether evidence is as it was written, and who says so."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.evidence.read import EvidenceFault, EvidenceFile
from checker.evidence.signature import SshKeygen
from checker.report.verdict import Decision

SignatureState = Literal["absent", "not-checked", "good", "bad"]


class SignatureCheck(msgspec.Struct, frozen=True):
    """What is known of the signature over the manifest."""

    state: Annotated[SignatureState, Meta(description="not-checked: there is one, and no signer was given.")]
    signer: Annotated[str | None, Meta(description="The required signer; null if none was given.")] = None
    reason: Annotated[str | None, Meta(description="Why it is bad.")] = None


class Signers(msgspec.Struct, frozen=True):
    """Whose signature it has to be: a file of allowed signers, and one identity in it."""

    file: str
    identity: str


class EvidenceCheck(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer to ``scoregate evidence verify``."""

    schema: ClassVar[tuple[str, str]] = ("evidencecheck", "Whether scoregate's evidence is as it was written")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["EvidenceCheck"] = "EvidenceCheck"
    evidence: str
    sha256: Annotated[str, Meta(description="Of the evidence's bytes.")]
    verdict: Annotated[
        Literal["whole", "changed", "unproven"],
        Meta(
            description="whole: every member is as the manifest says, and the requested signature, if any, is good; "
            "changed: a member is not; unproven: the requested signature is missing or bad."
        ),
    ]
    tenant: str
    now: Annotated[str, Meta(description="The moment that the run used as the current time.")]
    decision: Annotated[Decision, Meta(description="The verdict of the gate that the manifest records.")]
    scoregate: Annotated[str, Meta(description="The version that wrote it.")]
    members: Annotated[int, Meta(description="How many the manifest lists.")]
    faults: tuple[EvidenceFault, ...]
    signature: SignatureCheck


def verify(evidence: EvidenceFile, signers: Signers | None, keygen: SshKeygen) -> EvidenceCheck:
    """Whether evidence is as it was written.

    Args:
        evidence: that was read.
        signers: whose signature it has to be; None where no signature is checked.
        keygen: checks it.

    Raises:
        EvidenceError: the signature can't be checked.
    """
    manifest = evidence.manifest
    signature = _signature(evidence, signers, keygen)
    is_proven = signers is None or signature.state == "good"
    return EvidenceCheck(
        evidence=evidence.name,
        sha256=evidence.sha256,
        verdict="changed" if evidence.faults else "whole" if is_proven else "unproven",
        tenant=manifest.tenant,
        now=manifest.settings.now,
        decision=manifest.verdict,
        scoregate=manifest.versions.scoregate,
        members=len(manifest.members),
        faults=evidence.faults,
        signature=signature,
    )


def _signature(evidence: EvidenceFile, signers: Signers | None, keygen: SshKeygen) -> SignatureCheck:
    identity = signers.identity if signers is not None else None
    if evidence.signature is None:
        return SignatureCheck("absent", identity)
    if signers is None:
        return SignatureCheck("not-checked")
    reason = keygen.refusal(evidence.head, evidence.signature, signers=signers.file, identity=signers.identity)
    return SignatureCheck("good" if reason is None else "bad", identity, reason)
