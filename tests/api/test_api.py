"""What other programs may import: the page's examples run, its tables are true, and importing costs next to nothing."""

import datetime
import json
import re
from collections.abc import Collection
from pathlib import Path

import pytest
from command_line import FAILING, NOW, ROOT, here, policy, scoregate, snapshot

import checker

Capture = pytest.CaptureFixture[str]
PAGE = ROOT.joinpath("docs", "how-to", "use-from-python.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
MOMENT = datetime.datetime(2026, 5, 22, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    snapshot(tmp_path)
    return tmp_path


def test_the_examples_run_one_after_the_other(folder: Path, capfd: Capture) -> None:
    names: dict[str, object] = {}
    for example in EXAMPLES:
        exec(compile(example, "use-from-python.md", "exec"), names)
    assert "critical essentials/" in capfd.readouterr().out
    assert json.loads((folder / "scoregate.sarif").read_bytes())["version"] == "2.1.0"


def test_the_page_names_every_public_name_and_no_other() -> None:
    tables = PAGE[PAGE.index("## Functions") :]
    named = set(re.findall(r"^\| `([a-z_]+)\(", tables, re.MULTILINE))
    for types in re.findall(r"^\| (`[A-Z][^|]*) \|", tables, re.MULTILINE):
        named |= set(re.findall(r"`(\w+)`", types))
    named |= set(re.findall(r"`(\w+Error)`", tables))
    assert named | {"__version__"} == set(checker.__all__)
    assert all(getattr(checker, name) is not None for name in checker.__all__)
    assert dir(checker) == sorted(checker.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'evaluat'"):
        checker.evaluat  # type: ignore[attr-defined]  # noqa: B018


def test_importing_it_loads_nothing_else(folder: Path) -> None:
    code = (
        "import sys, checker; print([name for name in sys.modules if name.startswith('checker.')]); "
        "checker.evaluate; print([name for name in ('click', 'httpx', 'msal') if name in sys.modules])"
    )
    assert scoregate(folder=folder, through=("-c", code)).out == b"[]\n[]\n"


def test_it_judges_as_the_command_line_does(folder: Path, capfd: Capture) -> None:
    small = policy(folder, FAILING)
    ended = here(capfd, "check", "-p", small, "--snapshot", "snapshot.json", "--now", NOW, "-o", "json")
    policies = checker.load_policies([Path(small)])
    report = checker.evaluate(policies, checker.read_snapshot("snapshot.json"), MOMENT)
    ours = json.loads(checker.render(report, checker.decide(report), "json", policies=policies))
    theirs = json.loads(ended.out)
    assert ours.pop("provenance") == []
    assert [one["option"] for one in theirs.pop("provenance")] == ["policy", "now", "snapshot"]
    assert ours == theirs


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: checker.load_policies([]), "no policy"),
        (lambda: checker.read_snapshot(), "no snapshot"),
        (lambda: checker.load_policies(["pack:essentials"], parameters={"gone": 1}), "no policy declares a parameter"),
        (lambda: judged(MOMENT.replace(tzinfo=None)), "no time zone"),
        (lambda: judged(MOMENT, "mars"), "got 'mars'"),
        (lambda: judged(MOMENT, labels="production"), "expected a collection of labels"),
        (lambda: judged(MOMENT, labels=["eu", "two words"]), "got 'two words'"),
        (lambda: checker.render(judged(MOMENT), checker.decide(judged(MOMENT)), "sarf"), "did you mean 'sarif'"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: object, says: str) -> None:
    assert callable(wrong)
    with pytest.raises(checker.UsageError, match=says):
        wrong()


def judged(now: datetime.datetime, cloud: str = "global", labels: Collection[str] = ()) -> checker.Report:
    policies, data = checker.load_policies(["pack:essentials"]), checker.read_snapshot("snapshot.json")
    return checker.evaluate(policies, data, now, cloud=cloud, tenant_labels=labels)


@pytest.mark.parametrize(("labels", "waived"), [([], 0), (["eu"], 0), (["eu", "production"], 1)])
def test_waivers_of_a_tenant_label(labels: list[str], waived: int, folder: Path) -> None:
    entry = "requirement: small/overall, tenantLabel: production, from: 2026-05-01, until: 2026-12-31"
    waiver = f"apiVersion: scoregate/v1\nkind: Waivers\nwaivers: [{{{entry}, reason: r, approvedBy: a}}]\n"
    folder.joinpath("w.yaml").write_text(waiver, encoding="utf-8")
    policies = checker.load_policies([policy(folder, FAILING)], waivers=["w.yaml"])
    report = checker.evaluate(policies, checker.read_snapshot("snapshot.json"), MOMENT, tenant_labels=labels)
    assert report.counts()["waived"] == waived


@pytest.mark.conformance
def test_mypy_takes_the_examples_as_a_program_of_somebody_else(folder: Path) -> None:
    api = pytest.importorskip("mypy.api")
    (folder / "example.py").write_text("\n".join(EXAMPLES), encoding="utf-8")
    (folder / "mypy.ini").write_text(f"[mypy]\nmypy_path = {ROOT}\n", encoding="utf-8")
    out, err, code = api.run(["--strict", "--follow-imports=silent", "--config-file=mypy.ini", "example.py"])
    assert (code, err) == (0, ""), out
