"""Secrets that are planted for a run, and the search for them in all that the run left behind."""

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, unquote_plus

# With everything that some encoding writes differently, and none of it like a token of any known form.
CLIENT_SECRET = "Wq3~kD.x-8_vB+p/Z=n&y\"t\\7%é9Lm'R{}<2>"
PASSWORD = "kY7#rT2-certificate:pass/word+X"
IDENTITY_HEADER = "6E1C9B0A-77D4-4C3E-identity-header"
JOB_TOKEN = "ghjt_9fK2mQ7xVb3LpR8sT1wZ5cD"
PROXY_PASSWORD = "pr0xy-P%40ss+w0rd-of-ours%2F%C3%A9"
SIGNATURE = "t7Gq2%2FhZ%2Bk9Xw%3DsAsSiGnAtUrE4Vb%3D"
URL_PASSWORD = "uRl-pAss8w0rd-in-graph"
OPAQUE_TOKEN = "opq4:aVz8.Token+that/is=no-JWT_7Kd93Lfm20Qpwz"
READY_TOKEN = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b'{"typ":"JWT","alg":"RS256"}', b'{"sub":"canary","n":"%s"}' % (b"7Xq" * 40), b"signature" * 20)
)
STORE = f"az://container@account.example/history?sv=2024-11-04&sig={SIGNATURE}&se=2027"
# A slash that nobody encoded.
BAD_PROXY = "http://proxy-user:pr0xy-P/ssw0rd-8Kd2@127.0.0.1:9"
PROXY = f"http://proxy-user:{PROXY_PASSWORD}@127.0.0.1:9"


def secrets_of(value: str) -> Iterator[str]:
    """The value as it is, and what it stands for."""
    yield value
    if unquote(value) != value:
        yield unquote(value)


def traces(kept: Mapping[str, bytes], planted: Mapping[str, str]) -> list[str]:
    """Where a canary is, or a part of it that is long enough to be of use: ``place: name``."""
    found = []
    for place, data in kept.items():
        readings = list(_readings(data))
        for name, value in planted.items():
            if any(part in reading for part in _parts(value) for reading in readings):
                found.append(f"{place}: {name}")
    return found


def _parts(value: str) -> set[str]:
    """What tells the canary: its beginning, its middle and its end; a token's head is the same for all."""
    texts = [value.partition(".")[2]] if value.startswith("eyJ") else list(secrets_of(value))
    parts = set()
    for text in texts:
        size = min(len(text), 14)
        middle = (len(text) - size) // 2
        parts |= {text[:size], text[middle : middle + size], text[-size:]}
    return parts


def _readings(data: bytes) -> Iterator[str]:
    """The bytes as a person, a browser, a shell or a decoder would read them."""
    text = data.decode("utf-8", "replace")
    seen: set[str] = set()
    waiting = [text]
    while waiting and len(seen) < 60:
        reading = waiting.pop()
        if reading in seen:
            continue
        seen.add(reading)
        yield reading
        if len(reading) < 100_000:
            waiting += [unquote(reading), unquote_plus(reading), html.unescape(reading), _unescaped(reading)]
            waiting.append(re.sub(r"\s+", "", reading))
    yield from _decoded(text)


def _unescaped(text: str) -> str:
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"\\x([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r"\\(.)", r"\1", text)


def _decoded(text: str) -> Iterator[str]:
    for run in re.findall(r"[A-Za-z0-9+/_-]{12,}", unquote(text)):
        for skip in range(4):
            part = run[skip:].replace("-", "+").replace("_", "/")
            part = part[: len(part) // 4 * 4]
            try:
                yield base64.b64decode(part).decode("utf-8", "replace")
            except binascii.Error:
                continue
    for run in re.findall(r"(?:[0-9a-fA-F]{2}){8,}", text):
        yield bytes.fromhex(run).decode("utf-8", "replace")


def left_in(folder: Path) -> dict[str, bytes]:
    """Every file below the folder; of a compressed table its rows."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): _content(path) for path in files}


def _content(path: Path) -> bytes:
    if path.suffix != ".parquet":
        return path.read_bytes()
    from pyarrow import parquet

    return json.dumps(parquet.ParquetFile(path).read().to_pylist(), default=str).encode()


def in_every_form(value: str) -> str:
    """What a careless service says of a secret that it was sent."""
    data = value.encode()
    forms = {
        "raw": value,
        "percent": "".join(f"%{byte:02x}" if byte > 127 or not chr(byte).isalnum() else chr(byte) for byte in data),
        "base64": base64.b64encode(b"user:" + data).decode(),
        "url": base64.urlsafe_b64encode(data).decode(),
        "json": json.dumps(value),
        "html": html.escape(value),
        "hex": data.hex(),
        "cut": value[: len(value) * 2 // 3],
    }
    return " ".join(f"[{name} {text}]" for name, text in forms.items())
