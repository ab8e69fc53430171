"""The spelling vocabulary: public words with their gaps (`core.edits`), so that what is near a misspelt one is found.

It is made anew every hour and after imports (`rebuild`), which writes what differs; what was written since is looked up
in the log when a search found nothing (`freshen`). Whoever writes words waits for whoever does.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Integer, bindparam, delete, func, select, update

from app.core import edits
from app.core.public_words import Report, are_few, counted, counted_since
from app.core.work import House, rows_of
from app.db.database import Database, Reads, Transaction, Write, fetch_one
from app.db.types import INSTANT, one_of
from app.models import FeedHead, SearchGap, SearchState, SearchWord

Row = dict[str, Any]

AT_ONCE = 400  # words that one transaction writes
STRIDE = 20_000  # positions of the log that one look goes through
SMALL = 20_000  # rows up to which a search that found nothing may wait for the whole vocabulary


def _known(*, started: bool) -> Any:
    rows = select(SearchWord.word, SearchWord.uses).order_by(SearchWord.word)
    rows = rows.limit(bindparam("take", type_=Integer))
    return rows.where(SearchWord.word > bindparam("after")) if started else rows


async def _all_known(db: Database) -> AsyncIterator[list[Row]]:
    after = None
    while True:
        started = after is not None
        build = partial(_known, started=started)
        values = {"take": AT_ONCE, "after": after}
        rows = await db.fetch_slow(("known words", started), build, values)
        if rows:
            yield rows
            after = rows[-1]["word"]
        if len(rows) < AT_ONCE:
            return


async def rebuild(house: House, report: Report) -> int:
    """Make the vocabulary what it should be, in small transactions that write what differs. Returns how many words.

    What is written meanwhile is looked up in the log afterwards: its position is noted before anything is read.
    Errors: `app.db.errors`; what was done until then stays done, and the next one goes on from there.
    """
    state = await state_of(house.db)
    wanted = await counted(house.db, report)
    missing = dict(wanted)
    async for rows in _all_known(house.db):
        gone = [row["word"] for row in rows if row["word"] not in wanted]
        moved = {}
        for row in rows:
            uses = missing.pop(row["word"], None)
            if uses is not None and uses != row["uses"]:
                moved[row["word"]] = uses
        await _change(house.db, gone, moved)
    done = len(wanted) - len(missing)
    for chunk in _chunks(missing.items()):
        await _add(house.db, dict(chunk))
        done += len(chunk)
        report("words", done, len(wanted))
    await _note(house.db, state["seq"], house.clock())
    return len(wanted)


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while chunk := list(islice(rest, AT_ONCE)):
        yield chunk


def _locked() -> Any:
    return select(SearchState.id).where(SearchState.id == 1).with_for_update()


async def _add(db: Database, uses: dict[str, int]) -> None:
    """Add those of these words that are not known, with their gaps."""

    async def run(tx: Transaction) -> None:
        await tx.fetch("lock words", _locked, {})
        known = await uses_of(tx, uses)
        new = {word: count for word, count in uses.items() if word not in known}
        if not new:
            return
        rows = [{"word": word, "uses": count} for word, count in new.items()]
        await tx.write_many("add words", rows_of(("word", "uses"), SearchWord), rows)
        gaps = [{"gap": gap, "word": word} for word in new for gap in edits.gaps(word)]
        await tx.write_many("add gaps", rows_of(("gap", "word"), SearchGap), gaps)

    await db.unit(run)


def _forget() -> Any:
    return delete(SearchWord).where(SearchWord.word == bindparam("gone"))


def _count() -> Any:
    word = update(SearchWord).where(SearchWord.word == bindparam("moved"))
    return word.values(uses=bindparam("now_used"))


async def _change(db: Database, gone: list[str], moved: dict[str, int]) -> None:
    """Take words out, their gaps with them, and put right in how many texts others stand."""
    if not (gone or moved):
        return

    async def run(tx: Transaction) -> None:
        await tx.fetch("lock words", _locked, {})
        if gone:
            await tx.write_many("forget words", _forget, [{"gone": word} for word in gone])
        if moved:
            rows = [{"moved": word, "now_used": uses} for word, uses in moved.items()]
            await tx.write_many("count words", _count, rows)

    await db.unit(run)


def _where_it_stands() -> Any:
    feed = select(FeedHead.seq).where(FeedHead.id == 1).scalar_subquery()
    columns = (SearchState.words_version, SearchState.built_at, SearchState.head)
    return select(*columns, func.coalesce(feed, 0).label("seq")).where(SearchState.id == 1)


async def state_of(reads: Reads) -> Row:
    """The rules of the search words, when the vocabulary was built (null: it is due), and two positions of the log.

    `head` is up to where it was looked at, `seq` where it stands.
    """
    row = await fetch_one(reads, "state of the words", _where_it_stands, {})
    if row is None:
        message = "the migrations made this row"
        raise LookupError(message)
    return row


async def _note(db: Database, head: int, built_at: Any = None) -> None:
    """Note up to which position the log was looked at, and that the vocabulary is whole, if it is."""
    whole = built_at is not None

    def build() -> Any:
        values: dict[Any, Any] = {"head": bindparam("new_head")}
        if whole:
            values["built_at"] = bindparam("now_built", type_=INSTANT)
        return update(SearchState).where(SearchState.id == 1).values(values)

    async def run(tx: Transaction) -> None:
        given = {"new_head": head, "now_built": built_at}
        await tx.write([Write(("note words", whole), build, given, ("search_state", 1))])

    await db.unit(run)


def _due() -> Any:
    undone: dict[Any, Any] = {"built_at": None}
    return update(SearchState).where(SearchState.id == 1).values(undone).returning(SearchState.id)


async def note_due(tx: Transaction) -> None:
    """Note that the vocabulary is to be made anew: a server looks every minute. For imports, and for erasures."""
    await tx.fetch("vocabulary is due", _due, {})


async def freshen(house: House) -> None:
    """Bring the vocabulary up to what was written since it was looked after, for a search that found nothing.

    Bounded: a whole build only where everything is `SMALL`, else 2,000 rows of the log's next 20,000 positions. Words
    that nobody may read any more go with the next rebuild. Errors: `app.db.errors`.
    """
    state = await state_of(house.db)
    if state["built_at"] is None and await are_few(house.db, SMALL):
        await rebuild(house, _untold)
        return
    if state["seq"] <= state["head"]:
        return
    until = min(state["seq"], state["head"] + STRIDE)
    uses = await counted_since(house.db, state["head"], until)
    for chunk in _chunks(uses.items()):
        await _add(house.db, dict(chunk))
    await _note(house.db, until)


def _untold(_what: str, _done: int, _total: int) -> None:
    """Nobody waits for progress."""


def _uses() -> Any:
    known = select(SearchWord.word, SearchWord.uses)
    return known.where(one_of(SearchWord.word, bindparam("words")))


async def uses_of(reads: Reads, asked: Iterable[str]) -> dict[str, int]:
    """Those of these words that are known, and in how many texts each stands."""
    rows = await reads.fetch("uses of words", _uses, {"words": sorted(set(asked))})
    return {row["word"]: row["uses"] for row in rows}


def _near() -> Any:
    return (
        select(SearchGap.gap, SearchWord.word, SearchWord.uses)
        .join(SearchWord, SearchWord.word == SearchGap.word)
        .where(one_of(SearchGap.gap, bindparam("gaps")))
    )


async def near(reads: Reads, asked: Iterable[str]) -> dict[str, list[edits.Known]]:
    """The known words that have one of these gaps, by gap."""
    found: dict[str, list[edits.Known]] = {}
    for row in await reads.fetch("words near", _near, {"gaps": sorted(set(asked))}):
        found.setdefault(row["gap"], []).append(edits.Known(row["word"], row["uses"]))
    return found
