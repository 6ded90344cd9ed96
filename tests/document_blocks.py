"""What tests of the documentation share: its blocks, the lines of a console, and whether an output is the one shown."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from command_line import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("policies/*/README.md")])
FENCE = re.compile(r"^( *)```(\w*)(?: title=\"([^\"]+)\")?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
ELLIPSIS = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        line: of its fence, from 1.
        language: the empty string where it names none.
        file: what a reader saves it as, from its title.
    """

    document: Path
    line: int
    language: str
    file: str | None
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True)
class ConsoleLine:
    """A command, and what a reader is shown of its output; None where nothing is shown."""

    command: str
    shown: str | None


def blocks(document: Path) -> Iterator[Block]:
    """Every block of a document, in order."""
    text = document.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        yield Block(document, text.count("\n", 0, found.start()) + 1, found[2], found[3], found[4])


def every_block(*languages: str) -> list[Block]:
    """The blocks of all documents in these languages."""
    return [block for document in DOCUMENTS for block in blocks(document) if block.language in languages]


def console_lines(block: Block) -> Iterator[ConsoleLine]:
    """The commands of a block: those behind ``$``, each with its output; without any, every line is a command."""
    text = block.text.replace("\\\n", " ")
    if not re.search(r"^\$ ", text, re.MULTILINE):
        yield from (ConsoleLine(line.strip(), None) for line in text.splitlines() if line.strip())
        return
    first, *rest = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not first, f"{block}: an output without its command"
    for one in rest:
        command, _, shown = one.partition("\n")
        yield ConsoleLine(command.strip(), shown or None)


def arguments(command: str) -> list[str]:
    """The arguments of a command of ours, without comments and what a shell does with its output."""
    return shlex.split(re.split(r" [|>] ", command)[0], comments=True)[1:]


def is_shown(output: str, shown: str) -> bool:
    """Whether ``shown`` is the output; an ellipsis by itself stands for any lines, within a line for any text."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == ELLIPSIS else f"{'.*'.join(map(re.escape, line.split(ELLIPSIS)))}\n"
        for line in shown.splitlines()
    )
    return re.fullmatch(pattern, output) is not None
