"""Signing in with an issuer's token: who that makes somebody, once, and what they may."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.changes import Told, change
from app.core.issuers import SDS_USER
from app.core.viewer import PERSONAL_SCOPES
from app.core.work import Work, perform
from app.db.types import instant_text
from app.models import Change, Identity, Person
from tests.house import Client, TestHouse
from tests.issuer import TestIssuer, an_issuer, new_key, setting
from tests.reference import load_small
from tests.test_tokens import Clock

pytestmark = pytest.mark.anyio


@dataclass
class Signing:
    """A service and an issuer that it trusts."""

    house: TestHouse
    issuer: TestIssuer

    def client(self, subject: str = "ada", **claims: Any) -> Client:
        """Somebody signed in."""
        return Client(self.house.http, self.issuer.token(subject, **claims))

    async def me(self, subject: str = "ada", **claims: Any) -> dict[str, Any]:
        """Who that is."""
        answer = await self.client(subject, **claims).get("/v1/me")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def signing(own_url: str) -> AsyncIterator[Signing]:
    async with (
        an_issuer() as issuer,
        TestHouse.over(own_url, oidc_issuers=setting(issuer.settings())) as house,
    ):
        yield Signing(house, issuer)


async def rows(house: TestHouse, *columns: Any) -> list[dict[str, Any]]:
    """A whole table."""
    key = ("all of", *(str(column) for column in columns))
    return await house.app.rooms.house.db.fetch(key, lambda: select(*columns), {})


async def test_the_first_sign_in_makes_an_unlisted_person(signing: Signing) -> None:
    me = await signing.me("ada", name="Ada Byron", email="ada@example.org", email_verified=True)
    assert (me["display_name"], me["email"], me["listed"]) == (
        "Ada Byron",
        "ada@example.org",
        False,
    )
    assert me["operator"] is False
    assert me["scopes"] == sorted(PERSONAL_SCOPES)
    again = await signing.me("ada", name="Augusta King", email="other@example.org")
    assert again == me
    assert (await signing.me("eve", email="ada@example.org"))["id"] != me["id"]
    changes = await rows(signing.house, Change.action, Change.resource_id, Change.token_id)
    assert {"action": "person.created", "resource_id": me["id"], "token_id": None} in changes


async def test_two_first_requests_at_once_make_one_person(signing: Signing) -> None:
    token = signing.issuer.token("ada")
    answers = await asyncio.gather(
        *(Client(signing.house.http, token).get("/v1/me") for _ in range(12))
    )
    assert [answer.status_code for answer in answers] == [200] * 12
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await rows(signing.house, Identity.person_id)) == 1
    assert len(await rows(signing.house, Person.id)) == 1
    assert signing.issuer.fetches == 1


async def test_two_processes_make_one_person_too(signing: Signing, own_url: str) -> None:
    given = setting(signing.issuer.settings())
    async with TestHouse.over(own_url, oidc_issuers=given) as other:
        for number in range(5):
            token = signing.issuer.token(f"ada-{number}")
            answers = await asyncio.gather(
                *(Client(house.http, token).get("/v1/me") for house in (signing.house, other) * 3)
            )
            assert [answer.status_code for answer in answers] == [200] * 6
            assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await rows(signing.house, Person.id)) == 5


async def test_all_algorithms_of_the_list(own_url: str) -> None:
    names = ["RS256", "PS256", "ES256"]
    async with an_issuer(*(new_key(name, name) for name in names)) as issuer:
        given = setting(issuer.settings(algorithms=names))
        async with TestHouse.over(own_url, oidc_issuers=given) as house:
            for key in issuer.keys:
                client = Client(house.http, issuer.token("ada", key=key))
                assert (await client.get("/v1/me")).status_code == 200


async def test_the_identities_are_shown_to_oneself_alone(signing: Signing) -> None:
    me = await signing.me("ada")
    (identity,) = me["identities"]
    assert (identity["issuer"], identity["subject"]) == (signing.issuer.address, "ada")
    assert identity["last_used_on"] == datetime.now(UTC).date().isoformat()
    olga = await signing.house.person("Olga", operator=True)
    assert "identities" not in (await olga.client.get(f"/v1/people/{me['id']}")).json()
    assert (await olga.client.get("/v1/me")).json()["identities"] == []


async def test_a_name_that_is_an_address_or_none_is_not_shown(signing: Signing) -> None:
    names: dict[str, Any] = {
        "ada@example.org": "New member",
        "": "New member",
        "\u202eevil": "New member",
        "  Ada\u00a0": "Ada",
        "x" * 201: "New member",
    }
    for number, (given, shown) in enumerate(names.items()):
        assert (await signing.me(f"s{number}", name=given))["display_name"] == shown
    odd: tuple[Any, ...] = (None, ["Ada"], {"a": "b"}, 7)
    for number, name in enumerate(odd):
        assert (await signing.me(f"t{number}", name=name))["display_name"] == "New member"
    fallback = await signing.me("u", name=None, preferred_username="ada.byron")
    assert fallback["display_name"] == "ada.byron"


async def test_claims_that_do_not_fit_are_left_out(own_url: str) -> None:
    """A mapped person, in the form of CIS2's claims, then the same with nonsense in each."""
    good = {
        "name": "BYRON Ada (Dr)", "selected_roleid": "500000000002", "gmc_id": "C1234567", "nmc_id": "12A3456B",
        "nhsid_nrbac_roles": [
            {"person_roleid": "500000000001", "org_code": "ZZ999"},
            {"person_roleid": "500000000002", "org_code": "A81001"},
        ],
    }  # fmt: skip
    bad: dict[str, Any] = {
        "selected_roleid": ["x"], "nhsid_nrbac_roles": "A81001", "gmc_id": {"a": 1}, "nmc_id": "x" * 2000,
        "nhsid_user_orgs": [{"org_code": "no such"}], "email": "nobody",
    }  # fmt: skip
    async with an_issuer() as issuer:
        given = issuer.settings(preset="cis2", types=["at+jwt"])
        async with TestHouse.over(own_url, oidc_issuers=setting(given)) as house:
            await load_small(house.app.rooms.house)
            signing = Signing(house, issuer)
            me = await signing.me("555036632103", nonce="n", **good)
            assert me["organisation"]["code"] == "A81001"
            assert me["external_ids"] == [{"system": SDS_USER, "value": "555036632103"}]
            assert [(one["value"], one["status"]) for one in me["registrations"]] == [
                ("C1234567", "self_asserted"),
                ("12A3456B", "self_asserted"),
            ]
            odd = await signing.me("555036632104", nonce="n", **bad)
            assert (odd["organisation"], odd["registrations"], odd["email"]) == (None, [], None)
            unknown = {"nhsid_user_orgs": [{"org_code": "QQ99Q"}]}
            assert (await signing.me("555036632105", **unknown))["organisation"] is None


