"""The search words of all rows, made anew where a release makes them by other rules (`core.words.VERSION`).

In chunks, writing what differs, without a change row or a version that moves: nobody reads search words. A row that was
edited meanwhile has new words already and is left. Organisations get theirs with the reference data (`exchange.ods`).
"""

from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Integer, bindparam, select, update

from app.core import words
from app.core.json_columns import plain
from app.core.public_words import Report
from app.core.vocabulary import rebuild, state_of
from app.core.work import House
from app.db.database import Database, Transaction, Write
from app.db.search import COLUMNS
from app.db.types import ID
from app.features.meetings import telling as meetings
from app.features.networks import settling as networks
from app.features.results import commands as results
from app.models import Meeting, Network, Organisation, Person, Result, SearchState, Term

Row = dict[str, Any]
Spoken = Mapping[str, str]

AT_ONCE = 200  # rows


def _of_person(row: Row, spoken: Spoken) -> dict[str, str]:
    interests = [spoken.get(code, code) for code in plain(row["interests"])]
    skills = [*plain(row["skills"]), row["bio"] or ""]
    return {
        "search_name": words.document(row["display_name"]),
        "search_topics": words.document(" ".join(interests)),
        "search_purpose": "",
        "search_front": words.document(" ".join(skills)),
        "search_inside": "",
    }


def _of_result(row: Row, spoken: Spoken) -> dict[str, str]:
    return results.search_words(row, [spoken.get(code, code) for code in plain(row["topics"])])


WORDS_OF: dict[Any, Callable[[Row, Spoken], dict[str, str]]] = {
    Network: lambda row, spoken: networks.search_words(row, dict(spoken)),
    Person: _of_person,
    Meeting: lambda row, _spoken: meetings.search_words(row),
    Result: _of_result,
}


async def make_words_anew(house: House, report: Report) -> int:
    """Make the words of all rows what they should be. Returns how many rows were written. Errors: `app.db.errors`."""
    spoken = await _spoken(house.db)
    written = 0
    for model, words_of in WORDS_OF.items():
        done = 0
        async for rows in _pages(house.db, model):
            wanted = [(row, words_of(row, spoken)) for row in rows]
            differing = [
                (row, new) for row, new in wanted if any(row[name] != new[name] for name in new)
            ]
            if differing:
                await house.db.unit(partial(_write, model, differing))
            written += len(differing)
            done += len(rows)
            report(f"{model.__tablename__}s", done, done + (len(rows) == AT_ONCE))
    await house.db.unit(_note)
    return written


async def bring_up_to_date(house: House, report: Report) -> None:
    """Make words anew where they are of another release, then the spelling vocabulary. Errors: `app.db.errors`."""
    state = await state_of(house.db)
    if state["words_version"] != words.VERSION:
        await make_words_anew(house, report)
    await rebuild(house, report)


async def _spoken(db: Database) -> Spoken:
    """What codes of topics and of integrated care boards are called."""
    terms = await db.fetch(
        "topics spoken", lambda: select(Term.code, Term.label).where(Term.vocabulary == "topic"), {}
    )
    boards = await db.fetch(
        "boards spoken",
        lambda: select(Organisation.code, Organisation.name.label("label")).where(
            Organisation.kind == "icb"
        ),
        {},
    )
    return {row["code"]: row["label"] for row in (*boards, *terms)}


def _page(model: Any, *, started: bool) -> Any:
    rows = (
        select(*model.__table__.columns).order_by(model.id).limit(bindparam("take", type_=Integer))
    )
    return rows.where(model.id > bindparam("after", type_=ID)) if started else rows


async def _pages(db: Database, model: Any) -> AsyncIterator[list[Row]]:
    after = None
    while True:
        started = after is not None
        build = partial(_page, model, started=started)
        key = ("rows to find by", model.__tablename__, started)
        rows = await db.fetch_slow(key, build, {"take": AT_ONCE, "after": after})
        if rows:
            yield rows
            after = rows[-1]["id"]
        if len(rows) < AT_ONCE:
            return


async def _write(model: Any, differing: list[tuple[Row, dict[str, str]]], tx: Transaction) -> None:
    def build() -> Any:
        here = update(model).where(
            model.id == bindparam("row_id", type_=ID), model.version == bindparam("seen")
        )
        return here.values({name: bindparam(f"new_{name}") for name in COLUMNS})

    rows = [
        {
            "row_id": row["id"],
            "seen": row["version"],
            **{f"new_{name}": new[name] for name in COLUMNS},
        }
        for row, new in differing
    ]
    await tx.write_many(("words anew", model.__tablename__), build, rows)


async def _note(tx: Transaction) -> None:
    def build() -> Any:
        made: dict[Any, Any] = {"words_version": bindparam("version")}
        return update(SearchState).where(SearchState.id == 1).values(made)

    values = {"version": words.VERSION}
    await tx.write([Write("words made anew", build, values, ("search_state", 1))])
