"""What tenants and policies say, made harmless for each place where it is shown."""

import re

REPLACEMENT = "\ufffd"

# Runners execute these wherever they stand in a line of a log: a word joiner breaks the token.
_COMMANDS = (("##[", "##\u2060["), ("##vso[", "##vso\u2060["))
# Everything that is not a Char of XML 1.0, the C1 controls, and the two noncharacters of the basic plane.
_NOT_XML = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def line(text: str) -> str:
    """Text for a terminal or a log, in one line: whatever does not print is shown by its code.

    Escape sequences, bidirectional overrides and line breaks lose their power; so do the commands that CI runners
    read out of logs. Source: docs.github.com, workflow commands; the Azure Pipelines agent's logging commands.
    """
    if not text.isprintable():
        text = "".join(_shown(character) for character in text)
    if "##" in text:
        for command, broken in _COMMANDS:
            text = text.replace(command, broken)
    return text


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    if character in "\t\n\r\u00a0\u202f\u2009\u2003\u2002\u3000":
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def xml(text: str) -> str:
    """Text of which every character may stand in XML 1.0; the others become U+FFFD."""
    return text if text.isascii() and text.isprintable() else _NOT_XML.sub(REPLACEMENT, text)


def sarif(text: str) -> str:
    """Text for ``message.text``: brackets and backslashes escaped, so that it holds no link (SARIF 2.1.0, 3.11.6)."""
    text = line(text)
    if "\\" in text or "[" in text or "]" in text:
        text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return text


def markdown(text: str) -> str:
    """Text for Markdown, in one line: every ASCII punctuation mark is a numeric entity, so that nothing is markup."""
    return "".join(
        f"&#{ord(character)};" if character.isascii() and not character.isalnum() and character != " " else character
        for character in line(text)
    )
