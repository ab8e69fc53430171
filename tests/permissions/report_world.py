"""The reports of the permission table's world: a member says something of the open meeting of each network."""

from dataclasses import replace
from typing import Any

from app.core.access import INSIDE
from app.core.changes import Told, create
from app.core.work import House, Work, perform
from tests.permissions.cast import mark
from tests.permissions.facts import Facts, Filed
from tests.permissions.meeting_world import TRIED


async def file_reports(house: House, facts: Facts) -> None:
    """Straight into the table, undecided and hiding nothing."""

    async def command(work: Work) -> None:
        for key in TRIED:
            _file(work, facts, Filed(work.blind_id(), f"{key}: open", f"{key}: member"))

    await perform(house, command)


def _file(work: Work, facts: Facts, one: Filed) -> None:
    one.marks = {"detail": mark(85_000 + len(facts.filed))}
    meet, by = facts.meets[one.meet], facts.actors[one.reporter, "main"]
    row: dict[str, Any] = {
        "id": one.id, "content_kind": "meeting", "content_id": meet.id, "network_id": facts.nets[meet.net].id,
        "result_id": None, "reporter_id": facts.people[one.reporter].id, "reason": "inaccurate",
        "detail": f"Not so {one.marks['detail']}", "status": "open", "hides": False, "at_once": False,
        "told_author": False, "decision_note": None, "decided_by": None, "decided_on": None, "appeal": None,
        "appealed_on": None, "first_note": None,
    }  # fmt: skip
    create(work, "report.filed", row, Told(network_id=row["network_id"], tier=INSIDE, outer=False))
    # By the member, with their ordinary token.
    work.changes[-1] = replace(
        work.changes[-1], actor_id=facts.people[one.reporter].id, token_id=by.token_id
    )
    for name, word in one.marks.items():
        facts.marks[word] = ("report", one.id, name)
    facts.filed.append(one)
