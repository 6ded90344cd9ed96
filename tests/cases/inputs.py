"""The cases: what is given, and how a check of it has to end."""

from dataclasses import dataclass, field

from tenants import (
    DEFAULT,
    TENANT,
    as_json,
    control,
    day,
    lines,
    own,
    profile,
    sdk,
    update,
    utf_16,
    without,
)

MFA = "controls: [{id: c, control: AdminMFAV2}]"
SCORE = "score: [{id: s, minimum: {percent: 40}}]"
COVERAGE = "{id: cov, coverage: {days: 1, maximumLoss: {points: 5}}}"
TREND = "{id: tr, trend: {days: 1, maximumDrop: {points: 1}}}"
SHARE = "{id: share, declaredShare: {maximum: {percent: 10}}}"
OBSERVED = "{id: obs, minimum: {percent: 70}, declared: exclude}"
BASE = f"score: [{COVERAGE}, {TREND}]"
DECLARED = f"score: [{SHARE}, {OBSERVED}]"
PEERS = "score: [{id: all, compare: {basis: AllTenants, maximumBelow: {percentagePoints: 5}}}]"

FULL, HALF, ZERO = control("AdminMFAV2", 10.0), control("AdminMFAV2", 5.0), control("AdminMFAV2", 0.0)
OTHER = control("Other", 5.0)
ADMIN, OTHERS = profile("AdminMFAV2"), profile("Other")
THIRD_PARTY = profile("AdminMFAV2", update("ThirdParty", "2026-11-01T08:00:00Z"))
GRAPH_ERROR = {"error": {"code": "Forbidden", "message": "Missing role."}}
NOT_LOADED = "a.json: "


@dataclass(frozen=True)
class Case:
    """An input and its end.

    Attributes:
        name: which kind of data it is.
        data: the snapshot's bytes.
        policy: what is required.
        verdict: in the report; empty where there is none.
        findings: the outcome and reason of each finding, by id.
        error: what standard error says where there is no report.
        options: of the command.
        warnings: codes that the report has to hold.
    """

    name: str
    data: bytes
    policy: str = MFA
    verdict: str = ""
    findings: dict[str, str] = field(default_factory=dict)
    error: str = ""
    options: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def passes(name: str, data: bytes, policy: str = MFA, **findings: str) -> Case:
    return Case(name, data, policy, "pass", findings or {"c": "pass met"})


def fails(name: str, data: bytes, policy: str = MFA, **findings: str) -> Case:
    return Case(name, data, policy, "fail", findings or {"c": "fail below-minimum"})


def unsure(name: str, data: bytes, policy: str = MFA, **findings: str) -> Case:
    return Case(name, data, policy, "indeterminate", findings or {"c": "error partial-data"})


def refused(name: str, data: bytes, error: str) -> Case:
    return Case(name, data, error=error)


ANSWER = {"value": [day(HALF)]}
PAIR = [ANSWER, {"value": [ADMIN]}]
FORMS = [
    fails("utf-16", utf_16(own([day(HALF)], [ADMIN]))),
    fails("utf-8-with-mark", b"\xef\xbb\xbf" + own([day(HALF)], [ADMIN])),
    fails("batch", as_json({"responses": [{"id": "1", "status": 200, "body": body} for body in PAIR]})),
    fails("pair", as_json({"secureScore": PAIR[0], "profiles": PAIR[1]})),
    unsure("sdk-list", as_json([sdk(day(FULL))])),
    unsure("sdk-one", as_json(sdk(day(FULL)))),
    unsure("sdk-value", as_json({"value": [sdk(day(FULL))]})),
    unsure("list", as_json([day(FULL)])),
    unsure("one", as_json(day(FULL))),
    unsure("lines", lines(day(FULL), day(FULL, date="2026-11-19"))),
    refused(
        "windows-1252", "{“value”: []}".encode("cp1252"), "is neither UTF-8 nor UTF-16 text: byte 1 (line 1) is 0x93"
    ),
    refused("windows-1252-unread-member", as_json(ANSWER)[:-1] + b',"x":"\xfc"}', "is neither UTF-8 nor UTF-16 text"),
    refused("two-values", as_json(PAIR[0]) + as_json(PAIR[1]), "A file contains one JSON value"),
    refused("lines-of-both", lines(day(FULL), ADMIN), "line 2: is of controlProfiles"),
    refused("html", b"<html>Sign in</html>", "is HTML or XML, not JSON"),
    refused("graph-error", as_json(GRAPH_ERROR), "is an error of Graph and not its data: Forbidden: Missing role."),
    refused(
        "batch-with-failure",
        as_json({"responses": [{"id": "7", "status": 403, "body": GRAPH_ERROR}]}),
        "response 7 of the batch failed with status 403: Forbidden",
    ),
    refused("cut", own([day(HALF)], [ADMIN])[:-30], "is JSON that ends in the middle"),
    refused("empty", b"", "is empty; expected JSON"),
    refused("trailing-comma", b'{"value": [],}', "is not valid JSON: trailing comma in object (byte 13)"),
    refused("cut-by-depth", as_json([day() | {"controlScores": ["@{controlName=a}"]}]), "-Depth 10"),
    refused("report", as_json({"apiVersion": "scoregate/v1", "kind": "Report"}), "is a Report, not a Snapshot"),
    refused("plan", as_json({"apiVersion": "scoregate/v1", "kind": "Plan"}), "is a Plan, not a Snapshot"),
    refused("recording", as_json({"log": {"entries": []}}), "is a recording of a browser (HAR), not a Snapshot"),
    refused(
        "profile-without-id", as_json({"value": [without(ADMIN, "id") | {"controlName": "x"}]}), "$.value[0]: object"
    ),
]

