"""Which words of a policy are known: the one place that tells a typo from what this tenant doesn't have.

A word is known when the tenant uses it, on any day, or when the catalogue lists it. The catalogue is read only for a
word that the tenant doesn't use.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from checker.documents.suggest import ValidWords
from checker.requirements.terms.pattern import control_matcher, is_pattern
from checker.requirements.words import WordGroup, WordKind
from checker.snapshot.model import Day
from checker.tenant.lookup import bare
from checker.tenant.tenant import Tenant

# Defender's ids end in a number, so that the nearest one is as good as any.
_NUMBERED = "scid_"
_CONNECTOR = "mda_"


class UnknownWord(msgspec.Struct, frozen=True):
    """A word that neither the tenant nor the catalogue has.

    Attributes:
        kind: what it should name.
        word: as it is written.
        message: what to say of it, without a full stop.
        is_likely_typo: a known word is near, or Microsoft seldom adds words of this kind; else it may just be new.
    """

    kind: WordKind
    word: str
    message: str
    is_likely_typo: bool

    @property
    def code(self) -> str:
        """A stable name for warnings and findings."""
        return "unknown-control" if self.kind is WordKind.CONTROL else "unknown-word"


@lru_cache(1024)  # the same few words of many controls
def fold(word: str | None) -> str:
    """A word without case and blanks: ``Account breach`` is ``accountBreach``."""
    return "".join((word or "").split()).casefold()


@lru_cache(1)
def vocabulary_of(tenant: "Tenant") -> "Vocabulary":
    """The tenant's words, looked for once a run; requirements ask one after the other."""
    return Vocabulary(tenant)


