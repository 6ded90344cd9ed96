"""``scoregate auth``: who am I, and what may I do."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from checker.auth.standing import standing
from checker.cli import options
from checker.cli.output import parse_outputs, write_standard_output
from checker.cli.source import request, say
from checker.documents import files
from checker.errors import EXIT_NOT_JUDGED, EXIT_PASSED
from checker.sources.choose import enter
from checker.views.auth import FORMATS, render


@click.command(short_help="Show who signs in, and with which permissions.")
@click.option(
    "--for",
    "purposes",
    type=click.Choice(["check", "apply"]),
    multiple=True,
    help="Exit 0 only if this command would be allowed. May be repeated; check otherwise.",
)
@click.option("-o", "--output", multiple=True, metavar="FORMAT[=PATH]", help="text (the default) or json.")
@options.live
def auth(purposes: Sequence[str], output: Sequence[str], **source: Any) -> int:  # noqa: ANN401 - checked by SourceRequest
    """Sign in and show tenant, application, method, kind of token, permissions held and missing, roles and expiry.

    \b
    Examples:
      scoregate auth
      scoregate auth --for apply -o json

    Nothing is asked of Graph: what is shown is what the token says.
    Exit codes: 0 the commands asked about would be allowed, 3 they would not, or there is no token.
    """
    wanted = parse_outputs(output, FORMATS)
    asked = tuple(dict.fromkeys(purposes)) or ("check",)
    entrance = enter(request(source), say, write="apply" in asked)
    found = standing(entrance, asked, datetime.now(UTC))
    for one in wanted:
        data = render(one.format, found)
        if one.path is not None:
            files.write_whole(one.path, data)
        else:
            write_standard_output(data)
    return EXIT_PASSED if found.allowed else EXIT_NOT_JUDGED
