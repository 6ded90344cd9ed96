"""The names of the variables whose values are secrets."""

# Of the platforms and of sign-in; auth reads them.
SIGN_IN = (
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "SYSTEM_ACCESSTOKEN",
    "IDENTITY_HEADER",
    "MSI_SECRET",
    "SCOREGATE_OIDC_TOKEN",
    "SCOREGATE_ACCESS_TOKEN",
)

# Of object stores, as delta-rs reads them; where messages go; what pipelines give their jobs.
OTHERS = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_CLIENT_SECRET",
    "AZURE_STORAGE_CONNECTION_STRING",
    "AZURE_STORAGE_KEY",
    "AZURE_STORAGE_MASTER_KEY",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_TOKEN",
    "CI_JOB_TOKEN",
    "GITHUB_TOKEN",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    "SCOREGATE_NOTIFY",
)
