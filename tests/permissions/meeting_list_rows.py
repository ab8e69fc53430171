"""The rows of the list of meetings: what each persona finds in a network, and by what."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from tests.permissions import meeting_oracle, oracle
from tests.permissions.facts import Actor, Facts, Meet, Net
from tests.permissions.meeting_rows import as_read
from tests.permissions.meeting_world import TRIED
from tests.permissions.table import Cell, personas, rows_of, same_sets

Json = dict[str, Any]
# An occurrence: its meeting, and its original local start (empty for a single meeting).
Matches = Callable[[Meet, str], bool]


def _any(_: Meet, __: str) -> bool:
    return True


@rows_of("listMeetings")
def list_meetings(facts: Facts) -> Iterator[Cell]:
    """What one sees of a network's meetings: as planned, in a window, by each filter."""
    for key in TRIED:
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            for variant, params, matches in _searches(facts, actor, net):
                yield _cell(facts, label, actor, net, variant, params, matches)


def _searches(facts: Facts, actor: Actor, net: Net) -> Iterator[tuple[str, Json, Matches]]:
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    window = {
        "from": (day - timedelta(days=90)).isoformat(),
        "to": (day + timedelta(days=90)).isoformat(),
    }
    draft, hidden, series = (
        facts.meets[f"{net.key}: {kind}"] for kind in ("draft", "open", "series")
    )
    yield "as planned", {}, _any
    yield "window", window, _any
    yield "draft by title", {"q": draft.marks["title"]}, partial(_is, draft)
    spots = {
        "in words": {"q": hidden.marks["place"]},
        "near": _near(hidden),
        "in a box": _box(hidden),
    }
    for place, spot in spots.items():
        for params in ({}, window):
            matches = partial(_at_private_place, facts, actor, hidden, near=place != "in words")
            yield f"private place {place} {len(params)}", {**spot, **params}, matches
    yield "way in", {"q": hidden.marks["join_url"]}, lambda *_: False
    override = {"q": series.marks["override"]}
    yield "moved one by its title", {**override, **window}, lambda _, when: when == series.moved
    yield "no series by it", override, lambda *_: False
    yield "cancelled", {"status": "cancelled", **window}, _cancelled
    mine = oracle.membership(facts, actor, net) is not None
    for yes in (True, False):
        params = {"mine": str(yes).lower(), **window}
        yield f"mine={yes}", params, lambda *_, yes=yes: mine is yes


def _near(meet: Meet) -> Json:
    return {"near": f"{50.0 + 0.001 * meet.number:.6f},-2.0", "within_km": "0.1"}


def _box(meet: Meet) -> Json:
    south = 50.0 + 0.001 * meet.number
    return {"bbox": f"-2.0001,{south - 1e-4:.6f},-1.9999,{south + 1e-4:.6f}"}


def _is(one: Meet, meet: Meet, _: str) -> bool:
    return meet is one


def _at_private_place(
    facts: Facts, actor: Actor, hidden: Meet, meet: Meet, _: str, *, near: bool
) -> bool:
    """No word of a private place finds it, for whoever; its coordinates, for who may attend."""
    return near and meet is hidden and meeting_oracle.attends(facts, actor, meet)


def _cancelled(meet: Meet, when: str) -> bool:
    return meet.status == "cancelled" or (when != "" and when == meet.cancelled)


def _cell(
    facts: Facts, label: str, actor: Actor, net: Net, variant: str, params: Json, matches: Matches
) -> Cell:
    end = oracle.gate(actor, "meetings:read", sign_in=False)
    seen = [
        meet for meet in facts.meets.values()
        if meet.net == net.key and end is None and meeting_oracle.sees(facts, actor, meet)
    ]  # fmt: skip
    each = "from" in params
    expected = {
        f"{meet.id} {when}": meet
        for meet in seen
        for when in ((meet.occurrences if each else ()) or ("",))
        if matches(meet, when)
    }

    def check(found: Json) -> str:
        items = {f"{item['id']} {item['occurrence'] or ''}": item for item in found["items"]}
        wrong = same_sets(set(items), set(expected), {})
        for name, meet in expected.items() if not wrong else ():
            item = items[name]
            if item["occurrence"] and meet.cancelled == item["occurrence"]:
                wrong = wrong or ("" if item["status"] == "cancelled" else f"{name}: not cancelled")
            else:
                wrong = wrong or as_read(facts, actor, meet, item)
        return wrong

    looked = any(meeting_oracle.recorded(facts, actor, meet) for meet in expected.values())
    return Cell(
        "listMeetings", label, net.key, actor, "GET", "/v1/meetings", end or (200, None), variant,
        params={"network_id": net.id, "limit": "100", **params}, check=check, recorded=(net.id,) if looked else (),
    )  # fmt: skip
