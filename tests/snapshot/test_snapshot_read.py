import gzip
import hashlib
import io
import json
import os
import pathlib
import sys
from typing import Any

import msgspec
import pytest
from builders import NOW, TENANT

from checker.clouds import CLOUDS
from checker.documents import limits
from checker.errors import SnapshotError
from checker.snapshot.model import Snapshot
from checker.snapshot.read import decode_snapshot, read_snapshot
from checker.snapshot.write import snapshot_file
from checker.sources.file import FileSource

DAY: dict[str, Any] = {
    "id": f"{TENANT}_2026-05-22",
    "azureTenantId": TENANT,
    "createdDateTime": "2026-05-22T00:00:00Z",
    "currentScore": 5.0,
    "maxScore": 10.0,
    "controlScores": [{"controlName": "a", "score": 5.0, "scoreInPercentage": 50.0, "controlCategory": "Identity"}],
}
OLDER = {**DAY, "id": f"{TENANT}_2026-05-21", "createdDateTime": "2026-05-21T00:00:00Z"}
PROFILE: dict[str, Any] = {"id": "a", "azureTenantId": TENANT, "maxScore": 10.0, "title": "A"}
SCORES_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#security/secureScores"
PROFILES_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#security/secureScoreControlProfiles"

CUT = "If ConvertTo-Json of PowerShell wrote it, write it again with -Depth 10: its default cuts what lies deeper."
NAME_A_SNAPSHOT = "Name a snapshot that 'scoregate fetch' wrote, or a saved answer of Graph."
SAVE_AS_UTF_8 = "Save it as UTF-8: in PowerShell, '… | Out-File -Encoding utf8 FILE'."


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def put(name: str, content: object) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    pathlib.Path(name).write_bytes(data)
    return name


def shape(found: Snapshot) -> tuple[int, int, str]:
    return len(found.days), len(found.profiles), found.tenant


OWN = {
    "apiVersion": "scoregate/v1",
    "kind": "Snapshot",
    "tenant": TENANT,
    "secureScores": [DAY],
    "controlProfiles": [PROFILE],
}


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ([OWN], (1, 1, TENANT)),
        ([{"secureScores": [DAY, OLDER], "controlProfiles": [PROFILE]}], (2, 1, TENANT)),
        ([{"secureScores": [DAY]}], (1, 0, TENANT)),
        ([{"controlProfiles": []}], (0, 0, "")),
        ([{"@odata.context": SCORES_CONTEXT, "value": [DAY]}], (1, 0, TENANT)),
        ([{"@odata.context": PROFILES_CONTEXT, "value": [PROFILE]}, {"value": [DAY]}], (1, 1, TENANT)),
        ([{"@odata.context": PROFILES_CONTEXT, "value": []}], (0, 0, "")),
        ([{"value": [DAY, OLDER]}, {"value": [PROFILE]}], (2, 1, TENANT)),
        ([{"value": []}], (0, 0, "")),
        ([[]], (0, 0, "")),
        ([{"value": [DAY]}, {"secureScores": [OLDER], "controlProfiles": [PROFILE]}], (2, 1, TENANT)),
    ],
)
def test_every_form_of_a_snapshot_is_read_from_files_and_from_a_folder(
    contents: list[object], expected: tuple[int, int, str]
) -> None:
    os.mkdir("folder")
    names = [put(f"folder/{index}.json", content) for index, content in enumerate(contents)]
    put("folder/notes.txt", b"not read")
    os.mkdir("folder/deeper")
    put("folder/deeper/other.json", b"not read")
    assert shape(read_snapshot(names)) == expected
    assert shape(read_snapshot(["folder"])) == expected
    assert read_snapshot(["folder"]).sha256 == read_snapshot(names).sha256


