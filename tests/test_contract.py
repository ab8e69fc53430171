"""The contract: committed, valid, and kept to its rules. Each rule notices when it is broken."""

import copy
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openapi_spec_validator
import pytest
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

import app
from app.core.error_catalogue import CATALOGUE
from tests import contract_rules as rules
from tests.contract import PROBLEM, document
from tests.contract_rules import Json, Rule

ROOT = Path(__file__).parent.parent
COMMITTED = ROOT / "openapi" / "openapi.json"
PRINT = "import sys, app.main, app.web.openapi as o; sys.stdout.buffer.write(o.contract(app.main.describe()))"


# --- Breaking them, one at a time -----------------------------------------------------------------


def network(contract: Json) -> Json:
    """The operation that reads one network."""
    found: Json = contract["paths"]["/v1/networks/{network_id}"]["get"]
    return found


def schema(contract: Json, name: str) -> Json:
    """A schema by name."""
    found: Json = contract["components"]["schemas"][name]
    return found


def field(contract: Json, name: str) -> Json:
    """A field of a network."""
    found: Json = schema(contract, "Network")["properties"][name]
    return found


def patched_name(contract: Json) -> Json:
    """A field of a patch."""
    found: Json = schema(contract, "NetworkPatch")["properties"]["name"]
    return found


def not_found(contract: Json) -> Json:
    """The response that says 404."""
    found: Json = contract["components"]["responses"]["NotFound"]
    return found


def rename(holder: Json, old: str, new: str) -> None:
    """Give a member of an object another name."""
    holder[new] = holder.pop(old)


NULL = {"type": "null"}
RULES: list[tuple[Rule, Callable[[Json], object]]] = [
    (rules.ids_are_camel_case_and_unique, lambda c: network(c).update(operationId="listNetworks")),
    (rules.ids_are_camel_case_and_unique, lambda c: network(c).update(operationId="get_network")),
    (rules.components_have_clean_names, lambda c: rename(c["components"]["schemas"], "Network", "Network-Output")),
    (rules.every_component_is_used, lambda c: c["components"]["schemas"].update(Unused={"type": "object"})),
    (rules.operations_are_described, lambda c: network(c).pop("summary")),
    (rules.operations_are_described, lambda c: network(c).update(security=[])),
    (rules.tags_are_described_and_used, lambda c: c["tags"].pop()),
    (rules.bodies_have_examples, lambda c: schema(c, "Network").pop("examples")),
    (rules.leaves_have_examples, lambda c: field(c, "name").pop("examples")),
    (rules.examples_are_valid, lambda c: field(c, "id").update(examples=["not-a-uuid-but-of-the-same-length-ok"])),
    (rules.examples_are_valid, lambda c: schema(c, "Network")["examples"][0].pop("name")),
    (rules.values_are_bounded, lambda c: field(c, "name").pop("maxLength")),
    (rules.values_are_bounded, lambda c: field(c, "version").pop("format")),
    (rules.values_are_bounded, lambda c: field(c, "topics").pop("maxItems")),
    (rules.whole_numbers_are_kept_exactly, lambda c: field(c, "version").update(maximum=2**53)),
    (rules.whole_numbers_are_kept_exactly, lambda c: field(c, "version").update(minimum=1.0)),
    (rules.null_is_no_union_of_scalars, lambda c: field(c, "place").update(anyOf=[{"type": "string"}, NULL])),
    (rules.names_are_snake_case, lambda c: rename(schema(c, "Network")["properties"], "host", "theHost")),
    (rules.names_are_snake_case, lambda c: network(c)["parameters"][0].update(name="networkId")),
    (rules.paths_are_plural_nouns, lambda c: rename(c["paths"], "/v1/topics", "/v1/topic")),
    (rules.paths_are_plural_nouns, lambda c: rename(c["paths"], "/v1/topics", "/topics")),
    (rules.paths_are_plural_nouns, lambda c: rename(c["paths"], "/v1/topics", "/v1/topics/search")),
    (rules.errors_are_problem_documents, lambda c: rename(not_found(c)["content"], PROBLEM, "application/json")),
    (rules.answers_promise_their_headers, lambda c: network(c)["responses"]["200"]["headers"].pop("X-Request-ID")),
    (rules.answers_promise_their_headers, lambda c: c["components"]["headers"]["WWW-Authenticate"].pop("required")),
    (rules.limits_are_told, lambda c: network(c)["responses"]["200"]["headers"].pop("RateLimit")),
    (rules.limits_are_told, lambda c: network(c)["responses"].pop("429")),
    (rules.input_is_closed_and_output_whole, lambda c: schema(c, "Network")["required"].remove("name")),
    (rules.input_is_closed_and_output_whole, lambda c: schema(c, "NetworkCreate").pop("additionalProperties")),
    (rules.patches_are_merge_patches, lambda c: patched_name(c).update(default="")),
    (rules.security_says_who_may, lambda c: network(c).update(security=[{"oauth2": ["everything"]}])),
    (rules.security_says_who_may, lambda c: network(c).update(security=[{"bearerAuth": ["networks:read"]}])),
]  # fmt: skip


@pytest.mark.parametrize(
    "rule", dict.fromkeys(rule for rule, _ in RULES), ids=lambda rule: rule.__name__
)
def test_the_contract_keeps_to(rule: Rule) -> None:
    assert list(rule(document())) == []


@pytest.mark.parametrize(
    ("rule", "spoil"), RULES, ids=[f"{n}-{rule.__name__}" for n, (rule, _) in enumerate(RULES)]
)
def test_a_broken_rule_is_noticed(
    rule: Rule, spoil: Callable[[Json], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = copy.deepcopy(document())
    spoil(spoilt)
    monkeypatch.setattr("tests.contract.document", lambda: spoilt)
    assert list(rule(spoilt)) != []


# --- The document as a whole ----------------------------------------------------------------------


def test_it_is_openapi() -> None:
    openapi_spec_validator.validate(document())
    assert document()["openapi"].startswith("3.1.")


def test_what_is_not_openapi_is_noticed() -> None:
    spoilt = copy.deepcopy(document())
    network(spoilt)["parameters"][0].pop("in")
    with pytest.raises(OpenAPIValidationError):
        openapi_spec_validator.validate(spoilt)


def fresh(seed: str) -> bytes:
    """The contract from a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", PRINT]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, check=True
    ).stdout


def test_every_process_makes_the_committed_bytes() -> None:
    committed = COMMITTED.read_bytes()
    for seed in ("1", "2"):
        assert fresh(seed) == committed, "they differ: run 'make openapi' and read what changed"


def test_it_says_whose_it_is() -> None:
    info = document()["info"]
    assert info["version"] == app.__version__
    assert info["license"] == {"identifier": "MIT", "name": "MIT"}
    assert set(info["contact"]) == {"email", "name", "url"}
    assert document()["servers"]


# --- Error codes ----------------------------------------------------------------------------------


def test_every_code_is_in_the_contract() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["Problem"]["properties"]["code"]["enum"] == sorted(CATALOGUE)
    told = {
        code
        for answer in document()["components"]["responses"].values()
        for code in re.findall(r"^- `([a-z_]+)`: ", answer["description"], re.MULTILINE)
    }
    # 405 has no operation, so no response of one.
    assert told == set(CATALOGUE) - {"method_not_allowed"}
