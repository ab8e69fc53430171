"""Rows 2 to 6: is it OpenAPI, and what do linters say of it."""

import json

import openapi_spec_validator

from openapi.bar.judged import Judged, Row, Verdict
from openapi.bar.tools import BIN, HERE, run


def valid(judged: Judged) -> Verdict:
    """openapi-spec-validator."""
    validator = openapi_spec_validator.OpenAPIV31SpecValidator(judged.document)
    found = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors()]
    return Verdict(f"{len(judged.operation_ids)} operations", found)


def spectral(judged: Judged, rules: str) -> Verdict:
    """Spectral with one of the rule sets beside this file; everything from a hint on is a finding."""
    said = run(
        BIN / "spectral", "lint", judged.path, "--ruleset", HERE / rules, "--fail-severity=hint",
        "--format=json", "--quiet",
    )  # fmt: skip
    try:
        results, _ = json.JSONDecoder().raw_decode(said.text[said.text.index("[") :])
    except ValueError:
        return Verdict("did not run", said.text.splitlines()[-5:] or ["it said nothing"])
    found = [
        f"{result['code']} at {'/'.join(map(str, result['path']))}: {result['message']}"
        for result in results
    ]
    if said.status != 0 and not found:
        found = [said.text[-500:]]
    return Verdict("0 findings", found)


def oas(judged: Judged) -> Verdict:
    """Spectral's own rules of OpenAPI."""
    return spectral(judged, "oas.yaml")


def owasp(judged: Judged) -> Verdict:
    """The ten risks of OWASP."""
    return spectral(judged, "owasp.yaml")


def house(judged: Judged) -> Verdict:
    """The conventions of this house."""
    return spectral(judged, "house.yaml")


def redocly(judged: Judged) -> Verdict:
    """Redocly, at its strictest."""
    said = run(
        BIN / "redocly", "lint", judged.path, "--config", HERE / "redocly.yaml", "--format=json",
        REDOCLY_TELEMETRY="off", REDOCLY_SUPPRESS_UPDATE_NOTICE="true",
    )  # fmt: skip
    try:
        told, _ = json.JSONDecoder().raw_decode(said.text[said.text.index('{\n  "totals"') :])
    except ValueError:
        return Verdict("did not run", said.text.splitlines()[-5:] or ["it said nothing"])
    found = [
        f"{problem['ruleId']} at {problem['location'][0].get('pointer', '')}: {problem['message']}"
        for problem in told["problems"]
    ]
    if said.status != 0 and not found:
        found = [said.text[-500:]]
    return Verdict("0 problems", found)


ROWS = (
    Row("2", "openapi-spec-validator", valid),
    Row("3", "Spectral oas", oas),
    Row("4", "Spectral OWASP", owasp),
    Row("5", "Spectral house rules", house),
    Row("6", "Redocly recommended-strict", redocly),
)
