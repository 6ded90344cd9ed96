"""``scoregate controls``: what the tenant reports."""

import os
from typing import Annotated

import click
import msgspec

from checker.cli.options import taken
from checker.cli.options.completing import complete_files
from checker.cli.options.shared import SelectionOptions, outputs_as
from checker.cli.options.source import SourceOptions
from checker.cli.output import parse_outputs, write_answer
from checker.cli.plain_option import plain_option
from checker.cli.progress import note, working
from checker.cli.selection import checked
from checker.cli.source import chosen
from checker.documents import files
from checker.documents.whole_files import check_output
from checker.errors import EXIT_PASSED
from checker.insight.controls import SHOWN, SORTED, listed
from checker.presentation.words import counted
from checker.runs.look import look
from checker.tenant.tenant import Tenant
from checker.views.controls import FORMATS, render


class ControlsOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``controls``."""

    show: Annotated[
        str,
        plain_option(
            "--show", type=click.Choice(list(SHOWN)), default="all", show_default=True, help="Which controls to list."
        ),
    ]
    sort: Annotated[
        str,
        plain_option(
            "--sort", type=click.Choice(list(SORTED)), default="id", show_default=True, help="The order of the list."
        ),
    ]
    top: Annotated[
        int | None, plain_option("--top", type=click.IntRange(1, 100_000), help="How many controls to list at most.")
    ]
    catalogue: Annotated[
        str | None,
        plain_option(
            "--catalogue",
            metavar="PATH",
            shell_complete=complete_files,
            help="Add the tenant's controls to this CSV file of known controls; a new file starts from the catalogue.",
        ),
    ]
    selection: SelectionOptions
    output: Annotated[tuple[str, ...], outputs_as(*FORMATS)]
    source: SourceOptions


@click.command("controls", short_help="List the tenant's controls, filtered and sorted.")
@taken(ControlsOptions)
def controls(options: ControlsOptions) -> int:
    """List the controls that the tenant reports: scored ones, and profiles without a score.

    \b
    Examples:
      scoregate controls --sandbox --category Identity
      scoregate controls --snapshot snapshot.json --show open --sort left --top 20
      scoregate controls --show declared -o csv=declared.csv
      scoregate controls --snapshot snapshot.json --catalogue controls.csv

    For each control the list says whether the newest day has a score for it, whether it has a profile, or both. More
    than half of the profiles have no score: the tenant has no such product, connector or device.

    --catalogue writes the ids, titles, categories, services, tiers and maximum scores of all controls, whatever the
    filters, and no data of the tenant.
    """
    wanted = parse_outputs(options.output, FORMATS)
    if options.catalogue is not None:
        check_output(options.catalogue)
    moment = options.source.moment()
    source = chosen(options.source, moment)
    with working("Reading the tenant"):
        seen = look(source)
    select = checked(options.selection.selector, seen.tenant)
    answer = listed(seen.tenant, select=select, show=options.show, sort=options.sort, most=options.top)
    if options.catalogue is not None:
        _grow(options.catalogue, seen.tenant)
    write_answer([(one, render(one.format, answer, one.screen)) for one in wanted])
    return EXIT_PASSED


def _grow(path: str, tenant: Tenant) -> None:
    """Merges the tenant's controls into the table at ``path``."""
    from checker.catalogue.controls import known_controls
    from checker.catalogue.growth import merged, read_catalogue, write_catalogue
    from checker.insight.seen_controls import seen_controls

    known = read_catalogue(path) if os.path.lexists(path) else list(known_controls().values())
    every = merged(known, seen_controls(tenant))
    write_catalogue(path, every)
    note(f"scoregate: {files.shown(path)} has {counted(len(every), 'control')}, {len(every) - len(known)} of them new")
