"""What the product's rules say of meetings and what comes of them: pure functions of the facts, nothing from `app`.

"Drafts: facilitators. Announced: active members; open ones, whoever reads inside what is open all the way up. Who may
attend is told how to get in, nobody else. Under the Chatham House Rule who answered or came is for facilitators and for
oneself: an operator who does not facilitate is nobody there."
"""

from tests.permissions import oracle
from tests.permissions.facts import (
    Actor,
    Answer,
    Facts,
    Filed,
    Helped,
    Link,
    Meet,
    Minuted,
    Net,
    Todo,
)
from tests.permissions.oracle import Outcome, refused

SCOPE_OF_KIND = {
    **dict.fromkeys(("meeting", "attendance", "minutes", "action"), "meetings"), "calendar_token": "tokens",
    "saved_search": "searches", "report": "moderation", "duty": "members", "duty_term": "members",
    **dict.fromkeys(("survey_round", "assessment"), "networks"),
    "decision": "decisions", "vote": "decisions", "ask": "members", "offer": "members", "pairing": "members",
    "resource": "networks",
}  # fmt: skip
HELP = ("survey_round", "assessment", "decision", "vote", "duty", "duty_term", "ask", "offer")
KINDS = ("meeting", "minutes", "action", "report", "resource", "pairing", *HELP)
WAY_IN = ("join_url",)
PLACE = ("place",)


def public_inside(facts: Facts, actor: Actor, net: Net) -> bool:
    """What is public inside is there for this actor: open, and so is all above that they are not in."""
    if net.rule != "open":
        return False
    if net.parent is None:
        return True
    above = facts.nets[net.parent]
    return bool(oracle.membership(facts, actor, above)) or public_inside(facts, actor, above)


def _role(facts: Facts, actor: Actor, net: str) -> str | None:
    spell = oracle.membership(facts, actor, facts.nets[net])
    return spell.role if spell else None


def attends(facts: Facts, actor: Actor, meet: Meet) -> bool:
    """Who may attend: an active member, whatever their role. No operator by that right."""
    return _role(facts, actor, meet.net) is not None


def leads(facts: Facts, actor: Actor, net: str) -> bool:
    """A facilitator of this very network; an operator is none."""
    return _role(facts, actor, net) == "facilitator"


def sees(facts: Facts, actor: Actor, meet: Meet) -> bool:
    """Whether the meeting is there for this actor."""
    if actor.operates or leads(facts, actor, meet.net):
        return True
    if not meet.announced:
        return False
    if attends(facts, actor, meet):
        return True
    return meet.confidentiality == "open" and public_inside(facts, actor, facts.nets[meet.net])


def reads_place(facts: Facts, actor: Actor, meet: Meet) -> bool:
    """A private place is for who may attend."""
    return not meet.place_private or attends(facts, actor, meet)


def there(facts: Facts, actor: Actor, meet: Meet) -> Outcome | None:
    """404 for what is not there for you."""
    return None if sees(facts, actor, meet) else refused("not_found")


def runs(facts: Facts, actor: Actor, meet: Meet) -> Outcome | None:
    """May this actor do with the meeting what facilitators do: then, is its network still alive."""
    net = facts.nets[meet.net]
    gone = there(facts, actor, meet)
    if gone:
        return gone
    return oracle.still_open(net) if oracle.facilitates(facts, actor, net) else refused("forbidden")


def recorded(facts: Facts, actor: Actor, meet: Meet) -> bool:
    """An operator's look inside is put on record for the network that it looked into."""
    return oracle.recorded(facts, actor, facts.nets[meet.net])


def sees_answer(facts: Facts, actor: Actor, one: Answer) -> bool:
    """One's own; all, for facilitators; a fellow's, where no Chatham House Rule is in force."""
    if actor.person is None:
        return False
    meet = facts.meets[one.meet]
    if one.person == actor.person or leads(facts, actor, meet.net):
        return True
    if meet.hidden:
        return False
    return actor.operates or (meet.announced and attends(facts, actor, meet))


def told_how_many(facts: Facts, actor: Actor, meet: Meet) -> bool:
    """How many answered and came: for all who may look, under the Chatham House Rule for facilitators."""
    return not meet.hidden or leads(facts, actor, meet.net)


def sees_minutes(facts: Facts, actor: Actor, one: Minuted) -> bool:
    """Published: whoever sees the meeting. Not yet: facilitators."""
    meet = facts.meets[one.meet]
    if actor.operates or leads(facts, actor, meet.net):
        return True
    return one.published and sees(facts, actor, meet)


def sees_todo(facts: Facts, actor: Actor, one: Todo) -> bool:
    """Actions are for the active members."""
    return actor.operates or oracle.membership(facts, actor, facts.nets[one.net]) is not None


