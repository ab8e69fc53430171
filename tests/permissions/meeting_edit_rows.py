"""The rows of what is done to a meeting: editing, deleting, announcing, confirming, cancelling."""

from collections.abc import Iterator
from typing import Any

from tests.permissions import meeting_oracle, oracle
from tests.permissions.facts import Actor, Facts, Meet
from tests.permissions.meeting_world import towards
from tests.permissions.oracle import Outcome, refused
from tests.permissions.table import Cell, rows_of

FINAL = refused("illegal_transition")


def _runs(facts: Facts, actor: Actor, meet: Meet) -> Outcome | None:
    return oracle.gate(actor, "meetings:write") or meeting_oracle.runs(facts, actor, meet)


def _cell(
    facts: Facts, persona: str, actor: Actor, meet: Meet, operation: str, **more: Any
) -> Cell:
    """One request about a meeting; `more` is the way to ask, and what it comes to beyond the right."""
    method, path, end = more.pop("method"), f"/v1/meetings/{meet.id}", more.pop("end")
    done = _runs(facts, actor, meet) or end
    looked = done[0] == 200 and meeting_oracle.recorded(facts, actor, meet)
    variant = f"{meet.kind} {more.pop('variant', '')}".strip()
    return Cell(
        operation, persona, meet.net, actor, method, path + more.pop("verb", ""), done, variant,
        ghost=meet.id, recorded=(facts.nets[meet.net].id,) if looked else (), **more,
    )  # fmt: skip


def _edits(
    facts: Facts, meet: Meet
) -> Iterator[tuple[str, dict[str, Any], dict[str, Any], Outcome]]:
    """Variant, body, parameters, and what comes of it for who may."""
    good: Outcome = FINAL if meet.status == "cancelled" else (200, None)
    yield "nothing", {}, {}, good
    yield "title", {"title": "Another title", "duration_minutes": 90}, {}, good
    answered = any(one.meet == meet.key for one in facts.answers)
    kept = refused("chatham_house_kept") if answered else good
    lifts = meet.confidentiality == "chatham_house"
    yield "rule on", {"confidentiality": "chatham_house"}, {}, good
    yield "rule off", {"confidentiality": "open"}, {}, kept if lifts else good
    if not meet.occurrences:
        yield "no series", {}, {"occurrence": "2030-01-01T12:30:00"}, refused("invalid")
        return
    for variant, occurrence, scope, outcome in (
        ("moved one", meet.moved, "this", good),
        ("cancelled one", meet.cancelled, "this", FINAL),
        ("following", meet.occurrences[3], "following", good),
    ):
        yield variant, {"title": "Another"}, {"occurrence": occurrence, "range": scope}, outcome


@rows_of("updateMeeting")
def update_meeting(facts: Facts) -> Iterator[Cell]:
    """Facilitators edit, the cancelled is final, and the Chatham House Rule stays where somebody answered."""
    for label, actor, meet in towards(facts):
        for variant, body, params, end in _edits(facts, meet):
            yield _cell(
                facts, label, actor, meet, "updateMeeting",
                method="PATCH", variant=variant, json=body, params=params, end=end,
            )  # fmt: skip


@rows_of("deleteMeeting")
def delete_meeting(facts: Facts) -> Iterator[Cell]:
    """A draft alone."""
    for label, actor, meet in towards(facts):
        end = refused("meeting_announced") if meet.announced else (204, None)
        yield _cell(facts, label, actor, meet, "deleteMeeting", method="DELETE", end=end)


@rows_of("announceMeeting")
def announce_meeting(facts: Facts) -> Iterator[Cell]:
    """What nobody was told of."""
    yield from _told_once(facts, "announce")


@rows_of("confirmMeeting")
def confirm_meeting(facts: Facts) -> Iterator[Cell]:
    """What is not sure yet."""
    yield from _told_once(facts, "confirm")


def _told_once(facts: Facts, verb: str) -> Iterator[Cell]:
    for label, actor, meet in towards(facts):
        end: Outcome = (200, None) if meet.kind == "draft" else FINAL
        yield _cell(
            facts, label, actor, meet, f"{verb}Meeting", method="POST", verb=f"/{verb}", end=end
        )


@rows_of("cancelMeeting")
def cancel_meeting(facts: Facts) -> Iterator[Cell]:
    """Once, all of it or a part."""
    for label, actor, meet in towards(facts):
        final = meet.status == "cancelled"
        variants: list[tuple[str, dict[str, Any], Outcome]] = [
            ("all", {}, FINAL if final else (200, None))
        ]
        if meet.occurrences:
            rest = {"occurrence": meet.occurrences[3], "range": "following"}
            variants += [
                ("one", {"occurrence": meet.moved, "reason": "Snow"}, (200, None)),
                ("again", {"occurrence": meet.cancelled}, FINAL),
                ("following", rest, (200, None)),
            ]
        for variant, body, end in variants:
            yield _cell(
                facts, label, actor, meet, "cancelMeeting",
                method="POST", verb="/cancel", variant=variant, json=body, end=end,
            )  # fmt: skip
