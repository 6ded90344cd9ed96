"""The test beside a first policy: one of its requirements, seen failing and passing."""

from checker.drafting.entry_text import scalar
from checker.policy.model import Policy
from checker.requirements.entry import Entry
from checker.requirements.kinds.freshness import Freshness
from checker.requirements.kinds.score_minimum import MinimumScore
from checker.requirements.kinds.single_control import SingleControl

_ANY = "AdminMFAV2"
_KINDS = (SingleControl, MinimumScore, Freshness)


def first_test(policy: Policy, file: str) -> str:
    """The text of a test.

    Args:
        policy: as 'scoregate init --from' writes it, of requirements of these three kinds.
        file: the policy's path from the test.
    """
    entries = [requirement.entry for requirement in policy.requirements]
    # A score is plainer than a state.
    entries.sort(key=lambda entry: entry.wants_state)
    shown = next(entry for kind in _KINDS for entry in entries if isinstance(entry, kind))
    fails, passes, outcome = _tenants(shown)
    name = f"{policy.name}/{shown.id}"
    lines = [
        "# The policy's first test: one requirement, seen failing and passing. Add a case for each that you change;",
        "# 'scoregate test --require-coverage' names those that no test has seen failing.",
        "apiVersion: scoregate/v1",
        "kind: PolicyTest",
        f"policies: [{scalar(file)}]",
        "cases:",
        f"  - name: {scalar(f'{shown.id} does not hold')}",
        f"    tenant: {{{fails}}}",
        f"    expect: {{{scalar(name)}: {outcome}}}",
        f"  - name: {scalar(f'{shown.id} holds')}",
        f"    tenant: {{{passes}}}",
        f"    expect: {{{scalar(name)}: pass}}",
    ]
    return "\n".join(lines) + "\n"


def _tenants(entry: Entry) -> tuple[str, str, str]:
    """A tenant that does not satisfy the requirement, one that does, and what the first comes to."""
    if isinstance(entry, Freshness):
        return f"age: {entry.freshness.days + 1}, {_control(_ANY, '')}", _control(_ANY, ""), "error"
    if isinstance(entry, SingleControl):
        state = f"state: {entry.profile.state}" if entry.profile is not None else ""
        return _control(entry.names[0], "percent: 0"), _control(entry.names[0], state), "fail"
    category = entry.category if isinstance(entry, MinimumScore) else None
    same = f"category: {scalar(category)}" if category is not None else ""
    return _control(_ANY, ", ".join(filter(None, ("percent: 0", same)))), _control(_ANY, same), "fail"


def _control(name: str, terms: str) -> str:
    return f"controls: {{{scalar(name)}: {{{terms}}}}}"
