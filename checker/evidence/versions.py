"""What judges: scoregate, Python, and the packages that reading and judging go by."""

import platform

from checker import __version__
from checker.evidence.manifest import DependencyVersion, EvidenceVersions

# Those that a replay goes by too: what decodes data, and what reads policies.
_NAMES = ("msgspec", "pyyaml")


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
