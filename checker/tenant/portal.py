"""A control's place in Microsoft's portals, fit to be shown: no tenant id in it, nothing but https."""

from checker.presentation.links import safe_link
from checker.snapshot.model import SecureScoreControlProfile


def portal_url(profile: SecureScoreControlProfile | None, tenant: str, fallback: str) -> str:
    """The profile's ``actionUrl`` as it can be shown, else ``fallback`` (the cloud's Secure Score page)."""
    url = (profile.action_url or "").strip() if profile is not None else ""
    return shareable(url, tenant) or fallback


def shareable_link(url: str, tenant: str) -> str | None:
    """The address as ``shareable`` has it, if it is safe as a link; None otherwise."""
    return safe_link(shareable(url, tenant))


def shareable(url: str, tenant: str) -> str | None:
    """An address without the tenant's id, or None where it can't be shown.

    Half of Microsoft's links carry ``tid=<tenant id>``; reports are read more widely than that. A link that is not
    plain https with a host, or that still holds the id after its ``tid`` was cut out, is not shown.
    """
    if not url.startswith("https://") or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    host = url[8:].split("/", 1)[0].split("?", 1)[0].split("#", 1)[0]
    if not host or "@" in host:
        return None
    if "tid=" in url.casefold():
        url = _without_tenant(url)
    return None if tenant and tenant.casefold() in url.casefold() else url


def _without_tenant(url: str) -> str:
    """The URL with each ``tid=…`` parameter of its query or fragment cut out."""
    base, question, query = url.partition("?")
    if not question:
        return url
    kept = [part for part in query.split("&") if not part.casefold().startswith("tid=")]
    fragment = "".join(
        "#" + part.split("#", 1)[1] for part in query.split("&") if part.casefold().startswith("tid=") and "#" in part
    )
    return base + (question + "&".join(kept) if kept else "") + fragment
