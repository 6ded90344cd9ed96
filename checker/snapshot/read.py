"""Snapshot files → Snapshot: scoregate's own file, Graph's answers, or a folder of them; plain, gzip or stdin.

Other forms (``forms``) are tried only where these two fail to decode.
"""

import os
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from checker.documents import files, limits
from checker.documents.links import leads_out
from checker.errors import SnapshotError
from checker.snapshot.assemble import Pieces, assemble
from checker.snapshot.decode import Content, decode
from checker.snapshot.digest import Digest
from checker.snapshot.encoding import as_utf8
from checker.snapshot.forms.part import MORE_PROFILES, collection_in, not_a_snapshot
from checker.snapshot.model import PROFILES, SecureScore, SecureScoreControlProfile, Snapshot, SnapshotWarning

_ENDINGS = (".json", ".json.gz")


class _Scores(msgspec.Struct):
    value: list[SecureScore]


class _Profiles(msgspec.Struct):
    value: list[SecureScoreControlProfile]


class SourceDocument(msgspec.Struct, frozen=True):
    """A file of a snapshot.

    Attributes:
        name: as messages show it.
        data: its bytes as they are stored, packed or not. A large file is mapped into memory: it must not be cut short
            meanwhile, and the record can't cross to another process.
    """

    name: str
    data: "files.Buffer"


class Reading(msgspec.Struct, frozen=True):
    """A snapshot and what it was read from.

    Attributes:
        snapshot: the tenant's data.
        documents: the files that it was read from, so that a run can be kept and judged again; of Graph the one file
            that ``scoregate fetch`` writes, of a store none.
        name: what messages call the whole input.
    """

    snapshot: Snapshot
    documents: tuple[SourceDocument, ...] = ()
    name: str = ""


def read_snapshot(paths: Sequence[str]) -> Snapshot:
    """The snapshot that the files or folders at ``paths`` make together (``-`` is standard input).

    Raises:
        SnapshotError: a file is missing, unreadable or not a snapshot, or two files contradict each other.
    """
    return read_documents(paths).snapshot


def read_documents(paths: Sequence[str]) -> Reading:
    """As ``read_snapshot``, with the files that it was read from."""
    names = list(_files(paths))
    whole = files.shown(names[0]) if len(names) == 1 else f"{files.shown(paths[0])} ({len(names)} files)"
    documents: list[SourceDocument] = []

    def opened() -> Iterator[SourceDocument]:
        for path in names:
            name = "standard input" if path == "-" else files.shown(path)
            documents.append(SourceDocument(name, files.map_bounded(path, limits.SNAPSHOT_FILE_BYTES, SnapshotError)))
            yield documents[-1]

    name = "standard input" if whole == "-" else whole
    snapshot = assembled(opened(), name)
    return Reading(snapshot, tuple(documents), name)


def assembled(documents: Iterable[SourceDocument], whole: str) -> Snapshot:
    """The snapshot that files make together.

    Args:
        documents: each is decoded before the next one is taken.
        whole: what messages call all of them.

    Raises:
        SnapshotError: as ``read_snapshot``.
    """
    pieces = Pieces()
    digest = Digest()
    left = limits.SNAPSHOT_BYTES
    for document in documents:
        name, data = document.name, document.data
        digest.add(data)
        if files.is_gzip(data):
            data = files.unpacked(data, limits.SNAPSHOT_FILE_BYTES, name, SnapshotError)
        left -= len(data)
        if left < 0:
            most = limits.SNAPSHOT_BYTES // limits.MEBIBYTE
            raise SnapshotError(f"with this file the snapshot has more than {most} MiB, the limit", place=name)
        _add_content(pieces, data, name)
    return assemble(pieces, whole, digest.hexdigest())


def decode_snapshot(data: "files.Buffer", name: str) -> Snapshot:
    """The snapshot in the bytes of one file."""
    digest = Digest()
    digest.add(data)
    pieces = Pieces()
    _add_content(pieces, data, name)
    return assemble(pieces, name, digest.hexdigest())


