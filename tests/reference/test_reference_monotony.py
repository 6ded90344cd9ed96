"""Less data never makes a gate pass: whatever is taken away from the newest day, no fail or error turns into a pass."""

import copy
import random
from collections.abc import Iterator
from typing import Any

from example_counts import examples
from judged_pairs import Key, policy_set, report_on
from random_policies import random_policies
from random_tenants import Json, random_tenant

from checker.policy.model import PolicySet

PAIRS = examples(60)


def outcomes(policies: PolicySet, document: Json) -> dict[Key, str]:
    """The last outcome of each requirement, and that of each of its controls."""
    found: dict[Key, str] = {}
    for one in report_on(policies, document).findings:
        control = one.judgement.control if one.requirement.per_control else None
        found[one.requirement.name, control] = one.outcome.value
    return found


def poorer(document: Json) -> Iterator[tuple[str, Json]]:
    """The document without one member of its newest day, one control score or one profile."""
    newest = max(range(len(document["secureScores"])), key=lambda at: document["secureScores"][at]["createdDateTime"])
    day = document["secureScores"][newest]
    holders: list[tuple[tuple[str | int, ...], Json]] = [(("secureScores", newest), day)]
    holders += [(("secureScores", newest, "controlScores", at), one) for at, one in enumerate(day["controlScores"])]
    holders += [(("controlProfiles", at), one) for at, one in enumerate(document["controlProfiles"])]
    for path, holder in holders:
        for member in holder:
            # Without 'state' a control is in the state Default: nobody documents the member.
            if member not in {"id", "azureTenantId", "createdDateTime", "controlName", "state"}:
                yield f"{path} {member}", without(document, (*path, member))
    for path, holder in holders[1:]:
        # A control of zero points that is gone leaves no trace in the sums.
        if holder.get("score") != 0:
            yield f"{path}", without(document, path)
    yield "controlProfiles", without(document, ("controlProfiles",))


def without(document: Json, path: tuple[str | int, ...]) -> Json:
    candidate = copy.deepcopy(document)
    holder: Any = candidate
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return candidate


def test_nothing_that_is_taken_away_makes_a_gate_pass() -> None:
    for number in range(PAIRS):
        seed = random.Random(number)
        document = random_tenant(seed, mutations=0)
        policies = policy_set(random_policies(seed))
        whole = outcomes(policies, document)
        for what, less in poorer(document):
            now = outcomes(policies, less)
            better = {key for key, outcome in now.items() if outcome == "pass" and whole.get(key) in {"fail", "error"}}
            assert not better, f"pair {number}: without {what}, {better} pass"
        assert outcomes(policies, document) == whole
