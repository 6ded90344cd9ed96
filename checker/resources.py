"""Where the shipped ``policies/`` and ``schemas/`` are: inside the wheel, or at the top of a checkout."""

import os

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def folder(name: str) -> str:
    """The folder of shipped files called ``name`` (``policies`` or ``schemas``).

    A wheel carries them as ``checker/_resources/NAME``; a checkout and an editable install have them beside
    ``checker/``. The checkout is looked at second, so that a wheel never picks up a stray folder of site-packages.
    """
    shipped = os.path.join(_PACKAGE, "_resources", name)
    return shipped if os.path.isdir(shipped) else os.path.join(os.path.dirname(_PACKAGE), name)