PROFILES = [
    fails("declared", own([day(FULL)], [THIRD_PARTY]), c="fail declared-not-observed"),
    unsure("partial-profiles", own([day(FULL)], [OTHERS], partial=["controlProfiles"])),
    unsure("empty-profiles", own([day(FULL)], [])),
    unsure("no-profiles", own([day(FULL)], None)),
    Case("assumed", own([day(FULL)], []), MFA, "pass", {"c": "pass met"}, options=("--assume-default-states",)),
    unsure("no-day", as_json({"value": []}), c="error not-available"),
    unsure("no-state-updates", own([day(FULL)], [without(ADMIN, "controlStateUpdates")])),
    unsure(
        "no-state-updates-sums",
        own([day(FULL)], [without(ADMIN, "controlStateUpdates")]),
        DECLARED,
        share="error partial-data",
        obs="error partial-data",
    ),
    unsure("absent-maximum", own([day(HALF)], [without(ADMIN, "maxScore")]), c="error maximum-unknown"),
    refused("profile-twice", own([day(HALF)], [ADMIN, profile("adminmfav2", maxScore=5.0)]), "twice, with different"),
    refused("control-twice", own([day(HALF, control("adminmfav2", 10.0))], [ADMIN]), "twice on 2026-11-20"),
    unsure("selection-of-unknown", own([day(FULL)], None), "controls: [{id: c, select: {tier: [Core]}}]"),
]

STATES = (
    [
        fails(name, own([day(FULL)], [profile("AdminMFAV2", *updates)]), c="fail declared-not-observed")
        for name, updates in {
            "declared-later-by-offset": [
                update("ThirdParty", "2026-11-01T02:00:00-05:00"),
                update("Default", "2026-11-01T06:30:00Z"),
            ],
            "declared-by-dotnet-date": [
                update("ThirdParty", "/Date(1793491200000)/"),
                update("Default", "2026-10-01T00:00:00Z"),
            ],
            "unknown-word": [update("Completed", "2026-11-01T00:00:00Z")],
        }.items()
    ]
    + [
        passes(name, own([day(FULL)], [profile("AdminMFAV2", *updates)]))
        for name, updates in {
            "reset-later": [update("ThirdParty", "2026-11-01T00:00:00.5Z"), update("Default", "2026-11-02T00:00:00Z")],
            "nulls": [{"state": None}, update("", None)],
        }.items()
    ]
    + [
        unsure(name, own([day(FULL)], [profile("AdminMFAV2", *updates)]))
        for name, updates in {
            "no-date": [update("ThirdParty", "some day"), DEFAULT],
            "ambiguous-date": [
                update("ThirdParty", "10/3/2026 12:00:00 AM"),
                update("Default", "2026-06-01T00:00:00Z"),
            ],
        }.items()
    ]
)

