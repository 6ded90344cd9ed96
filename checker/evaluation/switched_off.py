"""Mistakes that switch a requirement off without a word: typos, and more tolerance than there are controls."""

from collections.abc import Iterator

from checker.policy.model import PolicyRequirement, PolicySet
from checker.presentation.words import named
from checker.report.outcome import Enforcement
from checker.report.report import RunWarning
from checker.requirements.terms.vocabulary import UnknownWord, Vocabulary
from checker.tenant.tenant import Tenant

_NAMED = 3


def switched_off_warnings(policies: PolicySet, tenant: Tenant, words: Vocabulary) -> Iterator[RunWarning]:
    """What to warn of, whatever the findings say: each word once, with the requirements that use it.

    Args:
        policies: of the run.
        tenant: who is judged.
        words: what the tenant and the catalogue know.
    """
    for unknown, names in _unknown_words(policies, words).items():
        users = named(list(dict.fromkeys(names)), _NAMED)
        yield RunWarning(unknown.code, f"{users}: {unknown.message}.")
    for policy in policies.policies:
        for one in policy.requirements:
            if all(when.holds(tenant) for when in one.conditions):
                yield from _too_tolerant(one, tenant)


def _unknown_words(policies: PolicySet, words: Vocabulary) -> dict[UnknownWord, list[str]]:
    """The words that nobody knows, with the policies and requirements that use them."""
    used: dict[UnknownWord, list[str]] = {}
    for policy in policies.policies:
        for unknown in words.typos(policy.when.words() if policy.when is not None else ()):
            used.setdefault(unknown, []).append(policy.name)
        for one in policy.requirements:
            for unknown in words.typos(one.entry.all_words()):
                used.setdefault(unknown, []).append(one.summary.name)
    return used


def _too_tolerant(one: PolicyRequirement, tenant: Tenant) -> Iterator[RunWarning]:
    if not one.entry.tolerated or one.summary.enforcement is Enforcement.ADVISORY or not tenant.has_all_profiles:
        return
    picked = len(one.entry.controls_meant(tenant))
    if 0 < picked <= one.entry.tolerated:
        text = f"at most {one.entry.tolerated} may fail and {picked} were picked, so no failure counts"
        yield RunWarning("tolerates-all", f"{one.summary.name}: {text}.")
