"""With a whole database dump in hand, no answer of a survey can be joined to a person.

An attacker has every row of every table with what the database adds of its own (`xmin`, `xmax`, `cmin`, `ctid`; of
SQLite `rowid`), knows everybody's ids and who answered when, and tries what joins: ids, digests, order, transactions,
and what changed at all. Each attack finds a naive design that is planted beside ours.
"""

import asyncio
import hashlib
import random
import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import asyncpg
import pytest

from app.core.survey_questions import QUESTIONS
from tests.dumps import dump
from tests.house import TestHouse, TestPerson
from tests.test_surveys import network, opened

pytestmark = pytest.mark.anyio

CODES = tuple(question.code for question in QUESTIONS)
SYSTEM = ("xmin", "xmax", "cmin", "ctid", "rowid")
OURS = {"survey_count", "survey_part"}
Rows = list[dict[str, Any]]
Tables = dict[str, Rows]


# --- What the attacker has ------------------------------------------------------------------------


def on_database(url: str, statements: Iterable[str]) -> list[Rows]:
    """Run statements one after the other, in one transaction, as an operator at the database."""
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)
        connection.row_factory = sqlite3.Row
        try:
            with connection:
                return [
                    [dict(row) for row in connection.execute(one).fetchall()] for one in statements
                ]
        finally:
            connection.close()

    async def run() -> list[Rows]:
        connection = await asyncpg.connect(url)
        try:
            async with connection.transaction():
                return [[dict(row) for row in await connection.fetch(one)] for one in statements]
        finally:
            await connection.close()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()


def everything(url: str) -> Tables:
    """Every table with all its rows, in the order in which they lie there, and the columns of the database itself."""
    if url.startswith("sqlite:///"):
        (found,) = on_database(
            url,
            ["SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts\\_%' ESCAPE '\\'"],
        )  # fmt: skip
        plain = [row for row in found if "VIRTUAL" not in (row["sql"] or "")]
        wanted = {
            row["name"]: "" if "WITHOUT ROWID" in (row["sql"] or "") else "rowid AS rowid, "
            for row in plain
        }
        reads = [f'SELECT {more}* FROM "{name}"' for name, more in wanted.items()]
    else:
        (found,) = on_database(
            url, ["SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"]
        )
        wanted = dict.fromkeys(
            (row["name"] for row in found),
            "xmin::text AS xmin, xmax::text AS xmax, cmin::text AS cmin, ctid::text AS ctid, ",
        )
        reads = [f'SELECT {more}* FROM "{name}" ORDER BY ctid' for name, more in wanted.items()]
    return dict(zip(wanted, on_database(url, reads), strict=True))


# --- The attacks ----------------------------------------------------------------------------------


def told(row: dict[str, Any]) -> tuple[str, ...]:
    """What a row says, without what the database adds."""
    return tuple(f"{name}={value}" for name, value in row.items() if name not in SYSTEM)


def changed(before: Tables, after: Tables) -> set[str]:
    """The tables that say something else than before."""
    return {
        name
        for name, rows in after.items()
        if sorted(map(told, rows)) != sorted(map(told, before.get(name, [])))
    }


def digests(person: TestPerson, round_id: str) -> Iterator[str]:
    """What somebody without a key would keep of who took part, and whoever has a copy can try out."""
    pairs = ((round_id, person.id), (person.id, round_id))
    joined = [f"{a}{between}{b}" for a, b in pairs for between in ("", " ", "|", ":", "/")]
    for text in (person.id, person.token, *joined):
        for kind in ("md5", "sha1", "sha256", "blake2b"):
            yield hashlib.new(kind, text.encode()).hexdigest()[:16]
        for size in (8, 12, 16, 32):
            yield hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def by_digest(tables: Tables, names: set[str], people: list[TestPerson], round_id: str) -> set[str]:
    """The people whom a digest or an id in these tables names."""
    text = "\n".join(str(told(row)) for name in names for row in tables[name]).lower()
    found = set()
    for person in people:
        tried = (person.id, person.id.replace("-", ""), *digests(person, round_id))
        found |= {person.id} if any(one in text for one in tried) else set()
    return found


def _orders(rows: Rows) -> Iterator[list[int]]:
    """Every order that rows can be brought into: as they lie there, and by each column, up and down."""
    numbers = list(range(len(rows)))
    yield numbers
    yield numbers[::-1]
    for name in rows[0] if rows else ():
        by = sorted(numbers, key=lambda number: _rank(rows[number][name]))
        yield by
        yield by[::-1]


