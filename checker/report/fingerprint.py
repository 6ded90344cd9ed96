"""What other tools know a finding by from run to run: digests that no measured value changes."""

import hashlib


def requirement_digest(key: str) -> str:
    """Of a finding's key: the same for every tenant that a policy judges. Hexadecimal."""
    return _digest(key)


def fingerprint(tenant: str, key: str) -> str:
    """Of a finding's key in one tenant. Hexadecimal."""
    return _digest(f"{tenant}\x1f{key}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
