"""The files for CI systems, containers and servers against others' linters and schemas, and the steps of the image."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import ROOT, Ended, environment

pytestmark = pytest.mark.conformance

BIN = Path(sys.executable).parent
PIPELINES = ROOT / "examples" / "pipelines"
INPUT = re.compile(r"\$\[\[ inputs\.([\w-]+) \]\]")


def ran(*command: str | Path, folder: Path = ROOT, variables: Mapping[str, str] | None = None) -> Ended:
    known = environment(**(variables or {}))
    done = subprocess.run(list(map(str, command)), cwd=folder, env=known, capture_output=True, check=False, timeout=600)
    return Ended(done.returncode, done.stdout, done.stderr.decode())


def accepted(ended: Ended) -> None:
    assert ended.code == 0, ended.out.decode() + ended.err


def schema(name: str, *paths: Path, options: Sequence[str] = ()) -> Ended:
    return ran(BIN / "check-jsonschema", "--builtin-schema", f"vendor.{name}", *options, *paths)


def test_the_schemas_of_github_take_the_action_and_the_workflows() -> None:
    accepted(schema("github-actions", ROOT / "action.yml"))
    accepted(schema("github-workflows", *sorted(PIPELINES.glob("github/*.yml"))))


def as_azure_reads(value: Any, *, inside: bool = False) -> Any:
    """A document for the schema of Azure Pipelines, to which every scalar is a text, except in a task."""
    if isinstance(value, dict):
        return {name: as_azure_reads(one, inside=inside or "task" in value) for name, one in value.items()}
    if isinstance(value, list):
        return [as_azure_reads(one, inside=inside) for one in value]
    return value if inside or isinstance(value, str) else str(value).lower()


@pytest.mark.parametrize("path", sorted(PIPELINES.glob("azure/*.yml")), ids=lambda path: path.name)
def test_the_schema_of_azure_pipelines_takes(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "pipeline.json"
    file.write_text(json.dumps(as_azure_reads(yaml.safe_load(path.read_text(encoding="utf-8")))), encoding="utf-8")
    accepted(
        schema("azure-pipelines", file, options=("--data-transform=azure-pipelines", "--regex-variant=nonunicode"))
    )


def test_the_schema_of_gitlab_takes_the_component_with_its_inputs(tmp_path: Path) -> None:
    head, job = ROOT.joinpath("templates", "scoregate.yml").read_text(encoding="utf-8").split("\n---\n")
    inputs = yaml.safe_load(head)["spec"]["inputs"]
    given = {"image": "scoregate:0.1.0", "tenant-id": "contoso.example", "client-id": "0" * 36}
    values = {name: str(given.get(name, one.get("default"))) for name, one in inputs.items()}
    assert set(INPUT.findall(job)) == inputs.keys()
    assert all(re.fullmatch(inputs[name].get("regex", ".*"), values[name]) for name in inputs)
    file = tmp_path / "component.yml"
    file.write_text(INPUT.sub(lambda name: values[name[1]], job), encoding="utf-8")
    transform = ("--data-transform=gitlab-ci",)
    accepted(schema("gitlab-ci", file, *sorted(PIPELINES.glob("gitlab/*.yml")), options=transform))


def test_zizmor_finds_nothing_in_the_action() -> None:
    accepted(ran(BIN / "zizmor", "--offline", "--pedantic", "--quiet", "action.yml"))


def test_kubernetes_takes_the_cron_job() -> None:
    accepted(ran(BIN / "kubernetes-validate", "--strict", PIPELINES / "kubernetes" / "cronjob.yaml"))


def test_groovy_s_grammar_takes_the_jenkinsfile() -> None:
    import tree_sitter
    import tree_sitter_groovy

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_groovy.language()))
    assert not parser.parse(PIPELINES.joinpath("jenkins", "Jenkinsfile").read_bytes()).root_node.has_error


def test_shellcheck_finds_nothing_in_scripts(tmp_path: Path) -> None:
    scripts = [ROOT / "action" / "install.sh"]
    steps = [yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]]
    for path in sorted(PIPELINES.glob("github/*.yml")):
        steps += [job["steps"] for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()]
    for number, script in enumerate(step["run"] for some in steps for step in some if "run" in step):
        scripts.append(tmp_path / f"{number}.sh")
        scripts[-1].write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
    accepted(ran(BIN / "shellcheck", "--severity=warning", *scripts))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_the_units_and_finds_them_shut_in(tmp_path: Path) -> None:
    for path in PIPELINES.joinpath("systemd").iterdir():
        text = path.read_text(encoding="utf-8").replace("/opt/scoregate/bin/scoregate", "/bin/true")
        tmp_path.joinpath(path.name).write_text(text, encoding="utf-8")
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    verified = ran("systemd-analyze", "verify", *units)
    assert (verified.code, [line for line in verified.err.splitlines() if "scoregate" in line]) == (0, [])
    # Of 100: what a service may do that it could be kept from.
    accepted(ran("systemd-analyze", "security", "--offline=yes", "--threshold=20", tmp_path / "scoregate.service"))


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    accepted(ran(BIN / "hadolint", "--failure-threshold", "info", ROOT / "Dockerfile"))


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that every user can reach, to stand for a container's file system."""
    place = Path(tempfile.mkdtemp(prefix="scoregate-image-", dir="/tmp"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def instructions(stage: int) -> list[tuple[str, str]]:
    text = ROOT.joinpath("Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    stages = re.split(r"^(?=FROM )", text, flags=re.MULTILINE)[1:]
    lines = [line.partition(" ") for line in stages[stage].splitlines() if line]
    return [(name, value.strip()) for name, _, value in lines]


def built(root: Path, extra: str = "") -> None:
    """Carries out the first stage's COPY and RUN below a folder."""
    source = root / "source"
    kept = ROOT.joinpath(".dockerignore").read_text(encoding="utf-8").splitlines()
    variables = {"EXTRA": extra, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": str(root)}
    for name, value in instructions(0):
        if name == "ENV":
            variables |= {one.partition("=")[0]: one.partition("=")[2] for one in value.split()}
        elif name == "COPY":
            for pattern in (line[1:] for line in kept if line.startswith("!")):
                for path in ROOT.glob(pattern):
                    copy(path, source / path.relative_to(ROOT))
        elif name == "RUN":
            script = value.replace("/opt/", f"{root}/opt/")
            accepted(ran("sh", "-c", script, folder=source, variables=variables))


def copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(path, target)


@pytest.mark.parametrize("extra", ["", "history"])
def test_the_image_s_steps_make_what_judges_without_root(extra: str, root: Path) -> None:
    built(root, extra)
    program = root / "opt" / "scoregate" / "bin" / "scoregate"
    user = dict(instructions(1))["USER"].split(":")
    as_user = ["setpriv", f"--reuid={user[0]}", f"--regid={user[1]}", "--clear-groups"] if os.getuid() == 0 else []
    before = sorted(path for path in root.rglob("*"))
    line = ["check", "-p", "pack:essentials", "--sandbox", "--now", "2026-05-22T09:00:00Z"]
    ended = ran(*as_user, program, *line, folder=root, variables={"PYTHONPATH": "", "HOME": "/nonexistent"})
    assert (ended.code, ended.err) == (1, ""), ended.err
    # Nothing is written, so the file system can be read-only; pip stays behind, and what builds too.
    assert sorted(path for path in root.rglob("*")) == before
    packages = {path.name.partition("-")[0] for path in root.glob("opt/scoregate/lib/*/site-packages/*.dist-info")}
    assert "scoregate" in packages
    assert ("deltalake" in packages) == (extra == "history")
    assert packages.isdisjoint({"pip", "hatchling"})


def test_the_image_starts_without_root_and_says_how_it_is() -> None:
    run = instructions(1)
    assert ("USER", "65532:65532") in run
    assert ("ENTRYPOINT", '["scoregate"]') in run
    bases = [value.split()[0] for stage in (0, 1) for name, value in instructions(stage) if name == "FROM"]
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:[\w.-]+@sha256:[0-9a-f]{64}", bases[0])


def test_the_locks_are_what_pyproject_asks_for(tmp_path: Path) -> None:
    # A private authority of the machine's, if there is one.
    trusted = {name: value for name, value in os.environ.items() if name == "SSL_CERT_FILE"}
    for lock, more in (("requirements.lock", []), ("requirements-history.lock", ["--extra", "history"])):
        copy_of = tmp_path / lock
        shutil.copy(ROOT / "action" / lock, copy_of)
        options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
        # Without --upgrade the pins stay, as long as they fit.
        line = ["pip", "compile", "--quiet", *options, *more, "pyproject.toml", "-o", str(copy_of)]
        accepted(ran(BIN / "uv", *line, variables=trusted))
        pins = [
            re.findall(r"^[\w.-]+==\S+", path.read_text(), re.MULTILINE) for path in (copy_of, ROOT / "action" / lock)
        ]
        assert pins[0] == pins[1], "run 'make lock'"
