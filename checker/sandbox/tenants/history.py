"""The secureScores of a tenant: one object a day, newest first.

Source of the shapes: https://learn.microsoft.com/graph/api/resources/securescore and published responses.
"""

import datetime
import math
from dataclasses import dataclass
from typing import Any

from checker.sandbox.tenants import story, texts
from checker.sandbox.tenants.seeded import SeededChoices
from checker.sandbox.tenants.timelines import ControlTimeline, SeededTenant, TenantSizes

VENDOR = {"provider": "SecureScore", "providerVersion": None, "subProvider": None, "vendor": "Microsoft"}

SEAT_RANGES = ((1, 100), (101, 300), (301, 500))


@dataclass(frozen=True, slots=True)
class _ControlScore:
    """A control on a day: its members of the score, and the most points that it can earn."""

    members: dict[str, Any]
    maximum: float


def secure_scores(tenant: SeededTenant, days: int, ahead: int = 0) -> list[dict[str, Any]]:
    """Build the days of a tenant, newest first; only the newest has the members that Graph keeps for it.

    Args:
        tenant: the tenant.
        days: how many days to build.
        ahead: how many days have passed since the end of the story, on which nothing happens.
    """
    older = [_older_control_scores(timeline, days) for timeline in tenant.timelines]
    return [_day(tenant, older, position, ahead) for position in range(days)]


def observed_scores(timelines: list[ControlTimeline]) -> dict[str, float]:
    """Give the points of each control as observed on the newest day, by controlName in lower case."""
    return {control_name(timeline).lower(): timeline.observed(0) for timeline in timelines if timeline.last <= 0}


def control_name(timeline: ControlTimeline) -> str:
    """Give the id of a control as the scores spell it."""
    return story.SCORE_SPELLINGS.get(timeline.control.id, timeline.control.id)


def _day(tenant: SeededTenant, older: list[list[_ControlScore]], position: int, ahead: int) -> dict[str, Any]:
    newest_day = tenant.newest_day + datetime.timedelta(days=ahead)
    date = (newest_day - datetime.timedelta(days=position)).isoformat()
    # After the end of the story nothing changes.
    age = max(position - ahead, 0)
    scored = [index for index, timeline in enumerate(tenant.timelines) if timeline.last <= age <= timeline.first]
    if position == 0:
        control_scores = [_newest_control_score(tenant.timelines[index], age, newest_day) for index in scored]
    else:
        control_scores = [dict(older[index][age].members) for index in scored]
    return {
        "id": f"{tenant.tenant_id}_{date}",
        "azureTenantId": tenant.tenant_id,
        "activeUserCount": tenant.sizes.users + 7 - age // 30,
        "createdDateTime": f"{date}T00:00:00Z",
        "currentScore": round(math.fsum([score["score"] for score in control_scores]), 2),
        "enabledServices": _enabled_services(age),
        "licensedUserCount": 0,
        "maxScore": math.fsum([older[index][age].maximum for index in scored]),
        "vendorInformation": dict(VENDOR),
        "averageComparativeScores": _averages(tenant.sizes, tenant.seeded, age),
        "controlScores": control_scores,
    }


def _enabled_services(age: int) -> list[str]:
    services = list(story.ENABLED_SERVICES)
    if age <= story.LICENSED_AGE:
        services.append(story.LICENSED_SERVICE)
    return services


def _percentage(points: float, maximum: float) -> float:
    # The service divides the rounded score: 7.47 of 8 is 93.38 and not 93.33.
    return round(100 * points / maximum, 2) if maximum else 0.0


def _older_control_scores(timeline: ControlTimeline, days: int) -> list[_ControlScore]:
    """Give what each of the days has of a control, by age; days between two changes share one."""
    spans = timeline.spans(days - 1)
    by_span = [[_older_control_score(timeline, youngest)] * (oldest + 1 - youngest) for youngest, oldest in spans]
    return [score for span in by_span for score in span]


def _older_control_score(timeline: ControlTimeline, age: int) -> _ControlScore:
    points = timeline.score(age)
    maximum = timeline.maximum(age)
    members = {
        "controlCategory": timeline.category(age),
        "controlName": control_name(timeline),
        "description": None,
        "score": points,
        "implementationStatus": texts.older_status(timeline.control),
        "scoreInPercentage": _percentage(points, maximum),
    }
    return _ControlScore(members, maximum)


def _newest_control_score(timeline: ControlTimeline, age: int, newest_day: datetime.date) -> dict[str, Any]:
    points = timeline.score(age)
    return {
        "controlCategory": timeline.category(age),
        "controlName": control_name(timeline),
        "description": texts.description(timeline.control),
        "score": points,
        "lastSynced": _last_synced(timeline, newest_day),
        "implementationStatus": texts.newest_status(timeline),
        **_observed(timeline),
        "scoreInPercentage": _percentage(points, timeline.maximum(age)),
    }


def _observed(timeline: ControlTimeline) -> dict[str, str]:
    """Give the members that only the newest day has, all of them strings."""
    compliant, total = timeline.compliant(0), timeline.total
    match timeline.control.measure:
        case "devices":
            # Defender counts the exposed devices, every other product counts what complies.
            state = story.DEFENDER_STATES.get(timeline.control.id, ("default", 0))[0]
            return {"count": str(total - compliant), "total": str(total), "state": state}
        case "users" | "mailboxes" | "administrators":
            return {"count": str(compliant), "total": str(total)}
        case "accounts":
            return {"count": str(compliant)}
        case "switch":
            return {"on": "true" if compliant else "false"}
        case _:
            return {}


def _last_synced(timeline: ControlTimeline, newest_day: datetime.date) -> str:
    days_before, time = {
        "AzureAD": (1, "03:03:17"),
        "MCAS": (1, "21:27:26"),
        "MS Teams": (8, "21:02:52"),
        "MDA_Google": (15, "11:45:09"),
        "MDATP": (0, "00:07:46"),
        "Azure ATP": (0, "00:11:23"),
    }.get(timeline.control.service, (0, "00:32:59"))
    return f"{(newest_day - datetime.timedelta(days=days_before)).isoformat()}T{time}Z"


def _averages(sizes: TenantSizes, seeded: SeededChoices, age: int) -> list[dict[str, Any]]:
    lower, upper = next(((low, high) for low, high in SEAT_RANGES if sizes.users <= high), SEAT_RANGES[-1])
    seats = {"SeatSizeRangeLowerValue": str(lower), "SeatSizeRangeUpperValue": str(upper)}
    return [_average("AllTenants", {}, seeded, age), _average("TotalSeats", seats, seeded, age)]


def _average(basis: str, seats: dict[str, str], seeded: SeededChoices, age: int) -> dict[str, Any]:
    # The average is a percentage; the members of the categories are points, each with its own maximum.
    maxima = {"apps": 132.4, "data": 5.6, "device": 31.2, "identity": 63.1, "infrastructure": 0.0}
    average: dict[str, Any] = {
        "basis": basis,
        "averageScore": round(46 + 6 * seeded.fraction(f"{basis} average") - age * 0.012, 2),
        **seats,
    }
    for category, maximum in maxima.items():
        share = 0.3 + 0.35 * seeded.fraction(f"{basis} {category}")
        average[f"{category}Score"] = round(maximum * share - (age * 0.004 if maximum > 10 else 0), 2)
        average[f"{category}ScoreMax"] = maximum
    return average
