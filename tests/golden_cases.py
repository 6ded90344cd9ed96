"""The golden cases: folders of ``tests/golden`` that hold the input of one run and what it must write."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from command_line import environment, scoregate
from forked_runs import forked

from checker import __version__

FOLDER = Path(__file__).parent / "golden"
CASES = sorted(path.parent.name for path in FOLDER.glob("*/arguments"))
REPORTS = {
    "text": "report.txt",
    "json": "report.json",
    "junit": "report.xml",
    "sarif": "report.sarif",
    "markdown": "report.md",
    "csv": "report.csv",
    "github": "report.github.log",
    "azure": "report.azure.log",
    "gitlab": "report.gitlab.json",
    "openmetrics": "report.prom",
    "ocsf": "report.ocsf.jsonl",
}

# Where the version stands; it may not make every golden file change.
_VERSIONS = re.compile(
    rb'(?<="semanticVersion": ")VERSION(?=")'
    rb'|(?<="version": ")VERSION(?=",\s+"semanticVersion")'
    rb"|(?<=scoregate )VERSION(?=, policy gate)"
    rb'|(?<="vendor_name":"scoregate","version":")VERSION(?=")'
    rb'|(?<=name="scoregate.version" value=")VERSION(?=")'.replace(b"VERSION", re.escape(__version__).encode())
)


def run_case(
    case: str, folder: Path, *options: str, hash_seed: str = "0", variables: Mapping[str, str] | None = None
) -> tuple[int, dict[str, bytes]]:
    """Runs a case away from any repository, in ``folder``: its exit code and what it wrote, by format.

    Args:
        case: its name.
        folder: where it runs.
        options: further ones.
        hash_seed: of Python.
        variables: further ones of the environment.
    """
    shutil.copytree(FOLDER / case, folder, dirs_exist_ok=True)
    # What an earlier run of the case wrote must not be taken for what this one writes.
    for name in REPORTS.values():
        (folder / name).unlink(missing_ok=True)
    outputs = [word for format_name, name in REPORTS.items() for word in ("-o", f"{format_name}={name}")]
    arguments = [*(folder / "arguments").read_text("utf-8").splitlines(), *outputs, *options]
    # Python takes up a seed of hashes when it starts.
    seed = {"PYTHONHASHSEED": hash_seed}
    if hash_seed == "0":
        ended = forked(*arguments, folder=folder, variables=environment(**(variables or {})))
    else:
        ended = scoregate(*arguments, folder=folder, variables={**seed, **(variables or {})})
    assert (ended.out, ended.err) == (b"", ""), (ended.out, ended.err)
    return ended.code, {name: (folder / file).read_bytes() for name, file in REPORTS.items()}


def masked(data: bytes) -> bytes:
    """The bytes with 0.0.0 in place of this version of scoregate."""
    return _VERSIONS.sub(b"0.0.0", data)
