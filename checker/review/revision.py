"""Policies as they are at a commit, read from git's objects; the working tree is neither read nor touched."""

import os
import posixpath
from collections.abc import Iterator, Sequence

import msgspec

from checker.documents import files, limits
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.errors import UsageError
from checker.policy import packs
from checker.policy.bases import read_bases
from checker.policy.sources import (
    PolicySource,
    PolicySources,
    UnreadableSourceError,
    beyond_limit,
    is_policy_file,
    read_sources,
    refuse_many,
)
from checker.review.git import Git

_LINK = "120000"
_SUBMODULE = "160000"
# What stands in a commit for something that only a checkout has.
_ELSEWHERE = {_LINK: "link", _SUBMODULE: "submodule"}
_ADVICE = "Fetch it first: 'git fetch origin BRANCH'."
_DEEPEN = (
    "This clone is shallow. 'git fetch --depth=1 origin BRANCH' is enough to compare; an approval needs all commits "
    "between the two: 'git fetch --unshallow' (fetch-depth: 0 in actions/checkout, fetchDepth: 0 in Azure Pipelines)."
)


class _Blob(msgspec.Struct, frozen=True):
    """A file of a commit: its path from the top of the repository, and what git calls its content."""

    path: str
    sha: str
    size: int
    mode: str


