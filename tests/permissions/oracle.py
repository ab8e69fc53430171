"""What the product's rules say comes of a request: pure functions of the facts, with nothing from `app`.

`Outcome` is a status and, for a refusal, its code. Checks come in one order: who are you, what may your token, is it
there for you, may you, is it in a state for it.
"""

from tests.permissions.facts import Actor, Facts, Net, Somebody, Spell

Outcome = tuple[int, str | None]
HIDDEN, NAME, FRONT, INSIDE = -1, 0, 1, 2
CARD, PROFILE, SELF = 0, 1, 2
TIER_NAMES = {NAME: "name", FRONT: "front", INSIDE: "inside"}
OPEN_SPELL = ("invited", "requested", "active")
# "open: anyone reads front; restricted: anyone reads front; private: anyone reads the name tier; confidential: for
# everybody else it does not exist."
OUTSIDERS_READ = {"open": FRONT, "restricted": FRONT, "private": NAME, "confidential": HIDDEN}
FRONT_FIELDS = (
    "aims", "kind", "topics", "professions", "region", "icbs", "place", "latitude", "longitude", "host", "hosted_at",
    "verified", "meets", "member_offer", "lifecycle_stage", "member_count", "facilitators", "links", "closing_note",
)  # fmt: skip
INSIDE_FIELDS = ("engagement_strategy", "resourcing", "charter", "size_target", "footprint")
PROFILE_FIELDS = ("region", "interests", "skills", "bio", "links", "listed", "registrations")
SELF_FIELDS = ("email", "external_ids", "operator", "created_at", "scopes")
ANONYMOUS_TIER = Actor("outsider")


def refused(code: str) -> Outcome:
    """A refusal."""
    statuses = {
        "unauthenticated": 401,
        "invalid_token": 401,
        "forbidden": 403,
        "insufficient_scope": 403,
    }
    statuses |= {"not_found": 404, "unknown_reference": 422, "invalid": 422}
    return statuses.get(code, 409), code


def gate(actor: Actor, *scopes: str, sign_in: bool = True) -> Outcome | None:
    """Who are you, and what may your token: one of these scopes."""
    if actor.dead:
        return refused("invalid_token")
    if actor.person is None:
        return refused("unauthenticated") if sign_in else None
    return refused("insufficient_scope") if scopes and not actor.scopes & set(scopes) else None


def membership(facts: Facts, actor: Actor, net: Net) -> Spell | None:
    """The actor's active spell."""
    spell = facts.spell(actor.person, net.key) if actor.person else None
    return spell if spell is not None and spell.status == "active" else None


def tier(facts: Facts, actor: Actor, net: Net) -> int:
    """Members all; anybody else what its own rule *and* its parent's allow."""
    if membership(facts, actor, net):
        return INSIDE
    own = OUTSIDERS_READ[net.rule]
    if net.parent is None or membership(facts, actor, facts.nets[net.parent]):
        return own
    return min(own, tier(facts, actor, facts.nets[net.parent]))


def listed_tier(facts: Facts, actor: Actor, net: Net) -> int:
    """In a list: an operator, who runs the installation, knows of every network."""
    return max(tier(facts, actor, net), NAME) if actor.operates else tier(facts, actor, net)


def one_tier(facts: Facts, actor: Actor, net: Net) -> int:
    """By itself: reading inside is possible to an operator, and recorded."""
    return INSIDE if actor.operates else tier(facts, actor, net)


def recorded(facts: Facts, actor: Actor, net: Net) -> bool:
    """An operator's look inside what is private or confidential to them, by its own rule or by one above."""
    outside = tier(facts, ANONYMOUS_TIER, net) < FRONT
    return actor.operates and outside and membership(facts, actor, net) is None


def facilitates(facts: Facts, actor: Actor, net: Net) -> bool:
    """Facilitators keep a network, an operator keeps them all."""
    spell = membership(facts, actor, net)
    return actor.operates or (spell is not None and spell.role == "facilitator")


