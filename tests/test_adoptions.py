"""Adoptions: who may report for whom, what is refused, and the sum on the result."""

import pytest

from tests.house import TestHouse
from tests.sharing import CODES, REPORT, Shared

pytestmark = pytest.mark.anyio
BEFORE = {"numerator": 92, "denominator": 300, "from_on": "2025-07-01", "to_on": "2025-12-31"}


async def test_an_organisation_is_reported_once_and_then_anew(house: TestHouse) -> None:
    """201 with the address, then 200 and the same row; the sum on the result follows."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    path = f"/v1/results/{shared.result['id']}/adoptions/{CODES[1]}"
    first = await ben.client.put(path, {"stage": "planning"})
    assert first.status_code == 201, first.text
    made = first.json()
    assert first.headers["location"] == f"/v1/adoptions/{made['id']}"
    assert (made["mine"], made["counted"], made["version"]) == (True, True, 1)
    assert made["organisation"]["code"] == CODES[1]
    again = await ben.client.put(path, REPORT, headers={"If-Match": first.headers["etag"]})
    assert again.status_code == 200, again.text
    assert (again.json()["id"], again.json()["version"]) == (made["id"], 2)
    stale = await ben.client.put(path, REPORT, headers={"If-Match": first.headers["etag"]})
    assert stale.status_code == 412
    summary = await shared.summary(house.anonymous)
    assert summary["organisations"] == 1
    assert summary["stages"]["adopted"] == summary["effects"]["better"] == 1
    assert summary["stages"]["planning"] == 0
    assert summary["last_reported_on"] == made["last_reported_on"]
    assert [one["id"] for one in await shared.listed(house.anonymous)] == [made["id"]]


async def test_if_match_asks_for_what_is_there(house: TestHouse) -> None:
    """Nothing is there yet: no tag of it can be right."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    path = f"/v1/results/{shared.result['id']}/adoptions/{CODES[1]}"
    answer = await ben.client.put(path, REPORT, headers={"If-Match": "*"})
    assert answer.status_code == 412
    assert await shared.rows() == []


async def test_who_may_report(house: TestHouse) -> None:
    """Who belongs there by profile or by what they represent, facilitators, operators; a member of it or not."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    out = await shared.person("Out", CODES[2], join=False)
    rep = await shared.person("Rep", None)
    operator = await house.person("Ola", operator=True)
    member = await rep.client.get("/v1/members", params={"network_id": shared.group.network_id})
    (own,) = [one for one in member.json()["items"] if one["person"]["id"] == rep.id]
    answer = await rep.client.patch(f"/v1/members/{own['id']}", {"representing": CODES[3]})
    assert answer.status_code == 200, answer.text
    await shared.report(ben, CODES[1], 201)
    await shared.report(out, CODES[2], 201)  # the result is for everybody
    await shared.report(rep, CODES[3], 201)
    await shared.report(shared.group.fay, CODES[4], 201)
    await shared.report(operator, CODES[5], 201)
    refused = await shared.report(ben, CODES[2], 403)
    assert refused["code"] == "not_your_organisation"
    assert (await shared.report(shared.group.mel, CODES[6], 403))["code"] == refused["code"]
    assert (await shared.report(shared.group.fay, "ZZZ99", 422))["code"] == "unknown_reference"
    path = f"/v1/results/{shared.result['id']}/adoptions/{CODES[6]}"
    assert (await house.anonymous.put(path, REPORT)).status_code == 401
    assert (await shared.summary(house.anonymous))["organisations"] == 5


async def test_what_is_not_seen_is_not_reported(house: TestHouse) -> None:
    """A draft is 404 to whoever did not write it, and 409 to its authors; so is what is for members alone."""
    shared = await Shared.of(house, audience="network")
    out = await shared.person("Out", CODES[2], join=False)
    await shared.report(out, CODES[2], 404)
    await shared.edit(shared.result["id"], status="draft")
    ben = await shared.person("Ben", CODES[1])
    await shared.report(ben, CODES[1], 404)
    answer = await shared.report(shared.ann, CODES[0], 409)
    assert answer["code"] == "result_not_published"


async def test_an_archived_network_is_read_only(house: TestHouse) -> None:
    """409 for reports and for taking them back; reading goes on."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    made = await shared.report(ben, CODES[1])
    path = f"/v1/networks/{shared.group.network_id}/archive"
    await shared.group.fay.client.post(path, {"closing_note": "Done."})
    assert (await shared.report(ben, CODES[1], 409))["code"] == "network_archived"
    assert (await ben.client.delete(f"/v1/adoptions/{made['id']}")).status_code == 409
    assert (await house.anonymous.get(f"/v1/adoptions/{made['id']}")).status_code == 200


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"stage": "stopped"}, "/stop_reason", "stop_reason_needed"),
        ({"stop_reason": "harm"}, "/stop_reason", "not_stopped"),
        ({"stop_detail": "No time"}, "/stop_detail", "not_stopped"),
        ({"before": {"denominator": 3}}, "/before/numerator", "denominator_alone"),
        ({"after": {"numerator": 1, "denominator": 0}}, "/after/denominator", "zero_denominator"),
        (
            {"after": {"from_on": "2026-02-01", "to_on": "2026-01-01"}},
            "/after/to_on",
            "ends_before_it_begins",
        ),
        ({"follow_up_result_id": "018f4c1e-7a52-4c3b-9d60-3f5b8a1c2d4e"},
         "/follow_up_result_id", "unknown_reference"),
    ],
)  # fmt: skip
async def test_what_does_not_go_together(
    house: TestHouse, fields: dict[str, object], pointer: str, code: str
) -> None:
    """422 that names the field, and nothing is written."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    answer = await shared.report(ben, CODES[1], 422, **fields)
    assert [(one["pointer"], one["code"]) for one in answer["errors"]] == [(pointer, code)]
    assert await shared.rows() == []


async def test_small_numbers_are_for_who_reported_them(house: TestHouse) -> None:
    """Everybody else reads figures without them, the value that repeats them included; nobody hears who reported."""
    shared = await Shared.of(house)
    ben, eve = await shared.person("Ben", CODES[1]), await shared.person("Eve", CODES[1])
    after = {"numerator": 4, "denominator": 310, "value": 1.29}
    made = await shared.report(ben, CODES[1], before=BEFORE, after=after)
    assert (made["after"]["numerator"], made["after"]["suppressed"]) == (4, False)
    path = f"/v1/adoptions/{made['id']}"
    for client in (eve.client, shared.group.fay.client, house.anonymous, shared.ann.client):
        seen = (await client.get(path)).json()
        assert (seen["mine"], seen["before"]) == (False, made["before"])
        shown = {name: seen["after"][name] for name in ("numerator", "value", "suppressed")}
        assert shown == {"numerator": None, "value": None, "suppressed": True}
        assert ben.id not in str(seen)
    # A colleague who reports anew is who reported last.
    await shared.report(eve, CODES[1], 200, after=after)
    assert (await eve.client.get(path)).json()["after"]["numerator"] == 4
    assert (await ben.client.get(path)).json()["after"]["numerator"] is None


async def test_a_report_is_taken_back_by_who_made_it_last(house: TestHouse) -> None:
    """403 for everybody else who sees it; the sum follows, and whoever saw it hears that it is gone."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    made = await shared.report(ben, CODES[1])
    path = f"/v1/adoptions/{made['id']}"
    for person in (shared.group.fay, shared.ann):
        assert (await person.client.delete(path)).status_code == 403
    assert (await ben.client.delete(path, headers={"If-Match": '"7-x"'})).status_code == 412
    assert (await ben.client.delete(path)).status_code == 204
    assert (await shared.summary(house.anonymous))["organisations"] == 0
    for client in (house.anonymous, shared.group.mel.client, ben.client):
        about = {"limit": "100", "network_id": shared.group.network_id}
        feed = (await client.get("/v1/changes", params=about)).json()["items"]
        assert [one["op"] for one in feed if one["id"] == made["id"]][-1] == "gone"


