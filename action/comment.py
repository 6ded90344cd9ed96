"""The step that comments on the pull request: one comment a category, replaced by each run.

The GitHub CLI does the requests; GH_TOKEN is the job's own token. A comment is replaced only if a job wrote it, since
anybody may write the marker.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from urllib.parse import urlsplit

import runner

# What GitHub takes is 65,536 characters.
LONGEST = 65_000
AUTHOR = "github-actions[bot]"


class CommentError(Exception):
    """GitHub refused; the message is what it said."""


def main() -> int:
    """Writes or replaces the comment. What GitHub refuses is a warning: the verdict stays."""
    number = _pull_request()
    if number is None:
        return 0
    marker = f"<!-- scoregate: {re.sub(r'[^A-Za-z0-9._-]', '-', runner.text('CATEGORY'))[:64]} -->"
    with open(os.environ["COMMENT_FILE"], encoding="utf-8") as file:
        body = f"{marker}\n{_shortened(file.read())}"
    comments = f"repos/{os.environ['GITHUB_REPOSITORY']}/issues/{number}/comments"
    try:
        old = _own(comments, marker)
        if old is None:
            _api("POST", comments, {"body": body})
        else:
            _api("PATCH", f"repos/{os.environ['GITHUB_REPOSITORY']}/issues/comments/{old}", {"body": body})
    except (OSError, CommentError) as fault:
        runner.say(
            "warning", f"The pull request could not be commented on; the job needs 'pull-requests: write'. {fault}"
        )
    return 0


def _pull_request() -> int | None:
    if os.environ.get("GITHUB_EVENT_NAME") != "pull_request":
        return None
    with open(os.environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
        return int(json.load(file)["pull_request"]["number"])


def _shortened(text: str) -> str:
    """Whole lines, as many as a comment holds."""
    if len(text) <= LONGEST:
        return text
    whole = text[:LONGEST].rpartition("\n")[0]
    folds = whole.count("<details>") - whole.count("</details>")
    return f"{whole}\n{'</details>' * folds}\n\nThe rest is left out; see the job summary.\n"


def _own(comments: str, marker: str) -> int | None:
    """The id of the comment that an earlier run wrote."""
    for page in json.loads(_api("GET", f"{comments}?per_page=100", None, "--paginate", "--slurp")):
        for one in page:
            if one["user"]["login"] == AUTHOR and one["body"].startswith(marker):
                return int(one["id"])
    return None


def _api(method: str, path: str, body: Mapping[str, str] | None, *options: str) -> str:
    """One call of ``gh api``; gives the answer as JSON.

    Raises:
        CommentError: GitHub refused it.
        OSError: there is no GitHub CLI.
    """
    given = [] if body is None else ["--input", "-"]
    # The CLI takes its other variable for any server but github.com.
    host = urlsplit(os.environ.get("GITHUB_SERVER_URL", "https://github.com")).netloc
    server = {"GH_HOST": host, "GH_ENTERPRISE_TOKEN": os.environ["GH_TOKEN"]}
    done = subprocess.run(
        ["gh", "api", "--method", method, *options, *given, path],
        input=None if body is None else json.dumps(body),
        env={**os.environ, **server},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommentError(done.stderr.strip())
    return done.stdout
