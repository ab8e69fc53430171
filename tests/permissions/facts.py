"""What is true in the world of the permission table: plain facts, no rules."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

VISIBILITIES = ("open", "restricted", "private", "confidential")


@dataclass(slots=True)
class Net:
    """A network. `marks` are its secret words, each with the field that holds it; `parent` is its parent's key."""

    key: str
    number: int
    rule: str
    policy: str
    parent: str | None = None
    archived: bool = False
    elsewhere: bool = False
    id: str = ""
    slug: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Somebody:
    """A person; `marks` are secret words of theirs by the field that holds them."""

    key: str
    number: int
    listed: bool
    operator: bool = False
    id: str = ""
    columns: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Spell:
    """One spell of one person in one network."""

    id: str
    net: str
    person: str
    role: str
    status: str
    message: str | None = None


@dataclass(slots=True)
class Sent:
    """One invitation to an address."""

    id: str
    net: str
    secret: str
    status: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: nobody, or a person by one token. `dead` tokens are revoked or expired."""

    label: str
    person: str | None = None
    scopes: frozenset[str] = frozenset()
    token: str | None = None
    token_id: str | None = None
    bound_to: str | None = None
    operates: bool = False
    dead: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A client of a person."""

    id: str
    person: str
    secret: str


@dataclass(slots=True)
class Meet:
    """A meeting, or a series with its occurrences by their original local starts.

    `announced` is false for a draft; `hidden` says that all or a part is under the Chatham House Rule.
    """

    key: str
    net: str
    kind: str
    number: int
    starts_at: datetime
    announced: bool = True
    confidentiality: str = "members"
    hidden: bool = False
    place_private: bool = False
    status: str = "confirmed"
    mode: str = "virtual"
    capacity: int | None = None
    occurrences: tuple[str, ...] = ()
    moved: str | None = None
    cancelled: str | None = None
    id: str = ""
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Answer:
    """One person's attendance of one occurrence (empty for a single meeting)."""

    id: str
    meet: str
    person: str
    occurrence: str = ""
    answer: str | None = None
    place: str | None = None
    came: bool | None = None


@dataclass(slots=True)
class Minuted:
    """The minutes of one occurrence; `draft` and `published` are their secret words."""

    id: str
    meet: str
    occurrence: str
    published: bool
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Todo:
    """An action, from a meeting or between them."""

    id: str
    net: str
    meet: str | None
    owner: str | None
    author: str
    done: bool = False
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Subscription:
    """A calendar token: one feed of one person's; `about` is the key of a network or a meeting."""

    id: str
    person: str
    feed: str
    about: str | None
    secret: str
    revoked: bool = False


@dataclass(slots=True)
class Saved:
    """A saved search: whose, and the word that it searches for."""

    id: str
    person: str
    q: str


@dataclass(slots=True)
class Helped:
    """Something that members do for each other, by its kind; `of` is what it belongs to, or what became of it."""

    id: str
    kind: str
    net: str
    person: str
    of: str = ""
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Shared:
    """A result: who wrote it, and who did once; `organisation` is where, whether or not that is told."""

    key: str
    net: str
    kind: str
    number: int
    organisation: str
    authors: tuple[str, ...]
    former: tuple[str, ...] = ()
    status: str = "published"
    audience: str = "network"
    attribution: str = "named"
    hidden: bool = False
    id: str = ""
    measure_id: str = ""
    cycle_id: str = ""
    feedback_id: str = ""
    adoption_id: str = ""
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Filed:
    """A report of a meeting, by a member; `marks` is the secret word of what was wrong."""

    id: str
    meet: str
    reporter: str
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Link:
    """A resource that a network keeps, and who added it; `marks` are its secret words."""

    id: str
    net: str
    author: str
    marks: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Facts:
    """Everything: networks by key, people by key, spells by id, one actor for each (person, kind of token)."""

    nets: dict[str, Net] = field(default_factory=dict)
    people: dict[str, Somebody] = field(default_factory=dict)
    spells: dict[str, Spell] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    actors: dict[tuple[str, str], Actor] = field(default_factory=dict)
    clients: list[Program] = field(default_factory=list)
    meets: dict[str, Meet] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    minutes: list[Minuted] = field(default_factory=list)
    todos: list[Todo] = field(default_factory=list)
    calendars: list[Subscription] = field(default_factory=list)
    saved: list[Saved] = field(default_factory=list)
    helped: list[Helped] = field(default_factory=list)
    results: dict[str, Shared] = field(default_factory=dict)
    filed: list[Filed] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    marks: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """word -> (what it is of: `network`, `person`, `message`, `meeting`, `result` ...; key or id; field)"""

    latest: dict[tuple[str | None, str], Spell] = field(default_factory=dict)

    def begin(self, spell: Spell) -> Spell:
        """Note a new spell."""
        self.spells[spell.id] = self.latest[spell.person, spell.net] = spell
        return spell

    def spell(self, person: str | None, net: str) -> Spell | None:
        """The spell that this person has, or last had, in this network."""
        return self.latest.get((person, net))

    def sent_into(self, net: str) -> list[Sent]:
        """The invitations into this network."""
        return [one for one in self.sent if one.net == net]

    def children(self, net: str) -> list[Net]:
        """The networks right below."""
        return [other for other in self.nets.values() if other.parent == net]

    def meets_of(self, net: str) -> list[Meet]:
        """The meetings of this network."""
        return [meet for meet in self.meets.values() if meet.net == net]

    def answers_to(self, meet: str) -> list[Answer]:
        """The attendance of this meeting."""
        return [one for one in self.answers if one.meet == meet]
