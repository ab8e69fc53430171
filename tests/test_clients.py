"""Clients: programs that get short access tokens by OAuth 2.0 client credentials, in somebody's name."""

import base64
import hmac
import json
import re
import secrets
import time
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

import httpx2
import orjson
import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import serialize_compact

from app.core.tokens import hash_of
from app.db.types import instant_text
from app.features.clients.issuing import MOST
from app.features.clients.oauth_schemas import JWT_BEARER
from tests.house import Client, TestHouse, TestPerson
from tests.test_tokens import Clock, everything

pytestmark = pytest.mark.anyio
TOKEN_URL = "http://127.0.0.1:8000/oauth/token"
NETWORK = {"name": "A network", "purpose": "To learn.", "join_policy": "open"}
NEW = {"name": "Calendar of the practice", "scopes": ["networks:read", "people:read"]}


async def registered(person: TestPerson, **fields: Any) -> dict[str, Any]:
    """A client that may be registered."""
    answer = await person.client.post("/v1/clients", {**NEW, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def basic(client_id: str, secret: str) -> dict[str, str]:
    """`client_secret_basic`: both parts form-encoded, then joined."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


async def ask(
    house: TestHouse, path: str = "/oauth/token", headers: Any = None, **form: str
) -> httpx2.Response:
    """A form to the token endpoint."""
    return await house.anonymous.request(
        "POST", path, data={"grant_type": "client_credentials", **form}, headers=headers or {}
    )


async def access_token(house: TestHouse, made: dict[str, Any], **form: str) -> str:
    """An access token that there must be."""
    answer = await ask(house, headers=basic(made["id"], made["secret"]), **form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def test_a_client_with_a_secret_acts_as_its_person(house: TestHouse) -> None:
    ada = await house.person("Ada")
    made = await registered(ada)
    assert made["secret"].startswith("qi_client_")
    answer = await ask(house, headers=basic(made["id"], made["secret"]), scope="people:read")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert {**found, "access_token": ""} == {
        "access_token": "", "token_type": "Bearer", "expires_in": 3600, "scope": "people:read",
    }  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"
    program = Client(house.http, found["access_token"])
    me = (await program.get("/v1/me")).json()
    assert (me["id"], me["scopes"]) == (ada.id, ["people:read"])
    assert (await program.get("/v1/tokens")).json()["code"] == "insufficient_scope"
    posted = await ask(house, client_id=made["id"], client_secret=made["secret"])
    assert posted.json()["scope"] == "networks:read people:read"
    assert found["access_token"] not in (await ada.client.get("/v1/tokens")).text
    read = (await ada.client.get(f"/v1/clients/{made['id']}")).json()
    assert read["last_used_on"] == datetime.now(UTC).date().isoformat()
    assert "secret" not in read


async def test_revoking_the_client_ends_its_tokens_at_the_next_request(house: TestHouse) -> None:
    ada, eve = await house.person("Ada"), await house.person("Eve")
    made = await registered(ada)
    program = Client(house.http, await access_token(house, made))
    assert (await program.get("/v1/me")).status_code == 200
    path = f"/v1/clients/{made['id']}"
    for other in (eve, await house.person("Olga", operator=True)):
        assert (await other.client.get(path)).status_code == 404
        assert (await other.client.delete(path)).status_code == 404
    assert (await ada.client.delete(path)).status_code == 204
    assert (await program.get("/v1/me")).status_code == 401
    answer = await ask(house, headers=basic(made["id"], made["secret"]))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert (await ada.client.delete(path)).status_code == 404


# --- Signed assertions ----------------------------------------------------------------------------


def now() -> int:
    """The present second."""
    return int(time.time())


def assertion(key: Any, client_id: str, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A client's assertion, right but for what is given; None leaves a claim out."""
    algorithm = {"RSA": "RS256", "EC": "ES256", "OKP": "Ed25519"}[key.key_type]
    said = {
        "iss": client_id, "sub": client_id, "aud": TOKEN_URL, "exp": now() + 60, "jti": secrets.token_hex(8), **claims,
    }  # fmt: skip
    said = {name: value for name, value in said.items() if value is not None}
    head = {"alg": algorithm, **(header or {})}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return serialize_compact(head, json.dumps(said).encode(), key, algorithms=[head["alg"]])


async def assert_as(house: TestHouse, text: str, **form: str) -> httpx2.Response:
    """The assertion to the token endpoint."""
    return await ask(house, client_assertion_type=JWT_BEARER, client_assertion=text, **form)


KEYS: dict[str, Any] = {
    "RS256": (lambda: RSAKey.generate_key(2048, auto_kid=False), {}),
    "PS256": (lambda: RSAKey.generate_key(2048, auto_kid=False), {"alg": "PS256"}),
    "ES256": (lambda: ECKey.generate_key("P-256", auto_kid=False), {}),
    "Ed25519": (lambda: OKPKey.generate_key("Ed25519", auto_kid=False), {}),
    "EdDSA": (lambda: OKPKey.generate_key("Ed25519", auto_kid=False), {"alg": "EdDSA"}),
}


@pytest.mark.parametrize("algorithm", KEYS)
async def test_a_client_with_a_key_signs_for_itself(house: TestHouse, algorithm: str) -> None:
    make, header = KEYS[algorithm]
    key, ada = make(), await house.person("Ada")
    made = await registered(ada, jwks={"keys": [key.as_dict(private=False)]})
    assert (made["secret"], made["hint"], made["key_ids"]) == (None, None, [key.thumbprint()])
    text = assertion(key, made["id"], header)
    answer = await assert_as(house, text, scope="people:read")
    assert answer.status_code == 200, answer.text
    program = Client(house.http, answer.json()["access_token"])
    assert (await program.get("/v1/me")).json()["id"] == ada.id
    again = await assert_as(house, text)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
    # A secret that it does not have opens nothing, and neither does none.
    for secret in ("qi_client_" + "0" * 43, "None"):
        answer = await ask(house, client_id=made["id"], client_secret=secret)
        assert answer.status_code == 401


async def test_forged_assertions(house: TestHouse) -> None:
    """Each is wrong in one thing; all get the same answer, and the right one is let in after them."""
    key, other = (ECKey.generate_key("P-256", auto_kid=False) for _ in range(2))
    rsa = RSAKey.generate_key(2048, auto_kid=False)
    ada = await house.person("Ada")
    made = await registered(ada, jwks={"keys": [key.as_dict(private=False)]})
    theirs = await registered(ada, jwks={"keys": [other.as_dict(private=False)]})
    mine = made["id"]
    right = assertion(key, mine)
    head, claims, signature = right.split(".")

    def part(document: object) -> str:
        return base64.urlsafe_b64encode(orjson.dumps(document)).rstrip(b"=").decode()

    forged = {
        "another's key": assertion(other, mine),
        "an unregistered key": assertion(rsa, mine),
        "another's name": assertion(key, theirs["id"]),
        "iss alone": assertion(key, mine, sub=theirs["id"]),
        "no sub": assertion(key, mine, sub=None),
        "no iss": assertion(key, mine, iss=None),
        "no aud": assertion(key, mine, aud=None),
        "another aud": assertion(key, mine, aud="https://elsewhere.example/oauth/token"),
        "an aud beside ours": assertion(key, mine, aud=[TOKEN_URL, "https://elsewhere.example"]),
        "an empty aud": assertion(key, mine, aud=[]),
        "aud with a slash": assertion(key, mine, aud=TOKEN_URL + "/"),
        "no exp": assertion(key, mine, exp=None),
        "expired": assertion(key, mine, exp=now() - 31),
        "for a day": assertion(key, mine, exp=now() + 86_400),
        "exp as text": assertion(key, mine, exp=str(now() + 60)),
        "exp as a fraction": assertion(key, mine, exp=now() + 60.5),
        "exp true": assertion(key, mine, exp=True),
        "exp beyond": assertion(key, mine, exp=2**70),
        "iat ahead": assertion(key, mine, iat=now() + 300),
        "nbf ahead": assertion(key, mine, nbf=now() + 300),
        "no jti": assertion(key, mine, jti=None),
        "empty jti": assertion(key, mine, jti=""),
        "jti a number": assertion(key, mine, jti=1),
        "long jti": assertion(key, mine, jti="j" * 201),
        "alg none": f"{part({'alg': 'none'})}.{claims}.{signature}",
        "alg nOnE": f"{part({'alg': 'nOnE'})}.{claims}.{signature}",
        "HS256 by the public key": _hs256(key, claims),
        "an unsigned one": f"{head}.{claims}.AA",
        "an ID token's typ": assertion(key, mine, {"typ": "at+jwt"}),
        "unknown crit": f"{part({'alg': 'ES256', 'crit': ['x'], 'x': 1})}.{claims}.{signature}",
        "a key of its own": f"{part({'alg': 'ES256', 'jwk': other.as_dict(private=False)})}.{claims}.{signature}",
        "unknown kid": assertion(key, mine, {"kid": "../../dev/null"}),
        "claims changed": f"{head}.{part({'iss': mine})}.{signature}",
        "a key twice": _twice(key, mine),
        "four parts": right + ".AA",
        "two parts": f"{head}.{claims}",
        "padding": right + "=",
    }  # fmt: skip
    bodies = set()
    for what, text in forged.items():
        answer = await assert_as(house, text)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), what
        assert answer.headers["www-authenticate"] == 'Basic realm="qi-networks"'
        bodies.add(re.sub(r'"instance":"[^"]*"', "", answer.text))
    assert len(bodies) == 1
    wrong = await assert_as(house, right, client_id=theirs["id"])
    assert wrong.status_code == 401
    assert (await assert_as(house, right, client_id=mine)).status_code == 200
    for aud in ([TOKEN_URL], "http://127.0.0.1:8000"):
        assert (await assert_as(house, assertion(key, mine, aud=aud))).status_code == 200


def _hs256(key: Any, claims: str) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode()
    pem = key.as_pem(private=False)
    digest = hmac.digest(pem, f"{head}.{claims}".encode(), "sha256")
    return f"{head}.{claims}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _twice(key: Any, client_id: str) -> str:
    said = f'{{"iss":"{client_id}","sub":"{client_id}","aud":"{TOKEN_URL}","exp":{now() + 60},"jti":"a","jti":"b"}}'
    return str(serialize_compact({"alg": "ES256"}, said.encode(), key, algorithms=["ES256"]))


async def test_keys_that_are_refused(house: TestHouse) -> None:
    ada = await house.person("Ada")
    ec = ECKey.generate_key("P-256", auto_kid=False).as_dict(private=False)
    rsa = RSAKey.generate_key(2048, auto_kid=False).as_dict(private=False)
    okp = OKPKey.generate_key("Ed25519", auto_kid=False).as_dict(private=False)
    short = {**rsa, "n": str(rsa["n"])[:171]}
    long = {**rsa, "n": "w" * 700}
    private = ECKey.generate_key("P-256", auto_kid=False).as_dict(private=True)
    for key, pointer in (
        (private, "/jwks/keys/0/d"),
        (short, "/jwks/keys/0/n"),
        ({**rsa, "e": "Aw"}, "/jwks/keys/0/e"),
        ({**rsa, "n": "A" * 342}, "/jwks/keys/0"),
        (long, "/jwks/keys/0/n"),
        ({**ec, "y": ec["x"]}, "/jwks/keys/0"),
        ({**ec, "crv": "P-384"}, "/jwks/keys/0/crv"),
        ({**ec, "crv": None}, "/jwks/keys/0"),
        ({**okp, "y": okp["x"]}, "/jwks/keys/0"),
        ({**ec, "alg": "RS256"}, "/jwks/keys/0/alg"),
        ({**ec, "alg": "none"}, "/jwks/keys/0/alg"),
        ({**ec, "use": "enc"}, "/jwks/keys/0/use"),
        ({"kty": "oct", "k": "AAAA"}, "/jwks/keys/0/kty"),
    ):
        answer = await ada.client.post("/v1/clients", {**NEW, "jwks": {"keys": [key]}})
        assert answer.status_code == 422, (key, answer.text)
        if pointer is not None:
            assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text
    for keys in ([], [ec] * 6, [ec, ec]):
        answer = await ada.client.post("/v1/clients", {**NEW, "jwks": {"keys": keys}})
        assert answer.status_code == 422
    two = await registered(ada, jwks={"keys": [ec, {**okp, "kid": "mine", "use": "sig"}]})
    assert two["key_ids"][1] == "mine"


# --- Rules ----------------------------------------------------------------------------------------


async def test_a_client_is_no_wider_and_no_longer_than_what_registers_it(house: TestHouse) -> None:
    ada = await house.person("Ada")
    end = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    text = orjson.dumps(["networks:read", "tokens:read", "tokens:write"]).decode()
    narrow = TestPerson(
        ada.id, "", Client(house.http, await house.token(ada.id, scopes=text, expires_at=end))
    )
    wide = await narrow.client.post("/v1/clients", NEW)
    assert (wide.status_code, wide.json()["code"]) == (403, "insufficient_scope")
    late = {
        "name": "N",
        "scopes": ["networks:read"],
        "expires_at": instant_text(end + timedelta(days=1)),
    }
    answer = await narrow.client.post("/v1/clients", late)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "beyond_own_expiry")
    made = await registered(narrow, scopes=["networks:read", "tokens:write"])
    assert made["expires_at"] == instant_text(end)
    lasting = await registered(ada)
    age = datetime.fromisoformat(lasting["expires_at"]) - datetime.fromisoformat(
        lasting["created_at"]
    )
    assert age == timedelta(days=365)
    # What an access token makes ends with it, and a client can register no wider one.
    program = Client(house.http, await access_token(house, made))
    child = (await program.post("/v1/tokens", {"name": "N", "scopes": ["networks:read"]})).json()
    life = datetime.fromisoformat(child["expires_at"]) - datetime.now(UTC)
    assert life <= timedelta(hours=1)
    assert (await program.post("/v1/clients", NEW)).json()["code"] == "insufficient_scope"
    for scope in (
        "people:read",
        "networks:read people:read",
        "everything",
        "networks:read  tokens:write",
    ):
        answer = await ask(house, headers=basic(made["id"], made["secret"]), scope=scope)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope"), scope


