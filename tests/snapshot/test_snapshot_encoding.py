import codecs

import pytest

from checker.documents import limits
from checker.errors import SnapshotError
from checker.snapshot.encoding import as_utf8

TEXT = '{"value": ["Prüfung ☂"]}'
PLAIN = TEXT.encode()


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        codecs.BOM_UTF8 + PLAIN,
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
    ],
)
def test_utf_8_and_utf_16_are_read_with_a_mark_and_without(data: bytes) -> None:
    assert as_utf8(data, "a.json") == PLAIN


def test_utf_8_is_not_copied() -> None:
    assert as_utf8(PLAIN, "a.json") is PLAIN


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("Prüfung".encode("cp1252"), "is neither UTF-8 nor UTF-16 text: byte 2 (line 1) is 0xfc"),
        (b"{\n\n" + b"x" * 40_000 + b"\xe9", "is neither UTF-8 nor UTF-16 text: byte 40003 (line 3) is 0xe9"),
        # Whole characters cross the border of a chunk; a broken one is found there too.
        (b" " * 16_383 + "ü☂".encode() + b"\xfc", "is neither UTF-8 nor UTF-16 text: byte 16388 (line 1) is 0xfc"),
        (b" " * 16_383 + b"\xc3 ", "is neither UTF-8 nor UTF-16 text: byte 16383 (line 1) is 0xc3"),
        (b"{} \xc3", "is neither UTF-8 nor UTF-16 text: byte 3 (line 1) is 0xc3"),
        (codecs.BOM_UTF16_LE + b"{", "is damaged UTF-16 text (byte 2)"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "is UTF-32 text"),
    ],
)
def test_other_text_is_refused_with_its_place_and_advice(data: bytes, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        as_utf8(data, "a.json")
    assert (caught.value.place, caught.value.message) == ("a.json", message)
    assert "utf8" in caught.value.advice


def test_the_limit_holds_for_the_text_in_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SNAPSHOT_FILE_BYTES", limits.MEBIBYTE)
    with pytest.raises(SnapshotError, match="is larger than 1 MiB as UTF-8"):
        as_utf8(codecs.BOM_UTF16_LE + ("☂" * (limits.MEBIBYTE // 2)).encode("utf-16-le"), "a.json")
