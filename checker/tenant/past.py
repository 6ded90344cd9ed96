"""What a past day's own numbers say of a control's maximum: Graph keeps no profiles of the past."""

from checker.snapshot.model import ControlScore, SecureScoreControlProfile
from checker.tenant.control import implied_maximum
from checker.tenant.numbers import TOLERANCE

# Graph rounds scores and percentages to two decimals.
_ROUNDED = 0.005


def maximum_on(score: ControlScore, profile: SecureScoreControlProfile | None) -> float | None:
    """A control's maximum on its day: today's, unless that day's own numbers say otherwise beyond their rounding.

    Args:
        score: the control on that day.
        profile: the control's profile of today.
    """
    today = profile.max_score if profile is not None else None
    implied = implied_maximum(score)
    if implied is None or score.score is None or score.score_in_percentage is None:
        return today
    doubt = implied * (_ROUNDED / score.score + _ROUNDED / score.score_in_percentage) + TOLERANCE
    if today is not None and abs(implied - today) <= doubt:
        return today
    # Microsoft's maxima are whole numbers as a rule.
    whole = round(implied)
    return float(whole) if abs(implied - whole) <= doubt else implied
