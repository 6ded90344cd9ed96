"""Our SARIF against Microsoft's validator (with the rules of GitHub turned on) and the OASIS schema."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from golden_cases import CASES, FOLDER, REPORTS, run_case
from hostile_reports import TEXTS, full_of
from hypothesis import given, settings

from checker.renderers.sarif import render

pytestmark = pytest.mark.conformance

CONFIGURATION = Path(__file__).parent / "multitool.xml"
TOOLS = Path(__file__).parents[2] / ".tools" / "node_modules" / "@microsoft"
MULTITOOL = TOOLS / f"sarif-multitool-{sys.platform}"
PROGRAM_NAMES = ("Sarif.Multitool", "Sarif.Multitool.exe")
INSTALL = "run 'make conformance', which installs the validator"

# What lint says of a policy that has every kind of fault.
FAULTY_POLICY = """\
apiVersion: scoregate/v1
kind: Policy
metadata: {name: faulty, titel: "[x](1) ]]>"}
controls:
  - {id: one, control: AdminMFAV2, severity: critcal}
  - {id: one, kontrol: "::error::"}
"""
HARMLESS = """\
apiVersion: scoregate/v1
kind: Policy
metadata: {name: NAME}
score: [{id: overall, minimum: {percent: 60}}]
"""
QUESTIONABLE_WAIVERS = """\
apiVersion: scoregate/v1
kind: Waivers
waivers:
  - {requirement: nothing/at-all, from: 2026-01-01, until: 2027-12-31, reason: "[x](1)", approvedBy: me}
  - {requirement: contoso-baseline/overall, from: 2026-01-01, until: 2026-02-01, reason: r, approvedBy: me}
  - {requirement: contoso-baseline/overall, from: 2026-05-01, until: 2026-06-01, reason: r, approvedBy: me}
"""


def lint_sarif(folder: Path, *arguments: str) -> bytes:
    command = [sys.executable, "-m", "checker", "lint", *arguments, "--now", "2026-05-22T09:00:00Z"]
    subprocess.run([*command, "-o", "sarif=lint.sarif"], cwd=folder, capture_output=True, check=False)
    return (folder / "lint.sarif").read_bytes()


def review_sarif(folder: Path) -> bytes:
    """What review says of a change of every kind, on a tenant."""

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example")
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)

    def write(**texts: str) -> None:
        for name, text in texts.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    git("init", "-q", "-b", "main")
    policy = (FOLDER / "failing" / "policy.yaml").read_text("utf-8")
    write(policy=policy, gone=HARMLESS.replace("NAME", "gone"), changed=HARMLESS.replace("NAME", "changed"))
    git("add", "-A")
    git("commit", "-qm", "first")
    (folder / "gone.yaml").unlink()
    (folder / "scoregate.toml").write_text('output = "json"\n')
    changed = HARMLESS.replace("NAME", "changed").replace("percent: 60}", 'percent: 50}, title: "[x](1) ]]>"')
    write(changed=changed, new=HARMLESS.replace("NAME", "new"), waivers=QUESTIONABLE_WAIVERS)
    command = ["review", "--base", "main", "-p", ".", "--sandbox", "--now", "2026-05-22T09:00:00Z"]
    subprocess.run([sys.executable, "-m", "checker", *command, "-o", "sarif=review.sarif"], cwd=folder, check=True)
    return (folder / "review.sarif").read_bytes()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Every SARIF file that we can be made to write, by name."""
    found: dict[str, bytes] = {}
    for case in CASES:
        folder = tmp_path_factory.mktemp(case)
        found[case] = (FOLDER / case / REPORTS["sarif"]).read_bytes()
        found[f"{case}-full"] = run_case(case, folder, "--sarif-profile", "full")[1]["sarif"]
        policy = next(folder.glob("*policy*.yaml")).name
        found[f"{case}-lint"] = lint_sarif(folder, "-p", policy, "--waivers", "waivers.yaml")
    (folder / "faulty.yaml").write_text(FAULTY_POLICY, encoding="utf-8")
    found["faulty-lint"] = lint_sarif(folder, "faulty.yaml")
    (folder / "questionable.yaml").write_text(QUESTIONABLE_WAIVERS, encoding="utf-8")
    policy = str(FOLDER / "failing" / "policy.yaml")
    found["questionable-lint"] = lint_sarif(folder, policy, "questionable.yaml")
    found["review"] = review_sarif(tmp_path_factory.mktemp("review"))
    return found


NAMES = [
    *(f"{case}{suffix}" for case in CASES for suffix in ("", "-full", "-lint")),
    "faulty-lint",
    "questionable-lint",
    "review",
]


def validated(files: Mapping[str, bytes], folder: Path, kind: str = "Sarif;Ghas") -> dict[str, list[str]]:
    """What Microsoft's validator complains of, by name of the file; it exits 0 whatever it finds."""
    programs = [path for name in PROGRAM_NAMES if (path := MULTITOOL / name).exists()]
    assert programs, INSTALL
    programs[0].chmod(0o755)
    for name, data in files.items():
        (folder / f"{name}.sarif").write_bytes(data)
    output = folder / "output.json"
    subprocess.run(
        [
            str(programs[0]),
            "validate",
            str(folder / "*.sarif"),
            "--rule-kind",
            kind,
            "--config",
            str(CONFIGURATION),
            "--output",
            str(output),
            "--log",
            "ForceOverwrite",
            "--quiet",
        ],
        check=True,
        capture_output=True,
    )
    run = json.loads(output.read_text("utf-8-sig"))["runs"][0]
    invocation = run["invocations"][0]
    assert invocation["executionSuccessful"], invocation
    assert not invocation.get("toolExecutionNotifications"), invocation
    assert not invocation.get("toolConfigurationNotifications"), invocation
    complaints: dict[str, list[str]] = {name: [] for name in files}
    scanned = {Path(artifact["location"]["uri"]).stem for artifact in run.get("artifacts", [])}
    for result in run["results"]:
        if result.get("level", "warning") in {"error", "warning"}:
            name = Path(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]).stem
            complaints[name].append(f"{result['ruleId']} {result['message'].get('arguments', '')}")
    assert scanned <= set(files)
    return complaints


