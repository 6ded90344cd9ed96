"""Snapshots: our own files, Graph's answers, and the other forms that are read; plain and packed."""

from fuzz_checks import NARROW, NOW, PORTAL, check_output, check_report, file_of, refused_by, some_policies

from checker import clouds
from checker.errors import SnapshotError
from checker.insight import controls, explain, guide, peers, score, trend
from checker.insight.difference import difference
from checker.insight.side import of_snapshot
from checker.snapshot.read import read_snapshot
from checker.tenant.tenant import Tenant
from checker.views import compare as compare_view
from checker.views import controls as controls_view
from checker.views import diff as diff_view
from checker.views import explain as explain_view
from checker.views import guide as guide_view
from checker.views import score as score_view
from checker.views import trend as trend_view


def check(data: bytes) -> None:
    """Reads the snapshot, judges it, and asks each view of it."""
    with refused_by(SnapshotError):
        snapshot = read_snapshot([file_of(data, "snapshot.json")])
        check_report(some_policies(), snapshot)
        _check_views(Tenant(snapshot, PORTAL))


def _check_views(tenant: Tenant) -> None:
    seen = of_snapshot(tenant, "snapshot.json", None, None)
    same = difference(seen, seen)
    assert not same.differs
    for name in ("text", "json", "markdown"):
        check_output(name, score_view.render(name, score.posture(tenant, NOW.date())))
        check_output(
            name, controls_view.render(name, controls.listed(tenant, select=None, show="all", sort="left", most=None))
        )
        check_output(name, guide_view.render(name, guide.guide(tenant, select=None, required={}, most=50)))
        check_output(name, compare_view.render(name, peers.compare(tenant)))
        check_output(name, diff_view.render(name, same))
    if tenant.newest is not None and tenant.snapshot.days[-1].date < tenant.newest.date:
        course = trend.trend(tenant, tenant.snapshot.days[-1].date)
        check_output("text", trend_view.render("text", course, "control"))
    check_output("text", score_view.render("text", score.posture(tenant, NOW.date()), NARROW))
    for control in list(tenant.controls)[:1]:
        context = explain.Context(cloud=clouds.GLOBAL, policies=None, tenant=tenant)
        check_output("text", explain_view.render("text", explain.explain(control.id, context), NARROW))
