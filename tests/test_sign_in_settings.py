"""`OIDC_ISSUERS`: what is read, and the sentence that says which field is wrong."""

import ast
import json
from typing import Any

import pytest
from pydantic import ValidationError

from app.cli.starting import Refused, read_settings
from app.core.issuers import PRESETS, Algorithm, Issuer, read_issuers
from app.core.viewer import PERSONAL_SCOPES, Scope
from app.settings import Settings
from tests.documents import ROOT, blocks, rows, section, words

LEAST = {"issuer": "https://id.example.org", "audiences": ["qi-networks"]}


def one(**fields: Any) -> Issuer:
    """An issuer with these fields."""
    (found,) = read_issuers(json.dumps([{**LEAST, **fields}]))
    return found


def test_the_least_that_is_needed() -> None:
    found = one()
    assert found.algorithms == tuple(Algorithm)
    assert (found.types, found.reads, found.subject) == (("at+jwt",), "access_tokens", "sub")
    assert (found.scopes, found.operators) == (PERSONAL_SCOPES, False)
    assert Settings().oidc_issuers is None
    assert read_issuers("[]") == ()


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_defaults_that_can_be_overruled(preset: str) -> None:
    found = one(preset=preset)
    for name in ("reads", "subject"):
        assert getattr(found, name) == PRESETS[preset].get(name, getattr(one(), name))
    own = one(preset=preset, types=["x"], subject="id", claims={"name": ["nick"]})
    assert (own.types, own.subject, own.claims.name) == (("x",), "id", ("nick",))
    assert own.claims.organisation == found.claims.organisation


def test_several_at_once() -> None:
    text = json.dumps([LEAST, {**LEAST, "issuer": "http://127.0.0.1:9400", "preset": "keycloak"}])
    assert [issuer.on_loopback for issuer in read_issuers(text)] == [False, True]