class Vocabulary:
    """The words that one tenant and the catalogue know; the catalogue's alone without a tenant."""

    def __init__(self, tenant: Tenant | None = None, *, seen: Sequence[str] = ()) -> None:
        """Reads nothing yet.

        Args:
            tenant: whose words are known.
            seen: control ids that are known besides, such as those of a lock.
        """
        self._tenant = tenant
        self._seen = seen
        self._sees_all = tenant is not None and tenant.newest is not None and tenant.has_all_profiles
        self._folded: dict[tuple[WordKind, int], frozenset[str]] = {}
        self._own: dict[WordKind, ValidWords] = {}
        self._near: dict[tuple[WordKind, str], str | None] = {}
        self._controls: list[str] | None = None

    def unknown(self, groups: Iterable[WordGroup]) -> Iterator[UnknownWord]:
        """The words that nobody knows, in order."""
        for group in groups:
            for word in group.words:
                if not self.is_known(group.kind, word):
                    yield self._unknown(group.kind, word)

    def typos(self, groups: Iterable[WordGroup]) -> Iterator[UnknownWord]:
        """The same without those that may just be new, where no tenant's complete data tells."""
        return (unknown for unknown in self.unknown(groups) if self._sees_all or unknown.is_likely_typo)

    def first_unknown(self, groups: Iterable[WordGroup]) -> UnknownWord | None:
        """A word because of which nothing can fit: of the first key all of whose words are unknown; else None."""
        for group in groups:
            found = list(self.unknown([group]))
            if group.decides and found and len(found) == len(group.words):
                return found[0]
        return None

    def is_known(self, kind: WordKind, word: str) -> bool:
        """Whether the tenant or the catalogue knows the word."""
        return self._tenant_knows(kind, word) or self._catalogue_knows(kind, word)

    def _tenant_knows(self, kind: WordKind, word: str) -> bool:
        tenant = self._tenant
        if tenant is None:
            return False
        if kind is not WordKind.CONTROL:
            # Nearly every word is of the newest day.
            days = tenant.snapshot.days
            return self._uses(kind, word, days[:1]) or self._uses(kind, word, days)
        if not is_pattern(word):
            return tenant.control(word) is not None or tenant.scored_earlier(word) is not None
        if self._controls is None:
            self._controls = _words_of(tenant, kind, ())
        matches = control_matcher([word])
        return any(matches(name) for name in self._controls)

    def _uses(self, kind: WordKind, word: str, days: Sequence[Day]) -> bool:
        """Whether the profiles or these days use the word."""
        assert self._tenant is not None
        key = (kind, len(days))
        if key not in self._folded:
            self._folded[key] = frozenset(map(fold, _words_of(self._tenant, kind, days)))
        return fold(word) in self._folded[key]

    def _catalogue_knows(self, kind: WordKind, word: str) -> bool:
        if kind is not WordKind.CONTROL:
            return fold(word) in map(fold, _listed(kind))
        if any(map(control_matcher([word]), self._seen)):
            return True
        if not is_pattern(word):
            from checker.catalogue.controls import known

            return known(word) is not None
        # The catalogue's ids have no tenant's prefix.
        matches = control_matcher([bare(word)])
        return any(matches(name) for name in _listed(kind))

    def _unknown(self, kind: WordKind, word: str) -> UnknownWord:
        near = None if is_pattern(word) else self._nearest(kind, word)
        hint = f" (did you mean {near}?)" if near is not None else ""
        if kind is not WordKind.CONTROL:
            text = f"{word} is not a known {kind.value}{hint}"
        elif is_pattern(word):
            text = (
                f"no {'known control' if self._tenant is None else 'control that this tenant reports'} matches {word}"
            )
        else:
            what = "not a known control" if self._tenant is None else "not a control that this tenant reports"
            text = f"{word} is {what}{hint or '; check the spelling'}"
        return UnknownWord(kind, word, text, near is not None or not _is_open_ended(kind, word))

    def _nearest(self, kind: WordKind, word: str) -> str | None:
        """The tenant's own word if one is near, else the catalogue's."""
        if word.casefold().startswith(_NUMBERED):
            return None
        key = (kind, word)
        if key not in self._near:
            self._near[key] = next(filter(None, (valid.nearest(word) for valid in self._valid_words(kind))), None)
        return self._near[key]

    def _valid_words(self, kind: WordKind) -> Iterator[ValidWords]:
        if kind not in self._own:
            own = _words_of(self._tenant, kind, self._tenant.snapshot.days) if self._tenant is not None else ()
            self._own[kind] = ValidWords(own)
        yield self._own[kind]
        yield _listed_words(kind)


def _is_open_ended(kind: WordKind, word: str) -> bool:
    """Whether Microsoft adds such words all the time: controls, and services of app connectors."""
    return kind is WordKind.CONTROL or (kind is WordKind.SERVICE and word.casefold().startswith(_CONNECTOR))


def _words_of(tenant: Tenant, kind: WordKind, days: Sequence[Day]) -> list[str]:
    """The words of one kind that a tenant's data uses: its controls, or else its profiles and some of its days."""
    profiles = tenant.snapshot.profiles
    match kind:
        case WordKind.CONTROL:
            words: Iterable[str | None] = [*tenant.known_ids(), *tenant.earlier_ids()]
        case WordKind.CATEGORY:
            words = [score.control_category for day in days for score in day.controls]
            words += [profile.control_category for profile in profiles]
        case WordKind.LICENCE:
            words = [service for day in days for service in day.score.enabled_services or ()]
        case WordKind.THREAT:
            words = [threat for profile in profiles for threat in _texts(profile.threats)]
        case _:
            member = kind.value.replace(" ", "_")
            words = [text for profile in profiles for text in _texts(getattr(profile, member))]
    return list(dict.fromkeys(word for word in words if word))


def _texts(value: object) -> list[str]:
    """The texts of a profile's member, whatever Graph sent."""
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]


@lru_cache
def _listed_words(kind: WordKind) -> ValidWords:
    return ValidWords(_listed(kind))


def _listed(kind: WordKind) -> tuple[str, ...]:
    from checker.catalogue.words import known_words

    return known_words(kind.value)
