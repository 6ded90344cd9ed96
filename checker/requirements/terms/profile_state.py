"""``profile``: the state that a control profile must be in."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from checker.report.finding import Quantity
from checker.report.outcome import Unit
from checker.requirements.direction import Direction
from checker.tenant.states import DeclarableState, State, meaning_of

Remediate = Annotated[
    Literal["manual", "auto"],
    Meta(
        description="auto lets 'check --remediate' set the state without an approval; manual (the default) "
        "leaves it to plan and apply."
    ),
]


class ProfileState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The declared state. assignedTo and comment are sent when the state is, and never judged."""

    state: Annotated[
        DeclarableState,
        Meta(
            description="Default (To address), Ignored (Risk accepted), ThirdParty (Resolved through third party) or "
            "Reviewed (Resolved through alternate mitigation). AlternateMitigation is judged and can't be set through "
            "Graph."
        ),
    ]
    assigned_to: Annotated[Annotated[str, Meta(max_length=320)] | None, Meta(description="Who works on it.")] = None
    comment: Annotated[
        Annotated[str, Meta(max_length=4000)] | None, Meta(description="Why the control is in this state.")
    ] = None

    @property
    def is_declaration(self) -> bool:
        """Whether the state stands in place of an observed score."""
        return meaning_of(self.state).is_declaration

    @property
    def quantity(self) -> Quantity:
        """The state as what is required."""
        return Quantity(self.state, Unit.STATE)

    def is_met_by(self, state: State) -> bool:
        """Whether the present state is the declared one."""
        return state.says(self.state)


def direction_of_profile(before: Any, after: Any) -> Direction:  # noqa: ANN401 - entries of the kinds that have one
    """Who works on it and why are not judged; another state can't be compared."""
    first, second = before.profile, after.profile
    same = first is not None and second is not None and first.state == second.state
    return Direction.NEUTRAL if same else Direction.UNDECIDED


def direction_of_remediate(before: Any, after: Any) -> Direction:  # noqa: ANN401 - as above
    """A state that nobody looks at before it is set can make the gate pass."""
    del before
    return Direction.UNDECIDED if after.remediate == "auto" else Direction.NEUTRAL
