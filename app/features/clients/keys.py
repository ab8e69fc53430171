"""Public keys of clients: what is kept of them, and whether one of them signed an assertion."""

from typing import Any

from app.core.errors import FieldError, Invalid
from app.features.clients.schemas import KeyAlgorithm, KeyType, PublicKeyCreate
from app.web.sign_in.token import Unproven, is_signed_with

RSA_BITS = range(2048, 4096 + 1)
GOOD_FOR = {
    KeyType.RSA: (KeyAlgorithm.RS256, KeyAlgorithm.PS256),
    KeyType.EC: (KeyAlgorithm.ES256,),
    KeyType.OKP: (KeyAlgorithm.EDDSA, KeyAlgorithm.ED25519),
}


def kept_keys(keys: list[PublicKeyCreate]) -> list[dict[str, Any]]:
    """What is stored: each with its name and the algorithms that it may be used with. Errors: `Invalid`."""
    found: list[dict[str, Any]] = []
    for index, key in enumerate(keys):
        where = f"/jwks/keys/{index}"
        public = {
            name: str(value)
            for name in ("kty", "crv", "n", "e", "x", "y")
            if (value := getattr(key, name)) is not None
        }
        made = _imported(public)
        if made is None:
            raise _wrong(where, "This is no public key that can be used.")
        if key.kty is KeyType.RSA and made.public_key.key_size not in RSA_BITS:
            raise _wrong(where, "An RSA key has 2048 to 4096 bits.")
        algorithms = GOOD_FOR[key.kty]
        if key.alg is not None and key.alg not in algorithms:
            raise _wrong(f"{where}/alg", "The key is not of this algorithm.")
        kid = key.kid or made.thumbprint()
        if kid in [other["kid"] for other in found]:
            raise _wrong(f"{where}/kid", "Two keys have one name.")
        chosen = algorithms if key.alg is None else (key.alg,)
        found.append({**public, "kid": kid, "algorithms": [str(name) for name in chosen]})
    return found


def _wrong(pointer: str, detail: str) -> Invalid:
    return Invalid(detail, errors=(FieldError(pointer, "public_key", detail),))


def _imported(public: dict[str, str]) -> Any:
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, OKPKey, RSAKey

    kinds: dict[str, Any] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
    try:
        made = kinds[public["kty"]].import_key(public)
        _ = made.public_key  # made when first asked for: a point off its curve is noticed here
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return made


def signed_by(keys: list[dict[str, Any]], token: Unproven) -> bool:
    """Whether one of a client's keys made the signature of this JWT."""
    for key in keys:
        if token.algorithm not in key["algorithms"] or token.kid not in (None, key["kid"]):
            continue
        public = {n: v for n, v in key.items() if n not in ("kid", "algorithms")}
        if is_signed_with(token, _imported(public)):
            return True
    return False
