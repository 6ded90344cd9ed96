"""JSON Web Tokens, as far as the sandbox needs them: RS256 to sign, RS256 and PS256 to verify.

`cryptography` is imported only where a key is used: most sandboxes use none.
"""

import base64
import binascii
import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

LONGEST_TOKEN = 64 * 1024
ALGORITHMS = ("RS256", "PS256")


class MalformedTokenError(ValueError):
    """A text that is not a signed JSON Web Token."""


@dataclass(frozen=True, slots=True)
class ParsedToken:
    """The parts of a token, not verified yet.

    Attributes:
        header: the header, which names a key and an algorithm.
        claims: the claims.
        signed: the bytes that the signature covers.
        signature: the signature.
    """

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    def text(self, claim: str) -> str:
        """Give a claim that is a string; empty where it is missing or has another type."""
        value = self.claims.get(claim)
        return value if isinstance(value, str) else ""

    def signed_by(self, key: "RSAPublicKey") -> bool:
        """Tell whether the signature was made with this key."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        algorithm = self.header.get("alg")
        if algorithm not in ALGORITHMS:
            return False
        scheme: padding.AsymmetricPadding = padding.PKCS1v15()
        if algorithm == "PS256":
            scheme = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
        try:
            key.verify(self.signature, self.signed, scheme, hashes.SHA256())
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """An RSA key that is made when it is first used."""

    @functools.cached_property
    def _private(self) -> "RSAPrivateKey":
        from cryptography.hazmat.primitives.asymmetric import rsa

        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def public(self) -> "RSAPublicKey":
        """The public key, which verifies the signatures."""
        return self._private.public_key()

    @functools.cached_property
    def identifier(self) -> str:
        """The id of the key, as headers give it."""
        modulus = self.public.public_numbers().n
        return encode(hashlib.sha256(modulus.to_bytes(256, "big")).digest()[:20])

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Sign claims into a token."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        header = {"typ": "JWT", "alg": "RS256", "kid": self.identifier}
        signed = f"{encode(json.dumps(header).encode())}.{encode(json.dumps(claims).encode())}"
        signature = self._private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encode(signature)}"

    def as_json(self) -> dict[str, str]:
        """Give the public part as a JSON Web Key."""
        numbers = self.public.public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.identifier,
            "n": encode(numbers.n.to_bytes(256, "big")),
            "e": encode(numbers.e.to_bytes(3, "big")),
        }


def parse_token(token: str) -> ParsedToken:
    """Parse a token, without verifying it.

    Raises:
        MalformedTokenError: it is not a signed JSON Web Token.
    """
    if len(token) > LONGEST_TOKEN or token.count(".") != 2 or not token.isascii():
        raise MalformedTokenError("a token has three parts")
    head, body, signature = token.split(".")
    try:
        header, claims = json.loads(decode(head)), json.loads(decode(body))
    except (ValueError, RecursionError) as error:
        raise MalformedTokenError("a token's parts are JSON") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise MalformedTokenError("a token's parts are objects")
    return ParsedToken(header, claims, f"{head}.{body}".encode(), decode(signature))


def encode(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read base64url with or without padding.

    Raises:
        MalformedTokenError: the text is not base64url.
    """
    try:
        return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise MalformedTokenError("not base64") from error
