"""What judges: scoregate, Python, and the packages that reading and judging go by."""

import platform

from checker import __version__
from checker.evidence.manifest import DependencyVersion, EvidenceVersions

# What decodes and reads, who asks Graph, and the store's tables.
_NAMES = ("msgspec", "pyyaml", "httpx", "msal", "deltalake", "duckdb")


def present_versions() -> EvidenceVersions:
    """Those of this run; a package that is not installed is left out."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in _NAMES:
        try:
            found.append(DependencyVersion(name, version(name)))
        except PackageNotFoundError:
            continue
    return EvidenceVersions(__version__, platform.python_version(), tuple(found))
