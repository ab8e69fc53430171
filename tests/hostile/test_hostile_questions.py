"""Hostile questions, wherever words are searched for: no 5xx, little work, and few statements kept for all of them."""

import random
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from sqlalchemy import select

from app.core.questions import MOST_GROUPS, ask
from app.db import search
from app.db.statement import MAX_SHAPES, Shapes
from app.models import Network
from app.reference.search_words import read_synonyms
from tests.hostile.attack import JSON, Attack
from tests.house import TestHouse
from tests.targets import Operation, Targets, operations

pytestmark = pytest.mark.anyio
ASKED = [op for op in operations() if any(p["name"] == "q" for p in op.parameters("query"))]
MOST_STATEMENTS = 40
# Of the words of the field, the longest meanings: what makes the largest statements.
MEANT = [entry.term for entry in read_synonyms()]
QUESTIONS: dict[str, str] = {
    "SQL": '" OR 1=1 --',
    "tsquery": "a & b | !c",
    "tsquery beginning": "foo:* & bar:A*",
    "tsquery distance": "a <-> b <2> c",
    "near": "NEAR(wound care, 2) AND NOT x",
    "columns": "{search_name} : x OR search_inside : y",
    "brackets": "((((" * 40,
    "closing brackets": "))))",
    "quotes": '"\'`´"\'\'""',
    "one quote": '"',
    "NUL": "a\x00b",
    "marks of statements": "\x02name\x02 $1 ? :q %(q)s",
    "wildcards": "%%__*?",
    "backslashes": "\\" * 199,
    "beyond the basic plane": "𝔞𝔰𝔱𝔥𝔪𝔞 😀 𠜎",
    "right to left": "\u202eamhtsa محمد שלום",
    "combining": "a" + "\u0301" * 190,
    "combining by the thousand": "a" + "\u0301" * 5_000,
    "punctuation": "?!.,;:-_()[]{}<>|&",
    "joined": "-".join(["a"] * 99),
    "apostrophes": "o'" * 99,
    "numbers": "1 " * 99,
    "one letter each": " ".join("abcdefghijklmnopqrstuvwxyz" * 3),
    "digits and letters": "a1" * 99,
    "a long word": "x" * 200,
    "ten thousand words": "word " * 10_000,
    "a megabyte": "a" * 1_000_000,
    "expanding": "ﷺ" * 66,
    "expanding case": "İ" * 199,
    "sharp s": "ß" * 199,
    "the same": "asthma " * 28,
    "synonyms": " ".join(MEANT)[:199],
    "bomb": "(a+)+$ (.*)*b [a-z]{1,9999}",
    "slips": " ".join(f"{word[1:]}q" for word in MEANT if len(word) > 7)[:199],
}


@pytest.fixture
async def attack(reference_house: TestHouse) -> Attack:
    """An attacker over this module's database."""
    attack = Attack(await Targets.made(reference_house))
    await attack.begin()
    return attack


def _target(attack: Attack, operation: Operation, q: str) -> bytes:
    return f"{attack.targets.path(operation)}?q={quote(q, safe='')}".encode()


async def test_hostile_questions(attack: Attack) -> None:
    """Of everything that takes words, by an operator, by anybody, by nobody."""
    assert len(ASKED) >= 8
    for operation in ASKED:
        for what, q in QUESTIONS.items():
            for caller in (None, attack.targets.other):
                reply = await attack.throw(
                    operation, what, _target(attack, operation, q), caller=caller
                )
                assert len(q) <= 200 or reply.status == 422, (operation.name, what)
            if operation.public:
                await attack.throw(operation, what, _target(attack, operation, q), anonymous=True)
    await attack.end()
    assert not [status for status in attack.statuses if status >= 500]


async def test_hostile_questions_that_are_saved(attack: Attack) -> None:
    save = next(op for op in operations() if (op.method, op.path) == ("POST", "/v1/saved-searches"))
    for what, q in QUESTIONS.items():
        body = orjson.dumps({"name": "Mine", "q": q})
        await attack.throw(save, what, headers=[JSON], body=body, right=len(q) <= 200)
    await attack.end()


async def test_the_worst_of_them_take_few_statements(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is typed, the statements that answer it are few."""
    db: Any = attack.db
    counted = [0]

    def counting(fetch: Callable[..., Any]) -> Callable[..., Any]:
        async def counts(*given: Any) -> Any:
            counted[0] += 1
            return await fetch(*given)

        return counts

    for name in ("fetch", "fetch_slow"):
        monkeypatch.setattr(db, name, counting(getattr(db, name)))
    finds = next(op for op in ASKED if op.path == "/v1/search")
    worst = [q for q in QUESTIONS.values() if len(q) <= 200]
    most = 0
    for q in worst * 2:
        counted[0] = 0
        await attack.throw(finds, "worst", _target(attack, finds, q))
        most = max(most, counted[0])
    sys.stdout.write(f"asked {2 * len(worst)}, most statements {most}\n")
    assert 1 < most <= MOST_STATEMENTS
    await attack.end()


def test_many_questions_keep_few_statements() -> None:
    """10,000 questions of the field: their statements are compiled a few times, and never more kept than may be."""
    chance = random.Random(6)
    words = [word for term in MEANT for word in term.split()] + MEANT
    shapes, built = Shapes("sqlite"), [0]

    def build() -> Any:
        built[0] += 1
        return select(search.score(Network, "front", shape).label("score"))

    distinct = set()
    for _ in range(10_000):
        asked = ask(" ".join(chance.choice(words) for _ in range(chance.randint(1, MOST_GROUPS))))
        if asked is None:
            continue
        for loose in (False, True):
            shape = asked.wanted(loose=loose).shape
            distinct.add(shape)
            text = shapes.get(("a search", shape), build).text
            assert "\x02" not in text
            assert len(text) < 60_000
            assert len(shapes._kept) <= MAX_SHAPES
    sys.stdout.write(f"questions 10000, shapes {len(distinct)}, compiled {built[0]}\n")
    assert built[0] <= 1 + 20_000 / (MAX_SHAPES - 1)
