"""What tests of evidence share: a run that uses everything, its evidence, and evidence that somebody made anew."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from command_line import NOW, policy, snapshot

from checker.evidence.archive import pack, unpack

FOLDER = "policies"
OWN = """\
extends: [../shared/base.yaml, pack:email]
parameters: {least: {type: number, default: 1}}
controls: [{id: own, control: AdminMFAV2, onMissing: skip}]
score: [{id: overall, minimum: {percent: "${least}"}, references: [{framework: House Rules, id: H-1}]}]
"""
BASE = "score: [{id: base, minimum: {percent: 99}}, {id: inner, minimum: {percent: 100}, severity: low}]"
WAIVERS = """\
apiVersion: scoregate/v1
kind: Waivers
waivers: [{requirement: REQUIREMENT, tenantLabel: small, from: 2026-05-01, until: 2026-12-31, reason: r, approvedBy: a}]
"""
# Everything that a verdict can go by, but for the store and --remediate.
EVERYTHING = (
    *("-p", FOLDER, "-p", "pack:data", "--waivers", "more.yaml", "--set", "least=40", "--parameters", "values.yaml"),
    *("--tenant-label", "small", "--tenant-label", "eu-west"),
    *("--locked", "--baseline", "earlier.json", "--since", "--fail-on", "low"),
    *("--snapshot", "one.json", "--snapshot", "two.json.gz", "--now", "2026-05-22T09:00:00.25Z"),
)


def prepare(folder: Path) -> None:
    """Writes all that ``EVERYTHING`` names but the lock and the baseline."""
    for name in (FOLDER, "shared"):
        (folder / name).mkdir()
    policy(folder / FOLDER, OWN, name="own")
    policy(folder / "shared", BASE, name="base")
    (folder / FOLDER / "waived.yaml").write_text(WAIVERS.replace("REQUIREMENT", "own/base"), encoding="utf-8")
    (folder / "more.yaml").write_text(WAIVERS.replace("REQUIREMENT", "own/inner"), encoding="utf-8")
    (folder / "values.yaml").write_text("least: 90\n", encoding="utf-8")
    snapshot(folder, "one.json")
    snapshot(folder, "two.json.gz")


def kept(folder: Path, name: str = "run.zip") -> dict[str, bytes]:
    """The members of evidence, by path."""
    return dict(unpack((folder / name).read_bytes(), name).members)


def rewritten(folder: Path, change: Callable[[dict[str, bytes]], None], name: str = "changed.zip") -> str:
    """Evidence whose members somebody changed, packed as scoregate packs."""
    members = kept(folder)
    change(members)
    (folder / name).write_bytes(pack(members).getvalue())
    return name


def with_manifest(members: dict[str, bytes], change: Callable[[dict[str, Any]], object]) -> None:
    """Changes the manifest of members."""
    manifest = json.loads(members["manifest.json"])
    change(manifest)
    members["manifest.json"] = json.dumps(manifest).encode()


def zipped(members: Mapping[str, bytes], **given: Any) -> bytes:
    """A ZIP file as another program makes it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", **given) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    return packed.getvalue()


SMALL = ("check", "-p", "small.yaml", "--snapshot", "snapshot.json", "--now", NOW)
