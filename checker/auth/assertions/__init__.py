"""Where an assertion for federated sign-in comes from: one file a platform, tried in this order."""

from importlib import import_module

from checker.auth.assertions.interface import Platform
from checker.auth.interface import Credentials

PLATFORMS = {
    "token-file": "checker.auth.assertions.token_file",
    "github": "checker.auth.assertions.github",
    "azure-pipelines": "checker.auth.assertions.azure_pipelines",
    "token-variable": "checker.auth.assertions.token_variable",
}


def platform(name: str) -> Platform:
    """The platform called ``name``, one of ``PLATFORMS``."""
    chosen: Platform = import_module(PLATFORMS[name]).PLATFORM
    return chosen


def offered_platform(credentials: Credentials) -> str | None:
    """The first platform that offers an assertion; None where none does."""
    return next((name for name in PLATFORMS if platform(name).offered(credentials)), None)


def lacking_remedy(credentials: Credentials) -> str | None:
    """What to do where this job runs on a platform that could give an assertion and gives none; else None."""
    if offered_platform(credentials) is not None:
        return None
    return next((known.remedy for known in map(platform, PLATFORMS) if known.runs(credentials)), None)
