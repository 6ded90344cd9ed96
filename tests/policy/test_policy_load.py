import datetime
import io
import os
import sys
from pathlib import Path

import pytest
from builders import policies as loaded_from_text
from builders import policy

from checker.documents import limits
from checker.documents.location import SourceLocation
from checker.errors import PolicyError
from checker.policy.load import load, try_load
from checker.policy.model import PolicyRequirement, PolicySet
from checker.report.finding import Reference, RequirementSummary
from checker.report.outcome import Enforcement, Severity
from checker.requirements.entry import When
from checker.requirements.kinds.any_of import AnyOfControls
from checker.requirements.kinds.coverage import Coverage, CoverageTerms
from checker.requirements.kinds.declared_share import DeclaredShare, DeclaredShareTerms, MaximumPercent
from checker.requirements.kinds.freshness import Freshness, FreshnessTerms
from checker.requirements.kinds.peer_gap import Comparison, PeerGap, PercentagePoints
from checker.requirements.kinds.score_minimum import MinimumScore
from checker.requirements.kinds.selected_controls import AtMost, SelectedControls
from checker.requirements.kinds.single_control import SingleControl
from checker.requirements.terms.control_terms import ControlEntry
from checker.requirements.terms.minimum import Limit, Minimum, ScoreMinimum
from checker.requirements.terms.profile_state import ProfileState
from checker.requirements.terms.selector import Selector

HEAD = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: %s}\n"
PACKS = "collaboration, data, devices, email, essentials, identity"
WAIVERS = "apiVersion: scoregate/v1\nkind: Waivers\nwaivers:\n"
WAIVER = "  - {requirement: %s/x, from: 2026-11-01, until: 2027-01-31, reason: r, approvedBy: a}\n"


def written(path: Path, name: str = "contoso", body: str = "controls: [{id: x, control: A}]\n") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD % name + body, encoding="utf-8")
    return str(path)


def names(found: PolicySet) -> list[str]:
    return [entry.name for entry in found.policies]


def faults(*paths: str | Path) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load([str(path) for path in paths])
    return caught.value.faults