def _rank(value: Any) -> tuple[int, Any]:
    text = str(value)
    return (0, int(text)) if text.lstrip("-").isdigit() else (1, text)


def by_order(tables: Tables, sequences: dict[str, list[int]]) -> set[tuple[str, str]]:
    """Tables and questions where some order of rows is the sequence in which people are known to have answered."""
    found = set()
    for name, rows in tables.items():
        if len(rows) > 5_000:
            continue
        for code, sequence in sequences.items():
            about = [row for row in rows if code in map(str, row.values())]
            for order in _orders(about):
                for column in about[0] if about else ():
                    values = [str(about[number][column]) for number in order]
                    if _within(values, list(map(str, sequence))):
                        found.add((name, code))
    return found


def _within(values: list[str], sequence: list[str]) -> bool:
    size = len(sequence)
    return any(values[start : start + size] == sequence for start in range(len(values) - size + 1))


def set_apart(rows: Rows, chosen: dict[str, int]) -> set[str]:
    """The system columns by which the counters of the last answer, and they alone, differ or lie at one end."""
    mine = set(chosen.items())
    found = set()
    for name in SYSTEM:
        if not rows or name not in rows[0]:
            continue
        groups: dict[str, set[tuple[str, int]]] = {}
        for row in rows:
            groups.setdefault(str(row[name]), set()).add((row["question"], row["choice"]))
        ordered = sorted(rows, key=lambda row: _place(row[name]))
        keys = [(row["question"], row["choice"]) for row in ordered]
        ends = (set(keys[: len(mine)]), set(keys[-len(mine) :]))
        if mine in groups.values() or mine in ends:
            found.add(name)
    return found


def _place(value: Any) -> tuple[int, ...]:
    return tuple(int(part) for part in str(value).strip("()").split(","))


def by_transaction(tables: Tables, names: set[str], people: list[TestPerson]) -> set[str]:
    """The people named in rows that were written or locked by a transaction that wrote the survey's rows."""
    wrote = {row["xmin"] for name in names for row in tables[name] if "xmin" in row}
    beside = "\n".join(
        str(told(row))
        for name, rows in tables.items()
        for row in rows
        if name not in names and wrote & {row.get("xmin"), row.get("xmax")}
    )
    return {person.id for person in people if person.id in beside}


# --- The scene ------------------------------------------------------------------------------------


@dataclass
class Scene:
    """Who answered what, in this order; the database before, after each of them."""

    people: list[TestPerson]
    round_id: str
    said: list[tuple[TestPerson, dict[str, int]]]
    dumps: list[Tables]
    texts: tuple[bytes, bytes]

    @property
    def sequences(self) -> dict[str, list[int]]:
        """Each question's answers in the order of time."""
        return {code: [answers[code] for _, answers in self.said] for code in CODES}


async def scene(house: TestHouse, url: str) -> Scene:
    """Fourteen people answer one after the other, each looked at by whoever copies the database meanwhile."""
    people, network_id = await network(house, 14)
    made = await opened(people[0], network_id)
    dice = random.Random(20_260_301)
    for person in people:  # whatever a first request writes is written
        await person.client.get(f"/v1/survey-rounds/{made['id']}")
    text = await asyncio.to_thread(dump, url)
    dumps = [await asyncio.to_thread(everything, url)]
    said = []
    for person in dice.sample(people, len(people)):
        answers = {code: dice.randint(1, 5) for code in CODES}
        path = f"/v1/survey-rounds/{made['id']}/responses"
        headers = {"Idempotency-Key": f"key of {person.id}"}
        done = await person.client.post(path, {"answers": answers}, headers=headers)
        assert done.status_code == 204, done.text
        said.append((person, answers))
        dumps.append(await asyncio.to_thread(everything, url))
    return Scene(people, made["id"], said, dumps, (text, await asyncio.to_thread(dump, url)))


def of_round(tables: Tables, table: str, round_id: str) -> Rows:
    """The rows of one round."""
    return [row for row in tables[table] if str(row["round_id"]) == round_id]


