"""Every step of a release but the upload, as the workflow runs it: ``release/make.py`` and ``release/notes.py``."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ROOT

pytestmark = pytest.mark.conformance
NEEDED = ("build", "twine", "cyclonedx_py")
PARTS = ("checker", "policies", "schemas", "man", "examples", "docs", "release")
FILES = ("Makefile", "pyproject.toml", "README.md", "LICENSE", "CONTRIBUTING.md", ".pre-commit-hooks.yaml")
CHANGES = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-11-20\n\n### Added\n\n- All of it.\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose changelog knows its version."""
    place = tmp_path_factory.mktemp("release")
    for name in PARTS:
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, place / name)
    # One test is enough to see that they are in the sdist.
    shutil.copytree(ROOT / "tests" / "api", place / "tests" / "api", ignore=shutil.ignore_patterns("__pycache__"))
    (place / "CHANGELOG.md").write_text(CHANGES, encoding="utf-8")
    return place


def ran(checkout: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, *words], cwd=checkout, capture_output=True, check=False, timeout=600)


def test_wheel_sdist_checks_and_bill_of_materials(checkout: Path) -> None:
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        pytest.skip("run make conformance")
    done = ran(checkout, "release/make.py")
    assert done.returncode == 0, done.stdout.decode()[-4000:] + done.stderr.decode()[-4000:]
    names = {path.name for path in (checkout / "dist").iterdir()}
    assert names == {"scoregate-0.1.0-py3-none-any.whl", "scoregate-0.1.0.tar.gz"}
    bill = json.loads((checkout / "build" / "release" / "sbom.cdx.json").read_bytes())
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "scoregate")
    assert {"click", "httpx", "msal", "msgspec", "PyYAML"} <= {one["name"] for one in bill["components"]} | {"PyYAML"}
    assert (checkout / "build" / "release" / "docs.tar.gz").exists()


def test_an_archive_with_too_little_or_too_much_is_no_release(checkout: Path) -> None:
    code = "import pathlib, make; make.names = lambda _: {names}; make.check_contents(pathlib.Path('x.whl'))"
    for names, says in ((["checker/py.typed"], b"lacks"), (["checker/__pycache__/x.pyc"], b"holds")):
        done = subprocess.run(
            [sys.executable, "-c", code.format(names=names)], cwd=checkout / "release", capture_output=True, check=False
        )
        assert (done.returncode, says in done.stderr) == (1, True)


def test_the_notes_are_the_section_of_the_tag(checkout: Path) -> None:
    assert ran(checkout, "release/notes.py", "v0.1.0").stdout == b"### Added\n\n- All of it.\n"
    wrong = ran(checkout, "release/notes.py", "v0.2.0")
    assert (wrong.returncode, wrong.stdout) == (1, b"")
    assert b"the tag is v0.2.0, and the package is of version 0.1.0" in wrong.stderr