def provisions(facts: Facts, actor: Actor, net: Net) -> bool:
    """An integrator: a facilitator's token with `members:provision` for this network."""
    spell = membership(facts, actor, net)
    bound = "members:provision" in actor.scopes and actor.bound_to == net.id
    return bound and spell is not None and spell.role == "facilitator"


def there(facts: Facts, actor: Actor, net: Net) -> Outcome | None:
    """404 for what is not there for you."""
    return refused("not_found") if listed_tier(facts, actor, net) < NAME else None


def still_open(net: Net) -> Outcome | None:
    """Archived is read-only."""
    return refused("network_archived") if net.archived else None


def lives_here(net: Net) -> Outcome | None:
    """A network that lives elsewhere has no members here."""
    return refused("hosted_elsewhere") if net.elsewhere else None


def keeps(facts: Facts, actor: Actor, net: Net) -> Outcome | None:
    """May this actor govern the network at all."""
    gone = there(facts, actor, net)
    return gone or (None if facilitates(facts, actor, net) else refused("forbidden"))


def sees_spell(facts: Facts, actor: Actor, spell: Spell) -> bool:
    """Only active members are listed to members; a facilitator also sees who asks, and everybody their own."""
    if spell.status not in OPEN_SPELL or actor.person is None:
        return False
    net = facts.nets[spell.net]
    if spell.person == actor.person or facilitates(facts, actor, net):
        return True
    return spell.status == "active" and membership(facts, actor, net) is not None


def reads_message(facts: Facts, actor: Actor, spell: Spell) -> bool:
    """What was said with a request is for facilitators and oneself."""
    return spell.person == actor.person or facilitates(facts, actor, facts.nets[spell.net])


def person_tier(facts: Facts, actor: Actor, person: Somebody) -> int:
    """Everything of oneself; the profile of who chose to be listed; of fellow members a card."""
    if actor.person is None:
        return HIDDEN
    if actor.operates or actor.person == person.key:
        return SELF
    if person.listed:
        return PROFILE
    for spell in facts.spells.values():
        if spell.person == person.key and sees_spell(facts, actor, spell):
            return CARD
    return HIDDEN


def named_outside(facts: Facts, actor: Actor, person: Somebody) -> bool:
    """Listed facilitators are named on the front of their networks, for whoever reads it."""
    if not person.listed:
        return False
    spells = [s for s in facts.spells.values() if s.person == person.key]
    return any(
        spell.status == "active"
        and spell.role == "facilitator"
        and one_tier(facts, actor, facts.nets[spell.net]) >= FRONT
        for spell in spells
    )


def may_read_mark(facts: Facts, actor: Actor, mark: str) -> bool:
    """Whether a secret word may be in any answer to this actor."""
    kind, key, field = facts.marks[mark]
    if kind == "network":
        need = INSIDE if field in INSIDE_FIELDS else NAME if field in ("name", "purpose") else FRONT
        net = facts.nets[key]
        return one_tier(facts, actor, net) >= need
    if kind == "invitation":  # "shown only to facilitators of that network"
        return facilitates(facts, actor, facts.nets[key])
    if kind == "message":
        spell = facts.spells[key]
        return actor.person is not None and reads_message(facts, actor, spell)
    person = facts.people[key]
    seen = person_tier(facts, actor, person)
    if field == "display_name":
        return (
            seen >= CARD or named_outside(facts, actor, person) or once_seen(facts, actor, person)
        )
    return seen >= (SELF if field in SELF_FIELDS else PROFILE)


def once_seen(facts: Facts, actor: Actor, person: Somebody) -> bool:
    """A facilitator reads the history of the network: who left it too."""
    return any(
        spell.person == person.key and facilitates(facts, actor, facts.nets[spell.net])
        for spell in facts.spells.values()
    )
