"""What schemathesis cannot read in the contract: which of the right requests are right here and now.

It is loaded by the program `schemathesis` itself. `QI_TARGETS` names a file with ids that operations use up.
"""

import itertools
import json
import os
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure

# Answers to a request that is right by the contract: what it refers to is not there, or not any more.
IN_CONTEXT = frozenset((
    "invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type",
    "invalid_cursor", "precondition_failed", "resync_required", "unknown_reference", "idempotency_key_reused",
    "precondition_required",
))  # fmt: skip
# The same within a 422 `invalid`: fields that do not go together, or not here.
FIELDS_IN_CONTEXT = frozenset((
    "nothing_asked", "ambiguous_place", "northern_ireland", "not_a_box",
    "unknown_place", "half_a_place", "has_members", "no_members", "not_an_icb", "not_here", "nothing_to_sort_by",
    "slug_is_random", "in_the_past", "in_the_future", "beyond_own_expiry", "network_id", "patient_number",
    "public_key",
    "no_such_day", "in_dst_gap", "no_such_occurrence", "of_the_series", "one_start", "local_start_needed",
    "occurrence_required", "bad_recurrence", "endless_recurrence", "not_the_first_occurrence", "never_occurs",
    "recurrence_range", "first_occurrence", "nothing_left", "window_ends_before_it_begins", "window_too_wide",
    "too_many_occurrences", "icb_or_region", "network_or_meeting", "out_of_range", "unknown_timezone", "chatham_house",
    "names_a_member", "duplicate", "feed", "patient_identifier", "possible_patient_data", "dismissed_hides",
    "no_answer", "too_early", "highest_below_lowest",
    "nothing_to_merge", "reason_needed", "no_author_left", "too_many_authors",
    "stop_reason_needed", "not_stopped", "ends_before_it_begins", "answer_to_an_answer", "no_organisation",
    "no_figure", "value_and_count", "denominator_alone", "zero_denominator", "numerator_missing",
    "denominator_missing", "denominator_not_used", "not_a_count", "numerator_above_denominator",
    "ruleset_not_for_chart", "baseline_too_short", "no_such_point", "outside_range", "csv_header", "csv_empty",
    "csv_separator", "csv_quote", "csv_columns",
))  # fmt: skip
TARGETS: dict[str, list[dict[str, str]]] = json.loads(Path(os.environ["QI_TARGETS"]).read_text())
numbers = itertools.count()
TOO_LARGE = 413


@schemathesis.hook
def filter_failure(context: Any, failure: Failure, case: Any, response: Any) -> bool:  # noqa: ARG001
    """Keep every failure but two: a right request that was refused for a reason outside the contract's reach.

    And a wrong one that was refused by its size, before anybody read it.
    """
    if type(failure).__name__ == "AcceptedNegativeData":
        return bool(response.status_code != TOO_LARGE)
    if type(failure).__name__ != "RejectedPositiveData":
        return True
    problem = response.json()
    if problem["code"] in IN_CONTEXT:
        return False
    return not {error["code"] for error in problem["errors"]} & FIELDS_IN_CONTEXT


# Codes that are there: what is made up is right by the contract and unknown all the same.
KNOWN: dict[str, Any] = {
    "organisation": "A81004", "representing": "A81004", "host_organisation": "A81004", "footprint": ["A81004"],
    "icbs": ["QHM"], "profession": "practice-nurse", "professions": ["practice-nurse"], "topics": ["diabetes"],
    "interests": ["diabetes"], "near": "TS5 8SB", "expires_at": "2090-01-01T00:00:00Z", "scopes": ["networks:read"],
    "longitude": -1.26, "latitude": 54.5,
}  # fmt: skip


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:  # noqa: ARG001
    """Aim most right requests at something that is there, with a key and a condition that let them through."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    number = next(numbers)
    if number % 8 == 0:  # as it was made up
        return
    headers, query = case.headers or {}, case.query or {}
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = f"key-{number}"
    headers.pop("If-Match", None)
    query.pop("cursor", None)
    if query.get("near"):
        query["near"] = KNOWN["near"]
    if isinstance(case.body, dict):
        _set_known(case.body)
    waiting = TARGETS.get(case.operation.definition.raw["operationId"], [])
    if waiting and number % 2:
        for name, value in waiting.pop().items():
            aimed = case.path_parameters if name in (case.path_parameters or {}) else case.body
            if isinstance(aimed, dict):
                aimed[name] = value


def _set_known(body: dict[str, Any]) -> None:
    for name in KNOWN.keys() & body.keys():
        if body[name]:
            known = KNOWN[name]
            several = isinstance(body[name], list) and not isinstance(known, list)
            body[name] = [known] if several else known
    if "scopes" in body:
        body.pop("network_id", None)  # goes with one scope, and only with that
