import json
from typing import Any

import msgspec
import pytest
from builders import TENANT

from checker.errors import SnapshotError
from checker.snapshot.forms import FORMS, form
from checker.snapshot.model import Snapshot
from checker.snapshot.read import decode_snapshot
from checker.tenant.control import Control
from checker.tenant.states import State

DAY: dict[str, Any] = {
    "id": f"{TENANT}_2026-10-03",
    "azureTenantId": TENANT,
    "createdDateTime": "2026-10-03T00:00:00Z",
    "currentScore": 5.0,
    "maxScore": 10.0,
    "enabledServices": ["HasAADP2"],
    "controlScores": [{"controlName": "a", "score": 5.0, "scoreInPercentage": 50.0, "controlCategory": "Identity"}],
}
OLDER = {**DAY, "id": f"{TENANT}_2026-10-02", "createdDateTime": "2026-10-02T00:00:00Z"}
PROFILE: dict[str, Any] = {"id": "a", "azureTenantId": TENANT, "maxScore": 10.0, "title": "A"}
ERROR = {"error": {"code": "Forbidden", "message": "Not you."}}
SDK_DAY: dict[str, Any] = {
    "Id": f"{TENANT}_2026-10-03",
    "AzureTenantId": TENANT,
    "CreatedDateTime": "/Date(1790985600000)/",
    "CurrentScore": 5.0,
    "MaxScore": 10.0,
    "EnabledServices": ["HasAADP2"],
    "ControlScores": [
        {
            "ControlName": "a",
            "Score": 5.0,
            "ControlCategory": "Identity",
            "AdditionalProperties": {"scoreInPercentage": 50.0},
        }
    ],
    "AdditionalProperties": {},
}
SDK_PROFILE: dict[str, Any] = {
    "Id": "a",
    "AzureTenantId": TENANT,
    "MaxScore": 10.0,
    "Title": "A",
    "Service": None,
    "AdditionalProperties": None,
}
CUT = "If ConvertTo-Json of PowerShell wrote it, write it again with -Depth 10: its default cuts what lies deeper."
LINES_ADVICE = "In a file of several lines each is one entry; put answers of Graph into separate files."
NAME_A_SNAPSHOT = "Name a snapshot that 'scoregate fetch' wrote, or a saved answer of Graph."


def read(content: object) -> Snapshot:
    return decode_snapshot(content if isinstance(content, bytes) else json.dumps(content).encode(), "a.json")


def lines(*entries: object) -> bytes:
    return b"\r\n".join(json.dumps(entry).encode() for entry in entries) + b"\r\n\r\n"


def batch(*bodies: object, status: int = 200) -> dict[str, object]:
    return {"responses": [{"id": str(at), "status": status, "body": body} for at, body in enumerate(bodies, start=1)]}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_loads_and_can_be_asked(name: str) -> None:
    assert callable(form(name).parts)


@pytest.mark.parametrize(
    ("content", "days", "profiles"),
    [
        ([DAY, OLDER], 2, 0),
        (DAY, 1, 0),
        ([PROFILE], 0, 1),
        (PROFILE, 0, 1),
        ([SDK_DAY], 1, 0),
        (SDK_DAY, 1, 0),
        ({"value": [SDK_DAY], "Count": 1}, 1, 0),
        ([SDK_PROFILE], 0, 1),
        (SDK_PROFILE, 0, 1),
        (batch({"value": [DAY]}, {"value": [PROFILE]}), 1, 1),
        (batch(DAY, [PROFILE]), 1, 1),
        ({"secureScore": {"value": [DAY]}, "profiles": {"value": [PROFILE]}}, 1, 1),
        ({"secureScore": DAY, "profiles": [PROFILE]}, 1, 1),
        (lines(DAY, OLDER), 2, 0),
        (lines(PROFILE, {**PROFILE, "id": "b"}), 0, 2),
        (lines(SDK_DAY, OLDER), 2, 0),
    ],
)
def test_a_form_that_people_hold_is_read(content: object, days: int, profiles: int) -> None:
    found = read(content)
    assert (len(found.days), len(found.profiles), found.tenant) == (days, profiles, TENANT)
    assert not found.warnings


def test_the_sdk_s_objects_are_the_same_as_graph_s() -> None:
    translated, graphs = read([SDK_DAY]).days[0], read([DAY]).days[0]
    assert translated.date == graphs.date
    assert translated.controls == graphs.controls
    assert translated.score.enabled_services == graphs.score.enabled_services


