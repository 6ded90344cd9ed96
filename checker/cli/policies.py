"""The policies that a command's options name."""

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
    if not options.set and not options.parameters:
        return {}
    from checker.policy.given import given_values

    return given_values(options.set, options.parameters)
