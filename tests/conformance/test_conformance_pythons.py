"""The other Python versions: the same bytes in every format, and evidence that one writes and another judges again."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from command_line import NOW, ROOT, Ended, environment, scoregate
from evidence_support import EVERYTHING, kept, prepare
from other_pythons import other_pythons

from checker.evidence.archive import pack
from checker.evidence.versions import present_versions
from checker.renderers import FORMATS

pytestmark = pytest.mark.conformance
DEMO = ("check", "-p", "pack:essentials", "--sandbox", "--now", "2026-11-20T09:00:00Z")
UV = Path(sys.executable).with_name("uv")
VERSIONS = re.compile(rb'  "versions": \{.*?\n  \},\n', re.DOTALL)
Run = Callable[..., Ended]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    line = ("-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir", str(place))
    subprocess.run([sys.executable, *line, str(ROOT)], check=True, timeout=300)
    return next(place.glob("*.whl"))


@dataclass(frozen=True)
class Installed:
    """The checkout as one Python version runs it, installed from the wheel."""

    version: str
    folder: Path

    @property
    def command(self) -> str:
        """The program that the wheel brings."""
        return str(self.folder / "bin" / "scoregate")

    @property
    def variables(self) -> dict[str, str]:
        """The environment that it runs in."""
        return environment(PYTHONPATH=str(self.folder))

    def __call__(self, *arguments: str, folder: Path) -> Ended:
        done = subprocess.run(
            [self.command, *arguments], cwd=folder, env=self.variables, capture_output=True, timeout=60, check=False
        )
        return Ended(done.returncode, done.stdout, done.stderr.decode())


@pytest.fixture(scope="module")
def others(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Installed]:
    """Beside each environment, which several runs of tests may use at once."""
    pythons = other_pythons()
    if not pythons:
        pytest.skip("no other Python version that scoregate supports is in PATH or with pyenv")
    wheel = request.getfixturevalue("wheel")
    found = []
    for one in pythons:
        assert one.is_made, "run 'make pythons', which makes an environment of each other Python version"
        folder = tmp_path_factory.mktemp("installed")
        line = (UV, "pip", "install", "--quiet", "--no-deps", "--python", one.python, "--target", folder, wheel)
        subprocess.run(line, check=True, timeout=120)
        found.append(Installed(".".join(map(str, one.version)), folder))
    return found


def folder_for(place: Path) -> Path:
    place.mkdir()
    return place


def written(run: Run, folder: Path) -> tuple[dict[str, bytes], str]:
    """What a run writes in each format, by the file's name, and what it says."""
    outputs = [word for name in FORMATS for word in ("-o", f"{name}={name}.out")]
    ended = run(*DEMO, *outputs, folder=folder)
    assert ended.code == 1, ended.err
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}, ended.err


def test_every_format_has_the_same_bytes(others: list[Installed], tmp_path: Path) -> None:
    expected = written(scoregate, folder_for(tmp_path / "here"))
    files, _ = expected
    assert len(files) == len(FORMATS)
    shown = scoregate(*DEMO, "-o", "json", "-o", "sarif=s", "-o", "junit=j", folder=tmp_path)
    assert (shown.code, shown.out) == (1, files["json.out"])
    for python in others:
        assert written(python, folder_for(tmp_path / python.version)) == expected, python
        assert python(*DEMO, "-o", "json", "-o", "sarif=s", "-o", "junit=j", folder=tmp_path) == shown, python


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written once, since gzip notes the time."""
    folder = tmp_path_factory.mktemp("inputs")
    prepare(folder)
    return folder


def test_a_served_sandbox_ends_at_once_and_in_silence(others: list[Installed], tmp_path: Path) -> None:
    for python in others:
        with subprocess.Popen(
            [python.command, "sandbox", "--plain-http"],
            cwd=tmp_path,
            env=python.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            graph = json.loads(process.stdout.readline())["graph"]
            with httpx.Client(trust_env=False) as client:
                assert client.get(f"{graph}/v1.0/security/secureScores").status_code == 401
                # While the client keeps its connection open.
                process.terminate()
                assert (process.wait(timeout=20), process.stderr.read()) == (0, b""), python


def everything(run: Run, folder: Path) -> None:
    """Keeps the evidence of a run that uses all that a verdict can go by, in a folder with the inputs."""
    asked = ("-p", "policies", "--set", "least=40", "--snapshot", "one.json", "--now", NOW)
    assert run("lock", *asked, folder=folder).code == 0
    lock = folder / "scoregate.lock"
    lock.write_text(lock.read_text("utf-8").replace('"maxScore": ', '"maxScore": 1'), encoding="utf-8")
    assert run("check", *asked, "-o", "json=earlier.json", folder=folder).code == 1
    ended = run("check", *EVERYTHING, "--evidence", "run.zip", folder=folder)
    assert ended.code == 1, ended.err


def demo(run: Run, folder: Path) -> None:
    """Keeps the evidence of a run on the sandbox."""
    ended = run(*DEMO, "--evidence", "run.zip", folder=folder)
    assert ended.code == 1, ended.err


def without_versions(folder: Path) -> bytes:
    """Evidence with nothing in its manifest of what judged."""
    members = kept(folder)
    manifest, found = VERSIONS.subn(b"", members["manifest.json"])
    assert found == 1
    return pack({**members, "manifest.json": manifest}).getvalue()


def entries(folder: Path) -> list[tuple[object, ...]]:
    """The members of evidence as its ZIP file describes them."""
    with zipfile.ZipFile(folder / "run.zip") as archive:
        return [
            (one.filename, one.date_time, one.compress_type, one.create_system, one.external_attr, one.extra)
            for one in archive.infolist()
        ]


def judged_again(run: Run, evidence: Path, folder: Path) -> str:
    """Replays, expects the same bytes, and gives the version of Python that the evidence is of."""
    ended = run("replay", str(evidence / "run.zip"), "-o", "json", folder=folder)
    assert (ended.code, ended.err) == (0, ""), ended
    answer = json.loads(ended.out)
    assert (answer["verdict"], answer["sameReport"]) == ("same", True)
    return next(str(one["then"]) for one in answer["versions"] if one["name"] == "Python")


@pytest.mark.parametrize("keep", [everything, demo])
def test_each_version_judges_the_evidence_of_another_again(
    keep: Callable[[Run, Path], None], inputs: Path, others: list[Installed], tmp_path: Path
) -> None:
    ours = shutil.copytree(inputs, tmp_path / "here")
    keep(scoregate, ours)
    for python in others:
        theirs = shutil.copytree(inputs, tmp_path / python.version)
        keep(python, theirs)
        assert kept(theirs)["report.json"] == kept(ours)["report.json"], python
        assert without_versions(theirs) == without_versions(ours), python
        assert entries(theirs) == entries(ours), python
        empty = folder_for(tmp_path / f"replay-{python.version}")
        assert judged_again(python, ours, empty) == present_versions().python
        assert judged_again(scoregate, theirs, empty) == python.version
