"""What Markdown, or a site that shows it, may take for markup, as numeric entities; the rest of a text stays.

Most text holds none of it, and of the rest most holds one kind, so each kind is looked for by itself: a pattern of all
of them takes ten times as long, and twenty times as long to compile.
"""

import re
from functools import cache

# Most text: it begins with a letter, holds nothing that is markup anywhere and does not end as a number of a list.
_HARMLESS = r"[A-Za-z][A-Za-z0-9 ,;'\"()?!.%/-]*(?<![0-9][.)])"
# Markup wherever it stands.
_ANYWHERE = r"[\\`*<>&|~#$\[\]{}^]"
# Beside a word; within one it is a part of the word.
_UNDERSCORE = r"(?<![^\W_])_|_(?![^\W_])"
# A mention; within a word it is an address of mail.
_MENTION = r"(?<!\w)@"
# An address, an emoji; not a time of day.
_COLON = r":(?=/|(?!\d\d?:)[\w+-]+:)"
# The same at the end of a text that others follow.
_COLON_OF_PART = rf"{_COLON}|:(?=[\w+-]*$)"
_ADDRESS = r"(?i:(?<=www))\."
# A list, a heading.
_LINE_START = r"^(?:[-+](?=\s|$)|[-=](?=[-=\s]*$))"
# A numbered list.
_NUMBER = r"(?:(?<=^\d)|(?<=^\d\d)|(?<=^\d\d\d)|(?<=^\d{4}))[.)](?=\s|$)"
# What the text before may make markup of.
_SIGNS_OF_START = frozenset("-+=.):!/@")
# As re's own cache, in a fifth of the time.
_compiled = cache(re.compile)
_ENTITIES = {chr(code): f"&#{code};" for code in range(0x21, 0x7F) if not chr(code).isalnum()}


def without_markup(text: str) -> str:
    """A line of text that reads the same in Markdown."""
    return text if _is_harmless(text) else _escaped(text, _COLON)


def without_markup_of_part(text: str) -> str:
    """The same of a text that others stand beside, which may make markup of its ends.

    Args:
        text: a line; it may begin and end with blanks.
    """
    words = text.strip(" ")
    if not words or _is_harmless(words):
        return text
    words = text.lstrip()
    escaped = _escaped(words, _COLON_OF_PART)
    first, last = words[:1], words[-1:]
    # What differs from the text is an entity already.
    if first in _SIGNS_OF_START and escaped[0] == first:
        escaped = _ENTITIES[first] + escaped[1:]
    if last in {".", ")"} and words[-2:-1].isdecimal() and escaped[-1] == last:
        escaped = escaped[:-1] + _ENTITIES[last]
    return text[: len(text) - len(words)] + escaped


def _is_harmless(text: str) -> bool:
    return _compiled(_HARMLESS).fullmatch(text) is not None and "www" not in text.lower()


def _escaped(text: str, colon: str) -> str:
    """The text with an entity for each sign of markup.

    An entity begins and ends with a sign that is no part of a word, as what it stands for, so that the kinds don't
    disturb each other.
    """
    escaped = _compiled(_ANYWHERE).sub(_entity, text)
    if ":" in text:
        escaped = re.sub(colon, _entity, escaped)
    if "@" in text:
        escaped = re.sub(_MENTION, _entity, escaped)
    # After those to which it is a letter.
    if "_" in text:
        escaped = re.sub(_UNDERSCORE, _entity, escaped)
    if "www" in text.lower():
        escaped = re.sub(_ADDRESS, _entity, escaped)
    if text[:1] in {"-", "+", "="}:
        escaped = re.sub(_LINE_START, _entity, escaped)
    elif text[:1].isdecimal():
        escaped = re.sub(_NUMBER, _entity, escaped)
    return escaped


def _entity(found: re.Match[str]) -> str:
    return _ENTITIES[found[0]]
