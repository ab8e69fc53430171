"""What happens in both worlds, and the hidden things that happen in one of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.two_worlds.together import together
from tests.two_worlds.world import World

# Of all of them, so that what is hidden would be recommended to them, and to each other as people in like roles.
ALIKE = {"profession": "gp", "region": "scotland"}
OUTSIDERS = ("nobody", "Cat", "Ben", "Dan", "Eve", "Fay", "Gil")
Act = Callable[[World], Awaitable[None]]


async def beginning(world: World) -> None:
    """Who is there: Ada keeps an open, a restricted and a private network, Kim a confidential one.

    Ben is a plain member, Cat a stranger, Dan keeps another network, Eve has left the private one, Fay asks for it,
    Gil is invited to the confidential one. Hal, Ivy and Joe are those who do what is hidden.
    """
    for name in ("Ada", "Cat", "Hal", "Gil", "Joe"):
        await world.person(name, listed=True, **ALIKE)
    for name in ("Ben", "Dan", "Eve", "Fay", "Kim", "Ivy"):
        await world.person(name, **ALIKE)
    await world.network(
        "valley", "Ada", topics=["asthma"], region="Y56", latitude=51.5, longitude=0.1
    )
    await world.network("harbour", "Ada", kind="social", meets="virtual")
    await world.network("garden", "Ada")
    await world.network("island", "Kim")
    await world.network("mill", "Dan")
    await world.join("valley", "Ben", "Hal", "Ivy")
    await world.join("harbour", "Ben")
    await world.join("garden", "Eve", "Hal", "Ivy")
    await world.join("mill", "Ben")
    await world.edit("garden", "Ada", join_policy="request")
    await world.join("garden", "Fay", message="May I?")
    await world.spell("Eve", "Eve_in_garden", "end")
    await world.edit("harbour", "Ada", visibility="restricted", join_policy="request")
    await world.edit("garden", "Ada", visibility="private")
    await world.edit("island", "Kim", visibility="confidential")
    invited = await world.act(
        "Kim", "POST", "/v1/members", {"network_id": "{island}", "person_id": "{Gil}"}
    )
    world.ids["Gil_in_island"] = invited["id"]


async def middle(world: World) -> None:
    """What everybody may see, between two hidden parts: the same names and words as the hidden things have."""
    for name, word in (("Ben", "blue"), ("Dan", "hal"), ("Eve", "garden")):
        await world.act(name, "POST", "/v1/saved-searches", {"name": "Mine", "q": word})
    await world.edit("valley", "Ada", purpose="Fewer attacks", aims=["Spring"], place="Sandwich")
    await world.network("Blue Sky", "Dan", topics=["diabetes"], region="wales", kind="advocacy")
    await world.join("valley", "Dan")
    await world.act("Cat", "PATCH", "/v1/me", {"bio": "I walk.", "interests": ["asthma", "copd"]})
    await world.spell("Ben", "Ben_in_valley", "edit", {"offer": "A room"})
    await world.act("Ben", "POST", "/v1/tokens", {"name": "Mine", "scopes": ["networks:read"]})
    await world.act("Ben", "POST", "/v1/clients", {"name": "Mine", "scopes": ["networks:read"]})
    await world.meeting(
        "gathering", "Ada", "valley", confidentiality="open", mode="hybrid", place="Leith Hall", latitude=55.9,
        longitude=-3.2, local_start="2026-03-18T12:30:00", recurrence="FREQ=MONTHLY;BYDAY=3WE;COUNT=6",
    )  # fmt: skip
    await world.meeting("moot", "Ada", "garden", confidentiality="open")
    await _link(world, "Ben", "valley", "Zebras of the valley")
    await world.calendar("Ben", "me")
    await world.calendar("Cat", "network", network_id="{valley}")
    await world.network("attic", "Ada", parent_id="{valley}")
    await world.join("attic", "Ben")


async def _link(world: World, by: str, network: str, title: str, **more: Any) -> None:
    """A link for a network to keep, the same address in each."""
    body = {
        "network_id": f"{{{network}}}",
        "title": title,
        "url": "https://example.org/zebra",
        "topics": ["copd"],
    }
    await world.act(by, "POST", "/v1/resources", {**body, **more})


async def end(world: World) -> None:
    """And after them."""
    await world.edit("mill", "Dan", lifecycle_stage="maturation")
    await world.spell("Dan", "Dan_in_valley", "end")
    await world.edit("garden", "Ada", name="Garden by the sea")
    await world.edit("harbour", "Ada", member_offer="Tea")
    await world.act("Ada", "POST", "/v1/networks/{attic}/archive", {"closing_note": "It worked."})


async def confidential(world: World) -> None:
    """A network that nobody outside knows of, with members, a sub-group and many edits."""
    if "blue sky" not in world.ids:
        await world.network(
            "blue sky", "Hal", visibility="confidential", topics=["copd"], professions=["gp"], region="scotland",
            latitude=55.9, longitude=-3.2, kind="managed", meets="hybrid", place="Leith",
        )  # fmt: skip
        await world.join_by_invitation("blue sky", "Hal", "Ivy", "Joe")
        await world.network("inner", "Hal", parent_id="{blue sky}")
        await world.join("inner", "Ivy")
    for number in range(8):
        await world.edit(
            "blue sky",
            "Hal",
            name=f"Blue sky {number}",
            purpose=f"Secret {number}",
            aims=["Zebras"],
        )
        await world.edit(
            "blue sky", "Hal", resourcing=f"Hours {number}", lifecycle_stage="transition"
        )
    await together(world, "blue sky", "Hal", "Ivy")
    await world.spell("Hal", "Joe_in_blue sky", "edit", {"role": "facilitator"})
    await world.spell("Hal", "Joe_in_blue sky", "edit", {"role": "observer"})


async def inside_private(world: World) -> None:
    """What an outsider does not read of a private network: all but its name and purpose."""
    for number in range(6):
        await world.edit(
            "garden", "Ada", aims=[f"Zebras {number}"], topics=["copd"], kind="managed", region="scotland",
            place="Leith", latitude=55.9, longitude=-3.2, meets="hybrid", lifecycle_stage="transition",
            member_offer=f"Cake {number}",
        )  # fmt: skip
        await world.edit(
            "garden", "Ada", resourcing=f"Hours {number}", charter={"leadership": f"{number} hands"}
        )
    await together(world, "garden", "Ada", "Hal", "Ivy")
    await world.edit(
        "garden", "Ada", lifecycle_stage=("formation", "maturation")[len(world.hidden) % 2]
    )
    await world.join("garden", "Joe", message="Let me in")
    await world.spell("Ada", "Joe_in_garden", "approve")
    await world.spell("Ada", "Joe_in_garden", "edit", {"role": "facilitator"})
    await world.spell("Hal", "Hal_in_garden", "edit", {"offer": "Seeds"})
    await world.spell("Joe", "Joe_in_garden", "edit", {"role": "member"})
    await world.spell("Ada", "Joe_in_garden", "end")
    await world.join("garden", "Joe", message="Again")
    await world.spell("Ada", "Joe_in_garden", "decline")


async def requests(world: World) -> None:
    """Who asks for a restricted network, and who is invited to it, are for its facilitators and those people."""
    for number in range(4):
        await world.join("harbour", "Joe", "Ivy", message=f"Please {number}")
        await world.spell("Ada", "Joe_in_harbour", "decline")
        await world.spell("Ivy", "Ivy_in_harbour", "end")
        made = await world.act(
            "Ada", "POST", "/v1/members", {"network_id": "{harbour}", "person_id": "{Hal}"}
        )
        world.ids["Hal_in_harbour"] = made["id"]
        await world.spell("Hal", "Hal_in_harbour", "decline" if number % 2 else "end")


async def inside_restricted(world: World) -> None:
    """What only members read of a restricted network."""
    for number in range(10):
        await world.edit(
            "harbour", "Ada", resourcing=f"Hours {number}", engagement_strategy=f"Zebras {number}"
        )
        await world.edit(
            "harbour", "Ada", size_target=number + 1, charter={"communication": f"{number} letters"}
        )
    await world.spell("Ben", "Ben_in_harbour", "edit", {"offer": "Boats"})
    await together(world, "harbour", "Ada", "Ben")


async def unlisted_person(world: World) -> None:
    """Somebody who is not listed and belongs nowhere; and the profile of one whose card alone is seen by fellows."""
    if "Uma" not in world.people:
        await world.person("Uma")
    for number in range(10):
        await world.act(
            "Uma",
            "PATCH",
            "/v1/me",
            {"bio": f"Zebra {number}", "interests": ["copd"], "region": "scotland"},
        )
        await world.act(
            "Ivy",
            "PATCH",
            "/v1/me",
            {"bio": f"Quiet {number}", "skills": ["Knots"], "interests": ["copd"]},
        )
    await world.act(
        "Uma", "PATCH", "/v1/me", {"display_name": "Uma Zebra", "email": "uma@example.org"}
    )
    await world.act("Hal", "PATCH", "/v1/me", {"email": f"hal{len(world.hidden)}@example.org"})


async def tokens(world: World) -> None:
    """Tokens and clients of somebody else: made, used, revoked."""
    for number in range(10):
        made = await world.act(
            "Hal", "POST", "/v1/tokens", {"name": f"Sync {number}", "scopes": ["networks:read"]}
        )
        world.tokens["Hal's other"] = made["secret"]
        await world.act("Hal's other", "GET", "/v1/networks")
        if number % 2:
            await world.act("Hal", "DELETE", f"/v1/tokens/{made['id']}")
        body = {"name": f"Program {number}", "scopes": ["networks:read"]}
        made = await world.act("Hal", "POST", "/v1/clients", body)
        if number % 2:
            await world.act("Hal", "DELETE", f"/v1/clients/{made['id']}")


async def hidden_sub_group(world: World) -> None:
    """A confidential sub-group of an open network, as seen by plain members of that network."""
    if "cellar" not in world.ids:
        await world.network(
            "cellar",
            "Ada",
            parent_id="{valley}",
            visibility="confidential",
            topics=["copd"],
            region="scotland",
        )
        await world.join_by_invitation("cellar", "Ada", "Hal", "Ivy")
    for number in range(10):
        await world.edit(
            "cellar", "Ada", name=f"Cellar {number}", purpose=f"Zebras {number}", place="Leith"
        )
    await together(world, "cellar", "Ada", "Hal")
    await world.spell("Ada", "Ivy_in_cellar", "edit", {"role": "observer"})


async def behind_an_invitation(world: World) -> None:
    """What goes on in a confidential network that somebody is invited to, and has not accepted."""
    for number in range(8):
        await world.edit(
            "island", "Kim", name=f"Island {number}", purpose=f"Zebras {number}", topics=["copd"]
        )
        await world.edit("island", "Kim", resourcing=f"Hours {number}", region="scotland")
    if "Hal_in_island" not in world.ids:
        await world.join_by_invitation("island", "Kim", "Hal")
        await world.network("cove", "Kim", parent_id="{island}")
    await together(world, "island", "Kim", "Hal")


async def emptied(world: World) -> None:
    """A confidential network that was, and is deleted again."""
    await world.network("puddle", "Joe", visibility="confidential", name="Blue Sky")
    for number in range(10):
        await world.edit("puddle", "Joe", name=f"Zebras {number}")
        await world.edit("puddle", "Joe", resourcing=f"Hours {number}")
    await world.act("Joe", "DELETE", "/v1/networks/{puddle}")


async def comings_and_goings(world: World) -> None:
    """What goes on in a private network and leaves everything as it was."""
    for number in range(6):
        await world.edit(
            "garden", "Ada", aims=[f"Zebras {number}"], place="Leith", resourcing="Hours"
        )
        await world.edit("garden", "Ada", aims=[], place=None, resourcing=None)
    for name in ("Joe", "Kim"):
        await world.join("garden", name, message="Let me in")
        await world.spell("Ada", f"{name}_in_garden", "approve")
        await world.spell(name, f"{name}_in_garden", "edit", {"offer": "Seeds"})
        await world.spell(name, f"{name}_in_garden", "end")
    await together(world, "garden", "Ada", "Hal", "Ivy")


async def invitations(world: World) -> None:
    """Addresses invited to a restricted and a private network: sent, renewed, taken back, used; some are people's."""
    secret = ""
    for number in range(8):
        key = ("harbour", "garden")[number % 2]
        addresses = [f"{name}{number}@example.org" for name in ("zebra", "hal", "uma")]
        body = {"addresses": [*addresses, "ben@example.org"], "message": f"Hours {number}"}
        path = f"/v1/networks/{{{key}}}/invitations"
        await world.act("Ada", "POST", path, body)
        renewed = (await world.act("Ada", "POST", path, body))["items"]
        world.hidden += [item["invitation_id"] for item in renewed]
        await world.act("Ada", "POST", f"/v1/invitations/{renewed[0]['invitation_id']}/revoke")
        secret = renewed[1]["secret"]
        await world.act("Joe", "POST", "/v1/invitations/look", {"secret": secret})
    come = {"secret": secret, "display_name": f"Zebra {len(world.hidden)}"}
    await world.act("nobody", "POST", "/v1/invitations/accept", come)