EXAMPLE = """\
apiVersion: scoregate/v1
kind: Policy
metadata:
  name: contoso-baseline        # [a-z0-9-]+, unique in a run
  title: Contoso baseline
  owner: identity@contoso.example
defaults: {severity: low, enforcement: advisory, onMissing: error}
when: {enabledServices: [HasAADP1]}
waivers: {maximumDays: 90}

score:
  - {id: overall, minimum: {percent: 60}}
  - {id: identity, category: Identity, minimum: {percent: 70}}
  - {id: mail-filter, select: {service: [MDO]}, minimum: {points: 120}, onMissing: skip}
  - {id: peers, compare: {basis: TotalSeats, maximumBelow: {percentagePoints: 5}}}
  - {id: coverage, coverage: {days: 7, maximumLoss: {points: 20}}}
  - {id: fresh, freshness: {maximumAge: 3d}}
  - {id: claims, declaredShare: {maximum: {percent: 10}}}

controls:
  - id: admins-use-mfa            # [a-z0-9-]+
    title: Administrators sign in with MFA
    control: AdminMFAV2
    minimum: {percent: 100, allBut: 2}
    severity: critical
    enforcement: mandatory
    onMissing: fail
    rationale: Stolen administrator passwords are the shortest way in.
    references: [{framework: CIS Microsoft 365 Foundations, version: 5.10, id: 5.2.2.1}]
  - id: risky-sign-ins
    control: [SigninRiskPolicy, 1.10]
    when: {enabledServices: [HasAADP2]}
  - id: core-identity
    select: {category: [Identity], service: [AzureAD]}
    exclude: [PWAgePolicyNew]
    minimum: {percent: 80}
    atMost: {failing: 1}
  - id: auto-forwarding-controlled
    anyOf: [mdo_autoforwardingmode, mdo_blockmailforward]
    owner: mail@contoso.example
  - id: casb-is-ours
    control: McasFirewallLogUpload
    profile: {state: ThirdParty, assignedTo: netops@contoso.example, comment: "Covered by our own CASB, ticket SEC-118"}
"""
LOW = Severity.LOW
ADVISORY = Enforcement.ADVISORY
ENTRIES: list[object] = [
    MinimumScore(
        id="overall", minimum=ScoreMinimum(percent=60), severity=LOW, enforcement=ADVISORY, on_missing="error"
    ),
    MinimumScore(
        id="identity",
        category="Identity",
        minimum=ScoreMinimum(percent=70),
        severity=LOW,
        enforcement=ADVISORY,
        on_missing="error",
    ),
    MinimumScore(
        id="mail-filter",
        select=Selector(service=["MDO"]),
        minimum=ScoreMinimum(points=120),
        severity=LOW,
        enforcement=ADVISORY,
        on_missing="skip",
    ),
    PeerGap(
        id="peers",
        compare=Comparison(basis="TotalSeats", maximum_below=PercentagePoints(percentage_points=5)),
        severity=LOW,
        enforcement=ADVISORY,
    ),
    Coverage(
        id="coverage",
        coverage=CoverageTerms(days=7, maximum_loss=Limit(points=20)),
        severity=LOW,
        enforcement=ADVISORY,
    ),
    Freshness(id="fresh", freshness=FreshnessTerms(maximum_age="3d"), severity=LOW, enforcement=ADVISORY),
    DeclaredShare(
        id="claims",
        declared_share=DeclaredShareTerms(maximum=MaximumPercent(percent=10)),
        severity=LOW,
        enforcement=ADVISORY,
    ),
    SingleControl(
        id="admins-use-mfa",
        title="Administrators sign in with MFA",
        control="AdminMFAV2",
        minimum=Minimum(percent=100, all_but=2),
        severity=Severity.CRITICAL,
        enforcement=Enforcement.MANDATORY,
        on_missing="fail",
        rationale="Stolen administrator passwords are the shortest way in.",
        references=[Reference(framework="CIS Microsoft 365 Foundations", version="5.10", id="5.2.2.1")],
    ),
    SingleControl(
        id="risky-sign-ins",
        control=["SigninRiskPolicy", "1.10"],
        when=When(enabled_services=["HasAADP2"]),
        severity=LOW,
        enforcement=ADVISORY,
        on_missing="error",
    ),
    SelectedControls(
        id="core-identity",
        select=Selector(category=["Identity"], service=["AzureAD"]),
        exclude=["PWAgePolicyNew"],
        minimum=Minimum(percent=80),
        at_most=AtMost(failing=1),
        severity=LOW,
        enforcement=ADVISORY,
        on_missing="error",
    ),
    AnyOfControls(
        id="auto-forwarding-controlled",
        any_of=["mdo_autoforwardingmode", "mdo_blockmailforward"],
        owner="mail@contoso.example",
        severity=LOW,
        enforcement=ADVISORY,
        on_missing="error",
    ),
    SingleControl(
        id="casb-is-ours",
        control="McasFirewallLogUpload",
        profile=ProfileState(
            state="ThirdParty",
            assigned_to="netops@contoso.example",
            comment="Covered by our own CASB, ticket SEC-118",
        ),
        severity=LOW,
        enforcement=ADVISORY,
        on_missing="error",
    ),
]


def test_the_example_of_the_language_is_decoded_whole() -> None:
    found = loaded_from_text(EXAMPLE)
    (contoso,) = found.policies
    assert [entry.entry for entry in contoso.requirements] == ENTRIES
    assert (contoso.name, contoso.when, contoso.longest_waiver_days) == (
        "contoso-baseline",
        When(enabled_services=["HasAADP1"]),
        90,
    )
    assert found.days_needed == 11
    assert found.sources == {"<stdin>": EXAMPLE.encode()}


def test_every_entry_knows_its_line_and_column() -> None:
    (contoso,) = loaded_from_text(EXAMPLE).policies
    places = [(entry.summary.location.line, entry.summary.location.column) for entry in contoso.requirements]
    assert places == [*((line, 5) for line in range(12, 19)), (21, 5), (30, 5), (33, 5), (38, 5), (41, 5)]


