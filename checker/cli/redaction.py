"""What a run leaves out by ``--redact``: in answers that are made of whole data, and in messages.

A context variable holds it, as with secrets: an error is reported after the command that raised it has ended.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from checker.snapshot.redaction import Redaction

if TYPE_CHECKING:
    import msgspec

    from checker.snapshot.cleaner import Cleaner

S = TypeVar("S", bound="msgspec.Struct")


class _Hidden:
    """What one run hides; it learns the tenant's names as they come up."""

    def __init__(self) -> None:
        self.level = Redaction.NONE
        self.tenants: set[str] = set()
        self.names: set[str] = set()


_CURRENT: ContextVar[_Hidden | None] = ContextVar("hidden", default=None)


@contextmanager
def begin_redaction() -> Iterator[None]:
    """In the block, messages are without what the run hides."""
    before = _CURRENT.set(_Hidden())
    try:
        yield
    finally:
        _CURRENT.reset(before)


def hide(level: Redaction) -> None:
    """From now on this run's messages leave that out."""
    hidden = _CURRENT.get()
    if hidden is not None:
        hidden.level = level


def learn_tenant(tenants: Iterable[str | None] = (), names: Iterable[str | None] = ()) -> None:
    """Adds ids of the tenant, and its other names, to what messages leave out where they leave out the tenant."""
    hidden = _CURRENT.get()
    if hidden is not None:
        hidden.tenants.update(one for one in tenants if one)
        hidden.names.update(one for one in names if one)


def without_names(message: str) -> str:
    """A message without what this run hides; where that is the tenant, without any id that could be a tenant's."""
    hidden = _CURRENT.get()
    if hidden is None or hidden.level is Redaction.NONE:
        return message
    from checker.snapshot.cleaner import cleaner, ids_in

    return cleaner(hidden.level, {*hidden.tenants, *ids_in(message)}, hidden.names).text(message)


def answer_cleaner(level: Redaction, tenants: Iterable[str | None] = ()) -> "Cleaner":
    """What cleans answers that are made of whole data.

    Args:
        level: what is left out.
        tenants: the ids of the tenants that they are about.
    """
    from checker.snapshot.cleaner import cleaner

    hidden = _CURRENT.get() or _Hidden()
    learn_tenant(known := [one for one in tenants if one])
    return cleaner(level, {*hidden.tenants, *known}, hidden.names)


def redacted_answer(answer: S, level: Redaction, tenants: Iterable[str | None] = ()) -> S:
    """An answer that a view renders, without names; arguments as in ``answer_cleaner``."""
    return answer if level is Redaction.NONE else answer_cleaner(level, tenants).record(answer)
