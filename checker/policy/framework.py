"""``--framework``: the part of a run's policies that refers to one framework."""

import msgspec

from checker.documents.suggest import did_you_mean
from checker.errors import UsageError
from checker.policy.model import Policy, PolicyRequirement, PolicySet
from checker.policy.waivers import Waiver
from checker.requirements.terms.pattern import matcher


def belonging_to(policies: PolicySet, name: str) -> tuple[PolicySet, str]:
    """What refers to a framework, and the framework as the policies spell it.

    Policies of which nothing is left are taken out, and so are waivers that cover nothing of the rest: they would only
    be reported as unused.

    Args:
        policies: of the run.
        name: the framework's name, or words of it that no other framework has (``nist``), in any case.

    Raises:
        UsageError: no framework or several have this name.
    """
    framework = _framework(policies, name)
    folded = framework.casefold()
    left = [_only(policy, folded) for policy in policies.policies]
    kept = tuple(policy for policy in left if policy.requirements)
    names = [one.summary.name for policy in kept for one in policy.requirements]
    waivers = tuple(waiver for waiver in policies.waivers if _covers_any(waiver, names))
    return msgspec.structs.replace(policies, policies=kept, waivers=waivers), framework


def _framework(policies: PolicySet, name: str) -> str:
    known: dict[str, str] = {}
    for policy in policies.policies:
        for one in policy.requirements:
            for reference in one.summary.references:
                known.setdefault(reference.framework.casefold(), reference.framework)
    folded = name.casefold()
    if folded in known:
        return known[folded]
    words = set(folded.split())
    found = [framework for key, framework in known.items() if words and words <= set(key.split())]
    if len(found) == 1:
        return found[0]
    named = ", ".join(sorted(found or known.values()))
    if found:
        raise UsageError(f"--framework {name!r} may be any of {named}", advice="Give more of the name.")
    if not known:
        raise UsageError(
            f"--framework {name!r}: no requirement has references",
            advice="Add references to requirements, or judge by packs that have them, such as -p pack:email.",
        )
    raise UsageError(
        f"--framework {name!r}: no requirement refers to it{did_you_mean(name, known.values())}",
        advice=f"The policies refer to {named}.",
    )


def _only(policy: Policy, framework: str) -> Policy:
    kept = tuple(one for one in policy.requirements if _refers(one, framework))
    return msgspec.structs.replace(policy, requirements=kept)


def _refers(one: PolicyRequirement, framework: str) -> bool:
    return any(reference.framework.casefold() == framework for reference in one.summary.references)


def _covers_any(waiver: Waiver, names: list[str]) -> bool:
    return any(map(matcher([waiver.entry.requirement]), names))
