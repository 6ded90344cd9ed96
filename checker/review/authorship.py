"""Who wrote the lines that a change loosens, as git's history says: the commits between the base and the head."""

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from checker.errors import UsageError
from checker.review.approvals import Commit, Lines, Written
from checker.review.git import Git
from checker.review.revision import Revision

# Of a commit: its id, its author as written and by the mailmap, its co-authors.
_FIELDS = ("%H", "%an", "%ae", "%aN", "%aE", "%(trailers:key=Co-authored-by,valueonly,separator=%x0A)")
_GOOD = "G"
_SHALLOW = "this clone is shallow, so its history doesn't say who wrote the change; fetch the whole history"


class Authorship:
    """The commits between a base and a head, asked about lines of the head."""

    def __init__(self, git: Git, base: Revision, head: Revision, *, uncommitted: str | None, signed: bool) -> None:
        """Asks nothing yet.

        Args:
            git: of the repository.
            base: the side before, whose ``.mailmap`` counts: the change may alter the head's.
            head: the side after.
            uncommitted: a file of the head that is not what the commit has; None where all are.
            signed: whether each commit must have a good signature.
        """
        self._git = git
        self._base = base
        self._head = head
        self._uncommitted = uncommitted
        self._signed = signed

    def of(self, lines: Sequence[Lines]) -> Written:
        """Who wrote these lines of the head; everybody who wrote a commit of the change where git names nobody.

        Args:
            lines: those that loosen; empty where the lines are gone, or others have the effect.
        """
        if self._uncommitted is not None:
            return Written((), f"{self._uncommitted} is not committed, so nobody can say who changed it")
        if self._git.is_shallow:
            return Written((), _SHALLOW)
        blamed = {sha for one in lines for sha in self._blamed(one)} & self._commits.keys()
        commits = tuple(self._commits[sha] for sha in sorted(blamed) or self._commits)
        if not commits:
            return Written((), "no commit between the base and the head makes this change; update the branch first")
        return self._with_signatures(commits) if self._signed else Written(commits)

    @cached_property
    def _commits(self) -> dict[str, Commit]:
        """Every commit of the head that the base has not."""
        return {one.sha: one for one in self._read(f"{self._base.commit}..{self._head.commit}")}

    def _read(self, revisions: str) -> Iterator[Commit]:
        # In git's own folder, since git reads the .mailmap of the folder that it runs in, whatever else it is told.
        folder = self._git.run("rev-parse", "--absolute-git-dir").decode("utf-8", "surrogateescape").strip()
        mailmap = ("-c", f"mailmap.blob={self._base.commit}:.mailmap", "-c", f"mailmap.file={os.devnull}")
        listed = self._git.run("-C", folder, *mailmap, "log", "-z", f"--format={'%x00'.join(_FIELDS)}", revisions)
        words = listed.decode("utf-8", "replace").split("\0")
        for begin in range(0, len(words) - len(_FIELDS) + 1, len(_FIELDS)):
            sha, *names, others = words[begin : begin + len(_FIELDS)]
            yield Commit(sha, (*names, *_named(others.splitlines())))

    def _blamed(self, lines: Lines) -> Iterable[str]:
        """The commits that last touched the lines; none where git can't say."""
        path = self._git.inside(lines.file)
        if path is None:
            return ()
        where = ("-L", f"{lines.first},{lines.last}", self._head.commit, "--", path)
        try:
            # Paths of blame are relative to the working folder.
            said = self._git.run("-C", self._git.top, "blame", "--no-textconv", "--porcelain", *where)
        except UsageError:
            return ()
        return (line.partition(" ")[0] for line in said.decode("ascii", "replace").splitlines() if line[:1] != "\t")

    def _with_signatures(self, commits: Sequence[Commit]) -> Written:
        if (inside := self._signers_inside()) is not None:
            why = f"gpg.ssh.allowedSignersFile is {inside}, in the checkout, where the change itself can alter it"
            return Written((), why)
        listed = self._git.run(
            "log", "-z", "--no-walk", "--format=%H%x00%G?%x00%GS", *(commit.sha for commit in commits)
        )
        words = listed.decode("utf-8", "replace").split("\0")
        found = {words[begin]: words[begin + 1 : begin + 3] for begin in range(0, len(words) - 2, 3)}
        signed = []
        for commit in commits:
            status, signer = found[commit.sha]
            if status != _GOOD:
                return Written((), f"the commit {commit.sha[:12]} has no good signature (git says {status})")
            # Whoever signs a commit made it, whatever name it has as its author.
            signed.append(msgspec.structs.replace(commit, names=(*commit.names, signer, *_named([signer]))))
        return Written(tuple(signed))

    def _signers_inside(self) -> str | None:
        """The list of those whose signatures are trusted, where it lies in the checkout."""
        try:
            path = self._git.run("config", "--path", "--get", "gpg.ssh.allowedSignersFile").decode().strip()
        except UsageError:
            return None
        return self._git.inside(os.path.realpath(path)) if path else None


def _named(people: Iterable[str]) -> Iterator[str]:
    """The name and the address of each ``Name <address>``."""
    for person in people:
        name, _, address = person.partition("<")
        yield from (name.strip(), address.partition(">")[0].strip())
