"""The hooks of ``.pre-commit-hooks.yaml``, installed and run by pre-commit as in a repository of policies."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ROOT, Ended, environment, scoregate

pytestmark = pytest.mark.conformance

# What the hooks' environment is built from; without it pip would install a commit of ours.
SOURCES = (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE", "checker", "man", "policies", "schemas")
TESTS = """\
apiVersion: scoregate/v1
kind: PolicyTest
policies: [baseline.yaml]
tenant: {controls: {AdminMFAV2: {percent: 50}}}
cases:
  - {name: administrators without MFA, expect: {baseline/admins-use-mfa: fail}}
"""


def ran(*command: str, folder: Path, home: Path) -> Ended:
    variables = environment(PRE_COMMIT_HOME=str(home), PRE_COMMIT_COLOR="never", GIT_CONFIG_GLOBAL=os.devnull)
    del variables["PYTHONPATH"]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=False, timeout=300)
    return Ended(done.returncode, done.stdout, done.stderr.decode())


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@contoso.example", "-c", "protocol.file.allow=always")
    done = ran("git", *identity, *arguments, folder=folder, home=folder)
    assert done.code == 0, done.err
    return done.out.decode().strip()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository with what is here now, and its commit."""
    place = tmp_path_factory.mktemp("product")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, place / name)
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "The product")
    return place, git(place, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the hooks' environment, which all tests share."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def team(product: tuple[Path, str], tmp_path: Path) -> Path:
    """A repository with the policies that ``init`` writes, a test of them, and the hooks."""
    place, commit = product
    git(tmp_path, "init", "--quiet")
    assert scoregate("init", folder=tmp_path).code == 0
    (tmp_path / "policies" / "tests.yaml").write_text(TESTS, encoding="utf-8")
    (tmp_path / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {place}\n    rev: {commit}\n    hooks: [{{id: scoregate-lint}}, {{id: scoregate-test}}]\n",
        encoding="utf-8",
    )
    git(tmp_path, "add", "--all")
    return tmp_path


def hooks(team: Path, home: Path) -> tuple[int, dict[str, str], str]:
    """The exit code, how each hook ended, and all that was said."""
    done = ran(sys.executable, "-m", "pre_commit", "run", folder=team, home=home)
    said = done.out.decode()
    lines = [line for line in said.splitlines() if line.startswith("scoregate ") and "..." in line]
    ended = {line.partition("...")[0]: re.split(r"[.)]", line)[-1] for line in lines}
    return done.code, ended, said + done.err


def test_pre_commit_runs_both_hooks(team: Path, home: Path) -> None:
    code, ended, said = hooks(team, home)
    assert (code, ended) == (0, {"scoregate lint": "Passed", "scoregate test": "Passed"}), said


def test_a_commit_with_a_wrong_policy_is_refused(team: Path, home: Path) -> None:
    policy = team / "policies" / "baseline.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("    severity: critical", "    sevrity: critical"))
    git(team, "add", "--all")
    code, ended, said = hooks(team, home)
    assert (code, ended) == (1, {"scoregate lint": "Failed", "scoregate test": "Failed"}), said
    assert "unknown key 'sevrity' (did you mean 'severity'?)" in said


def test_a_commit_whose_tests_fail_is_refused(team: Path, home: Path) -> None:
    (team / "policies" / "tests.yaml").write_text(TESTS.replace(": fail}", ": pass}"), encoding="utf-8")
    git(team, "add", "--all")
    code, ended, said = hooks(team, home)
    assert (code, ended) == (1, {"scoregate lint": "Passed", "scoregate test": "Failed"}), said


def test_a_commit_of_something_else_runs_neither(team: Path, home: Path) -> None:
    git(team, "commit", "--quiet", "--message", "Policies")
    (team / "notes.md").write_text("Notes\n", encoding="utf-8")
    git(team, "add", "--all")
    code, ended, said = hooks(team, home)
    assert (code, ended) == (0, {"scoregate lint": "Skipped", "scoregate test": "Skipped"}), said
