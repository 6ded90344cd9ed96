"""Where the answers of commands go."""

from collections.abc import Sequence

from checker.cli.output import Output, write_standard_output
from checker.documents import files


def write_answer(rendered: Sequence[tuple[Output, bytes]]) -> None:
    """Writes files, readable by their owner only since they hold the tenant's data, then standard output."""
    for one, data in rendered:
        if one.path is not None:
            files.write_whole(one.path, data, private=True)
    for one, data in rendered:
        if one.path is None:
            write_standard_output(data)
