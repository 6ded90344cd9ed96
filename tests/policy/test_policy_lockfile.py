"""``scoregate.lock`` as a file: what is written is read back, and whatever else a checkout holds is refused."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.documents import limits
from checker.errors import LockFileError
from checker.policy.lockfile import LockedControl, lock_bytes, read_lock, write_lock

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
CONTROLS = st.lists(
    st.builds(
        LockedControl,
        control=TEXT,
        title=st.none() | TEXT,
        control_category=st.none() | TEXT,
        max_score=st.none() | st.floats(0, 1e300),
        retired=st.booleans(),
    ),
    unique_by=lambda one: one.control.casefold(),
    max_size=5,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "checkout"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@given(controls=CONTROLS)
def test_what_is_written_is_read_back(controls: list[LockedControl], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = str(tmp_path_factory.mktemp("lock") / "scoregate.lock")
    write_lock(path, controls)
    found = read_lock(path)
    assert sorted(found.controls, key=repr) == sorted(controls, key=repr)
    assert lock_bytes(found.controls) == found.data
    assert json.loads(found.data)["kind"] == "Lock"
    # One control a line, wherever an editor breaks lines.
    assert len(found.data.decode().splitlines()) == (len(controls) + 6 if controls else 5)


def test_controls_are_sorted_and_each_has_its_line() -> None:
    write_lock("scoregate.lock", [LockedControl(control=name) for name in ("b", "C", "a")])
    found = read_lock("scoregate.lock")
    assert [one.control for one in found.controls] == ["a", "b", "C"]
    assert str(found.place_of("b")) == "scoregate.lock:6:5"
    assert str(found.place_of("not there")) == "scoregate.lock:1:1"
    assert b'    {"control": "b"},\n' in found.data


@pytest.mark.parametrize(
    ("controls", "said"),
    [
        ('[{"control": "a", "maxscore": 1}]', "unknown key 'maxscore' (did you mean 'maxScore'?)"),
        ('[{"title": "a"}]', "the key 'control' is missing"),
        ('[{"control": ""}]', "controls[0].control"),
        ('[{"control": "a", "maxScore": -1}]', "controls[0].maxScore"),
        ('[{"control": "a", "maxScore": .inf}]', "controls[0].maxScore"),
        ('[{"control": "a", "maxScore": "x"}]', "controls[0].maxScore"),
        ('[{"control": "a", "retired": "no"}]', "controls[0].retired"),
        ('[{"control": "a"}, {"control": "A"}]', "A appears twice"),
        ('[{"control": "a", "control": "b"}]', "appears twice in this mapping"),
        ("{}", "controls"),
        ("[" * 60, "nested deeper than"),
        ("[", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_lock_is_refused_with_its_place(controls: str, said: str, folder: Path) -> None:
    text = f'{{"apiVersion": "scoregate/v1", "kind": "Lock",\n"controls": {controls}}}'
    folder.joinpath("scoregate.lock").write_text(text, encoding="utf-8")
    with pytest.raises(LockFileError) as refused:
        read_lock("scoregate.lock")
    assert said in str(refused.value)
    assert "scoregate.lock:" in str(refused.value)


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"[]", b'{"apiVersion": "scoregate/v2", "kind": "Lock", "controls": []}']
)
def test_other_files_are_refused(data: bytes, folder: Path) -> None:
    folder.joinpath("scoregate.lock").write_bytes(data)
    with pytest.raises(LockFileError, match=r"scoregate\.lock"):
        read_lock("scoregate.lock")


def test_a_file_that_is_too_large_is_not_read(folder: Path) -> None:
    folder.joinpath("scoregate.lock").write_bytes(b" " * (limits.LOCK_FILE_BYTES + 1))
    with pytest.raises(LockFileError, match="larger than 1 MiB"):
        read_lock("scoregate.lock")


def test_a_link_out_of_the_working_folder_is_neither_read_nor_written(folder: Path) -> None:
    outside = folder.parent / "token"
    outside.write_text("canary-7f3a", encoding="utf-8")
    folder.joinpath("scoregate.lock").symlink_to(outside)
    for attempt in (lambda: read_lock("scoregate.lock"), lambda: write_lock("scoregate.lock", [])):
        with pytest.raises(LockFileError) as refused:
            attempt()
        assert "is a link out of the working folder" in str(refused.value)
        assert "canary" not in str(refused.value)
    assert outside.read_text(encoding="utf-8") == "canary-7f3a"
