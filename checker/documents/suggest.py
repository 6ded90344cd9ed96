"""The nearest valid word for a mistyped one."""

from collections.abc import Iterable

_MANY = 50


class ValidWords:
    """Valid words, made ready to be compared with many mistyped ones."""

    def __init__(self, words: Iterable[str]) -> None:
        self._spelled = {word.casefold(): word for word in sorted(words, reverse=True)}

    def nearest(self, word: str) -> str | None:
        """The word that ``word`` was probably meant to be, or None when no word is near.

        Case is ignored first (``adminmfav2`` → ``AdminMFAV2``), then the distance decides.
        """
        folded = word.casefold()
        if folded in self._spelled:
            return self._spelled[folded]
        candidates: Iterable[str] = self._spelled
        if len(self._spelled) > _MANY:
            # A typo rarely changes both ends of a word, and comparing with hundreds of words takes milliseconds.
            start, end = folded[:1], folded[-4:]
            candidates = [name for name in self._spelled if name[:1] == start or name[-4:] == end]
        if not candidates:
            return None
        from difflib import get_close_matches

        close = get_close_matches(folded[:100], candidates, n=1, cutoff=0.7)
        return self._spelled[close[0]] if close else None


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word of ``words`` that ``word`` was probably meant to be; see ``ValidWords``."""
    return ValidWords(words).nearest(word)


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """`` (did you mean 'x'?)``, or an empty string when no word is near."""
    found = nearest(word, words)
    return f" (did you mean {found!r}?)" if found is not None else ""
