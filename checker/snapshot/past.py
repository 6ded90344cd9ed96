"""What a past day's own numbers say of a control's maximum: Graph keeps no profiles of the past."""

from msgspec import UNSET

from checker.snapshot.model import ControlScore, SecureScoreControlProfile

# Graph rounds scores and percentages to two decimals.
ROUNDED = 0.005
_CLOSE = 1e-9


def implied_maximum(score: ControlScore) -> float | None:
    """A control's maximum as a day's own record tells it; None where the score is zero or the percentage missing."""
    if score.score is None or score.score_in_percentage is None or score.score <= 0 or score.score_in_percentage <= 0:
        return None
    return 100 * score.score / score.score_in_percentage


def maximum_on(score: ControlScore, profile: SecureScoreControlProfile | None) -> float | None:
    """A control's maximum on its day: today's, unless that day's own numbers say otherwise beyond their rounding.

    Args:
        score: the control on that day.
        profile: the control's profile of today.
    """
    today = profile.max_score if profile is not None and profile.max_score is not UNSET else None
    implied = implied_maximum(score)
    if implied is None or score.score is None or score.score_in_percentage is None:
        return today
    doubt = implied * (ROUNDED / score.score + ROUNDED / score.score_in_percentage) + _CLOSE
    if today is not None and abs(implied - today) <= doubt:
        return today
    # Microsoft's maxima are whole numbers as a rule.
    whole = round(implied)
    return float(whole) if abs(implied - whole) <= doubt else implied
