"""The answer to ``config``: the value of each option of a command, where it is from, and what is refused."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from checker.presentation.escape import Markup, code, markdown
from checker.presentation.paragraphs import remark
from checker.presentation.screen import FILE, Screen
from checker.presentation.tables import TextColumn, markdown_table, text_table
from checker.views.formats import rendered, section

OptionSource = Literal["command-line", "variable", "settings", "default"]
InFile = Literal["taken", "refused", "never"]


class OptionDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One option of the command."""

    option: Annotated[str, Meta(description="Its name, without hyphens in front.")]
    values: Annotated[tuple[str, ...], Meta(description="Addresses are without user and query. Empty: not set.")]
    source: Annotated[OptionSource, Meta(description="Which of them won, in this order.")]
    place: Annotated[str | None, Meta(description="The variable's name, or the line of scoregate.toml.")]
    variables: Annotated[tuple[str, ...], Meta(description="Those that set it, the first one before the others.")]
    in_file: Annotated[InFile, Meta(description="Whether scoregate.toml may set it.")]
    overridden: Annotated[tuple[str, ...], Meta(description="Variables and lines that set it too, and lost.")]


class RefusedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A line of scoregate.toml that every run refuses."""

    setting: str
    place: str
    message: str


class ConfigDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer of ``scoregate config``."""

    schema: ClassVar[tuple[str, str]] = ("config", "The options of a command, and where their values are from")
    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Config"] = "Config"
    command: str
    file: Annotated[str | None, Meta(description="The settings file; null where there is none, or it is ignored.")]
    options: tuple[OptionDocument, ...]
    refused: tuple[RefusedDocument, ...]
    variables: Annotated[tuple[str, ...], Meta(description="Variables of sign-in that are set; no value is shown.")]


def render(name: str, document: ConfigDocument, screen: Screen = FILE) -> bytes:
    """The answer in the format ``name``, one of ``FORMATS``."""
    return rendered(name, document, screen, text=_text, markdown=_markdown)


def _from(one: OptionDocument) -> str:
    lost = f", before {', '.join(one.overridden)}" if one.overridden else ""
    return f"{one.place or one.source}{lost}"


def _shown(one: OptionDocument) -> str:
    return " ".join(one.values) if one.values else "-"


def _text(document: ConfigDocument, screen: Screen) -> Iterator[str]:
    yield f"Options of {screen.paint.heading(f'scoregate {document.command}')}, from {document.file or 'no file'}"
    yield ""
    columns = (
        TextColumn("option", style=screen.paint.heading),
        TextColumn("value", free=True),
        TextColumn("from"),
        TextColumn("scoregate.toml"),
    )
    rows = [(one.option, _shown(one), _from(one), one.in_file) for one in document.options]
    yield from text_table(columns, rows, screen, indent=2)
    said = (f"{one.place}: {one.message}" for one in document.refused)
    lines = (line for text in said for line in remark(text, screen))
    yield from section(lines, screen.paint.heading(f"Refused ({len(document.refused)})"))
    set_ones = (f"  {name}: set" for name in document.variables)
    yield from section(set_ones, screen.paint.heading(f"Sign-in ({len(document.variables)})"))


def _markdown(document: ConfigDocument) -> Iterator[str]:
    yield f"### Options of {code(f'scoregate {document.command}')}"
    rows = ((Markup(code(one.option)), _shown(one), _from(one), one.in_file) for one in document.options)
    yield from section(markdown_table(("option", "value", "from", "scoregate.toml"), rows))
    yield from section((f"- {markdown(f'{one.place}: {one.message}')}" for one in document.refused), "**Refused**\n")
    yield from section((f"- {code(name)}: set" for name in document.variables), "**Sign-in**\n")
