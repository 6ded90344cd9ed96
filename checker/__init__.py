"""Scoregate: policy-as-code for Microsoft Secure Score.

The names below are what other programs may import; docs/how-to/use-from-python.md describes them. Every other name of
the package is private, and changes without notice. Nothing is loaded before it is asked for.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "Decision",
    "Enforcement",
    "Finding",
    "Outcome",
    "PolicyError",
    "PolicySet",
    "Reason",
    "Report",
    "ScoregateError",
    "Severity",
    "Snapshot",
    "SnapshotError",
    "UsageError",
    "Verdict",
    "__version__",
    "decide",
    "evaluate",
    "load_policies",
    "read_snapshot",
    "render",
]

if TYPE_CHECKING:
    from checker.api import decide, evaluate, load_policies, read_snapshot, render
    from checker.errors import PolicyError, ScoregateError, SnapshotError, UsageError
    from checker.policy.model import PolicySet
    from checker.report.finding import Finding
    from checker.report.outcome import Enforcement, Outcome, Reason, Severity
    from checker.report.report import Report
    from checker.report.verdict import Decision, Verdict
    from checker.snapshot.model import Snapshot

_PLACES = {
    "checker.api": ("decide", "evaluate", "load_policies", "read_snapshot", "render"),
    "checker.errors": ("PolicyError", "ScoregateError", "SnapshotError", "UsageError"),
    "checker.policy.model": ("PolicySet",),
    "checker.report.finding": ("Finding",),
    "checker.report.outcome": ("Enforcement", "Outcome", "Reason", "Severity"),
    "checker.report.report": ("Report",),
    "checker.report.verdict": ("Decision", "Verdict"),
    "checker.snapshot.model": ("Snapshot",),
}


if not TYPE_CHECKING:  # With it, a type checker would take any name for a public one.

    def __getattr__(name: str) -> object:
        """A public name, loaded now."""
        for module, names in _PLACES.items():
            if name in names:
                from importlib import import_module

                return getattr(import_module(module), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names."""
    return list(__all__)