@pytest.fixture(scope="module")
def complaints(files: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    return validated(files, tmp_path_factory.mktemp("multitool"))


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    path = MULTITOOL / "sarif-2.1.0.json"
    assert path.exists(), INSTALL
    return jsonschema.Draft202012Validator(
        json.loads(path.read_text("utf-8-sig")), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def test_every_file_is_looked_at(files: Mapping[str, bytes]) -> None:
    assert sorted(files) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_microsofts_validator_has_no_complaint(name: str, complaints: Mapping[str, list[str]]) -> None:
    assert complaints[name] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_oasis_schema_holds(name: str, files: Mapping[str, bytes], schema: jsonschema.Draft202012Validator) -> None:
    faults = [f"{fault.json_path}: {fault.message}" for fault in schema.iter_errors(json.loads(files[name]))]
    assert faults == []


@given(TEXTS)
@settings(deadline=None, max_examples=30)
def test_the_oasis_schema_holds_for_any_text(schema: jsonschema.Draft202012Validator, text: str) -> None:
    faults = [f"{fault.json_path}: {fault.message}" for fault in schema.iter_errors(json.loads(render(full_of(text))))]
    assert faults == []


Run = dict[str, Any]


def without_location(run: Run) -> None:
    del run["results"][0]["locations"]


def absolute_uri(run: Run) -> None:
    run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "https://contoso.example/p.yaml"


def uri_with_blank(run: Run) -> None:
    run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a policy.yaml"


def index_out_of_bounds(run: Run) -> None:
    run["results"][0]["ruleIndex"] = 99


def without_help(run: Run) -> None:
    del run["tool"]["driver"]["rules"][0]["help"]


def without_region(run: Run) -> None:
    del run["results"][0]["locations"][0]["physicalLocation"]["region"]


def message_by_id(run: Run) -> None:
    run["tool"]["driver"]["rules"][0]["messageStrings"] = {"default": {"text": "Fails."}}
    run["results"][0]["message"] = {"id": "default"}


BROKEN: dict[str, tuple[Callable[[Run], None], str]] = {
    "no-location": (without_location, "GH1001"),
    "absolute-uri": (absolute_uri, "GH1005"),
    "blank-in-uri": (uri_with_blank, "SARIF1002"),
    "index-out-of-bounds": (index_out_of_bounds, "SARIF1009"),
    "no-help": (without_help, "GH2012"),
    "no-region": (without_region, "GH1003"),
    "message-by-id": (message_by_id, "GH1007"),
}


def test_microsofts_validator_does_complain_of_broken_files(files: Mapping[str, bytes], tmp_path: Path) -> None:
    broken = {}
    for name, (breaking, _) in BROKEN.items():
        log = json.loads(files["failing"])
        breaking(log["runs"][0])
        broken[name] = json.dumps(log).encode()
    complaints = validated(broken, tmp_path)
    found = {name: {complaint.split()[0] for complaint in complaints[name]} for name in BROKEN}
    missing = {name: found[name] for name, (_, rule) in BROKEN.items() if rule not in found[name]}
    assert not missing


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("invocations", 0, "startTimeUtc"), "2026-05-22 09:00"),
        (("automationDetails", "guid"), "not-a-guid"),
        (("tool", "driver", "informationUri"), "no uri at all"),
        (("results", 0, "locations", 0, "physicalLocation", "region", "startColumn"), 0),
        (("results", 0, "level"), None),
        (("tool", "driver", "rules", 0, "properties", "tags"), ["security", "security"]),
    ],
)
def test_the_oasis_schema_does_refuse_broken_files(
    path: tuple[str | int, ...],
    value: object,
    files: Mapping[str, bytes],
    schema: jsonschema.Draft202012Validator,
) -> None:
    log = json.loads(files["failing"])
    place: Any = log["runs"][0]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not schema.is_valid(log)


PIPELINE = {
    "SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/",
    "SYSTEM_TEAMPROJECT": "secops",
    "SYSTEM_DEFINITIONID": "42",
    "BUILD_DEFINITIONNAME": "secure-score-gate",
    "SYSTEM_PHASEID": "96ac2280-8cb4-5df5-99de-dd2da759617d",
    "SYSTEM_PHASENAME": "Job",
    "BUILD_SOURCEBRANCH": "refs/heads/main",
    "BUILD_BUILDID": "1017",
}


@pytest.mark.parametrize("case", CASES)
def test_advanced_security_for_azure_devops_has_nothing_to_complain_of(case: str, tmp_path: Path) -> None:
    _, reports = run_case(case, tmp_path / case, "--sarif-profile", "azdo", variables=PIPELINE)
    found = validated({"azdo": reports["sarif"]}, tmp_path, "Sarif;GHAzDO")
    assert found == {"azdo": []}
