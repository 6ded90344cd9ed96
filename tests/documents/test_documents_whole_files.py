"""Outputs: what takes which place, with which mode, and what never is written."""

import errno
import os
import resource
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from checker.documents.real_folders import make_folder
from checker.documents.whole_files import (
    append_whole,
    check_output,
    create_whole,
    open_to_append,
    write_all,
    write_whole,
)
from checker.errors import OutputError

NOBODY = 65534


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the working folder."""
    (tmp_path / "outside").mkdir()
    return tmp_path / "outside"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def tree(folder: Path) -> dict[str, bytes | str]:
    """What a folder holds: files with their content, links with where they lead."""
    return {
        str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


# What is replaced


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(folder: Path) -> None:
    path = folder / "report.json"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        write_whole("report.json", b"new")
        assert reader.read() == b"old"
    assert tree(folder) == {"report.json": b"new"}


@pytest.mark.parametrize("before", [0o644, 0o755, 0o777, 0o6755, 0o400])
@pytest.mark.parametrize("mask", [0, 0o022])
def test_data_of_a_tenant_is_for_its_owner_alone_whatever_was_there(before: int, mask: int, folder: Path) -> None:
    (folder / "old").touch()
    (folder / "old").chmod(before)
    with umask(mask):
        write_whole("old", b"")
        write_whole("new", b"")
    assert (mode(folder / "old"), mode(folder / "new")) == (0o600, 0o600)


@pytest.mark.parametrize(("before", "after"), [(0o640, 0o640), (0o755, 0o644), (0o4711, 0o600), (0o600, 0o600)])
def test_other_files_keep_their_mode_and_are_never_executable(before: int, after: int, folder: Path) -> None:
    (folder / "old").touch()
    (folder / "old").chmod(before)
    with umask(0o022):
        write_whole("old", b"", private=False)
        write_whole("new", b"", private=False)
    assert (mode(folder / "old"), mode(folder / "new")) == (after, 0o644)


def test_a_name_as_long_as_names_can_be(folder: Path) -> None:
    write_whole("x" * 255, b"new")
    assert os.listdir(folder) == ["x" * 255]


def test_other_names_of_a_file_keep_what_they_have(folder: Path) -> None:
    (folder / "kept").write_bytes(b"old")
    os.link("kept", "report.json")
    write_whole("report.json", b"new")
    assert tree(folder) == {"kept": b"old", "report.json": b"new"}


@pytest.mark.parametrize(
    "target", ["inside", "../outside/file", "nowhere", "../outside/nowhere", "link", "/etc/passwd"]
)
@pytest.mark.parametrize("private", [False, True])
def test_a_link_is_replaced_and_never_written_through(target: str, private: bool, folder: Path, outside: Path) -> None:
    (folder / "inside").write_bytes(b"kept")
    (outside / "file").write_bytes(b"kept")
    (folder / "link").symlink_to(target)
    with umask(0o022):
        write_whole("link", b"new", private=private)
    assert tree(folder) == {"inside": b"kept", "link": b"new"}
    assert tree(outside) == {"file": b"kept"}
    assert mode(folder / "link") == (0o600 if private else 0o644)


# Where links lead


@pytest.mark.parametrize(
    "path", ["out/report.json", "out/sub/report.json", "chain/report.json", "sub/up/report.json", "./out/../out/r.json"]
)
def test_a_link_out_of_the_working_folder_is_not_followed(path: str, folder: Path, outside: Path) -> None:
    (outside / "sub").mkdir()
    (folder / "sub").mkdir()
    (folder / "out").symlink_to(outside)
    (folder / "chain").symlink_to("out")
    (folder / "sub" / "up").symlink_to("../../outside", target_is_directory=True)
    before = tree(folder)
    for spelled in (path, str(folder / path)):
        acts: tuple[Callable[[str], object], ...] = (
            lambda name: write_whole(name, b"new"),
            check_output,
            lambda name: create_whole(name, b"new"),
            lambda name: append_whole(name, b"new"),
            lambda name: make_folder(f"{name}/new"),
        )
        for act in acts:
            with pytest.raises(OutputError, match=r"(out|chain|up) is a link out of the working folder") as raised:
                act(spelled)
            assert raised.value.place in {spelled, f"{spelled}/new"}
    assert (tree(folder), tree(outside)) == (before, {})


def test_a_link_within_the_working_folder_is_followed(folder: Path) -> None:
    (folder / "build" / "reports").mkdir(parents=True)
    (folder / "reports").symlink_to("build/reports")
    (folder / "all").symlink_to(folder)
    write_whole("reports/a.json", b"a")
    write_whole("all/reports/../b.json", b"b")
    assert (folder / "build" / "reports" / "a.json").read_bytes() == b"a"
    assert (folder / "build" / "b.json").read_bytes() == b"b"


def test_a_path_outside_of_the_working_folder_is_the_caller_s_choice(folder: Path, outside: Path) -> None:
    (outside / "real").mkdir()
    (outside / "alias").symlink_to("real")
    write_whole(str(outside / "alias" / "a.json"), b"a")
    write_whole("../outside/b.json", b"b")
    assert tree(outside) == {"alias": "real", "real/a.json": b"a", "b.json": b"b"}
    # Unless it leads through a link of the working folder after all.
    (folder / "out").symlink_to(outside)
    (outside / "back").symlink_to(folder / "out")
    with pytest.raises(OutputError, match="out is a link out of the working folder"):
        write_whole(str(outside / "back" / "c.json"), b"c")


def test_the_working_folder_may_itself_be_behind_a_link(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "alias").symlink_to(folder)
    monkeypatch.chdir(tmp_path / "alias")
    write_whole("a.json", b"a")
    write_whole(str(tmp_path / "alias" / "b.json"), b"b")
    assert tree(folder) == {"a.json": b"a", "b.json": b"b"}


def test_a_link_that_comes_in_between_is_not_followed(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "results").mkdir()
    islink = os.path.islink

    def exchanged(path: str) -> bool:
        found = islink(path)
        if path.endswith("results") and not found:
            (folder / "results").rmdir()
            (folder / "results").symlink_to(outside)
        return found

    monkeypatch.setattr(os.path, "islink", exchanged)
    with pytest.raises(OutputError, match="cannot be written: its folder does not exist"):
        write_whole("results/report.json", b"new")
    assert tree(outside) == {}


# What is refused


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent/report.json", "its folder does not exist"),
        ("dangling/report.json", "its folder does not exist"),
        ("file/report.json", "its folder does not exist"),
        ("loop/report.json", "too many levels of symbolic links"),
        ("folder", "is a directory"),
        ("folder/", "is a directory"),
        ("folder/.", "is a directory"),
        (".", "is a directory"),
        ("..", "is a directory"),
        ("alias", "is a directory"),
        ("new/", "its folder does not exist"),
        ("x" * 300, "file name too long"),
        ("a\0b", "no file can have this name"),
        ("pipe", "is a pipe"),
        ("to-pipe", "is a pipe"),
        ("socket", "is a socket"),
        ("/dev/full", "is a device"),
        ("/dev/zero", "is a device"),
        ("/dev/stderr", "is an open stream"),
        ("/dev/stdin", "is an open stream"),
        ("/dev/fd/2", "is an open stream"),
        ("/proc/self/fd/2", "is an open stream"),
        ("/proc/report.json", "no such file or directory"),
    ],
)
def test_what_cannot_be_written_leaves_nothing_behind(name: str, reason: str, folder: Path) -> None:
    (folder / "folder").mkdir()
    (folder / "alias").symlink_to("folder")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "loop").symlink_to("loop")
    (folder / "file").write_bytes(b"kept")
    os.mkfifo("pipe")
    (folder / "to-pipe").symlink_to("pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        before = tree(folder)
        acts: list[Callable[[], None]] = [lambda: write_whole(name, b"new")]
        if name != "/proc/report.json":
            # Only the system knows.
            acts.append(lambda: check_output(name))
        for act in acts:
            with pytest.raises(OutputError) as caught:
                act()
            assert caught.value.message == f"cannot be written: {reason}"
            assert caught.value.place == name.replace("\0", "\\x00")
        assert tree(folder) == before
        assert {path.name for path in folder.iterdir()} == {
            *("folder", "alias", "dangling", "loop", "file", "pipe", "to-pipe", "socket")
        }


@pytest.fixture
def unprivileged(folder: Path) -> Iterator[None]:
    """As somebody who may not write everywhere."""
    folder.chmod(0o755)
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_written(folder: Path, unprivileged: None) -> None:
    del unprivileged
    if os.stat(".").st_uid == os.geteuid():
        folder.chmod(0o555)
    with pytest.raises(OutputError, match="cannot be written: permission denied"):
        write_whole("report.json", b"new")
    assert os.listdir(".") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs files of two users")
def test_the_file_of_another_user_in_a_shared_folder(folder: Path, unprivileged: None) -> None:
    del unprivileged
    os.seteuid(0)
    (folder / "theirs").write_bytes(b"kept")
    folder.chmod(0o1777)
    os.seteuid(NOBODY)
    with pytest.raises(OutputError, match="cannot be written: operation not permitted"):
        write_whole("theirs", b"new")
    write_whole("ours", b"new")
    os.seteuid(0)
    assert tree(folder) == {"theirs": b"kept", "ours": b"new"}


def test_a_full_disk_leaves_the_old_file(folder: Path) -> None:
    (folder / "report.json").write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # A limit on the size of files fails the write in its middle, as a full disk does; Python ignores the signal.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OutputError, match="cannot be written: file too large"):
            write_whole("report.json", bytes(5000))
        with pytest.raises(OSError, match="too large"):
            create_whole("journal.jsonl", bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert tree(folder) == {"report.json": b"old"}


def test_of_several_files_none_is_replaced_where_one_cannot_be_written(folder: Path) -> None:
    (folder / "a.json").write_bytes(b"old")
    os.mkfifo("pipe")
    for other in ("pipe", "missing/b.json", "."):
        with pytest.raises(OutputError) as raised:
            write_all([("a.json", b"new"), (other, b"new")])
        assert raised.value.place == other
        assert tree(folder) == {"a.json": b"old"}
    write_all([("a.json", b"new"), ("/dev/null", b"new"), ("b.json", b"too")])
    assert tree(folder) == {"a.json": b"new", "b.json": b"too"}


# Streams


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/../dev/stdout"])
def test_a_log_that_standard_output_appends_to_keeps_what_it_has(name: str, folder: Path) -> None:
    log = folder / "all.log"
    log.write_bytes(b"before\n")
    script = "import sys; from checker.documents.whole_files import write_whole; write_whole(sys.argv[1], b'ours\\n')"
    with log.open("ab") as output:
        subprocess.run([sys.executable, "-c", script, name], stdout=output, stderr=output, check=True)
        output.write(b"after\n")
    assert tree(folder) == {"all.log": b"before\nours\nafter\n"}


def test_the_null_device_takes_everything_and_stays(folder: Path) -> None:
    before = os.stat("/dev/null")
    for name in ("/dev/null", "/dev/../dev/null"):
        check_output(name)
        write_whole(name, b"new")
    after = os.stat("/dev/null")
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert tree(folder) == {}


# What a crash leaves


def test_the_file_is_on_disk_before_it_has_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def syncs(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        steps.append("folder" if is_folder else "file")
        fsync(descriptor)

    def replaces(source: str, target: str, **folders: int) -> None:
        steps.append("rename")
        (left,) = folder.iterdir()
        assert (left.read_bytes(), mode(left)) == (b"new", 0o600)
        # Hidden, and of no ending that is read.
        assert left.name.startswith(".scoregate-")
        assert left.name.endswith(".tmp")
        replace(source, target, **folders)

    monkeypatch.setattr(os, "fsync", syncs)
    monkeypatch.setattr(os, "replace", replaces)
    write_whole("report.json", b"new")
    assert steps == ["file", "folder", "rename", "folder"]


def test_an_interrupt_leaves_the_old_file_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "report.json").write_bytes(b"old")

    def interrupted(descriptor: int) -> None:
        del descriptor
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole("report.json", b"new")
    assert tree(folder) == {"report.json": b"old"}


@pytest.mark.parametrize("name", ["a.json", "sub/a.json"])
def test_without_folders_held_open_it_is_the_same(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As on Windows.
    monkeypatch.setattr(os, "supports_dir_fd", set())
    (folder / "sub").mkdir()
    (folder / "out").symlink_to("..")
    for data in (b"old", b"new"):
        write_whole(name, data)
    assert tree(folder) == {name: b"new", "out": ".."}
    with pytest.raises(OutputError, match="out is a link out of the working folder"):
        write_whole("out/a.json", b"")


# Files that are appended to


def test_a_new_file_never_takes_the_place_of_another(folder: Path) -> None:
    descriptor = create_whole("journal.jsonl", b"first\n")
    os.write(descriptor, b"second\n")
    os.close(descriptor)
    (folder / "link").symlink_to("nowhere")
    for name in ("journal.jsonl", "link"):
        with pytest.raises(FileExistsError):
            create_whole(name, b"")
    assert tree(folder) == {"journal.jsonl": b"first\nsecond\n", "link": "nowhere"}
    assert mode(folder / "journal.jsonl") == 0o600


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent", "no such file or directory"),
        ("out", "out is a link out of the working folder"),
        ("pipe", "is a pipe"),
        ("sub", "is a directory"),
        ("/dev/full", "is a device"),
    ],
)
def test_only_regular_files_are_appended_to(name: str, reason: str, folder: Path, outside: Path) -> None:
    (outside / "file").write_bytes(b"kept")
    (folder / "out").symlink_to(outside / "file")
    (folder / "sub").mkdir()
    os.mkfifo("pipe")
    with pytest.raises(OutputError) as caught:
        open_to_append(name)
    assert caught.value.message == f"cannot be written: {reason}"
    assert tree(outside) == {"file": b"kept"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("link", "is a link"),
        ("out", "is a link"),
        ("dangling", "is a link"),
        ("pipe", "is a pipe"),
        ("sub", "is a folder"),
        ("/dev/full", "is a device"),
        ("absent/log", "its folder does not exist"),
    ],
)
def test_a_log_of_others_is_a_regular_file_and_no_link(name: str, reason: str, folder: Path, outside: Path) -> None:
    (outside / "file").write_bytes(b"kept")
    (folder / "real").write_bytes(b"kept")
    (folder / "link").symlink_to("real")
    (folder / "out").symlink_to(outside / "file")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "sub").mkdir()
    os.mkfifo("pipe")
    with pytest.raises(OutputError) as caught:
        append_whole(name, b"new")
    assert caught.value.message == f"cannot be written: {reason}"
    assert ((folder / "real").read_bytes(), tree(outside)) == (b"kept", {"file": b"kept"})
    assert not (folder / "nowhere").exists()


def test_a_log_of_others_keeps_what_it_has_and_its_mode(folder: Path) -> None:
    (folder / "log").write_bytes(b"a")
    (folder / "log").chmod(0o644)
    append_whole("log", b"b")
    append_whole("new", b"c")
    assert tree(folder) == {"log": b"ab", "new": b"c"}
    assert (mode(folder / "log"), mode(folder / "new")) == (0o644, 0o600)


def test_a_link_within_the_working_folder_is_appended_to(folder: Path) -> None:
    (folder / "journal").write_bytes(b"a")
    (folder / "latest").symlink_to("journal")
    descriptor = open_to_append("latest")
    os.write(descriptor, b"b")
    os.close(descriptor)
    assert tree(folder) == {"journal": b"ab", "latest": "journal"}


def test_a_disk_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(descriptor: int) -> None:
        del descriptor
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OutputError, match="cannot be written: input/output error"):
        write_whole("report.json", b"new")
    assert os.listdir(".") == []
