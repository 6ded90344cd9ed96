"""A composite action's steps, run as GitHub's runner runs them: its shell, its files, its variables."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from command_line import ROOT, environment
from github_expressions import filled, holds

ACTION = yaml.load(ROOT.joinpath("action.yml").read_text(encoding="utf-8"), yaml.BaseLoader)
GITHUB_TOKEN = "ghs_planted0123456789abcdefghijklmnopq"  # made up


@dataclass
class ActionRun:
    """How a run of the action ended.

    Attributes:
        code: of the step that failed last; 0 where none did.
        log: what all steps printed.
        outputs: of the action.
        summary: of the job.
        used: the inputs of each other action, by its name without a version.
        ran: the names of the steps that ran.
    """

    code: int = 0
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)


Used = Callable[[dict[str, str]], dict[str, str]]


class UsedActionError(Exception):
    """Another action fails."""


@dataclass
class LocalRunner:
    """Runs ``action.yml``.

    Attributes:
        workspace: where the repository is checked out.
        temporary: the runner's own folder.
        variables: of the job.
        event: what started it.
        name: of the event.
        actions: what other actions do, by name.
        skipped: names of steps that are taken as done.
    """

    workspace: Path
    temporary: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    event: Mapping[str, Any] = field(default_factory=dict)
    name: str = "push"
    actions: Mapping[str, Used] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()

    def run(self, **given: str) -> ActionRun:
        """Runs the action with inputs, whose hyphens are underscores here."""
        named = {name.replace("_", "-"): value for name, value in given.items()}
        assert named.keys() <= ACTION["inputs"].keys()
        inputs = {name: named.get(name, one.get("default", "")) for name, one in ACTION["inputs"].items()}
        steps: dict[str, Any] = {}
        context = {"inputs": inputs, "steps": steps, "github": {"token": GITHUB_TOKEN}}
        ended = ActionRun()
        functions = {"cancelled": lambda: False, "success": lambda: ended.code == 0}
        for number, step in enumerate(ACTION["runs"]["steps"]):
            if not holds(step.get("if", "success()"), context, functions) or step["name"] in self.skipped:
                continue
            ended.ran.append(step["name"])
            code, outputs = self._step(number, step, lambda text: filled(text, context, functions), ended)
            steps[step.get("id", str(number))] = {"outputs": outputs}
            if code and step.get("continue-on-error") != "true":
                ended.code = code
        ended.outputs = {name: filled(one["value"], context, {}) for name, one in ACTION["outputs"].items()}
        return ended

    def _step(
        self, number: int, step: Mapping[str, Any], fill: Callable[[str], str], ended: ActionRun
    ) -> tuple[int, dict[str, str]]:
        if "uses" in step:
            name = step["uses"].partition("@")[0]
            ended.used[name] = {key: fill(value) for key, value in step["with"].items()}
            try:
                return 0, self.actions[name](ended.used[name])
            except UsedActionError:
                return 1, {}
        folder = self.temporary / f"step-{number}"
        folder.mkdir(exist_ok=True)
        script, out, summary = (folder / name for name in ("script.sh", "output", "summary"))
        script.write_text(step["run"], encoding="utf-8")
        out.write_bytes(b"")
        summary.write_bytes(b"")
        files = {"GITHUB_OUTPUT": str(out), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ENV": str(folder / "env")}
        own = {key: fill(value) for key, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.workspace,
            env={**self._environment(), **files, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
        ended.log += done.stdout.decode()
        ended.summary += summary.read_text(encoding="utf-8")
        return done.returncode, outputs_of(out.read_text(encoding="utf-8"))

    def _environment(self) -> dict[str, str]:
        event = self.temporary / "event.json"
        event.write_text(json.dumps(self.event), encoding="utf-8")
        inherited = environment()
        del inherited["PYTHONPATH"]
        return {
            **inherited,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_ACTOR": "octocat",
            "GITHUB_EVENT_NAME": self.name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": "contoso/policies",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temporary),
            **self.variables,
        }


def outputs_of(text: str) -> dict[str, str]:
    """The entries of a file of outputs, read as the runner reads it."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        heredoc = re.fullmatch(r"([\w-]+)<<(.+)", line)
        if heredoc is None:
            name, _, value = line.partition("=")
            found[name] = value
            continue
        value_lines = []
        for inner in lines:
            if inner == heredoc[2]:
                break
            value_lines.append(inner)
        else:
            raise AssertionError(f"{line} has no end")
        found[heredoc[1]] = "\n".join(value_lines)
    return found


def everything_written(*folders: Path) -> str:
    """All files below these folders, as one text."""
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return "\n".join(f"{path}\n{path.read_bytes().decode(errors='replace')}" for path in paths)


def installed(venv: Path, python: str) -> None:
    """A virtual environment as install.sh makes it, with what the tests have in place of downloads."""
    subprocess.run([python, "-m", "venv", "--without-pip", venv], check=True)
    packages = next(venv.glob("lib/python*/site-packages"))
    lent = [path for path in sys.path if path.endswith("site-packages")]
    packages.joinpath("lent.pth").write_text("\n".join([str(ROOT), *lent]), encoding="utf-8")
