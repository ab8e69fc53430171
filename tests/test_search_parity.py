"""Both databases answer the same questions over the same data with the same bytes: hits, order, marks, next pages."""

import re
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlencode

import pytest

from app.db import search
from tests.parity import fill, questions
from tests.postgres import PostgresServer
from tests.two_worlds.world import World
from tests.wire import Reply, send

pytestmark = pytest.mark.anyio
QUESTIONS, PAGES = 500, 3
CURSOR = re.compile(rb'("(?:next|changes)_cursor":)"([A-Za-z0-9_-]*)"')
INSTANCE = re.compile(rb'"instance":"[^"]*"')


@pytest.fixture(scope="module")
def both_urls(
    templates: dict[str, str],
    postgres: PostgresServer,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Iterator[tuple[str, str]]:
    """A fresh database of each engine."""
    file = tmp_path_factory.mktemp("parity") / "parity.db"
    shutil.copy(templates["sqlite"], file)
    name = f"parity_{worker_id}"
    postgres.create_database(name, template=templates["postgresql"])
    yield f"sqlite:///{file}", postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="module")
async def both(
    both_urls: tuple[str, str], anyio_backend: str
) -> AsyncIterator[tuple[World, World, list[str]]]:
    """The same world in each, and its texts."""
    assert anyio_backend
    async with AsyncExitStack() as stack:
        one, other = [
            await stack.enter_async_context(World.over(url, fuller=True)) for url in both_urls
        ]
        texts = [await fill(world) for world in (one, other)]
        assert texts[0] == texts[1]
        assert one.ids == other.ids
        yield one, other, texts[0]


async def _ask(world: World, reader: str, path: str, params: dict[str, Any]) -> Reply:
    token = world.tokens.get(reader)
    headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
    return await send(world.house.app, "GET", f"{path}?{urlencode(params)}".encode(), headers)


def _bare(reply: Reply) -> tuple[int, bytes]:
    body = CURSOR.sub(lambda found: found[1] + b"<%d>" % len(found[2]), reply.body)
    return reply.status, INSTANCE.sub(b"", body)


async def compare(
    worlds: tuple[World, World], texts: list[str], count: int
) -> tuple[Counter[str], list[str]]:
    """What was asked and found, and the answers that differ."""
    told: Counter[str] = Counter()
    different = []
    for reader, path, params in questions(texts, count):
        more: list[dict[str, Any]] = [{}, {}]
        for page in range(PAGES):
            one, other = [
                await _ask(world, reader, path, {**params, **after})
                for world, after in zip(worlds, more, strict=True)
            ]
            told["questions" if page == 0 else "pages"] += 1
            if _bare(one) != _bare(other):
                told["different"] += 1
                different.append(
                    f"{reader} {path} {params} page {page}:\n{one.body!r}\n{other.body!r}"
                )
                break
            assert one.status == 200, (reader, path, params, one.body)
            document = one.json
            told |= Counter(found=told["found"] + len(document["items"]))
            told["did you mean"] += document.get("did_you_mean") is not None
            told["loose"] += document.get("loose") is True
            told["nothing"] += not document["items"]
            if document.get("next_cursor") is None:
                break
            more = [{"cursor": reply.json["next_cursor"]} for reply in (one, other)]
    return told, different


async def test_both_databases_answer_alike(both: tuple[World, World, list[str]]) -> None:
    one, other, texts = both
    told, different = await compare((one, other), texts, QUESTIONS)
    assert not different, f"{len(different)} differ\n" + "\n".join(
        line[:2500] for line in different[:5]
    )
    sys.stdout.write(f"{dict(told)}\n")
    assert told["questions"] == QUESTIONS
    # They ask for what there is: a third finds something, slips are forgiven, pages are turned.
    assert told["nothing"] < QUESTIONS / 2
    assert min(told["did you mean"], told["loose"], told["pages"]) >= 20


async def test_another_weight_on_one_side_is_noticed(
    both: tuple[World, World, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    one, other, texts = both
    shapes: Any = other.house.app.rooms.house.db
    numbered = search._numbered

    def otherwise(*given: Any) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(search.FIELDS, "search_purpose", (90, 90))
            return numbered(*given)

    monkeypatch.setattr(search, "_numbered", otherwise)
    kept = dict(shapes._shapes._kept)
    shapes._shapes._kept.clear()
    try:
        _, different = await compare((one, other), texts, 100)
    finally:
        shapes._shapes._kept.clear()
        shapes._shapes._kept.update(kept)
    assert different, "nobody noticed"
