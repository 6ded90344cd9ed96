import gzip
import io
import os
import random
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.documents import files
from checker.errors import CallerError, OutputError, SnapshotError

MEBIBYTE = 1024 * 1024


def unpacked(data: bytes, limit: int = MEBIBYTE) -> bytes:
    return files.unpacked(data, limit, "s.gz", SnapshotError)


def said(data: bytes, limit: int = MEBIBYTE) -> str:
    with pytest.raises(SnapshotError) as caught:
        unpacked(data, limit)
    return str(caught.value)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.binary(max_size=3000), st.integers(0, 9)), max_size=4), st.integers(0, 600))
def test_members_are_joined_and_zeros_behind_them_ignored(members: list[tuple[bytes, int]], zeros: int) -> None:
    packed = b"".join(gzip.compress(data, level) for data, level in members)
    assert unpacked(packed + bytes(zeros) * bool(members)) == b"".join(data for data, _ in members)


def test_a_large_member_between_small_ones() -> None:
    large = random.Random(0).randbytes(3 * MEBIBYTE)
    packed = gzip.compress(b"a") + bytes(5) + gzip.compress(large) + gzip.compress(b"") + gzip.compress(b"z")
    assert unpacked(packed, 4 * MEBIBYTE) == b"a" + large + b"z"


def test_many_members_end_in_bounded_time() -> None:
    # Copying what is left of the file for each of them would take hours.
    assert unpacked(gzip.compress(b"") * 100_000) == b""


def test_the_limit_is_of_all_members_together() -> None:
    half = gzip.compress(bytes(MEBIBYTE // 2))
    assert len(unpacked(half * 2)) == MEBIBYTE
    text = "s.gz: unpacks to more than 1 MiB, which is the most that is read"
    assert said(half * 2 + gzip.compress(b"x")) == text
    assert said(gzip.compress(bytes(64 * MEBIBYTE))) == text


def test_a_stream_that_is_cut_short_or_damaged() -> None:
    packed = gzip.compress(random.Random(1).randbytes(5000))
    for length in (2, 9, 10, 600, len(packed) - 1):
        assert said(packed[:length]) == "s.gz: is a gzip file that ends in the middle"
    assert said(packed + packed[:20]) == "s.gz: is a gzip file that ends in the middle"
    wrong_sum = packed[:-8] + bytes(8)
    for damaged in (wrong_sum, packed + b"rubbish behind", b"\x1f\x8b\x00" + packed[3:]):
        assert said(damaged) == "s.gz: is a damaged gzip file"


def test_gzip_is_told_by_its_first_bytes() -> None:
    assert files.is_gzip(gzip.compress(b""))
    assert not files.is_gzip(b"\x1f")
    assert not files.is_gzip(b"{}")


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(MEBIBYTE))
    assert len(files.read_bounded(str(path), MEBIBYTE, CallerError)) == MEBIBYTE
    path.write_bytes(bytes(MEBIBYTE + 1))
    with pytest.raises(CallerError) as caught:
        files.read_bounded(str(path), MEBIBYTE, CallerError)
    assert str(caught.value) == f"{path}: is larger than 1 MiB, which is the most that is read"
    with pytest.raises(CallerError) as caught:
        files.read_bounded("/dev/zero", MEBIBYTE, CallerError)
    assert caught.value.message == "is larger than 1 MiB, which is the most that is read"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("absent", "absent: cannot be read: no such file or directory"),
        (".", ".: cannot be read: is a directory"),
        ("loop", "loop: cannot be read: too many levels of symbolic links"),
        ("a\0b", "a\\x00b: cannot be read: not a valid file name"),
        ("caf\udce9", "caf\\xe9: cannot be read: no such file or directory"),
    ],
)
def test_what_cannot_be_read_is_named(path: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    with pytest.raises(SnapshotError) as caught:
        files.read_bounded(path, 10, SnapshotError)
    assert str(caught.value) == message


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\n")))
    assert files.read_bounded("-", 10, CallerError) == b"\xff\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bytes(11))))
    with pytest.raises(CallerError, match="standard input: is larger than"):
        files.read_bounded("-", 10, CallerError)
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CallerError, match="standard input: is closed"):
        files.read_bounded("-", 10, CallerError)


@pytest.mark.parametrize("size", [0, 10, 2 * MEBIBYTE])
def test_mapped_and_read_files_hold_the_same(size: int, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(random.Random(2).randbytes(size))
    assert files.map_bounded(str(path), 2 * MEBIBYTE, CallerError)[:] == path.read_bytes()


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    path.chmod(0o640)
    with path.open("rb") as reader:
        files.write_whole(str(path), b"new")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_new_file_has_the_usual_mode_and_a_private_one_its_owner_only(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        files.write_whole(str(tmp_path / "public"), b"")
        files.write_whole(str(tmp_path / "private"), b"", private=True)
        (tmp_path / "opened").touch(0o644)
        files.write_whole(str(tmp_path / "opened"), b"", private=True)
    finally:
        os.umask(mask)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"public": 0o644, "private": 0o600, "opened": 0o600}


def test_a_name_as_long_as_names_can_be(tmp_path: Path) -> None:
    files.write_whole(str(tmp_path / ("x" * 255)), b"new")
    assert os.listdir(tmp_path) == ["x" * 255]


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "dangling").symlink_to("later")
    files.write_whole(str(tmp_path / "link"), b"new")
    files.write_whole(str(tmp_path / "dangling"), b"new")
    assert (tmp_path / "target").read_bytes() == (tmp_path / "later").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "dangling").is_symlink()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent/report.json", "no such file or directory"),
        ("folder", "is a directory"),
        ("file/report.json", "not a directory"),
        ("x" * 300, "file name too long"),
    ],
)
def test_what_cannot_be_written_leaves_nothing_behind(name: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"kept")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(OutputError) as caught:
        files.write_whole(str(tmp_path / name), b"new")
    assert caught.value.message == f"cannot be written: {reason}"
    assert caught.value.place == str(tmp_path / name)
    assert sorted(os.listdir(tmp_path)) == before
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    # A limit on the size of files fails the write in its middle, as a full disk does.
    script = (
        "import resource, signal, sys\n"
        "from checker.documents.files import write_whole\n"
        "from checker.errors import OutputError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    write_whole(sys.argv[1], bytes(5000))\n"
        "except OutputError as fault:\n    print(fault.message)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    assert done.stdout == "cannot be written: file too large\n"
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_named_pipe_is_written_straight(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(path.read_bytes()))
    reader.start()
    files.write_whole(str(path), b"through", private=True)
    reader.join(timeout=10)
    assert received == [b"through"]
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/stderr", "/dev/fd/1", "/proc/self/fd/2"])
def test_a_log_that_standard_output_appends_to_keeps_what_it_has(name: str, tmp_path: Path) -> None:
    log = tmp_path / "all.log"
    log.write_bytes(b"before\n")
    script = "import sys; from checker.documents.files import write_whole; write_whole(sys.argv[1], b'ours\\n')"
    with log.open("ab") as output:
        subprocess.run([sys.executable, "-c", script, name], stdout=output, stderr=output, check=True)
        output.write(b"after\n")
    assert log.read_bytes() == b"before\nours\nafter\n"
    assert os.listdir(tmp_path) == ["all.log"]


def test_a_descriptor_that_is_not_open() -> None:
    with pytest.raises(OutputError) as caught:
        files.write_whole("/dev/fd/9999", b"")
    assert caught.value.message == "cannot be written: bad file descriptor"
