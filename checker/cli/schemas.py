"""The JSON Schemas that ship.

``python -m checker.cli.schemas FOLDER`` writes them (``make schemas``); with ``--check`` it only says whether the files
are what the records give, and exits 1 where they are not.
"""

import json
import os
import sys
from importlib import import_module
from types import UnionType
from typing import Any, get_args

from checker import resources
from checker.documents import files, limits
from checker.documents.whole_files import write_whole
from checker.errors import CallerError

# Name → where it comes from, so that the names are known without loading any: a record, whose class variable
# ``schema`` says its name and title, a union of records, or a function that makes the whole schema. A test holds the
# two together.
SCHEMAS = {
    "policy": "checker.policy.schema:policy_schema",
    "waivers": "checker.policy.schema:waivers_schema",
    "policytest": "checker.policytest.model:policytest_schema",
    "report": "checker.report.document:ReportDocument",
    "plan": "checker.remediation.plan:Plan",
    "redactedplan": "checker.remediation.plan:RedactedPlan",
    "journal": "checker.remediation.journal:Record",
    "journalcheck": "checker.remediation.journal_check:JournalCheck",
    "apply": "checker.views.apply:ApplyDocument",
    "trend": "checker.insight.trend:Trend",
    "score": "checker.insight.score:Score",
    "compare": "checker.insight.peers:PeerComparison",
    "controls": "checker.insight.controls:ControlList",
    "diff": "checker.insight.difference:Diff",
    "explain": "checker.insight.explain:Explanation",
    "guide": "checker.insight.guide:Guide",
    "ratchet": "checker.drafting.ratchet:Ratchet",
    "review": "checker.review.answer:Review",
    "waiverlist": "checker.insight.waivers:WaiverList",
    "whatif": "checker.whatif.projection:WhatIf",
    "scenario": "checker.whatif.scenario_file:scenario_schema",
    "test": "checker.policytest.result:PolicyTestRun",
    "lock": "checker.policy.lockfile:lock_schema",
    "drift": "checker.views.lock:LockDocument",
    "config": "checker.views.config:ConfigDocument",
    "rows": "checker.views.history:RowsDocument",
    "storecheck": "checker.store.check:StoreCheck",
    "evidence": "checker.evidence.manifest:EvidenceManifest",
    "evidencecheck": "checker.evidence.verify:EvidenceCheck",
    "replay": "checker.evidence.difference:Replay",
    "pruned": "checker.store.maintenance:Pruned",
    "compacted": "checker.store.maintenance:Compacted",
}


def build(name: str) -> dict[str, Any]:
    """The schema called ``name``, generated from the records."""
    from checker.documents.schema import written_schema

    module, _, attribute = SCHEMAS[name].partition(":")
    source: Any = getattr(import_module(module), attribute)
    if not isinstance(source, type | UnionType):
        schema: dict[str, Any] = source()
        return schema
    kinds = get_args(source) or (source,)
    own_name, title = kinds[0].schema
    # As a file holds it: a default that is a tuple is a list.
    built: dict[str, Any] = json.loads(json.dumps(written_schema(own_name, title, kinds)))
    return built


def text(name: str) -> str:
    """The schema as its file holds it."""
    return json.dumps(build(name), indent=2, ensure_ascii=False) + "\n"


def shipped_schema(name: str) -> bytes:
    """The schema called ``name``, as it ships.

    Raises:
        CallerError: the installation lacks it.
    """
    path = os.path.join(resources.folder("schemas"), f"{name}.schema.json")
    return files.read_bounded(path, limits.POLICY_FILE_BYTES, CallerError)


def write(folder: str) -> None:
    """Writes every schema into ``folder``."""
    for name in SCHEMAS:
        write_whole(os.path.join(folder, f"{name}.schema.json"), text(name).encode(), private=False)


def differing(folder: str) -> list[str]:
    """The files of ``folder`` that are not what the records give."""
    paths = []
    for name in SCHEMAS:
        path = os.path.join(folder, f"{name}.schema.json")
        with open(path, encoding="utf-8", newline="") as file:
            if file.read() != text(name):
                paths.append(path)
    return paths


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        sys.exit("; ".join(f"{path} is not current: run make schemas" for path in differing(sys.argv[2])) or 0)
    write(sys.argv[1])
