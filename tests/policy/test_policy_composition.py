"""``extends``, overrides, ``disabled``, ``locked``: policies made of other policies."""

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from command_line import NOW, here, snapshot
from example_counts import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import PolicyError, UsageError
from checker.policy.load import Loaded, load, load_sources, try_load
from checker.policy.model import Policy, PolicyRequirement, PolicySet
from checker.policy.resolved import resolved
from checker.policy.sources import PolicySource, PolicySources, UnreadableSourceError

Capture = pytest.CaptureFixture[str]
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "checkout"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def write(path: str, body: str, name: str | None = None) -> str:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    title = name or file.stem
    file.write_text(f"apiVersion: scoregate/v1\nkind: Policy\nmetadata: {{name: {title}}}\n{body}", encoding="utf-8")
    return path


def only(policies: PolicySet) -> Policy:
    (policy,) = policies.policies
    return policy


def by_id(policy: Policy) -> dict[str, PolicyRequirement]:
    return {one.summary.id: one for one in policy.requirements}


def faults(*paths: str) -> list[str]:
    return [str(fault) for fault in try_load(paths).faults]


BASE = """\
defaults: {severity: high, onMissing: skip}
score:
  - {id: overall, minimum: {percent: 60}}
controls:
  - {id: mfa, control: AdminMFAV2, minimum: {percent: 90, allBut: 2}, rationale: Base.}
  - {id: other, control: OneAdmin, severity: low}
"""


def test_requirements_of_a_base_belong_to_the_policy_that_extends_it() -> None:
    write("base.yaml", BASE)
    own = write("own.yaml", "extends: [base.yaml]\ncontrols: [{id: new, control: PWAgePolicyNew}]\n")
    policy = only(load([own]))
    assert [one.summary.name for one in policy.requirements] == ["own/overall", "own/mfa", "own/other", "own/new"]
    assert str(by_id(policy)["mfa"].summary.location) == "base.yaml:8:5"
    assert [by_id(policy)[name].summary.severity.value for name in ("mfa", "other", "new")] == ["high", "low", "medium"]


@pytest.mark.parametrize("paths", [["own.yaml", "base.yaml"], ["base.yaml", "own.yaml"], ["."], ["base.yaml", "."]])
def test_a_base_is_judged_in_the_policies_that_extend_it_only(paths: list[str]) -> None:
    write("base.yaml", BASE)
    write("own.yaml", "extends: [base.yaml]\n")
    assert only(load(paths)).name == "own"


def test_an_entry_of_the_same_id_overrides_fields_whole() -> None:
    write("base.yaml", BASE)
    own = write("own.yaml", "extends: [base.yaml]\ncontrols: [{id: mfa, minimum: {percent: 95}, title: Ours}]\n")
    mfa = by_id(only(load([own])))["mfa"]
    entry: Any = mfa.entry
    assert (entry.minimum.percent, entry.minimum.all_but) == (95, None)
    assert (entry.control, entry.title, entry.rationale, entry.severity.value) == (
        "AdminMFAV2",
        "Ours",
        "Base.",
        "high",
    )
    assert str(mfa.summary.location) == "own.yaml:5:12"


def test_no_default_replaces_what_a_base_says_and_one_fills_what_nobody_says() -> None:
    write("base.yaml", BASE)
    own = write("own.yaml", "extends: [base.yaml]\ndefaults: {severity: info, enforcement: advisory}\n")
    found = by_id(only(load([own])))
    assert {name: one.summary.severity.value for name, one in found.items()} == {
        "overall": "high",
        "mfa": "high",
        "other": "low",
    }
    assert {one.summary.enforcement.value for one in found.values()} == {"advisory"}


def test_the_defaults_of_a_base_in_between_count_for_what_came_through_it() -> None:
    write("far.yaml", "controls: [{id: x, control: A}]")
    write("near.yaml", "extends: [far.yaml]\ndefaults: {severity: critical}\ncontrols: [{id: y, control: B}]\n")
    write("beside.yaml", "defaults: {severity: info}\ncontrols: [{id: z, control: C}]\n")
    own = write("own.yaml", "extends: [near.yaml, beside.yaml]\n")
    found = {name: one.summary.severity.value for name, one in by_id(only(load([own]))).items()}
    assert found == {"x": "critical", "y": "critical", "z": "info"}


