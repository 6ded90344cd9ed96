"""Fuzzes one target, or each in turn: ``python tests/fuzz/fuzz_run.py [--seconds N] [TARGET …]``. Needs atheris.

An input that fails is written to ``.fuzz/``; put it into the target's corpus once it is understood.
"""

import argparse
import importlib
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
sys.path[:0] = [str(ROOT), str(FOLDER)]

FINDINGS = ROOT / ".fuzz"
LARGEST_BYTES = 65_536
SLOWEST_SECONDS = 10
MOST_MEBIBYTES = 1024
_WORDS = ("${a}", "pack:essentials", "nan", "1e999", "@odata.context", "controlScores", "createdDateTime", "::error::")


def main() -> int:
    """Runs the targets one after the other; 1 if one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", help="all where none is named")
    parser.add_argument("--seconds", type=int, default=300, help="for each target")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        fuzz(given.targets[0], given.seconds, Path(given.inside))
    from fuzz_targets import TARGETS

    return max([fuzzed(name, given.seconds) for name in given.targets or TARGETS])


def fuzzed(name: str, seconds: int) -> int:
    """Fuzzes one target in a process of its own, since the fuzzer ends its process; says in one line how it went."""
    FINDINGS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="scoregate-fuzz-") as folder:
        command = [sys.executable, __file__, name, "--seconds", str(seconds), "--inside", folder]
        environment = {**os.environ, "TMPDIR": folder, "PYTHONHASHSEED": "0"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    print(f"{name}: {_figures(done.stderr)}", flush=True)
    if done.returncode:
        # The fuzzer's own lines of progress say nothing of the failure.
        told = [row for row in f"{done.stdout}\n{done.stderr}".splitlines() if not re.match(r"#\d+|\tNEW_FUNC", row)]
        print(*told[-80:], sep="\n", flush=True)
    return 1 if done.returncode else 0


def _figures(log: str) -> str:
    inputs = re.search(r"Done (\d+) runs in (\d+) second", log)
    edges = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", log)
    if inputs is None:
        return "FAILED"
    covered = f", {edges[-1][0]} edges, {edges[-1][2]} inputs kept" if edges else ""
    return f"{int(inputs[1]):,} inputs in {inputs[2]} s{covered}, nothing found"


def fuzz(name: str, seconds: int, folder: Path) -> None:
    """Fuzzes in this process, and never returns. Loads all code that the seeds need while it can be instrumented."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["checker"], enable_loader_override=False):
        from fuzz_targets import check_of, seeds

        check = check_of(name)
        started = folder / "seeds"
        started.mkdir()
        for number, path in enumerate(seeds(name)):
            data = path.read_bytes()
            check(data)
            (started / f"{number}").write_bytes(data)
    (folder / "found").mkdir()
    (folder / "words").write_text("".join(f'"{word}"\n' for word in sorted(words())), encoding="ascii")
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LARGEST_BYTES}",
        f"-timeout={SLOWEST_SECONDS}",
        f"-rss_limit_mb={MOST_MEBIBYTES}",
        f"-dict={folder / 'words'}",
        f"-artifact_prefix={FINDINGS}/{name}-",
    ]
    atheris.Setup([sys.argv[0], *options, str(folder / "found"), str(started)], check)
    atheris.Fuzz()


def words() -> Iterator[str]:
    """The words of our documents, by their schemas, and some that readers have to watch for."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "schemas").glob("*.schema.json")))
    found = itertools.chain(_WORDS, *(_named(json.loads(text)) for text in texts))
    return iter({word for word in found if re.fullmatch(r"[\w$@:{}./-]{2,40}", word, re.ASCII)})


def _named(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _named(part)


if __name__ == "__main__":
    sys.exit(main())