async def test_filters(house: TestHouse) -> None:
    """By organisation, stage, effect, network, one's own and the day."""
    shared = await Shared.of(house)
    people = [await shared.person(f"P{number}", CODES[number]) for number in (1, 2, 3)]
    reports = [("adopted", "better"), ("testing", "worse"), ("adopted", "same")]
    for person, code, (stage, effect) in zip(people, CODES[1:], reports, strict=False):
        await shared.report(person, code, stage=stage, effect=effect)

    async def found(client: object, **params: str) -> set[str]:
        return {one["organisation"]["code"] for one in await shared.listed(client, **params)}

    nobody = house.anonymous
    assert await found(nobody) == set(CODES[1:4])
    assert await found(nobody, organisation=CODES[2]) == {CODES[2]}
    assert await found(nobody, stage="adopted") == {CODES[1], CODES[3]}
    assert await found(nobody, effect="worse") == {CODES[2]}
    assert await found(nobody, network_id=shared.group.network_id) == set(CODES[1:4])
    assert await found(nobody, mine="true") == set()
    assert await found(people[0].client, mine="true") == {CODES[1]}
    assert await found(people[0].client, mine="false") == set(CODES[2:4])
    today = (await shared.listed(nobody))[0]["updated_on"]
    assert await found(nobody, updated_since=f"{today}T23:59:59Z") == set(CODES[1:4])
    assert await found(nobody, updated_since="2100-01-01T00:00:00Z") == set()
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(4):
        params = {"result_id": shared.result["id"], "limit": "1", **cursor}
        page = (await nobody.get("/v1/adoptions", params=params)).json()
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen)) == 3
    summary = await shared.summary(nobody)
    assert summary["effects"] == {"better": 1, "same": 1, "worse": 1, "unknown": 0}


async def test_a_follow_up_is_shown_where_it_tells_nothing(house: TestHouse) -> None:
    """A result that says nothing of where it came about is not tied to an organisation, but for its authors."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    told = await shared.published(ben, attribution="organisation", audience="public")
    silent = await shared.published(ben, attribution="network_only", audience="public")
    made = await shared.report(ben, CODES[1], follow_up_result_id=told["id"])
    path = f"/v1/adoptions/{made['id']}"
    assert (await house.anonymous.get(path)).json()["follow_up_result_id"] == told["id"]
    await shared.report(ben, CODES[1], follow_up_result_id=silent["id"])
    assert (await ben.client.get(path)).json()["follow_up_result_id"] == silent["id"]
    for client in (house.anonymous, shared.group.fay.client, shared.group.mel.client):
        assert (await client.get(path)).json()["follow_up_result_id"] is None
