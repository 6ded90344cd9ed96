"""An assertion in a file that the platform renews, as Azure Kubernetes Service's workload identity does."""

from checker.auth.assertions.interface import Platform
from checker.auth.interface import Credentials
from checker.documents import files
from checker.errors import SignInError, UsageError

_FILE = "AZURE_FEDERATED_TOKEN_FILE"
_MOST_BYTES = 64 * 1024
_REMEDY = f"Check {_FILE} and that the platform writes there."


def assertion(credentials: Credentials) -> str:
    """The file's content, read anew each time."""
    path = credentials.variable(_FILE) or ""
    data = files.read_bounded(path, _MOST_BYTES, SignInError)
    try:
        text = data.decode("ascii").strip()
    except UnicodeDecodeError as fault:
        raise UsageError(
            "contains characters that no assertion has", place=files.shown(path), advice=_REMEDY
        ) from fault
    if text.count(".") != 2:
        raise SignInError(
            "contains no assertion (a signed token of three parts)",
            place=files.shown(path),
            advice=_REMEDY,
        )
    return text


PLATFORM = Platform((_FILE,), assertion, _REMEDY)