async def test_a_client_that_expires_takes_its_tokens_along(database_url: str) -> None:
    clock = Clock()
    async with TestHouse.over(database_url, clock=clock) as house:
        ada = await house.person("Ada")
        made = await registered(ada, expires_at=instant_text(clock() + timedelta(minutes=10)))
        answer = await ask(house, headers=basic(made["id"], made["secret"]))
        assert answer.json()["expires_in"] in (599, 600)
        program = Client(house.http, answer.json()["access_token"])
        assert (await program.get("/v1/me")).status_code == 200
        clock.ahead = timedelta(minutes=10)
        assert (await program.get("/v1/me")).status_code == 401
        answer = await ask(house, headers=basic(made["id"], made["secret"]))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_client_has_so_many_access_tokens_and_no_more(house: TestHouse) -> None:
    ada = await house.person("Ada")
    made = await registered(ada)
    tokens = [await access_token(house, made) for _ in range(MOST + 1)]
    await house.app.rooms.gatekeeper.forget()
    alive = [
        (await Client(house.http, token).get("/v1/me")).status_code
        for token in (tokens[0], tokens[1], tokens[-1])
    ]
    assert alive == [401, 200, 200]


async def test_an_access_token_is_given_back(house: TestHouse) -> None:
    ada = await house.person("Ada")
    made, other = await registered(ada), await registered(ada)
    token = await access_token(house, made)
    program = Client(house.http, token)
    for given, one, opens in (
        (token, other, 200),
        (ada.token, made, 200),
        (token, made, 401),
        (token, made, 401),
    ):
        form = {"token": given, "token_type_hint": "access_token"}
        answer = await ask(house, "/oauth/revoke", basic(one["id"], one["secret"]), **form)
        assert (answer.status_code, answer.json()) == (200, {"status": "done"})
        assert (await program.get("/v1/me")).status_code == opens
    assert (await ada.client.get("/v1/me")).status_code == 200
    assert (await ask(house, "/oauth/revoke", token=token)).status_code == 401


