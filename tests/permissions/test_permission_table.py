"""Every operation, as everybody, on everything: the service against the oracle."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import true

from app.core import access, meeting_access, searching
from app.features.actions import queries as actions_queries
from app.features.meetings import attendance_queries
from app.features.meetings import queries as meetings_queries
from app.features.minutes import queries as minutes_queries
from app.features.recommendations import queries as recommendations_queries
from app.features.results import listing as results_listing
from app.features.results import queries as results_queries
from app.features.results import rows as results_rows
from app.main import describe
from app.web.openapi import doors_of, operation_id
from tests.house import TestHouse
from tests.permissions import (  # noqa: F401 - they register their rows
    action_rows,
    analysis_rows,
    attendance_rows,
    audit_rows,
    calendar_rows,
    charter_rows,
    client_rows,
    conduct_rows,
    coverage_rows,
    decision_rows,
    helping_rows,
    invitation_rows,
    list_rows,
    listening_rows,
    measure_rows,
    meeting_edit_rows,
    meeting_list_rows,
    meeting_rows,
    member_rows,
    minutes_rows,
    network_map_rows,
    network_rows,
    pairing_rows,
    people_rows,
    privacy_rows,
    recommendation_rows,
    report_rows,
    resource_rows,
    result_rows,
    saved_search_rows,
    search_rows,
    service_rows,
    sharing_rows,
)
from tests.permissions.actions import disagreements
from tests.permissions.facts import VISIBILITIES
from tests.permissions.runner import Trial
from tests.permissions.table import PERSONAS, ROWS, Cell
from tests.proofs.figures import Figures

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
LEAST_CELLS = 50_000
# While one writes rows: the operations to try alone, with spaces between them. Such a run is none of the whole.
PART = os.environ.get("TABLE_OPERATIONS", "").split()
HEADS_OF = (*VISIBILITIES, "the installation")
# Of the variants those that are tried with a guard open.
# Of these the world as a whole is the target, not one network after the other.
TRIED_OPEN = (
    "",
    "all",
    "inside",
    "the",
    "pending",
    "draft",
    "open",
    "chatham",
    "named",
    "unnamed",
    "kept",
    "by",
    "meeting",
    "title",
    "topic",
)
ONCE = frozenset(service_rows.PUBLIC) | {
    "listOrganisations",
    "getOrganisation",
    "getMetrics",
    "analyseSeries",
}

# The controls that let a predicate say yes to everybody: where it is looked up.
OPENED: dict[str, tuple[Any, str]] = {
    "members": (access, "visible_member"),
    "invitations": (access, "visible_invitation"),
    "networks": (access, "visible_network"),
    "fronts": (recommendations_queries, "at_least"),
    "meetings": (meetings_queries, "visible_meeting"),
    "ways in": (meeting_access, "attends"),
    "attendance": (attendance_queries, "visible_attendance"),
    "minutes": (minutes_queries, "visible_minutes"),
    "owners": (actions_queries, "reads_person"),
    "results": (results_queries, "visible_result"),
    "authors": (results_rows, "names_authors"),
    "organisations": (results_rows, "names_organisation"),
    "filters by author": (results_listing, "names_authors"),
    "found meetings": (searching, "visible_meeting"),
    "found results": (searching, "visible_result"),
    "found by what is masked": (access, "at_least"),
}


def cells(trial: Trial, *operations: str) -> Iterator[Cell]:
    """The cells of these operations, or of all."""
    for operation, rows in ROWS.items():
        if not operations or operation in operations:
            for row in rows:
                yield from row(trial.facts)


def without_rows(operations: set[str]) -> list[str]:
    """The operations that nobody wrote rows for."""
    return sorted(operations - set(ROWS))


def served() -> set[str]:
    """The operations of the contract."""
    return {operation_id(door) for door in doors_of(describe()) if door.include_in_schema}


def short(wrong: list[str]) -> str:
    """The first of them, a line each."""
    return f"{len(wrong)} wrong\n" + "\n".join(line[:300] for line in wrong[:40])


def test_no_operation_is_without_rows() -> None:
    """An operation of the contract that is not in the table fails here with its name."""
    assert without_rows(served()) == []
    assert set(ROWS) - served() == set(), "rows for what is not served"
    assert without_rows({*served(), "inventNetwork"}) == ["inventNetwork"]


async def test_permission_table(trial: Trial, figures: Figures) -> None:
    trial.start()
    await trial.run(cells(trial, *PART))
    figures.tell(operations=len(ROWS), cells=trial.tried, wrong=len(trial.wrong))
    assert not trial.wrong, short(trial.wrong)
    if PART:
        pytest.skip(f"only {PART} were asked for, which are right")
    assert trial.tried >= LEAST_CELLS
    for operation in ROWS:
        personas, targets = trial.seen[operation]
        assert set(PERSONAS) <= personas, f"{operation} lacks a persona"
        rules = {net.rule for key, net in trial.facts.nets.items() if key in targets}
        assert operation in ONCE or rules >= set(VISIBILITIES), f"{operation} lacks a visibility"


async def test_head_answers_as_get_does(trial: Trial, figures: Figures) -> None:
    trial.start()
    await trial.run_heads(
        cell
        for cell in cells(trial)
        # Figures count the first request while they answer the second.
        if cell.method == "GET" and cell.target in HEADS_OF and cell.operation != "getMetrics"
    )
    figures.tell(cells=trial.tried, wrong=len(trial.wrong))
    assert not trial.wrong, short(trial.wrong)
    assert trial.tried >= 1_000


async def test_actions_of_a_network_are_what_its_operations_allow(
    trial: Trial, figures: Figures
) -> None:
    tried, wrong = await disagreements(trial)
    figures.tell(cells=tried, wrong=len(wrong))
    assert not wrong, short(wrong)
    assert tried >= 4_000


@pytest.mark.parametrize(
    "guard",
    [
        "policy",
        "members",
        "invitations",
        "networks",
        "fronts",
        "tiers",
        "record",
        "meetings",
        "ways in",
        "attendance",
        "minutes",
        "owners",
        "results",
        "authors",
        "organisations",
        "filters by author",
        "found meetings",
        "found results",
        "found by what is masked",
        "finds on record",
    ],
)
async def test_a_broken_guard_is_seen(
    trial: Trial, database_url: str, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """The controls: open one guard, and the table says which operations let whom do what."""
    operations = {
        "policy": ("updateNetwork",),
        "members": ("getMember",),
        "invitations": ("getInvitation",),
        "networks": ("listNetworks",),
        "fronts": ("listRecommendations",),
        "tiers": ("getNetwork",),
        "record": ("getNetwork",),
        "meetings": ("getMeeting",),
        "ways in": ("getMeeting",),
        "attendance": ("getAttendance",),
        "minutes": ("listMinutes",),
        "owners": ("listActions",),
        "results": ("getResult",),
        "authors": ("getResult",),
        "organisations": ("getResult",),
        "filters by author": ("listResults",),
        "found meetings": ("search",),
        "found results": ("search",),
        "found by what is masked": ("search",),
        "finds on record": ("search",),
    }[guard]
    if guard in OPENED:
        module, predicate = OPENED[guard]
        monkeypatch.setattr(module, predicate, lambda *_, **__: true())
    elif guard == "policy":
        monkeypatch.setitem(access.POLICY, "network.update", frozenset({"anyone"}))
    elif guard == "tiers":
        monkeypatch.setattr(access, "masked", lambda document, _: document)
    else:
        feature = "search" if guard == "finds on record" else "networks"
        monkeypatch.setattr(f"app.features.{feature}.router.note_operator_read", _look_away)
    # A service of its own: the other one keeps the statements that it made with its guards in place.
    async with TestHouse.over(database_url) as house:
        unguarded = Trial(house, trial.facts)
        await unguarded.run(
            cell
            for cell in cells(trial, *operations)
            if cell.target in VISIBILITIES and cell.variant.split(" ")[0] in TRIED_OPEN
        )
    assert unguarded.wrong, "nobody noticed"
    assert {line.split(" ", 1)[0] for line in unguarded.wrong} == set(operations)
    assert len(unguarded.wrong) < unguarded.tried, "what is allowed all the same is still right"


async def _look_away(*_: object) -> None:
    """Note nothing."""
