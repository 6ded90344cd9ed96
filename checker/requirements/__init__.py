"""What a policy can require: one file a kind, with its shape, its judge and its plain sentence.

A kind is told by the key that only its entries have. A new kind is one new file and one line here; it is loaded when a
policy uses it.
"""

from functools import cache
from importlib import import_module

from checker.requirements.entry import Entry

SCORE_KINDS = {
    "minimum": "checker.requirements.kinds.score_minimum:MinimumScore",
    "compare": "checker.requirements.kinds.peer_gap:PeerGap",
    "trend": "checker.requirements.kinds.score_trend:ScoreTrend",
    "coverage": "checker.requirements.kinds.coverage:Coverage",
    "freshness": "checker.requirements.kinds.freshness:Freshness",
    "declaredShare": "checker.requirements.kinds.declared_share:DeclaredShare",
}

CONTROL_KINDS = {
    "control": "checker.requirements.kinds.single_control:SingleControl",
    "anyOf": "checker.requirements.kinds.any_of:AnyOfControls",
    "select": "checker.requirements.kinds.selected_controls:SelectedControls",
}

STATE_KINDS = {
    "undeclared": "checker.requirements.kinds.undeclared_states:UndeclaredStates",
}


@cache
def load_kind(place: str) -> type[Entry]:
    """The record of a kind; ``place`` is a value of one of the registries."""
    module, _, attribute = place.partition(":")
    kind: type[Entry] = getattr(import_module(module), attribute)
    return kind