def test_a_base_that_is_reached_in_two_ways_does_not_undo_an_override() -> None:
    write("root.yaml", "controls: [{id: x, control: A, severity: low}]")
    write("left.yaml", "extends: [root.yaml]\ncontrols: [{id: x, severity: critical}]\n")
    write("right.yaml", "extends: [root.yaml]\ncontrols: [{id: r, control: B}]\n")
    for order in ("left.yaml, right.yaml", "right.yaml, left.yaml"):
        own = write("own.yaml", f"extends: [{order}]\n")
        assert by_id(only(load([own])))["x"].summary.severity.value == "critical"


def test_of_two_bases_with_the_same_id_the_later_one_overrides() -> None:
    write("one.yaml", "controls: [{id: x, control: A, severity: low}]")
    write("two.yaml", "controls: [{id: x, control: A, severity: high}]")
    own = write("own.yaml", "extends: [one.yaml, two.yaml]\n")
    assert by_id(only(load([own])))["x"].summary.severity.value == "high"


def test_a_pack_can_be_extended_and_is_not_judged_by_itself_then() -> None:
    own = write("own.yaml", "extends: ['pack:essentials']\ncontrols: [{id: admins-use-mfa, severity: low}]\n")
    policy = only(load([own, "pack:essentials"]))
    pack = only(load(["pack:essentials"]))
    assert set(by_id(policy)) == set(by_id(pack))
    assert by_id(policy)["admins-use-mfa"].summary.severity.value == "low"


def test_conditions_of_a_base_hold_for_its_requirements_alone() -> None:
    write("base.yaml", "when: {enabledServices: [A]}\ncontrols: [{id: x, control: A, when: {enabledServices: [B]}}]\n")
    own = write("own.yaml", "extends: [base.yaml]\nwhen: {enabledServices: [C]}\ncontrols: [{id: y, control: B}]\n")
    found = by_id(only(load([own])))
    services = {name: [when.enabled_services for when in one.conditions] for name, one in found.items()}
    assert services == {"x": [["C"], ["A"], ["B"]], "y": [["C"]]}


def test_the_shortest_term_of_waivers_counts() -> None:
    write("base.yaml", "waivers: {maximumDays: 30}\ncontrols: [{id: x, control: A}]\n")
    own = write("own.yaml", "extends: [base.yaml]\nwaivers: {maximumDays: 90}\n")
    assert only(load([own])).longest_waiver_days == 30


