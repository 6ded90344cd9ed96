"""Any text in any place: every format stays whole."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

from example_counts import examples
from hostile_reports import TEXTS, full_of
from hypothesis import example, given, settings

from checker.renderers import FORMATS, renderer
from checker.renderers.interface import Rendering
from checker.report.outcome import Outcome

PLAIN_LINE = re.compile(
    r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]*"
)
# Formats that are commands themselves, which test_renderers_logs reads.
LOGS = {"github", "azure"}


def render(name: str, whole: Rendering) -> str:
    return renderer(name)(whole).decode("utf-8")


@given(TEXTS)
@example("")
@settings(deadline=None, max_examples=examples(50))
def test_junit_is_read_by_expat(text: str) -> None:
    root = ET.fromstring(render("junit", full_of(text)).encode())
    assert [case.get("name", "").split(" ")[0] for case in root.iter("testcase")] == [
        f"baseline/r{number}" for number in range(len(Outcome))
    ]
    assert all(len(case) <= 1 for case in root.iter("testcase"))


@given(TEXTS)
@example("")
@settings(deadline=None, max_examples=examples(50))
def test_json_gives_the_text_back(text: str) -> None:
    report = json.loads(render("json", full_of(text)))
    assert {one["title"] for one in report["findings"]} == {text}
    assert (report["tenant"], report["warnings"]) == (text, [{"code": "hostile", "message": text}])


def places_of(value: Any) -> list[str]:
    """Every ``uri`` below ``value``."""
    if isinstance(value, list):
        return [uri for item in value for uri in places_of(item)]
    if isinstance(value, dict):
        own = [value["uri"]] if "uri" in value else []
        return own + [uri for item in value.values() for uri in places_of(item)]
    return []


@given(TEXTS)
@example("")
@settings(deadline=None, max_examples=examples(50))
def test_sarif_is_json_that_keeps_its_rules(text: str) -> None:
    (run,) = json.loads(render("sarif", full_of(text)))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(Outcome)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"].isprintable()
        assert not re.search(r"(?<!\\)(?:\\\\)*\[", result["message"]["text"])
        assert (result["level"] == "none") == (result["kind"] != "fail")
    for rule in rules:
        assert "/" not in rule["id"]
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert len(rule["properties"]["tags"]) == len(set(rule["properties"]["tags"])) <= 20
    uris = places_of(run)
    assert len(uris) > len(Outcome)
    assert all(re.fullmatch(r"folder/(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*", uri) for uri in uris)


@given(TEXTS)
@example("")
@settings(deadline=None, max_examples=examples(50))
def test_text_holds_no_command(text: str) -> None:
    shown = render("text", full_of(text))
    assert PLAIN_LINE.fullmatch(shown.replace("\n", ""))
    assert not re.search(r"##\w*\[", shown)
    assert not re.search(r"^\s*::", shown, re.MULTILINE)


@given(TEXTS)
@settings(deadline=None, max_examples=examples(30))
def test_no_format_holds_what_a_terminal_or_a_runner_executes(text: str) -> None:
    whole = full_of(text)
    for name in FORMATS.keys() - LOGS:
        shown = render(name, whole)
        # A row of CSV ends as RFC 4180 says.
        assert PLAIN_LINE.fullmatch(shown.replace("\r\n", "").replace("\n", "")), name
        assert not re.search(r"##[A-Za-z]*\[", shown), name
        assert not re.search(r"^\s*::", shown, re.MULTILINE), name


@given(TEXTS)
@settings(deadline=None, max_examples=examples(20))
def test_rendering_is_pure(text: str) -> None:
    whole = full_of(text)
    assert [render(name, whole) for name in FORMATS] == [render(name, full_of(text)) for name in FORMATS]
