"""Hypothesis strategies: consistent snapshots of the shapes that real tenants send."""

import json
from typing import Any

from builders import day, profile, score, snapshot, update
from hypothesis import strategies as st

from checker.snapshot.model import ControlScore, SecureScore, SecureScoreControlProfile, Snapshot

CATEGORIES = ("Identity", "Apps", "Device", "Data")
STATES = (None, "Default", "Ignored", "ThirdParty", "Reviewed", "AlternateMitigation", "somethingNew")
NAMES = ("AdminMFAV2", "OneAdmin", "mdo_zapmalware", "scid_2010", "11770.MDA_Google_MFA", "spo_legacy_auth", "aad_sspr")
TENANT_LABELS = ("production", "Production", "subsidiary")


@st.composite
def controls(draw: st.DrawFn, name: str) -> tuple[ControlScore, SecureScoreControlProfile | None]:
    """One scored control, mostly with its profile; hundredths of a point, as Graph rounds."""
    maximum = float(draw(st.integers(1, 10)))
    points = draw(st.integers(0, int(maximum) * 100)) / 100
    entry = score(
        name,
        points,
        maximum,
        category=draw(st.sampled_from(CATEGORIES)),
        total=draw(st.sampled_from([None, "0", "4", "50", 13])),
        state=draw(st.sampled_from([None, "default", "thirdParty"])) if name.startswith("scid_") else None,
    )
    if not draw(st.integers(0, 4)):
        return entry, None
    changes = draw(st.lists(st.sampled_from(STATES), max_size=3))
    updates = [update(state, draw(st.sampled_from([None, "2026-01-01T00:00:00Z"]))) for state in changes]
    return entry, profile(name, maximum, updates=updates, category=draw(st.sampled_from(CATEGORIES)))


@st.composite
def parts(draw: st.DrawFn) -> tuple[list[SecureScore], list[SecureScoreControlProfile]]:
    """Some days and the profiles; the newest day adds up to its total."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    pairs = [draw(controls(name)) for name in names]
    scores = [entry for entry, _ in pairs]
    profiles = [found for _, found in pairs if found is not None]
    profiles += [profile(name) for name in draw(st.lists(st.sampled_from(["unused_a", "unused_b"]), unique=True))]
    room = float(draw(st.integers(10 * len(scores), 10 * len(scores) + 20)))
    days = [day(scores, maximum=room, services=draw(st.sampled_from([None, [], ["HasAADP2"], ["HasMDOP1"]])))]
    for back in draw(st.lists(st.integers(1, 12), max_size=3, unique=True)):
        gone = [score(name, 3.0, 5.0) for name in draw(st.lists(st.sampled_from(NAMES), unique=True))]
        days.append(day(gone, back=back))
    return days, profiles


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """The same, put together."""
    days, profiles = draw(parts())
    return snapshot(*days, profiles=profiles)


UNITS = {"percent": 100, "points": 12}
Entry = dict[str, Any]


@st.composite
def minimums(draw: st.DrawFn, *, all_but: bool = True) -> Entry:
    """A minimum in percent or in points, some with ``allBut``."""
    unit = draw(st.sampled_from(sorted(UNITS)))
    minimum: Entry = {unit: draw(st.integers(0, UNITS[unit]))}
    if all_but and draw(st.booleans()):
        minimum["allBut"] = draw(st.integers(1, 10))
    return minimum


SELECTORS = st.one_of(
    st.builds(lambda name: {"id": [name]}, st.sampled_from(["*", "mdo_*", "aad_*", *NAMES])),
    st.builds(lambda name: {"category": [name]}, st.sampled_from(CATEGORIES)),
)
TERMS = st.fixed_dictionaries(
    {},
    optional={
        "onMissing": st.sampled_from(["fail", "skip", "error"]),
        "accept": st.lists(st.sampled_from(["ThirdParty", "Reviewed"]), min_size=1, unique=True),
        "when": st.just({"enabledServices": ["HasAADP2"]}),
        "enforcement": st.just("advisory"),
        "severity": st.sampled_from(["critical", "high", "low", "info"]),
    },
)


@st.composite
def control_entries(draw: st.DrawFn) -> Entry:
    """A requirement on controls, with a minimum."""
    names = st.sampled_from(["*", "mdo_*", "MDA_Google_MFA", "nowhere", *NAMES])
    kind = draw(
        st.one_of(
            st.builds(lambda name: {"control": name}, names),
            st.builds(lambda some: {"anyOf": some}, st.lists(names, min_size=1, max_size=3, unique=True)),
            st.builds(lambda chosen: {"select": chosen}, SELECTORS),
            st.builds(lambda chosen: {"select": chosen, "atMost": {"failing": 1}}, SELECTORS),
        )
    )
    return {**kind, **draw(TERMS), "minimum": draw(minimums())}


@st.composite
def score_entries(draw: st.DrawFn) -> Entry:
    """A requirement on the score of the tenant, of a category or of a selection."""
    part = draw(
        st.one_of(
            st.just({}),
            st.builds(lambda name: {"category": name}, st.sampled_from(CATEGORIES)),
            st.builds(lambda chosen: {"select": chosen}, SELECTORS),
        )
    )
    declared = draw(st.sampled_from([{}, {"declared": "exclude"}]))
    return {**part, **declared, "minimum": draw(minimums(all_but=False))}


@st.composite
def sections(draw: st.DrawFn) -> dict[str, list[Entry]]:
    """The requirements of a policy by section, with one at least."""
    score_rules = draw(st.lists(score_entries(), max_size=2))
    control_rules = draw(st.lists(control_entries(), min_size=0 if score_rules else 1, max_size=3))
    named: dict[str, list[Entry]] = {}
    for section, entries in (("score", score_rules), ("controls", control_rules)):
        named[section] = [{"id": f"{section}-{index}", **entry} for index, entry in enumerate(entries)]
    return named


@st.composite
def waivers(draw: st.DrawFn) -> Entry:
    """A waiver of any requirement of the above, in force or not on the day of the snapshots."""
    start, until = draw(st.sampled_from([("2026-05-01", "2026-07-30"), ("2026-01-01", "2026-05-21")]))
    optional: Entry = {}
    if draw(st.booleans()):
        optional["control"] = draw(st.sampled_from(["mdo_*", *NAMES]))
    if draw(st.booleans()):
        optional["floor"] = {"percent": draw(st.integers(0, 100))}
    if draw(st.booleans()):
        optional["tenantLabel"] = draw(st.sampled_from(TENANT_LABELS))
    requirement = draw(st.sampled_from(["*", "p/controls-*", "p/score-0", "p/controls-0"]))
    return {"requirement": requirement, "from": start, "until": until, "reason": "r", "approvedBy": "b", **optional}


def in_flow_style(entries: list[Entry]) -> str:
    """Entries as ``builders.policy`` takes them: JSON is YAML."""
    return ", ".join(json.dumps(entry) for entry in entries)
