"""The bytes of evidence → its manifest and members, with everything that does not fit together. Nothing is trusted."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from checker.documents import files, limits
from checker.documents.path import brief
from checker.documents.strict_json import decode_strictly
from checker.errors import EvidenceError
from checker.evidence.archive import unpack
from checker.evidence.manifest import ADDED_MEMBERS, MANIFEST, REPORT, SIGNATURE, EvidenceManifest, EvidenceMember, Role

_VERSION = "scoregate/v1"
_LONGEST = 100_000
# As where a run reads such a file.
_MOST_BYTES: Mapping[Role, int] = {
    "report": limits.REPORT_FILE_BYTES,
    "snapshot": limits.SNAPSHOT_FILE_BYTES,
    "policy": limits.POLICY_FILE_BYTES,
    "waivers": limits.POLICY_FILE_BYTES,
    "base": limits.POLICY_FILE_BYTES,
    "parameters": limits.POLICY_FILE_BYTES,
    "lock": limits.LOCK_FILE_BYTES,
    "baseline": limits.REPORT_FILE_BYTES,
}


class EvidenceFault(msgspec.Struct, frozen=True):
    """A way in which evidence is not as it was written."""

    place: Annotated[str, Meta(description="The file, or the file and the member.")]
    message: str


class EvidenceFile(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence that was read.

    Attributes:
        name: the file's.
        sha256: of its bytes.
        manifest: what it says of itself.
        head: the manifest's bytes, which a signature is over.
        signature: of the manifest; None where nobody signed.
        data: by path, the members that the manifest lists and that are there.
        faults: where the members are not what the manifest says.
    """

    name: str
    sha256: str
    manifest: EvidenceManifest
    head: bytes
    signature: bytes | None
    data: Mapping[str, bytes]
    faults: tuple[EvidenceFault, ...]

    def members(self, role: Role) -> Iterator[tuple[EvidenceMember, bytes]]:
        """The members of a role in the order in which they were read, each with its bytes.

        Raises:
            EvidenceError: one is missing, or larger than a run reads such files.
        """
        for one in self.manifest.members:
            if one.role == role:
                yield one, self._bytes_of(one.path, _MOST_BYTES[role])

    @property
    def report(self) -> bytes:
        """The report as it was kept.

        Raises:
            EvidenceError: it is missing.
        """
        return self._bytes_of(REPORT, _MOST_BYTES["report"])

    def _bytes_of(self, path: str, most: int) -> bytes:
        place = f"{self.name}: {path}"
        if path not in self.data:
            raise EvidenceError("is missing", place=place)
        if len(self.data[path]) > most:
            raise EvidenceError(f"has more than {most} bytes, the limit", place=place)
        return self.data[path]


class _SaidVersion(msgspec.Struct, rename="camel"):
    api_version: str | None = None
    kind: str | None = None


def read_evidence(path: str) -> EvidenceFile:
    """The evidence in a file.

    Raises:
        EvidenceError: it can't be read, or is none.
    """
    return decode_evidence(files.read_bounded(path, limits.EVIDENCE_BYTES, EvidenceError), files.shown(path))


def decode_evidence(data: bytes, name: str) -> EvidenceFile:
    """The evidence in a file's bytes.

    Raises:
        EvidenceError: it is none, or of another version.
    """
    archive = unpack(data, name)
    members = dict(archive.members)
    head = members.pop(MANIFEST, None)
    if head is None:
        raise EvidenceError(f"has no {MANIFEST}, so it is not evidence", place=name)
    signature = members.pop(SIGNATURE, None)
    if signature is not None and len(signature) > limits.EVIDENCE_SIGNATURE_BYTES:
        raise EvidenceError("is larger than any signature", place=f"{name}: {SIGNATURE}")
    manifest = _manifest(head, f"{name}: {MANIFEST}")
    faults = list(_member_faults(manifest, members, name))
    if not archive.is_plain:
        text = "contains something besides its members, or another program packed it"
        faults.append(EvidenceFault(name, text))
    return EvidenceFile(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        manifest=manifest,
        head=head,
        signature=signature,
        data={one.path: members[one.path] for one in manifest.members if one.path in members},
        faults=tuple(faults),
    )


def _manifest(data: bytes, place: str) -> EvidenceManifest:
    if len(data) > limits.EVIDENCE_MANIFEST_BYTES:
        raise EvidenceError("is larger than any manifest", place=place)
    try:
        said = msgspec.json.decode(data, type=_SaidVersion)
        if said.kind == "Evidence" and said.api_version != _VERSION:
            text = f"has the apiVersion {brief(repr(said.api_version))}, but this scoregate reads {_VERSION}"
            raise EvidenceError(text, place=place, advice="Upgrade scoregate.")
        manifest = decode_strictly(data, EvidenceManifest, _LONGEST, ADDED_MEMBERS)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise EvidenceError(f"is not a manifest of evidence: {fault}", place=place) from fault
    _check_manifest(manifest, place)
    return manifest


def _check_manifest(manifest: EvidenceManifest, place: str) -> None:
    """Refuses a manifest that contradicts itself."""
    known: dict[str, Role] = {}
    for one in manifest.members:
        folder = one.path.partition("/")[0]
        if folder != (REPORT if one.role == "report" else one.role):
            raise EvidenceError(f"gives the member {brief(one.path)} the role {one.role}", place=place)
        if one.path in known:
            raise EvidenceError(f"lists the member {brief(one.path)} twice", place=place)
        known[one.path] = one.role
    for role in ("report", "lock", "baseline"):
        count = sum(one == role for one in known.values())
        if count > 1 or (role == "report" and not count):
            raise EvidenceError(f"lists {count} members of the role {role}", place=place)
    _check_references(manifest, known, place)


def _check_references(manifest: EvidenceManifest, known: Mapping[str, Role], place: str) -> None:
    for reference in manifest.references:
        for path in (reference.source, *reference.bases):
            if known.get(path) not in {"policy", "waivers", "base"}:
                raise EvidenceError(f"refers to {brief(path)}, which is not one of its policies", place=place)


def _member_faults(manifest: EvidenceManifest, members: Mapping[str, bytes], name: str) -> Iterator[EvidenceFault]:
    """The members that are not what the manifest says, and those that it doesn't list."""
    for one in manifest.members:
        data = members.get(one.path)
        if data is None:
            yield EvidenceFault(f"{name}: {one.path}", "is missing")
        elif hashlib.sha256(data).hexdigest() != one.sha256 or len(data) != one.bytes:
            yield EvidenceFault(f"{name}: {one.path}", "was changed: its SHA-256 is not the one in the manifest")
    for path in sorted(members.keys() - {one.path for one in manifest.members}):
        yield EvidenceFault(f"{name}: {path}", "is not in the manifest")
