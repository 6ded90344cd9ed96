"""``scoregate init``: a first policy, waivers and a pipeline of a CI system, ready to run."""

import os
import shlex
from collections.abc import Mapping, Sequence

import click
import msgspec

from checker.cli.output import write_standard_output
from checker.cli.repository import top_of_repository
from checker.documents import files, limits
from checker.documents.real_folders import is_inside, make_folder
from checker.documents.whole_files import write_all
from checker.errors import CallerError, OutputError, UsageError

_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "templates")
_POLICIES = "policies"
# The line of each pipeline that names the folder of policies.
_NAMED = b"  POLICIES: policies\n"


class Pipeline(msgspec.Struct, frozen=True):
    """A CI system's pipeline: its template, and where the system looks for it below a repository's root."""

    template: str
    place: str


PIPELINES = {
    "github": Pipeline("github-workflow.yml", os.path.join(".github", "workflows", "secure-score.yml")),
    "azure": Pipeline("azure-pipelines.yml", "azure-pipelines.yml"),
    "gitlab": Pipeline("gitlab-ci.yml", ".gitlab-ci.yml"),
}


@click.command(short_help="Write a first policy, waivers and a CI pipeline.")
@click.argument("folder", metavar="[DIR]", default=".")
@click.option(
    "--ci",
    type=click.Choice(list(PIPELINES)),
    default="github",
    show_default=True,
    help="The CI system whose pipeline is written.",
)
def init(folder: str, ci: str) -> int:
    """Write a first policy, waivers and a CI pipeline for them, ready to run.

    \b
    Examples:
      scoregate init secure-score
      scoregate init --ci gitlab

    Policies and waivers go into DIR/policies. The pipeline goes to the root of the repository that DIR lies in, where
    the CI system looks for it; outside of a repository, DIR is taken for its root. Comments at the pipeline's top say
    what it needs. Nothing that exists is overwritten: when one of the files is there, none is written.
    """
    pipeline = PIPELINES[ci]
    root = _root(folder)
    contents = {
        os.path.join(folder, _POLICIES, "baseline.yaml"): _template("baseline.yaml"),
        os.path.join(folder, _POLICIES, "waivers.yaml"): _template("waivers.yaml"),
        os.path.join(root, pipeline.place): _pipeline(pipeline, root, folder),
    }
    _refuse_existing(list(contents))
    # The repository above the working folder is written to as well.
    above = is_inside(os.getcwd(), os.path.realpath(root))
    _write(contents, root if above else None)
    wrote = "".join(f"wrote {files.shown(target)}\n" for target in contents)
    place = "" if folder == "." else f"cd {shlex.quote(files.shown(folder))} && "
    write_standard_output(f"{wrote}\nNext:  {place}scoregate check -p policies --sandbox\n".encode())
    return 0


def _root(folder: str) -> str:
    """The repository's root as a path from the working directory, or ``folder`` itself where there is none."""
    real = os.path.realpath(folder)
    top = top_of_repository(real)
    return folder if top is None or top == real else os.path.relpath(top)


def _template(name: str) -> bytes:
    return files.read_bounded(os.path.join(_TEMPLATES, name), limits.POLICY_FILE_BYTES, CallerError)


def _pipeline(pipeline: Pipeline, root: str, folder: str) -> bytes:
    """The pipeline with the folder of policies as its root sees it."""
    path = os.path.relpath(os.path.join(os.path.realpath(folder), _POLICIES), os.path.realpath(root))
    # JSON's text is YAML's too.
    name = msgspec.json.encode(path.replace(os.sep, "/")) if path != _POLICIES else path.encode()
    return _template(pipeline.template).replace(_NAMED, _NAMED.replace(b" policies", b" " + name))


def _refuse_existing(targets: Sequence[str]) -> None:
    """Refuses to overwrite a file; the last of ``targets`` is the pipeline."""
    there = [files.shown(target) for target in targets if os.path.lexists(target)]
    if not there:
        return
    advice = "Name another folder, or remove these files first."
    if there == [files.shown(targets[-1])]:
        advice = "Remove it first, or name the new policies in that pipeline."
    raise UsageError(
        f"{', '.join(there)} {'exists' if len(there) == 1 else 'exist'} already; nothing was written", advice=advice
    )


def _write(contents: Mapping[str, bytes], top: str | None) -> None:
    """Makes the folders first, so that where one can't be made no file is written.

    Args:
        contents: by path.
        top: the folder that no link may lead out of; None for the working folder.
    """
    for target in contents:
        try:
            make_folder(os.path.dirname(target) or os.curdir, private=False, within=top)
        except OSError as fault:
            raise OutputError(f"cannot be made: {files.reason(fault)}", place=files.shown(target)) from fault
    write_all(list(contents.items()), private=False, within=top)
