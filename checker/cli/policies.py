"""The policies that a command's options name."""

from collections.abc import Sequence

from checker.cli.options.shared import PolicyOptions
from checker.policy.load import load
from checker.policy.model import PolicySet
from checker.policy.parameters import Given


def load_policies(options: PolicyOptions, *, keep_layers: bool = False) -> PolicySet:
    """The policies and waivers, with the values that the options give to parameters.

    Args:
        options: which.
        keep_layers: as ``load`` has it.

    Raises:
        PolicyError, UsageError: as ``load``.
    """
    return load(options.policy, options.waivers, given=given_parameters(options), keep_layers=keep_layers)


def given_parameters(options: PolicyOptions) -> Given:
    """The values by name."""
    return values_of_parameters(options.set, options.parameters)


def values_of_parameters(assignments: Sequence[str], paths: Sequence[str]) -> Given:
    """The same, of ``--set`` and ``--parameters`` by themselves."""
    if not assignments and not paths:
        return {}
    from checker.policy.given import given_values

    return given_values(assignments, paths)
