"""What each variable is for that is no option's: the texts of ``docs/reference/command-line.md``."""

from checker.secrecy.variables import OTHERS

_VARIABLE_ONLY = "A secret, read from nowhere else."
_CONCEALED = "Not used, but its value is concealed in everything that is shown."
_IDENTITY = "Set by Azure in pairs: a managed identity."
_PORTAL = "Set by Azure Pipelines: the run, for SARIF of the profile `azdo`, and for comments in the portal."
_CHECKOUT = "Set by the pipeline: the checkout that paths in SARIF, JUnit and annotations are relative to."
_CI_SYSTEM = "`--ci auto` adds its annotations and summary, and advice for it is shown if a job has no identity."
_RUN = "Set by GitHub Actions: the address of the run, for comments in the portal."
_TERMINAL = "Set by terminals, some of which support links."

VARIABLES = {
    "AZURE_CLIENT_SECRET": f"Sign-in by `client-secret`. {_VARIABLE_ONLY}",
    "AZURE_CLIENT_CERTIFICATE_PATH": "Sign-in by `certificate`: a PEM file with key and certificate, or a PFX file.",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD": f"That file's password. {_VARIABLE_ONLY}",
    "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN": "`1` sends the chain of a PFX file, for subject-name/issuer.",
    "AZURE_FEDERATED_TOKEN_FILE": "Sign-in by `federated`: the file that the platform writes an assertion to.",
    "GITHUB_ACTIONS": f"Set by GitHub Actions: {_CI_SYSTEM}",
    "ACTIONS_ID_TOKEN_REQUEST_URL": "Set by GitHub Actions for jobs with `id-token: write`: sign-in by `federated`.",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "As above.",
    "TF_BUILD": f"Set by Azure Pipelines: {_CI_SYSTEM}",
    "SYSTEM_OIDCREQUESTURI": "Set by Azure Pipelines: sign-in by `federated`.",
    "SYSTEM_ACCESSTOKEN": "Must be mapped in Azure Pipelines: `SYSTEM_ACCESSTOKEN: $(System.AccessToken)`.",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "The id of the service connection with which Azure Pipelines signs in.",
    "GITLAB_CI": f"Set by GitLab: {_CI_SYSTEM}",
    "SCOREGATE_OIDC_TOKEN": f"Sign-in by `federated`: an assertion, as from GitLab's `id_tokens`. {_VARIABLE_ONLY}",
    "SCOREGATE_OIDC_AUDIENCE": "An audience of GitHub's assertion other than `api://AzureADTokenExchange`.",
    "SCOREGATE_ACCESS_TOKEN": f"Sign-in by `ready-token`. {_VARIABLE_ONLY}",
    "IDENTITY_ENDPOINT": _IDENTITY,
    "IDENTITY_HEADER": _IDENTITY,
    "IMDS_ENDPOINT": _IDENTITY,
    "MSI_ENDPOINT": _IDENTITY,
    "MSI_SECRET": _IDENTITY,
    "HTTPS_PROXY": "The proxy for Graph and Entra.",
    "NO_PROXY": "Hosts that are reached without the proxy.",
    "SSL_CERT_FILE": "A file of certificates to trust in addition to the system's.",
    "SSL_CERT_DIR": "A folder of such certificates.",
    "COLUMNS": "The width of text on a terminal, instead of the terminal's own.",
    "CI": "No questions, colours, animations, links or pager.",
    "NO_COLOR": "No colours.",
    "TERM": "`dumb`: no colours, no links, no pager. The names of some terminals show that they support links.",
    "NO_HYPERLINKS": "Addresses on a terminal are not links (OSC 8).",
    "FORCE_HYPERLINK": "`1`: addresses are links on every terminal; `0`: on none.",
    "VTE_VERSION": _TERMINAL,
    "TERM_PROGRAM": _TERMINAL,
    "WT_SESSION": _TERMINAL,
    "KONSOLE_VERSION": _TERMINAL,
    "DOMTERM": _TERMINAL,
    "TEAMCITY_VERSION": "Set by TeamCity: no links.",
    "SCOREGATE_PAGER": "The pager for answers longer than the terminal; empty or `cat` for none.",
    "PAGER": "The pager of all programs; `less` if not set.",
    "XDG_CACHE_HOME": "The folder of users' encrypted tokens; `~/.cache` if not set.",
    "XDG_CONFIG_HOME": "The folder of the user's git settings, which `review` uses; `~/.config` if not set.",
    "XDG_STATE_HOME": "The folder of locks on tenants that runs write to; `~/.local/state` if not set.",
    "SCOREGATE_DEBUG": "An internal error shows its traceback, without secrets.",
    "GITHUB_STEP_SUMMARY": "Set by GitHub Actions: the file of the job's summary, to which `check` adds its own.",
    "AGENT_TEMPDIRECTORY": "Set by Azure Pipelines: the folder of the summary that `check` uploads.",
    "GITHUB_RUN_ID": _RUN,
    "GITHUB_REPOSITORY": _RUN,
    "GITHUB_SERVER_URL": _RUN,
    "GITHUB_WORKSPACE": _CHECKOUT,
    "BUILD_SOURCESDIRECTORY": _CHECKOUT,
    "CI_PROJECT_DIR": _CHECKOUT,
    "CI_JOB_URL": "Set by GitLab: the address of the run, for comments in the portal and messages.",
    "BUILD_URL": "Set by Jenkins: the same.",
    "SYSTEM_COLLECTIONURI": _PORTAL,
    "SYSTEM_TEAMPROJECT": _PORTAL,
    "SYSTEM_DEFINITIONID": _PORTAL,
    "SYSTEM_PHASEID": _PORTAL,
    "SYSTEM_PHASENAME": _PORTAL,
    "SYSTEM_JOBID": _PORTAL,
    "BUILD_BUILDID": _PORTAL,
    "BUILD_SOURCEBRANCH": _PORTAL,
    "BUILD_DEFINITIONNAME": _PORTAL,
    **{name: _CONCEALED for name in OTHERS if not name.startswith("SCOREGATE_")},
}
