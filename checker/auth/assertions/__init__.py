"""Where an assertion for federated sign-in comes from: one file a platform, tried in this order."""

from importlib import import_module

from checker.auth.assertions.interface import Platform

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