def test_a_null_of_the_sdk_may_be_a_member_that_graph_did_not_send() -> None:
    assert read([SDK_PROFILE]).profiles == read([PROFILE]).profiles
    assert read([{**SDK_PROFILE, "MaxScore": None}]).profiles[0].max_score is msgspec.UNSET
    assert read([{**PROFILE, "maxScore": None}]).profiles[0].max_score is None


@pytest.mark.parametrize(
    "created",
    [
        {"value": "/Date(1790985600000)/", "DisplayHint": 2, "DateTime": "Saturday, 3 October 2026 00:00:00"},
        "/Date(1790985600000)/",
        "2026-10-02T20:00:00-04:00",
        "2026-10-03T00:00:00.0000000Z",
        # The id ends with the day, so it tells which number is the month.
        "10/3/2026 12:00:00 AM",
        "10/2/2026 8:00:00 PM",
    ],
)
@pytest.mark.parametrize("form", [lambda day: day, lambda day: [day], lambda day: {"value": [day]}])
def test_a_day_is_read_however_powershell_writes_its_date(created: object, form: Any) -> None:
    assert [str(day.date) for day in read(form({**DAY, "createdDateTime": created})).days] == ["2026-10-03"]


def test_the_times_of_states_become_iso() -> None:
    updates = [{"state": "ThirdParty", "updatedDateTime": "/Date(1790985600000)/"}, {"state": "Default"}]
    found = read([{**PROFILE, "controlStateUpdates": updates}]).profiles[0].control_state_updates
    assert found is not None
    assert [update.updated_date_time for update in found] == ["2026-10-03T00:00:00Z", None]


def test_the_time_of_a_measurement_is_iso_too() -> None:
    score = read([{**DAY, "controlScores": [{"controlName": "a", "lastSynced": "/Date(1790985600000)/"}]}]).days[0]
    assert Control("a", score.controls[0], None, State("Default")).last_synced == "2026-10-03T00:00:00Z"


def test_a_list_that_carries_its_length_is_a_list() -> None:
    day = {**DAY, "enabledServices": {"value": ["HasAADP2"], "Count": 1}}
    assert read([day]).days[0].score.enabled_services == ["HasAADP2"]


