"""One writer to a tenant on one machine."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from builders import OTHER_TENANT, TENANT
from command_line import environment

from checker.errors import LockedError, OutputError
from checker.remediation.lock import tenant_lock

HOLDS = """
import sys
from checker.remediation.lock import tenant_lock
with tenant_lock(sys.argv[1], sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_run(folder: Path, tenant: str = TENANT) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that holds the lock until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder), tenant],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        try:
            assert process.stdout.readline() == b"held\n"
            yield process
        finally:
            process.kill()
            process.wait()


def is_free(folder: Path, tenant: str = TENANT) -> bool:
    try:
        with tenant_lock(str(folder), tenant):
            return True
    except LockedError:
        return False


def test_a_second_process_is_refused_and_told_which_tenant(tmp_path: Path) -> None:
    with another_run(tmp_path):
        with (
            pytest.raises(LockedError, match=f"is writing to the tenant {TENANT}") as raised,
            tenant_lock(str(tmp_path), TENANT),
        ):
            pytest.fail("both hold it")
        assert raised.value.exit_code == 3
        assert raised.value.advice
        # The one that was refused has not lifted the other's.
        assert not is_free(tmp_path)


def test_a_lock_is_gone_when_its_process_is_killed(tmp_path: Path) -> None:
    with another_run(tmp_path) as process:
        assert not is_free(tmp_path)
        process.kill()
        process.wait()
        assert is_free(tmp_path)


def test_a_lock_is_gone_when_its_process_ends(tmp_path: Path) -> None:
    with another_run(tmp_path) as process:
        process.communicate()
        assert process.returncode == 0
        assert is_free(tmp_path)


def test_a_second_run_of_one_process_is_refused_too(tmp_path: Path) -> None:
    with tenant_lock(str(tmp_path), TENANT):
        assert not is_free(tmp_path)
    assert is_free(tmp_path)


def test_a_block_that_fails_lifts_its_lock(tmp_path: Path) -> None:
    with pytest.raises(KeyError), tenant_lock(str(tmp_path), TENANT):
        raise KeyError
    assert is_free(tmp_path)


def test_a_lock_is_of_one_tenant_whose_id_has_no_case(tmp_path: Path) -> None:
    with another_run(tmp_path, "abcDEF"):
        assert not is_free(tmp_path, "ABCdef")
        assert is_free(tmp_path, OTHER_TENANT)
        assert is_free(tmp_path, "")


@pytest.mark.parametrize("tenant", ["", "../../outside", "/etc/passwd", "a\0b", "x" * 5000, "\ud800"])
def test_no_id_leads_out_of_the_folder(tenant: str, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "locks"
    with tenant_lock(str(folder), tenant):
        assert not is_free(folder, tenant)
    assert [path.parent for path in tmp_path.rglob("*") if path.is_file()] == [folder]


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "locks"
    assert is_free(folder)
    (file,) = folder.iterdir()
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(file.stat().st_mode)) == (0o700, 0o600)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(OutputError, match="the lock cannot be created: ") as raised,
        tenant_lock(str(tmp_path / "file" / "locks"), TENANT),
    ):
        pytest.fail("there is no such folder")
    assert "XDG_STATE_HOME" in raised.value.advice