def test_a_requirement_that_is_taken_out_is_named_with_its_reason(folder: Path, capfd: Capture) -> None:
    write(
        "base.yaml",
        "controls: [{id: x, control: AdminMFAV2, profile: {state: ThirdParty}}, {id: y, control: OneAdmin}]",
    )
    own = write("own.yaml", "extends: [base.yaml]\ncontrols: [{id: x, disabled: {reason: No such product.}}]\n")
    policy = only(load([own]))
    assert (list(by_id(policy)), [one.summary.id for one in policy.disabled]) == (["y"], ["x"])
    data = snapshot(folder)
    report = json.loads(here(capfd, "check", "-p", own, "--snapshot", data, "--now", NOW, "-o", "json").out)
    finding = next(one for one in report["findings"] if one["requirement"] == "own/x")
    assert (finding["outcome"], finding["reason"], finding["key"]) == ("skipped", "disabled", "own/x")
    assert finding["message"] == "The policy disables this requirement: No such product."
    plan = json.loads(here(capfd, "plan", "-p", own, "--snapshot", data, "--now", NOW, "-o", "json").out)
    assert plan["changes"] == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"own": "extends: [own.yaml]\n"}, "own.yaml:4:11: extends[0]: extends itself: own.yaml leads back here"),
        (
            {"own": "extends: [a.yaml]\n", "a": "extends: [own.yaml]\n"},
            "a.yaml:4:11: extends[0]: extends itself: own.yaml leads back here",
        ),
        (
            {"own": "extends: [gone.yaml]\n"},
            "own.yaml:4:11: extends[0]: gone.yaml cannot be read: no such file or directory",
        ),
        (
            {"own": "extends: [../outside.yaml]\n"},
            "own.yaml:4:11: extends[0]: ../outside.yaml is outside the folder that this file can refer to",
        ),
        (
            {"own": "extends: [/etc/passwd]\n"},
            "own.yaml:4:11: extends[0]: /etc/passwd expected pack:NAME, or the path of a file relative to this one",
        ),
        (
            {"own": "extends: [link.yaml]\n"},
            "own.yaml:4:11: extends[0]: link.yaml is outside the folder that this file can refer to",
        ),
        ({"own": "extends: [.]\n"}, "own.yaml:4:11: extends[0]: . is a folder; name each file of it"),
        (
            {"own": "extends: ['pack:essential']\n"},
            "own.yaml:4:11: extends[0]: pack:essential is an unknown pack 'essential' (did you mean 'essentials'?)",
        ),
        ({"own": "extends: [waivers.yaml]\n"}, "own.yaml:4:11: extends[0]: waivers.yaml contains no policy"),
        ({"own": "extends: [3]\n"}, "own.yaml:4:11: extends[0]: 3 cannot be read: no such file or directory"),
        ({"own": "extends: [[3]]\n"}, "own.yaml:4:11: extends[0]: expected text"),
        ({"own": "extends: base.yaml\n"}, "own.yaml:4:10: extends: expected a list"),
        (
            {"own": "extends: [a.yaml]\ncontrols: [{id: y, severity: low}]\n", "a": "controls: [{id: x, control: A}]"},
            "own.yaml:5:12: controls[0]: expected exactly one of control, anyOf, select; got none; no policy that this",
        ),
        (
            {"own": "extends: [a.yaml]\n", "a": "controls: [{id: x, control: A, severty: low}]"},
            "a.yaml:4:",
        ),
        (
            {"own": "extends: [a.yaml]\nscore: [{id: x, severity: low}]\n", "a": "controls: [{id: x, control: A}]"},
            "own.yaml:5:9: score[0]: expected exactly one of ",
        ),
        (
            {"own": "extends: [a.yaml]\ncontrols: [{id: x, anyOf: [B]}]\n", "a": "controls: [{id: x, control: A}]"},
            "own.yaml:5:12: controls[0]: expected exactly one of control, anyOf, select; got control and anyOf",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(files: Mapping[str, str], said: str, tmp_path: Path) -> None:
    write(str(tmp_path / "outside.yaml"), "controls: [{id: x, control: A}]")
    Path("link.yaml").symlink_to(tmp_path / "outside.yaml")
    Path("waivers.yaml").write_text("apiVersion: scoregate/v1\nkind: Waivers\nwaivers: []\n", encoding="utf-8")
    for name, body in files.items():
        write(f"{name}.yaml", body)
    found = faults("own.yaml")
    assert any(fault.startswith(said) for fault in found), found


def test_a_parameter_outside_of_the_requirements_of_a_base_is_a_fault_there() -> None:
    write("base.yaml", "when: {enabledServices: ['${x}']}\ncontrols: [{id: x, control: A}]\n")
    write("one.yaml", "extends: [base.yaml]\n")
    write("two.yaml", "extends: [base.yaml]\n")
    said = "base.yaml:4:26: when.enabledServices[0]: ${x}: parameters can be used in requirements only"
    assert faults("one.yaml", "two.yaml") == [said]


def test_a_fault_of_a_base_is_said_once_for_all_that_extend_it() -> None:
    write("base.yaml", "controls: [{id: x, control: 3.5e, severity: hihg}]")
    write("one.yaml", "extends: [base.yaml]\n")
    write("two.yaml", "extends: [base.yaml]\n")
    found = [fault for fault in faults("one.yaml", "two.yaml") if "severity" in fault]
    assert len(found) == 1


def test_a_chain_without_end_is_refused() -> None:
    for number in range(40):
        write(f"p{number}.yaml", f"extends: [p{number + 1}.yaml]\n")
    assert any("a chain of more than 20 policies" in fault for fault in faults("p0.yaml"))


def test_bases_lie_below_the_folder_of_a_policy_that_is_named_from_outside(tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(str(other / "base.yaml"), "controls: [{id: x, control: A}]")
    own = write(str(other / "own.yaml"), "extends: [base.yaml]\n")
    assert only(load([own])).name == "own"
    write(str(tmp_path / "above.yaml"), "controls: [{id: x, control: A}]")
    assert "is outside the folder" in faults(write(str(other / "bad.yaml"), "extends: [../above.yaml]\n"))[0]


def test_sources_that_open_no_file_can_extend_what_their_reader_gives() -> None:
    base = PolicySource(
        "main:base.yaml",
        b"apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: base}\ncontrols: [{id: x, control: A}]",
    )
    own = PolicySource(
        "main:own.yaml", b"apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: own}\nextends: [base.yaml]"
    )

    def read(source: PolicySource, reference: str) -> list[PolicySource]:
        if source != own or reference != "base.yaml":
            raise UnreadableSourceError("is not there")
        return [base]

    loaded = load_sources(PolicySources((own,)), bases=read)
    assert [one.summary.name for one in only(loaded.policies).requirements] == ["own/x"]
    assert (
        str(load_sources(PolicySources((own,))).faults[0])
        == "main:own.yaml:4:11: extends[0]: base.yaml cannot be read here"
    )


LOCKED = """\
parameters: {least: {type: number, default: 80}}
defaults: {onMissing: error}
controls:
  - {id: x, control: A, minimum: {percent: "${least}"}, severity: medium, locked: true, accept: [ThirdParty]}
  - {id: free, control: B}
"""


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("controls: [{id: x, severity: low}]", "severity"),
        ("controls: [{id: x, enforcement: advisory}]", "enforcement"),
        ("controls: [{id: x, minimum: {percent: 79}}]", "minimum"),
        ("controls: [{id: x, minimum: {percent: 90, allBut: 1}}]", "minimum"),
        ("controls: [{id: x, minimum: {points: 90}}]", "minimum"),
        ("controls: [{id: x, accept: [ThirdParty, Reviewed]}]", "accept"),
        ("controls: [{id: x, onMissing: skip}]", "onMissing"),
        ("controls: [{id: x, control: B}]", "control"),
        ("controls: [{id: x, when: {enabledServices: [A]}}]", "when"),
        ("controls: [{id: x, disabled: {reason: no}}]", "disabled"),
        ("controls: [{id: x, locked: false}]", "locked"),
        ("controls: [{id: x, profile: {state: Ignored}}]", "profile"),
        ("parameters: {least: {default: 50}}", "minimum"),
        ("when: {enabledServices: [A]}", "when"),
    ],
)
def test_a_locked_requirement_cannot_be_loosened(body: str, field: str) -> None:
    write("base.yaml", LOCKED)
    own = write("own.yaml", f"extends: [base.yaml]\n{body}\n")
    found = faults(own)
    assert any(
        f"{field} would loosen x, which is locked at base.yaml:7:5; write a waiver for the exception" in fault
        for fault in found
    ), found
    assert all(fault.startswith("own.yaml:") for fault in found)


