import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from checker.presentation.links import safe_link
from checker.presentation.rich_text import rich_text

LINK = "<a href='https://contoso.example/x'>here</a>"


def markdown(html: str, longest: int = 100_000) -> str:
    return rich_text(html, longest=longest, safe=safe_link)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain\r\n\twords", "plain words"),
        ("<p>One</p><p>Two &amp; three</p>", "One\n\nTwo &#38; three"),
        ("a<br>b", "a\n\nb"),
        ("<b>bold</b>ly <em>x</em>", "boldly x"),
        ("<h2>Head</h2>text", "**Head**\n\ntext"),
        ("<p>Do:<ul><li>a</li><li>b</li></ul>after", "Do&#58;\n\n- a\n- b\n\nafter"),
        ("<ol><li>a<li></li><li>b</ol><ol><li>c", "1. a\n2. b\n1. c"),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", "- a\n    1. b\n- c"),
        ("<ul><ul><ul><li>deep", "- deep"),
        ("<li>stray</li>", "- stray"),
        ("<ul><li><p>a</p><p>more</p></li></ul>", "- a\n\n    more"),
        ("<tr><td>1</td> <td>2</td></tr>", "1 2"),
        ("1. no list\n- nor here", "1&#46; no list - nor here"),
        (f"go {LINK}.", "go [here](https://contoso.example/x)&#46;"),
        ("<a href=https://contoso.example/x> here </a>x", " [here](https://contoso.example/x) x".strip()),
        ('<A HREF=""https://contoso.example/x"" target=""_blank"">h</A>', "[h](https://contoso.example/x)"),
        ("<a href='https://contoso.example/?a=1&amp;b=2'>h</a>", "[h](https://contoso.example/?a=1&b=2)"),
        ("<a href='https://contoso.example/a(b)'>h</a>", "[h](https://contoso.example/a%28b%29)"),
        ("<a href='https://contoso.example/x'></a>y", "y"),
        (
            f"<a href='https://contoso.example/y'>o{LINK}</a>",
            "[o](https://contoso.example/y)" + "[here](https://contoso.example/x)",
        ),
        ("<a href='https://contoso.example/x'>h<p>next", "[h](https://contoso.example/x)\n\nnext"),
        ("<a href='http://contoso.example/'>h</a>", "h"),
        ("<a href='javascript:alert(1)'>h</a>", "h"),
        ("<a href='java&#115;cript:alert(1)'>h</a>", "h"),
        ("<a data-href='https://contoso.example/x'>h</a>", "h"),
        ("<a name='x'>h</a>", "h"),
        ("<img src='https://spy.example/'>h", "h"),
        ("<script>alert('[x](https://spy.example/)')</script>h<!-- c -->", "h"),
        (
            "[x](https://spy.example/) `c` **b** <i",
            "&#91;x&#93;(https&#58;//spy.example/) &#96;c&#96; &#42;&#42;b&#42;&#42; &#60;i",
        ),
        ("&lt;script&gt;", "&#60;script&#62;"),
        ("a\u202eb", "a&#92;u202eb"),
    ],
)
def test_markdown_keeps_paragraphs_lists_and_links(html: str, text: str) -> None:
    assert markdown(html) == text


@pytest.mark.parametrize(
    ("html", "longest", "text"),
    [
        ("<p>first</p>", 12, "first"),
        ("<p>first</p><p>second", 12, "first\n\n…"),
        ("first <a href='https://contoso.example/x'>x</a>", 20, "first\n\n…"),
        ("1 > 2 words", 7, "1 &#62; 2 w\n\n…"),
    ],
)
def test_long_text_is_cut_and_says_so(html: str, longest: int, text: str) -> None:
    assert markdown(html, longest) == text


@given(some.text(alphabet="<>/&;ab \n\"'=!-[]()`*#@:hrefpulio", max_size=80))
def test_nothing_but_links_of_ours_is_markup(html: str) -> None:
    text = markdown(html + LINK)
    assert "<" not in text
    bare = re.sub(r"\[([^\[\]]*)\]\((https://[^()\s]+)\)", r"\1", text)
    assert not re.search(r"[\[\]`<>]|\B@|://", bare)
    for row in text.split("\n"):
        assert re.fullmatch(r"( {4})*(\*\*|- |\d+\. )?[^\s*-].*|", row), row


@pytest.mark.parametrize(
    "part", ["<a href='x", "<a href=", "<a href='https://c.example/'>", "<li>", "<ul>", "</a>", "<a "]
)
def test_tags_that_never_end_take_no_longer_than_others(part: str) -> None:
    assert len(markdown(part * 20_000)) <= 2_000_000


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (None, None),
        ("", None),
        ("https://contoso.example/a?b=c#d", "https://contoso.example/a?b=c#d"),
        ("https://contoso.example/a)b", "https://contoso.example/a%29b"),
        ("HTTPS://contoso.example/", None),
        ("https://user@contoso.example/", None),
        ("https://contoso.example/<x>", None),
    ],
)
def test_only_plain_https_is_a_safe_link(url: str | None, link: str | None) -> None:
    assert safe_link(url) == link