async def test_a_bound_client_provisions_one_network_and_goes_with_it(house: TestHouse) -> None:
    ada, ben = await house.person("Ada"), await house.person("Ben")
    olga = await house.person("Olga", operator=True)
    network = (await ada.client.post("/v1/networks", NETWORK)).json()["id"]
    wide = {"name": "HR", "scopes": ["members:provision", "tokens:write"], "network_id": network}
    given = (await olga.client.post("/v1/tokens", {**wide, "person_id": ada.id})).json()["secret"]
    keeper = TestPerson(ada.id, given, Client(house.http, given))
    body = {"scopes": ["members:provision"], "network_id": network}
    assert (await ada.client.post("/v1/clients", {**NEW, **body})).status_code == 403
    made = await registered(keeper, **body)
    program = Client(house.http, await access_token(house, made))
    added = await program.post("/v1/members", {"network_id": network, "person_id": ben.id})
    assert (added.status_code, added.json()["status"]) == (201, "active")
    elsewhere = (await ada.client.post("/v1/networks", NETWORK)).json()["id"]
    answer = await program.post("/v1/members", {"network_id": elsewhere, "person_id": ben.id})
    assert answer.status_code == 403
    alone = (await ada.client.post("/v1/networks", NETWORK)).json()["id"]
    wide = {**wide, "network_id": alone, "person_id": ada.id}
    given = (await olga.client.post("/v1/tokens", wide)).json()["secret"]
    keeper = TestPerson(ada.id, given, Client(house.http, given))
    made = await registered(keeper, scopes=["members:provision"], network_id=alone)
    program, network = Client(house.http, await access_token(house, made)), alone
    assert (await program.get("/v1/networks")).json()["code"] == "insufficient_scope"
    assert (await ada.client.delete(f"/v1/networks/{network}")).status_code == 204
    answer = await program.post("/v1/members", {"network_id": elsewhere, "person_id": ben.id})
    assert answer.status_code == 401


