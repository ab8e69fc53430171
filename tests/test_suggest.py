"""Suggestions: what begins so, for who may read it, the same on both databases."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core import vocabulary
from app.core.work import baseline, rows_of
from app.db.database import Transaction
from app.features.suggest.topics import topics_of
from app.models import NameWord, Place, Term
from tests.house import Client, TestHouse, TestPerson

pytestmark = pytest.mark.anyio
TERMS = [
    {"vocabulary": "topic", "code": code, "label": label, "grouping": "All"}
    for code, label in (
        ("diabetes", "Diabetes"), ("ckd", "Chronic kidney disease (dialysis)"), ("copd", "COPD"),
        ("mh", "Mental health"),
    )
]  # fmt: skip
TOWN = {
    "id": "diamond-hill", "key": "diamond hill", "name": "Diamond Hill", "kind": "town", "county": "Kent",
    "region": None, "latitude": 51.0, "longitude": 0.1, "precision_km": 2.0, "practices": 4,
}  # fmt: skip


@pytest.fixture
async def own(own_url: str) -> Any:
    async with TestHouse.over(own_url) as house:

        async def load(tx: Transaction) -> None:
            await tx.write_many("terms to suggest", rows_of(list(TERMS[0]), Term), TERMS)
            await tx.write_many("places to suggest", rows_of(list(TOWN), Place), [TOWN])

        await baseline(house.app.rooms.house, load)
        yield house


@pytest.fixture
async def ada(own: TestHouse) -> TestPerson:
    """Who made networks of every visibility."""
    ada = await own.person("Ada")
    for visibility in ("open", "restricted", "private", "confidential"):
        body = {
            "name": f"Kent dialling {visibility}",
            "purpose": "Diagnosis in time.",
            "visibility": visibility,
        }
        assert (await ada.client.post("/v1/networks", body)).status_code == 201
    for name in ("Diabetes in Llŷn", "North Kent diabetics"):
        assert (
            await ada.client.post("/v1/networks", {"name": name, "purpose": "Better."})
        ).status_code == 201
    return ada


async def suggested(client: Client, q: str) -> list[tuple[str, str]]:
    answer = await client.get("/v1/suggest", params={"q": q})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert len(items) <= 10
    return [(item["kind"], item["text"]) for item in items]


async def test_topics_come_first_then_what_begins_so_then_the_rest(
    own: TestHouse, ada: TestPerson
) -> None:
    assert ada.id
    found = await suggested(own.anonymous, "dia")
    assert found[:4] == [
        ("topic", "Diabetes"),
        ("topic", "Chronic kidney disease (dialysis)"),
        ("network", "Diabetes in Llŷn"),
        ("place", "Diamond Hill"),
    ]
    assert found[4] == ("network", "North Kent diabetics"), "inside, by the word"
    shown = {f"Kent dialling {visibility}" for visibility in ("open", "restricted", "private")}
    assert {text for _, text in found[5:8]} == shown
    assert found[:4] == (await suggested(own.anonymous, "di"))[:4]


async def test_what_leads_on_is_a_link(own: TestHouse, ada: TestPerson) -> None:
    items = (await own.anonymous.get("/v1/suggest", params={"q": "dia"})).json()["items"]
    by_kind = {item["kind"]: item for item in items[::-1]}
    assert by_kind["topic"]["id"] == "diabetes"
    assert by_kind["topic"]["link"].endswith("/v1/networks?topic=diabetes")
    assert by_kind["network"]["link"].endswith(f"/v1/networks/{by_kind['network']['id']}")
    assert (by_kind["place"]["id"], by_kind["place"]["detail"]) == ("diamond-hill", "Kent")
    assert by_kind["place"]["link"].endswith("/v1/places?q=Diamond%20Hill")
    assert ada.id


@pytest.mark.usefixtures("ada")
async def test_all_words_but_the_last_are_whole(own: TestHouse) -> None:
    kent = ("network", "North Kent diabetics")
    assert kent in await suggested(own.anonymous, "north kent dia")
    assert kent in await suggested(own.anonymous, "kent diabet")
    assert kent in await suggested(own.anonymous, "diabetics nor")
    assert kent in await suggested(own.anonymous, "  KENT, (diabet")
    assert kent not in await suggested(own.anonymous, "ken diabet")
    assert kent not in await suggested(own.anonymous, "kent diabetz")


@pytest.mark.usefixtures("ada")
async def test_accents_fold(own: TestHouse) -> None:
    for typed in ("lly", "llŷ", "LLŶN", "diabetes in ll"):
        assert ("network", "Diabetes in Llŷn") in await suggested(own.anonymous, typed), typed


async def test_names_are_for_who_may_read_them(own: TestHouse, ada: TestPerson) -> None:
    shown = {f"Kent dialling {visibility}" for visibility in ("open", "restricted", "private")}
    hidden = "Kent dialling confidential"
    stranger = await own.person("Bea")
    for client in (own.anonymous, stranger.client):
        assert {text for _, text in await suggested(client, "kent diall")} - {
            "kent dialling"
        } == shown
        assert hidden not in str(await suggested(client, "confid"))
    assert {text for _, text in await suggested(ada.client, "kent diall")} - {
        "kent dialling"
    } == shown | {hidden}
    assert ("network", hidden) in await suggested(ada.client, "confid")


async def test_people_are_for_those_who_signed_in_and_were_listed(
    own: TestHouse, ada: TestPerson
) -> None:
    people = {
        "Gwen Diamantis": {"listed": True, "search_name": "wgwen wdiamantis xgwen xdiamanti"},
        "Omar Diamantis": {"listed": False, "search_name": "womar wdiamantis xomar xdiamanti"},
    }
    for name, columns in people.items():
        await own.person(name, **columns)
    for typed in ("gwen", "diaman", "gwen dia", "diamantis gw"):
        assert ("person", "Gwen Diamantis") in await suggested(ada.client, typed), typed
        assert "Diamantis" not in str(await suggested(own.anonymous, typed)), typed
    assert "Omar" not in str(await suggested(ada.client, "diaman")) + str(
        await suggested(ada.client, "oma")
    )


async def test_a_token_is_told_what_it_has_the_scope_for(own: TestHouse, ada: TestPerson) -> None:
    for scopes, kinds in (
        ('["people:read"]', {"topic", "place"}),
        ('["networks:read"]', {"topic", "place", "network"}),
    ):
        client = Client(own.http, await own.token(ada.id, scopes=scopes))
        assert {kind for kind, _ in await suggested(client, "dia")} - {"word"} == kinds


async def test_words_are_completed_with_the_most_used_first(
    own: TestHouse, ada: TestPerson
) -> None:
    await vocabulary.freshen(own.app.rooms.house)
    found = await suggested(ada.client, "Our pur, diagn")
    assert found == [("word", "Our pur, diagnosis")]
    assert ("word", "diagnosis") in await suggested(own.anonymous, "diagno")


async def test_what_is_renamed_hidden_or_gone_is_suggested_no_more(
    own: TestHouse, ada: TestPerson
) -> None:
    made = (
        await ada.client.post("/v1/networks", {"name": "Quokka friends", "purpose": "Better."})
    ).json()
    path = f"/v1/networks/{made['id']}"
    assert ("network", "Quokka friends") in await suggested(own.anonymous, "quok")
    await ada.client.patch(path, {"name": "Zorilla friends"})
    assert "Zorilla friends" in str(await suggested(own.anonymous, "friends zor"))
    assert ("network", "Zorilla friends") in await suggested(own.anonymous, "zor")
    await ada.client.patch(path, {"visibility": "confidential"})
    assert await suggested(own.anonymous, "zor") == []
    assert ("network", "Zorilla friends") in await suggested(ada.client, "zor")
    await ada.client.post(f"{path}/archive", {"closing_note": "Done."})
    assert ("network", "Zorilla friends") not in await suggested(ada.client, "zor")


async def test_every_name_has_its_words_beside_it(own: TestHouse, ada: TestPerson) -> None:
    made = (
        await ada.client.post(
            "/v1/networks", {"name": "Asthma asthma 東京 care", "purpose": "Better."}
        )
    ).json()

    async def rows() -> set[str]:
        def build() -> Any:
            return select(NameWord.word).where(
                NameWord.kind == "network", NameWord.id == made["id"]
            )

        return {
            row["word"] for row in await own.app.rooms.house.db.fetch("words of a name", build, {})
        }

    found = await rows()
    assert {"wcare", "ue69db1e4baac"} <= found
    assert [word[:11] for word in found if word[0] == "n"] == ["nwasthma wa"]
    assert "wasthma" not in found, "the first word is where the name begins"
    assert ("network", "Asthma asthma 東京 care") in await suggested(own.anonymous, "東京")
    await ada.client.delete(f"/v1/networks/{made['id']}")
    assert await rows() == set()


ODD = [
    "%", "_", "d", "%%", "__", "((((", "\"'`", "a OR b AND NOT c*", "w* x:", "'; DROP TABLE network --", "\\" * 50,
    "~~~~", "\U0001f600\U0001f600", "d " * 99, "é" * 200, "n wdi", "0" * 200,
]  # fmt: skip
REFUSED = ["", "q=", "q=" + "a" * 201, "q=%00di", "q=di&q=do", "q=di&limit=5", "p=di"]


@pytest.mark.usefixtures("ada")
async def test_whatever_is_typed_is_answered(own: TestHouse) -> None:
    found = {q: await suggested(own.anonymous, q) for q in ODD}
    assert [q for q, items in found.items() if ("topic", "Diabetes") in items] == []
    assert ("topic", "Diabetes") in await suggested(own.anonymous, "-di:*")
    for query in REFUSED:
        answer = await own.anonymous.get(f"/v1/suggest?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["errors"], query


def test_topics_are_found_by_any_word_of_their_label() -> None:
    topics = topics_of("", TERMS)
    assert [row["code"] for row in topics.beginning(["di"], 3)] == ["diabetes", "ckd"]
    assert [row["code"] for row in topics.beginning(["kidney", "dis"], 3)] == ["ckd"]
    assert topics.beginning(["kidney", "dia"], 3) == []
    assert len(topics.beginning([""], 3)) == 3
