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
# Texts are links and HTML too, so a character may be written as either escapes it, and tags may stand beside it.
_AT = "(?:[@\N{FULLWIDTH COMMERCIAL AT}\N{SMALL COMMERCIAL AT}]|%(?:25)*40|&(?:commat|#0*64|#x0*40);?)"
_DOT = r"(?:\.|%(?:25)*2e|&(?:period|#0*46|#x0*2e);?)"
_TAGS = r"(?:<[^<>]{0,200}>){0,3}"
_MAY_HOLD_ADDRESS = re.compile(_AT, re.IGNORECASE)
_ADDRESS = re.compile(rf"""(?:[\w.%+'’-]{{1,64}}|"[^"@]{{1,64}}"){_TAGS}{_AT}{_TAGS}[\w.-]{{1,255}}""", re.IGNORECASE)
# The names that a tenant has at Microsoft, in every cloud.
_DOMAIN = re.compile(
    (
        r"[\w-]{1,63}(?:\.mail)?\.onmicrosoft\.(?:com|us|de|cn)|[\w-]{1,63}\.partner\.onmschina\.cn"
        r"|[\w-]{1,63}\.sharepoint\.(?:com|us|de|cn)"
        r"|[\w-]{1,63}(?:\.\w{2,4})?\.portal\.cloudappsecurity(?:gov)?\.(?:com|us)"
        r"|[\w-]{1,63}\.(?:mail\.protection\.outlook|b2clogin|ciamlogin)\.com"
    ).replace(r"\.", _DOT),
    re.IGNORECASE,
)
# The words that requirements judge by: a tenant whose id is such a word must not change what comes of it.
_JUDGED = frozenset(
    {"controlCategory", "state", "service", "tier", "threats", "userImpact", "implementationCost", "basis"}
    | {"enabledServices", "createdDateTime", "updatedDateTime"}
)
# Deeper than anything of Graph's; only members of which nobody knows the shape can be.
_DEEPEST = 20
_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
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
    cleaned = msgspec.convert({name: cleaner.clean(value) for name, value in plain.items()}, Snapshot)
    anonymous = _with_ids(cleaned, reading.snapshot)
    data = file_of(anonymous)
    # Read as any file is, so that whoever gets the document comes to the same.
    return Reading(decode_snapshot(data, _NAME), (SourceDocument(_NAME, data),), _NAME)


def _with_ids(cleaned: Snapshot, original: Snapshot) -> Snapshot:
    """The cleaned snapshot with the ids of its controls as they were: policies name them, and two must not be one."""
    replace = msgspec.structs.replace
    profiles = tuple(
        replace(one, id=before.id) for one, before in zip(cleaned.profiles, original.profiles, strict=True)
    )
    days = []
    for day, old in zip(cleaned.days, original.days, strict=True):
        pairs = zip(day.controls, old.controls, strict=True)
        scores = [replace(one, control_name=before.control_name) for one, before in pairs]
        listed = scores if day.score.control_scores is not None else None
        days.append(replace(day, score=replace(day.score, control_scores=listed)))
    return replace(cleaned, days=tuple(days), profiles=profiles)


class _People:
    """Cleans values of what names people."""

    def clean(self, value: object, member: str = "", depth: int = 0) -> object:
        """The value, with all that it holds.

        Args:
            value: as JSON holds it.
            member: the name of the member that holds it.
            depth: how many values it lies in.
        """
        if depth > _DEEPEST or (member in _OF_PEOPLE and value):
            return REDACTED
        match value:
            case str():
                return self.text(value, member)
            case dict():
                return {self.text(key): self.clean(one, key, depth + 1) for key, one in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.clean(one, member, depth + 1) for one in value]
            case _:
                return value

    def text(self, text: str, member: str = "") -> str:
        """A text of a member without addresses of mail."""
        del member
        return _ADDRESS.sub(REDACTED, text) if _MAY_HOLD_ADDRESS.search(text) else text


class _WholeTenant(_People):
    """Cleans values of what names the tenant, too."""

    def __init__(self, snapshot: Snapshot, names: Iterable[str]) -> None:
        ids = {snapshot.tenant, *(day.score.azure_tenant_id or "" for day in snapshot.days)}
        ids |= {profile.azure_tenant_id or "" for profile in snapshot.profiles}
        self._ids = {tenant.casefold() for tenant in ids if tenant}
        known = {*ids, *names} - {""}
        # Some programs write a GUID without its hyphens.
        known |= {one.replace("-", "") for one in known if re.fullmatch(_GUID, one)}
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(_pattern, longest_first)), re.IGNORECASE) if known else None

    def text(self, text: str, member: str = "") -> str:
        """A text of a member without addresses, ids and domains."""
        text = super().text(text)
        if self._known is not None and member not in _JUDGED:
            text = self._known.sub(self._replacement, text)
        return _DOMAIN.sub(REDACTED, text)

    def _replacement(self, found: re.Match[str]) -> str:
        return pseudonym(found[0]) if found[0].casefold() in self._ids else REDACTED


def _pattern(name: str) -> str:
    """Where a name stands in a text: a GUID anywhere, any other by itself, since it may be a word."""
    written = re.escape(name)
    return written if re.fullmatch(_GUID, name) else rf"(?<![A-Za-z0-9]){written}(?![A-Za-z0-9])"
