"""Each way to run the gate, by the lines of its own file and signed in as on its platform: the table of the README."""

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import FAILING, ROOT, policy, shell
from entra_client import certificate
from graph_support import NOW, SMALL_TENANT

from checker.sandbox.app import Sandbox
from checker.sandbox.entra.oidc import AZURE_PIPELINES_ISSUER, GITHUB_ISSUER
from checker.sandbox.serving.serve import Endpoints, running

SUBJECT = "repo:contoso/policies:ref:refs/heads/main"
ISSUERS = {
    GITHUB_ISSUER: SUBJECT,
    AZURE_PIPELINES_ISSUER: "sc://contoso/secops/reader",
    "https://platform.example": "job",
}
SANDBOX = Sandbox([SMALL_TENANT], now=lambda: NOW)
for known, subject in ISSUERS.items():
    SANDBOX.directory.add_federated_credential(SMALL_TENANT.tenant_id, issuer=known, subject=subject)
# Valid both on the sandbox's day and on the machine's.
KEY, CERTIFICATE = certificate(start=-3650, end=3650)
SANDBOX.directory.register_certificate(SMALL_TENANT.tenant_id, CERTIFICATE)
IDS = {"AZURE_TENANT_ID": SMALL_TENANT.tenant_id, "AZURE_CLIENT_ID": SMALL_TENANT.client_id}
EXAMPLES = ROOT / "examples" / "pipelines"


@dataclass(frozen=True)
class Way:
    """What a platform runs.

    Attributes:
        script: of a shell.
        variables: that the platform sets.
        outputs: files that the platform takes on.
    """

    script: str
    variables: dict[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ("junit.xml",)


def token(issuer: str = "https://platform.example") -> str:
    return SANDBOX.oidc.token(issuer=issuer, subject=ISSUERS[issuer])


def documents(path: Path, values: dict[str, str] | None = None) -> list[Any]:
    """The documents of a file, with ``${{ parameters.x }}`` and ``$[[ inputs.x ]]`` filled in."""
    text = path.read_text(encoding="utf-8")
    filled = re.sub(
        r"\$(?:\{\{|\[\[) (?:parameters|inputs)\.([\w-]+) (?:\}\}|\]\])", lambda name: (values or {})[name[1]], text
    )
    return list(yaml.safe_load_all(filled))


def azure(_: Path, __: Endpoints) -> Way:
    values = {"connection": "secure-score-reader", "policies": "policies", "failOn": "info"}
    (template,) = documents(EXAMPLES / "azure" / "steps.yml", values)
    (step,) = [step for step in template["steps"] if step.get("task") == "AzureCLI@2"]
    assert step["inputs"]["addSpnToEnvironment"] is True
    lent = {
        "tenantId": SMALL_TENANT.tenant_id,
        "servicePrincipalId": SMALL_TENANT.client_id,
        "idToken": token(AZURE_PIPELINES_ISSUER),
        # The agent and the task set these too; they are not enough to sign in by.
        "TF_BUILD": "True",
        "SYSTEM_OIDCREQUESTURI": "https://dev.azure.example/_oidc",
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "00000000-0000-0000-0000-000000000003",
    }
    return Way(step["inputs"]["inlineScript"], {**lent, **step["env"]}, ("junit.xml", "scoregate.sarif"))


def gitlab(folder: Path, _: Endpoints) -> Way:
    ids = {"tenant-id": SMALL_TENANT.tenant_id, "client-id": SMALL_TENANT.client_id}
    plain = {"image": "image", "policies": "policies", "fail-on": "info", "stage": "test", "job-name": "job"}
    job = documents(ROOT / "templates" / "scoregate.yml", {**ids, **plain})[1]["job"]
    variables = {name: one["value"] if isinstance(one, dict) else one for name, one in job["variables"].items()}
    reports = job["artifacts"]["reports"]
    outputs = (reports["junit"], reports["codequality"], *job["artifacts"]["paths"])
    platform = {"GITLAB_CI": "true", "CI_PROJECT_DIR": str(folder), **dict.fromkeys(job["id_tokens"], token())}
    return Way("\n".join(job["script"]), {**variables, **platform}, outputs)


def jenkins(_: Path, __: Endpoints) -> Way:
    text = EXAMPLES.joinpath("jenkins", "Jenkinsfile").read_text(encoding="utf-8")
    return Way("\n".join(re.findall(r"^\s*sh '(.*)'$", text, re.MULTILINE)), {**IDS, "SCOREGATE_OIDC_TOKEN": token()})


def kubernetes(folder: Path, _: Endpoints) -> Way:
    job = documents(EXAMPLES / "kubernetes" / "cronjob.yaml")[-1]["spec"]["jobTemplate"]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    mounts = {one["mountPath"] for one in container["volumeMounts"]}
    assert mounts >= {"/policies", "/history"}
    folder.joinpath("history").mkdir()
    folder.joinpath("token").write_text(token(), encoding="utf-8")
    line = re.sub("/(policies|history)", lambda found: str(folder / found[1]), shlex.join(container["args"]))
    webhook = {**IDS, "AZURE_FEDERATED_TOKEN_FILE": str(folder / "token")}
    return Way(f"scoregate {line}", webhook, ("history/report.json", "history/store/findings"))


def systemd(folder: Path, _: Endpoints) -> Way:
    text = EXAMPLES.joinpath("systemd", "scoregate.service").read_text(encoding="utf-8")
    unit = dict(line.partition("=")[::2] for line in text.splitlines() if re.match(r"\w+=", line))
    credential, place = unit["LoadCredential"].split(":")
    assert place == "/etc/scoregate/certificate.pem"
    folder.joinpath(credential).write_bytes(KEY + CERTIFICATE)
    name, value = unit["Environment"].split("=")
    line = unit["ExecStart"].replace("/opt/scoregate/bin/", "").replace("/etc/scoregate/", "")
    return Way(line, {**IDS, name: value.replace("%d", str(folder))}, ("report.json", "store/findings"))


def audit(folder: Path, served: Endpoints) -> Way:
    (workflow,) = documents(EXAMPLES / "github" / "audit.yml")
    lines = [step["run"] for step in workflow["jobs"]["audit"]["steps"] if "run" in step and "pip" not in step["run"]]
    job = {
        **IDS,
        **workflow["env"],
        "STORE": "store",
        "RUNNER_TEMP": str(folder),
        "CURL_CA_BUNDLE": str(served.ca_file),
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{served.authority}/_oidc/github?x=1",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SANDBOX.oidc.request_token,
    }
    return Way(
        "set -eo pipefail\n" + "\n".join(lines), job, ("report.json", "report.md", "junit.xml", "store/findings")
    )


WAYS: dict[str, Callable[[Path, Endpoints], Way]] = {
    "templates/scoregate.yml": gitlab,
    "examples/pipelines/azure/steps.yml": azure,
    "examples/pipelines/github/audit.yml": audit,
    "examples/pipelines/jenkins/Jenkinsfile": jenkins,
    "examples/pipelines/kubernetes/cronjob.yaml": kubernetes,
    "examples/pipelines/systemd/scoregate.service": systemd,
}


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoints]:
    with running(SANDBOX) as endpoints:
        yield endpoints


