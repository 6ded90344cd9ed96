"""Metrics and events against what others wrote: Prometheus' own readers, and OCSF's schema.

Both come with ``make conformance`` only, so they are imported where they are used: every run collects this file.
"""

import json
from typing import Any

import msgspec
import pytest
from golden_cases import CASES, FOLDER, REPORTS
from hostile_reports import TEXTS, full_of
from hypothesis import example, given, settings
from report_builders import finding, rendering

from checker.presentation.escape import line
from checker.renderers import renderer
from checker.report.outcome import Outcome

pytestmark = pytest.mark.conformance

HOSTILE = 'a"} 1\n# EOF\nscoregate_verdict{verdict="pass"} 1 \\ \\n \\" \u202e\x1b[2J ,='
# The oldest and the newest version that events are written for, and one between them.
VERSIONS = ("1.3.0", "1.5.0", "1.8.0")


def families(text: str) -> tuple[list[Any], list[Any]]:
    """What each of the two readers finds."""
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
    from prometheus_client.parser import text_string_to_metric_families as prometheus

    return list(openmetrics(text)), list(prometheus(text))


@pytest.fixture(scope="module")
def schemas() -> dict[tuple[str, bool], Any]:
    """By version, and by whether the profile ``cloud`` is used."""
    import jsonschema
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    def validator(version: str, profiles: list[str]) -> Any:
        embedded = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
        return jsonschema.Draft202012Validator(embedded.get_class_schema("compliance_finding", profiles=profiles))

    return {
        (version, is_cloud): validator(version, ["cloud"] if is_cloud else [])
        for version in VERSIONS
        for is_cloud in (True, False)
    }


def faults(schemas: dict[tuple[str, bool], Any], data: bytes) -> list[str]:
    found = []
    for row in data.splitlines():
        event = json.loads(row)
        for version in VERSIONS:
            event["metadata"]["version"] = version
            found += [one.message for one in schemas[version, "cloud" in event].iter_errors(event)]
    return found


@pytest.mark.parametrize("case", CASES)
def test_prometheus_and_openmetrics_read_the_same_gauges(case: str) -> None:
    one, other = families((FOLDER / case / REPORTS["openmetrics"]).read_text("utf-8"))
    assert {(sample.name, str(sample.labels), sample.value) for family in one for sample in family.samples} == {
        (sample.name, str(sample.labels), sample.value) for family in other for sample in family.samples
    }
    assert {family.type for family in one} == {"gauge"}
    assert all(family.documentation for family in one)
    assert not [sample for family in one for sample in family.samples if sample.timestamp is not None]


@given(TEXTS)
@example(HOSTILE)
@settings(deadline=None, max_examples=50)
def test_labels_are_the_texts(text: str) -> None:
    for found in families(renderer("openmetrics")(full_of(text)).decode()):
        by_name = {family.name: family.samples for family in found}
        samples = by_name["scoregate_finding_passed"]
        assert len(samples) == len(Outcome)
        assert {sample.labels["control"] for sample in samples} == {line(text)}
        assert {sample.labels["tenant"] for family in found for sample in family.samples} == {line(text)}


@pytest.mark.parametrize("case", CASES)
def test_ocsf_s_schema_holds(case: str, schemas: dict[tuple[str, bool], Any]) -> None:
    assert faults(schemas, (FOLDER / case / REPORTS["ocsf"]).read_bytes()) == []


@given(TEXTS)
@example(HOSTILE)
@example("")
@settings(deadline=None, max_examples=30)
def test_ocsf_s_schema_holds_for_any_text(schemas: dict[tuple[str, bool], Any], text: str) -> None:
    assert faults(schemas, renderer("ocsf")(full_of(text))) == []


def test_ocsf_s_schema_does_refuse_broken_events(schemas: dict[tuple[str, bool], Any]) -> None:
    event = json.loads(renderer("ocsf")(rendering([finding()])))
    for broken in ({"unknown": 1}, {"severity_id": 17}, {"time": "today"}, {"compliance": {"status": 1}}):
        assert faults(schemas, msgspec.json.encode({**event, **broken})) != []
