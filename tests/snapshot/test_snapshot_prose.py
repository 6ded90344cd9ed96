import pytest
from hypothesis import given
from hypothesis import strategies as some

from checker.snapshot.prose import plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (None, ""),
        ("", ""),
        ("plain words", "plain words"),
        ("<p>One&nbsp;thing.</p>\r\n\t<p>Another &amp; more</p>", "One thing.\nAnother & more"),
        ("<ul><li>a</li><li> b </li></ul>", "- a\n- b"),
        ("Go<br/>on", "Go\non"),
        ('<a href=""https://x"">link</a> here', "link <https://x> here"),
        ('Open <a href="https://x/a?b=1&amp;c">the portal </a>now', "Open the portal <https://x/a?b=1&c> now"),
        ("At <a href=https://x.example/>https://x.example</a>.", "At <https://x.example/>."),
        ('<a href="https://x"><img src=y></a>', "<https://x>"),
        ('<a href="javascript:alert(1)">no</a> <a href="http://x">no</a> <a>no</a>', "no no no"),
        ('<p><a href="https://x">one</p><p>two</a></p>', "one <https://x>\ntwo"),
        ('<a href="https://x">one<a href="https://y">two', "one <https://x>two <https://y>"),
        ("<script>alert(1)</script>kept<style>p{}</style>", "kept"),
        ("a\u200bb", "a b"),
        ("1 < 2 and <b>bold", "1 < 2 and bold"),
        ("<li></li>", ""),
    ],
)
def test_words_without_markup(html: str | None, text: str) -> None:
    assert plain(html) == text


@given(some.text(alphabet="<>/&;ab \n\"'=!-", max_size=60))
def test_whatever_comes_is_lines_without_blanks_at_their_ends(html: str) -> None:
    for text in plain(html).splitlines():
        assert text == text.strip()


@pytest.mark.parametrize("part", ["<a /", "<a =", "<a b='", '<a x="', "<a", "<!--", "<", "&", "<!", "</"])
def test_tags_that_never_end_take_no_longer_than_others(part: str) -> None:
    # A parser that looks ahead for each end would take a minute.
    assert len(plain(part * 25_000)) <= 100_000


def test_comments_are_no_words() -> None:
    assert plain("a<!-- b <p> c -->d<!doctype html>e<!-- never closed") == "ade"
