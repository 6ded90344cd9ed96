"""The readers that are fuzzed: for each a module ``fuzz_NAME`` with ``check(data)``, and what it starts from."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from fuzz_checks import ROOT

CORPUS = Path(__file__).parent / "corpus"
# What of the project is a valid input, besides the files of the corpus.
TARGETS: dict[str, tuple[str, ...]] = {
    "policies": ("examples/first-policy/policy.yaml", "policies/*/*.yaml", "tests/golden/*/*policy*.yaml"),
    "waivers": ("examples/first-policy/waivers.yaml", "tests/golden/*/waivers.yaml"),
    "snapshots": ("tests/golden/*/snapshot.json",),
    "plans": ("tests/golden/plan/plan.json",),
    "journals": (),
    "texts": (),
    "settings": (),
    "reports": ("tests/golden/*/report.json", "tests/golden/passing/snapshot.json"),
    "scenarios": (),
    "evidence": (),
}


def check_of(name: str) -> Callable[[bytes], None]:
    """The target's property; fails with anything but a documented refusal."""
    check: Callable[[bytes], None] = import_module(f"fuzz_{name}").check
    return check


def seeds(name: str) -> Iterator[Path]:
    """The files that a target starts from: its corpus, with every input that once failed, and the project's own."""
    yield from sorted(path for path in (CORPUS / name).iterdir() if path.is_file())
    for pattern in TARGETS[name]:
        yield from sorted(ROOT.glob(pattern))