async def test_scopes_are_as_narrow_as_configured(own_url: str) -> None:
    cases: list[tuple[dict[str, Any], dict[str, Any], set[str]]] = [
        ({"scopes": ["people:read", "networks:read"]}, {}, {"people:read", "networks:read"}),
        ({"scope_claim": "scope"}, {"scope": "openid people:read operate"}, {"people:read"}),
        ({"scope_claim": "scp"}, {"scp": ["people:read", 7, "changes:read"]}, {"people:read", "changes:read"}),
        (
            {"scope_claim": "roles", "scope_map": {"Reader": ["people:read", "networks:read"], "Writer": []}},
            {"roles": ["Reader", "Stranger"]},
            {"people:read", "networks:read"},
        ),
        ({"scope_claim": "roles", "scopes": ["people:read"]}, {"roles": "people:read people:write"}, {"people:read"}),
    ]  # fmt: skip
    async with an_issuer() as issuer:
        for configured, claims, expected in cases:
            given = setting(issuer.settings(**configured))
            async with TestHouse.over(own_url, oidc_issuers=given) as house:
                signing = Signing(house, issuer)
                assert set((await signing.me("ada", **claims))["scopes"]) == expected
                if "scope_claim" in configured:
                    assert (await signing.client("ada").get("/v1/me")).json()[
                        "code"
                    ] == "insufficient_scope"


@pytest.mark.parametrize("operators", [False, True])
async def test_operating_takes_an_operator_and_an_issuer_that_may(
    own_url: str, *, operators: bool
) -> None:
    async with an_issuer() as issuer:
        given = setting(issuer.settings(operators=operators))
        async with TestHouse.over(own_url, oidc_issuers=given) as house:
            signing = Signing(house, issuer)
            me = await signing.me("olga", operator=True, roles=["operate"], scope="operate")
            assert "operate" not in me["scopes"], "a claim makes nobody an operator"
            stranger = await house.person("Stranger")

            async def promote(work: Work) -> None:
                row = {"id": me["id"], "version": 1, "outer_version": 1}
                change(work, "person.updated", row, {"operator": True}, Told(person_id=me["id"]))

            await perform(house.app.rooms.house, promote)
            await house.app.rooms.gatekeeper.forget()
            assert ("operate" in (await signing.me("olga"))["scopes"]) is operators
            seen = await signing.client("olga").get(f"/v1/people/{stranger.id}")
            assert seen.status_code == (200 if operators else 404)


