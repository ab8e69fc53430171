"""What happens around meetings under the Chatham House Rule, in two worlds that differ in who answered and came.

Hal, Ivy, Joe, Kay and Leo attend in the one world; Lea, Max, Ned, Oli and Pia do the same, at the same instants, in
the other. All ten are members of the same sub-group and leave or are erased in both worlds at the same time.
"""

from typing import Any

from tests.two_worlds.world import World

THE_ONES = ("Hal", "Ivy", "Joe", "Kay", "Leo")
THE_OTHERS = ("Lea", "Max", "Ned", "Oli", "Pia")
# A fellow member, one who attends in both worlds, an observer, a former member, a stranger, an operator, facilitators
# of another network and of the parent, and nobody.
READERS = ("Ben", "Zed", "Obs", "Eva", "Cat", "Olga", "Dan", "Pam", "nobody")
FIRST = "2026-02-18T12:30:00"  # has been
NEXT = "2026-03-18T12:30:00"
SERIES = {"local_start": FIRST, "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=6"}
SAID = {"title": "What went wrong", "chatham_house": True}


def _attendee(world: World, number: int) -> str:
    return (THE_ONES if world.fuller else THE_OTHERS)[number]


async def beginning(world: World, *, part: bool) -> None:
    """Who is there, and the meetings: one with few places, and a series; all of it or `part` under the rule."""
    for name in ("Ada", "Pam", "Dan", "Ben", "Zed", "Obs", "Eva", "Cat"):
        await world.person(name)
    await world.person("Olga", operator=True)
    for name in (*THE_ONES, *THE_OTHERS):
        await world.person(name)
    await world.network("valley", "Pam")
    await world.network("mill", "Dan")
    await world.network("dale", "Pam", parent_id="{valley}")
    everybody = ("Ada", "Ben", "Zed", "Obs", "Eva", *THE_ONES, *THE_OTHERS)
    await world.join("valley", *everybody)
    await world.join("dale", *everybody)
    await world.spell("Pam", "Ada_in_dale", "edit", {"role": "facilitator"})
    await world.spell("Pam", "Pam_in_dale", "end")
    await world.spell("Ada", "Obs_in_dale", "edit", {"role": "observer"})
    await world.spell("Eva", "Eva_in_dale", "end")
    rule: dict[str, Any] = {"confidentiality": "chatham_house"}
    if part:
        rule = {"confidentiality": "open", "agenda": [{"title": "Welcome"}, SAID]}
    await world.meeting("vault", "Ada", "dale", capacity=2, **rule)
    await world.meeting("round", "Ada", "dale", **SERIES, **rule)
    await world.calendar("Ben", "me")
    await world.calendar("Obs", "network", network_id="{dale}")
    await world.calendar("Zed", "meeting", meeting_id="{round}")


