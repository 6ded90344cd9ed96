"""The texts of scores and profiles: as untidy as the service's own, but written for the sandbox.

Live tenants send HTML, entities, no-break and narrow spaces, curly quotes, CR LF with tabs, look-alike
letters and malformed attributes. Readers have to cope with all of them.
"""

from checker.sandbox.tenants.catalogue import CatalogueControl
from checker.sandbox.tenants.timelines import ControlTimeline

EMPTY_DESCRIPTIONS = ("mdo_safedocuments", "exo_individualsharing", "AATP_HoneyToken", "scid_2516")
EMPTY_REMEDIATION = "dlp_datalossprevention"
LONG_REMEDIATION = "AATP_UnsecureAccount"

_REASONS = {
    "Identity": "<p>Accounts are what attackers try first; here a stolen password is worth less\u202f\u2013 "
    "for people and for services.</p>",
    "Apps": "Mail and shared files bring most attacks in.\r\n\tThis setting narrows the way; it\u2019s "
    "checked for every policy&nbsp;in force.",
    "Device": "A device that isn\u2019t hardened is a foothold. <b>Exposed</b> devices are those where this "
    "doesn\u2019t hold.",
    "Data": '<p>Data that is labelled can be protected &amp; traced.\u00a0See <a href=""https://learn.microsoft.com/'
    'purview"">the documentation</a>.</p>',
}

_PLACES = {
    "AzureAD": "Microsoft Entra admin center",
    "MDO": "Microsoft Defender portal \u203a Policies &amp; rules",
    "MDATP": "Microsoft Intune \u203a Endpoint security",
    "EXO": "Exchange admin center",
    "SPO": "SharePoint admin center",
    "MIP": "Microsoft Purview portal",
    "MS Teams": "Teams admin center",
    "Azure ATP": "Microsoft Defender portal \u203a Identities",
}


def description(control: CatalogueControl) -> str:
    """Describe a control as the newest day's scores do: plain text, HTML, or nothing."""
    if control.id in EMPTY_DESCRIPTIONS:
        return ""
    if control.id == "mdo_unusualcharacterssafetytips":
        return "<p>Warns of senders whose name has look-alike letters, as in C\u1d0fNT\u1d0fSO for CONTOSO.</p>"
    return _REASONS[control.category]


def remediation(control: CatalogueControl) -> str:
    """Explain how to fix a control: HTML of one to three thousand characters, or nothing."""
    if control.id == EMPTY_REMEDIATION:
        return ""
    place = _PLACES.get(control.service, "administration of the connected app")
    steps = [
        f"Open the <em>{place}</em>",
        f"Find the setting for \u201c{control.title.strip()}\u201d",
        "Turn it on for <strong>all</strong>&nbsp;users,\u202fthen wait a day",
    ]
    if control.id == LONG_REMEDIATION:
        steps += [f"Repeat this for domain controller number {number}, one at a time" for number in range(1, 41)]
    return "<p>Do this:</p>\r\n<ol>" + "".join(f"<li>{step}.</li>" for step in steps) + "</ol>"


def remediation_impact(control: CatalogueControl) -> str:
    """Describe what users will notice: plain text or HTML."""
    if control.category == "Device":
        return "None."
    return f"<p>Users of {control.service} may be asked to sign in again\u2026 tell them before.\u200b</p>"


def action_url(control: CatalogueControl, tenant_id: str) -> str:
    """Give the address where a control is set; about half of them contain the tenant's id, as the service's do."""
    match control.service:
        case "MDO":
            return f"https://security.microsoft.com/antispam?tid={tenant_id}"
        case "MDATP":
            return f"https://security.microsoft.com/security-recommendations?search={control.id}&tid={tenant_id}"
        case "AzureAD":
            return (
                "https://entra.microsoft.com/#view/Microsoft_AAD_IAM/AuthenticationMethodsMenuBlade/~/AdminAuthMethods"
            )
        case "EXO":
            return "https://admin.exchange.microsoft.com/#/settings"
        case _:
            return "https://learn.microsoft.com/en-us/microsoft-365/security/?view=o365-worldwide"


def newest_status(timeline: ControlTimeline) -> str:
    """Describe what was observed on the newest day, as implementationStatus does."""
    compliant, total = timeline.compliant(0), timeline.total
    match timeline.control.measure:
        case "devices":
            return f"{total - compliant}/{total} exposed devices"
        case "users":
            return f"You have {total - compliant} of {total} users that don\u2019t meet this recommendation."
        case "administrators":
            return f"You have {total - compliant} out of {total} administrators that aren\u2019t protected."
        case "mailboxes":
            return _policies(compliant, total)
        case _:
            return _setting(timeline.control, compliant, holds=compliant == total)


def _setting(control: CatalogueControl, compliant: int, *, holds: bool) -> str:
    if control.measure == "switch":
        return f"Feature in place: {'true' if holds else 'false'}."
    if control.measure == "accounts":
        return f"You currently have {compliant} global admins." if control.id == "OneAdmin" else ""
    return "The setting is properly configured." if holds else "The setting is not compliant."


def _policies(compliant: int, total: int) -> str:
    percent = round(100 * compliant / total)
    rows = [("Standard Preset Security Policy1700000000000", compliant), ("Default", total - compliant)]
    items = "".join(f"<li>{name} - {count} users&nbsp;</li>" for name, count in rows if count)
    return f"<p> {percent}% of users are affected by policies that are secure&nbsp;</p><ul>{items}</ul>"


def older_status(control: CatalogueControl) -> str:
    """Give the implementationStatus of older days: the service fills the same template with nothing."""
    match control.measure:
        case "devices":
            return "/ exposed devices"
        case "users":
            return "You have 0 of 0 users that don\u2019t meet this recommendation."
        case "administrators":
            return "You have 0 out of 0 administrators that aren\u2019t protected."
        case "accounts":
            return "You currently have  global admins."
        case "setting":
            return "The setting is not compliant."
        case _:
            return ""
