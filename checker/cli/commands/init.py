"""``scoregate init``: a first policy, waivers and a CI workflow, ready to run."""

import os

import click

from checker.cli.output import write_standard_output
from checker.documents import files, limits
from checker.errors import CallerError, OutputError, UsageError

_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "templates")
# Template → where it goes below the folder.
_FILES = {
    "baseline.yaml": os.path.join("policies", "baseline.yaml"),
    "waivers.yaml": os.path.join("policies", "waivers.yaml"),
    "github-workflow.yml": os.path.join(".github", "workflows", "secure-score.yml"),
}


@click.command(short_help="Write a first policy, waivers and a CI workflow.")
@click.argument("folder", metavar="[DIR]", default=".")
def init(folder: str) -> int:
    """Write a first policy, waivers and a CI workflow into DIR, ready to run.

    \b
    Example:
      scoregate init secure-score
      cd secure-score
      scoregate check -p policies --sandbox

    Nothing that exists is overwritten: when one of the files is there, none is written.
    """
    targets = {template: os.path.join(folder, place) for template, place in _FILES.items()}
    there = [files.shown(target) for target in targets.values() if os.path.lexists(target)]
    if there:
        raise UsageError(
            f"{', '.join(there)} {'exists' if len(there) == 1 else 'exist'} already; nothing was written",
            advice="Name another folder, or remove these files first.",
        )
    for target in targets.values():
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)
        except OSError as fault:
            raise OutputError(f"cannot be made: {files.reason(fault)}", place=files.shown(target)) from fault
    for template, target in targets.items():
        content = files.read_bounded(os.path.join(_TEMPLATES, template), limits.POLICY_FILE_BYTES, CallerError)
        files.write_whole(target, content)
    wrote = "".join(f"wrote {files.shown(target)}\n" for target in targets.values())
    place = "" if folder == "." else f"cd {files.shown(folder)} && "
    write_standard_output(f"{wrote}\nNext:  {place}scoregate check -p policies --sandbox\n".encode())
    return 0
