"""The repository that docs/how-to/review-a-change.md reviews; ``docs/review_example.py SVG`` draws its comment."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ("--sandbox", "--now", "2026-11-20T09:00:00Z")
COMMAND = ("review", "--base", "main", "--head", "change", "--forbid", "looser", *SOURCE)

POLICY = """\
apiVersion: scoregate/v1
kind: Policy
metadata: {name: contoso-baseline}
score:
  - {id: overall, minimum: {percent: 30}}
controls:
  - id: admins-use-mfa
    control: AdminMFAV2
    severity: critical
    rationale: Stolen administrator passwords are the shortest way in.
  - id: no-auto-forwarding
    control: mdo_blockmailforward
    severity: high
    rationale: Mail that forwards itself leaves unseen.
  - id: casb-is-ours
    control: McasFirewallLogUpload
    profile: {state: ThirdParty, comment: Covered by our own CASB}
"""
APPROVALS = """\
apiVersion: scoregate/v1
kind: Waivers
waivers: []
approvals:
  - requirement: contoso-baseline/admins-use-mfa
    change: looser
    reason: Break-glass accounts move to FIDO2, SEC-204
    approvedBy: ciso@contoso.example
"""
WAIVER = """\
apiVersion: scoregate/v1
kind: Waivers
waivers:
  - requirement: contoso-baseline/no-auto-forwarding
    from: 2026-11-20
    until: 2026-12-15
    reason: Two mailboxes still forward to the old system
    approvedBy: ciso@contoso.example
"""
CHANGES = (
    ("severity: critical", "severity: critical\n    minimum: {percent: 80, allBut: 2}"),
    ("percent: 30", "percent: 45"),
    ("  - id: casb-is-ours", "  - id: one-admin\n    control: OneAdmin\n  - id: casb-is-ours"),
    ("state: ThirdParty", "state: Reviewed"),
)


def make(folder: Path) -> None:
    """Makes the repository: main, and the branch change of somebody else. Its commits are the same each time."""
    policies = folder / "policies"
    policies.mkdir(parents=True)
    _git(folder, "init", "-q", "-b", "main")
    (policies / "baseline.yaml").write_text(POLICY, encoding="utf-8")
    (policies / "approvals.yaml").write_text(APPROVALS, encoding="utf-8")
    _commit(folder, "ciso")
    _git(folder, "checkout", "-q", "-b", "change")
    text = POLICY
    for before, after in CHANGES:
        text = text.replace(before, after)
    (policies / "baseline.yaml").write_text(text, encoding="utf-8")
    (policies / "waivers.yaml").write_text(WAIVER, encoding="utf-8")
    _commit(folder, "dev")


def _commit(folder: Path, author: str) -> None:
    _git(folder, "add", "-A")
    who = {"NAME": author, "EMAIL": f"{author}@contoso.example", "DATE": "2026-11-20T08:00:00Z"}
    people = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in who.items()}
    _git(folder, "commit", "-q", "-m", f"By {author}", **people)


def _git(folder: Path, *arguments: str, **variables: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *arguments], cwd=folder, check=True, env=kept | quiet | variables)


def comment() -> str:
    """The comment that the review writes."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder, "example"))
        done = subprocess.run(
            [sys.executable, "-m", "checker", *COMMAND, "-o", "markdown"],
            cwd=Path(folder, "example"),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
    return done.stdout.decode()


def main(path: str) -> None:
    """Draws the comment, folded parts as GitHub shows them before anybody unfolds one."""
    text = re.sub(r"<details><summary>(.*?)</summary>.*?</details>", r"▸ \1", comment(), flags=re.DOTALL)
    # Imported here: the suite takes the repository from this file, and only drawing needs it.
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(record=True, width=110, file=open(os.devnull, "w", encoding="utf-8"))
    console.print(Markdown(text))
    console.save_svg(path, title="github-actions bot commented", unique_id="review")
    with open(path, encoding="utf-8") as file:
        svg = file.read()
    # The picture stands alone: no font is fetched from anywhere.
    svg = svg[: svg.index("@font-face")] + svg[svg.index(".review-matrix") :]
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(svg)


if __name__ == "__main__":
    main(sys.argv[1])
