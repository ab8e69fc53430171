"""Tokens that open nothing: each differs from a good one in what its name says, and in nothing else.

Most of them are known attacks on JWT libraries (docs/decisions/0012 names the sources); the rest are what an issuer
that is trusted for something else, or a broken one, might sign.
"""

import hmac
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws

from tests.issuer import SigningKey, TestIssuer, base64url, compact, new_key


@cache
def good_key() -> SigningKey:
    """The issuer's."""
    return new_key("good")


@cache
def curve_key() -> SigningKey:
    """Another of the issuer's, for the other algorithm."""
    return new_key("curve", "ES256")


@cache
def attacker_key() -> SigningKey:
    """Nobody's that anybody trusts."""
    return new_key("good")


@cache
def neighbour_key() -> SigningKey:
    """Of another trusted issuer."""
    return new_key("neighbour")


def _published(kid: str, **published: Any) -> SigningKey:
    """A key that stands in the issuer's set and may not be used."""
    found = new_key(kid)
    return SigningKey(kid, found.algorithm, found.key, published)


@cache
def unusable_keys() -> dict[str, SigningKey]:
    """They stand in the issuer's set."""
    leaked = new_key("leaked")
    leaked.published = {"d": leaked.key.as_dict(private=True)["d"]}
    return {
        "leaked": leaked,
        "encrypts": _published("encrypts", use="enc"),
        "signs only": _published("signs only", key_ops=["sign"]),
        "for PS256": _published("for PS256", alg="PS256"),
        "short": SigningKey("short", "RS256", _short_key()),
    }


def _short_key() -> Any:
    import warnings

    from joserfc.errors import SecurityWarning
    from joserfc.jwk import RSAKey

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return RSAKey.generate_key(1024)


SECRET = b"a secret that everybody can read, for it stands in the key set"


def symmetric() -> dict[str, Any]:
    """A shared secret in the key set, as nobody should publish one."""
    return {"kty": "oct", "kid": "shared", "k": base64url(SECRET), "alg": "HS256", "use": "sig"}


@dataclass
class Forge:
    """What a forger has: the issuer's public face, its good tokens, keys of their own."""

    issuer: TestIssuer
    neighbour: TestIssuer

    def token(
        self,
        header: dict[str, Any] | None = None,
        claims: dict[str, Any] | None = None,
        *,
        without: str = "",
        key: SigningKey | None = None,
        sign: Callable[[bytes], bytes] | None = None,
    ) -> str:
        """A good token but for what is given; `without` leaves out a claim."""
        signing = key or good_key()
        head = {"alg": signing.algorithm, "kid": signing.kid, "typ": "at+jwt", **(header or {})}
        body = {**self.issuer.claims(), **(claims or {})}
        body.pop(without, None)
        head = {name: value for name, value in head.items() if value is not ...}
        return compact(head, body, sign or signing.sign)

    def raw(self, header: bytes | None = None, claims: bytes | None = None) -> str:
        """Signed by the issuer, with JSON that no library would write."""
        head = orjson.dumps({"alg": "RS256", "kid": "good", "typ": "at+jwt"})
        body = orjson.dumps(self.issuer.claims())
        return compact(header or head, claims or body, good_key().sign)

    def hmac(self, secret: bytes, algorithm: str = "HS256", kid: str = "good") -> str:
        """Signed with something public, taken for a shared secret."""
        digest = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}[algorithm]
        return self.token(
            {"alg": algorithm, "kid": kid}, sign=lambda data: hmac.digest(secret, data, digest)
        )

    def times(self, **by: int) -> dict[str, Any]:
        """Claims at so many seconds from now."""
        now = self.issuer.claims()["iat"]
        return {name: now + seconds for name, seconds in by.items()}


def _pem() -> bytes:
    found: bytes = good_key().key.as_pem(private=False)
    return found


def _der() -> bytes:
    found: bytes = good_key().key.public_key.public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return found


def _modulus() -> bytes:
    text = good_key().public()["n"]
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _changed(token: str, part: int, at: int = 5) -> str:
    """One character of one part is another."""
    parts = token.split(".")
    text = parts[part]
    parts[part] = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
    return ".".join(parts)


