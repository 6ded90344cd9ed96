"""Every view of a tenant fits the terminal and has colours there, whatever the tenant says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import NOW, environment, on_a_terminal
from tenants import control, day, own, profile, update

from checker.presentation.cells import cells

REAL = os.environ.get("SCOREGATE_REAL_DATA")
WIDTHS = (80, 100, 120, 200)
POLICY = """apiVersion: scoregate/v1
kind: Policy
metadata: {name: contoso-baseline-of-every-tenant}
score:
  - {id: overall, minimum: {percent: 99}, rationale: A long reason that says why so much of it is asked for.}
  - {id: peers, compare: {basis: AllTenants, maximumBelow: {percentagePoints: 0}}}
controls:
  - {id: admins-use-mfa, control: AdminMFAV2, severity: critical, title: Administrators sign in with MFA
     and not with a password alone whoever they are and wherever they are,
     references: [{framework: CIS Microsoft 365 Foundations, version: 5.0.0, id: 5.2.2.1}]}
  - {id: identity, select: {category: [Identity]}, severity: high}
  - {id: casb, control: McasFirewallLogUpload, profile: {state: ThirdParty, comment: Covered by our own CASB}}
  - {id: unheard-of, control: AdminMFAV3, onMissing: skip}
states:
  - {id: declared, undeclared: fail}
"""
LOCK = """{"apiVersion": "scoregate/v1", "kind": "Lock", "controls": [
  {"control": "AdminMFA"},
  {"control": "AdminMFAV2", "title": "Another title", "controlCategory": "Data", "maxScore": 3},
  {"control": "a_control_that_nobody_has_and_whose_name_is_long", "title": "漢字漢字"}
]}
"""
VIEWS = {
    "check": ("check", "-p", "policy.yaml", "--since"),
    "score": ("score",),
    "compare": ("compare",),
    "guide": ("guide", "--top", "100"),
    "controls": ("controls",),
    "explain": ("explain", "AdminMFAV2"),
    "explain-requirement": ("explain", "contoso-baseline-of-every-tenant/identity", "-p", "policy.yaml"),
    "trend": ("trend",),
    "trend-by-category": ("trend", "--by", "category"),
    "whatif": ("whatif", "--target", "80", "-p", "policy.yaml"),
    "plan": ("plan", "-p", "policy.yaml"),
    "lock": ("lock", "-p", "policy.yaml", "--out", "drifted.lock"),
    "diff": ("diff", "2026-05-21", "2026-05-22", "-p", "policy.yaml"),
    "lint": ("lint", "broken.yaml"),
}
OF_FILES = {"lint"}
# Which tenants have too little data for a view.
REFUSED = {"diff": ("real",)}
OURS = {"0", "1", "2", "31", "32", "33", "36", "1;31", "1;32", "1;33"}
TENANTS = ("seed-0", "seed-4", "foreign", *(["real"] if REAL else []))


def foreign() -> bytes:
    """A tenant whose texts are of wide characters, of accents that join, and of what a terminal would execute."""
    names = ("AdminMFAV2", "漢字漢字漢字漢字", "e\u0301" * 30, "\x1b[31mred\x1b[0m")
    days = [
        day(*(control(name, score) for name in names), date=f"2026-05-{date}")
        for date, score in ((22, 5.0), (21, 10.0))
    ]
    profiles = [
        profile(
            name,
            update("ThirdParty", "2026-05-01T08:00:00Z") | {"comment": "全角の長い注釈" * 20},
            title="管理者は多要素認証を使用する必要があります🔑" * 5,
            remediation="<p>" + "ボタン\x1b[2J" * 40 + "</p>",
        )
        for name in names
    ]
    return own(days, profiles)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A working folder for each tenant, with its snapshot and the policies."""
    found = {
        name: tmp_path_factory.mktemp(name) for name in ("seed-0", "seed-4", "foreign", *(["real"] if REAL else []))
    }
    for name, folder in found.items():
        (folder / "policy.yaml").write_text(POLICY)
        (folder / "drifted.lock").write_text(LOCK)
        (folder / "broken.yaml").write_text(POLICY.replace("percent: 99", f"percent: {'9' * 120}, parcent: 3"))
        if name.startswith("seed"):
            arguments = ["fetch", "-o", "snapshot.json", "--sandbox", "--seed", name[5:], "--days", "14", "--now", NOW]
            subprocess.run([sys.executable, "-m", "checker", *arguments], cwd=folder, env=environment(), check=True)
    (found["foreign"] / "snapshot.json").write_bytes(foreign())
    if REAL:
        shutil.copytree(Path(REAL) / "graph", found["real"] / "snapshot.json")
    return found


@pytest.fixture(params=TENANTS)
def tenant(request: pytest.FixtureRequest, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folders[request.param])
    return str(request.param)


def given(view: str) -> list[str]:
    return [*VIEWS[view], *([] if view in OF_FILES else ["--snapshot", "snapshot.json"]), "--now", NOW]


def is_address(text: str) -> bool:
    """Whether a line holds one address and nothing else."""
    return re.fullmatch(r"\s*[<(]?https://\S+", text) is not None


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_the_terminal_and_has_colours_there_and_only_ours(
    view: str, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = {columns: on_a_terminal(monkeypatch, *given(view), columns=columns) for columns in WIDTHS}
    for columns, shown in plain.items():
        assert shown or tenant in REFUSED.get(view, ())
        assert [text for text in shown.splitlines() if cells(text) > columns and not is_address(text)] == []
        assert "\x1b" not in shown
    coloured = on_a_terminal(monkeypatch, *given(view), columns=100, colour=True)
    assert "\x1b[" in coloured or tenant in REFUSED.get(view, ())
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain[100]
    assert set(re.findall(r"\x1b\[([0-9;]*)m", coloured)) <= OURS
