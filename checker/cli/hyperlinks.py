"""Addresses as links of a terminal (OSC 8), where it knows them.

Source of the escape sequence: "Hyperlinks in Terminal Emulators", gist.github.com/egmontkob; of the variables: the
packages supports-hyperlinks (npm) and rich.
"""

import re
from collections.abc import Mapping

from checker.presentation.links import safe_link

_ADDRESS = re.compile(r"https://[^\s\x00-\x20\x7f\x1b<>\"]+")
# What ends a sentence or a bracket around an address, and not the address.
_AFTER = ".,;:!?)]}'"
# Microsoft's portals and its documentation, and our own pages: no address of a tenant's choice becomes a link.
_HOSTS = ("scoregate.example", "microsoft.com", "microsoft.us", "apps.mil", "azure.com", "office.com")
_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "zed"})
_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour")
# VTE has them since 0.50, written 5000; 0.50.0 crashes on some.
_VTE = 5001


def shows_links(variables: Mapping[str, str]) -> bool:
    """Whether a terminal with these variables shows links; nobody knows of an unlisted one.

    ``NO_HYPERLINKS`` says no and ``FORCE_HYPERLINK`` yes, or no where it is 0.
    """
    if variables.get("NO_HYPERLINKS") or variables.get("TERM") == "dumb":
        return False
    if "FORCE_HYPERLINK" in variables:
        return variables["FORCE_HYPERLINK"] not in {"0", "false"}
    if variables.get("CI") or variables.get("TEAMCITY_VERSION"):
        return False
    vte = variables.get("VTE_VERSION", "")
    return (
        (vte.isdecimal() and int(vte[:6]) >= _VTE)
        or variables.get("TERM_PROGRAM") in _PROGRAMS
        or variables.get("TERM", "").startswith(_TERMS)
        or any(variables.get(name) for name in ("WT_SESSION", "KONSOLE_VERSION", "DOMTERM"))
    )


def linked(text: str) -> str:
    """Text of ours, harmless already, whose addresses are links; what is seen stays as it is."""
    return _ADDRESS.sub(_linked, text)


def _linked(found: "re.Match[str]") -> str:
    shown = found[0].rstrip(_AFTER)
    target = safe_link(shown)
    if target is None or not _is_known(target):
        return found[0]
    return f"\x1b]8;;{target}\x1b\\{shown}\x1b]8;;\x1b\\{found[0][len(shown) :]}"


def _is_known(address: str) -> bool:
    host = re.split(r"[:/?#]", address[len("https://") :], maxsplit=1)[0].casefold()
    return any(host == one or host.endswith(f".{one}") for one in _HOSTS)
