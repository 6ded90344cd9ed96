"""The site is built from the documentation without a warning, is complete, and loads nothing from other hosts."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from command_line import ROOT

from checker.cli import pack_pages
from checker.policy import packs

pytestmark = pytest.mark.conformance

# Elements that load what they name; a link that a reader follows is none of them.
LOADS = {"script", "link", "img", "iframe", "source", "video", "audio", "embed", "object", "track", "input"}
ADDRESSES = ("src", "href", "data", "poster", "srcset")
# Relations of <link> that load nothing.
NAMED_ONLY = {"canonical", "next", "prev", "alternate"}


class Page(HTMLParser):
    """What a page loads, where it links to, and the names of its places."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.places.add(given["id"])
        addresses = [given[name] for name in ADDRESSES if given.get(name)]
        if tag in LOADS and given.get("rel") not in NAMED_ONLY:
            self.loaded += addresses
        else:
            self.links += addresses


def built(folder: Path) -> "subprocess.CompletedProcess[str]":
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    pages = folder / "docs" / "reference" / "packs"
    pages.mkdir(exist_ok=True)
    for name in packs.names():
        pages.joinpath(f"{name}.md").write_text(pack_pages.text(name), encoding="utf-8")
    return build(folder)


def build(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    done = built(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def site(project: Path) -> dict[Path, Page]:
    """The pages of the site by their paths."""
    pages = {}
    for path in sorted(project.joinpath("site").rglob("*.html")):
        pages[path] = Page()
        pages[path].feed(path.read_text(encoding="utf-8"))
    return pages


def test_every_document_is_a_page_and_in_the_navigation(project: Path, site: dict[Path, Page]) -> None:
    documents = {path.relative_to(project / "docs") for path in project.joinpath("docs").rglob("*.md")}
    pages = {path.relative_to(project / "site").with_suffix(".md") for path in site}
    assert documents == pages - {Path("404.md")}
    listed = {Path(link).with_suffix(".md") for link in site[project / "site" / "index.html"].links if "#" not in link}
    assert documents - listed == set()


def test_pages_load_nothing_from_other_hosts(site: dict[Path, Page]) -> None:
    for path, page in site.items():
        assert page.loaded
        assert [address for address in page.loaded if urlsplit(address).netloc] == [], path


def test_styles_and_images_load_nothing_from_other_hosts(project: Path) -> None:
    files = [path for path in project.joinpath("site").rglob("*") if path.suffix in {".css", ".svg"}]
    assert len(files) >= 4
    for path in files:
        text = path.read_text(encoding="utf-8")
        named = re.findall(r"url\(\s*[\"']?([^)\"']*)|@import\s+[\"']([^\"']*)|\b(?:xlink:)?href=\"([^\"]*)", text)
        assert [address for found in named for address in found if urlsplit(address).netloc] == [], path


def test_links_lead_to_pages_and_places_of_the_site(site: dict[Path, Page]) -> None:
    lost = []
    for path, page in site.items():
        for address in [*page.links, *page.loaded]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc or path.name == "404.html":
                continue
            target = path if not parts.path else path.parent.joinpath(unquote(parts.path)).resolve()
            place = unquote(parts.fragment)
            if target.is_dir():
                target /= "index.html"
            if not target.exists() or (place and target in site and place not in site[target].places):
                lost.append(f"{path.name}: {address}")
    assert lost == []


@pytest.mark.parametrize("mistake", ["[lost](nowhere.md)", "[lost](reference/policies.md#nowhere)"])
def test_a_lost_link_fails_the_build(project: Path, mistake: str, tmp_path: Path) -> None:
    folder = shutil.copytree(project, tmp_path / "project", ignore=shutil.ignore_patterns("site", ".cache"))
    with folder.joinpath("docs", "index.md").open("a", encoding="utf-8") as file:
        file.write(f"\n{mistake}\n")
    assert build(folder).returncode != 0
