"""The packs that ship: what they take from public mappings, and that they go together."""

import csv
import os
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from checker.policy import packs
from checker.policy.load import load
from checker.policy.model import PolicyRequirement
from checker.report.finding import Reference
from checker.requirements.words import WordKind

# By what they protect.
BY_TARGET = [name for name in packs.names() if name != "essentials"]
FRAMEWORKS = {
    "CIS M365 5.0": ("CIS Microsoft 365 Foundations", "5.0.0"),
    "CISA SCuBA": ("CISA SCuBA", None),
    "NIST CSF 2.0": ("NIST CSF", "2.0"),
}


def requirements(name: str) -> tuple[PolicyRequirement, ...]:
    (policy,) = load([f"pack:{name}"]).policies
    return policy.requirements


def controls(requirement: PolicyRequirement) -> list[str]:
    groups = requirement.entry.words()
    return [word for group in groups if group.kind is WordKind.CONTROL for word in group.words]


@pytest.fixture(scope="module")
def mappings() -> dict[str, set[Reference]]:
    folder = os.environ.get("SCOREGATE_REAL_DATA")
    if folder is None:
        pytest.skip("SCOREGATE_REAL_DATA names no folder with real data")
    found: dict[str, set[Reference]] = defaultdict(set)
    with Path(folder, "mappings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["framework"] in FRAMEWORKS:
                framework, version = FRAMEWORKS[row["framework"]]
                reference = Reference(framework=framework, version=version, id=row["control"], derived=True)
                found[row["id"].casefold()].add(reference)
    return found


@pytest.mark.parametrize("name", packs.names())
def test_references_are_what_the_mappings_hold_of_the_controls(name: str, mappings: dict[str, set[Reference]]) -> None:
    for one in requirements(name):
        held = set().union(*(mappings.get(control.casefold(), set()) for control in controls(one)))
        assert Counter(one.summary.references) == Counter(held), one.summary.name


@pytest.mark.parametrize("name", BY_TARGET)
def test_every_requirement_says_what_it_is_for(name: str) -> None:
    found = requirements(name)
    assert 10 <= len(found) <= 25
    assert [one.summary.name for one in found if not one.summary.rationale] == []


def test_the_packs_share_no_id_but_that_of_fresh_data() -> None:
    # A policy may extend all of them; an entry of the same id would replace the other's.
    ids = Counter(one.summary.name.split("/")[1] for name in BY_TARGET for one in requirements(name))
    assert {one for one, times in ids.items() if times > 1} == {"fresh"}
