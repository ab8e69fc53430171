"""What begins with what somebody has typed so far: one statement of short branches, each read in the order of an index.

The branches are read one after the other and only until there are enough: what is likeliest meant goes first, and what
takes longer is not begun where that suffices.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, bindparam, cast, func, literal, select, union_all
from sqlalchemy.orm import aliased

from app.core import access, words
from app.core.viewer import Scope, Viewer
from app.db.database import Database
from app.db.name_words import AFTER_ALL, AFTER_SPACE, CUT, WORD, begins, has_word
from app.db.types import ID, one_of
from app.features.suggest.schemas import MOST
from app.features.suggest.topics import Topics, topics_of
from app.models import (
    Installation,
    NameWord,
    Network,
    Organisation,
    Outcode,
    Person,
    Place,
    SearchWord,
    Term,
)

Row = dict[str, Any]

MOST_WORDS = 8
SHORTEST = 2  # letters or digits
_SHORTEST_COMPLETED = 3
_TOPICS, _NETWORKS, _ORGANISATIONS, _PLACES, _PEOPLE, _WORDS = 3, 4, 3, 3, 2, 3
_OUTCODE = re.compile("[a-z]{1,2}[0-9][a-z0-9]?")
_READS = {
    "network": Scope.NETWORKS_READ,
    "organisation": Scope.ORGANISATIONS_READ,
    "person": Scope.PEOPLE_READ,
}


@dataclass(frozen=True, slots=True)
class _Named:
    """A kind that has a name: its table, what else tells it, which rows, and how many of them."""

    kind: str
    table: Any
    key: Any
    name: Any
    detail: Any
    most: int


NAMED = {
    "network": _Named("network", Network, Network.id, Network.name, literal(None, String()), _NETWORKS),
    "organisation": _Named(
        "organisation", Organisation, Organisation.code, Organisation.name, Organisation.postcode, _ORGANISATIONS
    ),
    "person": _Named("person", Person, Person.id, Person.display_name, literal(None, String()), _PEOPLE),
}  # fmt: skip


def _which(kind: str, rank: str) -> list[Any]:
    """The rows that this class of viewer may be told the name of."""
    if kind == "network":
        return [access.visible_network(rank), Network.archived_at.is_(None)]
    if kind == "person":
        return [access.in_directory(rank), Person.erased_at.is_(None)]
    return [Organisation.active.is_(True)]


def _row(kind: str, key: Any, text: Any, detail: Any) -> Any:
    columns = (cast(key, String()), cast(text, String()), cast(detail, String()))
    names = ("id", "text", "detail")
    labelled = (column.label(name) for column, name in zip(columns, names, strict=True))
    return select(literal(kind).label("kind"), *labelled)


def _named(of: _Named, which: list[Any], start: str, others: int) -> Any:
    """Those with a name, or a word in it, from the parameter `start` to `<start>_end`, and `others` in their name."""
    word = aliased(NameWord)
    key = word.id if of.kind == "organisation" else cast(word.id, ID)
    name = word.word if start == "first" else of.table.search_name
    rows = _row(of.kind, of.key, of.name, of.detail).select_from(word).join(of.table, of.key == key)
    rows = rows.where(
        word.kind == of.kind,
        word.word >= bindparam(start, type_=WORD),
        word.word < bindparam(f"{start}_end", type_=WORD),
        *which,
        *(has_word(name, f"other_{number}") for number in range(others)),
    )
    return rows.order_by(word.word, word.id).limit(literal(of.most))


def _places() -> Any:
    rows = _row("place", Place.id, Place.name, Place.county).where(begins(Place.key, "place"))
    return rows.order_by(Place.practices.desc(), Place.id).limit(literal(_PLACES))


def _outcodes() -> Any:
    rows = _row("place", Outcode.outcode, Outcode.outcode, literal(None, String()))
    rows = rows.where(one_of(Outcode.outcode, bindparam("outcodes")))
    return rows.order_by(Outcode.outcode).limit(literal(_PLACES))


def _completions() -> Any:
    """Words that the last one may become, the most used first."""
    rows = _row("word", literal(None, String()), SearchWord.word, literal(None, String()))
    rows = rows.where(begins(SearchWord.word, "word"), SearchWord.word != bindparam("word"))
    return rows.order_by(SearchWord.uses.desc(), SearchWord.word).limit(literal(_WORDS))


def _stamp() -> Any:
    """Says which reference data there is: the topics are kept as long as it stays."""
    count = select(func.count()).select_from(Term).scalar_subquery()
    baseline = func.coalesce(Installation.baseline, "")
    rows = _row("stamp", baseline, cast(count, String()), literal(None, String()))
    return rows.where(Installation.id == 1)


def shape(
    rank: str, kinds: tuple[str, ...], *, others: int, outcodes: bool, completed: bool
) -> Any:
    """The statement for who may read names of these kinds, where `others` words were typed beside the leading one."""
    named = [(NAMED[kind], _which(kind, rank)) for kind in kinds]
    branches = [_named(of, which, "begin", 0) for of, which in named]
    branches.insert(min(len(branches), 2), _places())
    if outcodes:
        branches.append(_outcodes())
    if "organisation" in kinds:
        # Closed ones too, where there are few: to ask for them alone would begin with all of them.
        named.append((NAMED["organisation"], []))
    if others:
        branches += [_named(of, which, "first", others) for of, which in named]
    branches += [_named(of, which, "inside", others) for of, which in named]
    if "organisation" in kinds:
        branches.append(_named(*named[-1], "begin", 0))
    if completed:
        branches.append(_completions())
    cut = [_cut(branch) for branch in (_stamp(), *branches)]
    return select(*_columns(union_all(*cut).subquery("found"))).limit(literal(MOST + 1))


def _columns(found: Any) -> tuple[Any, ...]:
    return found.c.kind, found.c.id, found.c.text, found.c.detail


def _cut(branch: Any) -> Any:
    """A branch with an order and a limit of its own, as both databases take it in a union."""
    return select(*_columns(branch.subquery()))


async def suggest(db: Database, viewer: Viewer, kept: dict[str, Any], q: str) -> list[Row]:
    """At most ten suggestions: `kind`, `id`, `text`, `detail`; none for less than two letters."""
    typed = words.tokens(q)
    if sum(map(len, typed)) < SHORTEST:
        return []
    signed_in = viewer.person_id is not None
    kinds = tuple(kind for kind, scope in _READS.items() if not signed_in or scope in viewer.scopes)
    if not signed_in:
        kinds = kinds[:2]
    outcodes = list(_outcodes_of(typed))
    lead, others = _led([words.written(word) for word in typed])
    values: Row = {
        **access.values(viewer),
        **lead,
        **_span("place", " ".join(typed)),
        **_span("word", typed[-1]),
        "outcodes": outcodes,
    }
    completed = len(typed[-1]) >= _SHORTEST_COMPLETED
    options: dict[str, Any] = {"others": others, "outcodes": bool(outcodes), "completed": completed}
    key = ("suggestions", viewer.rank, kinds, *options.values())
    rows = await db.fetch(key, lambda: shape(viewer.rank, kinds, **options), values)
    topics = await _topics(db, kept, rows.pop(0))
    found = [
        {"kind": "topic", "id": row["code"], "text": row["label"], "detail": None}
        for row in topics.beginning(typed, _TOPICS)
    ]
    once = {(row["kind"], row["id"], row["text"]): row for row in rows}
    return [*found, *(_completed(q, row) for row in once.values())][:MOST]


def _span(name: str, start: str, end: str = AFTER_ALL) -> dict[str, str]:
    return {name: start, f"{name}_end": start + end}


def _led(written: list[str]) -> tuple[dict[str, str], int]:
    """The values of `_named`, and how many other words there are beside the longest: few names have that."""
    *whole, last = written
    before = [f" {word} " for word in dict.fromkeys(whole)]
    others = [*before[: MOST_WORDS - 1], f" {last}"]
    leading = max(others, key=len)
    others.remove(leading)
    word, end = leading.strip(), AFTER_SPACE if leading.endswith(" ") else AFTER_ALL
    values = {
        **_span("begin", f"n{' '.join(written)}"[:CUT]),
        **_span("first", f"n{word}", end),
        **_span("inside", word, end),
        **{f"other_{number}": other for number, other in enumerate(others)},
    }
    return values, len(others)


def _outcodes_of(typed: list[str]) -> Iterator[str]:
    """What the first half of a postcode may still become."""
    if len(typed) == 1 and _OUTCODE.fullmatch(typed[0]):
        code = typed[0].upper()
        yield code
        yield from (f"{code}{digit}" for digit in range(10))


def _completed(q: str, row: Row) -> Row:
    """A word with what was typed before it."""
    if row["kind"] == "word":
        *_, last = words.RUN.finditer(q)
        row["text"] = q[: last.start()] + row["text"]
    return row


async def _topics(db: Database, kept: dict[str, Any], stamped: Row) -> Topics:
    stamp = f"{stamped['id']} {stamped['text']}"
    topics: Topics | None = kept.get("topics to suggest")
    if topics is None or topics.stamp != stamp:
        topics = topics_of(stamp, await db.fetch("topics to suggest", _all_topics, {}))
        kept["topics to suggest"] = topics
    return topics


def _all_topics() -> Any:
    return select(Term.code, Term.label).where(Term.vocabulary == "topic")
