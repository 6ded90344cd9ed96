"""What a finding is about: the control as the tenant has it, joined to what a requirement said of it."""

from checker.report.finding import Declaration, Judgement, Subject
from checker.tenant.control import Control
from checker.tenant.tenant import Tenant


def subject_of(judgement: Judgement, tenant: Tenant) -> Subject:
    """Title, category, link, last measurement and state of the judgement's control."""
    control = tenant.control(judgement.control) if judgement.control is not None else None
    if control is None:
        return Subject(portal_url=tenant.portal_url(None), category=judgement.category)
    return Subject(
        portal_url=tenant.portal_url(control),
        title=control.title,
        category=control.category,
        last_synced=control.last_synced,
        declared_by=_declaration(control),
        remediation=control.remediation,
    )


def _declaration(control: Control) -> Declaration | None:
    state = control.state
    return None if state.is_default else Declaration(state.name, state.updated_by, state.updated_date_time)
