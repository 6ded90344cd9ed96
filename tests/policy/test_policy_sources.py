from pathlib import Path

import pytest
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.policy.load import load, load_sources, try_load
from checker.policy.sources import PolicySource, PolicySources, read_sources

ROOT = Path(__file__).resolve().parent.parent.parent
HEAD = b"apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: %s}\n"
GOOD = HEAD % b"one" + b"controls: [{id: x, control: A, references: [{framework: CIS, id: 1.10}]}]\n"
WAIVERS = (
    b"apiVersion: scoregate/v1\nkind: Waivers\nwaivers:\n"
    b"  - {requirement: one/x, from: 2026-11-01, until: 2027-01-31, reason: r, approvedBy: a}\n"
)
PARTS = [
    GOOD,
    HEAD % b"two" + b"defaults: {severity: low}\nscore: [{id: x, minimum: {percent: 1}}]\n",
    HEAD % b"one" + b"controls: [{id: x, control: A, sevrity: low}]\n",
    WAIVERS,
    b"apiVersion: scoregate/v1\nkind: Waivers\nwaivers: [{}]\n",
    b"kind: Other\n",
    b"a: b: c\n",
    b"",
]


def test_what_is_read_of_files_is_their_bytes_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("folder/b.yml").write_bytes(b"b")
    Path("folder/a.yaml").write_bytes(b"a")
    Path("w.yaml").write_bytes(b"w")
    found = read_sources(["folder", "absent.yaml", "folder/a.yaml"], ["w.yaml", "folder/b.yml"])
    assert [(one.name, one.data) for one in found.policies] == [("folder/a.yaml", b"a"), ("folder/b.yml", b"b")]
    assert [(one.name, one.data) for one in found.waivers] == [("w.yaml", b"w")]
    assert {one.root for one in (*found.policies, *found.waivers)} == {str(tmp_path.resolve())}
    assert [str(fault) for fault in found.faults] == ["absent.yaml:1:1: cannot be read: no such file or directory"]


def test_sources_from_elsewhere_need_no_file() -> None:
    loaded = load_sources(PolicySources((PolicySource("main:p.yaml", GOOD),), (PolicySource("main:w.yaml", WAIVERS),)))
    assert loaded.faults == ()
    (policy,) = loaded.policies.policies
    assert str(policy.requirements[0].summary.location) == "main:p.yaml:4:12"
    assert str(loaded.policies.waivers[0].location) == "main:w.yaml:4:5"
    assert loaded.policies.sources == {"main:p.yaml": GOOD, "main:w.yaml": WAIVERS}


def test_the_faults_of_reading_come_first_and_hide_that_no_policy_was_found() -> None:
    faults = read_sources(["absent.yaml"], []).faults
    assert load_sources(PolicySources(faults=faults)).faults == faults
    assert [str(fault) for fault in load_sources(PolicySources()).faults] == [
        ".:1:1: no document of kind Policy was found"
    ]
    assert load_sources(PolicySources((), (PolicySource("w.yaml", WAIVERS),)), alone=True).faults == ()
    (fault,) = load_sources(PolicySources((), (PolicySource("p.yaml", GOOD),))).faults
    assert str(fault) == "p.yaml:2:7: kind: expected Waivers, got 'Policy'"


def test_the_pack_that_ships_is_the_same_from_its_bytes() -> None:
    sources = read_sources(["pack:essentials"], [])
    loaded = load_sources(sources)
    assert (loaded.faults, loaded.policies) == ((), load(["pack:essentials"]))


@settings(deadline=None, max_examples=examples(50))
@given(
    st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3), max_size=3),
    st.lists(st.sampled_from(PARTS), max_size=2),
)
def test_bytes_of_files_load_as_the_files_do(
    tmp_path_factory: pytest.TempPathFactory, policies: list[list[bytes]], waivers: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("sources")
    contents = [b"---\n".join(parts) for parts in policies]
    names = [str(folder / f"p{index}.yaml") for index in range(len(contents))]
    waiver_names = [str(folder / f"w{index}.yaml") for index in range(len(waivers))]
    for name, content in zip([*names, *waiver_names], [*contents, *waivers], strict=True):
        Path(name).write_bytes(content)
    from_files = try_load(names, waiver_names)
    from_bytes = load_sources(
        PolicySources(
            tuple(PolicySource(*one) for one in zip(names, contents, strict=True)),
            tuple(PolicySource(*one) for one in zip(waiver_names, waivers, strict=True)),
        )
    )
    assert from_bytes == from_files
    assert from_bytes.policies.sha256 == from_files.policies.sha256
