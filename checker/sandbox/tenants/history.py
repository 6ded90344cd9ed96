"""The secureScores of a tenant: one wire object a day, newest first.

Source of the shapes: https://learn.microsoft.com/graph/api/resources/securescore and published answers.
"""

import datetime
import math
from typing import Any

from checker.sandbox.tenants import story, texts
from checker.sandbox.tenants.courses import Course, Sizes
from checker.sandbox.tenants.draws import Draws

VENDOR = {"provider": "SecureScore", "providerVersion": None, "subProvider": None, "vendor": "Microsoft"}

SEAT_RANGES = ((1, 100), (101, 300), (301, 500))


def secure_scores(
    tenant_id: str,
    courses: list[Course],
    sizes: Sizes,
    draws: Draws,
    newest_day: datetime.date,
    days: int,
    ahead: int = 0,
) -> list[dict[str, Any]]:
    """Build the days of a tenant, newest first; only the newest has the members that Graph keeps for it.

    Args:
        tenant_id: whose days.
        courses: what happens to each control.
        sizes: how many users and devices there are.
        draws: the tenant's dice.
        newest_day: the day that the story ends with.
        days: how many are built.
        ahead: how many days have passed since, on which nothing happens.
    """
    newest = newest_day + datetime.timedelta(days=ahead)
    return [_day(tenant_id, courses, sizes, draws, newest, age, age - ahead) for age in range(days)]


def observed_scores(courses: list[Course]) -> dict[str, float]:
    """List the points that each control earns by what is observed on the newest day, by controlName in lower case."""
    return {control_name(course).lower(): course.observed(0) for course in courses if course.last <= 0}


def control_name(course: Course) -> str:
    """Tell how the scores spell a control's id."""
    return story.SCORE_SPELLINGS.get(course.control.id, course.control.id)


def _day(
    tenant_id: str,
    courses: list[Course],
    sizes: Sizes,
    draws: Draws,
    newest_day: datetime.date,
    position: int,
    story_age: int,
) -> dict[str, Any]:
    date = (newest_day - datetime.timedelta(days=position)).isoformat()
    # After the end of the story all stays as it was.
    age = max(story_age, 0)
    scored = [course for course in courses if course.last <= age <= course.first]
    build = _newest_control_score if position == 0 else _older_control_score
    control_scores = [build(course, age, newest_day) for course in scored]
    return {
        "id": f"{tenant_id}_{date}",
        "azureTenantId": tenant_id,
        "activeUserCount": sizes.users + 7 - age // 30,
        "createdDateTime": f"{date}T00:00:00Z",
        "currentScore": round(math.fsum(score["score"] for score in control_scores), 2),
        "enabledServices": _enabled_services(age),
        "licensedUserCount": 0,
        "maxScore": math.fsum(course.maximum(age) for course in scored),
        "vendorInformation": dict(VENDOR),
        "averageComparativeScores": _averages(sizes, draws, age),
        "controlScores": control_scores,
    }


def _enabled_services(age: int) -> list[str]:
    services = list(story.ENABLED_SERVICES)
    if age <= story.LICENSED_AGE:
        services.append(story.LICENSED_SERVICE)
    return services


def _percentage(course: Course, age: int) -> float:
    # From the rounded score, as the service does: 7.47 of 8 is 93.38 and not 93.33.
    maximum = course.maximum(age)
    return round(100 * course.score(age) / maximum, 2) if maximum else 0.0


def _older_control_score(course: Course, age: int, _newest_day: datetime.date) -> dict[str, Any]:
    return {
        "controlCategory": course.category(age),
        "controlName": control_name(course),
        "description": None,
        "score": course.score(age),
        "implementationStatus": texts.status_before(course.control),
        "scoreInPercentage": _percentage(course, age),
    }


def _newest_control_score(course: Course, age: int, newest_day: datetime.date) -> dict[str, Any]:
    return {
        "controlCategory": course.category(age),
        "controlName": control_name(course),
        "description": texts.description(course.control),
        "score": course.score(age),
        "lastSynced": _last_synced(course, newest_day),
        "implementationStatus": texts.status_today(course),
        **_observed(course),
        "scoreInPercentage": _percentage(course, age),
    }


def _observed(course: Course) -> dict[str, str]:
    """Give the members that only the newest day has, all of them strings."""
    compliant, total = course.compliant(0), course.total
    match course.control.measure:
        case "devices":
            # Defender counts exposed devices, every other product counts what is in order.
            state = story.DEFENDER_STATES.get(course.control.id, ("default", 0))[0]
            return {"count": str(total - compliant), "total": str(total), "state": state}
        case "users" | "mailboxes" | "administrators":
            return {"count": str(compliant), "total": str(total)}
        case "accounts":
            return {"count": str(compliant)}
        case "switch":
            return {"on": "true" if compliant else "false"}
        case _:
            return {}


def _last_synced(course: Course, newest_day: datetime.date) -> str:
    days_before, time = {
        "AzureAD": (1, "03:03:17"),
        "MCAS": (1, "21:27:26"),
        "MS Teams": (8, "21:02:52"),
        "MDA_Google": (15, "11:45:09"),
        "MDATP": (0, "00:07:46"),
        "Azure ATP": (0, "00:11:23"),
    }.get(course.control.service, (0, "00:32:59"))
    return f"{(newest_day - datetime.timedelta(days=days_before)).isoformat()}T{time}Z"


def _averages(sizes: Sizes, draws: Draws, age: int) -> list[dict[str, Any]]:
    lower, upper = next(((low, high) for low, high in SEAT_RANGES if sizes.users <= high), SEAT_RANGES[-1])
    seats = {"SeatSizeRangeLowerValue": str(lower), "SeatSizeRangeUpperValue": str(upper)}
    return [_average("AllTenants", {}, draws, age), _average("TotalSeats", seats, draws, age)]


def _average(basis: str, seats: dict[str, str], draws: Draws, age: int) -> dict[str, Any]:
    # The average is a percentage; the members of the categories are points, each with its own maximum.
    maxima = {"apps": 132.4, "data": 5.6, "device": 31.2, "identity": 63.1, "infrastructure": 0.0}
    average: dict[str, Any] = {
        "basis": basis,
        "averageScore": round(46 + 6 * draws.fraction(f"{basis} average") - age * 0.012, 2),
        **seats,
    }
    for category, maximum in maxima.items():
        share = 0.3 + 0.35 * draws.fraction(f"{basis} {category}")
        average[f"{category}Score"] = round(maximum * share - (age * 0.004 if maximum > 10 else 0), 2)
        average[f"{category}ScoreMax"] = maximum
    return average
