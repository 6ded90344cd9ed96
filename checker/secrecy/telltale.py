"""Secrets told by how they look or by what is called beside them: the second wall, for those that nobody announced.

It is for messages alone. In documents, data of a tenant and words of a policy are kept as they are.
"""

import re

from checker.secrecy import MARK

_NAMES = (
    rb"client_secret|client_assertion|assertion|access_?token|refresh_?token|id_token|device_code|code_verifier"
    rb"|password|passphrase|sig|signature|x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature"
    rb"|accountkey|sharedaccesskey|sharedaccesssignature"
)
_JSON_WEB_TOKEN = rb"eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)*"
# What must stand in a text, lest a pattern is compiled for nothing; the pattern; what takes its place.
_TELLTALES = (
    (b"eyJ", _JSON_WEB_TOKEN, MARK),
    # A name and a value, as in a form, a query or a connection string.
    (b"=", rb"(?i)(?<![\w-])(%s)=(?!\*\*\*)[^\s&;\"'<>,)]+" % _NAMES, rb"\1=" + MARK),
    (b"%3", rb"(?i)(?<![\w-])(%s)%%3d(?:%%(?!26)|[^\s&%%\"'<>,)])+" % _NAMES, rb"\1%3D" + MARK),
    # The same in JSON, also where that stands in a text: it ends with as many backslashes as it began with.
    (b'"', rb"(?i)(%s)(\\*)\"(\s*:\s*)\2\"(?:.*?(?=(?<!\\)\2\")|.*)" % _NAMES, rb'\1\2"\3\2"' + MARK),
    # The credentials of HTTP. "Basic authentication" is none: a token has a digit, or is long.
    (b"earer", rb"(?i)\b(bearer)\s+(?=[^\s\"',]*[\d._~+/=-][^\s\"',]*|[^\s\"',]{20})[\w.~+/=-]{8,}", rb"\1 " + MARK),
    (b"asic", rb"(?i)\b(basic)\s+(?=[A-Za-z+/]*[\d=])[A-Za-z0-9+/]{8,}=*", rb"\1 " + MARK),
    # A name and a password in a URL; http has no other use of what stands before an @.
    (b"://", rb"://[^\s/?#@:\"'<>]*:(?!\d*[/?#])[^\s@\"'<>]*@", b"://" + MARK + b"@"),
    (b"://", rb"(?i)\b(https?)://[^\s/?#@\"'<>]+@", rb"\1://" + MARK + b"@"),
    (b"PRIVATE KEY", rb"(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?s:.)*?(-----END|\Z)", rb"\1" + MARK + rb"\2"),
)


def without_telltales(data: bytes) -> bytes:
    """The message without what looks like a secret."""
    for needed, pattern, instead in _TELLTALES:
        if needed in data:
            data = re.sub(pattern, instead, data)
    return data


def without_tokens(data: bytes) -> bytes:
    """The document without JSON Web Tokens, which nothing of ours holds."""
    return re.sub(_JSON_WEB_TOKEN, MARK, data) if b"eyJ" in data else data