@pytest.mark.parametrize(
    "body",
    [
        "controls: [{id: x, severity: critical, minimum: {percent: 80}, accept: [], onMissing: fail}]",
        "controls: [{id: x, title: Ours, owner: us, rationale: because, references: []}]",
        "parameters: {least: {default: 90}}",
        "controls: [{id: free, severity: info, disabled: {reason: not locked}}]",
        "defaults: {severity: info, enforcement: mandatory}",
    ],
)
def test_a_locked_requirement_can_be_tightened(body: str) -> None:
    write("base.yaml", LOCKED)
    assert faults(write("own.yaml", f"extends: [base.yaml]\n{body}\n")) == []


def test_who_runs_a_policy_may_set_the_parameter_of_a_locked_requirement(capfd: Capture) -> None:
    write("base.yaml", LOCKED)
    own = write("own.yaml", "extends: [base.yaml]\n")
    assert here(capfd, "lint", own, "--set", "least=10").code == 0


def test_a_lock_holds_through_a_policy_in_between() -> None:
    write("base.yaml", LOCKED)
    write("near.yaml", "extends: [base.yaml]\ncontrols: [{id: x, severity: low}]\n")
    own = write("own.yaml", "extends: [near.yaml]\n")
    (found,) = faults(own)
    assert found.startswith("near.yaml:5:30: controls[0].severity: severity would loosen x, which is locked at base")


def test_the_resolved_policy_loads_to_the_same_requirements(capfd: Capture) -> None:
    write("base.yaml", BASE + "  - {id: gone, control: C}\n")
    own = write(
        "own.yaml",
        "extends: [base.yaml, 'pack:essentials']\nparameters: {p: {type: number, default: 70}}\n"
        "when: {enabledServices: [HasAADP2]}\ncontrols:\n"
        '  - {id: mfa, minimum: {percent: "${p}"}, references: [{framework: "1.10", version: 1.10, id: yes}]}\n'
        "  - {id: gone, disabled: {reason: 'no: such'}}\n",
    )
    ended = here(capfd, "lint", own, "--resolved", "--set", "p=71")
    assert (ended.code, ended.err) == (0, "")
    Path("flat.yaml").write_bytes(ended.out)
    assert b"${" not in ended.out
    assert told(load(["flat.yaml"])) == told(load([own], given=given_of("p=71")))


def given_of(*assignments: str) -> Any:
    from checker.policy.given import given_values

    return given_values(assignments, ())


def told(policies: PolicySet) -> list[object]:
    """What a policy says, wherever it is written."""
    return [
        (one.entry, one.summary.name, one.summary.owner, {tuple(when.enabled_services) for when in one.conditions})
        for policy in policies.policies
        for one in (*policy.requirements, *policy.disabled)
    ]