def sees_help(facts: Facts, actor: Actor, one: Helped) -> bool:
    """What members do for each other is for the active members."""
    return actor.operates or oracle.membership(facts, actor, facts.nets[one.net]) is not None


def sees_pair(facts: Facts, actor: Actor, one: Helped) -> bool:
    """A pair is for the two who are in it, as members, and for who facilitates."""
    if actor.operates or leads(facts, actor, one.net):
        return True
    inside = oracle.membership(facts, actor, facts.nets[one.net]) is not None
    return inside and actor.person == one.person


def reads_owner(facts: Facts, actor: Actor, one: Todo) -> bool:
    """Who took it on; from a meeting under the Chatham House Rule that would tell who came."""
    if one.meet is None or not facts.meets[one.meet].hidden:
        return True
    return leads(facts, actor, one.net) or (one.owner is not None and one.owner == actor.person)


def sees_report(facts: Facts, actor: Actor, one: Filed) -> bool:
    """Who reported, and who looks into it: facilitators and operators, none of whom wrote the meeting here."""
    net = facts.meets[one.meet].net
    own = actor.person is not None and actor.person == one.reporter
    return own or actor.operates or leads(facts, actor, net)


def sees_link(facts: Facts, actor: Actor, one: Link) -> bool:
    """What a network keeps is for its active members, and operators on record."""
    return actor.operates or oracle.membership(facts, actor, facts.nets[one.net]) is not None


def may_read_mark(facts: Facts, actor: Actor, kind: str, key: str, field: str) -> bool:
    """Whether a secret word of a meeting, of minutes or of an action may be in any answer to this actor."""
    if kind == "minutes":
        one = next(minuted for minuted in facts.minutes if minuted.id == key)
        writes = actor.operates or leads(facts, actor, facts.meets[one.meet].net)
        return writes if field == "draft" else sees_minutes(facts, actor, one)
    if kind == "report":
        return sees_report(facts, actor, next(one for one in facts.filed if one.id == key))
    if kind in (*HELP, "action", "resource"):
        inside: list[Todo | Helped | Link] = [*facts.todos, *facts.helped, *facts.links]
        net = next(one.net for one in inside if one.id == key)
        return actor.operates or oracle.membership(facts, actor, facts.nets[net]) is not None
    meet = facts.meets[key]
    if field in WAY_IN:
        return attends(facts, actor, meet)
    hidden = field in PLACE and not reads_place(facts, actor, meet)
    return sees(facts, actor, meet) and not hidden


def told(facts: Facts, actor: Actor, within: str | None) -> dict[str, set[str]]:
    """What a feed tells this actor of, by kind; `within` is the id of a network."""
    nets = [net.key for net in facts.nets.values() if within in (None, net.id)]
    return {
        "meeting": {m.id for m in facts.meets.values() if m.net in nets and sees(facts, actor, m)},
        "attendance": {
            one.id for one in facts.answers if facts.meets[one.meet].net in nets and sees_answer(facts, actor, one)
        },
        "minutes": {
            one.id for one in facts.minutes if facts.meets[one.meet].net in nets and sees_minutes(facts, actor, one)
        },
        "action": {one.id for one in facts.todos if one.net in nets and sees_todo(facts, actor, one)},
        **{
            kind: {
                one.id for one in facts.helped
                if one.kind == kind and one.net in nets and sees_help(facts, actor, one)
            }
            for kind in HELP
        },
        "pairing": {
            one.id for one in facts.helped
            if one.kind == "pairing" and one.net in nets and sees_pair(facts, actor, one)
        },
        "resource": {one.id for one in facts.links if one.net in nets and sees_link(facts, actor, one)},
        "report": {
            one.id for one in facts.filed if facts.meets[one.meet].net in nets and sees_report(facts, actor, one)
        },
        "calendar_token": {
            one.id for one in facts.calendars
            if within is None and one.person == actor.person and not one.revoked
        },
        "saved_search": {
            one.id for one in facts.saved if within is None and one.person == actor.person
        },
    }  # fmt: skip


def ids_in(facts: Facts, net: Net) -> set[str]:
    """The ids of everything about meetings, and of the links, that is in this network."""
    meets = {meet.key: meet.id for meet in facts.meets_of(net.key)}
    rows: list[Answer | Minuted | Filed] = [*facts.answers, *facts.minutes, *facts.filed]
    helped = {one.id for one in facts.helped if one.net == net.key}
    ids = {*meets.values(), *helped, *(todo.id for todo in facts.todos if todo.net == net.key)}
    ids |= {one.id for one in facts.links if one.net == net.key}
    return ids | {row.id for row in rows if row.meet in meets}


def hidden_ids(facts: Facts) -> set[str]:
    """The ids of attendance under the Chatham House Rule."""
    return {one.id for one in facts.answers if facts.meets[one.meet].hidden}
