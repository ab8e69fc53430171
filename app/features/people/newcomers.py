"""A person who signs in for the first time: made of the claims, unlisted, nobody else's account.

Nothing is believed but who the issuer says it is: an e-mail address links to nobody, a registration is what somebody
says of themselves, an organisation that we do not know is left out. Later sign-ins change none of it: from then on the
person is the one who says.
"""

from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import bindparam, select

from app.core.issuers import Issuer, Numbered
from app.core.json_columns import json_text
from app.core.newcomers import create_newcomer
from app.core.text import EmailAddress, OdsCode, PersonName
from app.core.work import Work
from app.db.database import fetch_one
from app.features.people.schemas import ExternalId, RegistrationStatus
from app.models import Identity, Organisation

NAMELESS = "New member"
_NAME, _EMAIL, _CODE = TypeAdapter(PersonName), TypeAdapter(EmailAddress), TypeAdapter(OdsCode)


async def welcome(work: Work, issuer: Issuer, subject: str, claims: dict[str, Any]) -> None:
    """Make the person and the identity that they are known by from now on.

    Errors: `Duplicate` on `pk_identity` when somebody else just did.
    """
    rules = issuer.claims
    name = _first(claims, rules.name, _NAME)
    if name is None or "@" in name:  # an address is nobody's name, and others would read it
        name = NAMELESS
    email = _first(claims, rules.email, _EMAIL)
    organisation = _first(claims, rules.organisation, _CODE)
    if organisation is not None and not await _is_known(work, organisation):
        organisation = None
    stated = [
        {**one, "status": RegistrationStatus.SELF_ASSERTED}
        for one in _numbers(claims, rules.registrations)
    ]
    person_id = create_newcomer(
        work,
        display_name=name,
        organisation_code=organisation,
        registrations=json_text(stated),
        external_ids=json_text(_numbers(claims, rules.external_ids)),
        email=email,
        email_key=email,
    )
    identity = {
        "issuer": issuer.issuer,
        "subject": subject,
        "person_id": person_id,
        "created_at": work.now,
        "last_used_on": work.now.date(),
    }
    work.insert(Identity, identity)


def claim_at(claims: dict[str, Any], path: str) -> Any:
    """What stands at a path (`core.issuers.Claims`); None when nothing does."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("/"):
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and step.isdecimal():
            found = found[int(step)] if int(step) < len(found) else None
        elif isinstance(found, list) and "=" in step:
            name, _, other = step.partition("=")
            wanted = claims.get(other)
            fit = (one for one in found if isinstance(one, dict) and one.get(name) == wanted)
            found = None if wanted is None else next(fit, None)
        else:
            return None
    return found


def _first(claims: dict[str, Any], paths: tuple[str, ...], kind: TypeAdapter[str]) -> str | None:
    """The first of these claims that is there and fits."""
    for path in paths:
        try:
            return kind.validate_python(claim_at(claims, path))
        except ValidationError:
            continue
    return None


def _numbers(claims: dict[str, Any], rules: tuple[Numbered, ...]) -> list[dict[str, str]]:
    found = []
    for rule in rules:
        try:
            one = ExternalId(system=rule.system, value=claim_at(claims, rule.claim))
        except ValidationError:
            continue
        found.append({"system": one.system, "value": one.value})
    return found


def _organisation() -> Any:
    return select(Organisation.code).where(Organisation.code == bindparam("code"))


async def _is_known(work: Work, code: str) -> bool:
    return await fetch_one(work, "organisation by code", _organisation, {"code": code}) is not None
