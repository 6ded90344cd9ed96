"""Evidence → the same run again: policies, lock, baseline, parameters, clock and data, all from memory."""

import datetime
from collections.abc import Sequence

from checker.clouds import CLOUDS, Cloud
from checker.documents import limits
from checker.documents.path import brief
from checker.errors import EvidenceError
from checker.evidence.kept_snapshot import Form, snapshot_again
from checker.evidence.manifest import MANIFEST, EvidenceSettings, Role
from checker.evidence.read import EvidenceFile
from checker.evidence.recorded import ParameterFile, RecordedPolicies, load_again, values_in
from checker.policy.lockfile import LockFile, parse_lock
from checker.policy.model import PolicySet
from checker.policy.sources import PolicySource, PolicySources
from checker.report.baseline import Baseline
from checker.report.baseline_file import decode_baseline
from checker.runs.full_gate import GateInput
from checker.snapshot.read import Reading, SourceDocument
from checker.sources.interface import Source
from checker.sources.prepared import PreparedSource


class KeptSource:
    """The data that evidence holds, as a source."""

    def __init__(self, documents: tuple[SourceDocument, ...], name: str, form: Form, cloud: Cloud) -> None:
        self._documents = documents
        self._name = name
        self._form = form
        self.cloud = cloud

    def read(self, days: int) -> Reading:
        """All that was kept; see ``Source``."""
        del days
        return Reading(snapshot_again(self._documents, self._name, self._form), self._documents, self._name)


def input_again(evidence: EvidenceFile) -> GateInput:
    """By what the run judged.

    Raises:
        EvidenceError: a member is missing, or the manifest says what no run can have been asked.
        PolicyError, UsageError, LockFileError, BaselineError: what was changed can't be read any more.
    """
    settings = evidence.manifest.settings
    return GateInput(
        policies=_policies(evidence),
        moment=_moment(evidence, settings),
        fail_on=settings.fail_on,
        since=settings.since,
        framework=settings.framework,
        baseline=_baseline(evidence),
        labels=frozenset(settings.tenant_labels),
        lock=_lock(evidence),
        locked=settings.locked,
        options=evidence.manifest.options,
    )


def source_again(evidence: EvidenceFile, today: datetime.date) -> Source:
    """The tenant's data.

    Raises:
        EvidenceError: a member is missing, or the cloud is unknown.
    """
    settings = evidence.manifest.settings
    if settings.cloud not in CLOUDS:
        raise EvidenceError(f"names the unknown cloud {brief(repr(settings.cloud))}", place=_place(evidence))
    documents = tuple(SourceDocument(one.name, data) for one, data in evidence.members("snapshot"))
    source = KeptSource(documents, settings.snapshot, settings.snapshot_form, CLOUDS[settings.cloud])
    return PreparedSource(source, today, assume_default_states=settings.assume_default_states)


def _place(evidence: EvidenceFile) -> str:
    return f"{evidence.name}: {MANIFEST}"


def _moment(evidence: EvidenceFile, settings: EvidenceSettings) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(settings.now)
        if moment.utcoffset() == datetime.timedelta(0):
            return moment.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        pass
    raise EvidenceError(f"expected a moment in UTC as settings.now, got {brief(settings.now)}", place=_place(evidence))


def _policies(evidence: EvidenceFile) -> PolicySet:
    # A path in the evidence stands for the place of the file: the machine that replays has none of them.
    def sources(role: Role) -> Sequence[PolicySource]:
        return [PolicySource(one.name, data, one.path) for one, data in evidence.members(role)]

    policies, waivers = tuple(sources("policy")), tuple(sources("waivers"))
    if sum(len(one.data) for one in (*policies, *waivers)) > limits.POLICY_BYTES:
        most = limits.POLICY_BYTES // limits.MEBIBYTE
        raise EvidenceError(f"has more than {most} MiB of policies, the limit", place=evidence.name)
    by_path = {one.identity: one for one in (*policies, *waivers, *sources("base"))}
    references = {
        (one.source, one.reference): [by_path[path] for path in one.bases] for one in evidence.manifest.references
    }
    parameters = [ParameterFile(one.name, data) for one, data in evidence.members("parameters")]
    given = values_in(evidence.manifest.settings.assignments, parameters)
    return load_again(RecordedPolicies(PolicySources(policies, waivers), references), given)


def _lock(evidence: EvidenceFile) -> LockFile | None:
    return next((parse_lock(one.name, data) for one, data in evidence.members("lock")), None)


def _baseline(evidence: EvidenceFile) -> Baseline | None:
    return next((decode_baseline(data, one.name) for one, data in evidence.members("baseline")), None)
