"""An independent reader of Markdown: what it finds in what we write."""

import re

from markdown_it import MarkdownIt

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What Markdown's own readers know nothing of, and sites do: addresses, mentions, emoji, mathematics, issues.
OF_SITES = re.compile(r"(?i:https?://|www\.)|(?<!\w)@\w|:(?!\d\d?:)[\w+-]+:|\$|#(?!\d+;)")
# Ids stand in code type, in backticks or in a tag.
CODE = {"code_inline", "html_inline", "text"}


def kinds(text: str) -> set[str]:
    """The kinds of everything in a text of Markdown."""
    return {one.type for token in READER.parse(text) for one in (token, *(token.children or ()))}


def tags(text: str) -> set[str]:
    """The tags of HTML in a text of Markdown."""
    every = (one for token in READER.parse(text) for one in (token, *(token.children or ())))
    return {one.content for one in every if one.type in {"html_inline", "html_block"}}
