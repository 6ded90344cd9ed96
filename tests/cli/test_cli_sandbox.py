"""``scoregate sandbox``: the lag of its scores."""

import datetime
import json
import ssl
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from command_line import here, says_one_thing, served_sandbox

from checker.sandbox.tenants.tenant import make_tenant

Capture = pytest.CaptureFixture[str]
CONTROL = "mdo_blockmailforward"


class Graph:
    """A client of a served sandbox that signs in anew for every request, as tokens end when days pass."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told
        context = ssl.create_default_context(cafile=told["caFile"])
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def score(self) -> float:
        (day,) = self.ask("GET", "/v1.0/security/secureScores?$top=1")["value"]
        (found,) = (score["score"] for score in day["controlScores"] if score["controlName"] == CONTROL)
        return float(found)

    def declare(self) -> None:
        body = {"state": "ThirdParty", "vendorInformation": {"provider": "SecureScore", "vendor": "Microsoft"}}
        self.ask("PATCH", f"/v1.0/security/secureScoreControlProfiles/{CONTROL}", body)

    def let_a_day_pass(self) -> None:
        self.ask("POST", "/_sandbox/clock", {"days": 1})

    def ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        return self._send(urllib.request.Request(self._told["graph"] + path, data, headers, method=method))

    def _token(self) -> str:
        tenant = self._told["tenants"][0]
        form = {
            "grant_type": "client_credentials",
            "client_id": tenant["clientId"],
            "client_secret": tenant["clientSecret"],
            "scope": "https://graph.microsoft.com/.default",
        }
        url = f"{self._told['authority']}/{tenant['tenant']}/oauth2/v2.0/token"
        asked = urllib.request.Request(url, urllib.parse.urlencode(form).encode())
        return str(self._send(asked)["access_token"])

    def _send(self, request: urllib.request.Request) -> Any:
        with self._opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")


@pytest.mark.parametrize(("arguments", "late"), [((), 0), (("--score-lag", "2"), 2)], ids=["at once", "2 days"])
def test_a_score_follows_after_its_lag(arguments: tuple[str, ...], late: int, tmp_path: Path) -> None:
    with served_sandbox(tmp_path, *arguments) as (_, told):
        graph = Graph(told)
        before = graph.score()
        graph.declare()
        for _ in range(late):
            assert graph.score() == before
            graph.let_a_day_pass()
        assert graph.score() > before


@pytest.mark.parametrize("days", ["-1", "31", "1.5", "soon"])
def test_a_lag_is_a_few_days(days: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    monkeypatch.chdir(tmp_path)
    ended = here(capfd, "sandbox", "--score-lag", days)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith("scoregate: Invalid value for '--score-lag': ")
    assert says_one_thing(ended.err)


def test_the_size_of_pages_is_an_option(tmp_path: Path) -> None:
    with served_sandbox(tmp_path, "--page-size", "7", "--throttle") as (_, told):
        graph = Graph(told)
        for collection in ("secureScores", "secureScoreControlProfiles"):
            assert len(graph.ask("GET", f"/v1.0/security/{collection}")["value"]) == 7


def test_what_a_sandbox_gives_out_is_no_secret(tmp_path: Path) -> None:
    tenant = make_tenant(0, datetime.date(2026, 5, 22))
    with served_sandbox(tmp_path, variables={"AZURE_CLIENT_SECRET": tenant.client_secret}) as (_, told):
        assert told["tenants"][0]["clientSecret"] == tenant.client_secret
