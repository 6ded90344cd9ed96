"""Where the files of a run go, and what each is called."""

import os
import re
import tempfile

import runner

FILES = {
    "sarif": "scoregate.sarif",
    "junit": "junit.xml",
    "json": "report.json",
    "markdown": "report.md",
    "csv": "findings.csv",
    "gitlab": "gl-code-quality-report.json",
    "openmetrics": "metrics.txt",
    "ocsf": "findings.ocsf.jsonl",
}
REVIEW = "review.md"
COMMENT = "comment.md"
ANNOTATIONS = "annotations.txt"


def wanted_formats(summary: bool, comment: bool, upload: bool) -> list[str]:
    """The formats to write: those asked for, and those that the run itself needs.

    Raises:
        InputError: one is no word.
    """
    asked = re.split(r"[\s,]+", runner.text("FORMATS"))
    needed = ["json", *(["markdown"] if summary or comment else []), *(["sarif"] if upload else [])]
    found = list(dict.fromkeys(name for name in [*needed, *asked] if name))
    for name in found:
        if not re.fullmatch(r"[a-z0-9-]+", name):
            raise runner.InputError(f"{name!r} is not a format")
    # The action prints text and annotations itself.
    return [name for name in found if name not in {"text", "github"}]


def file_name(form: str) -> str:
    """What the file of a format is called."""
    return FILES.get(form, f"report.{form}")


def output_folder(forms: list[str]) -> str:
    """The folder for the files, with nothing of an earlier run in it.

    A pull request can put a link in the workspace, so the folder has to be really there or in the runner's own.

    Raises:
        InputError: it is elsewhere, or can't be made.
    """
    temporary = os.path.realpath(os.environ["RUNNER_TEMP"])
    named = runner.text("OUTPUT_DIR")
    if not named:
        return tempfile.mkdtemp(prefix="scoregate-", dir=temporary)
    if not named.isprintable():
        raise runner.InputError(f"output-dir {named!r} contains characters that can't be shown")
    workspace = os.path.realpath(os.environ.get("GITHUB_WORKSPACE", os.getcwd()))
    folder = os.path.realpath(os.path.join(workspace, named))
    if not any(os.path.commonpath([top, folder]) == top for top in (workspace, temporary)):
        raise runner.InputError(f"output-dir {named!r} is outside the workspace and the runner's temporary folder")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        for name in (*map(file_name, forms), REVIEW, COMMENT, ANNOTATIONS):
            if os.path.lexists(os.path.join(folder, name)):
                os.remove(os.path.join(folder, name))
    except (OSError, ValueError) as fault:
        raise runner.InputError(f"output-dir {named!r} can't be used: {fault}") from fault
    return folder
