from pathlib import Path
from typing import Any

import pytest
from command_line import NOW, here, says_one_thing, see, snapshot

from checker.policy.given import given_values
from checker.policy.load import load, try_load
from checker.policy.parameters import Given

Capture = pytest.CaptureFixture[str]

HEAD = "apiVersion: scoregate/v1\nkind: Policy\nmetadata: {name: contoso}\n"
POLICY = """\
parameters:
  least: {type: number, default: 60, minimum: 0, maximum: 100, description: Lowest score}
  level: {type: string, default: high, values: [high, low]}
  seats: {type: integer, default: 2}
score:
  - {id: overall, minimum: {percent: "${least}"}, severity: "${level}"}
controls:
  - {id: mfa, control: A, minimum: {allBut: "${seats}"}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(body: str = POLICY, path: str = "p.yaml") -> str:
    Path(path).write_text(HEAD + body, encoding="utf-8")
    return path


def overall(given: Given | None = None) -> Any:
    (policy,) = load([write()], given=given or {}).policies
    return policy.requirements[0].entry


def faults(body: str, *assignments: str) -> list[str]:
    return [str(fault) for fault in try_load([write(body)], given=given_values(assignments, ())).faults]


def test_a_default_stands_where_nobody_sets_a_value() -> None:
    assert (overall().minimum.percent, overall().severity.value) == (60, "high")


def test_what_is_typed_comes_before_a_file_and_that_before_the_default() -> None:
    Path("values.yaml").write_text("least: 70\nlevel: low\n", encoding="utf-8")
    found = overall(given_values(["least=80.5"], ["values.yaml"]))
    assert (found.minimum.percent, found.severity.value) == (80.5, "low")
    Path("later.yaml").write_text("level: high\n", encoding="utf-8")
    assert overall(given_values([], ["values.yaml", "later.yaml"])).severity.value == "high"


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("least=101", "p.yaml:5:10: parameters.least: --set least=101: expected at most 100, got 101"),
        ("least=-1", "p.yaml:5:10: parameters.least: --set least=-1: expected at least 0, got -1"),
        ("least=high", "p.yaml:5:10: parameters.least: --set least=high: expected a number, got 'high'"),
        ("least=", "p.yaml:5:10: parameters.least: --set least=: expected a number, got None"),
        ("least=true", "p.yaml:5:10: parameters.least: --set least=true: expected a number, got True"),
        ("seats=1.5", "p.yaml:7:10: parameters.seats: --set seats=1.5: expected a whole number, got 1.5"),
        ("level=medium", "p.yaml:6:10: parameters.level: --set level=medium: expected one of high, low; got medium"),
    ],
)
def test_a_value_outside_its_bounds_is_refused_with_the_declaration(assignment: str, said: str) -> None:
    assert faults(POLICY, assignment) == [said]


X = "score: [{id: x, minimum: {percent: '${a}'}}]"
A = "controls: [{id: x, control: A}]"
LEAST = X.replace("{a}", "{lesat}")


@pytest.mark.parametrize(
    ("head", "body", "said"),
    [
        (
            "{a: {type: number}}",
            X,
            "4:17: parameters.a: has no default: set it with --set a=VALUE or --param",
        ),
        ("{a: {default: 3}}", X, "4:17: parameters.a: the key 'type' is missing"),
        ("{a: {type: number, default: x}}", X, "4:41: parameters.a.default: expected a number, got 'x'"),
        ("{a: {type: numbr}}", X, "4:24: parameters.a.type: "),
        ("{a-b: {type: number, default: 3}}", A, "4:19: parameters.a-b: expected a name of letters and digits"),
        ("{a: {type: string, default: x}}", "controls: [{id: '${a}', control: A}]", "5:17: controls[0].id: "),
        (
            "{a: {type: number, default: 300}}",
            X,
            "5:36: score[0].minimum.percent: expected a number <= 100.0 (the parameter a, declared at p.yaml:4:41)",
        ),
        (
            "{least: {type: number, default: 3}}",
            LEAST,
            "5:36: score[0].minimum.percent: ${lesat} names a parameter that the policy does not declare (did you mean",
        ),
        ("{a: {type: string, default: x}}", "defaults: {severity: '${a}'}\n" + A, "5:22: defaults.severity: "),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said_at_its_place(head: str, body: str, said: str) -> None:
    found = faults(f"parameters: {head}\n{body}")
    assert any(fault.startswith(f"p.yaml:{said}") for fault in found), found


def test_a_refused_value_is_said_once_and_not_that_its_parameter_is_unknown() -> None:
    assert len(faults(POLICY, "least=101")) == 1


def test_the_whole_scalar_is_replaced_and_nothing_else() -> None:
    body = (
        "parameters: {a: {type: string, default: x}}\n"
        "controls: [{id: y, control: '${a}', title: 'up to ${a}', rationale: '${a} '}]"
    )
    (policy,) = load([write(body)]).policies
    entry: Any = policy.requirements[0].entry
    assert (entry.control, entry.title, entry.rationale) == ("x", "up to ${a}", "${a} ")


def test_a_value_that_looks_like_a_parameter_is_no_parameter() -> None:
    body = (
        "parameters: {a: {type: string, default: x}, b: {type: string, default: y}}\n"
        "controls: [{id: y, control: '${a}', title: '${b}'}]"
    )
    (policy,) = load([write(body)], given=given_values(["a=${b}"], ())).policies
    entry: Any = policy.requirements[0].entry
    assert entry.control == "${b}"


@pytest.mark.parametrize("command", ["check", "lint"])
def test_a_value_for_a_parameter_that_nobody_declares_is_a_usage_error(
    command: str, folder: Path, capfd: Capture
) -> None:
    source = ("--snapshot", snapshot(folder), "--now", NOW) if command == "check" else ()
    ended = here(capfd, command, "-p", write(), *source, "--set", "leest=3")
    assert (ended.code, ended.out) == (2, b"")
    assert (
        ended.err
        == "scoregate: --set leest=3: no policy declares a parameter leest (did you mean 'least'?)\n" + see("usage")
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "least"], "scoregate: --set expects NAME=VALUE, got 'least'"),
        (["--set", "=3"], "scoregate: --set expects NAME=VALUE, got '=3'"),
        (["--set", "least=1", "--set", "least=2"], "scoregate: --set names least twice"),
        (["--parameters", "gone.yaml"], "scoregate: gone.yaml: cannot be read: no such file or directory"),
    ],
)
def test_mistakes_of_whoever_sets_a_value(arguments: list[str], said: str, capfd: Capture) -> None:
    ended = here(capfd, "lint", write(), *arguments)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(said)
    assert says_one_thing(ended.err)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- least", "values.yaml:1:1: expected one mapping of parameters' names to their values"),
        ("least: [1]", "values.yaml:1:8: least: expected a number, text, or true or false"),
        ("least: 1\n---\nleast: 2", "values.yaml:3:1: expected one mapping of parameters' names to their values"),
        ("least: 1\nleast: 2", "values.yaml:2:1: least: key 'least' appears twice in this mapping"),
        ("a: &b 1", "values.yaml:1:4: a: anchors are not allowed (&b); write the value out"),
        ("", "values.yaml:1:1: is empty; expected a policy or waivers"),
    ],
)
def test_a_file_of_values_that_is_none(text: str, said: str, capfd: Capture) -> None:
    Path("values.yaml").write_text(text, encoding="utf-8")
    ended = here(capfd, "lint", write(), "--parameters", "values.yaml")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(said)


def test_lint_names_a_parameter_that_nothing_uses(capfd: Capture) -> None:
    path = write(POLICY.replace('{allBut: "${seats}"}', "{percent: 3}"))
    said = here(capfd, "lint", path).out.decode()
    assert "p.yaml:7:10: warning: parameters.seats: the parameter seats is declared but not used" in said


def test_parameters_are_declared_in_a_base_and_overridden_field_by_field() -> None:
    write(path="base.yaml")
    Path("own.yaml").write_text(
        HEAD.replace("contoso", "own") + "extends: [base.yaml]\nparameters: {least: {default: 75}}\n", encoding="utf-8"
    )
    (policy,) = load(["own.yaml"]).policies
    entry: Any = policy.requirements[0].entry
    assert entry.minimum.percent == 75
    found = try_load(["own.yaml"], given=given_values(["least=101"], ())).faults
    assert "expected at most 100" in str(found[0])
