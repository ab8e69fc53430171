"""The presets: tokens in the form that each maker documents, and what of theirs must not pass for one."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.house import Client, TestHouse
from tests.issuer import AUDIENCE, FRONTEND, TestIssuer, an_issuer, compact, setting

pytestmark = pytest.mark.anyio
OBJECT_ID = "00000000-0000-0000-66f3-3332eca7ea81"

# What the claims of a good token are, beside those that all have; None takes one away.
GOOD: dict[str, dict[str, Any]] = {
    "entra": {
        "oid": OBJECT_ID, "tid": "9122040d-6c67-4c5b-b112-36a304b66dad", "ver": "2.0", "scp": "access_as_user",
        "preferred_username": "ada.byron@nhs.example", "name": "BYRON, Ada (THE SURGERY)", "uti": "x", "rh": "y",
    },
    "keycloak": {
        "typ": "Bearer", "sid": "s", "acr": "1", "scope": "openid profile email", "preferred_username": "ada",
        "aud": [AUDIENCE, "account"], "realm_access": {"roles": ["offline_access"]}, "jti": "onrtac:1",
    },
    "cis2": {
        "aud": AUDIENCE, "azp": AUDIENCE, "nonce": "n", "at_hash": "h", "tokenName": "id_token", "acr": "AAL3",
        "authentication_assurance_level": "3", "amr": ["N3_SMARTCARD"], "auditTrackingId": "a", "name": None,
    },
    "generic": {"client_id": FRONTEND, "jti": "j", "scope": "openid"},
}  # fmt: skip
TYP = {"generic": "at+jwt"}
# What must not pass: a header or claims that differ from the good ones.
BAD: dict[str, dict[str, dict[str, Any]]] = {
    "entra": {
        "an ID token": {"scp": None, "nonce": "n", "aud": FRONTEND},
        "an ID token for the API itself": {"scp": None},
        "a program's token": {"scp": None, "idtyp": "app", "roles": ["Everything"]},
        "a token of version 1": {"ver": "1.0"},
        "nobody's": {"oid": None},
        "of another tenant": {"iss": "https://login.microsoftonline.com/another/v2.0"},
    },
    "keycloak": {
        "an ID token": {"typ": "ID", "at_hash": "h"},
        "a refresh token": {"typ": "Refresh"},
        "an offline token": {"typ": "Offline"},
        "a logout token": {"typ": "Logout", "events": {}},
        "without its kind": {"typ": None},
        "for the account alone": {"aud": "account"},
        "of another frontend": {"azp": "another"},
    },
    "cis2": {
        "of another program": {"aud": "another", "azp": "another"},
        "of another program beside us": {"aud": [AUDIENCE, "another"]},
        "handed to another program": {"azp": "another"},
        "of a weaker sign-in": {"authentication_assurance_level": "1"},
        "that does not say how": {"authentication_assurance_level": None},
    },
    "generic": {
        "an ID token by its nonce": {"nonce": "n"},
        "of another frontend": {"client_id": "another"},
    },
}
MORE: dict[str, dict[str, Any]] = {
    "cis2": {"clients": [], "require": {"authentication_assurance_level": ["2", "3"]}}
}


@asynccontextmanager
async def serving(url: str, preset: str) -> AsyncIterator[tuple[TestHouse, TestIssuer]]:
    """A service with one issuer of this kind."""
    async with an_issuer() as issuer:
        given = setting(issuer.settings(preset=preset, **MORE.get(preset, {})))
        async with TestHouse.over(url, oidc_issuers=given) as house:
            yield house, issuer


def token(issuer: TestIssuer, preset: str, **claims: Any) -> str:
    """One in the form of that maker."""
    (key,) = issuer.keys
    given = {**issuer.claims(), **GOOD[preset], **claims}
    header = {"alg": "RS256", "kid": key.kid, "typ": TYP.get(preset, "JWT")}
    return compact(header, {n: v for n, v in given.items() if v is not None}, key.sign)


@pytest.mark.parametrize("preset", GOOD)
async def test_a_preset_lets_in_what_it_is_for_and_nothing_else(own_url: str, preset: str) -> None:
    async with serving(own_url, preset) as (house, issuer):

        async def status(**claims: Any) -> int:
            await house.app.rooms.gatekeeper.forget()
            client = Client(house.http, token(issuer, preset, **claims))
            return (await client.get("/v1/networks")).status_code

        assert await status() == 200
        for name, claims in BAD[preset].items():
            assert await status(**claims) == 401, name
        assert await status() == 200


async def test_entra_knows_people_by_object_id(own_url: str) -> None:
    async with serving(own_url, "entra") as (house, issuer):
        first = (
            await Client(house.http, token(issuer, "entra", sub="pairwise")).get("/v1/me")
        ).json()
        second = (
            await Client(house.http, token(issuer, "entra", sub="other")).get("/v1/me")
        ).json()
        assert first["id"] == second["id"]
        assert first["identities"][0]["subject"] == OBJECT_ID
        assert first["display_name"] == "BYRON, Ada (THE SURGERY)"
        assert first["email"] == "ada.byron@nhs.example"


@pytest.mark.parametrize(
    ("required", "claim", "passes"),
    [
        (["3"], 3, True),
        (["3"], "3", True),
        (["true"], True, True),
        (["aal3"], "aal2 aal3", True),
        (["aal3"], ["aal2", "aal3"], True),
        ([], "anything", True),
        ([], 0, True),
        (["3"], "33", False),
        (["3"], 2, False),
        (["true"], False, False),
        ([], None, False),
        ([], "", False),
        ([], [], False),
        (["3"], {"3": "3"}, False),
    ],
)
async def test_a_required_claim(
    required: list[str], claim: object, passes: bool, check: Callable[..., bool]
) -> None:
    assert check(required, claim) is passes


@pytest.fixture
def check() -> Callable[..., bool]:
    """Whether a token with this claim has what is required."""
    from app.core.issuers import read_issuers
    from app.web.sign_in.claims import check_claims
    from app.web.sign_in.refused import Refused

    def run(required: list[str], claim: object) -> bool:
        issuer = TestIssuer("https://id.example.org", [])
        (given,) = read_issuers(setting(issuer.settings(require={"acr": required})))
        claims = issuer.claims(acr=claim)
        try:
            check_claims(given, claims, claims["iat"])
        except Refused:
            return False
        return True

    return run
