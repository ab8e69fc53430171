"""The rows of meetings: planning them, and reading one."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import meeting_oracle, oracle
from tests.permissions.facts import Actor, Facts, Meet
from tests.permissions.meeting_world import towards
from tests.permissions.table import Cell, everybody, rows_of

NEW = {"title": "Spring meeting", "starts_at": "2030-04-09T12:30:00Z"}


def as_read(facts: Facts, actor: Actor, meet: Meet, item: dict[str, Any]) -> str:
    """What is wrong with a meeting as this actor reads it."""
    wrong = []
    expected = {
        "id": meet.id,
        "network_id": facts.nets[meet.net].id,
        "status": meet.status,
        "confidentiality": meet.confidentiality,
        "attendance_hidden": meet.hidden,
        "capacity": meet.capacity,
        "place_private": meet.place_private,
    }
    wrong += [name for name, value in expected.items() if item[name] != value]
    attends = meeting_oracle.attends(facts, actor, meet)
    place = meeting_oracle.reads_place(facts, actor, meet)
    shown = {"join_url": attends, "place": place, "latitude": place, "longitude": place}
    shown |= {"announced_at": meet.announced, "cancel_reason": meet.status == "cancelled"}
    wrong += [name for name, there in shown.items() if (item[name] is not None) != there]
    return f"{meet.key}: {wrong}" if wrong else ""


@rows_of("getMeeting")
def get_meeting(facts: Facts) -> Iterator[Cell]:
    """One meeting, of every kind."""
    for label, actor, meet in towards(facts):
        end = oracle.gate(actor, "meetings:read", sign_in=False)
        end = end or meeting_oracle.there(facts, actor, meet)
        looked = end is None and meeting_oracle.recorded(facts, actor, meet)
        yield Cell(
            "getMeeting", label, meet.net, actor, "GET", f"/v1/meetings/{meet.id}", end or (200, None), meet.kind,
            ghost=meet.id, check=partial(as_read, facts, actor, meet),
            recorded=(facts.nets[meet.net].id,) if looked else (),
        )  # fmt: skip


@rows_of("planMeeting")
def plan_meeting(facts: Facts) -> Iterator[Cell]:
    """Facilitators plan, as a draft or told at once; in every network there is."""
    for label, actor, net in everybody(facts):
        end = (
            oracle.gate(actor, "meetings:write")
            or oracle.keeps(facts, actor, net)
            or oracle.still_open(net)
            or oracle.lives_here(net)
        )
        looked = end is None and oracle.recorded(facts, actor, net)
        for variant, more in (
            ("draft", {}),
            ("told", {"status": "confirmed", "confidentiality": "chatham_house"}),
        ):
            yield Cell(
                "planMeeting", label, net.key, actor, "POST", "/v1/meetings", end or (201, None), variant,
                {**NEW, **more, "network_id": net.id}, ghost=net.id, recorded=(net.id,) if looked else (),
            )  # fmt: skip
