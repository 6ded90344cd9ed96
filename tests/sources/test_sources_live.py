import datetime
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from command_line import snapshot
from graph_support import BASE, NOW, SMALL_TENANT, Reply, Service, Token, page, refusal

from checker.clouds import CLOUDS, GLOBAL, US_GOVERNMENT_L4
from checker.errors import GraphError, SnapshotError
from checker.graph.channel import GraphChannel
from checker.sources.embedded import sandbox_source
from checker.sources.file import FileSource
from checker.sources.live import LiveSource
from checker.transport.client import async_client

TENANT = "00000000-0000-0000-0000-000000000001"


def live(service: Service, token: Token | None = None) -> LiveSource:
    return LiveSource(
        GLOBAL,
        httpx.URL(BASE),
        token or Token(),
        now=NOW,
        deadline=20.0,
        channel=GraphChannel(lambda: async_client(httpx.ASGITransport(service))),
    )


def day(tenant: str = TENANT, date: str = "2026-05-22") -> dict[str, Any]:
    return {
        "id": f"{tenant}_{date}",
        "azureTenantId": tenant,
        "createdDateTime": f"{date}T00:00:00Z",
        "currentScore": 1.0,
        "maxScore": 2.0,
        "controlScores": [],
    }


def test_a_document_holds_graph_s_objects_byte_for_byte_in_their_order() -> None:
    first = b'{"id" : "b",\t"maxScore":10.0, "azureTenantId":"' + TENANT.encode() + b'", "title":"\\u00e9 \xc3\xa9 <"}'
    second = b'{"maxScore":1e1,"id":"a","unknown":{"z":[1.50,null]}}'
    service = Service(scores=[page([day()])], profiles=[Reply(b'{"value": [ ' + first + b" , \n" + second + b"]}")])
    document = live(service).document(1)
    assert b'"controlProfiles": [\n' + first + b",\n" + second + b"\n]}\n" in document
    head = json.loads(document)
    assert (head["apiVersion"], head["kind"], head["tenant"]) == ("scoregate/v1", "Snapshot", TENANT)
    assert (head["fetchedAt"], head["warnings"]) == ("2026-05-22T09:00:00Z", [])
    assert "partial" not in head


def test_the_head_says_which_collections_were_partial() -> None:
    partial = Reply(json.dumps({"value": [day()]}).encode(), 206, {"warning": b'199 - "V/P/504/1"'})
    source = live(Service(scores=[partial], profiles=[Reply(b'{"value": []}', 206)]))
    head = json.loads(source.document(1))
    assert head["partial"] == ["controlProfiles", "secureScores"]
    assert [warning["code"] for warning in head["warnings"]] == ["partial-data", "partial-data"]
    assert source.read(1).snapshot.partial == {"controlProfiles", "secureScores"}


def test_a_snapshot_is_what_a_file_of_the_same_bytes_gives(tmp_path: Path) -> None:
    source = sandbox_source(NOW, seed=3)
    written = tmp_path / "snapshot.json"
    written.write_bytes(source.document(4))
    assert FileSource([str(written)], GLOBAL).read(4).snapshot == source.read(4).snapshot


@pytest.mark.parametrize(("days", "given"), [(1, 1), (30, 30), (90, 90)])
def test_the_embedded_sandbox_gives_the_days_that_are_asked_for(days: int, given: int) -> None:
    found = sandbox_source(NOW, seed=0).read(days).snapshot
    assert len(found.days) == given
    assert found.days[0].date == NOW.date()


def test_the_embedded_sandbox_s_newest_day_is_the_utc_day_of_now() -> None:
    ahead = datetime.datetime(2026, 5, 22, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))
    assert sandbox_source(ahead, seed=0).read(1).snapshot.days[0].date == datetime.date(2026, 5, 21)


def test_a_file_gives_all_its_days_whatever_is_asked_for(tmp_path: Path) -> None:
    source = FileSource([snapshot(tmp_path)], US_GOVERNMENT_L4)
    assert len(source.read(1).snapshot.days) == 2
    assert source.read(1).snapshot.tenant == SMALL_TENANT.tenant_id
    assert source.cloud is US_GOVERNMENT_L4


def test_a_tenant_without_anything_is_no_fault_of_the_source() -> None:
    found = live(Service()).read(1).snapshot
    assert (found.days, found.tenant) == ((), "")


def test_the_tenant_is_taken_from_the_profiles_where_there_is_no_score() -> None:
    profiles = [page([{"id": "a", "azureTenantId": TENANT}])]
    assert json.loads(live(Service(profiles=profiles)).document(1))["tenant"] == TENANT


@pytest.mark.parametrize(
    ("scores", "profiles"),
    [
        ([day(), day("00000000-0000-0000-0000-000000000002", "2026-05-21")], []),
        ([day()], [{"id": "a", "azureTenantId": "00000000-0000-0000-0000-000000000002"}]),
        ([day(), {**day(), "currentScore": 2.0}], []),
        ([{**day(), "createdDateTime": "today"}], []),
        ([{**day(), "currentScore": "inf"}], []),
        ([5], []),
        ([], [[]]),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(scores: list[Any], profiles: list[Any]) -> None:
    with pytest.raises(SnapshotError, match=r"^Graph's answer"):
        live(Service(scores=[page(scores)], profiles=[page(profiles)])).read(90)


def test_without_a_token_nothing_is_sent() -> None:
    def none(_: int) -> str:
        raise GraphError("no token")

    service = Service()
    with pytest.raises(GraphError, match="no token"):
        live(service, Token(none)).document(1)
    assert service.requests == []


def test_a_refusal_reaches_the_caller() -> None:
    with pytest.raises(GraphError, match="Graph answered 403"):
        live(Service(scores=[refusal(403)])).read(1)


def test_the_clouds_are_those_with_a_secure_score_api() -> None:
    assert set(CLOUDS) == {"global", "usgov", "dod"}
    for cloud in CLOUDS.values():
        for url in (cloud.graph, cloud.authority, cloud.portal):
            assert url.startswith("https://")
            assert not url.endswith("/")


def test_each_source_tells_its_own_observer_and_no_other() -> None:
    first: list[str] = []
    second: list[str] = []
    sources = [sandbox_source(NOW, 0, first.append), sandbox_source(NOW, 0, second.append), sandbox_source(NOW, 0)]
    for source in sources:
        source.document(1)
    assert len(first) == len(second) == 3
    assert all(line.startswith("GET https://graph.microsoft.com/v1.0/security/") for line in first)
