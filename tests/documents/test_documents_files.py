import gzip
import io
import os
import random
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.documents import files
from checker.errors import CallerError, SnapshotError

MEBIBYTE = 1024 * 1024


def unpacked(data: bytes, limit: int = MEBIBYTE) -> bytes:
    return files.unpacked(data, limit, "s.gz", SnapshotError)


def said(data: bytes, limit: int = MEBIBYTE) -> str:
    with pytest.raises(SnapshotError) as caught:
        unpacked(data, limit)
    return str(caught.value)


@settings(deadline=None, max_examples=examples(50))
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
    text = "s.gz: unpacks to more than 1 MiB, the limit"
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
    assert str(caught.value) == f"{path}: is larger than 1 MiB, the limit"


def named_pipe(folder: Path) -> Iterator[str]:
    os.mkfifo(folder / "pipe")
    yield "pipe"


def listening_socket(folder: Path) -> Iterator[str]:
    del folder
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        yield "socket"


def process_substitution(folder: Path) -> Iterator[str]:
    del folder
    ends = os.pipe()
    yield f"/dev/fd/{ends[0]}"
    for end in ends:
        os.close(end)


def link_to_a_device(folder: Path) -> Iterator[str]:
    (folder / "link").symlink_to("/dev/zero")
    yield "link"


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (named_pipe, "a pipe"),
        (listening_socket, "a socket"),
        (process_substitution, "a pipe"),
        (link_to_a_device, "a device"),
    ],
)
@pytest.mark.parametrize("read", [files.read_bounded, files.map_bounded])
def test_what_may_never_end_is_not_read(
    make: Callable[[Path], Iterator[str]],
    kind: str,
    read: Callable[..., object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in make(tmp_path):
        with pytest.raises(SnapshotError) as caught:
            read(path, MEBIBYTE, SnapshotError)
        assert str(caught.value) == (
            f"{path}: cannot be read: is {kind}, and only regular files are read; to pipe data, give - where "
            "standard input is accepted"
        )


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe")
    regular = os.stat(tmp_path / "file")
    # As it was when it was looked at.
    monkeypatch.setattr(os, "stat", lambda *_, **__: regular)
    with pytest.raises(SnapshotError, match="is a pipe"):
        files.read_bounded(str(tmp_path / "pipe"), 10, SnapshotError)


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
