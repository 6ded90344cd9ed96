"""Policies as they are at a commit, read from git's objects; the working tree is neither read nor touched."""

import os
import posixpath
import subprocess
from collections.abc import Iterator, Sequence

import msgspec

from checker.documents import files, limits
from checker.documents.fault import Fault
from checker.documents.location import SourceLocation
from checker.errors import UsageError
from checker.policy import packs
from checker.policy.bases import read_bases
from checker.policy.sources import PolicySource, PolicySources, UnreadableSourceError, read_sources

_ENDINGS = (".yaml", ".yml")
_LINK = "120000"
_SECONDS = 60
# Nothing of a repository runs: no hook, no monitor of files, no pager; and nothing asks for a password.
_GIT = (
    *("git", "--no-pager", "--no-optional-locks", "--literal-pathspecs"),
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"),
)
_ADVICE = (
    "Fetch it first: 'git fetch origin BRANCH', and in a shallow clone 'git fetch --unshallow' (actions/checkout takes "
    "fetch-depth: 0)."
)


class _Blob(msgspec.Struct, frozen=True):
    """A file of a commit: its path from the top of the repository, and what git calls its content."""

    path: str
    sha: str
    size: int
    is_link: bool


class Revision:
    """A commit of the repository that the working folder is in."""

    def __init__(self, reference: str) -> None:
        """Finds the commit.

        Args:
            reference: a branch, a tag, a commit.

        Raises:
            UsageError: git is not there, this is no repository, or it has no such commit.
        """
        if not reference or reference.startswith("-"):
            raise UsageError(f"expected a branch, a tag or a commit, got {reference!r}")
        self.reference = reference
        self._top = os.path.realpath(_git("rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").strip())
        try:
            self.commit = _git("rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}").decode().strip()
        except UsageError:
            raise UsageError(f"{reference} is not in this clone", advice=_ADVICE) from None

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
            raise UnreadableSourceError("leads out of the folder that this policy may use files of")
        found = [blob for blob in self._blobs(path) if blob.path == path]
        if not found:
            raise UnreadableSourceError(f"is not in {self.reference}")
        name = posixpath.normpath(posixpath.join(posixpath.dirname(source.name), reference))
        return [self._source(found[0], name)]

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
            inside = None if packs.is_pack(path) else self._inside(path)
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

    def _inside(self, path: str) -> str | None:
        """The path from the top of the repository; None outside of it."""
        absolute = os.path.normpath(os.path.join(os.path.realpath("."), path))
        relative = os.path.relpath(absolute, self._top).replace(os.sep, "/")
        return None if relative.startswith("..") else relative

    def _named(self, path: str, inside: str, faults: list[Fault]) -> Iterator[PolicySource]:
        for blob in self._blobs(inside):
            below = posixpath.relpath(blob.path, inside) if inside != "." else blob.path
            is_file = below == "."
            if not is_file and (any(part.startswith(".") for part in below.split("/")) or not below.endswith(_ENDINGS)):
                continue
            name = files.shown(
                path if is_file else posixpath.normpath(posixpath.join(path.replace(os.sep, "/"), below))
            )
            try:
                yield self._source(blob, name)
            except UnreadableSourceError as error:
                faults.append(Fault(SourceLocation(name, 1, 1), (), error.message))

    def _blobs(self, inside: str) -> Iterator[_Blob]:
        """The files at a path of the commit, or below it."""
        listed = _git(
            "ls-tree", "-r", "-z", "-l", "--full-tree", self.commit, "--", *([inside] if inside != "." else [])
        )
        for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
            head, _, path = entry.partition("\t")
            mode, kind, sha, size = head.split() if path else ("", "", "", "")
            if kind == "blob":
                yield _Blob(path, sha, int(size), mode == _LINK)

    def _source(self, blob: _Blob, name: str) -> PolicySource:
        if blob.is_link:
            raise UnreadableSourceError("is a link; put the file itself there")
        if blob.size > limits.POLICY_FILE_BYTES:
            most = limits.POLICY_FILE_BYTES // limits.MEBIBYTE
            raise UnreadableSourceError(f"is larger than {most} MiB, which is the most that is read")
        return PolicySource(name, _git("cat-file", "blob", blob.sha), f"{self._prefix}{blob.path}")


def _is_below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _git(*arguments: str) -> bytes:
    """What git answers.

    Raises:
        UsageError: git is not there, or says that something is wrong.
    """
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell
            [*_GIT, *arguments],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise UsageError("git is not installed, which reads the policies of an earlier revision") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git has not answered within {_SECONDS} seconds") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(f"git could not read the repository: {said[0][:300] if said else 'no reason given'}")
    return done.stdout
