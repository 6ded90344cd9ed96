"""Every seed and every past finding through its target, as the fuzzer would run it."""

from pathlib import Path

import pytest
from fuzz_checks import ROOT
from fuzz_targets import CORPUS, TARGETS, check_of, seeds

SEEDS = [(name, path) for name in TARGETS for path in seeds(name)]


@pytest.mark.parametrize(("name", "path"), SEEDS, ids=lambda part: part if isinstance(part, str) else part.name)
def test_a_seed_holds(name: str, path: Path) -> None:
    check_of(name)(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("data", [b"", b"\0", b"\xff\xfe\x00", b"[" * 20_000, b"{" * 20_000, b'{"a":' * 20_000])
def test_what_is_nothing_at_all_is_refused(name: str, data: bytes) -> None:
    check_of(name)(data)


@pytest.mark.parametrize("name", TARGETS)
def test_a_seed_that_is_cut_short_is_refused_or_read(name: str) -> None:
    data = next(iter(seeds(name))).read_bytes()
    for end in range(0, len(data), max(1, len(data) // 40)):
        check_of(name)(data[:end])


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_a_few_small_seeds(name: str) -> None:
    assert all(path.stat().st_size < 100_000 for path in seeds(name))
    assert list(CORPUS.joinpath(name).iterdir())
    assert all(list(ROOT.glob(pattern)) for pattern in TARGETS[name])
