"""Policies as they are judged, written as policies again: composed, with parameters and defaults filled in."""

from typing import Any

import msgspec

from checker.documents.yaml_writer import write_yaml
from checker.errors import UsageError
from checker.policy.layers import Layered
from checker.policy.model import LONGEST_WAIVER_DAYS, Policy, PolicyRequirement, PolicySet
from checker.requirements.entry import When


def resolved(policies: PolicySet) -> bytes:
    """One YAML document a policy; they load to the same requirements.

    Args:
        policies: loaded with their layers.

    Raises:
        UsageError: a requirement has two conditions that no single one says.
    """
    return write_yaml([_document(policy, policies) for policy in policies.policies])


def _document(policy: Policy, policies: PolicySet) -> dict[str, object]:
    document: dict[str, object] = {
        "apiVersion": "scoregate/v1",
        "kind": "Policy",
        "metadata": _said(msgspec.to_builtins(policy.metadata)),
    }
    if policy.when is not None:
        document["when"] = msgspec.to_builtins(policy.when)
    if policy.longest_waiver_days != LONGEST_WAIVER_DAYS:
        document["waivers"] = {"maximumDays": policy.longest_waiver_days}
    for one in (*policy.requirements, *policy.disabled):
        layered = policies.layers[one.summary.name]
        entries = document.setdefault(layered.section, [])
        assert isinstance(entries, list)
        entries.append(_entry(one, layered, policy))
    return document


def _entry(one: PolicyRequirement, layered: Layered, policy: Policy) -> dict[str, object]:
    """What the layers say together, as the records read it: text stays as it was written."""
    members = msgspec.to_builtins(one.entry)
    written = layered.merged()
    entry = {name: _said(value) for name, value in members.items() if name in written}
    when = _condition(one, policy)
    if when is not None:
        entry["when"] = msgspec.to_builtins(when)
    return entry


def _condition(one: PolicyRequirement, policy: Policy) -> When | None:
    """The one condition beside the policy's own that says what all of a requirement's say together."""
    found: When | None = None
    for when in one.conditions:
        if when == policy.when:
            continue
        if found is None or set(when.enabled_services) <= set(found.enabled_services):
            found = when
        elif not set(found.enabled_services) <= set(when.enabled_services):
            raise UsageError(
                f"{one.summary.name} has two conditions, {' or '.join(found.enabled_services)} and "
                f"{' or '.join(when.enabled_services)}, which no single 'when' says",
                advice="Give the requirement a 'when' of its own that is narrower than its policy's.",
            )
    return found


def _said(value: Any) -> Any:  # noqa: ANN401 - builtins of any shape
    """The value without members that say nothing."""
    if isinstance(value, dict):
        return {key: _said(item) for key, item in value.items() if item is not None and item != []}
    return [_said(item) for item in value] if isinstance(value, list) else value
