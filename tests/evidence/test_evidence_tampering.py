"""Evidence that somebody changed, cut short, or made to harm: found, with its place."""

import contextlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command_line import FAILING, ROOT, here, policy, says_one_thing, snapshot
from evidence_support import SMALL, kept, rewritten, with_manifest, zipped
from example_counts import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.documents import limits
from checker.errors import EvidenceError
from checker.evidence.archive import pack
from checker.evidence.read import decode_evidence

Capture = pytest.CaptureFixture[str]
Members = dict[str, bytes]
PARTS = ("policy", "base", "waivers", "parameters", "lock", "baseline", "snapshot", "report")
HARMLESS = {"policy": b"\n# x\n", "base": b"\n# x\n", "waivers": b"\n# x\n", "parameters": b"\n# x\n"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> Path:
    """A folder with run.zip, the evidence of a run that had a file of each role."""
    monkeypatch.chdir(tmp_path)
    policy(tmp_path, f"extends: [base.yaml]\nparameters: {{a: {{type: number, default: 1}}}}\n{FAILING}")
    (tmp_path / "bases").mkdir()
    policy(tmp_path, "score: [{id: base, minimum: {percent: 1}}]", name="base")
    (tmp_path / "values.yaml").write_text("a: 2\n", encoding="utf-8")
    (tmp_path / "w.yaml").write_text("apiVersion: scoregate/v1\nkind: Waivers\nwaivers: []\n", encoding="utf-8")
    (tmp_path / "scoregate.lock").write_text(
        '{"apiVersion": "scoregate/v1", "kind": "Lock", "controls": []}\n', encoding="utf-8"
    )
    snapshot(tmp_path)
    assert here(capfd, *SMALL, "-o", "json=earlier.json").code == 1
    options = ("--parameters", "values.yaml", "--waivers", "w.yaml", "--baseline", "earlier.json")
    assert here(capfd, *SMALL, *options, "--evidence", "run.zip").code == 0
    return tmp_path


def of_role(members: Members, role: str) -> str:
    return next(path for path in members if path.startswith(role))


def add_harmless(members: Members, role: str) -> None:
    members[of_role(members, role)] += HARMLESS.get(role, b" ")


def remove(members: Members, role: str) -> None:
    del members[of_role(members, role)]


def make_nonsense(members: Members, role: str) -> None:
    members[of_role(members, role)] = b"\xff{"


@pytest.mark.parametrize("role", PARTS)
@pytest.mark.parametrize("change", [add_harmless, remove, make_nonsense], ids=lambda one: one.__name__)
def test_a_member_that_was_changed_is_named_by_both_commands(
    change: Callable[[Members, str], None], role: str, folder: Path, capfd: Capture
) -> None:
    name = rewritten(folder, lambda members: change(members, role))
    path = of_role(kept(folder), role)
    verified = here(capfd, "evidence", "verify", name, "-o", "json")
    answer = json.loads(verified.out)
    schema = json.loads((ROOT / "schemas" / "evidencecheck.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(answer)
    assert (verified.code, answer["verdict"]) == (1, "changed")
    assert [fault["place"] for fault in answer["faults"]] == [f"{name}: {path}"]
    again = here(capfd, "replay", name)
    assert again.code == (2 if role == "report" and change is remove else 1), again
    assert path in again.out.decode() + again.err
    assert "internal error" not in again.err


def test_what_was_added_is_named(folder: Path, capfd: Capture) -> None:
    name = rewritten(folder, lambda members: members.update({"policy/00009-x.yaml": b"x"}))
    ended = here(capfd, "evidence", "verify", name)
    assert ended.code == 1
    assert f"{name}: policy/00009-x.yaml: is not in the manifest" in ended.out.decode()


def test_a_change_with_a_new_digest_shows_in_the_report(folder: Path, capfd: Capture) -> None:
    """Digests alone are no proof: only a signature would have told. A replay tells that the verdict is another."""
    import hashlib

    def change(members: Members) -> None:
        path = of_role(members, "policy")
        members[path] = members[path].replace(b"percent: 100", b"percent: 10")
        digest = hashlib.sha256(members[path]).hexdigest()

        def relist(manifest: dict[str, Any]) -> None:
            for one in manifest["members"]:
                if one["path"] == path:
                    one.update(sha256=digest, bytes=len(members[path]))

        with_manifest(members, relist)

    name = rewritten(folder, change)
    assert here(capfd, "evidence", "verify", name).code == 0
    ended = here(capfd, "replay", name, "-o", "json")
    answer = json.loads(ended.out)
    assert (ended.code, answer["verdict"], answer["explainedBy"]) == (1, "different", ["unexplained"])
    assert {"key": "small/overall", "then": "fail", "now": "pass"}.items() <= answer["findings"][0].items()


def test_what_another_program_packed_is_told(folder: Path, capfd: Capture) -> None:
    (folder / "other.zip").write_bytes(zipped(kept(folder)))
    for command in (("evidence", "verify"), ("replay",)):
        ended = here(capfd, *command, "other.zip")
        assert ended.code == 1
        assert "other.zip: contains something besides its members, or another program packed it" in ended.out.decode()


def duplicate(members: Members) -> bytes:
    packed = io.BytesIO(pack(members).getvalue())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("report.json", b"{}")
    return packed.getvalue()


def bomb(members: Members) -> bytes:
    return zipped({**members, "report.json": bytes(50 * limits.MEBIBYTE)}, compression=zipfile.ZIP_DEFLATED)


def overlapping(members: Members) -> bytes:
    """Many entries of the directory that all lead to the same bytes."""
    whole = bytearray(pack({f"policy/{number:05}-x": b"x" for number in range(2)} | members).getvalue())
    *_, listed, begins, _ = struct.unpack("<4s4H2LH", whole[-22:])
    entries = bytes(whole[begins : begins + listed])
    entry = entries[entries.rindex(b"PK\1\2") :]
    copies = b"".join(entry.replace(b"00001-", b"%05d-" % number) for number in range(2, 500))
    count = len(kept(Path())) + 2 + 498
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, listed + len(copies), begins, 0)
    return bytes(whole[:begins]) + entries + copies + end


def named(path: str) -> Callable[[Members], bytes]:
    return lambda members: zipped({**members, path: b"x"})


def listing_more(members: Members) -> bytes:
    whole = bytearray(pack(members).getvalue())
    struct.pack_into("<HH", whole, len(whole) - 14, 65535, 65535)
    return bytes(whole)


def flipped(members: Members) -> bytes:
    whole = pack(members).getvalue()
    return whole.replace(b"percent: 100", b"percent: 999")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (duplicate, "has the member 'report.json' twice"),
        (bomb, "has the compressed member"),
        (overlapping, "is damaged: "),
        (named("../../etc/passwd"), "has a member that evidence never has: '../../etc/passwd'"),
        (named("/etc/passwd"), "has a member that evidence never has"),
        (named("policy/"), "has a member that evidence never has"),
        (named("policy/00001-\u202ex\x1b[2J"), "has a member that evidence never has"),
        (listing_more, "lists more than"),
        (flipped, "is damaged: Bad CRC-32"),
        (lambda members: pack(members).getvalue()[:-9], "is not a ZIP file, is cut short"),
        (lambda members: pack(members).getvalue() + b"x", "has more data after its end"),
        (lambda _: b"", "is not a ZIP file"),
        (lambda _: pack({}).getvalue(), "has no manifest.json"),
        (lambda members: pack({**members, "manifest.json": b"{}"}).getvalue(), "is not a manifest of evidence"),
        (
            lambda members: pack({**members, "manifest.json": b"[" * 100_000}).getvalue(),
            "is not a manifest of evidence",
        ),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_a_hostile_file_is_refused_with_its_place(
    make: Callable[[Members], bytes], said: str, folder: Path, capfd: Capture
) -> None:
    (folder / "bad.zip").write_bytes(make(kept(folder)))
    before = sorted(folder.rglob("*"))
    for command in (("evidence", "verify"), ("replay",)):
        ended = here(capfd, *command, "bad.zip")
        assert (ended.code, ended.out, says_one_thing(ended.err)) == (2, b"", True), ended
        assert ended.err.startswith("scoregate: bad.zip")
        assert said in ended.err
        assert "\x1b" not in ended.err
        assert "\u202e" not in ended.err
    assert sorted(folder.rglob("*")) == before


def setting(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest["settings"].update({name: value})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda manifest: manifest.update(apiVersion="scoregate/v9"), "has the apiVersion 'scoregate/v9'"),
        (lambda manifest: manifest.update(more=1), "unknown field `more`"),
        (lambda manifest: manifest["members"].pop(0) and manifest.update(members=[]), "lists 0 members of the role"),
        (lambda manifest: manifest["members"].append(manifest["members"][0]), "lists the member"),
        (lambda manifest: manifest["members"][0].update(role="snapshot"), "the role snapshot"),
        (lambda manifest: manifest["references"][0].update(bases=["report.json"]), "which is not one of its policies"),
        (lambda manifest: manifest["references"][0].update(source="../x"), "refers to ../x"),
        (setting("now", "yesterday"), "expected a moment in UTC"),
        (setting("now", "0001-01-01T00:00:00+14:00"), "expected a moment in UTC"),
        (setting("cloud", "moon"), "names the unknown cloud 'moon'"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(
    change: Callable[[dict[str, Any]], object], said: str, folder: Path, capfd: Capture
) -> None:
    name = rewritten(folder, lambda members: with_manifest(members, change))
    ended = here(capfd, "replay", name)
    assert (ended.code, says_one_thing(ended.err)) == (2, True), ended
    assert f"{name}: manifest.json" in ended.err
    assert said in ended.err


def test_names_in_a_manifest_cannot_forge_lines(folder: Path, capfd: Capture) -> None:
    forged = "x\n::error::all is well\x1b[2J\u202e"

    def rename(manifest: dict[str, Any]) -> None:
        manifest.update(tenant=forged)
        manifest["settings"].update(snapshot=forged)
        for one in manifest["members"]:
            one.update(name=forged, sha256=forged)

    name = rewritten(folder, lambda members: with_manifest(members, rename))
    for command in (("evidence", "verify"), ("replay",)):
        ended = here(capfd, *command, name)
        said = ended.out.decode() + ended.err
        assert ended.code == 1
        assert not [line for line in said.splitlines() if line.startswith("::")]
        assert "\x1b" not in said
        assert "\u202e" not in said


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 10**6), value=st.integers(0, 255), cut=st.booleans())
def test_any_byte_that_is_changed_is_found(folder: Path, position: int, value: int, cut: bool) -> None:
    data = bytearray((folder / "run.zip").read_bytes())
    position %= len(data)
    if cut:
        del data[position]
    elif data[position] == value:
        return
    else:
        data[position] = value
    with contextlib.suppress(EvidenceError):
        assert decode_evidence(bytes(data), "x").faults
