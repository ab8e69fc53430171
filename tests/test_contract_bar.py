"""What `make contract` rests on and needs no Node: the differ, the last release, the locks, what must fail."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from openapi.bar.compatible import Breaks
from openapi.bar.plain import app as plain
from openapi.bar.releases import announced, breaking, last_release
from openapi.bar.tools import HERE
from tests import contract_rules as rules
from tests.contract import document

Json = dict[str, Any]


def network(contract: Json) -> Json:
    """The answer about one network."""
    found: Json = contract["components"]["schemas"]["Network"]
    return found


def new_network(contract: Json) -> Json:
    """The body that makes a network."""
    found: Json = contract["components"]["schemas"]["NetworkCreate"]
    return found


def listed(contract: Json) -> Json:
    """The list of networks."""
    found: Json = contract["paths"]["/v1/networks"]["get"]
    return found


BREAKS: dict[str, Callable[[Json], object]] = {
    "GET /v1/topics is gone": lambda c: c["paths"].pop("/v1/topics"),
    "GET /v1/networks is now called findNetworks": lambda c: listed(c).update(operationId="findNetworks"),
    "GET /v1/networks asks for a token now": lambda c: listed(c).update(security=[{"bearerAuth": []}]),
    "GET /v1/networks knows no query q any more": lambda c: listed(c).update(
        parameters=[p for p in listed(c)["parameters"] if p.get("name") != "q"]
    ),
    "GET /v1/networks asks for query why now": lambda c: listed(c)["parameters"].append(
        {"in": "query", "name": "why", "required": True, "schema": {"type": "string"}}
    ),
    "Network (answered): name is gone": lambda c: network(c)["properties"].pop("name"),
    "Network (answered): name is not always there": lambda c: network(c)["required"].remove("name"),
    "Network (answered).name is ['null', 'string'], was ['string']": lambda c: network(c)["properties"]["name"].update(
        type=["string", "null"]
    ),
    "Network (answered).name: maxLength is 100000, was ": lambda c: network(c)["properties"]["name"].update(
        maxLength=100_000
    ),
    "NetworkVisibility (answered) may be ['secret'] now": lambda c: c["components"]["schemas"]["NetworkVisibility"][
        "enum"
    ].append("secret"),
    "NetworkVisibility (asked) does not take ['open'] any more": lambda c: c["components"]["schemas"][
        "NetworkVisibility"
    ]["enum"].remove("open"),
    "NetworkCreate (asked): place is required now": lambda c: new_network(c)["required"].append("place"),
    "NetworkCreate (asked): place is gone": lambda c: new_network(c)["properties"].pop("place"),
    "NetworkCreate (asked).name: maxLength is 3, was ": lambda c: new_network(c)["properties"]["name"].update(
        maxLength=3
    ),
    "NetworkCreate (asked).name: the pattern is ^a$, was ": lambda c: new_network(c)["properties"]["name"].update(
        pattern="^a$"
    ),
    "POST /v1/networks does not answer 201 any more": lambda c: c["paths"]["/v1/networks"]["post"]["responses"].pop(
        "201"
    ),
}  # fmt: skip
NO_BREAKS: dict[str, Callable[[Json], object]] = {
    "a new operation": lambda c: c["paths"].update({"/v1/news": c["paths"]["/v1/topics"]}),
    "a new field in an answer": lambda c: network(c)["properties"].update(new={"type": "string"}),
    "a new optional field in a body": lambda c: new_network(c)["properties"].update(new={"type": "string"}),
    "a new optional parameter": lambda c: listed(c)["parameters"].append(
        {"in": "query", "name": "why", "schema": {"type": "string"}}
    ),
    "a new code of an error": lambda c: c["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].append("x"),
    "a new action": lambda c: c["components"]["schemas"]["NetworkAction"]["enum"].append("dance"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", BREAKS)
def test_a_break_is_told(sentence: str) -> None:
    spoilt = copy.deepcopy(document())
    BREAKS[sentence](spoilt)
    found = list(Breaks(document(), spoilt))
    assert any(line.startswith(sentence) for line in found), found


@pytest.mark.parametrize("addition", NO_BREAKS)
def test_an_addition_is_none(addition: str) -> None:
    more = copy.deepcopy(document())
    NO_BREAKS[addition](more)
    assert list(Breaks(document(), more)) == []


def test_the_seeded_break_of_the_bar_is_one() -> None:
    assert list(Breaks(document(), breaking(document()))) == ["Network (answered): name is gone"]


def test_the_contract_is_compatible_with_the_last_release() -> None:
    """But for what was announced; what was announced is so."""
    released = json.loads(last_release().read_text())
    assert sorted(Breaks(released, document())) == sorted(announced())


def test_a_plain_application_breaks_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of tests/contract_rules.py that it has the parts for."""
    contract = plain.openapi()
    monkeypatch.setattr("tests.contract.document", lambda: contract)
    broken = (
        rules.ids_are_camel_case_and_unique,
        rules.components_have_clean_names,
        rules.operations_are_described,
        rules.bodies_have_examples,
        rules.leaves_have_examples,
        rules.values_are_bounded,
        rules.null_is_no_union_of_scalars,
        rules.names_are_snake_case,
        rules.paths_are_plural_nouns,
        rules.errors_are_problem_documents,
        rules.answers_promise_their_headers,
        rules.input_is_closed_and_output_whole,
        rules.patches_are_merge_patches,
    )
    assert [rule.__name__ for rule in broken if not list(rule(contract))] == []


def test_the_linter_lets_the_same_paths_stand_at_the_root() -> None:
    (pattern,) = re.findall(
        r"^ +match: (\^/\$\|.*)$", (HERE / "house.yaml").read_text(), re.MULTILINE
    )
    assert [path for path in rules.AT_THE_ROOT if not re.search(pattern, path)] == []
    assert not re.search(pattern, "/getNetworks")


def test_the_tools_are_pinned_without_addresses() -> None:
    package = json.loads((HERE / "package.json").read_text())
    assert [
        pin for pin in package["dependencies"].values() if not re.fullmatch(r"[0-9.]+", pin)
    ] == []
    locks = (HERE / "package-lock.json").read_text(), (HERE / "requirements.lock").read_text()
    assert '"resolved"' not in locks[0]
    assert '"integrity"' in locks[0]
    assert "://" not in locks[1]
    assert "--hash=sha256:" in locks[1]