async def erased(world: World) -> None:
    """Members of a private network who are listed nowhere, take what is kept of them and have themselves erased."""
    for number in range(3):
        name = f"Mortal {len(world.hidden)}"
        await world.person(name)
        await world.join("garden", name, message="Let me in")
        if number:
            await world.spell("Ada", f"{name}_in_garden", "approve")
        body = {"bio": f"Zebra {number}", "email": f"mortal{len(world.hidden)}@example.org"}
        await world.act(name, "PATCH", "/v1/me", body)
        await world.act(name, "GET", "/v1/me/export")
        await world.act(name, "DELETE", "/v1/me")


ZEBRAS: dict[str, Any] = {
    "title": "Zebras", "description": "Of zebras", "mode": "face_to_face", "place": "Leith", "latitude": 55.9,
    "longitude": -3.2, "join_url": "https://example.org/zebra", "capacity": 3,
}  # fmt: skip
SERIES = {"local_start": "2026-03-18T12:30:00", "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=6"}


async def drafts(world: World) -> None:
    """Meetings that nobody was told of, of every confidentiality; one is deleted again."""
    for number, rule in enumerate(("open", "members", "chatham_house", "open")):
        more = {**ZEBRAS, "confidentiality": rule, "status": "tentative"}
        if number % 2:
            more |= SERIES
        await world.meeting(f"draft {number}", "Ada", ("valley", "harbour")[number // 2], **more)


async def members_meetings(world: World) -> None:
    """Meetings that members are told of, of an open and of a restricted network."""
    for number in range(4):
        more = {**ZEBRAS, "confidentiality": ("members", "chatham_house")[number % 2]}
        if number % 3:
            more |= SERIES
        await world.meeting(f"members {number}", "Ada", ("valley", "harbour")[number // 2], **more)


async def open_meetings_of_others(world: World) -> None:
    """Open meetings of a restricted and of a private network: not everything above them is open."""
    for network in ("harbour", "garden"):
        await world.meeting(f"open in {network}", "Ada", network, **ZEBRAS, confidentiality="open")


def _way_in(word: str, latitude: float) -> Act:
    async def act(world: World) -> None:
        place = {"place": f"{word} Street", "latitude": latitude, "longitude": -3.2}
        more = {"place_private": True, "join_url": f"https://example.org/{word}", **place}
        for number, rule in enumerate(({}, SERIES)):
            await world.meeting(
                f"private {number}", "Ada", "valley", **more, **rule, confidentiality="open", mode="hybrid"
            )  # fmt: skip

    return act


async def _minuted(world: World) -> None:
    """Published minutes of an open meeting, once."""
    if "minuted" in world.ids:
        return
    await world.meeting("talk", "Ada", "valley", confidentiality="open")
    await world.meeting("other talk", "Ada", "valley", confidentiality="open")
    body = {"meeting_id": "{talk}", "text": "We agreed."}
    world.ids["minuted"] = (await world.act("Ada", "POST", "/v1/minutes", body))["id"]
    await world.act("Ada", "POST", "/v1/minutes/{minuted}/publish", {})


async def minutes_in_the_making(world: World) -> None:
    """What is being written of minutes that are published, and ones that are not."""
    await _minuted(world)
    if "draft" not in world.ids:
        body = {"meeting_id": "{other talk}", "text": "Zebras"}
        world.ids["draft"] = (await world.act("Ada", "POST", "/v1/minutes", body))["id"]
    for number in range(6):
        key = ("minuted", "draft")[number % 2]
        read = await world.client("Ada").get(f"/v1/minutes/{world.ids[key]}")
        headers = {"If-Match": read.headers["etag"]}
        body = {"text": f"Zebras {number} {len(read.content)}"}
        await world.act("Ada", "PATCH", f"/v1/minutes/{{{key}}}", body, headers=headers)


def _whose(owner: str, then: str) -> Act:
    async def act(world: World) -> None:
        if "kept" not in world.ids:
            await world.meeting("kept", "Ada", "valley", confidentiality="chatham_house")
        for number in range(3):
            body = {"title": f"Task {number}", "meeting_id": "{kept}", "owner_id": f"{{{owner}}}"}
            made = await world.act("Ada", "POST", "/v1/actions", body)
            if number:
                path = f"/v1/actions/{made['id']}"
                await world.act("Ada", "PATCH", path, {"owner_id": f"{{{then}}}"})
                await world.act(then, "POST", f"{path}/complete")

    return act


async def results(world: World) -> None:
    """Results that outsiders do not read: drafts, one for the network, and one for everybody of a private network."""
    said = {
        "title": "Zebras", "kind": "story", "summary": "Of zebras", "problem": "Too many zebras", "topics": ["copd"],
        "aim": {"text": "Fewer"}, "change": {"what": "Calls"}, "outcome": "improved", "licence": "CC-BY-4.0",
        "learning": "Secret hours",
    }  # fmt: skip
    for number, (network, audience) in enumerate(
        (("valley", None), ("valley", "network"), ("garden", "public"), ("harbour", None))
    ):
        more = {} if audience is None else {"audience": audience, "attribution": "network_only"}
        body = {**said, "network_id": f"{{{network}}}", **more}
        key = f"result {number} {len(world.hidden)}"
        world.ids[key] = (await world.act("Ada", "POST", "/v1/results", body))["id"]
        if audience is not None:
            path = f"/v1/results/{{{key}}}/publish"
            await world.act("Ada", "POST", path, {"conduct_version": 0})


async def calendars(world: World) -> None:
    """Addresses of somebody else's calendars: made, read, revoked."""
    about = ({"feed": "me"}, {"feed": "network", "network_id": "{valley}"})
    for number in range(6):
        body = {"name": f"Zebra {number}", **about[number % 2]}
        made = await world.act("Hal", "POST", "/v1/calendar-tokens", body)
        address = made["address"].rpartition("/")[2]
        await world.act("nobody", "GET", f"/v1/calendars/{address}")
        if number % 2:
            await world.act("Hal", "DELETE", f"/v1/calendar-tokens/{made['id']}")


async def saved_searches(world: World) -> None:
    """Somebody else's searches: saved, looked at, edited, deleted."""
    for number in range(4):
        made = await world.act(
            "Hal", "POST", "/v1/saved-searches", {"name": f"Zebra {number}", "q": "blue"}
        )
        path = f"/v1/saved-searches/{made['id']}"
        await world.act("Hal", "PATCH", path, {"q": "zebra"})
        await world.act("Hal", "GET", f"{path}/new")
        if number % 2:
            await world.act("Hal", "DELETE", path)


async def open_the_garden(world: World) -> None:
    """The private network is open from now on."""
    await world.edit("garden", "Ada", visibility="open")


async def nothing(_: World) -> None:
    """Nothing more."""


@dataclass(frozen=True)
class Variant:
    """Something hidden, from whom, and who of them is always asked: the whole list is for full counts.

    `then` happens in both worlds at last; `instead` in the other world, where only what is hidden is otherwise.
    """

    act: Act
    asked: tuple[str, ...]
    insiders: tuple[str, ...] = ()
    then: Act = nothing
    instead: Act | None = None

    @property
    def hidden_from(self) -> tuple[str, ...]:
        """Everybody outside."""
        return tuple(name for name in OUTSIDERS if name not in self.insiders)


VARIANTS = {
    "a confidential network": Variant(confidential, ("nobody", "Ben", "Dan")),
    "the inside of a private network": Variant(inside_private, ("nobody", "Ben", "Eve", "Fay")),
    "requests to a restricted network": Variant(requests, ("nobody", "Cat", "Ben")),
    "the inside of a restricted network": Variant(
        inside_restricted, ("nobody", "Cat"), insiders=("Ben",)
    ),
    "an unlisted person": Variant(unlisted_person, ("Cat", "Ben")),
    "somebody's tokens": Variant(tokens, ("nobody", "Ben")),
    "a confidential sub-group": Variant(hidden_sub_group, ("nobody", "Ben", "Cat")),
    "behind an invitation": Variant(behind_an_invitation, ("Ben", "Gil")),
    "what went on before it was opened": Variant(
        comings_and_goings, ("nobody", "Ben"), then=open_the_garden
    ),
    "invitations to addresses": Variant(invitations, ("nobody", "Cat", "Ben")),
    "somebody who is erased": Variant(erased, ("nobody", "Cat", "Ben")),
    "draft meetings": Variant(drafts, ("nobody", "Ben")),
    "members' meetings": Variant(members_meetings, ("nobody", "Cat"), insiders=("Ben", "Dan")),
    "open meetings of what is not open": Variant(
        open_meetings_of_others, ("nobody", "Dan", "Eve"), insiders=("Ben",)
    ),
    "how to get into an open meeting": Variant(
        _way_in("Zebra", 55.9),
        ("nobody", "Cat"),
        insiders=("Ben", "Dan"),
        instead=_way_in("Other", 51.5),
    ),
    "results of others": Variant(results, ("nobody", "Cat", "Eve"), insiders=("Ben", "Dan")),
    "somebody's calendars": Variant(calendars, ("nobody", "Ben")),
    "somebody's saved searches": Variant(saved_searches, ("nobody", "Ben")),
    "minutes in the making": Variant(
        minutes_in_the_making, ("nobody", "Cat", "Ben"), instead=_minuted
    ),
    "whose an action is": Variant(
        _whose("Hal", "Ivy"), ("Ben", "Dan"), instead=_whose("Ivy", "Hal")
    ),
    "a network that is gone": Variant(emptied, ("nobody", "Ben")),
}