async def test_no_secret_of_a_client_is_kept_and_the_feed_tells_its_owner_alone(
    house: TestHouse,
) -> None:
    ada, eve = await house.person("Ada"), await house.person("Eve")
    start = {
        one.id: (await one.client.get("/v1/clients")).json()["changes_cursor"] for one in (ada, eve)
    }
    key = {"Idempotency-Key": "one client, please"}
    first = await ada.client.post("/v1/clients", NEW, headers=key)
    again = await ada.client.post("/v1/clients", NEW, headers=key)
    assert again.json() == {**first.json(), "secret": None}
    made = first.json()
    token = await access_token(house, made)
    await Client(house.http, token).get("/v1/networks")
    found = await everything(house)
    assert hash_of(made["secret"]).encode() in found
    assert hash_of(token).encode() in found
    for secret in (made["secret"], token):
        for part in (secret, secret[:-4], secret[12:28]):
            assert part.encode() not in found

    async def told(one: TestPerson) -> list[tuple[str, str, str]]:
        page = (await one.client.get("/v1/changes", params={"cursor": start[one.id]})).json()
        return [(item["kind"], item["op"], item["id"]) for item in page["items"]]

    assert await told(ada) == [("client", "upsert", made["id"])]
    await ada.client.delete(f"/v1/clients/{made['id']}")
    assert ("client", "gone", made["id"]) in await told(ada)
    assert await told(eve) == []


