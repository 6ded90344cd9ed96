import multiprocessing
import pickle
from pathlib import Path

import msgspec
import pytest
from command_line import snapshot, snapshot_bytes
from graph_support import NOW, SMALL_TENANT

from checker.auth.interface import VARIABLES, Credentials, Variables
from checker.clouds import US_GOVERNMENT_L4
from checker.errors import UsageError
from checker.secrecy.variables import SIGN_IN as SECRETS
from checker.sources.choose import choose, enter, fetchable, split_store, writable
from checker.sources.request import SourceRequest

CANARY = "canary-secret"
SIGN_IN = SourceRequest(
    tenant="contoso.example",
    client_id="application",
    cloud="usgov",
    timeout=5.0,
    variables=Variables(dict.fromkeys(SECRETS, CANARY)),
    interactive=True,
    cache="cache",
)


def silent(text: str) -> None:
    raise AssertionError(text)


def test_a_askedcrosses_to_another_process_and_names_its_secrets_only() -> None:
    again = pickle.loads(pickle.dumps(SIGN_IN))
    assert again == SIGN_IN
    assert (again.variables["AZURE_CLIENT_SECRET"], again.signs_in) == (CANARY, True)
    for shown in (repr(again), str(again), repr(again.variables), repr(list(again.__rich_repr__()))):
        assert "AZURE_CLIENT_SECRET" in shown
        assert CANARY not in shown


def days_read(request: SourceRequest) -> int:
    return len(choose(request, NOW, silent).read(7).snapshot.days)


def test_a_worker_reads_what_it_was_asked_to() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(days_read, [SourceRequest(sandbox=True, seed=seed) for seed in (1, 2)]) == [7, 7]


def test_the_environment_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, "x")
    for ask in (choose, fetchable, writable):
        with pytest.raises(UsageError, match=r"^no source: "):
            ask(SourceRequest(), NOW, silent)


def test_sign_in_gets_all_that_the_askedsays() -> None:
    told: list[str] = []
    entrance = enter(msgspec.structs.replace(SIGN_IN, auth="client-secret", verbose=True), told.append, write=True)
    assert told == ["sign-in by client-secret"]
    assert (entrance.cloud, entrance.method) == (US_GOVERNMENT_L4, "client-secret")
    given = entrance.credentials
    assert given == Credentials(
        tenant="contoso.example",
        client_id="application",
        authority="https://login.microsoftonline.us",
        resource="https://graph.microsoft.us",
        variables=SIGN_IN.variables,
        interactive=True,
        say=told.append,
        observe=told.append,
        write=True,
        cache="cache",
    )
    assert CANARY not in repr(entrance)


@pytest.mark.parametrize("name", ["snapshot.json", "snapshot.json.gz"])
def test_a_file_s_reading_holds_the_bytes_as_they_are_stored(name: str, tmp_path: Path) -> None:
    path = snapshot(tmp_path, name)
    reading = choose(SourceRequest(snapshot=(path,)), NOW, silent).read(1)
    assert reading.snapshot.tenant == SMALL_TENANT.tenant_id
    assert [(one.name, bytes(one.data)) for one in reading.documents] == [(path, Path(path).read_bytes())]


def test_a_large_file_is_mapped_and_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(snapshot_bytes() + b" " * 1_100_000)
    (document,) = choose(SourceRequest(snapshot=(str(path),)), NOW, silent).read(1).documents
    assert type(document.data).__name__ == "mmap"


def test_a_reading_of_graph_holds_the_file_that_a_fetch_writes() -> None:
    reading = fetchable(SourceRequest(sandbox=True), NOW, silent).shown.read(3)
    (document,) = reading.documents
    assert msgspec.json.decode(bytes(document.data))["kind"] == "Snapshot"
    assert len(reading.snapshot.days) == 3


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (SourceRequest(store="s"), None),
        (SourceRequest(), None),
        (SourceRequest(store="s", tenant="contoso.example"), None),
        (SourceRequest(store="s", sandbox=True), "s"),
        (SourceRequest(store="s", snapshot=("a.json",)), "s"),
        (SourceRequest(store="s", client_id="application"), "s"),
        (SourceRequest(store="s", variables=Variables(MSI_ENDPOINT="x")), "s"),
    ],
)
def test_a_store_beside_another_source_is_kept_to(asked: SourceRequest, kept: str | None) -> None:
    rest, store = split_store(asked)
    assert store == kept
    assert rest == (asked if kept is None else msgspec.structs.replace(asked, store=None))


def test_a_store_that_only_a_variable_names_gives_way() -> None:
    both = SourceRequest(store="s", sandbox=True)
    with pytest.raises(UsageError, match="--sandbox and --store name 2 sources"):
        choose(both, NOW, silent)
    assert days_read(msgspec.structs.replace(both, store_is_typed=False)) == 7
