from pathlib import Path

import pytest
from command_line import ROOT

from checker.cli import pack_pages
from checker.policy import packs
from checker.policy.load import load


@pytest.mark.parametrize("name", packs.names())
def test_the_page_of_a_pack_is_what_the_pack_says(name: str) -> None:
    page = ROOT.joinpath("policies", name, "README.md").read_text("utf-8")
    assert pack_pages.text(name) == page, "run 'make docs'"


@pytest.mark.parametrize("name", packs.names())
def test_the_page_has_each_requirement_with_its_licences_and_references(name: str) -> None:
    page = pack_pages.text(name)
    (policy,) = load([f"pack:{name}"]).policies
    for one in policy.requirements:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{one.summary.id}` "))
        assert one.summary.title in row
        for when in one.conditions:
            assert ", ".join(when.enabled_services) in row
        for reference in one.summary.references:
            rows = [
                line for line in page.splitlines() if f"| {reference.id} " in line and f"`{one.summary.id}`" in line
            ]
            assert [row.count("| yes ") for row in rows] == [int(reference.derived)]


def test_pages_are_written_into_a_folder(tmp_path: Path) -> None:
    for name in packs.names():
        tmp_path.joinpath(name).mkdir()
    pack_pages.write(str(tmp_path), "PAGE.md")
    assert tmp_path.joinpath("data", "PAGE.md").read_text("utf-8") == pack_pages.text("data")
