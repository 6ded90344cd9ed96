"""What the CI system that runs a job shows of a report without being asked: annotations, and a summary of the job.

It comes beside the outputs that were asked for and never changes one: nothing is put into a file of theirs, nor into a
result on standard output. If it can't be written, the run says so and keeps its verdict. Where it goes is said by the
runner's own variables alone, never by what a pull request can change.
"""

import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence

import click
import msgspec

from checker.cli.options.manners import is_quiet
from checker.cli.output import Output, placed, write_standard_output
from checker.errors import OutputError
from checker.presentation.escape import line
from checker.renderers import renderer
from checker.renderers.interface import Rendering

CI_SYSTEMS = ("auto", "none", "github", "azure", "gitlab")
# Each runner sets one to true. Source: docs.github.com, "Variables reference"; learn.microsoft.com, "Predefined
# variables"; docs.gitlab.com, "Predefined CI/CD variables".
_MARKERS = {"GITHUB_ACTIONS": "github", "TF_BUILD": "azure", "GITLAB_CI": "gitlab"}
# GitHub drops a larger summary whole. Source: docs.github.com, "Workflow commands".
_LARGEST_SUMMARY = 1024 * 1024
# The name in GitLab's own examples of artifacts:reports:codequality.
_CODE_QUALITY = "gl-code-quality-report.json"


class _Job(msgspec.Struct, frozen=True):
    """The job that runs: what was asked for, the report, and the runner's variables."""

    outputs: Sequence[Output]
    rendering: Rendering
    variables: Mapping[str, str]

    def writes(self, path: str) -> bool:
        """Whether an output that was asked for goes to a file."""
        real = os.path.realpath(path)
        return any(one.path is not None and os.path.realpath(one.path) == real for one in self.outputs)

    def shows(self, form: str) -> bool:
        """Whether this format was asked for on standard output."""
        return any(one.format == form and one.path is None for one in self.outputs)


def present_ci(choice: str, variables: Mapping[str, str]) -> str | None:
    """The CI system whose annotations and summary are added; None for none.

    Args:
        choice: of ``CI_SYSTEMS``.
        variables: of the environment.
    """
    if choice != "auto":
        return None if choice == "none" else choice
    return next((name for marker, name in _MARKERS.items() if variables.get(marker, "").lower() == "true"), None)


def show_in_ci(
    choice: str, outputs: Sequence[Output], rendering: Rendering, environment: Mapping[str, str] | None = None
) -> None:
    """Adds what the CI system shows, once the outputs are written.

    Args:
        choice: of ``CI_SYSTEMS``.
        outputs: that were asked for.
        rendering: the report, as the outputs got it.
        environment: the variables; those of this process unless given.
    """
    variables = os.environ if environment is None else environment
    name = present_ci(choice, variables)
    if name is None or (choice == "auto" and is_quiet()):
        return
    whole, _ = placed(rendering, names_files=True)
    job = _Job(outputs, whole, variables)
    for step in _STEPS[name]:
        try:
            step(job)
        except OutputError as fault:
            _say(f"{fault.place or name}: not added to what the CI system shows: {fault.message}")


def _github_annotations(job: _Job) -> None:
    if not job.shows("github"):
        _log(renderer("github")(job.rendering), job)


def _github_summary(job: _Job) -> None:
    path = job.variables.get("GITHUB_STEP_SUMMARY")
    if not path or job.writes(path):
        return
    from checker.documents.whole_files import append_whole

    taken = os.path.getsize(path) if os.path.exists(path) else 0
    data = renderer("markdown")(msgspec.structs.replace(job.rendering, taken=taken))
    # A heading begins a line.
    data = b"\n" + data if taken else data
    if taken + len(data) > _LARGEST_SUMMARY:
        raise OutputError("the summary would be larger than 1 MiB, and GitHub would drop all of it", place=path)
    append_whole(path, data)


def _azure_issues(job: _Job) -> None:
    if not job.shows("azure"):
        _log(renderer("azure")(job.rendering), job)


def _azure_summary(job: _Job) -> None:
    folder = job.variables.get("AGENT_TEMPDIRECTORY")
    if not folder:
        return
    import hashlib

    from checker.documents.whole_files import write_whole
    from checker.presentation.runner_commands import azure_command

    # Azure shows one card for each name of a file, so that each tenant and set of policies has its own.
    report = job.rendering.report
    digest = hashlib.sha256("\x1f".join((report.tenant, *report.policies)).encode("utf-8", "replace")).hexdigest()
    path = os.path.join(os.path.abspath(folder), f"scoregate-{digest[:12]}.md")
    write_whole(path, renderer("markdown")(job.rendering))
    _log(f"{azure_command('task.uploadsummary', path, {})}\n".encode(), job)


def _gitlab_report(job: _Job) -> None:
    if any(one.format == "gitlab" for one in job.outputs):
        return
    from checker.documents.whole_files import write_whole

    folder = job.variables.get("CI_PROJECT_DIR") or os.curdir
    path = os.path.join(folder, _CODE_QUALITY)
    if job.writes(path):
        return
    if os.path.lexists(path):
        raise OutputError("exists already; -o gitlab=PATH writes another", place=path)
    write_whole(path, renderer("gitlab")(job.rendering), within=folder)
    _say(f"wrote {path} for artifacts:reports:codequality")


_STEPS: Mapping[str, Sequence[Callable[[_Job], None]]] = {
    "github": (_github_annotations, _github_summary),
    "azure": (_azure_issues, _azure_summary),
    "gitlab": (_gitlab_report,),
}


def _log(commands: bytes, job: _Job) -> None:
    """Puts commands where the runner reads them and nobody else does.

    Text on standard output is the log of the job. Anything else there is a result for a program, and a file is no log;
    runners read standard error too.
    """
    if job.shows("text") and not _is_file(sys.stdout):
        write_standard_output(commands)
    else:
        click.echo(commands.decode(), err=True, nl=False)


def _is_file(stream: object) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return False


def _say(text: str) -> None:
    click.echo(f"scoregate: {line(text)}", err=True)
