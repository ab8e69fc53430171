"""The rows of calendars, and of the addresses that open them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from tests.permissions import meeting_oracle, oracle
from tests.permissions.facts import Actor, Facts, Meet, Net, Subscription
from tests.permissions.meeting_world import TRIED, towards
from tests.permissions.oracle import Outcome
from tests.permissions.table import GHOST, Cell, everybody, personas, rows_of, same_sets

UID = re.compile(r"^UID:([0-9a-f-]{36})@qi-networks\r$", re.MULTILINE)
GUESS = "qi_calendar_" + "0" * 43
TOPS = ("open", "restricted", "private", "confidential", "private/open")


def _holds(facts: Facts, actor: Actor, expected: list[Meet], calendar: str) -> str:
    """What is wrong with a calendar that has to hold these meetings for this reader."""
    names = {meet.id: meet.key for meet in facts.meets.values()}
    wrong = same_sets(set(UID.findall(calendar)), {meet.id for meet in expected}, names)
    text = calendar.replace("\r\n ", "")
    for meet in expected if not wrong else ():
        attends = meeting_oracle.attends(facts, actor, meet)
        place = meeting_oracle.reads_place(facts, actor, meet)
        shown = {"join_url": attends, "place": place, "title": True, "description": True}
        wrong += "".join(
            f"{meet.key}: {name}; " for name, there in shown.items() if (meet.marks[name] in text) != there
        )  # fmt: skip
        components = 3 if meet.occurrences else 1
        if text.count(f"UID:{meet.id}@") != components:
            wrong += f"{meet.key}: not {components} components; "
    return wrong


def _seen(facts: Facts, actor: Actor, net: Net) -> list[Meet]:
    return [meet for meet in facts.meets_of(net.key) if meeting_oracle.sees(facts, actor, meet)]


def _mine(facts: Facts, actor: Actor) -> list[Meet]:
    """The meetings of the networks that the actor is active in."""
    found = []
    for net in facts.nets.values():
        if oracle.membership(facts, actor, net):
            found += _seen(facts, actor, net)
    return found


@rows_of("getMeetingCalendar")
def get_meeting_calendar(facts: Facts) -> Iterator[Cell]:
    """One meeting or series: for whom it is there at all."""
    for label, actor, meet in towards(facts):
        end = oracle.gate(actor, "meetings:read", sign_in=False)
        end = end or meeting_oracle.there(facts, actor, meet)
        looked = end is None and meeting_oracle.recorded(facts, actor, meet)
        yield Cell(
            "getMeetingCalendar", label, meet.net, actor, "GET", f"/v1/meetings/{meet.id}.ics", end or (200, None),
            meet.kind, ghost=meet.id, check=partial(_holds, facts, actor, [meet]),
            recorded=(facts.nets[meet.net].id,) if looked else (),
        )  # fmt: skip


@rows_of("getNetworkCalendar")
def get_network_calendar(facts: Facts) -> Iterator[Cell]:
    """What one sees of a network's meetings, also by filters."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "meetings:read", sign_in=False) or oracle.there(facts, actor, net)
        seen = _seen(facts, actor, net) if end is None else []
        searches: list[tuple[str, dict[str, str], list[Meet]]] = [("all", {}, seen)]
        if net.key in TRIED:
            draft, hidden = (facts.meets[f"{net.key}: {kind}"] for kind in ("draft", "open"))
            searches += [
                ("draft by title", {"q": draft.marks["title"]}, [m for m in seen if m is draft]),
                ("private place", {"q": hidden.marks["place"]}, []),
                ("way in", {"q": hidden.marks["join_url"]}, []),
                ("hybrid", {"mode": "hybrid"}, [m for m in seen if m.mode == "hybrid"]),
            ]
        for variant, params, expected in searches:
            looked = any(meeting_oracle.recorded(facts, actor, meet) for meet in expected)
            yield Cell(
                "getNetworkCalendar", label, net.key, actor, "GET", f"/v1/networks/{net.id}/calendar.ics",
                end or (200, None), variant, params=params, ghost=net.id,
                check=partial(_holds, facts, actor, expected), recorded=(net.id,) if looked else (),
            )  # fmt: skip


@rows_of("getMyCalendar")
def get_my_calendar(facts: Facts) -> Iterator[Cell]:
    """The meetings of one's networks, and no others: not for an operator either."""
    for key in TRIED:
        for label, actor in personas(facts, facts.nets[key]):
            end = oracle.gate(actor, "meetings:read")
            expected = _mine(facts, actor) if end is None else []
            yield Cell(
                "getMyCalendar", label, key, actor, "GET", "/v1/me/calendar.ics", end or (200, None),
                check=partial(_holds, facts, actor, expected),
            )  # fmt: skip


