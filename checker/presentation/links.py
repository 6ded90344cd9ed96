"""Addresses that may become a link."""

import re
from functools import lru_cache

# An https address with a host and no user, and nothing in it that ends a link of Markdown.
_PART = r"(?:[A-Za-z0-9._~:/@!$&*+,;=-]|%[0-9A-Fa-f]{2})*"
_LINK = rf"https://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?:/{_PART})?(?:\?{_PART})?(?:#{_PART})?"
# These are fit for an address and end a link of Markdown.
_BRACKETS = str.maketrans({"(": "%28", ")": "%29"})


@lru_cache(1024)  # a report names the same page in many places
def safe_link(url: str | None) -> str | None:
    """The address, if it is safe as a link: https with a host, without a user or anything that is markup."""
    if not url:
        return None
    encoded = url.translate(_BRACKETS)
    return encoded if re.fullmatch(_LINK, encoded) else None
