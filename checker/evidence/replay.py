"""Evidence → the same run judged again, and whether the same report comes out."""

from checker.errors import ScoregateError
from checker.evidence.difference import Again, Replay, compared
from checker.evidence.manifest import EvidenceVersions
from checker.evidence.read import EvidenceFile
from checker.evidence.restore import input_again, source_again
from checker.presentation.json import json_document
from checker.report.document import document
from checker.runs.full_gate import run_gate


def replay(evidence: EvidenceFile, versions: EvidenceVersions) -> Replay:
    """Judges a run again from its evidence alone.

    Args:
        evidence: of the run.
        versions: of what judges now.

    Raises:
        EvidenceError: it lacks what it takes to judge again.
        ScoregateError: it can't be judged again, though nothing was changed and the version is the same.
    """
    again = _judged_again(evidence)
    answer = compared(evidence, again, versions)
    if again.error is not None and not evidence.faults and not answer.versions:
        raise again.error
    return answer


def _judged_again(evidence: EvidenceFile) -> Again:
    try:
        given = input_again(evidence)
        answer = run_gate(given, source_again(evidence, given.moment.date()))
    except ScoregateError as fault:
        return Again(error=fault)
    verdict = answer.run.judged.verdict
    return Again(report=json_document(document(answer.report, verdict)), decision=verdict.decision)
