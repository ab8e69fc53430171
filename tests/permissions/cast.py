"""The networks and the people of the permission table, before anything is made."""

from tests.permissions.facts import VISIBILITIES, Facts, Net, Somebody

POLICIES = ("open", "request", "invite")
# Who is in a network, by what they are to it; each is a person of their own in every network.
MAIN_CAST = ("facilitator", "member", "observer", "ex-member", "invited", "requested")
DEEP_CAST = ("facilitator", "member")
BARE_CAST = ("facilitator",)
KINDS = ("learning", "developmental", "advocacy", "managed", "social", "other")
REGIONS = ("Y56", "Y58", "Y59", "Y60", "Y61", "Y62", "Y63", "england", "wales", "scotland")
MEETS = ("virtual", "face_to_face", "hybrid")
STAGES = ("planning", "formation", "maturation", "sustainability", "transition")
MARKED = ("name", "purpose", "aims", "place", "host", "member_offer")
MARKED_INSIDE = ("engagement_strategy", "resourcing", "charter")


def cast_of(net: Net) -> tuple[str, ...]:
    """What the people of this network's own are to it."""
    if net.elsewhere:
        return ()
    if net.key.count("/") == 2 or "archived/" in net.key:
        return DEEP_CAST
    return BARE_CAST if " bare" in net.key or net.key == "another" else MAIN_CAST


def networks() -> list[Net]:
    """Parents before children: four families of a network, its four sub-groups and one below each; and the others."""
    found: list[Net] = []

    def add(key: str, rule: str, policy: str, **more: bool | str) -> None:
        parent = str(more["parent"]) if "parent" in more else None
        found.append(
            Net(
                key,
                len(found),
                rule,
                policy,
                parent,
                archived="archived" in key,
                elsewhere="elsewhere" in key,
            )
        )

    for one, top in enumerate(VISIBILITIES):
        add(top, top, "request")
        for two, sub in enumerate(VISIBILITIES):
            add(f"{top}/{sub}", sub, POLICIES[(one + two) % 3], parent=top)
            # Every visibility below every other, both one and two steps down.
            deep = VISIBILITIES[(one + two) % 4]
            add(f"{top}/{sub}/{deep}", deep, "open", parent=f"{top}/{sub}")
    for rule in VISIBILITIES:
        add(f"{rule} archived", rule, "open")
        add(f"{rule} bare open", rule, "open")
        add(f"{rule} bare invite", rule, "invite")
    add("restricted archived/open", "open", "open", parent="restricted archived")
    add("open elsewhere", "open", "request")
    add("private elsewhere", "private", "request")
    add("another", "open", "open")
    for net in found:
        net.body = _body(net)
    return found


def _body(net: Net) -> dict[str, object]:
    """Every field filled, text with a word of its own, so that what is missing or there too much is seen."""
    for index, name in enumerate((*MARKED, *MARKED_INSIDE)):
        net.marks[name] = mark(net.number * 20 + index)
    number = net.number
    said = {name: f"Something {word}" for name, word in net.marks.items()}
    body: dict[str, object] = {
        "name": said["name"], "purpose": said["purpose"], "aims": [said["aims"]], "place": said["place"],
        "host_name": said["host"], "member_offer": said["member_offer"], "kind": KINDS[number % 6],
        "meets": MEETS[number % 3], "lifecycle_stage": STAGES[number % 5], "region": REGIONS[number % 10],
        "topics": [f"topic-{number}"], "professions": [f"profession-{number}"], "icbs": [icb(number)],
        "latitude": 50.0 + 0.3 * number, "longitude": -1.0, "host_organisation": practice(number),
        "footprint": [practice(number)], "links": [{"platform": "Web", "url": f"https://example.org/{number}"}],
    }  # fmt: skip
    if not net.elsewhere:
        body |= {
            "engagement_strategy": said["engagement_strategy"], "resourcing": said["resourcing"],
            "charter": {"leadership": said["charter"]}, "size_target": 1000 + number,
        }  # fmt: skip
    else:
        body |= {"hosted_at": f"https://example.org/home/{number}", "verified": "Page read"}
        for name in MARKED_INSIDE:
            del net.marks[name]
    return body


def mark(serial: int) -> str:
    """A word that occurs once in the world: the same length for all, so that none is the beginning of another."""
    return f"zq{serial:05d}x"


def icb(number: int) -> str:
    """An invented ICB's code."""
    return f"I{number:04d}"


def practice(number: int) -> str:
    """An invented practice's code."""
    return f"P{number:04d}"


def people(nets: list[Net]) -> list[Somebody]:
    """The cast of each network, and those who belong to none."""
    found: list[Somebody] = []

    def add(key: str, *, listed: bool, operator: bool = False) -> None:
        person = Somebody(key, len(found), listed, operator)
        for index, name in enumerate(("display_name", "bio", "email")):
            person.marks[name] = mark(10_000 + person.number * 5 + index)
        found.append(person)

    for net in nets:
        for role in cast_of(net):
            # Every other facilitator is listed, and the observers are.
            add(
                f"{net.key}: {role}",
                listed=role == "observer" or (role == "facilitator" and net.number % 2 == 0),
            )
    add("operator", listed=False, operator=True)
    add("stranger", listed=False)
    add("listed stranger", listed=True)
    add("hermit", listed=False)
    return found


def register(facts: Facts) -> None:
    """Enter every secret word into the facts."""
    for net in facts.nets.values():
        for name, word in net.marks.items():
            facts.marks[word] = ("network", net.key, name)
    for person in facts.people.values():
        for name, word in person.marks.items():
            facts.marks[word] = ("person", person.key, name)
