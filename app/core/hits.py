"""From what a search found to what it answers: each hit with its title, a snippet, and why it matched."""

from typing import Any

from sqlalchemy import Text, and_, case, cast, select
from sqlalchemy.types import Double

from app.core import access, snippets
from app.core.access import FRONT
from app.core.json_columns import plain
from app.core.meeting_access import reads_place
from app.core.paging import Sort, in_order
from app.core.search_filters import Kind, may_be_joined
from app.core.searching import TIERS
from app.core.snippets import Finder
from app.db.types import ID
from app.models import Meeting, Network, Organisation, Person, Result
from app.reference.load import region_label, topic_label

Row = dict[str, Any]
PATHS = {
    Kind.NETWORK: "/v1/networks/",
    Kind.RESULT: "/v1/results/",
    Kind.MEETING: "/v1/meetings/",
    Kind.PERSON: "/v1/people/",
    Kind.ORGANISATION: "/v1/organisations/",
}
# Where words are looked for in a hit, by the names that its own resource has for them; the first is the title, and the
# snippet is of the first of the others that has a word.
TEXTS = {
    Kind.NETWORK: ("name", "purpose", "aims", "member_offer", "place", "region", "host"),
    Kind.RESULT: ("title", "summary", "problem", "change", "what_happened", "learning"),
    Kind.MEETING: ("title", "description", "place"),
    Kind.PERSON: ("display_name", "bio", "skills"),
    Kind.ORGANISATION: ("name", "address", "postcode", "code"),
}
TOPICS = {Kind.NETWORK: "topics", Kind.RESULT: "topics", Kind.PERSON: "interests"}
FRONT_TEXTS = frozenset({"aims", "member_offer", "place", "region", "host", "topics"})


def with_texts(rank: str, page: Any, sort: Sort) -> Any:
    """The SELECT of a page of hits with what is told of each, in the page's order."""
    c = page.c

    def of(kind: Kind) -> Any:
        return case((c.kind == TIERS.index(kind), cast(c.id, ID)))

    there = reads_place(rank)
    shown = case((there, Meeting.place))
    statement = (
        select(
            c.kind, c.id, c.tie, cast(c.distance, Double).label("distance"),
            access.standing(rank).label("network.tier"),
            Network.name.label("network.name"), Network.purpose.label("network.purpose"),
            Network.aims.label("network.aims"), Network.member_offer.label("network.member_offer"),
            Network.place.label("network.place"), Network.region.label("network.region"),
            Network.host_name.label("network.host"), Network.topics.label("network.topics"),
            and_(may_be_joined(), Network.archived_at.is_(None)).label("network.open"),
            Result.title.label("result.title"), Result.summary.label("result.summary"),
            Result.problem.label("result.problem"), Result.change.label("result.change"),
            Result.what_happened.label("result.what_happened"), Result.learning.label("result.learning"),
            Result.topics.label("result.topics"), Result.network_id.label("result.network_id"),
            Result.outcome.label("result.outcome"),
            Meeting.title.label("meeting.title"), Meeting.description.label("meeting.description"),
            shown.label("meeting.place"), Meeting.network_id.label("meeting.network_id"),
            Meeting.starts_at.label("meeting.starts_at"),
            Person.display_name.label("person.display_name"), Person.bio.label("person.bio"),
            Person.skills.label("person.skills"), Person.interests.label("person.interests"),
            Organisation.name.label("organisation.name"), Organisation.address.label("organisation.address"),
            Organisation.postcode.label("organisation.postcode"), Organisation.code.label("organisation.code"),
        )
        .select_from(page)
        .outerjoin(Network, Network.id == of(Kind.NETWORK))
        .outerjoin(Result, Result.id == of(Kind.RESULT))
        .outerjoin(Meeting, Meeting.id == of(Kind.MEETING))
        .outerjoin(Person, Person.id == of(Kind.PERSON))
        .outerjoin(
            Organisation,
            and_(c.kind == TIERS.index(Kind.ORGANISATION), Organisation.code == cast(c.id, Text)),
        )
    )  # fmt: skip
    here = Sort(sort.name, c["_key"], c.tie, sort.descending)
    return in_order(statement, here)


def hit(row: Row, find: Finder, topics: frozenset[str]) -> Row:
    """One hit as the contract has it; `topics` are those that were asked for."""
    kind = TIERS[row["kind"]]
    told = row[kind]
    texts = _texts(kind, told)
    title, *others = texts.items()
    fields, snippet = [], None
    title_marks = find.marks(title[1])
    if title_marks:
        fields.append(title[0])
    for name, text in others:
        marks = find.marks(text)
        if marks:
            fields.append(name)
        if name == others[0][0] or (marks and not _marks_of(snippet)):
            snippet = _snippet(find, text)
    matching = _topics(kind, told, find, topics)
    if matching:
        fields.append(TOPICS[kind])
    return {
        "kind": str(kind),
        "id": row["id"],
        "title": title[1],
        "title_marks": _spans(title_marks),
        "snippet": snippet,
        "matched": {
            "fields": fields,
            "topics": matching,
            "distance_km": row["distance"],
            "open_to_join": bool(told["open"])
            if kind is Kind.NETWORK and told["tier"] >= FRONT
            else None,
        },
        "network_id": told.get("network_id"),
        "starts_at": told.get("starts_at"),
        "outcome": told.get("outcome"),
        "link": f"{PATHS[kind]}{row['id']}",
    }


def _marks_of(snippet: Row | None) -> list[Row]:
    """The marks of a snippet, if there is one."""
    return [] if snippet is None else list(snippet["marks"])


def _snippet(find: Finder, text: str) -> Row:
    shown, marks = find.snippet(text)
    return {"text": shown, "marks": _spans(marks)}


def _spans(marks: list[snippets.Mark]) -> list[Row]:
    return [{"start": start, "end": end} for start, end in marks]


def _texts(kind: Kind, told: Row) -> dict[str, str]:
    """The texts of a hit that its reader is shown, by the name of their field; the title always first."""
    hidden = FRONT_TEXTS if kind is Kind.NETWORK and told["tier"] < FRONT else frozenset()
    found: dict[str, str] = {}
    for name in TEXTS[kind]:
        value = None if name in hidden else told[name]
        if name in ("aims", "skills", "change"):
            value = _spoken(plain(value))
        if name == "region":
            value = region_label(value)
        if value:
            found[name] = str(value)
    return found


def _spoken(value: Any) -> str | None:
    """The sentences of a JSON column."""
    if isinstance(value, dict):
        value = [value.get("what")]
    return " ".join(text for text in value or [] if text) or None


def _topics(kind: Kind, told: Row, find: Finder, asked: frozenset[str]) -> list[str]:
    """The topics of a hit that were asked for, or whose label the words are found in."""
    if kind not in TOPICS or (kind is Kind.NETWORK and told["tier"] < FRONT):
        return []
    codes: list[str] = plain(told[TOPICS[kind]])
    return [code for code in codes if code in asked or find.marks(topic_label(code))]
