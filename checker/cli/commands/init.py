"""``scoregate init``: a first policy with its test, waivers and a pipeline of a CI system, ready to run."""

import os
import shlex
from collections.abc import Mapping, Sequence
from typing import Annotated

import click
import msgspec

from checker.cli.editor_line import schema_path, with_line
from checker.cli.options import is_typed, taken
from checker.cli.options.completing import complete_folders
from checker.cli.options.manners import is_quiet
from checker.cli.options.source import SourceOptions
from checker.cli.output import write_standard_output
from checker.cli.plain_option import plain_option
from checker.cli.progress import working
from checker.cli.repository import top_of_repository
from checker.cli.schemas import shipped_schema
from checker.cli.source import chosen
from checker.documents import files, limits
from checker.documents.real_folders import is_inside, make_folder
from checker.documents.whole_files import write_all
from checker.errors import CallerError, OutputError, UsageError

_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "templates")
_POLICIES = "policies"
_DOCUMENTED = ("policy", "waivers", "policytest")
_TEST = "tests/baseline.yaml"
_NAMES = ("baseline.yaml", _TEST, "waivers.yaml", *map(schema_path, _DOCUMENTED))
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


class InitOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of ``init``."""

    folder: Annotated[str, click.argument("folder", metavar="[DIR]", shell_complete=complete_folders, default=".")]
    ci: Annotated[
        str,
        plain_option(
            "--ci",
            type=click.Choice(list(PIPELINES)),
            default="github",
            show_default=True,
            help="The CI system to write a pipeline for.",
        ),
    ]
    from_tenant: Annotated[
        bool,
        plain_option(
            "--from",
            "from_tenant",
            is_flag=True,
            help="Write a policy that the tenant meets today.",
        ),
    ]
    source: SourceOptions


@click.command(short_help="Write a first policy, its test, waivers and a CI pipeline.")
@taken(InitOptions)
def init(options: InitOptions) -> int:
    """Write a first policy, its test, a file of waivers and a CI pipeline, ready to run.

    \b
    Examples:
      scoregate init secure-score
      scoregate init --ci gitlab
      scoregate init secure-score --from --snapshot snapshot.json

    With --from, the policy requires what the tenant has reached today. The minimum of each score and each scored
    control is its present level, in percent, rounded down to two decimals. Each declared state is required as it is.
    Comments name what is left out, and why. 'scoregate ratchet' raises the minimums later.

    Policies and waivers are written to DIR/policies, tests to DIR/policies/tests. The first line of each tells an
    editor where its JSON Schema is; the schemas are written to DIR/policies/.schemas. The pipeline lints the policies,
    runs their tests and judges the tenant. It is written to the root of the repository that contains DIR, where the
    CI system looks for it. Outside of a repository, DIR counts as the root. Comments at the top of the pipeline say
    what it needs. Nothing is overwritten: if one of the files exists, none is written.
    """
    folder, pipeline = options.folder, PIPELINES[options.ci]
    root = _root(folder)
    _refuse_idle_source(options)
    place = os.path.join(root, pipeline.place)
    _refuse_existing([*(os.path.join(folder, _POLICIES, name) for name in _NAMES), place])
    contents = {os.path.join(folder, _POLICIES, name): text for name, text in _documents(options).items()}
    contents[place] = _pipeline(pipeline, root, folder)
    # The repository above the working folder is written to as well.
    above = is_inside(os.getcwd(), os.path.realpath(root))
    _write(contents, root if above else None)
    wrote = "".join(f"wrote {files.shown(target)}\n" for target in contents)
    if not is_quiet():
        write_standard_output(f"{wrote}\n{_next_steps(options, place)}".encode())
    return 0


def _documents(options: InitOptions) -> dict[str, bytes]:
    """The files of the folder of policies, by their paths in it."""
    policy = _policy(options)
    documents = {
        "baseline.yaml": with_line("policy", policy),
        _TEST: with_line("policytest", _test(options, policy), above="../"),
        "waivers.yaml": with_line("waivers", _template("waivers.yaml")),
    }
    return {**documents, **{schema_path(name): shipped_schema(name) for name in _DOCUMENTED}}


def _next_steps(options: InitOptions, pipeline: str) -> str:
    """What to run now, and what to do before the pipeline can run."""
    place = "" if options.folder == "." else f"  cd {shlex.quote(files.shown(options.folder))}\n"
    return (
        f"Next:\n{place}"
        f"  scoregate test {_POLICIES}\n"
        f"  scoregate check -p {_POLICIES}{_source(options)}\n"
        f"Then do what the top of {files.shown(pipeline)} says, and commit these files.\n"
    )


def _refuse_idle_source(options: InitOptions) -> None:
    """Whoever names a tenant's data wants a policy of it."""
    for name in ("snapshot", "store", "sandbox"):
        if not options.from_tenant and is_typed(name) and getattr(options.source, name):
            raise UsageError(f"--{name} has no effect without --from", advice="Add --from, or leave it out.")


def _policy(options: InitOptions) -> bytes:
    if not options.from_tenant:
        return _template("baseline.yaml")
    from checker.runs.drafts import draft_start

    moment = options.source.moment()
    source = chosen(options.source, moment)
    with working("Reading the tenant"):
        return draft_start(source, moment).encode()


def _test(options: InitOptions, policy: bytes) -> bytes:
    """A test that the policy passes."""
    if not options.from_tenant:
        return _template(_TEST)
    from checker.runs.drafts import draft_test

    return draft_test(policy, "../baseline.yaml").encode()


def _source(options: InitOptions) -> str:
    """The options that name the same tenant again, as seen from the folder."""
    source = options.source
    if not options.from_tenant or source.sandbox:
        seed = f" --seed {source.seed}" if options.from_tenant and source.seed else ""
        return f" --sandbox{seed}"
    paths = [("--snapshot", path) for path in source.snapshot if path != "-"]
    if source.store is not None and is_typed("store"):
        paths.append(("--store", source.store))
    named = "".join(f" {flag} {shlex.quote(_seen_from(options.folder, path))}" for flag, path in paths)
    return f"{named} --assume-default-states" if source.assume_default_states else named


def _seen_from(folder: str, path: str) -> str:
    """A path as it is named from the folder; a URL as it is."""
    return path if "://" in path else files.shown(os.path.relpath(path, folder))


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
