"""``scoregate schema``: prints a JSON Schema."""

import click

from checker.cli.output import write_standard_output
from checker.cli.schemas import SCHEMAS, shipped_schema


@click.command(short_help="Print a JSON Schema.")
@click.argument("name", required=False, metavar="[NAME]", type=click.Choice(list(SCHEMAS)))
def schema(name: str | None) -> int:
    """Print the JSON Schema called NAME, or without NAME the list of them.

    \b
    Examples:
      scoregate schema
      scoregate schema policy > policy.schema.json

    To use it in an editor, begin a policy with a line such as "# yaml-language-server: $schema=policy.schema.json".
    """
    if name is None:
        write_standard_output("".join(f"{known}\n" for known in SCHEMAS).encode())
        return 0
    write_standard_output(shipped_schema(name))
    return 0
