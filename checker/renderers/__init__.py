"""Report → bytes of one format: one file a format, loaded when it is asked for.

A new format is one line in ``FORMATS``, which names the options of its own too, so that the command line knows them
without loading the format.
"""

from importlib import import_module

from checker.renderers.interface import Format, FormatOption, Renderer

# github leaves out what GitHub would turn into alerts. full writes every finding, and so does azdo, with the identity
# that Advanced Security for Azure DevOps asks for.
_SARIF_PROFILE = FormatOption(
    name="sarif-profile",
    choices=("github", "full", "azdo"),
    help="github: failures only, as code scanning wants it; full: every finding; azdo: full, for Azure DevOps.",
)
_SARIF_LOCATION = FormatOption(
    name="sarif-location", metavar="PATH", help="The file that SARIF names for policies from standard input."
)
# gitlab adds file and line, which the Jenkins schema does not allow.
_JUNIT_PROFILE = FormatOption(
    name="junit-profile", choices=("strict", "gitlab"), help="strict: valid for Jenkins; gitlab: with file and line."
)

FORMATS = {
    "text": Format("checker.renderers.text"),
    "json": Format("checker.renderers.json"),
    "junit": Format("checker.renderers.junit", (_JUNIT_PROFILE,)),
    "sarif": Format("checker.renderers.sarif", (_SARIF_PROFILE, _SARIF_LOCATION), names_files=True),
    "markdown": Format("checker.renderers.markdown"),
    "csv": Format("checker.renderers.csv"),
    "github": Format("checker.renderers.github", names_files=True),
    "azure": Format("checker.renderers.azure", names_files=True),
    "gitlab": Format("checker.renderers.gitlab", names_files=True),
    "openmetrics": Format("checker.renderers.openmetrics"),
    "ocsf": Format("checker.renderers.ocsf"),
}


def renderer(name: str) -> Renderer:
    """The renderer of the format ``name``, one of ``FORMATS``."""
    render: Renderer = import_module(FORMATS[name].module).render
    return render
