"""A JWT taken apart, strictly, before anybody believes it.

Bounded before it is read; three parts in base64url; JSON in which no name is given twice. What does not fit here is
refused whatever its signature says.
"""

import binascii
import re
import warnings
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from app.web.sign_in.refused import Refused
from app.web.strict_json import JsonRefused, parse_json

LONGEST = 16_384  # characters
PARTS = re.compile(r"([A-Za-z0-9_-]{2,4000})\.([A-Za-z0-9_-]{2,14000})\.([A-Za-z0-9_-]{2,1400})")
DEPTH, VALUES = 8, 2_000
LONGEST_KID = 200
# Encryption, compression, payloads that are not encoded, and extensions that we do not know.
UNREAD = ("crit", "b64", "enc", "zip")


@dataclass(frozen=True, slots=True)
class Unproven:
    """What a token says of itself. `text` is the whole of it."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def kid(self) -> str | None:
        """The name of the key that it says it was signed with."""
        return self.header.get("kid")

    @property
    def algorithm(self) -> str:
        """The algorithm that it says it was signed with."""
        return str(self.header["alg"])


def looks_like_one(credentials: str) -> bool:
    """Cheap enough for any header: three parts of the right letters and lengths."""
    return len(credentials) <= LONGEST and PARTS.fullmatch(credentials) is not None


def take_apart(credentials: str) -> Unproven:
    """Errors: `Refused`."""
    if not looks_like_one(credentials):
        raise Refused("no token of three parts")
    header, claims, _ = credentials.split(".")
    head = _object(header)
    kid, algorithm = head.get("kid"), head.get("alg")
    if any(name in head for name in UNREAD):
        raise Refused("an extension in the header")
    if kid is not None and not (isinstance(kid, str) and 1 <= len(kid) <= LONGEST_KID):
        raise Refused("kid is no name")
    if not isinstance(algorithm, str) or not isinstance(head.get("typ", ""), str):
        raise Refused("alg or typ is no text")
    return Unproven(credentials, head, _object(claims))


def second_of(claims: dict[str, Any], name: str) -> int:
    """The instant that a claim names, in seconds since 1970. Errors: `Refused`."""
    value = claims.get(name)
    if type(value) is not int or value < 0:  # neither a truth value nor a fraction
        raise Refused(f"{name} is no number of seconds")
    return value


def is_signed_with(token: Unproven, key: Any) -> bool:
    """Whether this key of joserfc's made the signature, by the algorithm that the caller found to fit both."""
    from joserfc.errors import JoseError
    from joserfc.jws import JWSRegistry, deserialize_compact

    registry = JWSRegistry(algorithms=[token.algorithm], strict_check_header=False)
    registry.max_header_length = len(token.text)  # bounded before
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that EdDSA has a newer name
        try:
            deserialize_compact(token.text, key, registry=registry)
        except (JoseError, ValueError, TypeError):
            return False
    return True


def _decoded(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error:
        raise Refused("not base64url") from None


def _object(part: str) -> dict[str, Any]:
    try:
        found = parse_json(_decoded(part), max_depth=DEPTH, max_nodes=VALUES)
    except JsonRefused as refused:
        raise Refused(f"JSON: {refused.code}") from None
    if not isinstance(found, dict):
        raise Refused("no JSON object")
    return found
