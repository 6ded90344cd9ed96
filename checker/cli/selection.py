"""The controls that a command's filters pick; a misspelt filter is refused, since it would pick nothing."""

from checker.errors import UsageError
from checker.requirements.terms.selector import Selector
from checker.requirements.terms.vocabulary import Vocabulary
from checker.requirements.words import WordKind
from checker.tenant.tenant import Tenant

_OPTIONS = {WordKind.CONTROL: "id", WordKind.THREAT: "threats"}


def checked(select: Selector | None, tenant: Tenant) -> Selector | None:
    """The selector, all of whose words are known.

    Raises:
        UsageError: neither the tenant nor the catalogue knows one of them.
    """
    for unknown in Vocabulary(tenant).unknown(select.words() if select is not None else ()):
        option = _OPTIONS.get(unknown.kind, unknown.kind.value.replace(" ", "-"))
        advice = "'scoregate controls' without filters lists the words that the tenant reports."
        raise UsageError(f"--{option}: {unknown.message}", advice=advice)
    return select
