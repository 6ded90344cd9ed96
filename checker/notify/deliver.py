"""Sends a message to addresses through Apprise, which knows the services of more than a hundred of them.

An address holds its own credentials, so it is a secret: it comes from a variable where possible, is never shown, and is
spoken of by its number and its service.
"""

import contextvars
import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from checker.errors import NotifyError
from checker.notify.message import Message
from checker.secrecy.known import learn_service

if TYPE_CHECKING:
    from apprise import Apprise

_FROM_VARIABLE = "env:"
# Apprise knows these too; they reach the machine that scoregate runs on, and nobody else.
_LOCAL = frozenset({"dbus", "glib", "gio", "gnome", "kde", "macosx", "qt", "syslog", "windows"})
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
# Apprise gives each of its requests a few seconds, and follows redirects; a service that answers by drops has no end.
_SECONDS = 60.0
_EXAMPLES = "such as env:SLACK_URL with slack://TOKENS in it; see https://appriseit.com/services for all"


class Address(msgspec.Struct, frozen=True):
    """Where messages go.

    Attributes:
        name: what it is called in messages: its number and its service.
        url: secret.
    """

    name: str
    url: str

    def __repr__(self) -> str:
        """Without the address itself."""
        return f"Address({self.name!r})"


def addresses_of(values: Iterable[str], variables: Mapping[str, str]) -> list[Address]:
    """The addresses of ``--notify``, checked.

    Args:
        values: URLs, or ``env:NAME`` for the URL in a variable.
        variables: the environment.

    Raises:
        NotifyError: a variable is not set, a URL is none of Apprise's, or the extra ``notify`` is not installed.
    """
    urls = [_url(value, variables) for value in values]
    for url in urls:
        learn_service(url)
    addresses = [Address(_name(number, url), url) for number, url in enumerate(urls, start=1)]
    for address in addresses:
        _check(address)
    return addresses


def send(addresses: Sequence[Address], message: Message, *, seconds: float = _SECONDS) -> list[str]:
    """Sends a message to all addresses at once.

    Args:
        addresses: where it goes.
        message: what is said.
        seconds: how long to wait for all of them together.

    Returns:
        The names of the addresses that did not take it, or not in time.
    """
    taken: set[str] = set()

    def deliver(address: Address) -> None:
        if _sent(address, message):
            taken.add(address.name)

    # Nobody waits for these at the end of the process, unlike for those of a pool.
    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(deliver, address), daemon=True)
        for address in addresses
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return [address.name for address in addresses if address.name not in taken]


def _url(value: str, variables: Mapping[str, str]) -> str:
    if not value.startswith(_FROM_VARIABLE):
        return value.strip()
    name = value.removeprefix(_FROM_VARIABLE)
    if not re.fullmatch(_VARIABLE, name):
        # Most likely the address itself, which the shell has put in place of a variable.
        raise NotifyError("--notify env:…: what follows is not the name of a variable", advice=f"Name it, {_EXAMPLES}.")
    url = variables.get(name, "").strip()
    if not url:
        raise NotifyError(f"--notify env:{name}: the variable {name!r} is not set", advice=f"Set it, {_EXAMPLES}.")
    return url


def _name(number: int, url: str) -> str:
    scheme, found, _ = url.partition("://")
    return f"address {number} ({scheme})" if found and scheme.isalnum() else f"address {number}"


def _check(address: Address) -> None:
    scheme = address.url.partition("://")[0].lower()
    if scheme in _LOCAL:
        raise NotifyError(f"--notify, {address.name}: shows messages on this machine only", advice=_advice())
    if _apprise(address) is None:
        raise NotifyError(f"--notify, {address.name}: is not an address that Apprise knows", advice=_advice())


def _advice() -> str:
    return f"Give an Apprise address, {_EXAMPLES}."


def _apprise(address: Address) -> "Apprise | None":
    """Apprise with one address; None where it does not know the address."""
    try:
        import apprise
    except ImportError as fault:
        raise NotifyError(
            "--notify needs Apprise, which is not installed", advice="Install it: pip install 'scoregate[notify]'."
        ) from fault
    # It logs addresses and what services answer; neither belongs on a terminal.
    logger = logging.getLogger("apprise")
    logger.disabled = True
    one = apprise.Apprise()
    return one if _quietly(lambda: one.add(address.url)) else None


def _sent(address: Address, message: Message) -> bool:
    one = _apprise(address)
    if one is None:
        return False
    import apprise

    return _quietly(
        lambda: bool(one.notify(title=message.title, body=message.body, body_format=apprise.NotifyFormat.TEXT))
    )


def _quietly(call: Callable[[], bool]) -> bool:
    """What a call of Apprise says; a plugin's fault is a no: whatever it is, the verdict stands."""
    try:
        return call()
    except Exception:  # noqa: BLE001 - a hundred plugins raise what they like, with addresses in the text
        return False
