"""What clients that others wrote ask of the sandbox beyond lists and items: selection, order, counts, batches, sign-in.

Each runs unchanged in an environment of its own, which ``make conformance`` installs.
"""

import contextlib
import datetime
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from command_line import ROOT, environment
from sandbox_client import VENDOR
from test_conformance_clients import CLIENTS, CONTROL, INSTALL, PROFILES, TOOLS, found_by, names

from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import Status
from checker.sandbox.serving.serve import Endpoints, running
from checker.sandbox.tenants.tenant import make_tenant

pytestmark = pytest.mark.conformance

TENANT = make_tenant(0, datetime.datetime.now(datetime.UTC).date(), days=8)
MODULES = TOOLS / "clients" / "node_modules"
OLDEST = TENANT.secure_scores[::-1]
SCORES = "/v1.0/security/secureScores"
DESCRIPTION = Path(os.environ.get("SCOREGATE_REAL_DATA", ""), "openapi.yaml")


@pytest.fixture
def sandbox() -> Sandbox:
    made = Sandbox([TENANT], now=lambda: datetime.datetime.now(datetime.UTC), page_size=100)
    made.directory.device_code_interval = 0
    return made


@pytest.fixture
def served(sandbox: Sandbox) -> Iterator[Endpoints]:
    with running(sandbox) as endpoints:
        yield endpoints


def found(served: Endpoints, environment: str, client: str) -> dict[str, Any]:
    """What a client found: one of Python in an environment of .tools, or one of JavaScript."""
    given = {
        "graph": served.graph,
        "authority": served.authority,
        "tenant": TENANT.tenant_id,
        "clientId": TENANT.client_id,
        "clientSecret": TENANT.client_secret,
        "control": CONTROL,
    }
    program = node() if client.endswith(".mjs") else str(TOOLS / environment / "bin" / "python")
    assert Path(program).exists(), INSTALL
    authority = str(served.ca_file)
    return found_by(
        [program, str(CLIENTS / client)],
        given,
        SSL_CERT_FILE=authority,
        REQUESTS_CA_BUNDLE=authority,
        NODE_EXTRA_CA_CERTS=authority,
        SCOREGATE_NODE_MODULES=str(MODULES),
    )


def node() -> str:
    path = shutil.which("node")
    assert path is not None, INSTALL
    assert MODULES.exists(), INSTALL
    return path


def test_microsofts_python_sdk_selects_orders_counts_and_batches(sandbox: Sandbox, served: Endpoints) -> None:
    # A request of a batch may be throttled while the others are answered.
    sandbox.faults.add(SCORES, Status(429, retry_after=1), times=1)
    told = found(served, "msgraph", "python_sdk_queries.py")
    assert told["oldest"] == [[day["id"], day["currentScore"], None] for day in OLDEST[:3]]
    assert told["count"] == [8, 8, len(TENANT.control_profiles)]
    assert told["statuses"] == {"scores": 200, "change": 204, "missing": 404}
    assert told["changed"] == "from a batch"
    assert [entry.status for entry in sandbox.requests if entry.path == SCORES] == [429, 200, 200]


def test_azure_identity_and_msal_sign_people_and_applications_in(served: Endpoints) -> None:
    person, application = "secops@contoso.example", TENANT.client_id
    assert found(served, "msgraph", "identity_client.py") == {
        "azure": [person, application],
        "msal": {"person": person, "silent": True, "application": application, "wrong": [7000215]},
    }


def test_msal_node_and_microsofts_javascript_client(sandbox: Sandbox, served: Endpoints) -> None:
    sandbox.faults.add(PROFILES, Status(429, retry_after=1))
    told = found(served, "", "javascript_queries.mjs")
    assert told["oldest"]["value"] == [{"id": day["id"]} for day in OLDEST[:2]]
    assert told["oldest"]["@odata.context"].endswith("#security/secureScores(id)")
    assert [int(count) for count in told["count"]] == [len(TENANT.control_profiles)] * 2
    assert told["statuses"] == [200, 204]
    assert told["first"]["value"] == [{"id": TENANT.secure_scores[0]["id"]}]
    assert told["changed"] == "from a batch of JavaScript"


def test_office365_rest_python_client(served: Endpoints) -> None:
    told = found(served, "office365", "office365_client.py")
    assert told["profiles"] == names(TENANT.control_profiles)
    best = sorted(TENANT.control_profiles, key=lambda profile: -profile["maxScore"])[:3]
    assert told["best"] == [{"id": profile["id"], "maxScore": profile["maxScore"]} for profile in best]
    assert told["filtered"] == [profile["id"] for profile in TENANT.control_profiles if profile["service"] == "MDATP"]


HOW_TO = ROOT / "docs" / "how-to" / "use-the-sandbox.md"


