"""Report → bytes of one format: one file a format, loaded when it is asked for.

A new format is one line in ``FORMATS``. One with options of its own names them in ``OPTIONS``, so that the command line
knows them without loading the format.
"""

from importlib import import_module

from checker.renderers.interface import FormatOption, Renderer

FORMATS = {
    "text": "checker.renderers.text",
    "json": "checker.renderers.json",
    "junit": "checker.renderers.junit",
    "sarif": "checker.renderers.sarif",
}

OPTIONS = {
    "sarif": (
        # github leaves out what GitHub would turn into alerts. full writes every finding, and so does azdo, with the
        # identity that Advanced Security for Azure DevOps asks for.
        FormatOption(
            name="sarif-profile",
            choices=("github", "full", "azdo"),
            help="github: failures only, as code scanning wants it; full: every finding; azdo: full, for Azure DevOps.",
        ),
        FormatOption(
            name="sarif-location",
            metavar="PATH",
            help="The file that SARIF names for policies from standard input.",
        ),
    ),
    "junit": (
        # gitlab adds file and line, which the Jenkins schema does not allow.
        FormatOption(
            name="junit-profile",
            choices=("strict", "gitlab"),
            help="strict: valid for Jenkins; gitlab: with file and line.",
        ),
    ),
}


def renderer(name: str) -> Renderer:
    """The renderer of the format ``name``, one of ``FORMATS``."""
    render: Renderer = import_module(FORMATS[name]).render
    return render
