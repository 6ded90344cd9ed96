import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.documents.suggest import did_you_mean, nearest

WORDS = ("severity", "enforcement", "onMissing", "AdminMFAV2", "minimum", "maximum")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("sevrity", "severity"),
        ("SEVERITY", "severity"),
        ("adminmfav2", "AdminMFAV2"),
        ("on_missing", "onMissing"),
        ("minimun", "minimum"),
        ("", None),
        ("zzz", None),
        ("severity" * 100_000, None),
    ],
)
def test_the_nearest_word(word: str, expected: str | None) -> None:
    assert nearest(word, WORDS) == expected
    assert did_you_mean(word, WORDS) == (f" (did you mean {expected!r}?)" if expected else "")


def test_no_words() -> None:
    assert nearest("severity", ()) is None


@settings(deadline=None, max_examples=examples(50))
@given(st.sets(st.text(max_size=8)), st.text(max_size=8), st.randoms())
def test_the_order_of_the_words_does_not_matter(words: set[str], word: str, random: st.DrawFn) -> None:
    ordered = sorted(words)
    shuffled = sorted(words, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert nearest(word, shuffled) == nearest(word, ordered)
