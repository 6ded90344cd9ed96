"""Whether an approval of the base covers a change: not one by somebody who wrote the change. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from checker.policy.waivers import Approval
from checker.requirements.terms.pattern import matcher
from checker.review.answer import FileChange, RequirementChange, WaiverChange

C = TypeVar("C", RequirementChange, WaiverChange, FileChange)


class Lines(msgspec.Struct, frozen=True):
    """Lines of a file of the head, from 1, the last one included."""

    file: str
    first: int
    last: int


class Commit(msgspec.Struct, frozen=True):
    """A commit, and the names and addresses of those who wrote it."""

    sha: str
    names: tuple[str, ...]


class Written(msgspec.Struct, frozen=True):
    """Who wrote something.

    Attributes:
        commits: the ones that did.
        doubt: why nobody can say, as a clause; no approval counts then.
    """

    commits: tuple[Commit, ...]
    doubt: str | None = None


# Who wrote these lines of the head; of no lines, whoever wrote anything of the change.
AskWho = Callable[[Sequence[Lines]], Written]


def with_approvals(changes: Sequence[C], approvals: Sequence[Approval], ask: AskWho) -> tuple[C, ...]:
    """The changes that may loosen with who approved each, or why no approval counts.

    Args:
        changes: of one kind.
        approvals: of the base, so that no change approves itself.
        ask: who wrote lines of the head.
    """
    return tuple(_judged(change, approvals, ask) if change.direction.may_loosen else change for change in changes)


def _judged(change: C, approvals: Sequence[Approval], ask: AskWho) -> C:
    found = [one for one in approvals if matcher([one.requirement])(change.name)]
    if not found:
        return change
    written = ask(list(_lines(change)))
    objections = [_objection(one.approved_by, written) for one in found]
    for approval, objection in zip(found, objections, strict=True):
        if objection is None:
            return msgspec.structs.replace(change, approved_by=approval.approved_by)
    return msgspec.structs.replace(change, not_approved=objections[0])


def _lines(change: C) -> Iterator[Lines]:
    """The lines that loosen; none where one field's effect comes from elsewhere."""
    if isinstance(change, RequirementChange):
        loosening = [field for field in change.fields if field.direction.may_loosen]
        if any(field.lines is None for field in loosening):
            return
        for field in loosening:
            if field.lines is not None and field.after_location is not None:
                yield Lines(field.after_location.file, *field.lines)
    elif change.lines is not None:
        yield Lines(change.location.file, *change.lines)


def _objection(approver: str, written: Written) -> str | None:
    """Why the approval doesn't count, as a clause; None where it does."""
    if written.doubt is not None:
        return written.doubt
    for commit in written.commits:
        if any(_is_same(approver, name) for name in commit.names):
            return f"{approver} wrote it ({commit.sha[:12]}), and nobody can approve their own change"
    return None


def _is_same(approver: str, name: str) -> bool:
    """Whether a name or an address stands in what an approval says of its approver, whatever the case."""
    padded, wanted = f" {_words(approver)} ", _words(name)
    return bool(wanted) and f" {wanted} " in padded


# What a mailbox may have beside its name: the number of a GitHub account before it, a tag behind it.
_NUMBER = re.compile(r"\b\d+\+(?=[^@\s]+@users\.noreply\.github\.com\b)")
_TAG = re.compile(r"\+[^@\s]*(?=@)")


def _words(text: str) -> str:
    """The text for comparing: one form of each character and mailbox, no case, single blanks, no punctuation around."""
    folded = _TAG.sub("", _NUMBER.sub("", unicodedata.normalize("NFKC", text).casefold()))
    return " ".join(word for part in folded.split() if (word := part.strip("<>()[]{},;:\"'")))