# --- Forms and headers ----------------------------------------------------------------------------


async def test_forms_and_headers_that_are_refused(house: TestHouse) -> None:
    ada = await house.person("Ada")
    made = await registered(ada)
    right = basic(made["id"], made["secret"])
    form = "application/x-www-form-urlencoded"

    async def sent(content: bytes, headers: dict[str, str], kind: str = form) -> tuple[int, str]:
        answer = await house.anonymous.request(
            "POST", "/oauth/token", content=content, headers={"Content-Type": kind, **headers}
        )
        found = answer.json()
        assert answer.headers["cache-control"] == "no-store"
        assert re.fullmatch(r"[ !#-\[\]-~]*", found.get("error_description", ""))
        return answer.status_code, found.get("error", "")

    ask_for = b"grant_type=client_credentials"
    assert await sent(ask_for, right, kind=f"{form}; charset=UTF-8") == (200, "")
    assert await sent(ask_for + b"&audience=x&resource=&scope=", right) == (200, "")
    assert await sent(b"grant%5Ftype=client%5fcredentials", right) == (200, "")
    bad = (400, "invalid_request")
    for content in (
        b"", b"grant_type", b"grant_type=", ask_for + b"&" + ask_for, ask_for + b"&scope=a&scope=b",
        ask_for + b"&%zz=1", ask_for + b"&a=%f", ask_for + b"&a=%ff", ask_for + b"&a=\xff", ask_for + b"&a=b c",
        ask_for + b"&scope=a%00b", ask_for + b"&" + b"&".join(b"a%d=1" % n for n in range(60)),
        ask_for + b"&a=" + b"x" * 30_000, b'{"grant_type":"client_credentials"}',
        ask_for + b"&client_id=" + made["id"].encode() + b"&client_secret=" + made["secret"].encode(),
        ask_for + b"&client_assertion_type=x&client_assertion=y",
    ):  # fmt: skip
        assert await sent(content, right) == bad, content[:60]
    assert await sent(b"grant_type=password", right) == (400, "unsupported_grant_type")
    assert (await sent(b"{}", right, kind="application/json"))[0] == 415
    no = (401, "invalid_client")
    nobody = house.app.rooms.house.new_id()
    plain = base64.b64encode(f"{made['id']}:{made['secret']}".encode()).decode()
    for headers in (
        {}, basic(nobody, made["secret"]), basic(made["id"], "x"), basic("x", "y"), basic(made["id"], ""),
        {"Authorization": f"Bearer {ada.token}"}, {"Authorization": f"Bearer {made['secret']}"},
        {"Authorization": "Basic"}, {"Authorization": "Basic %%%"}, {"Authorization": f"Basic {plain}="},
        {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"%zz:%zz").decode()}, {"Authorization": f"Digest {plain}"},
    ):  # fmt: skip
        assert await sent(ask_for, headers) == no, headers
    assert await sent(ask_for + b"&client_id=" + nobody.encode(), right) == no
    assert await sent(ask_for, {"Authorization": f"basic {plain}"}) == (200, "")
    got = await house.anonymous.get("/oauth/token")
    assert (got.status_code, got.headers["allow"]) == (405, "OPTIONS, POST")


