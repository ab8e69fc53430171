"""What the claims of a token with a good signature must say before it lets anybody in."""

import json
import re
from typing import Any

from app.core.issuers import Issuer
from app.web.sign_in.refused import Refused
from app.web.sign_in.token import Unproven, second_of

LEEWAY = 30  # seconds that clocks may differ
MOST_AUDIENCES = 20
LONGEST_SUBJECT = 255
# What only ID tokens have: they tell a frontend who signed in, and are not for sending on.
OF_ID_TOKENS = ("nonce", "at_hash", "c_hash", "s_hash")
SUBJECT = re.compile(
    rf"[^\x00-\x20\x7f-\x9f\u2028\u2029][^\x00-\x1f\x7f-\x9f\u2028\u2029]{{0,{LONGEST_SUBJECT - 1}}}"
)


def check_header(issuer: Issuer, token: Unproven) -> None:
    """The algorithm is one of the issuer's, and the kind of token one that is read. Errors: `Refused`."""
    if token.algorithm not in issuer.algorithms:
        raise Refused("alg is not allowed")
    if not issuer.takes(token.header.get("typ")):
        raise Refused("typ is not allowed")


def check_claims(issuer: Issuer, claims: dict[str, Any], now: float) -> tuple[str, int]:
    """For whom, by whom, from when to when. Returns the subject and the second it ends, leeway included.

    Errors: `Refused`.
    """
    if claims.get("iss") != issuer.issuer:
        raise Refused("another iss")
    ends = _times(issuer, claims, now)
    _audience(issuer, claims)
    _parties(issuer, claims)
    _kind(issuer, claims)
    for name in ("sub", issuer.subject):
        subject = claims.get(name)
        if not isinstance(subject, str) or not SUBJECT.fullmatch(subject):
            raise Refused("no subject")
    return str(claims[issuer.subject]), ends + LEEWAY


def _times(issuer: Issuer, claims: dict[str, Any], now: float) -> int:
    ends, made = second_of(claims, "exp"), second_of(claims, "iat")
    if ends + LEEWAY <= now:
        raise Refused("expired")
    if made - LEEWAY > now:
        raise Refused("iat lies ahead")
    if ends - made > issuer.longest_minutes * 60 or ends < made:
        raise Refused("it lives too long")
    if "nbf" in claims and second_of(claims, "nbf") - LEEWAY > now:
        raise Refused("nbf lies ahead")
    return ends


def _audience(issuer: Issuer, claims: dict[str, Any]) -> None:
    given = claims.get("aud")
    named = [given] if isinstance(given, str) else given
    if not isinstance(named, list) or not 1 <= len(named) <= MOST_AUDIENCES:
        raise Refused("no aud")
    if not all(isinstance(one, str) for one in named):
        raise Refused("aud is no list of names")
    if not set(named) & set(issuer.audiences):
        raise Refused("another aud")
    if issuer.reads == "id_tokens" and not set(named) <= {*issuer.audiences, *issuer.clients}:
        raise Refused("an aud beside ours")  # OpenID Connect Core 3.1.3.7, 3


def _parties(issuer: Issuer, claims: dict[str, Any]) -> None:
    """The program that it was handed to is one of those that may bring it."""
    named = {name: claims[name] for name in ("azp", "client_id", "appid") if name in claims}
    if not all(isinstance(one, str) for one in named.values()):
        raise Refused("azp is no name")
    may = issuer.clients or (issuer.audiences if issuer.reads == "id_tokens" else None)
    if may is not None and not set(named.values()) <= set(may):
        raise Refused("another azp")
    if issuer.clients and issuer.reads == "access_tokens" and not named:
        raise Refused("no azp")


def _kind(issuer: Issuer, claims: dict[str, Any]) -> None:
    if issuer.reads == "access_tokens" and any(name in claims for name in OF_ID_TOKENS):
        raise Refused("an ID token")
    for name, values in issuer.require.items():
        said = _words(claims.get(name))
        if not said:
            raise Refused("a required claim is missing")
        if values and not said & set(values):
            raise Refused("a required claim says something else")


def _words(given: Any) -> set[str]:
    """What a claim says, word by word; numbers and truth values as JSON writes them."""
    words = (
        given.split() if isinstance(given, str) else given if isinstance(given, list) else [given]
    )
    plain = (word for word in words if isinstance(word, str | int | float))
    return {word if isinstance(word, str) else json.dumps(word) for word in plain}