def _uncanonical(token: str) -> str:
    """The same bytes, spelt with another last character: unused bits that are not zero."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) | 1]


def _der_signature(data: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    found: bytes = curve_key().key.private_key.sign(data, ECDSA(SHA256()))
    return found


def _by(algorithm: str, key: SigningKey) -> Callable[[bytes], bytes]:
    signer: Any = jws.JWSRegistry.algorithms[algorithm]
    return lambda data: bytes(signer.sign(data, key.key))


def _nested(depth: int) -> bytes:
    return b'{"deep":' + b"[" * depth + b"]" * depth + b"}"


def _twice(forge: Forge, name: str, other: bytes) -> bytes:
    """The claims with one of them given a second time."""
    return orjson.dumps(forge.issuer.claims())[:-1] + b',"' + name.encode() + b'":' + other + b"}"


Make = Callable[[Forge], str]
ATTACKER = "https://attacker.example"

SIGNATURE: dict[str, Make] = {
    **{
        f"alg {word}": (lambda f, word=word: f.token({"alg": word}, sign=lambda _: b""))  # type: ignore[misc]
        for word in ("none", "None", "nOnE", "NONE")
    },
    "alg none with the good signature left on": lambda f: f.token({"alg": "none"}),
    "no signature": lambda f: f.token().rpartition(".")[0] + ".",
    "a signature of zeros": lambda f: f.token(sign=lambda _: bytes(256)),
    "a changed signature": lambda f: _changed(f.token(), 2),
    "changed claims": lambda f: _changed(f.token(), 1, 30),
    "a changed header": lambda f: f.token({"x": 1}).partition(".")[0] + "." + f.token().partition(".")[2],
    "the signature of another token": lambda f: ".".join(
        [*f.token().split(".")[:2], f.token(claims={"sub": "eve"}).split(".")[2]]
    ),
    "HS256 by the public key as PEM": lambda f: f.hmac(_pem()),
    "HS256 by the public key as PEM without its last newline": lambda f: f.hmac(_pem().strip()),
    "HS512 by the public key as PEM": lambda f: f.hmac(_pem(), "HS512"),
    "HS256 by the public key as DER": lambda f: f.hmac(_der()),
    "HS256 by the public key as JWK": lambda f: f.hmac(orjson.dumps(good_key().public())),
    "HS256 by the modulus": lambda f: f.hmac(_modulus()),
    "HS256 by nothing": lambda f: f.hmac(b""),
    "HS256 by a secret that stands in the key set": lambda f: f.hmac(SECRET, kid="shared"),
    "an attacker's key": lambda f: f.token(key=attacker_key()),
    "an attacker's key in the header": lambda f: f.token(
        {"jwk": attacker_key().public()}, key=attacker_key()
    ),
    "an attacker's key in the header, without kid": lambda f: f.token(
        {"jwk": attacker_key().public(), "kid": ...}, key=attacker_key()
    ),
    "jku to an attacker": lambda f: f.token({"jku": f"{ATTACKER}/keys"}, key=attacker_key()),
    "x5u to an attacker": lambda f: f.token({"x5u": f"{ATTACKER}/chain"}, key=attacker_key()),
    "x5c of an attacker": lambda f: f.token({"x5c": [base64url(b"chain")]}, key=attacker_key()),
    "kid of a path": lambda f: f.token({"kid": "../../../../dev/null"}, sign=lambda _: b"\x00" * 64),
    "kid of a path, HS256 by nothing": lambda f: f.hmac(b"", kid="../../dev/null"),
    "kid of SQL": lambda f: f.token({"kid": "x' UNION SELECT 'secret' --"}, key=attacker_key()),
    "kid that nobody knows": lambda f: f.token({"kid": "nobody's"}),
    "no kid and an attacker's key": lambda f: f.token({"kid": ...}, key=attacker_key()),
    "the key of another trusted issuer": lambda f: f.token(key=neighbour_key()),
    "the key of another trusted issuer under our kid": lambda f: f.token(
        {"kid": "good"}, key=neighbour_key()
    ),
    "the iss of another trusted issuer": lambda f: f.token(claims={"iss": f.neighbour.address}),
    **{
        f"a key of the set that {name}": (
            lambda f, name=name: f.token(key=unusable_keys()[name])  # type: ignore[misc]
        )
        for name in ("leaked", "encrypts", "signs only", "for PS256", "short")
    },
    "PS256 by a key for RS256": lambda f: f.token({"alg": "PS256"}, sign=_by("PS256", good_key())),
    "RS256 that is called PS256": lambda f: f.token({"alg": "PS256"}),
    "RS256 that is called ES256": lambda f: f.token({"alg": "ES256"}),
    "RS512": lambda f: f.token({"alg": "RS512"}, sign=_by("RS512", good_key())),
    "ES256 of zeros": lambda f: f.token(key=curve_key(), sign=lambda _: bytes(64)),
    "ES256 in another form": lambda f: f.token(key=curve_key(), sign=_der_signature),
}  # fmt: skip

HEADER: dict[str, Make] = {
    "no alg": lambda f: f.token({"alg": ...}),
    "alg null": lambda f: f.token({"alg": None}),
    "alg in lower case": lambda f: f.token({"alg": "rs256"}),
    "alg as a list": lambda f: f.token({"alg": ["RS256"]}),
    "crit of something unknown": lambda f: f.token({"crit": ["bork"], "bork": True}),
    "crit of nothing": lambda f: f.token({"crit": []}),
    "a payload that is not encoded": lambda f: f.token({"b64": False, "crit": ["b64"]}),
    "compressed": lambda f: f.token({"zip": "DEF"}),
    "an ID token by its typ": lambda f: f.token({"typ": "JWT"}),
    "no typ": lambda f: f.token({"typ": ...}),
    "typ of a security event": lambda f: f.token({"typ": "secevent+jwt"}),
    "typ of a logout": lambda f: f.token({"typ": "logout+jwt"}),
    "typ as a list": lambda f: f.token({"typ": ["at+jwt"]}),
    "kid as a number": lambda f: f.token({"kid": 1}),
    "kid as a list": lambda f: f.token({"kid": ["good"]}),
    "kid that is empty": lambda f: f.token({"kid": ""}),
    "kid of 2000 characters": lambda f: f.token({"kid": "k" * 2000}),
    "a header with a name twice": lambda f: f.raw(
        header=b'{"alg":"none","alg":"RS256","kid":"good","typ":"at+jwt"}'
    ),
    "a header that is a list": lambda f: f.raw(header=b'["RS256"]'),
    "a header that is no JSON": lambda f: f.raw(header=b"alg: RS256"),
}

CLAIMS: dict[str, Make] = {
    **{
        f"iss {name}": (lambda f, make=make: f.token(claims={"iss": make(f.issuer.address)}))  # type: ignore[misc]
        for name, make in {
            "with a slash": lambda a: a + "/",
            "with a point": lambda a: a.replace("127.0.0.1", "127.0.0.1."),
            "in capitals": lambda a: a.upper(),
            "with a path": lambda a: a + "/tenant",
            "with a space": lambda a: a + " ",
            "as a list": lambda a: [a],
            "as an object": lambda a: {a: a},
            "of an attacker": lambda _: ATTACKER,
            "null": lambda _: None,
        }.items()
    },
    **{f"no {name}": (lambda f, name=name: f.token(without=name))  # type: ignore[misc]
       for name in ("iss", "aud", "exp", "iat", "sub", "azp")},
    **{
        f"aud {name}": (lambda f, value=value: f.token(claims={"aud": value}))  # type: ignore[misc]
        for name, value in {
            "of another": "another-api", "of others": ["one", "two"], "empty": "", "of nobody": [], "null": None,
            "a number": 1, "an object": {"qi-networks": True}, "with a space": "qi-networks ",
            "in capitals": "QI-NETWORKS", "the beginning": "qi-", "in a sentence": "qi-networks another",
            "of us and a number": ["qi-networks", 1], "of us and a list": ["qi-networks", ["x"]],
            "of a crowd": ["qi-networks", *map(str, range(30))],
        }.items()
    },
    **{
        f"exp {name}": (lambda f, value=value: f.token(claims={"exp": value}))  # type: ignore[misc]
        for name, value in {
            "in text": "9999999999", "a fraction": 9999999999.5, "true": True, "null": None, "negative": -1,
            "in the year 9999": 253402300799, "beyond 64 bits": 2**64 - 1, "zero": 0, "a list": [9999999999],
        }.items()
    },
    "exp as 1e400": lambda f: f.raw(
        claims=orjson.dumps({**f.issuer.claims(), "exp": 0}).replace(b'"exp":0', b'"exp":1e400')
    ),
    "exp as NaN": lambda f: f.raw(
        claims=orjson.dumps({**f.issuer.claims(), "exp": 0}).replace(b'"exp":0', b'"exp":NaN')
    ),
    "expired a minute ago": lambda f: f.token(claims=f.times(iat=-360, exp=-60)),
    "lives for two days": lambda f: f.token(claims=f.times(exp=172_800)),
    "ends before it begins": lambda f: f.token(claims=f.times(iat=20, exp=10)),
    "nbf in five minutes": lambda f: f.token(claims=f.times(nbf=300)),
    "nbf in text": lambda f: f.token(claims={"nbf": "0"}),
    "iat in five minutes": lambda f: f.token(claims=f.times(iat=300, exp=600)),
    "iat in text": lambda f: f.token(claims={"iat": "0"}),
    **{
        f"sub {name}": (lambda f, value=value: f.token(claims={"sub": value}))  # type: ignore[misc]
        for name, value in {
            "a list": ["ada"], "a number": 7, "empty": "", "null": None, "a space": " ",
            "with a line break": "ada\neve", "with NUL": "ada\x00", "of 256 characters": "a" * 256,
            "of 9 kB": "a" * 9_000,
        }.items()
    },
    "azp of another frontend": lambda f: f.token(claims={"azp": "another-frontend"}),
    "azp as a list": lambda f: f.token(claims={"azp": ["a-frontend"]}),
    "client_id of another frontend": lambda f: f.token(claims={"client_id": "another-frontend"}),
    "an ID token by its nonce": lambda f: f.token(claims={"nonce": "n-0S6_WzA2Mj"}),
    "an ID token by its at_hash": lambda f: f.token(claims={"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}),
    "sub twice": lambda f: f.raw(claims=_twice(f, "sub", b'"eve"')),
    "exp twice": lambda f: f.raw(claims=_twice(f, "exp", b"9999999999")),
    "aud twice, the second good": lambda f: f.raw(claims=_twice(f, "aud", b'"qi-networks"')),
    "claims that are a list": lambda f: f.raw(claims=b"[1]"),
    "claims that are no JSON": lambda f: f.raw(claims=b"sub=ada"),
    "claims in UTF-16": lambda f: f.raw(claims=orjson.dumps(f.issuer.claims()).decode().encode("utf-16")),
    "claims after a byte order mark": lambda f: f.raw(
        claims=b"\xef\xbb\xbf" + orjson.dumps(f.issuer.claims())
    ),
    "claims nested 500 deep": lambda f: f.raw(claims=_nested(500)),
    "claims of 3000 values": lambda f: f.raw(
        claims=orjson.dumps({**f.issuer.claims(), "roles": [1] * 3000})
    ),
}  # fmt: skip

SHAPE: dict[str, Make] = {
    "one part": lambda f: f.token().replace(".", ""),
    "two parts": lambda f: f.token().rpartition(".")[0],
    "four parts": lambda f: f.token() + ".AAAA",
    "five parts, as if encrypted": lambda f: f.token() + ".AAAA.AAAA",
    "an empty header": lambda f: "." + f.token().partition(".")[2],
    "empty claims": lambda f: "..".join(f.token().split(".")[::2]),
    "only dots": lambda _: "..",
    "padding": lambda f: f.token() + "=",
    "another spelling of the same bytes": lambda f: _uncanonical(f.token()),
    "the other base64": lambda f: f.token(sign=lambda _: b"\xff\xef" * 128).replace("_", "/").replace("-", "+"),
    "a space inside": lambda f: f.token().replace(".", ". ", 1),
    "a line break inside": lambda f: f.token().replace(".", ".\n", 1),
    "a word behind it": lambda f: f.token() + " again",
    "itself behind a comma": lambda f: f"{f.token()},{f.token()}",
    "1 MB": lambda f: f.token(claims={"filler": "x" * 750_000}),
    "1 MB of signature": lambda f: f.token() + "A" * 1_000_000,
    "letters of another alphabet": lambda f: f.token().replace("e", "\u00e9", 1),
    "a token of ours with a dot": lambda _: "qi_live_" + "A" * 20 + "." + "A" * 22,
}  # fmt: skip

CORPUS: dict[str, Make] = {**SIGNATURE, **HEADER, **CLAIMS, **SHAPE}
