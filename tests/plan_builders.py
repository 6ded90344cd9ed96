"""Plans made of plain values, and as propose makes them of policies and a tenant; strategies of any plan."""

from collections.abc import Sequence
from typing import Any

import msgspec
from builders import NOW, TENANT, report
from hostile_reports import TEXTS
from hypothesis import strategies as st

from checker.policy.model import PolicySet
from checker.remediation.plan import WRITABLE, Change, Effect, Manual, NewState, Plan, PlanSource, RecordedState
from checker.remediation.propose import Run, propose
from checker.report.document import LocationDocument
from checker.snapshot.model import Snapshot

RUN = "https://ci.contoso.example/runs/7"
MADE_AT = "2026-05-22T09:00:00Z"
STATES = tuple(WRITABLE.values())


def proposed(policy_set: PolicySet, data: Snapshot) -> Plan:
    """The plan of the policies for the tenant, as ``scoregate plan`` makes it."""
    run = Run(name=RUN, moment=NOW, cloud="global", policies_sha256=policy_set.sha256)
    return propose(report(policy_set, data), data, run)


def recorded(state: str = "Default", assigned_to: str | None = None, comment: str | None = None) -> RecordedState:
    """A state as Graph holds it, set by nobody."""
    return RecordedState(state=state, assigned_to=assigned_to, comment=comment)


def change(control: str = "A", wanted: str = "ThirdParty", **changes: Any) -> Change:
    """One change; ``changes`` are members of it."""
    one = Change(
        control=control,
        title=f"Title of {control}",
        action="declare",
        before=recorded(),
        after=NewState(state=WRITABLE[wanted.casefold()], comment="why"),
        requirement="p/a",
        location=LocationDocument("policy.yaml", 4, 5),
        effect=Effect(kind="none"),
        portal_url="https://security.microsoft.com/securescore",
    )
    return msgspec.structs.replace(one, **changes)


def manual(control: str = "scid_1", **changes: Any) -> Manual:
    """One difference for a person; ``changes`` are members of it."""
    one = Manual(
        control=control,
        present="Default",
        wanted="Ignored",
        requirement="p/m",
        reason="not-through-graph",
        message="Graph cannot set it",
    )
    return msgspec.structs.replace(one, **changes)


def plan(*changes: Change, manual: Sequence[Manual] = (), **members: Any) -> Plan:
    """A plan of the changes."""
    whole = Plan(
        tenant=TENANT,
        cloud="global",
        created_at=MADE_AT,
        run=RUN,
        source=PlanSource(policies_sha256="ab" * 32, snapshot_date="2026-05-22", snapshot_sha256=None),
        changes=changes,
        manual=tuple(manual),
    )
    return msgspec.structs.replace(whole, **members)


_MAYBE_TEXTS = st.none() | TEXTS

RECORDED = st.builds(
    RecordedState,
    state=st.sampled_from(STATES),
    assigned_to=_MAYBE_TEXTS,
    comment=_MAYBE_TEXTS,
    updated_by=_MAYBE_TEXTS,
    updated_date_time=_MAYBE_TEXTS,
)
EFFECTS = st.builds(
    Effect, kind=st.sampled_from(["earns", "loses", "none"]), points=st.none() | st.floats(0, 100, width=32)
)
CHANGES = st.builds(
    change,
    control=TEXTS.map(lambda text: text[:200] or "A"),
    title=TEXTS,
    action=st.sampled_from(["declare", "accept", "reset", "restore"]),
    before=RECORDED,
    after=st.builds(NewState, state=st.sampled_from(STATES), assigned_to=_MAYBE_TEXTS, comment=TEXTS),
    requirement=TEXTS,
    also_required_by=st.lists(TEXTS, max_size=2).map(tuple),
    location=st.none() | st.builds(LocationDocument, TEXTS, st.integers(1, 99), st.integers(1, 99)),
    automatic=st.booleans(),
    effect=EFFECTS,
    portal_url=_MAYBE_TEXTS,
)
MANUALS = st.builds(manual, control=TEXTS, title=_MAYBE_TEXTS, present=_MAYBE_TEXTS, wanted=TEXTS, message=TEXTS)


def _plans(changes: st.SearchStrategy[Change], tenants: st.SearchStrategy[str]) -> st.SearchStrategy[Plan]:
    return st.builds(
        lambda changes, manuals, members: plan(*changes, manual=manuals, **members),
        st.lists(changes, max_size=3, unique_by=lambda one: one.control.casefold()),
        st.lists(MANUALS, max_size=2),
        st.fixed_dictionaries(
            {
                "tenant": tenants,
                "cloud": TEXTS,
                "run": TEXTS,
                "notes": st.lists(TEXTS, max_size=2).map(tuple),
                "source": st.builds(
                    PlanSource, policies_sha256=_MAYBE_TEXTS, snapshot_date=_MAYBE_TEXTS, snapshot_sha256=_MAYBE_TEXTS
                ),
            }
        ),
    )


# Any plan, and those that a file may hold: whose ids have the form of ids.
PLANS = _plans(CHANGES, TEXTS)
FILED_PLANS = _plans(
    st.builds(
        lambda one, control: msgspec.structs.replace(one, control=control),
        CHANGES,
        st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}", fullmatch=True),
    ),
    st.sampled_from(["", TENANT, TENANT.upper(), "contoso.onmicrosoft.com"]),
)