def test_what_reports_say_of_an_entry() -> None:
    (contoso,) = loaded_from_text(EXAMPLE).policies
    by_id = {entry.summary.id: entry.summary for entry in contoso.requirements}
    assert by_id["admins-use-mfa"] == RequirementSummary(
        name="contoso-baseline/admins-use-mfa",
        policy="contoso-baseline",
        id="admins-use-mfa",
        title="Administrators sign in with MFA",
        sentence="AdminMFAV2 must be at 100 % or more, all but 2",
        severity=Severity.CRITICAL,
        enforcement=Enforcement.MANDATORY,
        owner="identity@contoso.example",
        rationale="Stolen administrator passwords are the shortest way in.",
        references=(Reference(framework="CIS Microsoft 365 Foundations", version="5.10", id="5.2.2.1"),),
        location=SourceLocation("<stdin>", 21, 5),
    )
    assert by_id["auto-forwarding-controlled"].owner == "mail@contoso.example"
    assert by_id["identity"].title == "The Identity score must be at 70 % or more"


def first(found: PolicySet) -> PolicyRequirement:
    return found.policies[0].requirements[0]


@pytest.mark.parametrize(
    ("head", "entry", "expected"),
    [
        ("", "", ("medium", "mandatory", "fail")),
        ("defaults: {severity: low}", "", ("low", "mandatory", "fail")),
        ("defaults: {onMissing: skip, enforcement: advisory}", "", ("medium", "advisory", "skip")),
        (
            "defaults: {severity: low, onMissing: skip}",
            ", severity: medium, onMissing: fail",
            ("medium", "mandatory", "fail"),
        ),
        ("defaults: {enforcement: advisory}", ", enforcement: mandatory", ("medium", "mandatory", "fail")),
    ],
)
def test_defaults_hold_where_an_entry_says_nothing(head: str, entry: str, expected: tuple[str, str, str]) -> None:
    found = first(policy(controls=f"{{id: x, control: A{entry}}}", head=head))
    requirement = found.entry
    assert isinstance(requirement, ControlEntry)
    assert (requirement.severity.value, requirement.enforcement.value, requirement.on_missing) == expected
    assert (found.summary.severity.value, found.summary.enforcement.value) == expected[:2]


def test_a_default_for_missing_controls_is_not_given_to_kinds_that_have_no_such_key() -> None:
    found = policy(
        score="{id: x, freshness: {maximumAge: 3d}}, {id: y, minimum: {percent: 1}}", head="defaults: {onMissing: skip}"
    )
    fresh, minimum = (entry.entry for entry in found.policies[0].requirements)
    assert not hasattr(fresh, "on_missing")
    assert isinstance(minimum, MinimumScore)
    assert minimum.on_missing == "skip"


@pytest.mark.parametrize("head", ["", "defaults: {severity: low}"])
def test_where_text_is_wanted_a_plain_scalar_is_the_characters_as_written(head: str) -> None:
    found = policy(
        head=head,
        controls="{id: 12, control: 0x10, title: true, owner: 1.10, rationale: 1e3,"
        " references: [{framework: 007, id: 1.0, version: 5.10}]}",
    )
    requirement = first(found).entry
    assert isinstance(requirement, SingleControl)
    assert (requirement.id, requirement.control, requirement.title) == ("12", "0x10", "true")
    assert (requirement.owner, requirement.rationale) == ("1.10", "1e3")
    assert requirement.references == [Reference(framework="007", id="1.0", version="5.10")]


def test_a_name_that_looks_like_a_number_is_text_too() -> None:
    assert names(loaded_from_text(HEAD % "1e3" + "controls: [{id: x, control: A}]\n")) == ["1e3"]


