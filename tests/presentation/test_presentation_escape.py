import html
import json
import re
from xml.etree import ElementTree as ET

import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_reader import OF_SITES, kinds

from checker.presentation import escape

ANY_TEXT = st.text(st.characters())
# Text with the marks that are special somewhere, so that a few examples meet many of them.
MARKS = st.lists(
    st.sampled_from([*"#:[]()\\`<>&|@ \t\r\n\x1b\x9b\u202e\u2066\ufffe\ud800av", "##[", "##vso[", "::"])
).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – text’s ümlaut 漢字", "plain – text’s ümlaut 漢字"),
        ("a\tb\r\nc\u00a0d\u202fe\u3000f", "a b  c d e f"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b2J \x07 \x00 \x7f \xad", "\\x9b2J \\x07 \\x00 \\x7f \\xad"),
        ("\u202eelif\u202c \u200b \u2028 \ufeff", "\\u202eelif\\u202c \\u200b \\u2028 \\ufeff"),
        ("\ufffe \ud800 \U0001fffe \U000e0041", "\\ufffe \\ud800 \\U0001fffe \\U000e0041"),
    ],
)
def test_line_shows_what_does_not_print(text: str, shown: str) -> None:
    assert escape.line(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x ##[set-output name=r;]pass", "x ## [set-output name=r;]pass"),
        ("###[error]", "### [error]"),
        ("##vso[task.complete result=Succeeded;]", "## vso[task.complete result=Succeeded;]"),
        ("##VSO[x] ##teamcity[y]", "## VSO[x] ## teamcity[y]"),
        ("issue ##12 [a]", "issue ##12 [a]"),
        ("::error::x", ": :error::x"),
        ("long text ::stop-commands::x", "long text : :stop-commands::x"),
        ("a\n::add-mask::x", "a : :add-mask::x"),
        (":::::", ": : : : :"),
        ("std::string 2001:db8::1 a: b", "std::string 2001:db8::1 a: b"),
    ],
)
def test_line_breaks_commands_of_runners(text: str, shown: str) -> None:
    assert escape.line(text) == shown


@given(ANY_TEXT | MARKS)
@settings(deadline=None, max_examples=examples(100))
def test_line_is_one_printable_line_without_commands(text: str) -> None:
    shown = escape.line(text)
    assert shown.isprintable()
    assert escape.line(shown) == shown
    assert not re.search(r"##\w*\[", shown)
    # Wherever a line is wrapped, no word begins a command of GitHub's runner.
    assert not any(word.startswith("::") for word in shown.split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see [x](1)", r"see \[x\](1)"),
        ("a\\b", r"a\\b"),
        ("\x1b[2J", r"\\x1b\[2J"),
        ("plain", "plain"),
    ],
)
def test_sarif_text_holds_no_link(text: str, shown: str) -> None:
    assert escape.sarif(text) == shown


@given(ANY_TEXT | MARKS)
@settings(deadline=None, max_examples=examples(50))
def test_sarif_text_reads_as_its_line(text: str) -> None:
    shown = escape.sarif(text)
    assert re.sub(r"\\([\\\[\]])", r"\1", shown) == escape.line(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]]", shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>|a|</b> ü\n[x](y)", "&#60;b&#62;&#124;a&#124;&#60;/b&#62; ü &#91;x&#93;(y)"),
        ("@x #1 `c`", "&#64;x &#35;1 &#96;c&#96;"),
        ("mdo_safelinks by admin@contoso.example, at 12:30:00", "mdo_safelinks by admin@contoso.example, at 12:30:00"),
        ("policies/contoso.yaml:21:5 (SEC-204)", "policies/contoso.yaml:21:5 (SEC-204)"),
        ("_x_ a_ _b *c* ~d~", "&#95;x&#95; a&#95; &#95;b &#42;c&#42; &#126;d&#126;"),
        ("https://x.example www.x.example WWW.x", "https&#58;//x.example www&#46;x.example WWW&#46;x"),
        (":smile: a:100:b 1:2", "&#58;smile: a&#58;100:b 1:2"),
        ("1. x", "1&#46; x"),
        ("12) x", "12&#41; x"),
        ("1.5 of 2", "1.5 of 2"),
        ("- x", "&#45; x"),
        ("-5.00, +2", "-5.00, +2"),
        ("---", "&#45;--"),
        ("    x", "x"),
        ("${{ x }} $a$", "&#36;&#123;&#123; x &#125;&#125; &#36;a&#36;"),
    ],
)
def test_markdown_leaves_what_is_no_markup(text: str, shown: str) -> None:
    assert escape.markdown(text) == shown


PLAIN = {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}


