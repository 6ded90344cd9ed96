"""The step that judges: runs scoregate by the inputs of the action, and hands on what came of it.

Each input becomes one argument, without a shell. The step ends with 0 whatever the gate says, so that SARIF and the
comment are sent; the action's last step ends with the gate's exit code.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import places
import report
import runner

# The working folder lends no modules to what runs with -I.
SCOREGATE = (sys.executable, "-I", "-m", "checker")
MISTAKE, NOT_JUDGED = 2, 3


@dataclass(frozen=True)
class Judged:
    """What came of a run.

    Attributes:
        code: the exit code.
        verdict: as the output of the action.
        folder: of the files.
    """

    code: int
    verdict: str
    folder: str


def main() -> int:
    """Judges, and sets the step's outputs."""
    try:
        version = _version()
        judged = _judged()
    except runner.InputError as mistake:
        runner.say("error", str(mistake))
        runner.set_outputs({"verdict": "error", "exit-code": MISTAKE})
        return 0
    runner.set_outputs({"verdict": judged.verdict, "exit-code": judged.code, "version": version})
    if judged.folder:
        runner.set_outputs(report.outputs(judged.folder))
    return 0


def _version() -> str:
    """The version that is installed.

    Raises:
        InputError: another one is asked for.
    """
    done = subprocess.run([*SCOREGATE, "--version"], capture_output=True, text=True, check=True)
    installed, asked = done.stdout.split()[-1], runner.text("VERSION")
    if asked and asked.removeprefix("v") != installed:
        raise runner.InputError(
            f"the input 'version' asks for {asked!r}, but this commit of the action contains {installed}"
        )
    return installed


def _judged() -> Judged:
    summary, annotations = runner.flag("SUMMARY"), runner.flag("ANNOTATIONS")
    comment, upload = runner.flag("COMMENT"), runner.flag("SARIF_UPLOAD")
    if not runner.text("SNAPSHOT") and _gets_no_identity():
        return _linted()
    forms = places.wanted_formats(summary, comment, upload)
    folder = places.output_folder(forms)
    code = _check(forms, folder, annotations)
    verdict = report.verdict(code, folder)
    if runner.text("REVIEW") and verdict in {"pass", "fail"}:
        reviewed = _review(folder)
        code = code or reviewed
        verdict = verdict if reviewed == 0 else "fail" if code == 1 else "error"
    if annotations:
        report.show_annotations(folder)
    if summary:
        report.add_to_summary(folder, code)
    if comment:
        report.write_comment(folder)
    return Judged(code, verdict, folder)


def _check(forms: list[str], folder: str, annotations: bool) -> int:
    outputs = [f"--output={form}={os.path.join(folder, places.file_name(form))}" for form in forms]
    if annotations:
        outputs.append(f"--output=github={os.path.join(folder, places.ANNOTATIONS)}")
    baseline = [f"--baseline={runner.text('BASELINE')}"] if runner.text("BASELINE") else []
    # The action shows annotations and the summary itself, since both can be turned off.
    return _run("check", *_policies(), *_source(), *baseline, "--ci=none", "--output=text", *outputs)


def _review(folder: str) -> int:
    markdown = f"--output=markdown={os.path.join(folder, places.REVIEW)}"
    base = f"--base={runner.text('REVIEW')}"
    return _run("review", base, "--forbid=looser", *_policies(), *_source(), "--output=text", markdown)


def _policies() -> list[str]:
    named = {"fail-on": "FAIL_ON", "redact": "REDACT"}
    how = [f"--{option}={runner.text(name)}" for option, name in named.items() if runner.text(name)]
    policies = [f"--policy={path}" for path in runner.lines("POLICIES")]
    return [*policies, *(f"--waivers={path}" for path in runner.lines("WAIVERS")), *how]


def _source() -> list[str]:
    """The options that say whose data is judged."""
    snapshots = [f"--snapshot={path}" for path in runner.lines("SNAPSHOT")]
    if snapshots:
        return snapshots
    named = {"tenant": "TENANT_ID", "client-id": "CLIENT_ID", "auth": "AUTH"}
    return [f"--{option}={runner.text(name)}" for option, name in named.items() if runner.text(name)]


def _run(*arguments: str) -> int:
    try:
        return subprocess.run([*SCOREGATE, *arguments], check=False).returncode
    except ValueError as fault:  # a NUL, which no argument can hold
        raise runner.InputError(f"an input can't be used: {fault}") from fault


def _gets_no_identity() -> bool:
    """Whether GitHub lends this job no identity on purpose: a pull request of a fork or of Dependabot.

    Any other job without one lacks a permission, and scoregate says so.
    """
    if os.environ.get("GITHUB_EVENT_NAME") != "pull_request" or os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL"):
        return False
    with open(os.environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
        head = json.load(file)["pull_request"]["head"]["repo"]
    # The head's repository is null once the fork is deleted.
    is_fork = head is None or head["full_name"] != os.environ["GITHUB_REPOSITORY"]
    return is_fork or os.environ.get("GITHUB_ACTOR") == "dependabot[bot]"


def _linted() -> Judged:
    """What can be judged without the tenant."""
    runner.say(
        "notice", "The tenant is not judged: GitHub gives this pull request no identity. Its policies are linted."
    )
    policies = [f"--policy={path}" for path in runner.lines("POLICIES")]
    code = _run("lint", *policies, *(f"--waivers={path}" for path in runner.lines("WAIVERS")))
    return Judged(code, "skipped" if code == 0 else "error", "")