def test_waivers_are_dated_and_know_their_place(tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(
        WAIVERS + '  - {requirement: contoso/x, from: "2020-02-29", until: 2040-12-31, reason: 1.10, approvedBy: me,'
        " floor: {points: 5}, tenant: 12, ticket: 7, control: A}\n"
        "  - requirement: '*'\n    from: 2026-11-01\n    until: '2026-11-01'\n    reason: r\n    approvedBy: a\n"
    )
    found = load([written(tmp_path / "policy.yaml"), str(path)])
    long, short = found.waivers
    # Far longer than a year: it loads, and covers nothing when findings are judged.
    assert (long.entry.start, long.entry.until) == (datetime.date(2020, 2, 29), datetime.date(2040, 12, 31))
    assert (long.entry.reason, long.entry.tenant, long.entry.ticket, long.entry.control) == ("1.10", "12", "7", "A")
    assert long.entry.floor == ScoreMinimum(points=5)
    assert short.entry.start == short.entry.until == datetime.date(2026, 11, 1)
    assert [str(waiver.location) for waiver in found.waivers] == [f"{path}:4:5", f"{path}:5:5"]


@pytest.mark.parametrize(
    "waiver",
    [
        "{requirement: contoso/x, from: 2026-11-01, until: 2027-01-31, approvedBy: a}",
        "{requirement: contoso/x, from: 2026-11-01, until: 2027-01-31, reason: r}",
        "{requirement: contoso/x, until: 2027-01-31, reason: r, approvedBy: a}",
        "{requirement: contoso/x, from: 2026-11-01, reason: r, approvedBy: a}",
        "{from: 2026-11-01, until: 2027-01-31, reason: r, approvedBy: a}",
        "{requirement: contoso/x, from: 2026-11-01, until: 2026-10-31, reason: r, approvedBy: a}",
        "{requirement: contoso/x, from: 2026-11-01T00:00:00Z, until: 2027-01-31, reason: r, approvedBy: a}",
        "{requirement: contoso/x, from: 2026-11-01, until: never, reason: r, approvedBy: a}",
        "{requirement: contoso/x, from: 2026-11-01, until: 2027-01-31, reason: r, approvedBy: a, floor: {}}",
        "contoso/x",
    ],
)
def test_a_malformed_waiver_stops_the_run(waiver: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy(controls="{id: x, control: A}", waivers=waiver)
    assert caught.value.exit_code == 2
    (fault,) = caught.value.faults
    assert fault.startswith("<stdin>:10:")
    assert "waivers[0]" in fault


@pytest.mark.parametrize(("term", "days"), [("", 365), ("waivers: {maximumDays: 30}", 30)])
def test_the_longest_term_of_a_waiver(term: str, days: int) -> None:
    assert policy(controls="{id: x, control: A}", head=term).policies[0].longest_waiver_days == days


def test_folders_are_read_whole_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in (
        "b/two.yml",
        "a/z/three.yaml",
        "a/one.yaml",
        "Z.yaml",
        "b/not.yaml.txt",
        ".hidden.yaml",
        ".git/x.yaml",
    ):
        written(tmp_path / name, name.rpartition("/")[2].partition(".")[0].lower() or "hidden")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "around").symlink_to(tmp_path)
    (tmp_path / "c.yaml").symlink_to("b/two.yml")
    found = load([str(tmp_path)])
    # The link comes last and is the same file.
    assert names(found) == ["z", "one", "three", "two"]
    assert list(found.sources) == [
        str(tmp_path / name) for name in ("Z.yaml", "a/one.yaml", "a/z/three.yaml", "b/two.yml")
    ]


def test_a_file_named_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "p/policy.yaml")
    (tmp_path / "p/waivers.yaml").write_text(WAIVERS + WAIVER % "contoso")
    (tmp_path / "link.yaml").symlink_to("p/policy.yaml")
    found = load(["p/policy.yaml", "p", "./p/../p/policy.yaml", "link.yaml"], ["p/waivers.yaml", "p/waivers.yaml"])
    assert names(found) == ["contoso"]
    assert len(found.waivers) == 1


