"""What a run has written, read for the outputs of the action, the summary of the job and the comment."""

import json
import os
import sys
from typing import Any

import places
import runner

# GitHub drops a larger summary whole.
LARGEST_SUMMARY = 1024 * 1024


def verdict(code: int, folder: str) -> str:
    """The verdict of the report; 'error' where none was written, or the run broke off after it."""
    found = _report(folder)
    if found is None or code not in {0, 1, 3}:
        return "error"
    return str(found["verdict"])


def outputs(folder: str) -> dict[str, object]:
    """The outputs of the action that the files tell."""
    named = {
        "sarif-file": "scoregate.sarif",
        "junit-file": "junit.xml",
        "json-file": "report.json",
        "markdown-file": "report.md",
        "comment-file": places.COMMENT,
    }
    paths = {name: os.path.join(folder, file) for name, file in named.items()}
    values: dict[str, object] = {name: path for name, path in paths.items() if os.path.isfile(path)}
    found = _report(folder)
    if found is not None:
        values["failed"] = sum(finding["failsGate"] for finding in found["findings"])
        values["counts"] = json.dumps(found["counts"], separators=(",", ":"))
        if found["score"] is not None and found["score"]["percent"] is not None:
            values["score"] = found["score"]["percent"]
    return {**values, "output-dir": folder}


def show_annotations(folder: str) -> None:
    """Prints the annotations, which scoregate has escaped."""
    sys.stdout.write(_text(folder, places.ANNOTATIONS))
    sys.stdout.flush()


def add_to_summary(folder: str, code: int) -> None:
    """Adds the report, and the review if there is one, to the summary of the job."""
    pages = [page for page in (_text(folder, places.REVIEW), _text(folder, "report.md")) if page]
    page = "\n".join(pages) or f"### scoregate: not judged (exit code {code})\n\nThe log of this step says why.\n"
    if len(page.encode()) > LARGEST_SUMMARY:
        runner.say("warning", "The report is too large for the job summary; the output markdown-file has its path.")
        return
    with open(os.environ["GITHUB_STEP_SUMMARY"], "a", encoding="utf-8") as file:
        file.write(f"{page}\n")


def write_comment(folder: str) -> None:
    """Writes what the comment says: the review first, then the report."""
    pages = [page for page in (_text(folder, places.REVIEW), _text(folder, "report.md")) if page]
    if pages:
        with open(os.path.join(folder, places.COMMENT), "w", encoding="utf-8") as file:
            file.write("\n".join(pages))


def _report(folder: str) -> dict[str, Any] | None:
    text = _text(folder, "report.json")
    if not text:
        return None
    found: dict[str, Any] = json.loads(text)
    return found


def _text(folder: str, name: str) -> str:
    """A file's text; '' where it was not written."""
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""
