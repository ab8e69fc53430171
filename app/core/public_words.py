"""The words that anonymous callers may read, for the spelling vocabulary: from the search columns of public rows.

By the very predicates of the lists, so that no correction tells of anything hidden: networks as far as their tier lets
outsiders read, meetings and results that are for everybody, organisations, towns, the vocabularies and the synonyms.
Nobody's name is among them: people are for those who signed in.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Integer, bindparam, case, func, literal, select

from app.core import words
from app.core.access import FRONT, visible_network
from app.core.meeting_access import visible_meeting
from app.core.result_access import visible_result
from app.db.database import Database, fetch_one
from app.db.types import among, one_of
from app.models import Change, Meeting, Network, Organisation, Place, Result, Term
from app.reference.load import read_regions
from app.reference.search_words import read_synonyms

Report = Callable[[str, int, int], None]
Row = dict[str, Any]

AT_ONCE = 400  # rows that one statement reads
MOST_WORDS = 200_000  # kept in memory while they are counted: 30 MB
MOST_CHANGED = 2_000  # rows of the log that are looked at in one go


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows that anybody may read: their key, the columns of search words, and which rows."""

    kind: str
    key: Any
    columns: tuple[Any, ...]
    public: Callable[[], Any] | None = None


def _front(column: Any) -> Any:
    """A column of a network's front tier, as far as everybody reads it."""
    return case((Network.outer_tier >= FRONT, column), else_="")


SOURCES = (
    _Source(
        "network",
        Network.id,
        (
            Network.search_name,
            Network.search_purpose,
            _front(Network.search_topics),
            _front(Network.search_front),
        ),
        lambda: visible_network("anonymous"),
    ),
    _Source(
        "result",
        Result.id,
        (Result.search_name, Result.search_topics, Result.search_purpose, Result.search_front),
        lambda: visible_result("anonymous"),
    ),
    _Source(
        "meeting",
        Meeting.id,
        (Meeting.search_name, Meeting.search_purpose, Meeting.search_front),
        lambda: visible_meeting("anonymous"),
    ),
    _Source(
        "organisation",
        Organisation.code,
        (Organisation.search_name, Organisation.search_front),
    ),
)
LOGGED = {source.kind: source for source in SOURCES if source.public is not None}


def _texts(source: _Source) -> Any:
    columns = [column.label(f"text{number}") for number, column in enumerate(source.columns)]
    rows = select(source.key.label("id"), *columns)
    return rows if source.public is None else rows.where(source.public())


def _page(source: _Source, *, started: bool) -> Any:
    rows = _texts(source).order_by(source.key).limit(bindparam("take", type_=Integer))
    return rows.where(source.key > bindparam("after", type_=source.key.type)) if started else rows


async def _pages(db: Database, source: _Source) -> AsyncIterator[list[Row]]:
    after = None
    while True:
        started = after is not None
        build = partial(_page, source, started=started)
        values = {"take": AT_ONCE, "after": after}
        rows = await db.fetch_slow(("public words", source.kind, started), build, values)
        if rows:
            yield rows
            after = rows[-1]["id"]
        if len(rows) < AT_ONCE:
            return


def _told(found: Iterable[str]) -> set[str]:
    """Those that may be misspelt: no numbers, no single letters."""
    return {word for word in found if len(word) > 1 and not word.isdigit()}


def _words_of(row: Row) -> set[str]:
    """The words of a row as somebody would type them."""
    texts = (text for column, text in row.items() if column != "id")
    return _told(_typed(token) for text in texts for token in text.split() if token[0] != "x")


def _typed(token: str) -> str:
    """A word as it is typed, from a search word that is no stem."""
    return token[1:] if token[0] == "w" else bytes.fromhex(token[1:]).decode()


async def _labels(db: Database) -> list[str]:
    """Texts that belong to no row of a source: what the vocabularies call things, towns, synonyms."""
    terms = await db.fetch("labels of terms", lambda: select(Term.label), {})
    towns = await db.fetch_slow("names of places", lambda: select(Place.name.label("label")), {})
    found = [row["label"] for row in (*terms, *towns)] + [term.label for term in read_regions()]
    for entry in read_synonyms():
        found += [entry.term, *entry.same_as]
    return found


async def counted(db: Database, report: Report) -> Counter[str]:
    """Every public word, and in how many texts it stands; with more than 200,000 words, those that came first."""
    uses: Counter[str] = Counter()
    for label in await _labels(db):
        uses.update(_told(words.tokens(label)))
    for source in SOURCES:
        done = 0
        async for rows in _pages(db, source):
            for row in rows:
                found = _words_of(row)
                uses.update(found if len(uses) < MOST_WORDS else found & uses.keys())
            done += len(rows)
            report(f"words of {source.kind}s", done, done + (len(rows) == AT_ONCE))
    return uses


def _changed() -> Any:
    """Rows that the log names between two positions, each once."""
    return (
        select(Change.kind, Change.resource_id)
        .where(
            Change.seq > bindparam("since"),
            Change.seq <= bindparam("until"),
            among(Change.kind, sorted(LOGGED)),
        )
        .distinct()
        .limit(MOST_CHANGED)
    )


def _these(source: _Source) -> Any:
    return _texts(source).where(one_of(source.key, bindparam("ids")))


async def counted_since(db: Database, since: int, until: int) -> Counter[str]:
    """The same of the rows that the log names after `since`, up to `until`: 2,000 of them at most."""
    rows = await db.fetch_slow("rows that changed", _changed, {"since": since, "until": until})
    uses: Counter[str] = Counter()
    for kind, source in LOGGED.items():
        build = partial(_these, source)
        for ids in _cut([row["resource_id"] for row in rows if row["kind"] == kind]):
            for row in await db.fetch_slow(("words of changed", kind), build, {"ids": ids}):
                uses.update(_words_of(row))
    return uses


def _cut(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]


def _how_many() -> Any:
    """Rows of all sources, each counted no farther than it matters."""
    total: Any = literal(0)
    for source in SOURCES:
        some = select(literal(1).label("one")).select_from(source.key.table)
        counted_rows = some.limit(bindparam("enough", type_=Integer)).subquery()
        total = total + select(func.count()).select_from(counted_rows).scalar_subquery()
    return select(total.label("rows"))


async def are_few(db: Database, most: int) -> bool:
    """Whether there are `most` rows to read, or fewer."""
    row = await fetch_one(db, "rows with words", _how_many, {"enough": most + 1})
    return row is not None and int(row["rows"]) <= most
