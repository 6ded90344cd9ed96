"""The cache of people's tokens, encrypted by the platform; where it can't be, tokens stay in memory."""

import os
from typing import TYPE_CHECKING

from checker.auth.interface import Credentials

if TYPE_CHECKING:
    import msal

_FILE = "tokens.bin"
_IN_MEMORY = "The sign-in is kept in memory only: {reason}."


def token_cache(credentials: Credentials) -> "msal.TokenCache | None":
    """What msal takes as ``token_cache``; None keeps tokens in memory, and the person is told why."""
    if credentials.cache is None:
        return None
    try:
        from msal_extensions import PersistedTokenCache, build_encrypted_persistence
    except ImportError:
        reason = "pip install 'scoregate[people]' adds the cache"
        credentials.say(_IN_MEMORY.format(reason=reason))
        return None
    try:
        os.makedirs(credentials.cache, mode=0o700, exist_ok=True)
        persistence = build_encrypted_persistence(os.path.join(credentials.cache, _FILE))
    except Exception:  # noqa: BLE001 - keyrings fail in as many ways as there are platforms
        credentials.say(_IN_MEMORY.format(reason="this machine offers no encryption for it"))
        return None
    cache: msal.TokenCache = PersistedTokenCache(persistence)
    try:
        # It is read when something is looked for in it.
        list(cache.search(cache.CredentialType.ACCOUNT))
    except Exception:  # noqa: BLE001 - as above
        credentials.say(_IN_MEMORY.format(reason=f"what is kept in {credentials.cache} cannot be read; delete it"))
        return None
    return cache