def test_waivers_given_as_such_hold_nothing_else(tmp_path: Path) -> None:
    policy_file = written(tmp_path / "policy.yaml")
    other = written(tmp_path / "other.yaml", "other")
    found = try_load([policy_file], [other])
    assert [str(fault) for fault in found.faults] == [f"{other}:2:7: kind: expected Waivers, got 'Policy'"]


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_bytes(b"#" * (5 * 1024 * 1024 + 1))
    (tmp_path / "limit.yaml").write_bytes(
        (HEAD % "limit" + "controls: [{id: x, control: A}]\n").encode().ljust(5 * 1024 * 1024, b"#")
    )
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    (tmp_path / "zzz.yaml").write_text("a: b: c")
    assert faults(tmp_path) == [
        f"{tmp_path}/gone.yaml:1:1: cannot be read: no such file or directory",
        f"{tmp_path}/large.yaml:1:1: is larger than 5 MiB, the limit",
        f"{tmp_path}/loop.yaml:1:1: cannot be read: too many levels of symbolic links",
        f"{tmp_path}/zzz.yaml:1:5: is not valid YAML: mapping values are not allowed in this context",
    ]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["absent.yaml"], ["absent.yaml:1:1: cannot be read: no such file or directory"]),
        (
            ["empty", "absent"],
            [
                "empty:1:1: contains no policy files (*.yaml or *.yml)",
                "absent:1:1: cannot be read: no such file or directory",
            ],
        ),
        ([""], ["'':1:1: cannot be read: no such file or directory"]),
        (
            ["pack:esentials"],
            [f"pack:esentials:1:1: unknown pack 'esentials' (did you mean 'essentials'?); available: {PACKS}"],
        ),
        (["pack:"], [f"pack::1:1: unknown pack ''; available: {PACKS}"]),
        (["pack:../policies/essentials"], None),
        (["caf\udce9.yaml"], ["caf\\xe9.yaml:1:1: cannot be read: no such file or directory"]),
        (["a\0b.yaml"], ["a\\x00b.yaml:1:1: cannot be read: not a valid file name"]),
        (["only-waivers.yaml"], ["only-waivers.yaml:1:1: no document of kind Policy was found"]),
        ([], [".:1:1: no document of kind Policy was found"]),
    ],
)
def test_what_gives_no_policy(
    paths: list[str], expected: list[str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty/.hidden").mkdir(parents=True)
    Path("empty/policy.yaml.bak").touch()
    Path("only-waivers.yaml").write_text(WAIVERS + WAIVER % "contoso")
    found = faults(*paths)
    if expected is None:
        assert "unknown pack" in found[0]
    else:
        assert found == expected


def test_a_folder_of_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "POLICY_FILES", 2)
    for name in ("a", "b"):
        written(tmp_path / f"{name}.yaml", name)
    assert names(load([str(tmp_path)])) == ["a", "b"]
    written(tmp_path / "c.yaml", "c")
    assert faults(tmp_path) == [f"{tmp_path}:1:1: contains more than 2 policy files"]


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "policy.yaml")
    locked = tmp_path / "locked"
    locked.mkdir(0o000)
    if os.access(locked, os.R_OK):
        # The administrator may read everything; a folder that vanishes between two looks is refused alike.
        real = os.scandir

        def scandir(path: str) -> object:
            if path == str(locked):
                raise PermissionError(13, "Permission denied", path)
            return real(path)

        monkeypatch.setattr(os, "scandir", scandir)
    assert faults(tmp_path) == [f"{locked}:1:1: cannot be read: permission denied"]
    locked.chmod(0o700)


def test_a_pack_is_named_as_what_ships() -> None:
    (essentials,) = load(["pack:essentials"]).policies
    assert essentials.name == "essentials"
    assert {entry.summary.location.file for entry in essentials.requirements} == {
        "scoregate-packs/essentials/essentials.yaml"
    }
    assert len(essentials.requirements) > 10


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEAD % "piped" + "controls: [{id: x, control: A}]\n---\n" + WAIVERS + WAIVER % "piped"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    found = load(["-", "-"], ["-"])
    assert names(found) == ["piped"]
    assert str(found.policies[0].requirements[0].summary.location) == "<stdin>:4:12"
    assert str(found.waivers[0].location) == "<stdin>:9:5"


