"""What is written is recorded, once: the guard refuses a command that forgets, and nothing of it is committed."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.core.changes import Told, change, create, record
from app.core.work import Unrecorded, Work, perform
from app.models import Change, Member, Person, PersonTopic
from tests.house import TestHouse
from tests.proofs.figures import Figures
from tests.proofs.whole import half_written

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
Row = dict[str, Any]
Command = Callable[[Work, Row], Awaitable[None]]
TOLD = Told()


def _on(row: Row, command: Command) -> Callable[[Work], Awaitable[None]]:
    """The command for one person, as `perform` takes it."""

    async def run(work: Work) -> None:
        await command(work, row)

    return run


def _stranger(work: Work) -> Row:
    """A person's row that nobody has."""
    words = ("search_name", "search_topics", "search_purpose", "search_front", "search_inside")
    lists = ("interests", "skills", "links", "registrations", "external_ids")
    nothing = ("profession", "organisation_code", "region", "bio", "email", "email_key")
    return {
        "id": work.new_id(),
        "display_name": "Nobody",
        "listed": False,
        "operator": False,
        **dict.fromkeys(words, ""),
        **dict.fromkeys(lists, "[]"),
        **dict.fromkeys(nothing),
    }


async def _insert_unrecorded(work: Work, _row: Row) -> None:
    stamps = dict.fromkeys(("created_at", "updated_at", "outer_updated_at"), work.now)
    work.insert(Person, {**_stranger(work), **stamps, "version": 1, "outer_version": 1})


async def _update_unrecorded(work: Work, row: Row) -> None:
    work.update(Person, row["id"], {"display_name": "Changed"})


async def _delete_unrecorded(work: Work, row: Row) -> None:
    work.delete(Person, {"id": row["id"]})


async def _flushed_unrecorded(work: Work, row: Row) -> None:
    work.update(Person, row["id"], {"display_name": "Changed"})
    await work.flush()


async def _recorded_twice(work: Work, row: Row) -> None:
    change(work, "person.updated", row, {"display_name": "Changed"}, TOLD)
    record(work, "person.updated", row["id"], TOLD, version=3, outer_version=3)


async def _changed_twice(work: Work, row: Row) -> None:
    written = change(work, "person.updated", row, {"display_name": "Changed"}, TOLD)
    change(work, "person.updated", {**row, **written}, {"display_name": "Again"}, TOLD)


async def _recorded_unwritten(work: Work, row: Row) -> None:
    record(work, "person.updated", row["id"], TOLD, version=2, outer_version=2)


async def _recorded_another(work: Work, row: Row) -> None:
    work.update(Person, row["id"], {"display_name": "Changed"})
    record(work, "person.updated", work.new_id(), TOLD, version=2, outer_version=2)


async def _recorded_as_another_kind(work: Work, row: Row) -> None:
    work.update(Person, row["id"], {"display_name": "Changed"})
    record(work, "member.updated", row["id"], TOLD, version=2, outer_version=2)


async def _one_of_two(work: Work, row: Row) -> None:
    change(work, "person.updated", row, {"display_name": "Changed"}, TOLD)
    await _insert_unrecorded(work, row)


async def _resource_as_children(work: Work, row: Row) -> None:
    work.update_children(Person, {"display_name": row["display_name"]}, {"bio": "Changed"})


async def _resource_by_other_than_id(work: Work, row: Row) -> None:
    work.delete(Member, {"person_id": row["id"]})


REFUSED: list[Command] = [
    _insert_unrecorded,
    _update_unrecorded,
    _delete_unrecorded,
    _flushed_unrecorded,
    _recorded_twice,
    _changed_twice,
    _recorded_unwritten,
    _recorded_another,
    _recorded_as_another_kind,
    _one_of_two,
    _resource_as_children,
    _resource_by_other_than_id,
]


async def _state(house: TestHouse) -> list[Any]:
    """All people and the whole log."""
    reads = house.app.rooms.house.db
    people = select(Person.id, Person.display_name, Person.version).order_by(Person.id)
    log = select(Change.seq, Change.resource_id, Change.action).order_by(Change.seq)
    return [
        await reads.fetch("proof all people", lambda: people, {}),
        await reads.fetch("proof whole log", lambda: log, {}),
    ]


async def test_guard(house: TestHouse, figures: Figures) -> None:
    """Twelve ways to forget, each refused; what is recorded as it should be goes through."""
    ada = await house.person("Ada")
    row = {"id": ada.id, "display_name": "Ada", "version": 1, "outer_version": 1}
    before = await _state(house)
    for command in REFUSED:
        with pytest.raises(Unrecorded):
            await perform(house.app.rooms.house, _on(row, command))
        assert await _state(house) == before, command.__name__

    async def as_it_should_be(work: Work) -> None:
        change(work, "person.updated", row, {"display_name": "Ada B"}, TOLD)
        create(work, "person.created", _stranger(work), TOLD)
        work.insert(PersonTopic, {"person_id": ada.id, "code": "diabetes"})

    await perform(house.app.rooms.house, as_it_should_be)
    after = await _state(house)
    assert [len(part) for part in after] == [
        len(part) + extra for part, extra in zip(before, (1, 2), strict=True)
    ]
    assert await half_written(house.app.rooms.house.db) == []
    figures.tell(ways_to_forget=len(REFUSED), refused=len(REFUSED))


async def test_guard_control(
    house: TestHouse, figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the guard, a change that nobody is told of is committed."""
    monkeypatch.setattr(Work, "check", lambda _work: None)
    ada = await house.person("Ada")
    before = await _state(house)
    row = {"id": ada.id, "display_name": "Ada", "version": 1, "outer_version": 1}
    await perform(house.app.rooms.house, _on(row, _update_unrecorded))
    people, log = await _state(house)
    assert log == before[1]
    assert people != before[0]
    figures.tell(untold=1)