def test_two_conditions_that_no_single_one_says_cannot_be_written_as_one() -> None:
    write(
        "base.yaml",
        "when: {enabledServices: [A, B]}\ncontrols: [{id: x, control: A, when: {enabledServices: [B, C]}}]\n",
    )
    own = write("own.yaml", "extends: [base.yaml]\n")
    with pytest.raises(UsageError, match="two conditions"):
        resolved(load([own], keep_layers=True))


FIELDS = {
    "severity": st.sampled_from(["critical", "low"]),
    "enforcement": st.sampled_from(["mandatory", "advisory"]),
    "minimum": st.sampled_from([{"percent": 50}, {"points": 3}, {"percent": 80.5, "allBut": 2}]),
    "accept": st.sampled_from([[], ["ThirdParty"]]),
    "title": st.sampled_from(["yes", "1.0", "a: b", "- x", "# no", "é\u4e16", "null", "0x1f", "'"]),
    "when": st.sampled_from([{"enabledServices": ["A"]}]),
}


@st.composite
def families(draw: st.DrawFn) -> dict[str, Json]:
    """Up to four policies, of which later ones extend earlier ones."""
    found: dict[str, Json] = {}
    for number in range(draw(st.integers(1, 4))):
        bases = draw(st.lists(st.sampled_from(sorted(found)), unique=True)) if found else []
        known = set().union(*(found[base]["ids"] for base in bases)) if bases else set()
        entries = []
        for name in draw(st.lists(st.sampled_from(["a", "b", "c"]), unique=True, min_size=0 if bases else 1)):
            fields = draw(st.fixed_dictionaries({}, optional=FIELDS))
            entries.append({"id": name, **({} if name in known else {"control": name.upper()}), **fields})
        defaults = draw(st.fixed_dictionaries({}, optional={"severity": FIELDS["severity"]}))
        document: Json = {"apiVersion": "scoregate/v1", "kind": "Policy", "metadata": {"name": f"p{number}"}}
        document |= {"extends": [f"{base}.yaml" for base in bases]} if bases else {}
        document |= {"defaults": defaults} if defaults else {}
        document |= {"controls": entries} if entries else {}
        found[f"p{number}"] = {"document": document, "ids": known | {entry["id"] for entry in entries}}
    return found


def loaded_from(family: Mapping[str, Json], order: list[str]) -> Loaded:
    sources = {name: PolicySource(f"{name}.yaml", json.dumps(one["document"]).encode()) for name, one in family.items()}

    def read(source: PolicySource, reference: str) -> list[PolicySource]:
        del source
        return [sources[reference.removesuffix(".yaml")]]

    return load_sources(PolicySources(tuple(sources[name] for name in order)), bases=read, keep_layers=True)


@settings(deadline=None, max_examples=examples(60))
@given(families(), st.randoms(use_true_random=False))
def test_resolving_is_idempotent_and_independent_of_the_order_of_files(family: dict[str, Json], random: Any) -> None:
    names = sorted(family)
    first = loaded_from(family, names)
    assert first.faults == ()
    shuffled = list(names)
    random.shuffle(shuffled)
    second = loaded_from(family, shuffled)
    assert sorted(map(str, told(first.policies))) == sorted(map(str, told(second.policies)))
    try:
        flat = resolved(first.policies)
    except UsageError:
        return
    again = load_sources(PolicySources((PolicySource("flat.yaml", flat),)), keep_layers=True)
    assert again.faults == ()
    assert told(again.policies) == told(first.policies)
    assert resolved(again.policies) == flat


@settings(deadline=None, max_examples=examples(40))
@given(families())
def test_a_base_by_itself_says_what_it_says_without_those_that_extend_it(family: dict[str, Json]) -> None:
    last = max(family)
    alone = loaded_from(family, [last])
    for name in itertools.islice(sorted(family), len(family) - 1):
        loaded_from(family, [name])
    assert told(loaded_from(family, [last]).policies) == told(alone.policies)


def test_faults_stop_a_check_with_their_places(folder: Path, capfd: Capture) -> None:
    own = write("own.yaml", "extends: [gone.yaml]\n")
    with pytest.raises(PolicyError):
        load([own])
    ended = here(capfd, "check", "-p", own, "--snapshot", snapshot(folder), "--now", NOW)
    assert ended.code == 2
    assert "own.yaml:4:11: extends[0]: gone.yaml cannot be read" in ended.err
