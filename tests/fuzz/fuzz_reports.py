"""What 'diff' compares: reports of ours, and snapshots."""

from fuzz_checks import NOW, PORTAL, ROOT, check_output, file_of, refused_by

from checker.errors import SnapshotError
from checker.insight.difference import difference
from checker.runs.sides import Sides, SidesInput
from checker.snapshot.model import Snapshot
from checker.views.diff import render

_SOUND = str(ROOT / "tests" / "golden" / "failing" / "report.json")


def check(data: bytes) -> None:
    """Reads the report and compares it with a sound one, and with itself."""
    path = file_of(data, "report.json")
    sides = Sides(SidesInput(names=(path, _SOUND), policies=None, moment=NOW, portal=PORTAL), _nothing)
    with refused_by(SnapshotError):
        seen = sides.side(path)
        assert not difference(seen, seen).differs
        answer = difference(sides.side(_SOUND), seen)
        for name in ("text", "json", "markdown"):
            check_output(name, render(name, answer))


def _nothing(days: int) -> Snapshot:
    raise AssertionError(days)