async def test_no_answer_can_be_joined_to_a_person(house: TestHouse, database_url: str) -> None:
    """Ids, digests, times, change rows, kept requests, order, transactions, physical order: nothing joins."""
    found = await scene(house, database_url)
    for before, after in pairwise(found.dumps):
        assert (
            changed(before, after) == OURS
        )  # no change row, kept answer, token, person: nothing else
    last = found.dumps[-1]
    assert by_digest(last, OURS, found.people, found.round_id) == set()
    assert by_order(last, found.sequences) == set()
    for tables, (_, answers) in zip(found.dumps[1:], found.said, strict=True):
        rows = of_round(tables, "survey_count", found.round_id)
        assert set_apart(rows, answers) == set()
        assert len({(row.get("xmin"), row.get("cmin"), row.get("xmax")) for row in rows}) == 1
        # The round is held, whoever answers, and names who opened it.
        assert by_transaction(tables, OURS, found.people) <= {found.people[0].id}
    (part,) = of_round(last, "survey_part", found.round_id)
    marks = part["marks"].split()
    assert len(marks) == len(found.people)
    assert marks == sorted(marks)
    # Of a person there is no more in the dump than there was before anybody answered.
    for person in found.people:
        assert found.texts[1].count(person.id.encode()) == found.texts[0].count(person.id.encode())


async def test_two_dumps_around_one_answer_tell_what_it_was_and_not_whose(
    house: TestHouse, database_url: str
) -> None:
    """What is left, as docs/surveys.md says: the answer is their difference; nothing in it names anybody."""
    found = await scene(house, database_url)
    for (before, after), (_, answers) in zip(pairwise(found.dumps), found.said, strict=True):
        old, new = (
            {
                (row["question"], row["choice"]): row["count"]
                for row in of_round(tables, "survey_count", found.round_id)
            }
            for tables in (before, after)
        )
        assert {key for key, count in new.items() if count != old[key]} == set(answers.items())
        assert by_digest(after, OURS, found.people, found.round_id) == set()
        parts = [
            set(of_round(tables, "survey_part", found.round_id)[0]["marks"].split())
            for tables in (before, after)
        ]
        assert len(parts[1] - parts[0]) == 1


async def test_the_attacks_find_naive_designs(house: TestHouse, database_url: str) -> None:
    """Answers in rows, unkeyed digests, counters written where chosen, a lock on the person: all are found."""
    found = await scene(house, database_url)
    code = CODES[0]
    plant = [
        "CREATE TABLE naive_answer (question TEXT, choice INTEGER)",
        "CREATE TABLE naive_part (mark TEXT)",
        "CREATE TABLE naive_count (question TEXT, choice INTEGER, count INTEGER)",
        *(
            f"INSERT INTO naive_count VALUES ('{one}', {choice}, 0)"
            for one in CODES for choice in range(1, 6)
        ),
    ]  # fmt: skip
    await asyncio.to_thread(on_database, database_url, plant)
    try:
        for person, answers in found.said:
            digest = hashlib.sha256(f"{found.round_id}|{person.id}".encode()).hexdigest()
            chosen = " OR ".join(
                f"(question = '{one}' AND choice = {choice})" for one, choice in answers.items()
            )
            lock = "" if database_url.startswith("sqlite") else " FOR KEY SHARE"
            steps = [
                *(f"INSERT INTO naive_answer VALUES ('{one}', {choice})" for one, choice in answers.items()),
                f"INSERT INTO naive_part VALUES ('{digest}')",
                f"UPDATE naive_count SET count = count + 1 WHERE {chosen}",
                f"SELECT id FROM person WHERE id = '{person.id}'{lock}",
            ]  # fmt: skip
            await asyncio.to_thread(on_database, database_url, steps)
        planted = await asyncio.to_thread(everything, database_url)
    finally:
        drop = [f"DROP TABLE {name}" for name in ("naive_answer", "naive_part", "naive_count")]
        await asyncio.to_thread(on_database, database_url, drop)
    naive = {"naive_answer", "naive_part", "naive_count"}
    last, answers = found.said[-1]
    assert naive <= changed(found.dumps[-1], planted)
    assert ("naive_answer", code) in by_order(planted, found.sequences)
    assert by_digest(planted, naive, found.people, found.round_id) == {
        person.id for person in found.people
    }
    # SQLite overwrites a row where it is, and has no transaction in it.
    physical = database_url.startswith("postgresql")
    assert bool(set_apart(planted["naive_count"], answers)) is physical
    assert (last.id in by_transaction(planted, naive, found.people)) is physical
    assert last.id != found.people[0].id
