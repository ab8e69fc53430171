"""Decisions: who proposes, votes and closes, until when, and what is counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.gatherings import Gathering
from tests.house import Client, TestHouse, TestPerson

pytestmark = pytest.mark.anyio
PROPOSAL = {"title": "Meet on Wednesdays", "proposal": "From spring on, at lunch."}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """It stands at a morning in March."""
        self.at = datetime(2027, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.at

    def on(self, **by: int) -> str:
        """Let time pass."""
        self.at += timedelta(**by)
        return self.at.isoformat()


async def propose(group: Gathering, by: TestPerson | None = None, **more: Any) -> str:
    """The path of a new decision."""
    body = {**PROPOSAL, "network_id": group.network_id, **more}
    made = await (by or group.fay).client.post("/v1/decisions", body)
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


async def vote(
    who: TestPerson, path: str, choice: str, reason: str | None = None
) -> httpx2.Response:
    """Cast a ballot."""
    return await who.client.put(f"{path}/vote", {"vote": choice, "reason": reason})


async def close(
    who: TestPerson, path: str, outcome: str, note: str | None = None
) -> httpx2.Response:
    """State the outcome."""
    return await who.client.post(f"{path}/close", {"outcome": outcome, "outcome_note": note})


def code(answer: httpx2.Response) -> tuple[int, str]:
    """The status and the code of a refusal."""
    return answer.status_code, answer.json()["code"]


async def count(client: Client, path: str) -> list[int | bool]:
    """The tally, in its order."""
    return list((await client.get(path)).json()["tally"].values())


async def test_a_decision_is_proposed_voted_on_and_adopted(house: TestHouse) -> None:
    group = await Gathering.of(house, "Mel", "Ned", "Obs")
    mel, ned, obs = (group.members[name] for name in ("Mel", "Ned", "Obs"))
    await group.fay.client.patch(f"/v1/members/{group.spells['Obs']}", {"role": "observer"})
    path = await propose(group, mel)
    seen = (await mel.client.get(path)).json()
    assert (seen["status"], seen["created_by"], seen["my_vote"]) == ("open", mel.id, None)
    assert seen["actions"] == ["update", "delete", "vote", "close"]
    assert seen["tally"]["electorate"] == 3, "observers do not vote"
    assert (await ned.client.get(path)).json()["actions"] == ["vote"]
    assert (await obs.client.get(path)).json()["actions"] == []
    assert code(await vote(obs, path, "agree")) == (403, "forbidden")
    cast = await vote(ned, path, "disagree")
    assert (cast.status_code, cast.json()["person"]["display_name"]) == (200, "Ned")
    same = await vote(ned, path, "disagree")
    assert same.json() == cast.json(), "the same again changes nothing"
    changed = await vote(ned, path, "agree", "I was persuaded.")
    assert (changed.json()["id"], changed.json()["version"]) == (cast.json()["id"], 2)
    assert (await ned.client.get(path)).json()["my_vote"] == "agree"
    assert code(await close(mel, path, "adopted")) == (409, "quorum_not_met")
    assert code(await close(ned, path, "rejected")) == (403, "forbidden")
    await vote(group.fay, path, "abstain")
    assert code(await close(mel, path, "no_quorum")) == (409, "quorum_met")
    done = await close(mel, path, "adopted", "From April on.")
    assert (done.status_code, done.json()["status"], done.json()["actions"]) == (200, "closed", [])
    assert list(done.json()["tally"].values()) == [1, 1, 0, 0, 2, 3, True]
    assert (done.json()["closed_by"], done.json()["outcome"]) == (mel.id, "adopted")
    for late in (vote(mel, path, "agree"), close(group.fay, path, "rejected")):
        assert code(await late) == (409, "decision_closed")
    votes = (await obs.client.get(f"{path}/votes")).json()["items"]
    assert [(one["person"]["display_name"], one["vote"]) for one in votes] == [
        ("Ned", "agree"),
        ("Fay", "abstain"),
    ]
    only = (await obs.client.get(f"{path}/votes", params={"vote": "agree"})).json()["items"]
    assert [one["id"] for one in only] == [cast.json()["id"]]
    assert (await obs.client.get(f"/v1/votes/{only[0]['id']}")).json() == only[0]


async def test_a_block_says_why_and_is_answered(house: TestHouse) -> None:
    group = await Gathering.of(house, "Mel")
    path = await propose(group, quorum_percent=0)
    refused = await vote(group.members["Mel"], path, "block")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/reason"]
    await vote(group.members["Mel"], path, "block", "We are closed on Wednesdays.")
    assert code(await close(group.fay, path, "adopted")) == (409, "block_stands")
    done = await close(group.fay, path, "adopted", "We meet on Thursdays, as Mel asked.")
    assert (done.status_code, done.json()["tally"]["block"]) == (200, 1)


async def test_after_the_deadline(own_url: str) -> None:
    """No vote is taken, it reads closed, who joins moves nothing, and the outcome may be stated."""
    clock = Clock()
    async with TestHouse.over(own_url, clock=clock) as house:
        group = await Gathering.of(house, "Mel", "Ned")
        path = await propose(group, closes_at=clock.on(hours=0).replace("09:00", "12:00"))
        await vote(group.members["Mel"], path, "agree")
        waiting = {"network_id": group.network_id, "status": "open"}
        assert (
            len((await group.fay.client.get("/v1/decisions", params=waiting)).json()["items"]) == 1
        )
        clock.on(hours=3)
        assert code(await vote(group.members["Ned"], path, "agree")) == (409, "decision_closed")
        assert (await group.fay.client.get("/v1/decisions", params=waiting)).json()["items"] == []
        clock.on(minutes=5)
        await group.join("Late")
        await group.leave("Ned")
        seen = (await group.fay.client.get(path)).json()
        assert (seen["status"], seen["outcome"], seen["actions"]) == ("closed", None, ["close"])
        assert list(seen["tally"].values()) == [1, 0, 0, 0, 1, 3, False]
        assert code(await close(group.fay, path, "adopted")) == (409, "quorum_not_met")
        done = (await close(group.fay, path, "no_quorum")).json()
        assert (done["tally"], done["outcome"]) == (seen["tally"], "no_quorum")
        past = {"network_id": group.network_id, "status": "closed"}
        (item,) = (await group.fay.client.get("/v1/decisions", params=past)).json()["items"]
        assert "tally" not in item


async def test_what_was_voted_on_stays_as_it_was(house: TestHouse) -> None:
    group = await Gathering.of(house, "Mel", "Ned")
    mel, ned = group.members["Mel"], group.members["Ned"]
    path = await propose(group, mel)
    assert code(await ned.client.patch(path, {"title": "Thursdays"})) == (403, "forbidden")
    changed = await mel.client.patch(path, {"title": "Thursdays", "quorum_percent": 100})
    assert (changed.json()["title"], changed.json()["version"]) == ("Thursdays", 2)
    assert (await mel.client.patch(path, {"title": "Thursdays"})).json()["version"] == 2
    stale = await mel.client.patch(path, {"title": "X"}, headers={"If-Match": '"1-x"'})
    assert code(stale) == (412, "precondition_failed")
    for wrong, why in (
        ("2020-01-01T00:00:00Z", "in_the_past"),
        ("2090-01-01T00:00:00Z", "out_of_range"),
    ):
        refused = await mel.client.patch(path, {"closes_at": wrong})
        assert [e["code"] for e in refused.json()["errors"]] == [why]
    await vote(ned, path, "agree")
    for attempt in (mel.client.patch(path, {"title": "Fridays"}), group.fay.client.delete(path)):
        assert code(await attempt) == (409, "decision_voted")
    other = await propose(group, mel)
    assert code(await ned.client.delete(other)) == (403, "forbidden")
    assert (await group.fay.client.delete(other)).status_code == 204
    assert (await mel.client.get(other)).status_code == 404


async def test_who_leaves_or_is_erased_stays_in_the_count(house: TestHouse) -> None:
    group = await Gathering.of(house, "Mel", "Ned", "Pat")
    mel, ned = group.members["Mel"], group.members["Ned"]
    path = await propose(group)
    await vote(mel, path, "disagree", "Zqreason")
    await vote(ned, path, "block", "Zqother")
    before = await count(group.fay.client, path)
    assert before == [0, 0, 1, 1, 2, 4, True]
    await group.leave("Ned")
    assert (await ned.client.get(path)).status_code == 404
    assert (await ned.client.put(f"{path}/vote", {"vote": "agree"})).status_code == 404
    assert (await mel.client.delete("/v1/me")).status_code == 204
    assert await count(group.fay.client, path) == before
    pat = group.members["Pat"].client
    assert await count(pat, path) == before
    erased, left = (await pat.get(f"{path}/votes")).json()["items"]
    assert (erased["person"], erased["vote"], erased["reason"]) == (None, "disagree", None)
    assert (left["person"], left["reason"]) == (None, "Zqother"), "named to facilitators alone"
    erased, left = (await group.fay.client.get(f"{path}/votes")).json()["items"]
    assert (erased["person"], left["person"]["display_name"]) == (None, "Ned")
    done = await close(group.fay, path, "rejected")
    assert list(done.json()["tally"].values()) == before


async def test_an_export_has_ones_own(house: TestHouse) -> None:
    group = await Gathering.of(house, "Mel")
    path = await propose(group, group.members["Mel"])
    await vote(group.members["Mel"], path, "agree", "Zqreason")
    found = (await group.members["Mel"].client.get("/v1/me/export")).json()
    (proposed,), (ballot,) = found["decisions"], found["votes"]
    assert (proposed["title"], proposed["proposed_by_me"]) == (PROPOSAL["title"], True)
    assert (ballot["vote"], ballot["decision_title"]) == ("agree", PROPOSAL["title"])
    assert ("vote.cast", True) in {(one["action"], one["by_me"]) for one in found["changes"]}
    await group.leave("Mel")
    found = (await group.members["Mel"].client.get("/v1/me/export")).json()
    assert (found["decisions"][0]["proposal"], found["votes"][0]["reason"]) == (None, "Zqreason")
    other = (await group.fay.client.get("/v1/me/export")).json()
    assert (other["decisions"], other["votes"]) == ([], [])


async def test_a_reported_decision_is_hidden_with_its_votes(house: TestHouse) -> None:
    group = await Gathering.of(house, "Mel", "Ned")
    mel, ned = group.members["Mel"], group.members["Ned"]
    path = await propose(group, mel)
    cast = (await vote(ned, path, "agree")).json()
    listed = (await ned.client.get("/v1/decisions")).json()
    decision_id = path.rpartition("/")[2]
    about = {"content_kind": "decision", "content_id": decision_id, "reason": "patient_data"}
    report = (await ned.client.post("/v1/reports", about)).json()
    for gone in (path, f"{path}/votes", f"/v1/votes/{cast['id']}"):
        assert (await ned.client.get(gone)).status_code == 404
        assert (await group.fay.client.get(gone)).status_code == 200
    assert code(await vote(ned, path, "disagree")) == (404, "not_found")
    asked = {"cursor": listed["changes_cursor"], "kind": "decision"}
    told = (await ned.client.get("/v1/changes", params=asked)).json()
    assert [one["op"] for one in told["items"]] == ["gone"]
    decided = {"decision": "dismissed"}
    shown = await group.fay.client.post(f"/v1/reports/{report['id']}/decide", decided)
    assert shown.status_code == 200, shown.text
    asked["cursor"] = told["next_cursor"]
    told = (await ned.client.get("/v1/changes", params=asked)).json()
    assert [one["op"] for one in told["items"]] == ["scope_changed"]
    assert (await ned.client.get(path)).json()["my_vote"] == "agree"


async def test_strangers_and_nobody(house: TestHouse) -> None:
    group = await Gathering.of(house, "Mel")
    path = await propose(group)
    out = await house.person("Out")
    never = "/v1/decisions/01900000-0000-7000-8000-00000000dead"
    for address in (path, f"{path}/votes"):
        here = await out.client.get(address)
        assert code(here) == (404, "not_found")
        assert (await house.anonymous.get(address)).status_code == 401
    assert (await vote(out, path, "agree")).json()["code"] == (
        await vote(out, never, "agree")
    ).json()["code"]
    assert (await out.client.get("/v1/decisions")).json()["items"] == []
    refused = await out.client.post("/v1/decisions", {**PROPOSAL, "network_id": group.network_id})
    assert code(refused) == (403, "forbidden")
    await group.fay.client.post(
        f"/v1/networks/{group.network_id}/archive", {"closing_note": "Done"}
    )
    assert code(await vote(group.members["Mel"], path, "agree")) == (409, "network_archived")
    assert (await group.members["Mel"].client.get(path)).json()["actions"] == []
