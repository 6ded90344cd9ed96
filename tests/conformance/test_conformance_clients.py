"""The sandbox against clients that others wrote: Microsoft's SDKs for Python and JavaScript, unchanged."""

import datetime
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from command_line import scoregate

from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import Status
from checker.sandbox.serving.serve import Endpoints, running
from checker.sandbox.tenants.tenant import make_tenant

pytestmark = pytest.mark.conformance

TOOLS = Path(__file__).parents[2] / ".tools"
PYTHON = TOOLS / "msgraph" / "bin" / "python"
CLIENTS = Path(__file__).parent / "clients"
INSTALL = "run 'make conformance', which installs the clients"
TENANT = make_tenant(0, datetime.datetime.now(datetime.UTC).date(), days=8)
PROFILES = "/v1.0/security/secureScoreControlProfiles"
CONTROL = "exo_mailtipsenabled"


def names(items: Sequence[dict[str, Any]]) -> list[str]:
    return [str(item["id"]) for item in items]


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox([TENANT], now=lambda: datetime.datetime.now(datetime.UTC), page_size=50)


@pytest.fixture
def served(sandbox: Sandbox) -> Iterator[Endpoints]:
    with running(sandbox) as endpoints:
        yield endpoints


def found_by(command: list[str], given: dict[str, str], **variables: str) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    ended = subprocess.run(
        command,
        input=json.dumps(given).encode(),
        env={**kept, **variables},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr.decode()[-3000:]
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def by_python(served: Endpoints, client: str = "python_sdk.py") -> dict[str, Any]:
    assert PYTHON.exists(), INSTALL
    given = {
        "graph": served.graph,
        "authority": served.authority,
        "tenant": TENANT.tenant_id,
        "clientId": TENANT.client_id,
        "clientSecret": TENANT.client_secret,
        "control": CONTROL,
    }
    authority = str(served.ca_file)
    return found_by([str(PYTHON), str(CLIENTS / client)], given, SSL_CERT_FILE=authority, REQUESTS_CA_BUNDLE=authority)


def test_microsofts_python_sdk_reads_and_writes(sandbox: Sandbox, served: Endpoints) -> None:
    sandbox.faults.add(PROFILES, Status(429, retry_after=1))
    found = by_python(served)
    assert found["scores"] == names(TENANT.secure_scores)
    assert found["currentScore"] == TENANT.secure_scores[0]["currentScore"]
    assert found["controls"] == len(TENANT.secure_scores[0]["controlScores"])
    assert found["profiles"] == names(TENANT.control_profiles)
    assert found["pages"] == -(-len(TENANT.control_profiles) // 50)
    assert found["one"] == CONTROL
    assert found["patched"] == [True, "Reviewed"]
    assert found["newest"] == ["Reviewed", "second", "secops@contoso.example"]
    assert found["missing"][0] == 404
    assert found["bad"][:2] == [400, ""]
    bodies = [request.body for request in sandbox.requests if request.method == "PATCH"]
    assert [body["state"] for body in bodies if body] == ["ThirdParty", "Reviewed", "Nonsense"]


def test_microsofts_python_sdk_reads_the_states_that_a_plan_set(served: Endpoints, tmp_path: Path) -> None:
    before = by_python(served, "python_sdk_states.py")
    (tmp_path / "policy.yaml").write_text(
        "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: p}\ncontrols:\n"
        "  - id: a\n    control: mdo_blockmailforward\n"
        "    profile: {state: ThirdParty, assignedTo: m@contoso.example, comment: G}\n"
        "  - {id: b, control: McasFirewallLogUpload, profile: {state: Default, comment: 'Ours is gone'}}\n",
        encoding="utf-8",
    )
    variables = {
        "SSL_CERT_FILE": str(served.ca_file),
        "SCOREGATE_GRAPH_URL": served.graph,
        "AZURE_AUTHORITY_HOST": served.authority,
        "AZURE_TENANT_ID": TENANT.tenant_id,
        "AZURE_CLIENT_ID": TENANT.client_id,
        "AZURE_CLIENT_SECRET": TENANT.client_secret,
        "XDG_STATE_HOME": str(tmp_path),
    }
    for command in (
        ("plan", "-p", "policy.yaml", "--out", "plan.json"),
        ("apply", "plan.json", "--yes", "--journal", "journal.jsonl"),
    ):
        ended = scoregate(*command, folder=tmp_path, variables=variables)
        assert ended.code == 0, ended.err
    after = by_python(served, "python_sdk_states.py")
    assert {control: state for control, state in after.items() if state != before[control]} == {
        "mdo_blockmailforward": ["ThirdParty", "m@contoso.example", "G"],
        "McasFirewallLogUpload": ["Default", before["McasFirewallLogUpload"][1], "Ours is gone"],
    }
    undone = scoregate("rollback", "journal.jsonl", "--yes", folder=tmp_path, variables=variables)
    assert undone.code == 0, undone.err
    empty = {control: [text or "" for text in state] for control, state in before.items()}
    assert {
        control: [text or "" for text in state] for control, state in by_python(served, "python_sdk_states.py").items()
    } == empty


def test_microsofts_javascript_client_reads_and_writes(sandbox: Sandbox, served: Endpoints) -> None:
    node = shutil.which("node")
    modules = TOOLS / "clients" / "node_modules"
    assert node is not None, INSTALL
    assert (modules / "@microsoft" / "microsoft-graph-client").exists(), INSTALL
    sandbox.faults.add(PROFILES, Status(429, retry_after=1))
    given = {"graph": served.graph, "token": sandbox.mint_token(TENANT.tenant_id), "control": CONTROL}
    found = found_by(
        [node, str(CLIENTS / "javascript_client.mjs")],
        given,
        NODE_EXTRA_CA_CERTS=str(served.ca_file),
        SCOREGATE_NODE_MODULES=str(modules),
    )
    assert found["scores"] == names(TENANT.secure_scores)
    assert found["profiles"] == names(TENANT.control_profiles)
    assert (found["told"], found["newest"]) == ("Ignored", "from JavaScript")
    assert found["missing"][0] == 404