def test_a_file_called_like_standard_input_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "-", "file")
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO((HEAD % "piped" + "controls: [{id: x, control: A}]\n").encode()))
    )
    assert names(load(["-", "./-"])) == ["piped", "file"]


def test_policies_of_one_name_are_refused_wherever_they_are(tmp_path: Path) -> None:
    one, two = written(tmp_path / "one.yaml"), written(tmp_path / "two.yaml")
    assert faults(one, two) == [f"{two}:3:18: metadata.name: the policy name 'contoso' is already used at {one}:1:1"]


def test_the_same_id_in_two_policies_is_two_requirements(tmp_path: Path) -> None:
    found = load([written(tmp_path / "one.yaml", "one"), written(tmp_path / "two.yaml", "two")])
    assert [entry.summary.name for one in found.policies for entry in one.requirements] == ["one/x", "two/x"]


def test_a_parameter_is_refused_wherever_it_stands_and_text_around_one_is_text() -> None:
    with pytest.raises(PolicyError) as caught:
        policy(
            controls='{id: x, control: ["${a}", B], minimum: {percent: "${b}"}}',
            head='when: {enabledServices: ["${c}"]}',
        )
    assert caught.value.faults == [
        "<stdin>:4:26: when.enabledServices[0]: ${c}: parameters can be used in requirements only",
        "<stdin>:6:30: controls[0].control[0]: ${a} names a parameter that the policy does not declare",
        "<stdin>:6:61: controls[0].minimum.percent: ${b} names a parameter that the policy does not declare",
    ]
    title = first(policy(controls='{id: x, control: A, title: "up to ${a}"}')).summary.title
    assert title == "up to ${a}"


def many_documents(count: int) -> str:
    return "---\nkind: Policy\nmetadata: {name: '${x}'}\n" * (count // 2) + "---\nkind: Policy\n" * (count // 2)


def many_waivers(count: int) -> str:
    return (
        HEAD % "contoso"
        + "controls:\n"
        + "".join(
            f"  - {{id: x{index}, control: A, references: [{{framework: a, id: 1.1}}]}}\n" for index in range(count)
        )
        + "---\n"
        + WAIVERS
        + "".join(WAIVER.replace("/x", f"/y{index}") % "contoso" for index in range(count))
    )


def many_keys(count: int) -> str:
    return HEAD % "contoso" + "controls: [{" + ", ".join(f"key{index}: 1" for index in range(count)) + "}]\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [(many_documents(2000), 3 * 2000), (many_waivers(2000), 0), (many_keys(20_000), 100)],
    ids=["documents", "waivers", "keys"],
)
def test_large_files_end_in_bounded_time(text: str, count: int, tmp_path: Path) -> None:
    # Each of these took time that grew with the square of the file, or looked for the nearest word without end.
    path = tmp_path / "large.yaml"
    path.write_text(text)
    assert len(try_load([str(path)]).faults) == count


def test_days_needed_is_one_more_than_the_longest_look_back() -> None:
    assert policy(score="{id: x, minimum: {percent: 1}}").days_needed == 1
    assert policy(score="{id: x, coverage: {days: 30, maximumLoss: {points: 1}}}").days_needed == 34
    assert policy(controls="{id: x, control: A}").days_needed == 8


@pytest.mark.parametrize(
    "blank", ["reason: ' ', approvedBy: a", "reason: r, approvedBy: '--'", "reason: '\u200b', approvedBy: a"]
)
def test_a_waiver_without_words_stops_the_run(blank: str, tmp_path: Path) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(
        "apiVersion: scoregate/v1\nkind: Waivers\nwaivers:\n"
        f"  - {{requirement: p/x, from: 2026-11-01, until: 2026-11-30, {blank}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(
        PolicyError, match=r"waivers\[0\]: expected words in (reason|approvedBy), got only spaces or punctuation"
    ):
        load([str(path)])