def variables(way: Way, served: Endpoints) -> dict[str, str]:
    cloud = {"SSL_CERT_FILE": str(served.ca_file), "SCOREGATE_GRAPH_URL": served.graph}
    return {**cloud, "AZURE_AUTHORITY_HOST": served.authority, "SCOREGATE_NOW": "2026-05-22T09:00:00Z", **way.variables}


@pytest.mark.parametrize("path", WAYS)
def test_the_lines_of_a_platform_judge_the_tenant(path: str, served: Endpoints, tmp_path: Path) -> None:
    tmp_path.joinpath("policies").mkdir()
    way = WAYS[path](tmp_path, served)
    small = Path(policy(tmp_path / "policies", FAILING))
    failed = shell(way.script, folder=tmp_path, variables=variables(way, served))
    assert (failed.code, "FAIL" in failed.out.decode()) == (1, True), failed.err
    assert [name for name in way.outputs if not tmp_path.joinpath(name).exists()] == []
    small.write_text(small.read_text(encoding="utf-8").replace("percent: 100", "percent: 1"), encoding="utf-8")
    passed = shell(way.script, folder=tmp_path, variables=variables(way, served))
    assert (passed.code, "PASS" in passed.out.decode()) == (0, True), passed.err


@pytest.mark.parametrize("path", ["templates/scoregate.yml", "examples/pipelines/azure/steps.yml"])
def test_a_parameter_of_a_template_is_no_code(path: str, served: Endpoints, tmp_path: Path) -> None:
    way = WAYS[path](tmp_path, served)
    hostile = {"POLICIES": '"; touch pwned; $(touch pwned) `touch pwned`', "FAIL_ON": "$(touch pwned)"}
    ended = shell(way.script, folder=tmp_path, variables={**variables(way, served), **hostile})
    assert ended.code == 2
    assert [one.name for one in tmp_path.iterdir()] == []


def test_the_readme_names_each_way() -> None:
    readme = ROOT.joinpath("README.md").read_text(encoding="utf-8")
    assert [path for path in (*WAYS, "action.yml", "Dockerfile") if f"]({path})" not in readme] == []
