"""What happened in the sandbox's tenants: fixed events and outcomes, at ages in days before the newest day.

An event of age 4 shows on the day four days before the newest and on every later one.
"""

from dataclasses import dataclass

ALWAYS = 1_000_000
"""An age older than any history."""

LICENSED_AGE = 30
"""Defender for Identity is licensed: `HasAATP` appears in enabledServices, along with its controls."""
LICENSED_SERVICE = "HasAATP"
LICENSED_CONTROLS = (
    "AATP_Sensor",
    "AATP_ClearText",
    "AATP_WeakCipher",
    "AATP_UnsecureAccount",
    "AATP_HoneyToken",
)

APPEARED_AGE = 20
"""Microsoft adds controls to the catalogue."""
APPEARED_CONTROLS = ("scid_108", "scid_110", "scid_112")

RETIRED_AGE = 40
"""Microsoft retires a control: this is the last day on which it is scored."""
RETIRED_CONTROL = "scid_75"

MOVED_AGE = 50
"""A control moves to another category."""
MOVED_CONTROL, MOVED_FROM = "spo_idle_session_timeout", "Apps"

REWEIGHTED_AGE = 60
"""A control's maximum changes."""
REWEIGHTED_CONTROL, REWEIGHTED_FROM = "mdo_bulkspamaction", 5.0

REGRESSION_AGE = 4
"""Two administrators without a second factor are added."""
REGRESSED_CONTROL = "AdminMFAV2"

ENABLED_SERVICES = (
    "HasAADP1",
    "HasCASD",
    "HasMDOP1",
    "HasEXOP2",
    "HasDLP",
    "HasAIPP1",
    "HasMDB",
    "HasSPOP1",
    "HasSPOP2",
)
"""The services of the tenant at any age; HasAADP2 is not one of them, so risk policies have profiles but no score."""

WITHOUT_PROFILE = "scid_6101"
"""Scored, but without a profile, as new controls can be."""
WITHOUT_OBJECTS = "scid_2516"
"""Scored, but over no devices at all: its maximum is zero."""

SCORE_SPELLINGS = {
    "mdo_safelinksforOfficeApps": "MDO_SafeLinksForOfficeApps",
    "mdo_enabledomainstoprotect": "mdo_EnableDomainsToProtect",
}
"""Controls whose controlName is spelled differently from their profile's id."""

PREFIXED_CONTROL = "11770.MDA_Google_EnableTwoFactorAuth"
"""Its prefix is the instance of the app connector, which differs between tenants."""

PLANS: dict[str, tuple[tuple[int, float], ...]] = {
    REGRESSED_CONTROL: ((ALWAYS, 1.0), (REGRESSION_AGE, 0.5)),
    "MFARegistrationV2": ((ALWAYS, 0.12), (76, 0.2), (53, 0.28), (33, 0.34), (13, 0.4)),
    "BlockLegacyAuthentication": ((ALWAYS, 0.0), (70, 0.98)),
    "IntegratedApps": ((ALWAYS, 1.0),),
    "OneAdmin": ((ALWAYS, 1.0),),
    "RoleOverlap": ((ALWAYS, 1.0),),
    "SelfServicePasswordReset": ((ALWAYS, 0.08),),
    "mip_search_auditlog": ((ALWAYS, 1.0),),
    "exo_mailboxaudit": ((ALWAYS, 0.0), (62, 1.0)),
    "exo_oauth2clientprofileenabled": ((ALWAYS, 1.0),),
    "exo_transportrulesallowlistdomains": ((ALWAYS, 0.0), (44, 1.0)),
    "spo_legacy_auth": ((ALWAYS, 1.0),),
    MOVED_CONTROL: ((ALWAYS, 1.0),),
    "mdo_autoforwardingmode": ((ALWAYS, 1.0),),
    "mdo_blockmailforward": ((ALWAYS, 0.0),),
    "mdo_commonattachmentsfilter": ((ALWAYS, 1.0),),
    "mdo_zapmalware": ((ALWAYS, 1.0),),
    "mdo_highconfidencephishaction": ((ALWAYS, 1.0),),
    "mdo_zapphish": ((ALWAYS, 1.0),),
    "mdo_allowedsenderscombined": ((ALWAYS, 1.0),),
    "mdo_safelinksforemail": ((ALWAYS, 0.0), (81, 0.5), (57, 0.9)),
    "mdo_safeattachments": ((ALWAYS, 0.0), (81, 0.97)),
    "mdo_atpprotection": ((ALWAYS, 0.0), (81, 1.0)),
    "meeting_autoadmitusers_v1": ((ALWAYS, 0.5),),
    REWEIGHTED_CONTROL: ((ALWAYS, 1.0),),
    "scid_2003": ((ALWAYS, 0.8), (27, 1.0)),
    "scid_2010": ((ALWAYS, 1.0),),
    "scid_2012": ((ALWAYS, 0.93),),
    "scid_6090": ((ALWAYS, 0.25),),
    WITHOUT_PROFILE: ((ALWAYS, 1.0),),
    RETIRED_CONTROL: ((ALWAYS, 1.0),),
    "scid_110": ((ALWAYS, 0.8),),
    "scid_112": ((ALWAYS, 0.33),),
}
"""What is observed of a control: (age, share that complies), oldest first. For all others the seed decides."""


@dataclass(frozen=True, slots=True)
class StoryDeclaration:
    """A state that an administrator gave to a control, or withdrew.

    Attributes:
        control: the control's id.
        state: the state, as the service spells it.
        age: how many days before the newest day this happened.
        assigned_to: the address of the person it is assigned to; None where it is assigned to nobody.
        comment: the reason.
        earns: whether it earns full points, two days later.
    """

    control: str
    state: str
    age: int
    assigned_to: str | None
    comment: str
    earns: bool


DECLARATIONS = (
    StoryDeclaration(
        "McasFirewallLogUpload",
        "ThirdParty",
        10,
        "netops@contoso.example",
        "Covered by our own CASB, ticket SEC-118",
        earns=True,
    ),
    StoryDeclaration(
        "dlp_datalossprevention",
        "Reviewed",
        34,
        "privacy@contoso.example",
        "Endpoint DLP of another product covers this, reviewed with the privacy office",
        earns=True,
    ),
    StoryDeclaration(
        "CustomerLockBoxEnabled",
        "AlternateMitigation",
        75,
        None,
        "Support access is granted by ticket only",
        earns=True,
    ),
    StoryDeclaration(
        "mdo_spam_notifications_only_for_admins",
        "Ignored",
        50,
        "mail@contoso.example",
        "Too noisy, risk accepted",
        earns=False,
    ),
    StoryDeclaration("meeting_designatedpresenter_v1", "Ignored", 65, "", "Training needs presenters", earns=False),
    StoryDeclaration("mip_autosensitivitylabelspolicies", "Ignored", 21, None, "No E5 licence", earns=False),
    StoryDeclaration(
        "mip_purviewlabelconsent",
        "ThirdParty",
        60,
        "privacy@contoso.example",
        "Labels by another product",
        earns=False,
    ),
    StoryDeclaration(
        "mip_purviewlabelconsent",
        "Default",
        59,
        "privacy@contoso.example",
        "Declared by mistake",
        earns=False,
    ),
)
"""In the order of time within each control."""

DECLARATION_LAG = 2
"""How many days pass until a declared state shows in the score."""

DEFENDER_STATES = {"scid_6090": ("thirdParty", 28)}
"""States set in Defender's own portal, which show only in controlScores: state and age."""
