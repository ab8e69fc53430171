"""The keys of one issuer: asked for when they are needed, kept for a while, followed when they change.

One fetch at a time and at most one a minute, however many tokens name keys that nobody knows. An issuer that does not
answer keeps its old keys for some hours, and holds up nobody but its own people.
"""

import asyncio
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.errors import IssuerUnavailable
from app.core.issuers import Issuer, address_fault
from app.web import logs
from app.web.sign_in.fetch import Unfetched, fetch_json

FRESH = 600.0  # seconds after which keys are asked for again
KEPT = 6 * 3600.0  # seconds that they serve while the issuer does not answer
COOLDOWN = 60.0  # seconds between two fetches
AFTER_FAILURE = 10.0  # the same, while there are no keys at all
MOST_KEYS = 50
LONGEST_ADDRESS = 2000  # characters
MOST_WAITING = 20  # requests for one answer; more would take the places of those who need none
SHORTEST_RSA, LONGEST_RSA = 2048, 8192  # bits; a longer one costs us, not its owner
LONGEST_EXPONENT = 8  # characters
WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Usable:
    """A public key that one algorithm may be checked with."""

    kid: str | None
    algorithms: frozenset[str]
    key: Any


class KeyRing:
    """The keys of one issuer."""

    def __init__(self, issuer: Issuer, now: Callable[[], float] = time.monotonic) -> None:
        """Know none."""
        self.issuer = issuer
        self.now = now
        self._keys: tuple[Usable, ...] = ()
        self._fetched: float | None = None
        self._tried: float | None = None
        self._asking: asyncio.Task[None] | None = None
        self._waiting = 0

    async def current(self) -> None:
        """See to it that there are keys to check with. Errors: `IssuerUnavailable` when there are none."""
        if self._fetched is None or self.now() - self._fetched >= FRESH:
            await self.renew()
        if self._fetched is None or self.now() - self._fetched >= KEPT:
            raise IssuerUnavailable

    def find(self, kid: str | None, algorithm: str) -> list[Usable]:
        """The keys that may have signed: those of that name, or all where the token names none."""
        fit = [one for one in self._keys if algorithm in one.algorithms]
        return fit if kid is None else [one for one in fit if one.kid == kid]

    async def renew(self) -> bool:
        """Ask the issuer, unless somebody just did; all who wait share one answer. Returns whether keys came."""
        if self._asking is None:
            pause = COOLDOWN if self._fetched is not None else AFTER_FAILURE
            if self._tried is not None and self.now() - self._tried < pause:
                return False
            self._tried = self.now()
            self._asking = asyncio.create_task(self._ask())
        if self._waiting >= MOST_WAITING:
            return False
        before = self._fetched
        self._waiting += 1
        try:
            await asyncio.shield(self._asking)  # who gives up takes nothing from the others
        finally:
            self._waiting -= 1
        return self._fetched != before

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    async def _ask(self) -> None:
        try:
            self._keys = await self._fetch()
            self._fetched = self.now()
        except Exception as error:  # noqa: BLE001 - whatever another service sends, it is no fault of ours
            reason = str(error) if isinstance(error, Unfetched) else type(error).__name__
            logs.note_sign_in("keys_not_fetched", issuer=self.issuer.issuer, reason=reason)
        finally:
            self._asking = None

    async def _fetch(self) -> tuple[Usable, ...]:
        """Errors: `Unfetched`."""
        name, near = self.issuer.issuer, self.issuer.on_loopback
        document = await fetch_json(name.removesuffix("/") + WELL_KNOWN, on_loopback=near)
        if document.get("issuer") != name:
            raise Unfetched("the document is another issuer's")
        address = document.get("jwks_uri")
        if not isinstance(address, str) or len(address) > LONGEST_ADDRESS:
            raise Unfetched("no jwks_uri")
        if (fault := address_fault(address.partition("?")[0])) or (
            address.startswith("http:") and not near
        ):
            raise Unfetched(f"jwks_uri {fault or 'must begin with https://'}")
        keys = (await fetch_json(address, on_loopback=near)).get("keys")
        if not isinstance(keys, list) or len(keys) > MOST_KEYS:
            raise Unfetched("no list of keys")
        found = tuple(one for key in keys if (one := usable(key)) is not None)
        if not found:
            raise Unfetched("no key that can be used")
        return found


def usable(key: Any) -> Usable | None:
    """A key of a set as what it may be used for; None for what is no public signing key that we read."""
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, RSAKey

    kinds: dict[tuple[Any, Any], tuple[Any, set[str]]] = {
        ("RSA", None): (RSAKey, {"RS256", "PS256"}),
        ("EC", "P-256"): (ECKey, {"ES256"}),
    }
    if not isinstance(key, dict):
        return None
    public = {name: key[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in key}
    if not all(isinstance(value, str) for value in public.values()):
        return None
    kind = kinds.get((public.get("kty"), public.get("crv")))
    if kind is None or not _may_verify(key) or (kind[0] is RSAKey and not _is_sound(public)):
        return None
    algorithms = kind[1] if "alg" not in key else {one for one in kind[1] if one == key["alg"]}
    try:
        made = kind[0].import_key(public)
        _ = made.public_key  # the numbers are looked at here
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    kid = key.get("kid")
    return Usable(kid if isinstance(kid, str) else None, frozenset(algorithms), made)


def _may_verify(key: dict[str, Any]) -> bool:
    """It is for signatures, and does not show its private half: then it proves nothing any more."""
    uses = key.get("key_ops", ["verify"])
    return (
        "d" not in key
        and key.get("use", "sig") == "sig"
        and isinstance(uses, list)
        and "verify" in uses
    )


def _is_sound(public: dict[str, str]) -> bool:
    """Whether an RSA key has a modulus and an exponent of sizes that people use."""
    modulus, exponent = public.get("n", ""), public.get("e", "")
    if len(modulus) * 6 > LONGEST_RSA + 12 or len(exponent) > LONGEST_EXPONENT:
        return False
    try:
        bits = int.from_bytes(urlsafe_b64decode(modulus + "==")).bit_length()
    except ValueError:
        return False
    return SHORTEST_RSA <= bits <= LONGEST_RSA
