"""Misspelt questions are put right from what everybody may read, for who finds something with it, on both databases."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core import edits, vocabulary
from app.core.spelling import Finds, correct
from app.core.work import House
from app.models import SearchGap, SearchState, SearchWord
from tests.house import Client, TestHouse, TestPerson
from tests.reference import quiet

pytestmark = pytest.mark.anyio
ASTHMA = {
    "name": "Asthma improvement, north Kent",
    "purpose": "Fewer asthma attacks, integrated neighbourhood working and better inhaler technique.",
    "visibility": "open",
}
BLOOD = {
    "name": "High blood pressure in Wales",
    "purpose": "More people with their blood pressure high checked.",
}
KSS = {
    "name": "KSS breakthrough series",
    "purpose": "Ll\u0177n and M\u00f4n learn together, women's health first.",
}


def finds_as(client: Client) -> Finds:
    async def finds(text: str) -> bool:
        """Whether the list has all of it as it was typed: it puts slips right by itself."""
        page = (await client.get("/v1/networks", params={"q": text})).json()
        return bool(page["items"]) and not page["loose"] and page["did_you_mean"] is None

    return finds


async def known_words(house: House) -> dict[str, int]:
    rows = await house.db.fetch(
        "words of a test", lambda: select(SearchWord.word, SearchWord.uses), {}
    )
    return {row["word"]: row["uses"] for row in rows}


async def gaps_of(house: House) -> set[tuple[str, str]]:
    rows = await house.db.fetch("gaps of a test", lambda: select(SearchGap.gap, SearchGap.word), {})
    return {(row["gap"], row["word"]) for row in rows}


async def state_of(house: House) -> dict[str, Any]:
    def build() -> Any:
        return select(SearchState.head, SearchState.built_at)

    (row,) = await house.db.fetch("state of a test", build, {})
    return row


@pytest.fixture
async def own(own_url: str) -> Any:
    async with TestHouse.over(own_url) as house:
        yield house


@pytest.fixture
async def ada(own: TestHouse) -> TestPerson:
    """Somebody who made three networks that everybody sees."""
    ada = await own.person("Ada Exclusivename")
    for body in (ASTHMA, BLOOD, KSS):
        assert (await ada.client.post("/v1/networks", body)).status_code == 201
    return ada


SLIPS = [
    ("ashtma", "asthma"),  # neighbours swapped
    ("Astma improvement", "asthma improvement"),  # a letter left out; what is right stays
    ("asthmaa", "asthma"),  # one too many
    ("asthna", "asthma"),  # a wrong one
    ("neigbourhood WORKING", "neighbourhood WORKING"),  # in its case
    ("intergrated neigbourhood", "integrated neighbourhood"),  # two words
    ("ASTMA, (imporvement)!", "asthma, (improvement)!"),
    ("K SS", "kss"),  # torn apart
    ("highblood pressure", "high blood pressure"),  # run together
    ("breaktrough series", "breakthrough series"),
    ("lyn", "llyn"),  # accents fold
    ("Ll\u0177nn", "llyn"),
    ("M\u00f4nn", "mon"),
    ("womens' helth", "womens' health"),
    ("womans health", "womens health"),
    ("blod pressure", "blood pressure"),
    ("presure \U0001f600 blood", "pressure \U0001f600 blood"),
]
FINE = [
    "asthma kent wales", "xyzzy", "12345", "as", "", "   ", "((((", "%_%", '"', "\x00", "\U0001f600", "q" * 200,
    "a b c d e f g h i", "o'neill OR AND NOT", "e" * 39 + " " + "f" * 40, "'; DROP TABLE network --", "\u4e2d\u6587",
    "improvment",  # its stem is right, and that is what is looked for
]  # fmt: skip


@pytest.mark.usefixtures("ada")
async def test_a_slip_is_put_right(own: TestHouse) -> None:
    house, finds = own.app.rooms.house, finds_as(own.anonymous)
    assert {typed: await correct(house, typed, finds) for typed, _ in SLIPS} == dict(SLIPS)


@pytest.mark.usefixtures("ada")
async def test_nothing_is_made_of_what_is_right_or_nonsense(own: TestHouse) -> None:
    house, finds = own.app.rooms.house, finds_as(own.anonymous)
    assert [typed for typed in FINE if await correct(house, typed, finds) is not None] == []


@pytest.mark.usefixtures("ada")
async def test_few_questions_are_asked_whatever_is_typed(own: TestHouse) -> None:
    asked: list[str] = []

    async def finds(text: str) -> bool:
        asked.append(text)
        return False

    typed = " ".join(
        ["asthna", "inhalr", "presure", "techniqe", "neigbour", "serius", "kentt", "nroth"] * 1_250
    )
    assert await correct(own.app.rooms.house, typed, finds) is None
    assert len(asked) <= 11


async def test_a_word_that_the_caller_finds_is_never_put_right(
    own: TestHouse, ada: TestPerson
) -> None:
    hidden = {"name": "Asthmo", "purpose": "Our own word for it.", "visibility": "confidential"}
    await ada.client.post("/v1/networks", hidden)
    house = own.app.rooms.house
    assert await correct(house, "asthmo kent", finds_as(ada.client)) is None
    assert await correct(house, "asthmo kent", finds_as(own.anonymous)) == "asthma kent"
    assert "asthmo" not in await known_words(house)


async def test_only_what_everybody_may_read_is_in_it(own: TestHouse, ada: TestPerson) -> None:
    for visibility in ("open", "restricted", "private", "confidential"):
        body = {
            "name": f"Named{visibility}", "purpose": f"Purposed{visibility}", "visibility": visibility,
            "aims": [f"Aimed{visibility}"], "engagement_strategy": f"Engaged{visibility}",
        }  # fmt: skip
        assert (await ada.client.post("/v1/networks", body)).status_code == 201
    house = own.app.rooms.house
    await vocabulary.freshen(house)
    fresh = await known_words(house)
    await vocabulary.rebuild(house, quiet)
    for known in (fresh, await known_words(house)):
        marked = {
            word for word in known if word.startswith(("named", "purposed", "aimed", "engaged"))
        }
        assert marked == {
            "namedopen", "purposedopen", "aimedopen", "namedrestricted", "purposedrestricted", "aimedrestricted",
            "namedprivate", "purposedprivate",
        }  # fmt: skip
        assert "exclusivename" not in known, "a person's name"


async def test_what_became_hidden_is_not_offered_and_goes_with_the_next_build(
    own: TestHouse, ada: TestPerson
) -> None:
    house, finds = own.app.rooms.house, finds_as(own.anonymous)
    shown = {"name": "Zebra crossing", "purpose": "A word of its own.", "visibility": "open"}
    zebra = (await ada.client.post("/v1/networks", shown)).json()
    assert await correct(house, "zebar", finds) == "zebra"
    await ada.client.patch(f"/v1/networks/{zebra['id']}", {"visibility": "confidential"})
    assert "zebra" in await known_words(house)
    assert await correct(house, "zebar", finds) is None
    await vocabulary.rebuild(house, quiet)
    assert "zebra" not in await known_words(house)
    assert not {word for _, word in await gaps_of(house)} & {"zebra"}


async def test_a_build_writes_what_differs_and_is_the_same_twice(
    own: TestHouse, ada: TestPerson
) -> None:
    house = own.app.rooms.house
    count = await vocabulary.rebuild(house, quiet)
    known, gaps = await known_words(house), await gaps_of(house)
    assert len(known) == count
    assert gaps == {(gap, word) for word in known for gap in edits.gaps(word)}
    await vocabulary.rebuild(house, quiet)
    assert (await known_words(house), await gaps_of(house)) == (known, gaps)
    await ada.client.post(
        "/v1/networks", {"name": "Pressure ulcers, unheardof", "purpose": "Pressure."}
    )
    await vocabulary.rebuild(house, quiet)
    after = await known_words(house)
    assert after["pressure"] == known["pressure"] + 1
    assert set(after) - set(known) == {"ulcers", "unheardof"} - set(known)


async def test_what_was_written_since_is_looked_up_in_the_log(
    own: TestHouse, ada: TestPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, finds = own.app.rooms.house, finds_as(own.anonymous)
    await vocabulary.rebuild(house, quiet)
    monkeypatch.setattr(vocabulary, "rebuild", None)  # it would be a fault to build anew
    await ada.client.post("/v1/networks", {"name": "Polypharmacy", "purpose": "Fewer medicines."})
    assert await correct(house, "polypharmcay", finds) == "polypharmacy"
    before = await state_of(house)
    assert await correct(house, "polypharmcay", finds) == "polypharmacy"
    assert await state_of(house) == before


@pytest.mark.usefixtures("ada")
async def test_a_house_that_is_not_small_does_not_build_while_somebody_waits(
    own: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = own.app.rooms.house
    monkeypatch.setattr(vocabulary, "SMALL", 2)
    await vocabulary.freshen(house)
    state = await state_of(house)
    assert state["built_at"] is None
    assert "asthma" in await known_words(house), "the log was looked at"


async def test_hidden_networks_change_no_correction(own: TestHouse, ada: TestPerson) -> None:
    """Words of what is hidden are nowhere in the vocabulary: with it or without, it is the same byte for byte."""
    house = own.app.rooms.house
    await vocabulary.rebuild(house, quiet)
    before = await known_words(house), await gaps_of(house)
    hidden = {"name": "Ashtma secrets", "purpose": "Presure.", "visibility": "confidential"}
    assert (await ada.client.post("/v1/networks", hidden)).status_code == 201
    await vocabulary.freshen(house)
    assert (await known_words(house), await gaps_of(house)) == before
    await vocabulary.rebuild(house, quiet)
    assert (await known_words(house), await gaps_of(house)) == before
    # The control: what is shown does change it.
    await ada.client.post("/v1/networks", {**hidden, "visibility": "open"})
    await vocabulary.freshen(house)
    assert (await known_words(house), await gaps_of(house)) != before