@pytest.mark.parametrize("place", ["{}", "- {}", "- **a:** {}", "### {}", "> {}", "a\n{}\nb", "| a |\n|---|\n| {} |"])
@given(text=ANY_TEXT | MARKS)
@settings(deadline=None, max_examples=examples(60))
def test_markdown_has_no_markup_of_others_wherever_it_stands(text: str, place: str) -> None:
    shown = escape.markdown(text)
    assert kinds(place.format(shown)) <= kinds(place.format("word")) | {"softbreak"}
    assert html.unescape(shown) == escape.line(text).strip()
    assert not OF_SITES.search(shown)


@given(st.lists(ANY_TEXT | MARKS, min_size=1, max_size=4))
@settings(deadline=None, max_examples=examples(60))
def test_parts_of_markdown_make_no_markup_together(texts: list[str]) -> None:
    shown = "".join(map(escape.markdown_part, texts)).strip()
    assert kinds(shown) <= PLAIN
    assert not OF_SITES.search(shown)


@pytest.mark.parametrize(
    "parts", [(" -", " x"), ("1", ". x"), (" 1.", " x"), (" #", " x"), ("http", "s://x.example"), (":smi", "le:")]
)
def test_parts_of_a_mark_make_no_mark_together(parts: tuple[str, ...]) -> None:
    shown = "".join(map(escape.markdown_part, parts)).strip()
    assert kinds(shown) <= PLAIN
    assert not OF_SITES.search(shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://x.example/a_b?c=1&d=2.", "see <https://x.example/a_b?c=1&d=2>."),
        ("the portal <https://x.example/> (new)", "the portal <https://x.example/> (new)"),
        ("http://x.example https://me@x.example", "http&#58;//x.example https&#58;//me@x.example"),
        ("*a* https://x.example", "&#42;a&#42; <https://x.example>"),
        ("none", "none"),
    ],
)
def test_addresses_of_ours_become_links(text: str, shown: str) -> None:
    assert escape.linked(text) == shown


@given(ANY_TEXT | MARKS)
@settings(deadline=None, max_examples=examples(60))
def test_linked_text_has_no_markup_but_links(text: str) -> None:
    shown = escape.linked(f"{text}https://x.example/ {text}")
    assert kinds(shown) <= PLAIN | {"link_open", "link_close"}


def test_a_link_needs_a_safe_address() -> None:
    assert escape.link("a]b", "https://x.example/(c)") == "[a&#93;b](https://x.example/%28c%29)"
    assert escape.link("a", "javascript:alert(1)") == escape.link("a", None) == "a"


@given(st.text(st.characters(exclude_categories=["Cs"])) | MARKS.map(lambda text: text.replace("\ud800", "")))
@settings(deadline=None, max_examples=examples(100))
def test_json_keeps_its_values_and_is_harmless_in_a_log(text: str) -> None:
    data = json.dumps({text: [text]}, indent=2, ensure_ascii=False).encode()
    shown = escape.json(data)
    assert json.loads(shown) == {text: [text]}
    words = shown.decode()
    assert not re.search(r"##\w*\[", words, re.ASCII)
    assert not re.search(
        "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ufffe\uffff]", words
    )


def test_json_shows_what_does_not_print_by_its_code() -> None:
    data = '{"a": "##[x] ##vso[y] \x9b \u202e \u2066 \ufeff ü 漢"}'.encode()
    assert escape.json(data).decode() == ('{"a": "\\u0023#[x] \\u0023#vso[y] \\u009b \\u202e \\u2066 \\ufeff ü 漢"}')


@given(ANY_TEXT | MARKS)
@settings(deadline=None, max_examples=examples(80))
def test_code_holds_no_markup_but_its_own(text: str) -> None:
    shown = escape.code(text, text)
    assert kinds(shown) <= PLAIN | {"code_inline", "html_inline"}
    assert set(re.findall(r"<[^>]*>", re.sub(r"`[^`]*`", "", shown))) <= {"<code>", "</code>", "<br>"}


def test_code_is_a_tag_where_backticks_would_not_hold_it() -> None:
    assert escape.code("mdo_x.y/z [a]") == "`mdo_x.y/z [a]`"
    assert escape.code("a`b") == "<code>a&#96;b</code>"
    assert escape.code("a|b") == "<code>a&#124;b</code>"
    assert escape.code("a", escape.Markup("[b](c)")) == "`a`<br>[b](c)"


@given(ANY_TEXT | MARKS)
@settings(deadline=None, max_examples=examples(50))
def test_xml_is_read_back_as_the_line(text: str) -> None:
    shown = escape.line(text)
    root = ET.fromstring(f'<a b="{escape.xml(shown)}">{escape.xml(shown)}</a>')
    assert (root.text or "", root.get("b")) == (shown, shown)
