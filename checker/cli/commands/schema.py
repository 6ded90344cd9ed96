"""``scoregate schema``: prints a JSON Schema."""

import os

import click

from checker import resources
from checker.cli.output import write_standard_output
from checker.cli.schemas import SCHEMAS
from checker.documents import files, limits
from checker.errors import CallerError


@click.command(short_help="Print a JSON Schema.")
@click.argument("name", required=False, type=click.Choice(list(SCHEMAS)))
def schema(name: str | None) -> int:
    """Print the JSON Schema called NAME; without it, the names.

    \b
    Examples:
      scoregate schema
      scoregate schema policy > policy.schema.json

    For an editor, begin a policy with a line such as
    "# yaml-language-server: $schema=policy.schema.json".
    """
    if name is None:
        write_standard_output("".join(f"{known}\n" for known in SCHEMAS).encode())
        return 0
    path = os.path.join(resources.folder("schemas"), f"{name}.schema.json")
    write_standard_output(files.read_bounded(path, limits.POLICY_FILE_BYTES, CallerError))
    return 0