class Revision:
    """A commit of the repository that the working folder is in."""

    def __init__(self, git: Git, reference: str) -> None:
        """Finds the commit.

        Args:
            git: of the repository.
            reference: a branch, a tag, a commit.

        Raises:
            UsageError: git is not there, this is no repository, or it has no such commit.
        """
        if not reference or reference.startswith("-"):
            raise UsageError(f"expected a branch, a tag or a commit, got {reference!r}")
        self.reference = reference
        self._left = limits.POLICY_BYTES
        self._bases: dict[tuple[str, str], PolicySource] = {}
        self._git = git
        self._top = git.top
        try:
            self.commit = git.run("rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}").decode().strip()
        except UsageError:
            raise UsageError(
                f"{reference} is not in this clone", advice=_DEEPEN if git.is_shallow else _ADVICE
            ) from None

    def sources(self, policy_paths: Sequence[str], waiver_paths: Sequence[str]) -> PolicySources:
        """What the paths name at the commit; a path that isn't there yet names nothing.

        Packs, and files outside the repository, are the same at every commit.
        """
        faults: list[Fault] = []
        seen: set[str] = set()
        policies = tuple(self._read(policy_paths, seen, faults))
        waivers = tuple(self._read(waiver_paths, seen, faults))
        return PolicySources(policies, waivers, tuple(faults))

    def bases(self, source: PolicySource, reference: str) -> Sequence[PolicySource]:
        """What a policy of the commit extends, at the commit.

        Raises:
            UnreadableSourceError: there is no such file there, or it leads out of the working folder.
        """
        if packs.is_pack(reference) or not source.identity.startswith(self._prefix):
            return read_bases(source, reference)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source.identity[len(self._prefix) :]), reference))
        if posixpath.isabs(reference) or path.startswith("..") or not _is_below(path, self._here):
            raise UnreadableSourceError("is outside the folder that this policy can refer to")
        name = files.shown(posixpath.normpath(posixpath.join(posixpath.dirname(source.name), reference)))
        if (path, name) not in self._bases:
            self._bases[path, name] = self._base(path, name)
        return [self._bases[path, name]]

    def file(self, path: str, limit: int) -> bytes | None:
        """A file of the working folder as it is at the commit; None where there is none.

        Args:
            path: relative to the working folder.
            limit: the most bytes that are read.

        Raises:
            UnreadableSourceError: it is a link, lies behind one, or is larger.
        """
        inside = self._git.inside(path)
        found = [blob for blob in self._blobs(inside) if blob.path == inside] if inside is not None else []
        if not found:
            self._refuse_detour(inside or "")
            return None
        _refuse(found[0], limit)
        return self._sources([(found[0], path)])[0].data

    def _base(self, path: str, name: str) -> PolicySource:
        found = [blob for blob in self._blobs(path) if blob.path == path]
        if not found:
            raise UnreadableSourceError(f"is not in {self.reference}")
        _refuse(found[0])
        return self._sources([(found[0], name)])[0]

    @property
    def _prefix(self) -> str:
        return f"{self.commit}:"

    @property
    def _here(self) -> str:
        """The working folder, from the top of the repository."""
        here = os.path.relpath(os.path.realpath("."), self._top).replace(os.sep, "/")
        return "" if here == "." else here

    def _read(self, paths: Sequence[str], seen: set[str], faults: list[Fault]) -> Iterator[PolicySource]:
        for path in paths:
            if path == "-":
                raise UsageError("standard input has no earlier revision: name files or folders")
            inside = None if packs.is_pack(path) else self._git.inside(path)
            if inside is None:
                found = read_sources([path], [])
                faults += found.faults
                named = found.policies
            else:
                named = tuple(self._named(path, inside, faults))
            for source in named:
                if source.identity not in seen:
                    seen.add(source.identity)
                    yield source

    def _named(self, path: str, inside: str, faults: list[Fault]) -> list[PolicySource]:
        """The sources at a path of the commit, or below it, as far as they may be read."""
        wanted: list[tuple[_Blob, str]] = []
        try:
            self._refuse_detour(inside)
        except UnreadableSourceError as error:
            faults.append(Fault(SourceLocation(files.shown(path), 1, 1), (), error.message))
            return []
        for blob in self._blobs(inside):
            below = posixpath.relpath(blob.path, inside)
            # A submodule is a folder of a checkout.
            file = f"{below}/x.yaml" if blob.mode == _SUBMODULE else below
            if below != "." and not is_policy_file(file):
                continue
            name = files.shown(path if below == "." else posixpath.normpath(f"{path.replace(os.sep, '/')}/{below}"))
            self._left -= blob.size
            try:
                refuse_many(len(wanted) + 1)
                _refuse(blob)
            except UnreadableSourceError as error:
                faults.append(Fault(SourceLocation(name, 1, 1), (), error.message))
                if len(wanted) >= limits.POLICY_FILES:
                    break
            else:
                if self._left < 0:
                    faults.append(beyond_limit(name))
                    break
                wanted.append((blob, name))
        return self._sources(wanted)

    def _blobs(self, inside: str) -> Iterator[_Blob]:
        """The files at a path of the commit, or below it."""
        listed = self._git.run(
            "ls-tree", "-r", "-z", "-l", "--full-tree", self.commit, "--", *([inside] if inside != "." else [])
        )
        for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
            head, _, path = entry.partition("\t")
            mode, kind, sha, size = head.split() if path else ("", "", "", "")
            if kind == "blob" or mode == _SUBMODULE:
                yield _Blob(path, sha, int(size) if size.isdigit() else 0, mode)

    def _refuse_detour(self, inside: str) -> None:
        """Refuses a path that leads through a link or a submodule: a checkout has files there, the commit has none.

        Raises:
            UnreadableSourceError: it does.
        """
        parts = inside.split("/")
        above = ["/".join(parts[:end]) for end in range(1, len(parts))]
        if not above:
            return
        listed = self._git.run("ls-tree", "-z", "--full-tree", self.commit, "--", *above)
        for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
            mode, _, rest = entry.partition(" ")
            if mode in _ELSEWHERE:
                folder = files.shown(rest.partition("\t")[2])
                raise UnreadableSourceError(f"is behind a {_ELSEWHERE[mode]} ({folder}); replace it with the file")

    def _sources(self, wanted: Sequence[tuple[_Blob, str]]) -> list[PolicySource]:
        """The sources of blobs with the names that reports show, read by one process of git."""
        if not wanted:
            return []
        asked = "".join(f"{blob.sha}\n" for blob, _ in wanted).encode()
        answer = self._git.run("cat-file", "--batch", given=asked)
        found: list[PolicySource] = []
        for blob, name in wanted:
            # A line with the size, the content, the end of a line.
            begin = answer.index(b"\n") + 1
            data = answer[begin : begin + blob.size]
            found.append(PolicySource(name, data, f"{self._prefix}{blob.path}"))
            answer = answer[begin + blob.size + 1 :]
        return found


def _refuse(blob: _Blob, limit: int = limits.POLICY_FILE_BYTES) -> None:
    """Refuses a link, whose content is a path, and a file that is too large.

    Raises:
        UnreadableSourceError: it is one of these.
    """
    if blob.mode in _ELSEWHERE:
        what = _ELSEWHERE[blob.mode]
        raise UnreadableSourceError(f"is a {what}; replace the {what} with the file")
    if blob.size > limit:
        raise UnreadableSourceError(f"is larger than {limit // limits.MEBIBYTE or 1} MiB, the limit")


def _is_below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
