"""Hypothesis strategies: consistent snapshots of the shapes that real tenants send."""

from builders import day, profile, score, snapshot, update
from hypothesis import strategies as st

from checker.snapshot.model import ControlScore, SecureScore, SecureScoreControlProfile, Snapshot

CATEGORIES = ("Identity", "Apps", "Device", "Data")
STATES = (None, "Default", "Ignored", "ThirdParty", "Reviewed", "AlternateMitigation", "somethingNew")
NAMES = ("AdminMFAV2", "OneAdmin", "mdo_zapmalware", "scid_2010", "11770.MDA_Google_MFA", "spo_legacy_auth", "aad_sspr")


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