WRONG: dict[str, tuple[str, str]] = {
    "no JSON": ("{", "it is not JSON"),
    "an object": (json.dumps(LEAST), "it must be a list"),
    "a crowd": (json.dumps([LEAST] * 21), "it must be a list of at most 20"),
    "twice": (json.dumps([LEAST, LEAST]), "an issuer is given more than once"),
    "a name twice": (
        '[{"issuer": "https://a.example", "issuer": "https://b.example"}]',
        "more than once",
    ),
    "no object": ("[1]", "in issuer 1, "),
}
FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "HTTP": ({"issuer": "http://id.example.org"}, "issuer must begin with https://"),
    "HTTP to a private address": ({"issuer": "http://10.0.0.1"}, "issuer must begin with https://"),
    "no address": ({"issuer": "my-id"}, "issuer: string should have at least 8"),
    "another scheme": ({"issuer": "ftp://id.example.org"}, "issuer must begin with https://"),
    "a query": ({"issuer": "https://id.example.org?a=b"}, "issuer must have no user, query or fragment"),
    "a user": ({"issuer": "https://me@id.example.org"}, "issuer must have no user, query or fragment"),
    "a space": ({"issuer": "https://id.example .org"}, "issuer is no address"),
    "a port": ({"issuer": "https://id.example.org:x"}, "issuer is no address"),
    "no audience": ({"audiences": []}, "audiences: "),
    "an empty audience": ({"audiences": [""]}, "audiences.0: "),
    "an audience that is no list": ({"audiences": "qi"}, "audiences: "),
    "alg none": ({"algorithms": ["none"]}, "algorithms.0: "),
    "HS256": ({"algorithms": ["HS256"]}, "algorithms.0: "),
    "no algorithm": ({"algorithms": []}, "algorithms: "),
    "a preset that is none": ({"preset": "okta"}, "preset: "),
    "a field that is none": ({"audience": ["x"]}, "audience: "),
    "a truth value in text": ({"operators": "yes"}, "operators: "),
    "a number in text": ({"longest_minutes": "60"}, "longest_minutes: "),
    "a week and more": ({"longest_minutes": 10_081}, "longest_minutes: "),
    "a scope that is none": ({"scopes": ["everything"]}, "scopes.0: "),
    "operating by scopes": ({"scopes": ["operate"]}, "scopes cannot hold operate: see operators"),
    "provisioning": ({"scopes": ["members:provision"]}, "scopes cannot hold members:provision"),
    "a map without its claim": ({"scope_map": {"a": []}}, "scope_map needs a scope_claim"),
    "provisioning by a map": (
        {"scope_claim": "roles", "scope_map": {"a": ["members:provision"]}},
        "scope_map cannot hold members:provision",
    ),
    "a claim that is none": ({"claims": {"title": ["x"]}}, "claims.title: "),
    "claims as a list": ({"claims": []}, "claims: "),
    "a number without its system": ({"claims": {"registrations": [{"claim": "x"}]}}, "claims.registrations.0.system: "),
    "a patient's number": (
        {"claims": {"external_ids": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "claim": "x"}]}},
        "a patient's number (NHS) has no place here",
    ),
}  # fmt: skip
WRONG |= {
    name: (json.dumps([{**LEAST, **fields}]), f"in issuer 1, {said}" if ":" in said else said)
    for name, (fields, said) in FIELDS.items()
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_refused_by_name_in_one_sentence(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, said = WRONG[name]
    with pytest.raises(ValidationError):
        Settings(oidc_issuers=text)  # type: ignore[arg-type]
    monkeypatch.setenv("OIDC_ISSUERS", text)
    with pytest.raises(Refused) as refused:
        read_settings()
    message = str(refused.value)
    assert message.startswith("OIDC_ISSUERS cannot be what it is now: ")
    assert said in message
    assert "\n" not in message


def test_a_kind_of_token_is_compared_as_the_standard_says() -> None:
    found = one(types=["at+jwt", "none"])
    assert all(map(found.takes, ("at+jwt", "AT+JWT", "application/at+jwt", None)))
    assert not any(map(found.takes, ("JWT", "", "application/", "at+jwt ")))
    assert not one().takes(None)


def test_granted_is_never_more_than_the_most() -> None:
    found = one(scope_claim="scope", operators=True)
    everything = {"scope": " ".join(Scope)}
    assert found.granted(everything, operator=False) == PERSONAL_SCOPES
    assert found.granted(everything, operator=True) == PERSONAL_SCOPES | {Scope.OPERATE}
    for nothing in (
        {},
        {"scope": 7},
        {"scope": None},
        {"scope": ["", 7, None]},
        {"scope": {"a": 1}},
    ):
        assert found.granted(nothing, operator=True) == frozenset()


GUIDE = (ROOT / "docs/sign-in.md").read_text()
# About the form of a token: no issuer makes such, so the guide names them together.
OF_FORM = {
    "an extension in the header", "kid is no name", "alg or typ is no text", "another iss",
}  # fmt: skip


def reasons() -> set[str]:
    """Every reason for which a token is refused, as the code has it."""
    found = set()
    for path in (ROOT / "app/web/sign_in").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="Refused"), args=[ast.Constant(value=str(reason))]):
                    found.add(reason)
    return found


def test_every_reason_is_in_the_guide() -> None:
    said = {word for row in rows(section(GUIDE, "When it does not work")) for word in words(row[0])}
    assert {*reasons(), "expired"} <= said | OF_FORM
    assert said <= reasons(), "it explains what is not there"


def test_every_field_of_an_issuer_is_in_the_guide() -> None:
    table = [row for row in rows(section(GUIDE, "Which issuers")) if len(row) == 3]
    assert {word for row in table for word in words(row[0])} == set(Issuer.model_fields)


def test_the_examples_of_the_guide_are_settings() -> None:
    found = [block.text for block in blocks(GUIDE) if block.kind == "json"]
    presets = [read_issuers(text)[0].preset for text in found]
    assert presets == ["entra", "cis2", "keycloak"]
