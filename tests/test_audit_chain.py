"""The chain of the log: whatever somebody does to the table behind the house's back is found."""

import random
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.work import House
from app.db import chain
from app.features.audit.verify import ChainBroken, Verified, verify
from app.models import Change
from tests.house import TestHouse
from tests.raw import raw
from tests.reference import quiet

pytestmark = pytest.mark.anyio
NEW = {"name": "Asthma in the valley", "purpose": "Fewer asthma attacks in our patch."}
COLUMNS = tuple(column.key for column in Change.__table__.columns)


async def whole(rooms: House, **given: Any) -> Verified:
    """What verifying says."""
    return await verify(rooms.db, quiet, **given)


@pytest.fixture
async def log(house: TestHouse) -> AsyncIterator[tuple[str, House]]:
    """A log with transactions of one row and of several; whatever a test does to it is undone."""
    url = house.app.rooms.settings.database_url
    if not (await raw(url, "SELECT seq FROM feed_head"))[0][0]:
        await live_a_little(house)
        await raw(url, "CREATE TABLE kept AS SELECT * FROM change")
        await raw(url, "CREATE TABLE kept_head AS SELECT * FROM feed_head")
    yield url, house.app.rooms.house
    await put_back(url)


async def live_a_little(house: TestHouse) -> None:
    """Something of each kind."""
    ada = await house.person("Ada", listed=True)
    ben, root = await house.person("Ben"), await house.person("Root", operator=True)
    body = {**NEW, "visibility": "private", "join_policy": "request"}
    network = (await ada.client.post("/v1/networks", body)).json()
    spell = (await ben.client.post(f"/v1/networks/{network['id']}/join", {})).json()
    await ada.client.post(f"/v1/members/{spell['id']}/approve")
    await ada.client.patch(f"/v1/networks/{network['id']}", {"name": "Ästhma “again”"})
    assert (await root.client.get(f"/v1/networks/{network['id']}")).status_code == 200
    await ada.client.patch(f"/v1/networks/{network['id']}", {"visibility": "open"})


async def put_back(url: str) -> None:
    """The log as it was."""
    await raw(url, "DELETE FROM change", "INSERT INTO change SELECT * FROM kept")
    await raw(url, "DELETE FROM feed_head", "INSERT INTO feed_head SELECT * FROM kept_head")


def edited(value: Any, column: str, dice: random.Random) -> str:
    """SQL for another value: one byte, one step, or null and something."""
    kind = Change.__table__.columns[column]
    if value is None:
        return {"scope": "'all'", "reach": "'anyone'", "seal": f"'{'0' * 64}'"}.get(
            column, "1" if column == "name_version" else f"'{new_id()}'"
        )
    if kind.nullable and dice.random() < 0.25:
        return "NULL"
    if column == "outside":
        return "false" if value else "true"
    if isinstance(value, int):
        return str(value + dice.choice([1, 1000]))
    return f"'{other_text(str(value), column, dice)}'"


def other_text(text: str, column: str, dice: random.Random) -> str:
    """The text with one letter or digit changed; of the same form where the database asks for one."""
    if column == "fields":
        return dice.choice(['["another"]', f"{text} "])
    if column == "at":
        at = text.replace("+00:00", "")
        return f"{at[:18]}{(int(at[18]) + 1) % 10}{at[19:]}"
    place = dice.randrange(len(text))
    while text[place] == "-":
        place = dice.randrange(len(text))
    other = dice.choice([letter for letter in "0123456789abcdef" if letter != text[place]])
    return f"{text[:place]}{other}{text[place + 1 :]}"


async def found(rooms: House) -> str | None:
    """What verifying finds wrong."""
    try:
        await whole(rooms)
    except ChainBroken as broken:
        return str(broken)
    return None


async def test_a_log_that_nobody_touched_is_whole(log: tuple[str, House]) -> None:
    url, rooms = log
    told = await whole(rooms)
    ((rows, seals, head),) = await raw(
        url, "SELECT count(*), count(DISTINCT seal), (SELECT seal FROM feed_head) FROM change"
    )
    assert (told.rows, told.unsealed, told.seal) == (rows, 0, head)
    assert 1 < seals < rows, "transactions of several rows share a seal"


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "seq"])
async def test_an_edit_of_any_column_is_found(log: tuple[str, House], column: str) -> None:
    """In the first row, in the last, and in some between, each time alone."""
    url, rooms = log
    dice = random.Random(column)
    values = await raw(url, f"SELECT seq, {column} FROM change ORDER BY seq")
    for seq, value in [values[0], values[-1], *dice.sample(values, 3)]:
        new = edited(value, column, dice)
        await raw(url, f"UPDATE change SET {column} = {new} WHERE seq = {seq}")
        assert await found(rooms), f"{column} of {seq}: {value} became {new}, and nobody saw it"
        await put_back(url)
    assert await found(rooms) is None


