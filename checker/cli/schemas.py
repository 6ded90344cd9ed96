"""The JSON Schemas that ship.

``python -m checker.cli.schemas FOLDER`` writes them (``make schemas``); with ``--check`` it only says whether the files
are what the records give, and exits 1 where they are not.
"""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

SCHEMAS = (
    "policy",
    "waivers",
    "report",
    "plan",
    "journal",
    "apply",
    "trend",
    "score",
    "compare",
    "controls",
    "diff",
    "explain",
    "guide",
    "whatif",
    "scenario",
    "rows",
    "storecheck",
    "pruned",
    "compacted",
)


def build(name: str) -> dict[str, Any]:
    """The schema called ``name``, generated from the records."""
    from checker.documents.schema import written_schema
    from checker.insight.controls import ControlList
    from checker.insight.difference import Diff
    from checker.insight.explain import Explanation
    from checker.insight.guide import Guide
    from checker.insight.peers import PeerComparison
    from checker.insight.score import Score
    from checker.insight.trend import Trend
    from checker.policy.schema import policy_schema, waivers_schema
    from checker.remediation import journal, plan
    from checker.report.document import ReportDocument
    from checker.store.check import StoreCheck
    from checker.store.maintenance import Compacted, Pruned
    from checker.views.apply import ApplyDocument
    from checker.views.history import RowsDocument
    from checker.whatif.projection import WhatIf
    from checker.whatif.scenario_file import scenario_schema

    if name == "policy":
        return policy_schema()
    if name == "waivers":
        return waivers_schema()
    if name == "scenario":
        return scenario_schema()
    lines = (journal.Begun, journal.Resumed, journal.Intent, journal.Outcome, journal.Ended)
    written: dict[str, tuple[str, Sequence[type]]] = {
        "report": ("A scoregate report", [ReportDocument]),
        "plan": ("A scoregate plan", [plan.Plan]),
        "journal": ("A line of a scoregate journal", lines),
        "apply": ("What came of a scoregate plan", [ApplyDocument]),
        "score": ("The posture of a tenant", [Score]),
        "compare": ("A tenant beside others", [PeerComparison]),
        "guide": ("What to do next in a tenant", [Guide]),
        "diff": ("What differs between two states of a tenant", [Diff]),
        "controls": ("The controls of a tenant", [ControlList]),
        "explain": ("A requirement or a control explained", [Explanation]),
        "rows": ("The answer to a query of a store", [RowsDocument]),
        "storecheck": ("A store as it was found", [StoreCheck]),
        "compacted": ("What was rewritten in a store", [Compacted]),
        "pruned": ("What was deleted from a store", [Pruned]),
        "whatif": ("A tenant as it would be", [WhatIf]),
        "trend": ("The course of a Secure Score", [Trend]),
    }
    title, kinds = written[name]
    return written_schema(name, title, kinds)


def text(name: str) -> str:
    """The schema as its file holds it."""
    return json.dumps(build(name), indent=2, ensure_ascii=False) + "\n"


def write(folder: str) -> None:
    """Writes every schema into ``folder``."""
    for name in SCHEMAS:
        with open(os.path.join(folder, f"{name}.schema.json"), "w", encoding="utf-8", newline="\n") as file:
            file.write(text(name))


def differing(folder: str) -> list[str]:
    """The files of ``folder`` that are not what the records give."""
    found = []
    for name in SCHEMAS:
        path = os.path.join(folder, f"{name}.schema.json")
        with open(path, encoding="utf-8", newline="") as file:
            if file.read() != text(name):
                found.append(path)
    return found


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        sys.exit("; ".join(f"{path} is not current: run make schemas" for path in differing(sys.argv[2])) or 0)
    write(sys.argv[1])
