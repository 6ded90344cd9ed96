"""What a policy can require: one file a kind, with its shape, its judge and its plain sentence.

A kind is told by the key that only its entries have. A new kind is one new file and one line here.
"""

from checker.requirements.any_of import AnyOfControls
from checker.requirements.control import SingleControl
from checker.requirements.coverage import Coverage
from checker.requirements.declared_share import DeclaredShare
from checker.requirements.freshness import Freshness
from checker.requirements.interface import Entry
from checker.requirements.peer_gap import PeerGap
from checker.requirements.score_minimum import MinimumScore
from checker.requirements.selected_controls import SelectedControls

SCORE_KINDS: dict[str, type[Entry]] = {
    "minimum": MinimumScore,
    "compare": PeerGap,
    "coverage": Coverage,
    "freshness": Freshness,
    "declaredShare": DeclaredShare,
}

CONTROL_KINDS: dict[str, type[Entry]] = {
    "control": SingleControl,
    "anyOf": AnyOfControls,
    "select": SelectedControls,
}
