"""What every control entry may demand of a control."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from checker.report.finding import DeclaredState, Judgement
from checker.requirements.direction import Direction, Directions, rising, shrinking
from checker.requirements.entry import STRICTNESS, Entry, OnMissing
from checker.requirements.terms.minimum import Minimum, direction_of_minimum, worded, zero_minimum
from checker.requirements.terms.profile_state import (
    ProfileState,
    Remediate,
    direction_of_profile,
    direction_of_remediate,
)
from checker.tenant.control import Control
from checker.tenant.states import AcceptableState


def _direction_of_minimum(before: "ControlEntry", after: "ControlEntry") -> Direction:
    """That of the number; a state that is judged alone is judged where no score is, whatever the number."""
    if before.judges_state_alone is not after.judges_state_alone:
        return Direction.UNDECIDED
    return direction_of_minimum(before.effective_minimum, after.effective_minimum)


class ControlEntry(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The keys that every control entry may have beside the ones that say which controls it speaks of."""

    directions: ClassVar[Directions] = {
        **Entry.directions,
        "minimum": _direction_of_minimum,
        "accept": shrinking(lambda entry: entry.accept),
        "on_missing": rising(lambda entry: STRICTNESS[entry.on_missing]),
        "profile": direction_of_profile,
        "remediate": direction_of_remediate,
    }

    minimum: Annotated[Minimum | None, Meta(description="What the score must reach; 100 percent where absent.")] = None
    accept: Annotated[
        list[AcceptableState],
        Meta(
            description="Declared states that are accepted in place of an observed score. Ignored is not among them: "
            "accepting a risk is a waiver."
        ),
    ] = msgspec.field(default_factory=list)
    on_missing: Annotated[
        OnMissing,
        Meta(description="What to say of a control that the tenant doesn't report: fail, skip or error."),
    ] = "fail"
    profile: Annotated[
        ProfileState | None,
        Meta(description="The state that the control profile must be in; without a minimum it alone is judged."),
    ] = None
    remediate: Remediate = "manual"

    def __post_init__(self) -> None:
        """Refuses to remediate where no state is asked for."""
        if self.remediate == "auto" and self.profile is None:
            raise ValueError("expected profile together with remediate: only a profile's state can be set")

    @property
    def history_days(self) -> int:
        """A week: enough to notice a control that has stopped being scored."""
        return 7

    @property
    def skips_missing(self) -> bool:
        """``onMissing: skip``."""
        return self.on_missing == "skip"

    def idle_reasons(self) -> Iterator[str]:
        """A minimum of zero that no state is asked for beside."""
        if self.minimum is not None and not self.minimum.quantity.value and self.profile is None:
            yield zero_minimum(self.minimum.quantity)

    @property
    def effective_minimum(self) -> Minimum:
        """What the score must reach: nothing where the state alone is judged, 100 percent where nothing is said."""
        return self.minimum or Minimum(percent=0.0 if self.judges_state_alone else 100.0)

    @property
    def judges_state_alone(self) -> bool:
        """Whether only the profile's state is asked for."""
        return self.profile is not None and self.minimum is None

    @property
    def sets_unseen(self) -> bool:
        """``remediate: auto``."""
        return self.remediate == "auto"

    @property
    def wants_state(self) -> bool:
        """Whether it has a ``profile``."""
        return self.profile is not None

    def accepts(self, control: Control) -> bool:
        """Whether the control's declared state is taken in place of a score."""
        if self.profile is not None and self.profile.is_declaration and self.profile.is_met_by(control.state):
            return True
        return any(control.state.says(state) for state in self.accept)

    def declaring(self, judgement: Judgement, control: str | None = None) -> Judgement:
        """The judgement with the state that this entry wants of its control, where it wants one.

        Args:
            judgement: of one control.
            control: the control's id; the judgement's own where absent.
        """
        name = control or judgement.control
        if self.profile is None or name is None:
            return judgement
        declared = DeclaredState(
            control=name,
            state=self.profile.state,
            assigned_to=self.profile.assigned_to,
            comment=self.profile.comment,
            automatic=self.remediate == "auto",
        )
        return msgspec.structs.replace(judgement, declares=(declared,))

    def demand(self) -> str:
        """The terms as the end of a sentence: ``at 100 % or more``."""
        if self.judges_state_alone and self.profile is not None:
            return f"in the state {self.profile.state}"
        minimum = self.minimum or Minimum()
        text = f"at {worded(minimum.quantity)} or more"
        if minimum.all_but is not None:
            text += f", all but {minimum.all_but}"
        return text