def test_gzip_is_unpacked_and_the_digest_is_of_the_bytes_as_stored() -> None:
    packed = gzip.compress(json.dumps(OWN).encode(), mtime=0)
    os.mkdir("folder")
    put("folder/b.json.gz", packed)
    put("folder/a.json", {"value": [OLDER]})
    found = read_snapshot(["folder"])
    assert shape(found) == (2, 1, TENANT)
    stored = pathlib.Path("folder/a.json").read_bytes() + packed
    assert found.sha256 == hashlib.sha256(stored).hexdigest()


def test_a_large_file_has_its_digest_too() -> None:
    data = json.dumps({**OWN, "padding": "x" * (1024 * 1024)}).encode()
    assert read_snapshot([put("a.json", data)]).sha256 == hashlib.sha256(data).hexdigest()


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(OWN).encode())))
    assert shape(read_snapshot(["-"])) == (1, 1, TENANT)


def test_a_fault_on_standard_input_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(SnapshotError) as caught:
        read_snapshot(["-"])
    assert str(caught.value) == "standard input: is empty; expected JSON"


def test_a_file_is_a_source_that_gives_all_its_days() -> None:
    source = FileSource([put("a.json", {"value": [DAY, OLDER]})], CLOUDS["global"])
    assert len(source.read(1).snapshot.days) == 2


def test_a_next_link_on_profiles_is_partial_and_on_scores_is_not() -> None:
    scores = put("s.json", {"@odata.context": SCORES_CONTEXT, "@odata.nextLink": "https://x", "value": [DAY]})
    profiles = put("p.json", {"@odata.context": PROFILES_CONTEXT, "@odata.nextLink": "https://x", "value": [PROFILE]})
    assert read_snapshot([scores]).partial == frozenset()
    found = read_snapshot([scores, profiles])
    assert found.partial == {"controlProfiles"}
    assert [(warning.code, warning.message) for warning in found.warnings] == [
        ("partial-data", "p.json ends with a nextLink: Graph had more control profiles than the file contains.")
    ]


