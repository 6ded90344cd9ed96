"""Waivers found by the requirements that they name are those that a look at each of them finds."""

from builders import day, policy, score, tenant
from hypothesis import given
from hypothesis import strategies as st

from checker.evaluation.held_waivers import HeldWaivers
from checker.requirements.terms.pattern import matcher

TENANT = tenant(day([score("a", 6)]))
# Few letters, so that names and patterns meet; the last two fold to the same as others.
names = st.text("ab/ßS", max_size=4)
patterns = st.text("ab/ßS*", min_size=1, max_size=4)


def entry(requirement: str) -> str:
    return f"{{requirement: '{requirement}', from: 2026-05-01, until: 2026-07-01, reason: r, approvedBy: b}}"


@given(st.lists(patterns, max_size=6), st.lists(names, max_size=3))
def test_waivers_of_requirements_in_the_order_of_their_files(written: list[str], asked: list[str]) -> None:
    held = HeldWaivers(policy(controls="{id: x, control: a}", waivers=", ".join(map(entry, written))).waivers, TENANT)
    expected = [index for index, pattern in enumerate(written) if any(map(matcher([pattern]), asked))]
    assert [one.index for one in held.of(asked)] == expected
