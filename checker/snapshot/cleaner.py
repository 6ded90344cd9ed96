"""Values without names: the one place that knows where people and tenants are named, for readings and for answers.

What this cannot hide is listed in docs/how-to/redact.md.
"""

import functools
import re
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from checker.snapshot.ids import is_pseudonym, pseudonym
from checker.snapshot.redaction import REDACTED, Redaction

S = TypeVar("S", bound=msgspec.Struct)

# The members of a state's history that people are named in, or write what they like; as Graph, SQL and reports spell
# them.
_OF_PEOPLE = frozenset({"assignedTo", "assigned_to", "by", "comment", "updatedBy", "updated_by"})
OPTIONS_OF_TENANT = frozenset({"client-id", "tenant"})
"""The options whose values name the tenant, or an application of it."""
# Texts are links and HTML too, so a character may be written as either escapes it, and tags may stand beside it.
_AT = "(?:[@\N{FULLWIDTH COMMERCIAL AT}\N{SMALL COMMERCIAL AT}]|%(?:25)*40|&(?:commat|#0*64|#x0*40);?)"
_TAGS = r"(?:<[^<>]{0,200}>){0,3}"
_DOT = rf"{_TAGS}(?:\.|%(?:25)*2e|&(?:period|#0*46|#x0*2e);?){_TAGS}"
# The local part holds what RFC 5322 allows in it, but for what parts an address from a URL; a guest's has ``#EXT#``.
_LOCAL = r"(?:[\w.%+'’#!$*^{|}~\u0300-\u036f-]|&#?\w{1,8};|<wbr ?/?>)"
_MAY_HOLD_ADDRESS = re.compile(_AT, re.IGNORECASE)
_ADDRESS = re.compile(rf"""(?:{_LOCAL}{{1,64}}|"[^"@]{{1,64}}"){_TAGS}{_AT}{_TAGS}[\w.-]{{1,255}}""", re.IGNORECASE)
# The names that a tenant has at Microsoft, in every cloud.
_DOMAIN = re.compile(
    (
        # A name of DNS has hyphens in place of the dots.
        r"[\w-]{1,63}-onmicrosoft-(?:com|us|de|cn)"
        r"|[\w-]{1,63}(?:\.mail)?\.onmicrosoft\.(?:com|us|de|cn)|[\w-]{1,63}\.partner\.onmschina\.cn"
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
# Of an answer: what tells its kind, and what policies name; two of these must not become one.
_NAMED_BY_POLICIES = frozenset({"apiVersion", "kind", "control", "requirement", "alsoRequiredBy"})
# Deeper than anything of Graph's; only members of which nobody knows the shape can be.
_DEEPEST = 20
_KEPT_TEXTS = 4096
_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_GUID_WITHOUT_HYPHENS = r"[0-9A-Fa-f]{32}"
# Where a name that may be a word begins; an escape before it ends with a letter or a digit, too.
_BEGIN = r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2}))"


class Cleaner:
    """Cleans nothing: the level ``none``."""

    level = Redaction.NONE

    def text(self, text: str, member: str = "") -> str:
        """A text of a member without names."""
        del member
        return text

    def clean(self, value: object, member: str = "", depth: int = 0) -> object:
        """The value, with all that it holds.

        Args:
            value: as JSON holds it, or a record of ours.
            member: the name of the member that holds it.
            depth: how many values it lies in.
        """
        del member, depth
        return value

    def record(self, record: S) -> S:
        """A record of ours, with all that it holds; ids of controls and requirements stay as they are."""
        return record


class _People(Cleaner):
    """Cleans values of what names people."""

    level = Redaction.PEOPLE

    def clean(self, value: object, member: str = "", depth: int = 0) -> object:
        if depth > _DEEPEST or (member in _OF_PEOPLE and value):
            return REDACTED
        match value:
            case str():
                return self.text(value, member)
            case dict():
                return {self.text(key): self.clean(one, key, depth + 1) for key, one in value.items()}
            case msgspec.Struct():
                return self.record(value)
            case list() | tuple() | set() | frozenset():
                cleaned = (self.clean(one, member, depth + 1) for one in value)
                return tuple(cleaned) if isinstance(value, tuple) else list(cleaned)
            case _:
                return value

    def record(self, record: S) -> S:
        found = {one.name: (one.encode_name, getattr(record, one.name)) for one in msgspec.structs.fields(record)}
        cleaned = {
            name: value if member in _NAMED_BY_POLICIES else self.clean(value, member)
            for name, (member, value) in found.items()
        }
        return msgspec.structs.replace(record, **cleaned)

    def text(self, text: str, member: str = "") -> str:
        del member
        return _ADDRESS.sub(REDACTED, text) if _MAY_HOLD_ADDRESS.search(text) else text


class _WholeTenant(_People):
    """Cleans values of what names the tenant, too."""

    level = Redaction.TENANT

    def __init__(self, tenants: Iterable[str], names: Iterable[str]) -> None:
        ids = {tenant for tenant in tenants if tenant}
        self._ids = {tenant.casefold() for tenant in ids}
        known = {*ids, *names} - {""}
        # Some programs write a GUID without its hyphens.
        known |= {one.replace("-", "") for one in known if re.fullmatch(_GUID, one)}
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(_pattern, longest_first)), re.IGNORECASE) if known else None
        # Members and most values are the same on every day.
        self._text = functools.lru_cache(maxsize=_KEPT_TEXTS)(self._cleaned)

    def text(self, text: str, member: str = "") -> str:
        return self._text(text, member in _JUDGED)

    def _cleaned(self, text: str, is_judged: bool) -> str:
        text = super().text(text)
        if self._known is not None and not is_judged:
            text = self._known.sub(self._replacement, text)
        return _DOMAIN.sub(REDACTED, text)

    def _replacement(self, found: re.Match[str]) -> str:
        return pseudonym(found[0]) if found[0].casefold() in self._ids else REDACTED


def cleaner(level: Redaction, tenants: Iterable[str | None] = (), names: Iterable[str | None] = ()) -> Cleaner:
    """What cleans values at a level.

    Args:
        level: what is left out.
        tenants: ids of the tenants that the values are of, which pseudonyms take the place of.
        names: their other names, such as the domain that was asked for.
    """
    match level:
        case Redaction.NONE:
            return Cleaner()
        case Redaction.PEOPLE:
            return _People()
        case Redaction.TENANT:
            return _WholeTenant([one for one in tenants if one], [one for one in names if one])


def ids_in(text: str) -> set[str]:
    """The ids in a text that have the form of a tenant's, but for pseudonyms."""
    return {one for one in re.findall(_GUID, text) if not is_pseudonym(one)}


def _pattern(name: str) -> str:
    """Where a name stands in a text: a GUID anywhere, any other by itself, since it may be a word."""
    written = re.escape(name).replace(r"\.", _DOT)
    is_guid = re.fullmatch(rf"{_GUID}|{_GUID_WITHOUT_HYPHENS}", name) is not None
    return written if is_guid else rf"{_BEGIN}{written}(?![A-Za-z0-9])"
