"""What went wrong on the wire: whether another try can go better, and what to say of it."""

import ssl

import httpx

from checker.transport.body import BodyError


def may_pass(fault: httpx.HTTPError) -> bool:
    """Whether another try can go better.

    Not where we would send nonsense, the certificate is not trusted, or the answer is one that is not read.
    """
    hopeless = isinstance(fault, httpx.LocalProtocolError | httpx.UnsupportedProtocol | BodyError)
    return not hopeless and _certificate_fault(fault) is None


def why_unreachable(fault: httpx.HTTPError) -> str:
    """What went wrong on the wire, as the end of a sentence."""
    certificate = _certificate_fault(fault)
    if certificate is not None:
        return f"its certificate was not accepted ({certificate.verify_message})"
    return f"its answer {fault}" if isinstance(fault, BodyError) else _why_broken(fault)


def _why_broken(fault: httpx.HTTPError) -> str:
    match fault:
        case httpx.LocalProtocolError():
            # Its text quotes the header that is wrong, which may be the one with the token.
            return "the request is not one that HTTP can carry"
        case httpx.ConnectError():
            return f"no connection could be made ({str(fault) or 'refused'})"
        case httpx.TimeoutException():
            made = not isinstance(fault, httpx.ConnectTimeout)
            return "it did not answer in time" if made else "the connection was not made in time"
        case httpx.ProxyError():
            return f"the proxy refused ({fault})"
        case _:
            return f"the connection broke ({str(fault) or type(fault).__name__})"


def _certificate_fault(fault: BaseException) -> ssl.SSLCertVerificationError | None:
    """The refusal of a certificate behind an error, if that is what it was."""
    cause: BaseException | None = fault
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause
