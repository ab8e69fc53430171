"""Where words still stand in what people typed, for an operator who was asked to have them redacted."""

from typing import Any

import pytest

from app.core.work import Work, perform
from app.exchange.privacy.finding import TYPED, find
from app.models import Base, MeetingException
from tests.house import TestHouse
from tests.meetings_story import meets
from tests.privacy_story import ERASE, joined, network_of, story

pytestmark = pytest.mark.anyio
# Text that nobody types: ids, codes, words of vocabularies, hashes, what the house makes.
NOT_TYPED = {
    "network": {
        *(
            "slug",
            "visibility",
            "join_policy",
            "kind",
            "meets",
            "lifecycle_stage",
            "topics",
            "professions",
        ),
        *("icbs", "footprint", "facilitators", "region", "host_code", "verified"),
    },
    "network_purpose": set(),
    "member": {"role", "status", "representing"},
    "person": {
        *(
            "profession",
            "organisation_code",
            "region",
            "interests",
            "registrations",
            "external_ids",
        ),
        "email_key",
    },
    "invitation": {"secret_hash", "role", "status"},
    "meeting": {
        *("local_start", "timezone", "recurrence", "excluded", "mode", "status", "confidentiality"),
        "hidden_on",
    },
    "meeting_exception": {"occurrence", "status"},
    "minutes": {"occurrence", "hidden_on"},
    "minutes_edition": set(),
    "action": {"occurrence", "due_on", "hidden_on"},
    "calendar_token": {"secret_hash", "hint", "feed", "last_used_on"},
    "saved_search": {"seen", "seen_before"},
    "duty": {"ended_on", "hidden_on"},
    "ask": {"topics", "needed_by_on", "status", "hidden_on"},
    "offer": {"status", "hidden_on"},
    "duty_term": {"from_on", "to_on", "hidden_on"},
    "result": {
        *(
            "organisation_code",
            "kind",
            "outcome",
            "licence",
            "topics",
            "attribution",
            "audience",
            "status",
        ),
        *(
            "published_on",
            "withdrawn_on",
            "hidden_on",
            "listed_on",
            "adoption_summary",
            "last_reported_on",
        ),
    },
    "measure": {
        *(
            "kind",
            "frequency",
            "chart",
            "ruleset",
            "improvement_direction",
            "exclude_on",
            "first_on",
            "last_on",
        ),
    },
    "measure_series": set(),
    "pdsa_cycle": {"started_on", "ended_on", "decision"},
    "feedback": {"organisation_code", "attribution", "kind", "answer_to", "hidden_on"},
    "adoption": {
        *("organisation_code", "stage", "stop_reason", "started_on", "fidelity", "figures_before"),
        *("figures_after", "effect", "last_reported_on", "hidden_on"),
    },
    "report": {"appealed_on", "content_kind", "reason", "status", "decided_on"},
    "conduct": set(),
    "charter_version": set(),
    "decision": {"status", "outcome", "hidden_on"},
    "vote": {"vote"},
    "resource": {"topics", "hidden_on"},
    "survey_round": set(),
    "assessment": {"held_on", "hidden_on"},
}


async def test_a_name_in_the_words_of_others_is_found(own_url: str) -> None:
    async with TestHouse.over(own_url) as house:
        zora, others, networks = await story(house)
        ada, ben = others["Ada"], others["Ben"]
        named = await network_of(ada, purpose="After the 100 % idea of ZORAIDA", aims=["Zoraida's"])
        spell = await joined(ben, named, offer="Cakes like those of Zoraida")
        db = house.app.rooms.house.db
        mine = {(one.table, one.id, one.field) for one in await find(db, "zoraida")}
        assert ("person", zora.id, "display_name") in mine
        await zora.client.delete(ERASE)
        found = [(one.table, one.id, one.field) for one in await find(db, "zoraida")]
        purposes = [one for one in found if one[0] == "network_purpose"]
        assert len(purposes) == 1
        assert [one for one in found if one not in purposes] == [
            ("network", named, "purpose"),
            ("network", named, "aims"),
            ("member", spell, "offer"),
        ]
        assert [one.field for one in await find(db, "100 % idea")] == ["purpose", "purpose"]
        assert await find(db, "100 _ idea") == []
        assert await find(db, "nobody of that name") == []
        del networks


async def test_a_name_in_what_meetings_leave_is_found(own_url: str) -> None:
    """In an edition of minutes by its number, in an occurrence by its original start."""
    async with TestHouse.over(own_url) as house:
        ada = await house.person("Ada")
        made = await meets(house, ada, await network_of(ada))
        db = house.app.rooms.house.db

        async def command(work: Work) -> None:
            exception = {
                "meeting_id": made["coming"], "occurrence": "2026-03-18T12:30:00", "starts_at": None, "status": None,
                "reason": None, "overrides": '{"title":"With Zoraida"}', "sequence": 1, "changed_at": work.now,
            }  # fmt: skip
            work.insert(MeetingException, exception)

        await perform(house.app.rooms.house, command)
        found = [(one.table, one.id, one.field) for one in await find(db, "zoraida")]
        where = f"{made['coming']}/2026-03-18T12:30:00"
        assert found == [("meeting_exception", where, "overrides")]
        said = {(one.table, one.field): one.id for one in await find(db, "we agreed")}
        assert set(said) == {
            ("minutes", "text"),
            ("minutes", "published_text"),
            ("minutes_edition", "text"),
        }
        assert said["minutes_edition", "text"] == said["minutes", "text"] + "/1"
        assert [one.field for one in await find(db, "zqneedle")] == ["filters"]
        await ada.client.post("/v1/saved-searches", {"name": "Mine", "q": "zqsought"})
        assert [(one.table, one.field) for one in await find(db, "zqsought")] == [
            ("saved_search", "params")
        ]


def test_no_column_that_people_type_into_is_forgotten() -> None:
    """A new one is searched, or stands above as one that nobody types into."""
    for model, typed in TYPED.items():
        table: Any = Base.metadata.tables[model.__tablename__]
        text = {
            column.name
            for column in table.columns
            if column.type.python_type is str
            and not column.name.startswith("search_")
            and "id" not in column.name.split("_")
            and not column.name.endswith(("_at", "_by"))
        }
        assert text - set(typed) == NOT_TYPED[model.__tablename__], model.__tablename__
