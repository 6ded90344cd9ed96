"""Report → bytes of one format. Each format is one file, loaded on use; a new one needs one line here."""

from importlib import import_module

from checker.renderers.interface import Renderer

FORMATS = {
    "text": "checker.renderers.text",
    "json": "checker.renderers.json",
    "junit": "checker.renderers.junit",
    "sarif": "checker.renderers.sarif",
}


def renderer(name: str) -> Renderer:
    """The renderer of the format ``name``, one of ``FORMATS``."""
    render: Renderer = import_module(FORMATS[name]).render
    return render