async def test_somebody_who_signed_in_makes_tokens_of_the_usual_length(signing: Signing) -> None:
    ada = signing.client("ada")
    new = {"name": "Script", "scopes": ["people:read", "networks:read"]}
    answer = await ada.post("/v1/tokens", new)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    lasts = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=364) < lasts <= timedelta(days=365)
    script = Client(signing.house.http, made["secret"])
    assert (await script.get("/v1/me")).json()["id"] == made["person_id"]
    late = instant_text(datetime.now(UTC) + timedelta(days=366))
    refused = await ada.post("/v1/tokens", {**new, "expires_at": late})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "beyond_own_expiry")
    wider = await ada.post("/v1/tokens", {**new, "scopes": ["operate"]})
    assert (wider.status_code, wider.json()["code"]) == (403, "insufficient_scope")


async def test_a_key_is_answered_once_whichever_way_one_comes_in(signing: Signing) -> None:
    body = {"name": "Feet", "purpose": "To check them.", "join_policy": "open"}
    key = {"Idempotency-Key": "only once"}
    first = await signing.client("ada").post("/v1/networks", body, headers=key)
    again = await signing.client("ada", jti="another").post("/v1/networks", body, headers=key)
    assert (first.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    new = {"name": "Script", "scopes": ["networks:write", "networks:read"]}
    secret = (await signing.client("ada").post("/v1/tokens", new)).json()["secret"]
    third = await Client(signing.house.http, secret).post("/v1/networks", body, headers=key)
    assert third.json()["id"] == first.json()["id"]


async def test_an_expired_sign_in_ends_at_once(own_url: str) -> None:
    clock = Clock()
    async with an_issuer() as issuer:
        given = setting(issuer.settings())
        async with TestHouse.over(own_url, clock=clock, oidc_issuers=given) as house:
            client = Client(house.http, issuer.token("ada"))
            assert (await client.get("/v1/me")).status_code == 200
            clock.ahead = timedelta(seconds=325)
            assert (await client.get("/v1/me")).status_code == 200, "clocks may differ a little"
            clock.ahead = timedelta(seconds=335)
            assert (await client.get("/v1/me")).status_code == 401


async def test_a_sign_in_of_before_does_not_bring_back_who_was_erased(own_url: str) -> None:
    """The frontend goes on with its token: 401. Who signs in anew later is somebody new."""
    clock = Clock()
    async with an_issuer() as issuer:
        given = setting(issuer.settings())
        async with TestHouse.over(own_url, clock=clock, oidc_issuers=given) as house:
            before = Client(house.http, issuer.token("ada", name="Ada Byron"))
            person_id = (await before.get("/v1/me")).json()["id"]
            assert (await before.delete("/v1/me")).status_code == 204
            for _ in range(2):
                assert (await before.get("/v1/me")).status_code == 401
            assert [row["id"] for row in await rows(house, Person.id)] == [person_id]
            assert await rows(house, Identity.person_id) == []
            clock.ahead = timedelta(minutes=2)
            now = int(clock().timestamp())
            later = Client(house.http, issuer.token("ada", iat=now, exp=now + 60))
            me = await later.get("/v1/me")
            assert (me.status_code, me.json()["id"] == person_id) == (200, False)


async def test_a_last_use_is_noted_once_a_day(own_url: str) -> None:
    clock = Clock()
    async with an_issuer() as issuer:
        given = setting(issuer.settings())
        async with TestHouse.over(own_url, clock=clock, oidc_issuers=given) as house:
            signing = Signing(house, issuer)
            await signing.me("ada")
            clock.ahead = timedelta(days=3)
            now = int(clock().timestamp())
            me = await signing.me("ada", iat=now, exp=now + 60)
            assert me["identities"][0]["last_used_on"] == clock().date().isoformat()


async def test_without_issuers_no_such_token_is_read(house: TestHouse) -> None:
    async with an_issuer() as issuer:
        answer = await Client(house.http, issuer.token()).get("/v1/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
        assert issuer.asked == []
