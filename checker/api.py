"""What other programs may call: policies and a snapshot in, a report, a verdict and its formats out.

``checker`` hands these names on; docs/how-to/use-from-python.md describes them. They ask nobody, write nothing, and
read no clock.
"""

import datetime
import os
from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from checker.clouds import cloud as cloud_called
from checker.documents.suggest import did_you_mean
from checker.errors import UsageError
from checker.evaluation import evaluate as evaluation
from checker.policy.load import load
from checker.policy.model import PolicySet
from checker.policy.parameters import GivenValue
from checker.renderers import FORMATS, renderer
from checker.renderers.interface import Rendering
from checker.report import verdict as verdicts
from checker.report.outcome import Severity
from checker.report.report import Report
from checker.report.verdict import Verdict
from checker.snapshot import read
from checker.snapshot.model import Snapshot
from checker.tenant.labels import TenantLabels, is_tenant_label

Paths: TypeAlias = "Sequence[str | os.PathLike[str]]"
ParameterValue: TypeAlias = "str | int | float | bool"


def load_policies(
    paths: Paths, *, waivers: Paths = (), parameters: Mapping[str, ParameterValue] | None = None
) -> PolicySet:
    """The policies and waivers of files.

    Args:
        paths: files, folders, or ``pack:NAME``; policies and waivers alike.
        waivers: the same, for waivers only.
        parameters: values by the name of a parameter, of the type that the policies declare.

    Raises:
        PolicyError: a file is missing or wrong; ``faults`` holds every fault with its place.
        UsageError: no policy declares such a parameter, or no path is given.
    """
    if not paths:
        raise UsageError("no policy: give the path of at least one")
    given = {
        name: GivenValue(value, is_text=False, origin=f"parameters[{name!r}]")
        for name, value in (parameters or {}).items()
    }
    return load(_texts(paths), _texts(waivers), given=given)


def read_snapshot(*paths: str | os.PathLike[str]) -> Snapshot:
    """The snapshot that files or folders hold together: what ``scoregate fetch`` wrote, or Graph's own answers.

    Raises:
        SnapshotError: a file is missing or holds no snapshot, or two contradict each other.
    """
    if not paths:
        raise UsageError("no snapshot: give the path of at least one file")
    return read.read_snapshot(_texts(paths))


def evaluate(
    policies: PolicySet,
    snapshot: Snapshot,
    now: datetime.datetime,
    *,
    cloud: str = "global",
    tenant_labels: Collection[str] = (),
) -> Report:
    """Judges a tenant. The same values give the same report.

    Args:
        policies: requirements and waivers.
        snapshot: the tenant's data; as many days as it holds are looked at.
        now: the moment to judge at, with a time zone: waivers end by it, and data is old by it.
        cloud: whose portal the links of the report lead to: ``global``, ``usgov`` or ``dod``.
        tenant_labels: of the tenant; a waiver with another ``tenantLabel`` covers nothing.

    Raises:
        UsageError: ``now`` has no time zone, or there is no such cloud or no such form of a label.
    """
    if now.tzinfo is None:
        raise UsageError("now has no time zone", advice="Give one, such as datetime.UTC.")
    return evaluation.evaluate(
        policies, snapshot, now, portal=cloud_called(cloud).portal, labels=_labels(tenant_labels)
    )


def decide(report: Report, fail_on: Severity = Severity.INFO) -> Verdict:
    """The gate's decision on a report.

    Args:
        report: of ``evaluate``.
        fail_on: failures of this severity and above fail the gate.
    """
    return verdicts.decide(report, fail_on)


def render(report: Report, verdict: Verdict, form: str = "text", *, policies: PolicySet | None = None) -> bytes:
    """The report in a format, UTF-8, as ``scoregate check -o`` writes it to a file.

    Args:
        report: of ``evaluate``.
        verdict: of ``decide``.
        form: one that ``scoregate check -o`` takes, such as ``json``.
        policies: that the report is of; with them SARIF shows the lines of the policies.

    Raises:
        UsageError: there is no such format.
    """
    if form not in FORMATS:
        raise UsageError(f"expected one of {', '.join(FORMATS)}, got {form!r}{did_you_mean(form, FORMATS)}")
    sources = policies.sources if policies is not None else {}
    return renderer(form)(Rendering(report=report, verdict=verdict, sources=sources))


def _labels(given: Collection[str]) -> TenantLabels:
    """The labels of a tenant; a text alone is a mistake, since it would be taken for its letters."""
    labels = [given] if isinstance(given, str) else list(given)
    wrong = [one for one in labels if isinstance(given, str) or not is_tenant_label(one)]
    if wrong:
        raise UsageError(
            f"tenant_labels: expected a collection of labels of letters, digits, '.', '-' and '_', got {wrong[0]!r}"
        )
    return frozenset(labels)


def _texts(paths: Paths) -> list[str]:
    return [os.fspath(path) for path in paths]
