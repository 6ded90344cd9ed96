"""What this run knows to be secret; each exit of the run hands what it writes to ``conceal`` or ``conceal_document``.

A context variable holds it, made anew by each run: a value handed down would have to pass through every function that
can raise an error, since an error's text is concealed when the error is made. Two runs in one process, one after the
other or in tasks of their own, know nothing of each other.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from checker.secrecy import MARK

if TYPE_CHECKING:
    from checker.secrecy.forms import WrittenForm


# The parameters of a URL's query that are signatures or credentials: of Azure, S3 and Google Storage, and of hooks.
_SIGNING = frozenset(
    {
        *("sig", "signature", "token", "access_token", "code", "key", "password", "secret"),
        *("x-amz-signature", "x-amz-security-token", "x-amz-credential", "x-goog-signature", "x-goog-credential"),
    }
)


# The schemes of addresses that say where something is, and not who may go there.
_PLACES = frozenset(
    {*("http", "https", "file", "s3", "s3a", "gs", "gcs", "az", "azure", "adl", "abfs", "abfss", "wasb", "wasbs")}
)
# A part of an address that is as long is likely a token.
_LIKELY_TOKEN = 8


class Secrets:
    """What one run knows to be secret; it grows as the run signs in."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._forms: list[WrittenForm] = []
        self._message_forms: list[WrittenForm] = []

    def __repr__(self) -> str:
        """How many, and never which: a traceback or a log may show it."""
        return f"Secrets({len(self._values)})"

    def learn(self, value: str | None, *, is_part: bool = False) -> None:
        """Adds a secret; one that can't be told from ordinary text is not looked for (see ``forms``).

        Args:
            value: the secret; None and an empty one are none.
            is_part: it is one of many lines of a secret; their encodings are looked for in messages alone, since
                each would be a search of its own through a large document.
        """
        text = (value or "").strip()
        if not text or text in self._values:
            return
        # Most runs without a tenant know none.
        from checker.secrecy.forms import forms_of

        self._values.add(text)
        forms = list(forms_of(text))
        self._forms.extend(forms[:1] if is_part else forms)
        self._message_forms.extend(forms[1:] if is_part else ())
        # The longest first, so that nothing is left of a secret that begins as another does.
        self._forms.sort(key=lambda form: -form.size)

    def learn_service(self, address: str) -> None:
        """Adds the address of a service, such as ``slack://A/B/C``: all of it, and its longer parts."""
        # The first part is the service, which is no secret.
        _, *parts = re.split(r"[/?&=@:#]", address)
        for part in (address, *parts):
            if len(part) >= _LIKELY_TOKEN:
                self.learn(part)

    def learn_services(self, text: str) -> None:
        """Adds the addresses of services in a text."""
        for scheme, rest in re.findall(r"([A-Za-z][A-Za-z0-9+.-]*)://(\S+)", text):
            if scheme.lower() not in _PLACES:
                self.learn_service(f"{scheme}://{rest}")

    def learn_addresses(self, text: str) -> None:
        """Adds what is secret in the URLs of a text: name and password, and signatures in a query."""
        for scheme, rest in re.findall(r"([A-Za-z][A-Za-z0-9+.-]*)://(\S+)", text):
            place, mark, query = rest.partition("?")
            # A password may hold a slash that nobody encoded; a port may not be taken for one.
            found = re.match(r"([^/#@:]*)(:(?![0-9]*(?:[/#]|$))[^@]*(?:@[^/@]*(?=@))*)?@", place)
            if found is not None:
                name, password = found[1], found[2]
                # A single word is a token for http; for object stores (abfss) it is a container.
                if password or scheme.lower() in {"http", "https"}:
                    self._learn_encoded(password[1:] if password else name)
                    self._learn_encoded(name + (password or ""))
            if mark:
                self.learn_query(query)

    def learn_query(self, query: str) -> None:
        """Adds the signatures and credentials in a URL's query."""
        for part in query.partition("#")[0].split("&"):
            name, _, value = part.partition("=")
            if name.lower() in _SIGNING:
                self._learn_encoded(value)

    def _learn_encoded(self, value: str) -> None:
        decoded = re.sub(rb"%([0-9a-fA-F]{2})", lambda found: bytes([int(found[1], 16)]), _bytes(value))
        self.learn(value)
        self.learn(decoded.decode("utf-8", "replace"))

    def conceal(self, text: str) -> str:
        """A message without what is known to be secret, and without what looks like it."""
        from checker.secrecy.telltale import without_telltales

        data = _bytes(text)
        found = without_telltales(self._without_known(data, *self._message_forms))
        return text if found is data else found.decode("utf-8", "surrogatepass")

    def conceal_document(self, data: bytes) -> bytes:
        """A document without what is known to be secret; free where nothing is."""
        if not self._forms:
            return data
        from checker.secrecy.telltale import without_tokens

        return without_tokens(self._without_known(data))

    def _without_known(self, data: bytes, *more: "WrittenForm") -> bytes:
        for form in (*self._forms, *more):
            data = form.replaced(data, MARK)
        return data


_CURRENT: ContextVar[Secrets] = ContextVar("secrets")


@contextmanager
def begin_run(secrets: Secrets) -> Iterator[None]:
    """What is learned and concealed in the block is this run's."""
    before = _CURRENT.set(secrets)
    try:
        yield
    finally:
        _CURRENT.reset(before)


def _current() -> Secrets:
    """Those of this run; without a run, as in a program that imports scoregate, those of the context."""
    secrets = _CURRENT.get(None)
    if secrets is None:
        secrets = Secrets()
        _CURRENT.set(secrets)
    return secrets


def learn(value: str | None, *, is_part: bool = False) -> None:
    """Adds a secret to those of this run; see ``Secrets``."""
    _current().learn(value, is_part=is_part)


def learn_service(address: str) -> None:
    """Adds the address of a service to the secrets of this run; see ``Secrets``."""
    _current().learn_service(address)


def conceal(text: str) -> str:
    """A message without the secrets of this run; call it before a text is cut short or escaped."""
    return _current().conceal(text)


def conceal_document(data: bytes) -> bytes:
    """A document without the secrets of this run."""
    return _current().conceal_document(data)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
