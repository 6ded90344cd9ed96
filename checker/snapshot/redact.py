"""A reading without what names people, or the tenant: applied before anything is judged, so that no output can tell.

Only the members that the model reads are kept, so free text of Graph that nobody looks at can't name anybody either.
What this cannot hide is listed in docs/how-to/redact.md.
"""

import re
from collections.abc import Iterable
from enum import Enum, unique

import msgspec

from checker.snapshot.ids import pseudonym
from checker.snapshot.model import Snapshot
from checker.snapshot.read import Reading, SourceDocument, decode_snapshot
from checker.snapshot.write import file_of

REDACTED = "(redacted)"
# The members of a state's history that people are named in, or write what they like.
_OF_PEOPLE = frozenset({"assignedTo", "comment", "updatedBy"})
_ADDRESS = r"[\w.%+'’-]{1,64}@[\w.-]{1,255}"
# The names that a tenant has at Microsoft, in every cloud.
_DOMAIN = (
    r"(?i)[\w-]{1,63}(?:\.mail)?\.onmicrosoft\.(?:com|us|de|cn)|[\w-]{1,63}\.partner\.onmschina\.cn"
    r"|[\w-]{1,63}\.sharepoint\.(?:com|us|de|cn)"
)
_NAME = "the redacted snapshot"


@unique
class Redaction(Enum):
    """What is left out of every output; each level holds those before it."""

    NONE = "none"
    PEOPLE = "people"
    TENANT = "tenant"


def redacted(reading: Reading, level: Redaction, names: Iterable[str] = ()) -> Reading:
    """The reading as if the data had never named anybody.

    Args:
        reading: a snapshot and what it was read from.
        level: what is left out.
        names: other names of the tenant, such as the domain that was asked for.
    """
    if level is Redaction.NONE:
        return reading
    cleaner = _WholeTenant(reading.snapshot, names) if level is Redaction.TENANT else _People()
    plain: dict[str, object] = msgspec.to_builtins(reading.snapshot)
    anonymous = msgspec.convert({name: cleaner.clean(value) for name, value in plain.items()}, Snapshot)
    data = file_of(anonymous)
    # Read as any file is, so that whoever gets the document comes to the same.
    return Reading(decode_snapshot(data, _NAME), (SourceDocument(_NAME, data),), _NAME)


class _People:
    """Cleans values of what names people."""

    def clean(self, value: object) -> object:
        """The value, with all that it holds."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {key: REDACTED if key in _OF_PEOPLE and one else self.clean(one) for key, one in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.clean(one) for one in value]
            case _:
                return value

    def text(self, text: str) -> str:
        """A text without addresses of mail."""
        return re.sub(_ADDRESS, REDACTED, text) if "@" in text else text


class _WholeTenant(_People):
    """Cleans values of what names the tenant, too."""

    def __init__(self, snapshot: Snapshot, names: Iterable[str]) -> None:
        ids = {snapshot.tenant, *(day.score.azure_tenant_id or "" for day in snapshot.days)}
        ids |= {profile.azure_tenant_id or "" for profile in snapshot.profiles}
        self._ids = {tenant.casefold() for tenant in ids if tenant}
        known = sorted({*ids, *names} - {""}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known)), re.IGNORECASE) if known else None

    def text(self, text: str) -> str:
        """A text without addresses, ids and domains."""
        text = super().text(text)
        if self._known is not None:
            text = self._known.sub(self._replacement, text)
        return re.sub(_DOMAIN, REDACTED, text)

    def _replacement(self, found: re.Match[str]) -> str:
        return pseudonym(found[0]) if found[0].casefold() in self._ids else REDACTED
