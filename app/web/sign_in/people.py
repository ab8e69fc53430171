"""From a token of an issuer to a viewer: proven, then matched by (issuer, subject) alone."""

from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Protocol

from sqlalchemy import bindparam, select, update

from app.core.erased import issued_before_erasure
from app.core.errors import InvalidToken
from app.core.issuers import Issuer
from app.core.viewer import Viewer
from app.core.work import House, Work, perform
from app.db.database import Transaction, Write, fetch_one
from app.db.errors import Duplicate
from app.db.types import instant_text
from app.models import Identity, Person
from app.web import logs
from app.web.sign_in.claims import check_claims, check_header
from app.web.sign_in.keys import KeyRing
from app.web.sign_in.refused import Refused
from app.web.sign_in.token import Unproven, is_signed_with, take_apart

SLOW_TO_LOAD = ("joserfc.jws", "httpx2")


class Newcomer(Protocol):
    """The command that makes a person of the claims of a first sign-in."""

    def __call__(
        self, work: Work, issuer: Issuer, subject: str, claims: dict[str, Any]
    ) -> Awaitable[None]:
        """Make the person and the identity."""


def _lookup() -> Any:
    return (
        select(Identity.person_id, Identity.last_used_on, Person.operator)
        .join(Person, Person.id == Identity.person_id)
        .where(
            Identity.issuer == bindparam("issuer"),
            Identity.subject == bindparam("subject"),
            Person.erased_at.is_(None),
        )
    )


class SignIn:
    """Knows the configured issuers and their keys."""

    def __init__(self, house: House, issuers: Sequence[Issuer], newcomer: Newcomer) -> None:
        """`newcomer` is a feature's, and comes from above."""
        # Now, and not while whoever signs in first waits, and everybody else with them.
        for name in SLOW_TO_LOAD:
            import_module(name)
        self._house = house
        self._newcomer = newcomer
        self.rings = {issuer.issuer: KeyRing(issuer) for issuer in issuers}

    async def close(self) -> None:
        """Stop asking issuers."""
        for ring in self.rings.values():
            await ring.close()

    async def viewer(self, credentials: str, request_id: str | None) -> Viewer:
        """Who signed in. Errors: `InvalidToken`, for whatever is wrong; `IssuerUnavailable`."""
        try:
            issuer, claims, subject, ends = await self._prove(credentials)
            row = await self._person(issuer, subject, claims, request_id)
        except Refused as refused:
            logs.note_sign_in("token_refused", request_id=request_id, reason=refused.reason)
            raise InvalidToken from None
        return Viewer(
            person_id=row["person_id"],
            scopes=issuer.granted(claims, operator=row["operator"]),
            is_operator=row["operator"],
            expires_at=instant_text(datetime.fromtimestamp(ends, UTC)),
            issuer=issuer.issuer,
        )

    async def _prove(self, credentials: str) -> tuple[Issuer, dict[str, Any], str, int]:
        """Errors: `Refused`, `IssuerUnavailable`."""
        token = take_apart(credentials)
        name = token.claims.get("iss")
        ring = self.rings.get(name) if isinstance(name, str) else None
        if ring is None:
            raise Refused("nobody whom we know issued it")
        check_header(ring.issuer, token)
        # Before the signature: what is refused anyway must not make us ask for keys.
        now = self._house.clock().timestamp()
        subject, ends = check_claims(ring.issuer, token.claims, now)
        await ring.current()
        if not signed_by(ring, token):
            known = token.kid is not None and ring.find(token.kid, token.algorithm)
            if known or not await ring.renew() or not signed_by(ring, token):
                raise Refused("no key of the issuer signed it")
        return ring.issuer, token.claims, subject, ends

    async def _person(
        self, issuer: Issuer, subject: str, claims: dict[str, Any], request_id: str | None
    ) -> dict[str, Any]:
        """Whom the issuer means; made of the claims if nobody is known by them. Errors: `Refused`."""
        values = {"issuer": issuer.issuer, "subject": subject}
        row = await fetch_one(self._house.db, "identity", _lookup, values)
        if row is None:
            made_at = datetime.fromtimestamp(claims["iat"], UTC)
            if await issued_before_erasure(self._house.db, issuer.issuer, subject, made_at):
                raise Refused("from before its person was erased")
            await self._make(issuer, subject, claims, request_id)
            row = await fetch_one(self._house.db, "identity", _lookup, values)
        if row is None:
            raise Refused("its person is being erased")
        await self._note_use(values, row)
        return row

    async def _make(
        self, issuer: Issuer, subject: str, claims: dict[str, Any], request_id: str | None
    ) -> None:
        """A new person, once: of two first requests one finds that the other was quicker."""

        async def command(work: Work) -> None:
            await self._newcomer(work, issuer, subject, claims)

        try:
            await perform(self._house, command, request_id=request_id)
        except Duplicate:
            return

    async def _note_use(self, values: dict[str, Any], row: dict[str, Any]) -> None:
        """Once a day and identity."""
        today = self._house.clock().astimezone(UTC).date()
        if row["last_used_on"] == today.isoformat():
            return

        def build() -> Any:
            return (
                update(Identity)
                .where(
                    Identity.issuer == bindparam("of_issuer"),
                    Identity.subject == bindparam("of_subject"),
                )
                .values({"last_used_on": bindparam("day")})
            )

        async def note(tx: Transaction) -> None:
            given = {"of_issuer": values["issuer"], "of_subject": values["subject"], "day": today}
            target = ("identity", (values["issuer"], values["subject"]))
            await tx.write([Write("identity use", build, given, target, None)])

        await self._house.db.unit(note)


def signed_by(ring: KeyRing, token: Unproven) -> bool:
    """Whether one of the issuer's keys made the signature."""
    usable = ring.find(token.kid, token.algorithm)
    return any(is_signed_with(token, one.key) for one in usable)
