"""Policies that scoregate writes for one tenant: source → snapshot → text."""

import datetime

from checker.drafting.first_test import first_test
from checker.drafting.start import starting_policy
from checker.evaluation.declared_states import NoStates
from checker.policy.load import load_sources
from checker.policy.sources import PolicySource, PolicySources
from checker.requirements.entry import Case
from checker.runs.look import Look, look
from checker.sources.interface import Source
from checker.tenant.totals import Totals

_LOOKS_BACK_DAYS = 7
"""As far back as a requirement on a control looks."""


def case_of(seen: Look, now: datetime.datetime) -> Case:
    """The tenant as a requirement is judged on it; the run's other requirements say nothing."""
    today = now.astimezone(datetime.UTC).date()
    return Case(seen.tenant, today, Totals(seen.tenant), "", NoStates())


def draft_start(source: Source, now: datetime.datetime) -> str:
    """A policy that the tenant behind ``source`` satisfies as it is.

    Raises:
        JudgementError: the data is not available, or can't be read.
    """
    return starting_policy(case_of(look(source, back=_LOOKS_BACK_DAYS), now))


def draft_test(policy: bytes, file: str) -> str:
    """A first test of a policy that ``draft_start`` wrote.

    Args:
        policy: its text.
        file: its path from the test.
    """
    (drafted,) = load_sources(PolicySources((PolicySource(file, policy),))).policies.policies
    return first_test(drafted, file)
