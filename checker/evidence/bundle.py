"""A run of the gate → the bytes of its evidence."""

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from checker.documents import files, limits
from checker.errors import EvidenceError
from checker.evidence.archive import pack
from checker.evidence.kept_snapshot import Form, kept_documents
from checker.evidence.manifest import (
    MANIFEST,
    REPORT,
    SIGNATURE,
    BaseReference,
    EvidenceManifest,
    EvidenceMember,
    EvidenceSettings,
    Role,
)
from checker.evidence.recorded import ParameterFile, RecordedPolicies
from checker.evidence.versions import present_versions
from checker.policy.sources import PolicySource
from checker.presentation.json import json_document
from checker.report.document import document
from checker.runs.full_gate import GateAnswer, GateInput
from checker.secrecy.known import conceal_document

_LONGEST_NAME = 60

Signer = Callable[[bytes], bytes]


class EvidenceRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run of the gate, and what it was read from.

    Attributes:
        given: by what the tenant was judged.
        answer: what came of it.
        policies: the files of policies and waivers.
        assignments, parameters: of ``--set`` and ``--parameters``.
        cloud: the national cloud's name.
        assume_default_states: as the source was asked.
    """

    given: GateInput
    answer: GateAnswer
    policies: RecordedPolicies
    assignments: Sequence[str]
    parameters: Sequence[ParameterFile]
    cloud: str
    assume_default_states: bool


def evidence(run: EvidenceRun, sign: Signer | None = None) -> bytes:
    """The bytes of the ZIP file that a run is judged from again; equal runs give equal bytes.

    Args:
        run: the run.
        sign: gives the signature over the manifest; None for no signature.

    Raises:
        EvidenceError: it has more bytes or members than are read, or it can't be signed.
    """
    kept = _Kept()
    references = _add_policies(kept, run.policies)
    _add_files(kept, run)
    documents, form = kept_documents(run.answer.run.reading)
    for one in documents:
        kept.add("snapshot", one.name, one.data)
    judged = run.answer.run.judged
    kept.add_report(json_document(document(run.answer.report, judged.verdict)))
    manifest = EvidenceManifest(
        api_version="scoregate/v1",
        kind="Evidence",
        tenant=judged.report.tenant,
        verdict=judged.verdict.decision,
        versions=present_versions(),
        settings=_settings(run, form),
        options=run.given.options,
        references=references,
        members=kept.members,
    )
    head = conceal_document(json_document(manifest))
    packed = {**kept.data, MANIFEST: head}
    if sign is not None:
        packed[SIGNATURE] = sign(head)
    return _packed(packed, len(head))


def _packed(members: Mapping[str, bytes], manifest: int) -> bytes:
    """The ZIP file, if it can be read again."""
    if len(members) > limits.EVIDENCE_MEMBERS or manifest > limits.EVIDENCE_MANIFEST_BYTES:
        raise EvidenceError(f"would have more than {limits.EVIDENCE_MEMBERS} members; nothing was kept")
    if sum(map(len, members.values())) <= limits.EVIDENCE_BYTES:
        data = pack(members).getvalue()
        if len(data) <= limits.EVIDENCE_BYTES:
            return data
    most = limits.EVIDENCE_BYTES // limits.MEBIBYTE
    raise EvidenceError(f"would have more than {most} MiB, the limit; nothing was kept")


class _Kept:
    """The members so far; a file that is added twice is kept once."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}
        self._members: list[EvidenceMember] = []
        self._counts: dict[Role, int] = {}

    @property
    def members(self) -> tuple[EvidenceMember, ...]:
        """All of them, sorted by path."""
        return tuple(sorted(self._members, key=lambda one: one.path))

    def add(self, role: Role, name: str, data: "files.Buffer") -> str:
        """Adds a file, and gives its path."""
        number = self._counts[role] = self._counts.get(role, 0) + 1
        return self._add(f"{role}/{number:05}-{_file_name(name)}", role, name, data)

    def add_report(self, data: bytes) -> None:
        """Adds the report."""
        self._add(REPORT, "report", REPORT, data)

    def _add(self, path: str, role: Role, name: str, data: "files.Buffer") -> str:
        content, is_concealed = _without_secrets(data, name)
        self.data[path] = content
        digest = hashlib.sha256(content).hexdigest()
        self._members.append(
            EvidenceMember(path=path, role=role, name=name, sha256=digest, bytes=len(content), concealed=is_concealed)
        )
        return path


def _file_name(name: str) -> str:
    """A name for a person who opens the file: the end of the path, in letters that every system takes."""
    base = os.path.basename(name.replace("\\", "/"))
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", conceal_document(base.encode("utf-8", "replace")).decode())
    return plain[-_LONGEST_NAME:] or "file"


def _without_secrets(data: "files.Buffer", name: str) -> tuple[bytes, bool]:
    """The bytes without the secrets of this run, and whether there were any; packed ones are looked into."""
    whole = bytes(data)
    plain = files.unpacked(whole, limits.SNAPSHOT_FILE_BYTES, name, EvidenceError) if files.is_gzip(whole) else whole
    concealed = conceal_document(plain)
    return (whole, False) if concealed == plain else (concealed, True)


def _add_policies(kept: _Kept, recorded: RecordedPolicies) -> tuple[BaseReference, ...]:
    """Adds every file of policies and waivers; gives what their references named."""
    paths: dict[str, str] = {}

    def path_of(source: PolicySource, role: Role) -> str:
        if source.identity not in paths:
            paths[source.identity] = kept.add(role, source.name, source.data)
        return paths[source.identity]

    for one in recorded.named.policies:
        path_of(one, "policy")
    for one in recorded.named.waivers:
        path_of(one, "waivers")
    return tuple(
        BaseReference(paths[identity], reference, tuple(path_of(one, "base") for one in bases))
        for (identity, reference), bases in recorded.references.items()
    )


def _add_files(kept: _Kept, run: EvidenceRun) -> None:
    given = run.given
    for one in run.parameters:
        kept.add("parameters", one.name, one.data)
    if given.lock is not None:
        kept.add("lock", given.lock.name, given.lock.data)
    if given.baseline is not None:
        kept.add("baseline", given.baseline.name, given.baseline.data)


def _settings(run: EvidenceRun, form: Form) -> EvidenceSettings:
    given, reading = run.given, run.answer.run.reading
    return EvidenceSettings(
        now=given.moment.isoformat().replace("+00:00", "Z"),
        fail_on=given.fail_on,
        framework=given.framework,
        since=given.since,
        locked=given.locked,
        tenant_labels=tuple(sorted(given.labels)),
        assume_default_states=run.assume_default_states,
        assignments=tuple(run.assignments),
        cloud=run.cloud,
        snapshot=reading.name,
        snapshot_form=form,
    )
