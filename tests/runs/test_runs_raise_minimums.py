"""ratchet: files that change while the tenant is looked at."""

from pathlib import Path

import pytest
from command_line import policy
from sandbox_client import NOW

from checker.errors import OutputError
from checker.runs.raise_minimums import ratchet
from checker.sources.embedded import sandbox_source


def test_a_file_that_somebody_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    path = Path(policy(tmp_path, "score: [{id: x, minimum: {percent: 5}}]"))
    found = ratchet([str(path)], {}, sandbox_source(NOW, 0), NOW, dry_run=False)
    path.write_text("mine\n")
    with pytest.raises(OutputError, match="was changed while the tenant was read"):
        found.write()
    assert path.read_text() == "mine\n"