def _holder(facts: Facts, one: Subscription) -> Actor:
    """Its person, who is no operator by an address."""
    return replace(facts.actors[one.person, "main"], operates=False)


def _behind(facts: Facts, one: Subscription) -> tuple[Outcome, list[Meet]]:
    """What an address answers, whoever has it."""
    holder = _holder(facts, one)
    ended: Outcome = (404, "calendar_not_valid")
    if one.feed == "me":
        return (200, None), _mine(facts, holder)
    if one.feed == "network":
        net = facts.nets[str(one.about)]
        there = oracle.tier(facts, holder, net) >= oracle.NAME
        return ((200, None), _seen(facts, holder, net)) if there else (ended, [])
    meet = facts.meets[str(one.about)]
    return ((200, None), [meet]) if meeting_oracle.sees(facts, holder, meet) else (ended, [])


@rows_of("getCalendarByAddress")
def get_calendar_by_address(facts: Facts) -> Iterator[Cell]:
    """Whoever has an address reads what its person may; a token beside it changes nothing, but has to be good."""
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            end = oracle.gate(actor, sign_in=False)
            for one in facts.calendars:
                outcome, expected = _behind(facts, one)
                holder = _holder(facts, one)
                yield Cell(
                    "getCalendarByAddress", label, key, actor, "GET", f"/v1/calendars/{one.secret}.ics",
                    end or outcome, f"{one.person} {one.feed}", eyes=holder,
                    check=partial(_holds, facts, holder, expected),
                )  # fmt: skip
            yield Cell(
                "getCalendarByAddress", label, key, actor, "GET", f"/v1/calendars/{GUESS}.ics",
                end or (404, "calendar_not_valid"), "a guess",
            )  # fmt: skip


@rows_of("listCalendarTokens")
def list_calendar_tokens(facts: Facts) -> Iterator[Cell]:
    """One's own, and nobody else's: not even for an operator."""
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            end = oracle.gate(actor, "tokens:read")
            own = {one.id for one in facts.calendars if one.person == actor.person}

            def check(found: dict[str, Any], *, own: set[str] = own) -> str:
                return same_sets({item["id"] for item in found["items"]}, own, {})

            yield Cell(
                "listCalendarTokens", label, key, actor, "GET", "/v1/calendar-tokens", end or (200, None),
                params={"limit": "100"}, check=check,
            )  # fmt: skip


def _one_calendar_token(facts: Facts, *, method: str) -> Iterator[Cell]:
    """The same for one of them."""
    operation, scope = (
        ("getCalendarToken", "tokens:read")
        if method == "GET"
        else ("revokeCalendarToken", "tokens:write")
    )
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            for other in facts.calendars:
                gone = None if other.person == actor.person else oracle.refused("not_found")
                end = oracle.gate(actor, scope) or gone or (200 if method == "GET" else 204, None)
                yield Cell(
                    operation, label, key, actor, method, f"/v1/calendar-tokens/{other.id}", end, other.person,
                    ghost=other.id,
                )  # fmt: skip


rows_of("getCalendarToken")(partial(_one_calendar_token, method="GET"))
rows_of("revokeCalendarToken")(partial(_one_calendar_token, method="DELETE"))


@rows_of("createCalendarToken")
def create_calendar_token(facts: Facts) -> Iterator[Cell]:
    """Of what one sees without being an operator, by a token that reads meetings."""
    for key in TRIED:
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "tokens:write")
            if end is None and "meetings:read" not in actor.scopes:
                end = oracle.refused("insufficient_scope")
            holder, nothing = replace(actor, operates=False), oracle.refused("unknown_reference")
            about: list[tuple[str, str | None, bool]] = [("me", None, True)]
            about.append(("network", net.id, oracle.tier(facts, holder, net) >= oracle.NAME))
            for kind in ("draft", "open", "chatham"):
                meet = facts.meets[f"{key}: {kind}"]
                about.append(("meeting", meet.id, meeting_oracle.sees(facts, holder, meet)))
            about.append(("meeting", GHOST, False))
            for feed, about_id, there in about:
                body = {"name": "Phone", "feed": feed}
                if about_id is not None:
                    body[f"{feed}_id"] = about_id
                yield Cell(
                    "createCalendarToken", label, key, actor, "POST", "/v1/calendar-tokens",
                    end or (None if there else nothing) or (201, None), feed, body, ghost=about_id,
                )  # fmt: skip
