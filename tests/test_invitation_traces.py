"""What invitations leave behind: no secret anywhere, and of an address nothing but its row."""

import logging
from typing import Any

import pytest

from tests.dumps import dump, hits
from tests.house import TestHouse
from tests.test_invitations import founded

pytestmark = pytest.mark.anyio


async def test_no_secret_is_kept_and_no_address_is_logged(
    own_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Used, taken back, renewed, repeated: what was handed out once is in no dump and no line."""
    caplog.set_level(logging.DEBUG)
    async with TestHouse.over(own_url) as house:
        house.app.rooms.settings.access_log = True
        ada, network_id = await founded(house)
        path, key = f"/v1/networks/{network_id}/invitations", {"Idempotency-Key": "once"}
        body = {"addresses": ["zq-one@example.org", "zq-two@example.org"]}
        made: list[Any] = []
        for headers in (key, key, {}):
            made += (await ada.client.post(path, body, headers=headers)).json()["items"]
        secrets = [one["secret"] for one in made if one["secret"]]
        come = {"secret": secrets[-1], "display_name": "Sam Patel"}
        for _ in range(2):
            came = await house.anonymous.post("/v1/invitations/accept", come, headers=key)
            secrets += [came.json()["token"]["secret"] or secrets[0]]
        for secret in (secrets[0], "qi_invite_zqguess", secrets[2]):
            await house.anonymous.post("/v1/invitations/look", {"secret": secret})
        await ada.client.get("/v1/invitations")
        open_now = (await ada.client.get("/v1/invitations?status=pending")).json()["items"]
        await ada.client.post(f"/v1/invitations/{open_now[0]['id']}/revoke")
    assert len(set(secrets)) == 5, "two, two again, and the token"
    kept = dump(own_url)
    assert hits(kept, secrets) == []
    assert hits(kept, ["zq-one@example.org"]) == ["zq-one@example.org"], "the search finds things"
    lines = "\n".join(f"{record.message} {record.args}" for record in caplog.records).encode()
    assert b"/v1/invitations/accept" in lines
    assert hits(lines, [*secrets, "zqguess", "zq-one", "zq-two", "Sam Patel"]) == []
    log = kept[kept.index(b"change") :]
    rows = [line for line in log.splitlines() if b"invitation.created" in line]
    assert rows
    assert not any(b"zq-" in line for line in rows)
