import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from command_line import NOW, live_variables, scoregate, served_sandbox, shell

Served = tuple["subprocess.Popen[bytes]", dict[str, Any]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_sandbox(tmp_path_factory.mktemp("served"), "--tenants", "2") as found:
        yield found


def test_the_first_quarter_of_an_hour(tmp_path: Path) -> None:
    ended = shell(
        f"""
        set -e
        scoregate init secure-score
        cd secure-score
        scoregate lint policies
        outputs="-o text -o junit=junit.xml -o sarif=scoregate.sarif"
        scoregate check -p policies --sandbox --now {NOW} $outputs || echo "exit $?"
        """,
        folder=tmp_path,
    )
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.decode().splitlines()[-1] == "exit 1"
    suites = ElementTree.parse(tmp_path / "secure-score" / "junit.xml").getroot()
    failures = [case for case in suites.iter("testcase") if case.find("failure") is not None]
    results = json.loads(tmp_path.joinpath("secure-score", "scoregate.sarif").read_bytes())["runs"][0]["results"]
    assert len(failures) == len([result for result in results if result["level"] == "error"]) > 0


def test_a_served_sandbox_says_where_it_is_in_one_line(served: Served) -> None:
    told = served[1]
    assert list(told) == ["graph", "authority", "caFile", "tenants"]
    assert told["graph"].startswith("https://127.0.0.1:")
    assert Path(told["caFile"]).read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert [sorted(tenant) for tenant in told["tenants"]] == [["clientId", "clientSecret", "tenant"]] * 2
    assert len({tenant["tenant"] for tenant in told["tenants"]}) == 2


def test_a_live_run_over_the_wire_gives_what_the_embedded_sandbox_gives(served: Served, tmp_path: Path) -> None:
    variables = live_variables(served[1])
    arguments = ("check", "-p", "pack:essentials", "--now", NOW, "-o", "json")
    live = scoregate(*arguments, folder=tmp_path, variables=variables)
    assert (live.code, live.err) == (1, "")
    fetched = scoregate("fetch", "-o", "s.json.gz", "--now", NOW, folder=tmp_path, variables=variables)
    assert fetched.code == 0
    assert variables["AZURE_CLIENT_SECRET"] not in fetched.err
    offline = scoregate(*arguments, "--snapshot", "s.json.gz", folder=tmp_path)
    embedded = scoregate(*arguments, "--sandbox", folder=tmp_path)
    findings = [json.loads(ended.out)["findings"] for ended in (live, offline, embedded)]
    assert findings[0] == findings[1] == findings[2]


def test_each_tenant_is_asked_with_its_own_application(served: Served, tmp_path: Path) -> None:
    first, second = served[1]["tenants"]
    variables = live_variables({**served[1], "tenants": [second]})
    ended = scoregate("fetch", "-o", "-", "--days", "1", "--now", NOW, folder=tmp_path, variables=variables)
    assert json.loads(ended.out)["tenant"] == second["tenant"]
    mixed = {**variables, "AZURE_CLIENT_SECRET": first["clientSecret"]}
    refused = scoregate("fetch", "-o", "-", "--days", "1", folder=tmp_path, variables=mixed)
    assert (refused.code, refused.out) == (3, b"")
    assert "AADSTS7000215" in refused.err


def test_flags_lead_to_the_sandbox_as_the_variables_do(served: Served, tmp_path: Path) -> None:
    told, tenant = served[1], served[1]["tenants"][0]
    ended = scoregate(
        *("fetch", "-o", "-", "--days", "1", "--now", NOW),
        *("--graph-url", told["graph"], "--authority-url", told["authority"]),
        *("--tenant", tenant["tenant"], "--client-id", tenant["clientId"]),
        folder=tmp_path,
        variables={"SSL_CERT_FILE": told["caFile"], "AZURE_CLIENT_SECRET": tenant["clientSecret"]},
    )
    assert (ended.code, json.loads(ended.out)["tenant"]) == (0, tenant["tenant"])


def test_a_port_in_use_is_the_caller_s_mistake(served: Served, tmp_path: Path) -> None:
    port = served[1]["graph"].rpartition(":")[2]
    ended = scoregate("sandbox", "--port", port, folder=tmp_path)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"scoregate: cannot listen on port {port}: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_served_sandbox_and_its_files(number: signal.Signals, tmp_path: Path) -> None:
    with served_sandbox(tmp_path, "--plain-http") as (process, told):
        assert told["graph"].startswith("http://127.0.0.1:")
        assert told["authority"].startswith("https://127.0.0.1:")
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, b"", b"")
        assert not Path(told["caFile"]).exists()