@pytest.mark.parametrize(
    ("content", "partial"),
    [
        (batch({"value": [PROFILE], "@odata.nextLink": "x"}), {"controlProfiles"}),
        (batch({"value": [DAY], "@odata.nextLink": "x"}), set()),
        (batch({"value": [PROFILE]}, status=206), {"controlProfiles"}),
        (batch({"value": [DAY]}, status=206), {"secureScores"}),
        (
            {"secureScore": {"value": [DAY]}, "profiles": {"value": [PROFILE], "@odata.nextLink": "x"}},
            {"controlProfiles"},
        ),
        ({"value": [SDK_PROFILE], "@odata.nextLink": "x"}, {"controlProfiles"}),
    ],
)
def test_what_graph_holds_back_is_partial_in_every_form(content: object, partial: set[str]) -> None:
    found = read(content)
    assert found.partial == partial
    assert [warning.code for warning in found.warnings] == ["partial-data"] * len(partial)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"value": ["@{id=1}"]}, f"a.json: $.value[0]: expected object, got str\n{CUT}"),
        ({"secureScores": "System.Object[]"}, f"a.json: $.secureScores: expected array | null, got str\n{CUT}"),
        (
            [{**DAY, "controlScores": ["@{controlName=a}"]}],
            f"a.json: $[0].controlScores[0]: expected object, got str\n{CUT}",
        ),
        (
            {**DAY, "enabledServices": "HasAADP1 HasAADP2"},
            f"a.json: $.enabledServices: expected array | null, got str\n{CUT}",
        ),
        (
            {**SDK_DAY, "ControlScores": ["Microsoft.Graph.PowerShell.Models.MicrosoftGraphControlScore"]},
            f"a.json: $.controlScores[0]: expected object, got str\n{CUT}",
        ),
        (
            {**SDK_DAY, "ControlScores": [{"ControlName": "a", "AdditionalProperties": "System.Object[]"}]},
            (
                "a.json: $.ControlScores[0].AdditionalProperties: is text where an object belongs: it was cut\n"
                "Write it again with '… | ConvertTo-Json -Depth 10': the default of -Depth cuts what lies deeper."
            ),
        ),
        ({**SDK_DAY, "CurrentScore": "nan"}, "a.json: $.currentScore: expected a finite number"),
        (
            {"value": [{"controlName": "AdminMFA", "maxScore": 50}]},
            (
                "a.json: $.value[0]: object missing required field id\n"
                "Read the profiles again from v1.0 of Graph: only its profiles have the id that controls are known by."
            ),
        ),
        (
            {**DAY, "id": None, "createdDateTime": "10/3/2026 12:00:00 AM"},
            (
                "a.json: has the createdDateTime '10/3/2026 12:00:00 AM', which may be 2026-03-10 or 2026-10-03\n"
                "Write dates as ISO 8601, as Graph does: 2026-10-03T00:00:00Z."
            ),
        ),
        (
            ERROR,
            (
                "a.json: is an error of Graph and not its data: Forbidden: Not you.\n"
                "Read the data again; 'scoregate auth' shows who signs in and with which permissions."
            ),
        ),
        (
            batch({"value": [DAY]}, ERROR, status=200),
            (
                "a.json: $.responses[1]: response 2 of the batch failed with status 200: Forbidden: Not you.\n"
                "Send the batch again: what is missing can't be judged."
            ),
        ),
        (
            batch("text", status=429),
            (
                "a.json: $.responses[0]: response 1 of the batch failed with status 429: it gives neither code nor "
                "message\nSend the batch again: what is missing can't be judged."
            ),
        ),
        (
            batch({"id": "u"}),
            "a.json: $.responses[0].body: response 1 of the batch is neither an answer of Graph nor an entry",
        ),
        ({"responses": {}}, "a.json: $.responses: expected array, got object"),
        (
            {"secureScore": None, "profiles": []},
            "a.json: $.secureScore: the member secureScore is neither an answer of Graph nor an entry",
        ),
        (
            lines(DAY, PROFILE),
            (
                "a.json: line 2: is of controlProfiles, and the lines before it are of secureScores\n"
                "Put each collection into its own file, and name both with --snapshot."
            ),
        ),
        (
            lines({"value": [DAY]}, {"value": [PROFILE]}),
            f"a.json: line 1: is neither a secureScore nor a secureScoreControlProfile\n{LINES_ADVICE}",
        ),
        (lines(DAY, OLDER)[:-20], "a.json: line 2: is JSON that ends in the middle: the file was cut short"),
        (lines({"kind": "Journal"}, {}), f"a.json: is a Journal, not a Snapshot\n{NAME_A_SNAPSHOT}"),
        ({"kind": "Plan", "warnings": 1}, f"a.json: is a Plan, not a Snapshot\n{NAME_A_SNAPSHOT}"),
        ({"log": {}}, f"a.json: is a recording of a browser (HAR), not a Snapshot\n{NAME_A_SNAPSHOT}"),
        ({"version": "2.1.0", "runs": []}, f"a.json: is a SARIF log, not a Snapshot\n{NAME_A_SNAPSHOT}"),
        (
            {"requests": []},
            f"a.json: is a request to Graph's $batch without its answer, not a Snapshot\n{NAME_A_SNAPSHOT}",
        ),
        (b"apiVersion: scoregate/v1\n", "a.json: is YAML, not JSON: perhaps a policy"),
        ([{"id": "u"}], "a.json: contains entries that are neither secureScores nor secureScoreControlProfiles"),
    ],
)
def test_what_can_t_be_read_is_refused_with_what_it_is(content: object, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        read(content)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"error": {"code": "", "message": ""}}, "it gives neither code nor message"),
        ({"error": "invalid_client", "error_description": "AADSTS7000215"}, "invalid_client: AADSTS7000215"),
        ({"error": [1]}, "it gives neither code nor message"),
    ],
)
def test_an_error_says_what_it_can(error: object, words: str) -> None:
    with pytest.raises(SnapshotError, match=f": {words}\n"):
        read(error)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 200_000,
        b'{"Id": "a", "MaxScore": 1, "AdditionalProperties": ' + b"[" * 200_000,
        b'{"error": ' + b"[" * 200_000,
    ],
)
def test_deep_nesting_is_refused_in_every_form(content: bytes) -> None:
    depth = content.count(b"[")
    with pytest.raises(SnapshotError, match=r"^a\.json: is nested too deeply"):
        read(content + b"]" * depth + b"}" * content.count(b"{"))