YESTERDAY = "2026-11-19"
MANY = [FULL, *(control(f"Z{number}", 10.0) for number in range(5))]
SCORES = [
    passes(
        "empty-base-day",
        own([day(FULL), day(date=YESTERDAY, currentScore=90.0, maxScore=100.0)], [ADMIN]),
        f"{BASE}\n{MFA}",
        c="pass met",
        cov="skipped not-enough-history",
        tr="skipped not-enough-history",
    ),
    fails(
        "bad-base-day",
        own(
            [day(FULL), day(FULL, date=YESTERDAY, currentScore=60.0, maxScore=60.0), day(*MANY, date="2026-11-18")],
            [ADMIN],
        ),
        BASE,
        cov="fail above-maximum",
        tr="pass met",
    ),
    unsure("newest-day-empty", own([day(currentScore=9.0, maxScore=10.0)], [ADMIN]), SCORE, s="error inconsistent"),
    unsure("null-controls", own([day() | {"controlScores": None}], [ADMIN])),
    unsure("score-absent", own([day(without(FULL, "score"), currentScore=10.0)], [ADMIN])),
    unsure("score-null", own([day(FULL | {"score": None}, currentScore=10.0)], [ADMIN])),
    unsure("above-maximum", own([day(control("AdminMFAV2", 15.0))], [ADMIN]), c="error inconsistent"),
    unsure(
        "tenant-above-maximum", own([day(FULL, OTHER, maximum=12.0)], [ADMIN, OTHERS]), SCORE, s="error inconsistent"
    ),
    unsure("no-control-scores", as_json({"value": [without(day(FULL), "controlScores")]})),
    unsure("no-current-score", as_json({"value": [without(day(FULL), "currentScore")]}), SCORE, s="error partial-data"),
    unsure(
        "categories-do-not-add-up",
        own([day(FULL, OTHER, currentScore=387.0, maxScore=697.0)], None),
        "score: [{id: s, category: Identity, minimum: {percent: 3}}]",
        s="error inconsistent",
    ),
    unsure(
        "maxima-differ",
        own([day(FULL, OTHER, maximum=300.0)], [ADMIN, OTHERS]),
        "score: [{id: s, category: Identity, minimum: {percent: 70}}]",
        s="error inconsistent",
    ),
    unsure(
        "percentage-contradicts",
        own([day(control("AdminMFAV2", 2.0, 98.0, total="500"), OTHER)], [ADMIN, OTHERS]),
        "controls: [{id: c, control: AdminMFAV2, minimum: {percent: 100, allBut: 10}}]",
        c="error inconsistent",
    ),
    fails(
        "future-day",
        own([day(ZERO), day(FULL, date="2027-11-20", id=f"{TENANT}_2027-11-20")], [ADMIN]),
    ),
    fails(
        "two-connectors",
        own(
            [day(control("11.MDA_Z", 10.0), control("22.MDA_Z", 0.0))],
            [profile("11.MDA_Z"), profile("22.MDA_Z")],
        ),
        "controls: [{id: c, control: MDA_Z}, {id: any, anyOf: [MDA_Z]}]",
        c="fail below-minimum",
        any="fail below-minimum",
    ),
    fails(
        "namesake",
        own([day(control("22.MDA_Z", 0.0))], [profile("22.MDA_Z"), profile("MDA_Z")]),
        "controls: [{id: c, control: MDA_Z, onMissing: skip}]",
    ),
    fails(
        "declared-without-gain",
        own(
            [day(HALF), day(HALF, date=YESTERDAY)],
            [profile("AdminMFAV2", update("ThirdParty", f"{YESTERDAY}T08:00:00Z"))],
        ),
        f"{DECLARED}\n{MFA}",
        share="pass met",
        obs="fail below-minimum",
        c="fail declared-not-observed",
    ),
] + [
    Case(
        f"average-{name}",
        own([day(FULL, averageComparativeScores=averages)], [ADMIN]),
        f"{PEERS}\n{MFA}",
        "pass",
        {"c": "pass met", "all": "skipped not-available"},
        warnings=("not-available",),
    )
    for name, averages in {
        "of-2019": [{"basis": "AllTenants", "averageScore": 109.0}],
        "negative": [{"basis": "AllTenants", "averageScore": -1}],
        "null": [{"basis": "AllTenants", "averageScore": None}],
        "absent": [{"basis": "AllTenants"}],
        "of-no-one": [],
    }.items()
]

CASES = [*FORMS, *PROFILES, *STATES, *SCORES]