async def gathering(world: World) -> None:
    """They answer, come and take things on; and some of both worlds' people leave."""

    async def answers(name: str, meeting: str, answer: str, **more: str) -> None:
        body = {"answer": answer, **more}
        await world.act(name, "PUT", f"/v1/meetings/{{{meeting}}}/attendance/me", body)

    one, two, three, four, five = (_attendee(world, number) for number in range(5))
    await answers(one, "vault", "accepted")
    await answers("Zed", "vault", "accepted")
    for name, answer in (
        (two, "accepted"),
        (three, "accepted"),
        (four, "tentative"),
        (five, "declined"),
    ):
        await answers(name, "vault", answer)
    await answers(one, "vault", "declined")  # and the second is promoted
    for name, answer in (
        (one, "accepted"),
        ("Zed", "tentative"),
        (three, "declined"),
        (four, "accepted"),
    ):
        await answers(name, "round", answer, occurrence=NEXT)
    came = [
        {"person_id": world.people[name], "came": name != five}
        for name in (one, three, "Zed", five)
    ]
    record = {"occurrence": FIRST, "people": came}
    await world.act("Ada", "POST", "/v1/meetings/{round}/attendance/record", record)
    for number, owner in enumerate((one, two, three, four, "Zed")):
        body = {"meeting_id": "{vault}", "title": f"Task {number}", "owner_id": f"{{{owner}}}"}
        made = await world.act("Ada", "POST", "/v1/actions", body)
        world.ids[f"task {number}"] = made["id"]
    await world.act(one, "POST", "/v1/actions/{task 0}/complete")
    await world.act(two, "PATCH", "/v1/actions/{task 1}", {"detail": "It takes two."})
    await world.act(two, "POST", "/v1/actions/{task 1}/complete")
    await world.act("Ada", "DELETE", "/v1/actions/{task 1}")
    minutes = {"meeting_id": "{vault}", "text": "We tried it."}
    world.ids["record"] = (await world.act("Ada", "POST", "/v1/minutes", minutes))["id"]
    await world.act("Ada", "POST", "/v1/minutes/{record}/publish", {})
    # Whose answers and actions end with this only those may tell who knew whose they were.
    for name in ("Joe", "Ned"):
        await world.spell(name, f"{name}_in_dale", "end")
    for name in ("Kay", "Oli"):
        await world.act(name, "DELETE", "/v1/me")


def writes(world: World) -> list[tuple[str, str, Any]]:
    """Requests that touch what is hidden, each with a body that is right or almost right."""
    ids, people = world.ids, world.people
    found: list[tuple[str, str, Any]] = []
    for key, when in (
        ("vault", {}),
        ("round", {"occurrence": NEXT}),
        ("round", {"occurrence": FIRST}),
    ):
        meeting = f"/v1/meetings/{ids[key]}"
        found += [
            ("PUT", f"{meeting}/attendance/me", {"answer": answer, **when})
            for answer in ("accepted", "tentative", "declined")
        ]
        for name in (*THE_ONES, *THE_OTHERS):
            record = {"people": [{"person_id": people[name], "came": True}], **when}
            found.append(("POST", f"{meeting}/attendance/record", record))
        found += [
            (
                "POST",
                f"{meeting}/attendance/record",
                {"people": [{"person_id": people["Eva"], "came": True}], **when},
            ),
            ("POST", "/v1/minutes", {"meeting_id": ids[key], "text": "Ivy and Max spoke.", **when}),
            ("POST", "/v1/minutes", {"meeting_id": ids[key], "text": "Somebody spoke.", **when}),
            ("POST", f"{meeting}/cancel", {"reason": "Snow", **when}),
        ]
        for owner in ("Hal", "Lea", "Joe", "Ned", "Kay"):
            body = {
                "meeting_id": ids[key],
                "title": "To write up",
                "owner_id": people[owner],
                **when,
            }
            found.append(("POST", "/v1/actions", body))
        found += [
            ("PATCH", meeting, body)
            for body in (
                {"capacity": 1}, {"capacity": 2}, {"capacity": 30}, {"confidentiality": "open", "agenda": []},
                {"confidentiality": "members"}, {"title": "Another"}, {"agenda": [{"title": "Ivy and Max"}]},
            )
        ]  # fmt: skip
        found += [("POST", f"{meeting}/{verb}", None) for verb in ("confirm", "announce")]
        found.append(("DELETE", meeting, None))
    for number in range(5):
        action = f"/v1/actions/{ids[f'task {number}']}"
        found += [
            ("PATCH", action, {"title": "Another"}),
            ("PATCH", action, {"owner_id": people["Ivy"]}),
            ("POST", f"{action}/complete", None),
            ("POST", f"{action}/reopen", None),
            ("DELETE", action, None),
        ]
    for name in ("Hal", "Lea", "Leo", "Pia"):
        spell = f"/v1/members/{ids[f'{name}_in_dale']}"
        found += [("PATCH", spell, {"role": "facilitator"}), ("DELETE", spell, None)]
    return found
