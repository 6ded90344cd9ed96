"""The answer of ``lint``: what is wrong with policies and waivers, as text, JSON or SARIF."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from checker import __version__
from checker.policy.lint import Linted
from checker.policy.problem import Problem
from checker.presentation.cells import wrapped
from checker.presentation.escape import line, sarif, uri_path
from checker.presentation.json import json_document
from checker.presentation.paragraphs import paragraph
from checker.presentation.screen import FILE, Screen
from checker.presentation.words import counted
from checker.report.document import LocationDocument
from checker.report.report import RunWarning

FORMATS = ("text", "json", "sarif")

_RULES = {
    "invalid-document": "A policy, a file of waivers or a test that cannot be used.",
    "no-rationale": "A requirement of high severity that does not say why.",
    "unknown-control": "An unknown control id, most likely a typo.",
    "unknown-word": "An unknown category, service, tier, threat or licence, most likely a typo.",
    "unused-parameter": "A parameter that no requirement uses.",
    "judges-nothing": "A requirement that looks strict but can't fail.",
    "nothing-mandatory": "A policy without a mandatory requirement, which never fails the gate.",
    "override-loosens": "A requirement that requires less than the base that it overrides.",
    "picks-nothing": "A selector whose keys match no known control together.",
    "unknown-alternative": "One of several alternatives that is not known: it may be retired or new.",
    "retired-alternative": "One of several alternatives that Microsoft has retired.",
    "waiver-of-everything": "A waiver that leaves nothing to judge.",
    "waiver-of-nothing": "A waiver of a requirement or control that does not exist.",
    "waiver-too-long": "A waiver that runs longer than its policy allows.",
    "waiver-expired": "A waiver that has ended.",
    "waiver-ending": "A waiver that ends within 30 days.",
}


class ProblemDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong or looks wrong."""

    level: Literal["error", "warning"]
    rule: str
    location: LocationDocument
    path: str
    message: str


class LintDocument(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer of ``scoregate lint``."""

    api_version: Literal["scoregate/v1"] = "scoregate/v1"
    kind: Literal["Lint"] = "Lint"
    policies: int
    requirements: int
    waivers: int
    tests: int
    problems: tuple[ProblemDocument, ...]


class LintResult(msgspec.Struct, frozen=True):
    """The findings, where each file stands in its checkout, and what is to be known of that."""

    linted: Linted
    uris: Mapping[str, str]
    warnings: tuple[RunWarning, ...] = ()


def render(name: str, result: LintResult, screen: Screen = FILE) -> bytes:
    """The result in the format ``name``, one of ``FORMATS``."""
    match name:
        case "json":
            return _json(result.linted)
        case "sarif":
            return _sarif(result)
        case _:
            return _text(result.linted, screen)


def _text(linted: Linted, screen: Screen) -> bytes:
    lines = [text for problem in linted.problems for text in _text_problem(problem, screen)]
    read = (
        f"{counted(linted.policies, 'policy', 'policies')}, {counted(linted.requirements, 'requirement')}, "
        f"{counted(linted.waivers, 'waiver')}"
    )
    if linted.tests:
        read += f", {counted(linted.tests, 'test')}"
    errors = sum(1 for problem in linted.problems if problem.level == "error")
    warnings = len(linted.problems) - errors
    lines += paragraph(f"{read}: {counted(errors, 'error')}, {counted(warnings, 'warning')}", screen)
    return ("\n".join(lines) + "\n").encode()


def _text_problem(problem: Problem, screen: Screen) -> Iterator[str]:
    """As compilers put it: in one line where other programs may read it, wrapped on a terminal."""
    place, level = f"{line(str(problem.place))}: ", problem.level
    path = f"{problem.path}: " if problem.path else ""
    text = f": {line(path + problem.message)}"
    if screen.columns is not None:
        first, *rest = wrapped(f"{place}{level}{text}", screen.width, rest="    ")
        yield first.replace(f": {level}:", f": {screen.paint.level(level)}:", 1)
        yield from rest
    else:
        yield f"{place}{screen.paint.level(level)}{text}"


def _json(linted: Linted) -> bytes:
    problems = tuple(
        ProblemDocument(
            level=problem.level,
            rule=problem.rule,
            location=LocationDocument(problem.place.file, problem.place.line, problem.place.column),
            path=problem.path,
            message=problem.message,
        )
        for problem in linted.problems
    )
    return json_document(
        LintDocument(
            policies=linted.policies,
            requirements=linted.requirements,
            waivers=linted.waivers,
            tests=linted.tests,
            problems=problems,
        )
    )


def _sarif(result: LintResult) -> bytes:
    used = sorted({problem.rule for problem in result.linted.problems})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "scoregate lint",
                "fullName": f"scoregate {__version__}, checks of policies",
                "organization": "scoregate",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": "https://scoregate.example/",
                "rules": [_rule(name) for name in used],
            }
        },
        "automationDetails": {"id": "scoregate-lint/"},
        "originalUriBaseIds": {
            "SRCROOT": {"description": {"text": "Root of the repository that holds the policy files."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, used, result.uris) for problem in result.linted.problems],
    }
    if result.warnings:
        notifications = [{"level": "warning", "message": {"text": sarif(one.message)}} for one in result.warnings]
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": notifications}]
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json_document(log)


def _rule(name: str) -> dict[str, Any]:
    text = _RULES[name]
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": f"{text} Run 'scoregate lint' to see it again."},
        "defaultConfiguration": {"level": "error" if name == "invalid-document" else "warning"},
    }


def _result(problem: Problem, rules: list[str], uris: Mapping[str, str]) -> dict[str, Any]:
    path = f"'{problem.path}': " if problem.path else ""
    place = problem.place
    return {
        "ruleId": problem.rule,
        "ruleIndex": rules.index(problem.rule),
        "level": problem.level,
        "message": {"text": sarif(f"{path}{problem.message}.")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": uri_path(uris.get(place.file, place.file)),
                        "uriBaseId": "SRCROOT",
                    },
                    "region": {
                        "startLine": place.line,
                        "startColumn": place.column,
                        "endLine": place.line,
                        "endColumn": place.column + 1,
                    },
                }
            }
        ],
    }