async def test_rows_taken_away_added_and_swapped_are_found(log: tuple[str, House]) -> None:
    url, rooms = log
    ((last,),) = await raw(url, "SELECT seq FROM feed_head")
    names = ", ".join(name for name in COLUMNS if name != "seq")
    copy = f"INSERT INTO change (seq, {names}) SELECT {{}}, {names} FROM kept WHERE seq = {{}}"
    swap = [f"UPDATE change SET seq = {a} WHERE seq = {b}" for a, b in ((-1, 2), (2, 3), (3, -1))]
    edits = {
        "a row deleted": ["DELETE FROM change WHERE seq = 3"],
        "a row deleted, the gap closed": [
            "DELETE FROM change WHERE seq = 3",
            *(f"UPDATE change SET seq = {n - 1} WHERE seq = {n}" for n in range(4, last + 1)),
            "UPDATE feed_head SET seq = seq - 1",
        ],
        "the first row deleted": ["DELETE FROM change WHERE seq = 1"],
        "the first row deleted, the head told": [
            "DELETE FROM change WHERE seq = 1",
            "UPDATE feed_head SET kept_from = 2",
        ],
        "two rows swapped": swap,
        "a row added at the end": [copy.format(last + 1, last)],
        "a row added, the head told": [
            copy.format(last + 1, last),
            "UPDATE feed_head SET seq = seq + 1",
        ],
        "the end cut off": [f"DELETE FROM change WHERE seq = {last}"],
        "the end cut off, the head told": [
            f"DELETE FROM change WHERE seq = {last}",
            "UPDATE feed_head SET seq = seq - 1",
        ],
        "the head's seal": [f"UPDATE feed_head SET seal = '{'0' * 64}'"],
        "the seal kept": [f"UPDATE feed_head SET kept_seal = '{'0' * 64}'"],
        "the head's position": ["UPDATE feed_head SET seq = seq + 1"],
        "the first position": ["UPDATE feed_head SET kept_from = 0"],
        "the head gone": ["DELETE FROM feed_head"],
        "everything gone": ["DELETE FROM change"],
        "the seal of a row in the middle taken off": [
            "UPDATE change SET seal = NULL WHERE seq = 4"
        ],
        "all seals taken off": ["UPDATE change SET seal = NULL"],
    }
    for what, statements in edits.items():
        await raw(url, *statements)
        assert await found(rooms), what
        await put_back(url)
    assert await found(rooms) is None


async def test_what_no_row_of_ours_holds_is_found(log: tuple[str, House], engine: str) -> None:
    """SQLite keeps any kind of value in any column, and bytes that are no text."""
    url, rooms = log
    if engine == "postgresql":
        with pytest.raises(Exception, match="invalid byte sequence"):
            await raw(url, r"UPDATE change SET request_id = E'\xff' WHERE seq = 2")
        return
    for column, value in (
        ("outside", "2"),
        ("outside", "'yes'"),
        ("action", "X'6d656d6265722e6a6f696e6564'"),
        ("action", "CAST(X'ff' AS TEXT)"),
        ("version", "1.5"),
        ("at", "17"),
    ):
        await raw(url, f"UPDATE change SET {column} = {value} WHERE seq = 2")
        assert await found(rooms), f"{column} = {value}"
        await put_back(url)


async def test_seals_written_anew_do_not_fit_one_that_was_noted(log: tuple[str, House]) -> None:
    """Whoever owns the database can make a chain that is whole; not one that holds the old seals."""
    url, rooms = log
    noted = (await whole(rooms)).seal
    ((middle, place),) = await raw(url, "SELECT seal, seq FROM change WHERE seq = 2")
    await raw(url, "UPDATE change SET action = 'person.invented' WHERE seq = 1")
    await reseal(url)
    assert await found(rooms) is None, "the forger did the sum wrong"
    for given in ({"expect": noted}, {"expect": middle}, {"since": noted}, {"since": middle}):
        with pytest.raises(ChainBroken, match="written anew"):
            await whole(rooms, **given)
    await put_back(url)
    for seal in (noted, middle):
        assert (await whole(rooms, expect=seal)).first == 1
    assert (await whole(rooms, since=middle)).first > place
    assert (await whole(rooms, since=noted)).rows == 0


async def reseal(url: str) -> None:
    """The chain over the rows as they are now, one transaction a row."""
    names = ", ".join(chain.SEALED)
    seal = ""
    for seq, *values in await raw(url, f"SELECT seq, {names} FROM change ORDER BY seq"):
        if url.startswith("sqlite"):
            values[chain.SEALED.index("outside")] = bool(values[chain.SEALED.index("outside")])
        plain = [
            value if value is None or isinstance(value, bool | int | str) or name == "at" else str(value)
            for name, value in zip(chain.SEALED, values, strict=True)
        ]  # fmt: skip
        seal = chain.next_seal(seal, sha256(chain.line(plain)).hexdigest())
        await raw(url, f"UPDATE change SET seal = '{seal}' WHERE seq = {seq}")
    await raw(url, f"UPDATE feed_head SET seal = '{seal}'")


async def test_rows_older_than_the_chain_are_a_beginning_and_nothing_else(
    log: tuple[str, House],
) -> None:
    """A database of the release before has rows without a seal."""
    url, rooms = log
    ((end,),) = await raw(
        url, "SELECT max(seq) FROM change WHERE seal = (SELECT seal FROM change WHERE seq = 1)"
    )
    await raw(url, f"UPDATE change SET seal = NULL WHERE seq <= {end}")
    ((last,),) = await raw(url, "SELECT seq FROM feed_head")
    assert await found(rooms), "the next seal covers the first one"
    await put_back(url)
    await raw(url, "UPDATE change SET seal = NULL", "UPDATE feed_head SET seal = ''")
    told = await whole(rooms)
    assert (told.unsealed, told.seal) == (last, "")


@pytest.mark.parametrize("seed", range(3))
async def test_random_edits_are_found(log: tuple[str, House], seed: int) -> None:
    """Any row, any column, any number of them."""
    url, rooms = log
    dice = random.Random(seed)
    rows = await raw(url, f"SELECT {', '.join(COLUMNS)} FROM change ORDER BY seq")
    for _ in range(8):
        statements = []
        for row in dice.sample(rows, dice.randint(1, 3)):
            column = dice.choice([name for name in COLUMNS if name != "seq"])
            new = edited(row[COLUMNS.index(column)], column, dice)
            statements.append(f"UPDATE change SET {column} = {new} WHERE seq = {row[0]}")
        await raw(url, *statements)
        assert await found(rooms), statements
        await put_back(url)
