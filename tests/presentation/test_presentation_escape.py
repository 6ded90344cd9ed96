import json
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
@settings(deadline=None, max_examples=100)
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
@settings(deadline=None, max_examples=50)
def test_sarif_text_reads_as_its_line(text: str) -> None:
    shown = escape.sarif(text)
    assert re.sub(r"\\([\\\[\]])", r"\1", shown) == escape.line(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]]", shown)


def test_markdown_is_entities() -> None:
    assert escape.markdown("<b>|a|</b> @x #1 `c` ü\n[x](y)") == (
        "&#60;b&#62;&#124;a&#124;&#60;&#47;b&#62; &#64;x &#35;1 &#96;c&#96; ü &#91;x&#93;&#40;y&#41;"
    )


@given(ANY_TEXT | MARKS)
@settings(deadline=None, max_examples=50)
def test_markdown_has_no_markup(text: str) -> None:
    rest = re.sub(r"&#\d+;", "", escape.markdown(text))
    assert all(character.isalnum() or character == " " or not character.isascii() for character in rest)


@given(st.text(st.characters(exclude_categories=["Cs"])) | MARKS.map(lambda text: text.replace("\ud800", "")))
@settings(deadline=None, max_examples=100)
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
@settings(deadline=None, max_examples=50)
def test_code_holds_no_tag_but_its_own(text: str) -> None:
    shown = escape.code(text, text)
    assert re.findall(r"<[^>]*>", shown) == ["<code>", "</code>", "<br>"]
    assert escape.code("a`b") == "<code>a&#96;b</code>"


@given(ANY_TEXT | MARKS)
@settings(deadline=None, max_examples=50)
def test_xml_is_read_back_as_the_line(text: str) -> None:
    shown = escape.line(text)
    root = ET.fromstring(f'<a b="{escape.xml(shown)}">{escape.xml(shown)}</a>')
    assert (root.text or "", root.get("b")) == (shown, shown)