async def test_an_unknown_client_and_a_wrong_secret_are_one_answer(house: TestHouse) -> None:
    ada = await house.person("Ada")
    made = await registered(ada)
    wrong = await ask(house, headers=basic(made["id"], "qi_client_" + "0" * 43))
    nobody = await ask(house, headers=basic(house.app.rooms.house.new_id(), made["secret"]))
    bodies = {re.sub(r'"instance":"[^"]*"', "", answer.text) for answer in (wrong, nobody)}
    assert len(bodies) == 1
    assert (
        wrong.headers["www-authenticate"]
        == nobody.headers["www-authenticate"]
        == 'Basic realm="qi-networks"'
    )


async def test_an_assertion_that_gave_a_token_back_opens_nothing_more(house: TestHouse) -> None:
    """Each is good for one request, at whichever of the two addresses it was used."""
    key, ada = ECKey.generate_key("P-256", auto_kid=False), await house.person("Ada")
    made = await registered(ada, jwks={"keys": [key.as_dict(private=False)]})
    way = {"client_assertion_type": JWT_BEARER, "token": "qi_live_" + "0" * 43}
    text = assertion(key, made["id"])
    given = await ask(house, "/oauth/revoke", client_assertion=text, **way)
    assert given.status_code == 200
    for path in ("/oauth/token", "/oauth/revoke"):
        again = await ask(house, path, client_assertion=text, **way)
        assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
    text = assertion(key, made["id"])
    assert (await assert_as(house, text)).status_code == 200
    again = await ask(house, "/oauth/revoke", client_assertion=text, **way)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