@pytest.mark.parametrize("number", [0, 1, 2], ids=["msgraph-sdk and azure-identity", "msal", "msal-node"])
def test_the_programs_of_the_how_to_run_as_they_are_shown(number: int, served: Endpoints, tmp_path: Path) -> None:
    found = re.findall(r"^```(python|javascript)\n(.*?)^```", HOW_TO.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(found) == 3
    language, text = found[number]
    path = tmp_path / f"shown.{'py' if language == 'python' else 'mjs'}"
    path.write_text(text, encoding="utf-8")
    tmp_path.joinpath("node_modules").symlink_to(MODULES)
    authority = str(served.ca_file)
    variables = {
        "GRAPH": served.graph,
        "AZURE_AUTHORITY_HOST": served.authority,
        "AZURE_TENANT_ID": TENANT.tenant_id,
        "AZURE_CLIENT_ID": TENANT.client_id,
        "AZURE_CLIENT_SECRET": TENANT.client_secret,
        **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), authority),
    }
    program = str(TOOLS / "msgraph" / "bin" / "python") if language == "python" else node()
    ended = subprocess.run(
        [program, str(path)], env=environment(**variables), capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == ("Bearer" if number == 1 else f"{TENANT.secure_scores[0]['currentScore']:g}")


@contextlib.contextmanager
def prism(served: Endpoints, folder: Path) -> Iterator[httpx.Client]:
    """Prism between a client and the sandbox: it refuses whatever Microsoft's description doesn't have."""
    description = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    # Prism reads text/plain as text, whatever the schema: it would refuse every number.
    description["components"]["schemas"]["ODataCountResponse"] = {"type": "string", "pattern": "^[0-9]+$"}
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(description), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [node(), str(MODULES / "@stoplight" / "prism-cli" / "dist" / "index.js"), "proxy", str(path)]
    with subprocess.Popen(
        [*command, f"{served.graph}/v1.0", "--port", str(port), "--errors"],
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(served.ca_file)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if "is listening" in line:
                    break
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client:
                yield client
        finally:
            process.terminate()


@pytest.mark.skipif(not DESCRIPTION.is_file(), reason="SCOREGATE_REAL_DATA has no openapi.yaml")
def test_prism_finds_nothing_against_microsofts_description(
    sandbox: Sandbox, served: Endpoints, tmp_path: Path
) -> None:
    score, profile = TENANT.secure_scores[0], TENANT.control_profiles[0]
    queries = (
        "secureScores",
        "secureScores?$top=3&$skip=1&$count=true&$orderby=createdDateTime&$select=id,maxScore",
        f"secureScores/{score['id']}",
        "secureScores/$count",
        "secureScoreControlProfiles",
        "secureScoreControlProfiles?$filter=service eq 'MDATP'",
        f"secureScoreControlProfiles/{profile['id']}?$select=title",
        "secureScoreControlProfiles/$count?$filter=service eq 'MDATP'",
        f"secureScoreControlProfiles/{CONTROL}",
    )
    refused = ("secureScores?$filter=x", "secureScores/nothing", "secureScoreControlProfiles?$skiptoken=x")
    headers = {"Authorization": f"Bearer {sandbox.mint_token(TENANT.tenant_id)}"}
    with prism(served, tmp_path) as client:
        answers = [client.get(f"/security/{query}", headers=headers) for query in (*queries, *refused)]
        answers += [client.get("/security/secureScores")]
        path = f"/security/secureScoreControlProfiles/{CONTROL}"
        body = {"vendorInformation": VENDOR}
        prefer = {**headers, "Prefer": "return=representation"}
        answers += [client.patch(path, json=body, headers=prefer), client.patch(path, json={}, headers=headers)]
    violations = [answer.headers["sl-violations"] for answer in answers if "sl-violations" in answer.headers]
    assert violations == []
    assert [answer.status_code for answer in answers] == [200] * 9 + [400, 404, 400, 401, 200, 400]


def test_the_types_are_those_of_microsofts_description() -> None:
    if not DESCRIPTION.is_file():
        pytest.skip("SCOREGATE_REAL_DATA has no openapi.yaml")
    from checker.sandbox.graph.entity_types import ENTITY_TYPES

    schemas = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))["components"]["schemas"]
    for entity in ENTITY_TYPES.values():
        described = schemas[entity.name]["allOf"][1]["properties"]
        assert {*entity.values, *entity.lists, *entity.structures} == {"id", *described}
        assert set(entity.lists) == {name for name, schema in described.items() if schema.get("type") == "array"}
        vendor = schemas["microsoft.graph.securityVendorInformation"]["properties"]
        assert set(entity.structures["vendorInformation"]) == set(vendor)
