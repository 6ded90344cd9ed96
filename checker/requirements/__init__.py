"""What a policy can require: one file a kind, with its shape, its judge and its plain sentence.

A kind is told by the key that only its entries have. A new kind is one new file and one line here; it is loaded when a
policy uses it.
"""

from functools import cache
from importlib import import_module

from checker.requirements.interface import Entry

SCORE_KINDS = {
    "minimum": "checker.requirements.score_minimum:MinimumScore",
    "compare": "checker.requirements.peer_gap:PeerGap",
    "trend": "checker.requirements.score_trend:ScoreTrend",
    "coverage": "checker.requirements.coverage:Coverage",
    "freshness": "checker.requirements.freshness:Freshness",
    "declaredShare": "checker.requirements.declared_share:DeclaredShare",
}

CONTROL_KINDS = {
    "control": "checker.requirements.control:SingleControl",
    "anyOf": "checker.requirements.any_of:AnyOfControls",
    "select": "checker.requirements.selected_controls:SelectedControls",
}

STATE_KINDS = {
    "undeclared": "checker.requirements.undeclared_state:UndeclaredStates",
}


@cache
def load_kind(place: str) -> type[Entry]:
    """The record of a kind; ``place`` is a value of one of the registries."""
    module, _, attribute = place.partition(":")
    kind: type[Entry] = getattr(import_module(module), attribute)
    return kind
