"""The store as an engine reads it that is not ours."""

import base64
import hmac
import importlib
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
import pytest
from builders import TENANT
from command_line import NOW, ROOT, Ended, environment, here, policy, scoregate
from store_builders import BEGIN

from checker.store.check import verify

pytestmark = pytest.mark.conformance


@pytest.fixture
def polars() -> Any:
    # Installed by make conformance alone.
    return importlib.import_module("polars")


def writer(url: str, first: int, last: int) -> "subprocess.Popen[bytes]":
    program = ROOT / "tests" / "store" / "store_builders.py"
    arguments = [sys.executable, str(program), url, TENANT, str(first), str(last)]
    return subprocess.Popen(arguments, cwd=ROOT, env={**environment(), "PYTHONPATH": str(ROOT)})


def test_two_writers_of_two_hundred_days_of_which_one_is_killed(tmp_path: Path, polars: Any) -> None:
    url = str(tmp_path / "store")
    first, second = writer(url, 0, 119), writer(url, 80, 199)
    time.sleep(5)
    second.send_signal(signal.SIGKILL)
    assert second.wait() == -signal.SIGKILL
    again = writer(url, 80, 199)
    assert (first.wait(timeout=600), again.wait(timeout=600)) == (0, 0)
    scores = polars.read_delta(f"{url}/scores")
    assert sorted((day - BEGIN).days for day in scores["date"]) == list(range(200))
    assert scores["current_score"].sum() == 3.0 * sum(number % 10 for number in range(200))
    controls = polars.read_delta(f"{url}/control_scores")
    assert controls.height == controls.unique(["tenant", "date", "control"]).height == 600
    assert verify(url).is_sound


def test_what_a_run_keeps_is_read_by_polars(tmp_path: Path, polars: Any, capfd: pytest.CaptureFixture[str]) -> None:
    url = str(tmp_path / "store")
    path = policy(tmp_path, "controls: [{id: admins, control: AdminMFAV2}]")
    here(capfd, "check", "-p", path, "--sandbox", "--now", NOW, "--store", url)
    here(capfd, "fetch", "--sandbox", "--now", NOW, "--store", url)
    scores = polars.scan_delta(f"{url}/scores").sort("date").collect()
    assert scores.height == 90
    controls = polars.scan_delta(f"{url}/control_scores").filter(polars.col("month") == "2026-05").collect()
    of_newest = controls.filter(polars.col("date") == scores["date"][-1])
    assert of_newest["score"].sum() == pytest.approx(scores["current_score"][-1], abs=0.01)
    findings = polars.read_delta(f"{url}/findings")
    assert findings.select("requirement", "control", "outcome").rows() == [("small/admins", "AdminMFAV2", "fail")]
    assert polars.read_delta(f"{url}/states").filter(polars.col("control") == "McasFirewallLogUpload")["state"][0] == (
        "ThirdParty"
    )


# An object store: Azure's, as Microsoft's own emulator serves it


AZURITE = ROOT / ".tools" / "node_modules" / ".bin" / "azurite-blob"
# The emulator's account, which its documentation names and everybody has.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@pytest.fixture
def account(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables that lead to an empty container called ``history``."""
    assert AZURITE.exists(), "run 'make conformance', which installs the emulator"
    arguments = ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--blobPort", "0"]
    log = tmp_path / "azurite.log"
    with log.open("w") as file, subprocess.Popen([AZURITE, *arguments], cwd=tmp_path, stdout=file) as process:
        deadline = time.monotonic() + 60
        while not (found := re.search(r"successfully listens on (http://[\d.]+:\d+)", log.read_text())):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        url = found[1]
        make_container(f"{url}/{ACCOUNT}", "history")
        yield {"AZURE_STORAGE_USE_EMULATOR": "true", "AZURITE_BLOB_STORAGE_URL": url}
        process.terminate()


def make_container(url: str, name: str) -> None:
    """Source: learn.microsoft.com/rest/api/storageservices/create-container and …/authorize-with-shared-key."""
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
    signed = "".join(f"{key}:{value}\n" for key, value in headers.items())
    text = "PUT" + "\n" * 12 + f"{signed}/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
    signature = base64.b64encode(hmac.digest(base64.b64decode(KEY), text.encode(), "sha256")).decode()
    headers["Authorization"] = f"SharedKey {ACCOUNT}:{signature}"
    answer = httpx.put(f"{url}/{name}", params={"restype": "container"}, headers=headers, trust_env=False)
    assert answer.status_code == 201, answer.text


def test_an_object_store_by_its_url(account: dict[str, str], tmp_path: Path) -> None:
    def run(*arguments: str) -> Ended:
        return scoregate(*arguments, folder=tmp_path, variables=account)

    store = ("--store", "az://history/secure score")
    gate = ("check", "-p", "pack:essentials", "--now", NOW, "-o", "json")
    for _ in range(2):
        kept = run(*gate, "--sandbox", *store)
        assert kept.code == 1, kept.err
    assert "0 new days" in kept.err
    assert json.loads(run(*gate, *store).out)["score"] == json.loads(kept.out)["score"]
    asked = run("history", "sql", "SELECT count(*), count(DISTINCT date) FROM scores", *store, "-o", "json")
    assert json.loads(asked.out)["rows"] == [[11, 11]], asked.err
    assert run("history", "verify", *store).code == 0
    assert run("history", "export", "out", *store).code == 0
    nobody = run("history", "verify", "--store", "az://nowhere/store")
    assert nobody.code in {2, 3}
    assert "Traceback" not in nobody.err


def test_two_writers_to_an_object_store(account: dict[str, str], tmp_path: Path) -> None:
    url = "az://history/both"
    program = ROOT / "tests" / "store" / "store_builders.py"
    variables = {**environment(**account), "PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen([sys.executable, str(program), url, tenant, "0", "9"], cwd=ROOT, env=variables)
        for tenant in ("t1", "t2")
    ]
    assert [process.wait(timeout=300) for process in both] == [0, 0]
    sql = "SELECT tenant, count(*), count(DISTINCT date) FROM scores GROUP BY 1 ORDER BY 1"
    asked = scoregate("history", "sql", sql, "--store", url, "-o", "json", folder=tmp_path, variables=account)
    assert json.loads(asked.out)["rows"] == [["t1", 10, 10], ["t2", 10, 10]], asked.err