def test_what_is_written_is_read_again_unchanged() -> None:
    entry, other = json.dumps(DAY).encode(), json.dumps({**PROFILE, "nobodyDocumented": [1, {"a": None}]}).encode()
    data = snapshot_file(
        [msgspec.Raw(entry)],
        [msgspec.Raw(other)],
        tenant=TENANT,
        fetched_at=NOW,
        warnings={"secureScoreControlProfiles": "service X timed out"},
    )
    assert entry in data
    assert other in data
    head = json.loads(data)
    assert {key: head[key] for key in ("apiVersion", "kind", "tenant", "fetchedAt", "partial")} == {
        "apiVersion": "scoregate/v1",
        "kind": "Snapshot",
        "tenant": TENANT,
        "fetchedAt": "2026-05-22T09:00:00Z",
        "partial": ["controlProfiles"],
    }
    found = decode_snapshot(data, "memory")
    assert shape(found) == (1, 1, TENANT)
    assert found.partial == {"controlProfiles"}
    assert [(warning.code, warning.message) for warning in found.warnings] == [
        ("partial-data", "Graph's answer for secureScoreControlProfiles was partial (206): service X timed out.")
    ]
    whole = snapshot_file([], [], tenant="", fetched_at=NOW, warnings={})
    assert "partial" not in json.loads(whole)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.json: is empty; expected JSON"),
        (b" \n", "a.json: is empty; expected JSON"),
        (b"\xef\xbb\xbf", "a.json: is empty; expected JSON"),
        (b"<!DOCTYPE html>", "a.json: is HTML or XML, not JSON: perhaps a saved page of a proxy or of a sign-in"),
        (b'{"value": [', "a.json: is JSON that ends in the middle: the file was cut short"),
        (b'{"value": [}', "a.json: is not valid JSON: invalid character (byte 11)"),
        (
            b'{"value": []} x',
            (
                "a.json: is not valid JSON: trailing characters (byte 15)\n"
                "A file contains one JSON value: put each answer into its own file, and name all with --snapshot."
            ),
        ),
        (b'"a"', f"a.json: expected object, got str\n{CUT}"),
        (b"[[]]", "a.json: $[0]: expected object, got array"),
        (b'{"value": {}}', "a.json: $.value: expected array, got object"),
        (b'{"kind": "Report", "secureScores": []}', f"a.json: is a Report, not a Snapshot\n{NAME_A_SNAPSHOT}"),
        (
            b"{}",
            (
                "a.json: is not a snapshot: it has neither secureScores and controlProfiles nor Graph's value\n"
                "A snapshot is a file that 'scoregate fetch' wrote, or a saved answer of Graph."
            ),
        ),
        (
            b'{"apiVersion": "scoregate/v2", "secureScores": []}',
            (
                "a.json: has the apiVersion 'scoregate/v2'; this version reads scoregate/v1\n"
                "Upgrade scoregate, or fetch the snapshot again."
            ),
        ),
        (
            b'{"value": [{"id": "a"}]}',
            "a.json: contains entries that are neither secureScores nor secureScoreControlProfiles",
        ),
        (b'{"value": [{"currentScore": 1}]}', "a.json: $.value[0]: object missing required field createdDateTime"),
        (
            b'{"secureScores": [{"createdDateTime": "2026-05-22", "controlScores": [{"controlName": null}]}]}',
            "a.json: $.secureScores[0].controlScores[0].controlName: expected str, got null",
        ),
        (
            b'{"secureScores": [{"createdDateTime": "2026-05-22", "currentScore": "nan"}]}',
            "a.json: $.secureScores[0].currentScore: expected a finite number",
        ),
        (
            b'{"controlProfiles": [{"id": "a", "maxScore": "-Infinity"}]}',
            "a.json: $.controlProfiles[0].maxScore: expected a finite number",
        ),
        (
            b'{"controlProfiles": [{"id": "a", "maxScore": NaN}]}',
            "a.json: is not valid JSON: invalid character (byte 45)",
        ),
        (
            b'{"controlProfiles": [{"id": "a", "maxScore": 1e999}]}',
            "a.json: $.controlProfiles[0].maxScore: number out of range",
        ),
        (
            b'{"controlProfiles": [{"id": "a", "maxScore": true}]}',
            "a.json: $.controlProfiles[0].maxScore: expected float | null, got bool",
        ),
        (
            b'{"controlProfiles": [{"id": "\xff"}]}',
            f"a.json: is neither UTF-8 nor UTF-16 text: byte 29 (line 1) is 0xff\n{SAVE_AS_UTF_8}",
        ),
        (b"\x1f\x8b\x08", "a.json: is a gzip file that ends in the middle"),
        (b"\x1f\x8b" + b"x" * 40, "a.json: is a damaged gzip file"),
    ],
)
def test_what_is_no_snapshot_is_refused_with_its_place(content: bytes, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        read_snapshot([put("a.json", content)])
    assert str(caught.value) == message
    assert caught.value.exit_code == 3


def test_a_missing_file_and_an_empty_folder_are_refused() -> None:
    os.mkdir("empty")
    with pytest.raises(SnapshotError) as caught:
        read_snapshot(["nowhere.json"])
    assert str(caught.value) == "nowhere.json: cannot be read: no such file or directory"
    with pytest.raises(SnapshotError) as caught:
        read_snapshot(["empty"])
    assert str(caught.value) == "empty: contains no snapshot (*.json or *.json.gz)"


def test_a_folder_that_may_not_be_listed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkdir("locked")

    def refuse(path: str) -> list[str]:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(SnapshotError) as caught:
        read_snapshot(["locked"])
    assert str(caught.value) == "locked: cannot be read: permission denied"


def test_too_much_is_refused_before_and_after_unpacking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SNAPSHOT_FILE_BYTES", 2 * limits.MEBIBYTE)
    plain = json.dumps(OWN).encode().ljust(2 * limits.MEBIBYTE)
    assert shape(read_snapshot([put("a.json", plain)])) == (1, 1, TENANT)
    assert shape(read_snapshot([put("a.json.gz", gzip.compress(plain))])) == (1, 1, TENANT)
    with pytest.raises(SnapshotError) as caught:
        read_snapshot([put("a.json", plain + b" ")])
    assert str(caught.value) == "a.json: is larger than 2 MiB, the limit"
    with pytest.raises(SnapshotError) as caught:
        read_snapshot([put("a.json.gz", gzip.compress(plain + b" "))])
    assert str(caught.value) == "a.json.gz: unpacks to more than 2 MiB, the limit"


def test_the_limit_is_256_mebibytes() -> None:
    assert limits.SNAPSHOT_FILE_BYTES == 256 * 1024 * 1024


def test_faults_in_several_files_name_the_first_and_their_number() -> None:
    other = {**OLDER, "createdDateTime": "2026-05-22T00:00:00Z"}
    with pytest.raises(SnapshotError) as caught:
        read_snapshot([put("a.json", {"value": [DAY]}), put("b.json", {"value": [other]})])
    assert str(caught.value) == "a.json (2 files): contains the day 2026-05-22 twice, with different values"


def test_a_byte_order_mark_is_skipped() -> None:
    assert shape(read_snapshot([put("a.json", b"\xef\xbb\xbf" + json.dumps(OWN).encode())])) == (1, 1, TENANT)


@pytest.mark.parametrize("raw", [False, True])
def test_lone_surrogates_are_mended_with_one_warning_and_pairs_are_kept(raw: bool) -> None:
    text = b'{"id": "a", "maxScore": 1, "title": "x\\ud800y \\ud83d\\ude00 \\\\ud800 \\udc00"}'
    key = b"value" if raw else b"controlProfiles"
    found = read_snapshot([put("a.json", b'{"' + key + b'": [' + text + b"]}")])
    assert found.profiles[0].title == "x\ufffdy \U0001f600 \\ud800 \ufffd"
    assert [(warning.code, warning.message) for warning in found.warnings] == [
        (
            "mended-text",
            "a.json contains lone surrogates, which are not valid characters; they were replaced by U+FFFD.",
        )
    ]


def test_numbers_as_text_are_numbers() -> None:
    entry = {
        **DAY,
        "currentScore": "5",
        "controlScores": [{"controlName": "a", "score": "5.0", "scoreInPercentage": "50"}],
    }
    found = read_snapshot([put("a.json", {"secureScores": [entry]})])
    assert found.days[0].score.current_score == 5.0
    assert found.days[0].controls[0].score == 5.0
    assert found.warnings == ()


def test_unknown_members_and_nulls_are_tolerated() -> None:
    nulls = dict.fromkeys(
        ["currentScore", "maxScore", "controlScores", "enabledServices", "averageComparativeScores", "id"]
    )
    entry = {"createdDateTime": "2026-05-22T00:00:00Z", **nulls, "futureMember": {"deep": [1]}}
    names = ["maxScore", "title", "controlStateUpdates", "threats", "service", "tier", "userImpact", "azureTenantId"]
    profile = {"id": "a", **dict.fromkeys(names), "complianceInformation": "anything"}
    found = read_snapshot([put("a.json", {"secureScores": [entry], "controlProfiles": [profile], "more": 1})])
    assert shape(found) == (1, 1, "")
    assert found.days[0].score.current_score is None


@pytest.mark.parametrize("member", ["activeUserCount", "licensedUserCount"])
def test_counts_that_a_tool_made_into_doubles_are_not_fatal(member: str) -> None:
    assert shape(read_snapshot([put("a.json", {"secureScores": [{**DAY, member: 57.0}]})])) == (1, 0, TENANT)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(SnapshotError, match=r"^a\.json: "):
        read_snapshot([put("a.json", b'{"x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}")])
