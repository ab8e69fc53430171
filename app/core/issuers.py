"""OpenID Connect issuers that people may sign in with: what one is configured by, and the usual ones as presets.

A preset is nothing but defaults: whatever is written beside it wins.
"""

import ipaddress
import json
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.core.viewer import PERSONAL_SCOPES, Scope

MAX_ISSUERS = 20
SDS_USER = "https://fhir.nhs.uk/Id/sds-user-id"


class Algorithm(StrEnum):
    """The signatures that are read: public keys only, so that no key of ours could ever sign one."""

    RS256 = "RS256"
    PS256 = "PS256"
    ES256 = "ES256"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Text = Annotated[str, Field(min_length=1, max_length=300)]
Texts = Annotated[tuple[Text, ...], Field(max_length=20)]
Some = Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]


class Numbered(_Part):
    """A claim that is a number of somebody in a system, such as a register's."""

    system: Text
    claim: Text

    @field_validator("system")
    @classmethod
    def _no_patient_number(cls, system: str) -> str:
        if "nhs-number" in system.lower():
            raise ValueError("a patient's number (NHS) has no place here")
        return system


Numbers = Annotated[tuple[Numbered, ...], Field(max_length=10)]


class Claims(_Part):
    """Where a new person's facts stand in the token: the first claim of a list that is there and fits.

    A claim is a name, or a path into one: `roles/0/org` takes a place of a list, `roles/id=chosen/org` the object whose
    `id` equals the claim `chosen`.
    """

    name: Texts = ("name", "preferred_username")
    email: Texts = ("email",)
    organisation: Texts = ()
    external_ids: Numbers = ()
    registrations: Numbers = ()


class Issuer(_Part):
    """One issuer, and which of its tokens let people in."""

    issuer: Annotated[str, Field(min_length=8, max_length=300)]
    preset: Literal["generic", "entra", "cis2", "keycloak"] = "generic"
    audiences: Some
    reads: Literal["access_tokens", "id_tokens"] = "access_tokens"
    types: Some = ("at+jwt",)
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1, max_length=3)] = tuple(
        Algorithm
    )
    clients: Texts = ()
    require: Annotated[dict[Text, Texts], Field(max_length=20)] = {}
    subject: Text = "sub"
    longest_minutes: Annotated[int, Field(ge=1, le=10_080)] = 1_440
    claims: Claims = Claims()
    scopes: frozenset[Scope] = PERSONAL_SCOPES
    scope_claim: Text | None = None
    scope_map: Annotated[dict[Text, frozenset[Scope]], Field(max_length=100)] = {}
    operators: bool = False

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if fault := address_fault(self.issuer):
            raise ValueError(f"issuer {fault}")
        if not self.scopes <= PERSONAL_SCOPES:
            odd = ", ".join(sorted(self.scopes - PERSONAL_SCOPES))
            raise ValueError(f"scopes cannot hold {odd}: see operators")
        if self.scope_map and self.scope_claim is None:
            raise ValueError("scope_map needs a scope_claim")
        if any(Scope.MEMBERS_PROVISION in scopes for scopes in self.scope_map.values()):
            raise ValueError("scope_map cannot hold members:provision, which is bound to a network")
        return self

    @property
    def on_loopback(self) -> bool:
        """It lives on this machine: trying it out, and tests."""
        return self.issuer.startswith("http:")

    def takes(self, kind: str | None) -> bool:
        """Whether tokens with this `typ` are read; `application/jwt` is `JWT`, and "none" stands for none at all."""
        name = "none" if kind is None else kind.lower().removeprefix("application/")
        return name in {one.lower().removeprefix("application/") for one in self.types}

    def granted(self, claims: dict[str, Any], *, operator: bool) -> frozenset[Scope]:
        """The scopes of a person who signs in with these claims."""
        most = self.scopes | ({Scope.OPERATE} if operator and self.operators else frozenset())
        if self.scope_claim is None:
            return most
        said = claims.get(self.scope_claim)
        words = said.split() if isinstance(said, str) else said if isinstance(said, list) else []
        named = {word for word in words if isinstance(word, str)}
        if not self.scope_map:
            return frozenset(scope for scope in most if scope in named)
        return most & frozenset(
            scope for word, scopes in self.scope_map.items() if word in named for scope in scopes
        )


# Each was written from what its maker documents; docs/decisions/0012 says which of them were tried.
PRESETS: dict[str, dict[str, Any]] = {
    "generic": {},
    # NHSmail too, which is a tenant. `oid` is who somebody is in the tenant; `sub` differs from application to
    # application. Access tokens carry `scp`; those of programs and ID tokens do not.
    "entra": {
        "types": ["JWT"],
        "algorithms": ["RS256"],
        "subject": "oid",
        "require": {"ver": ["2.0"], "scp": []},
        "claims": {"email": ["email", "preferred_username"]},
    },
    # Its access tokens are opaque, so ID tokens are what can be read: audience is the frontend's client id.
    "cis2": {
        "reads": "id_tokens",
        "types": ["JWT", "none"],
        "algorithms": ["RS256", "PS256", "ES256"],
        "claims": {
            "organisation": [
                "nhsid_nrbac_roles/person_roleid=selected_roleid/org_code",
                "nhsid_user_orgs/0/org_code",
            ],
            "external_ids": [{"system": SDS_USER, "claim": "sub"}],
            "registrations": [
                {"system": f"https://fhir.hl7.org.uk/Id/{body}-number", "claim": f"{body}_id"}
                for body in ("gmc", "nmc", "gphc", "gdc")
            ],
        },
    },
    "keycloak": {"types": ["JWT", "at+jwt"], "require": {"typ": ["Bearer"]}},
}


def address_fault(address: str) -> str | None:
    """What is wrong with an issuer's address, or with one that it names; None when nothing is."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return "is no address"
    if not address.isascii() or not address.isprintable() or " " in address:
        return "is no address"
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return "must begin with https://"
    if parts.username is not None or parts.query or parts.fragment or "?" in address:
        return "must have no user, query or fragment"
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        return "must begin with https://, but on this machine itself"
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_issuers(text: str) -> tuple[Issuer, ...]:
    """The issuers of the setting, a JSON list. Errors: `ValueError` naming the issuer and the field."""
    try:
        given = json.loads(text, object_pairs_hook=_once)
    except ValueError as error:
        raise ValueError(f"it is not JSON ({error})") from None
    if not isinstance(given, list) or len(given) > MAX_ISSUERS:
        raise ValueError(f"it must be a list of at most {MAX_ISSUERS} issuers")
    found: list[Issuer] = []
    for number, one in enumerate(given, 1):
        try:
            # As JSON, where a list is the only way to write a tuple, and nothing else is coerced.
            found.append(Issuer.model_validate_json(json.dumps(_filled(one))))
        except ValidationError as error:
            raise ValueError(_sentence(number, error)) from None
    names = [one.issuer for one in found]
    if len(set(names)) != len(names):
        raise ValueError("an issuer is given more than once")
    return tuple(found)


def _filled(given: Any) -> Any:
    """An issuer with its preset's defaults."""
    if not isinstance(given, dict) or not isinstance(given.get("claims", {}), dict):
        return given
    preset = PRESETS.get(str(given.get("preset")), {})
    return {**preset, **given, "claims": {**preset.get("claims", {}), **given.get("claims", {})}}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given more than once")
    return found


def _sentence(number: int, error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    said = message[:1].lower() + message[1:]
    return f"in issuer {number}, {place + ': ' if place else ''}{said}"
