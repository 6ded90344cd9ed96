"""``scoregate controls --catalogue``: the table of known controls grows, and holds nothing of a tenant."""

import csv
import json
from pathlib import Path

import pytest
from command_line import NOW, Ended, here, snapshot_bytes

from checker.catalogue import growth
from checker.catalogue.controls import COLUMNS, known_controls
from checker.catalogue.growth import merged, write_catalogue

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "checkout"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def grow(capture: Capture, folder: Path, *, name: str = "known.csv", **changes: object) -> Ended:
    """Merges a tenant, whose profiles have one more with these members, into a table."""
    document = json.loads(snapshot_bytes())
    if changes:
        own = {**document["controlProfiles"][0], "id": "4711.MDA_New_Thing", "title": "A new\r\n thing", **changes}
        document["controlProfiles"].append(own)
    (folder / "data.json").write_text(json.dumps(document), encoding="utf-8")
    return here(capture, "controls", "--snapshot", "data.json", "--now", NOW, "--top", "1", "--catalogue", name)


def rows(folder: Path, name: str = "known.csv") -> list[list[str]]:
    with folder.joinpath(name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_new_table_begins_with_the_shipped_one_and_is_sorted(folder: Path, capfd: Capture) -> None:
    ended = grow(capfd, folder, maxScore=7.0, service="MDA_New", tier="Core", controlCategory="Apps")
    assert ended.code == 0
    head, *found = rows(folder)
    assert tuple(head) == COLUMNS
    ids = [row[0] for row in found]
    assert ids == sorted(ids, key=lambda name: (name.casefold(), name))
    assert {name.casefold() for name in ids} >= set(known_controls())
    assert ["MDA_New_Thing", "A new thing", "Apps", "MDA_New", "7", "Core"] in found
    assert f"known.csv has {len(ids)} controls, {len(ids) - len(known_controls())} of them new" in ended.err


def test_the_shipped_table_is_as_it_would_be_written(folder: Path) -> None:
    write_catalogue("known.csv", merged(known_controls().values(), []))
    shipped = Path(growth.__file__).with_name("controls.csv")
    assert folder.joinpath("known.csv").read_bytes() == shipped.read_bytes()


def test_growing_twice_changes_nothing(folder: Path, capfd: Capture) -> None:
    grow(capfd, folder, maxScore=2.5)
    first = folder.joinpath("known.csv").read_bytes()
    assert " 0 of them new" in grow(capfd, folder, maxScore=2.5).err
    assert folder.joinpath("known.csv").read_bytes() == first


def test_what_is_told_takes_precedence_and_what_is_not_told_stays(folder: Path, capfd: Capture) -> None:
    grow(capfd, folder, maxScore=7.0, tier="Core")
    grow(capfd, folder, id="mda_new_thing", maxScore=8.0, title="", tier=None)
    (own,) = [row for row in rows(folder) if row[0].casefold() == "mda_new_thing"]
    assert (own[0], own[1], own[4], own[5]) == ("MDA_New_Thing", "A new thing", "8", "Core")


def test_nothing_of_the_tenant_is_in_the_table(folder: Path, capfd: Capture) -> None:
    secret = "canary-7f3a"
    update = {"state": "Ignored", "comment": secret, "assignedTo": secret, "updatedBy": secret, "updatedDateTime": None}
    grow(
        capfd,
        folder,
        controlStateUpdates=[update],
        actionUrl=f"https://x.example/?tid={secret}",
        remediation=secret,
        azureTenantId=json.loads(snapshot_bytes())["tenant"],
    )
    text = folder.joinpath("known.csv").read_text(encoding="utf-8")
    assert "MDA_New_Thing" in text
    for own in (secret, "4711", json.loads(snapshot_bytes())["tenant"]):
        assert own not in text


@pytest.mark.parametrize("content", [b"", b"id,title\na,b\n", b"\xff\xfe", ",".join(COLUMNS).encode() + b"\na,b\n"])
def test_a_file_that_is_no_such_table_is_left_alone(content: bytes, folder: Path, capfd: Capture) -> None:
    folder.joinpath("known.csv").write_bytes(content)
    ended = grow(capfd, folder)
    assert (ended.code, ended.out) == (2, b"")
    assert "known.csv: is not a catalogue of controls" in ended.err
    assert folder.joinpath("known.csv").read_bytes() == content


def test_a_link_out_of_the_working_folder_is_not_followed(folder: Path, capfd: Capture) -> None:
    folder.joinpath("around").symlink_to(folder.parent)
    ended = grow(capfd, folder, name="around/known.csv")
    assert ended.code == 2
    assert "is a link out of the working folder" in ended.err
    assert not folder.parent.joinpath("known.csv").exists()