def _files(paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        if path == "-" or not os.path.isdir(path):
            yield path
            continue
        try:
            names = sorted(name for name in os.listdir(path) if name.endswith(_ENDINGS))
        except OSError as fault:
            raise SnapshotError(f"cannot be read: {files.reason(fault)}", place=files.shown(path)) from fault
        if not names:
            raise SnapshotError("contains no snapshot (*.json or *.json.gz)", place=files.shown(path))
        if len(names) > limits.SNAPSHOT_FILES:
            raise SnapshotError(f"contains more than {limits.SNAPSHOT_FILES} snapshot files", place=files.shown(path))
        for file in (os.path.join(path, name) for name in names):
            _check_found(file, path)
            yield file


def _check_found(file: str, folder: str) -> None:
    """Refuses a link to another place, whose content would be taken for the tenant's."""
    if leads_out(file, folder) and leads_out(file):
        text = "is a link to a file outside the folder; replace the link with the file"
        raise SnapshotError(text, place=files.shown(file))


def _add_content(pieces: Pieces, data: "files.Buffer", name: str) -> None:
    """Adds what one file holds."""
    data = as_utf8(data, name)
    try:
        content, warnings = decode(data, Content, name)
    except SnapshotError as fault:
        _add_other_form(pieces, data, name, fault)
        return
    pieces.warnings.extend(warnings)
    if content.value is not None:
        _add_answer(pieces, content, data, name)
    elif content.secure_scores is None and content.control_profiles is None:
        no_snapshot = SnapshotError(
            "is not a snapshot: it has neither secureScores and controlProfiles nor Graph's value",
            place=name,
            advice="A snapshot is a file that 'scoregate fetch' wrote, or a saved answer of Graph.",
        )
        _add_other_form(pieces, data, name, no_snapshot)
    else:
        _add_own(pieces, content, name)


def _add_own(pieces: Pieces, content: Content, name: str) -> None:
    _check_head(content, name)
    pieces.tenants.add(content.tenant or "")
    pieces.partial.update(content.partial or ())
    pieces.warnings.extend(content.warnings or ())
    pieces.scores.extend(content.secure_scores or ())
    pieces.profiles.extend(content.control_profiles or ())


def _check_head(content: Content, name: str) -> None:
    if content.kind is not None and content.kind != "Snapshot":
        raise not_a_snapshot(content.kind, name)
    if content.api_version is not None and content.api_version != "scoregate/v1":
        raise SnapshotError(
            f"has the apiVersion {content.api_version!r}; this version reads scoregate/v1",
            place=name,
            advice="Upgrade scoregate, or fetch the snapshot again.",
        )


def _add_answer(pieces: Pieces, content: Content, data: "files.Buffer", name: str) -> None:
    """Adds an answer of Graph: decoded at once, or, where that fails, entry by entry."""
    try:
        collection = collection_in(content.value or [], content.context or "", name, "$.value")
        if collection == PROFILES:
            profiles, warnings = decode(data, _Profiles, name)
            pieces.profiles.extend(profiles.value)
            if content.next_link is not None:
                pieces.partial.add(PROFILES)
                pieces.warnings.append(SnapshotWarning("partial-data", f"{name} {MORE_PROFILES}."))
        else:
            # A nextLink here only means that there are older days.
            scores, warnings = decode(data, _Scores, name)
            pieces.scores.extend(scores.value)
        pieces.warnings.extend(warnings)
    except SnapshotError as fault:
        _add_other_form(pieces, data, name, fault)


def _add_other_form(pieces: Pieces, data: "files.Buffer", name: str, fault: SnapshotError) -> None:
    """Adds what a file in another form holds.

    Raises:
        SnapshotError: ``fault`` if it has none of them, or what is wrong with the form that it has.
    """
    from checker.snapshot.forms import parts_of
    from checker.snapshot.forms.records import add_part

    parts = parts_of(data, name)
    if parts is None:
        raise fault
    for part in parts:
        add_part(pieces, part, name)
