"""What whoever runs it sees: which build answers, whether it works, what it counts, what stands in the log."""

import asyncio
import json
import logging
import re
from dataclasses import replace
from typing import Any

import pytest

import app as package
from app.core.ids import new_id
from app.core.viewer import ALL_SCOPES, Viewer
from app.db.errors import Unavailable
from app.web import logs
from tests.house import Client, TestHouse
from tests.wire import send

pytestmark = pytest.mark.anyio
SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="[^"\\\n]*",?)*)\})? ([0-9.e+-]+)')


async def test_which_build_answers(own_url: str) -> None:
    """As the monitors of the NHS API platform read it; by HEAD too, and without a token."""
    async with TestHouse.over(own_url, commit_id="6203bbd", release_id="r7") as house:
        ping = await house.anonymous.get("/_ping")
        assert ping.json() == {
            "version": package.__version__,
            "revision": "unknown",
            "releaseId": "r7",
            "commitId": "6203bbd",
        }
        assert (await house.anonymous.request("HEAD", "/_ping")).content == b""
        status = (await house.anonymous.get("/_status")).json()
        assert {name: status[name] for name in ping.json()} == ping.json()
        check = status["checks"]["healthcheck"]
        assert (status["status"], check["status"], check["responseCode"]) == ("pass", "pass", 200)
        assert check["timeout"] == "false"
        assert (await house.anonymous.get(check["links"]["self"])).status_code == 200


@pytest.mark.parametrize("slow", [False, True])
async def test_a_database_that_does_not_answer(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, slow: bool
) -> None:
    """`fail` with 200, as monitors expect; readiness is 503; the process is alive all the same."""

    async def broken(*_: Any) -> Any:
        if slow:
            await asyncio.sleep(60)
        raise Unavailable("gone")

    db = house.app.rooms.house.db

    async def keeper(*_: Any) -> Viewer:
        return Viewer(new_id(), new_id(), ALL_SCOPES, is_operator=True)

    monkeypatch.setattr("app.web.operations.CHECK_WITHIN", 0.1)
    monkeypatch.setattr(house.app.rooms.gatekeeper, "viewer", keeper)
    monkeypatch.setattr(db, "fetch", broken)
    status = await house.anonymous.get("/_status")
    check = status.json()["checks"]["healthcheck"]
    assert (status.status_code, status.json()["status"]) == (200, "fail")
    assert (check["status"], check["responseCode"]) == ("fail", 503)
    assert check["timeout"] == ("true" if slow else "false")
    if not slow:
        assert (await house.anonymous.get("/readyz")).status_code == 503
    assert (await house.anonymous.get("/livez")).status_code == 200
    assert (await house.anonymous.get("/_ping")).status_code == 200
    figures = await scrape(house.anonymous)
    assert figures["qi_database_up", ""] == 0
    assert ("qi_feed_position", "") not in figures


def samples(text: str) -> dict[tuple[str, str], float]:
    """Every sample by name and labels; fails for a line that Prometheus would not read."""
    found: dict[tuple[str, str], float] = {}
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# "):
            assert re.fullmatch(r"# (HELP|TYPE) [a-z_]+ .+", line), line
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        key = (match[1], match[2] or "")
        assert key not in found, line
        found[key] = float(match[3])
    return found


async def scrape(operator: Client) -> dict[tuple[str, str], float]:
    """What an operator is told."""
    answer = await operator.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return samples(answer.text)


async def test_metrics(own_url: str, engine: str) -> None:
    """Requests by operation and class, how long they took, what was refused, the pools, the feed, the jobs."""
    async with TestHouse.over(own_url, rate_limit_address=2) as house:
        keeper = await house.person("Keeper", operator=True)
        before = await scrape(keeper.client)
        for path in ("/v1/topics", "/v1/topics?x=1", "/v1/topics", "/nowhere"):
            await house.http.get(path)
        await house.http.get("/v1/topics", headers={"Host": "evil.example"})
        await keeper.client.post("/v1/networks", {"name": "A network", "purpose": "To be counted"})
        house.app.rooms.metrics.job("tidying", "done")
        after = await scrape(keeper.client)
    moved = {key: value - before.get(key, 0) for key, value in after.items()}
    topics = 'operation="listTopics"'
    assert moved["qi_requests_total", f'{topics},status="2xx"'] == 1
    assert moved["qi_requests_total", f'{topics},status="4xx"'] == 2
    assert moved["qi_requests_total", 'operation="none",status="4xx"'] == 2
    assert moved["qi_request_seconds_count", topics] == 3
    assert moved["qi_request_seconds_bucket", f'{topics},le="+Inf"'] == 3
    assert 0 < moved["qi_request_seconds_sum", topics] < 5
    assert moved["qi_requests_refused_total", 'reason="rate_limited"'] == 1
    assert moved["qi_requests_refused_total", 'reason="host_refused"'] == 1
    assert moved["qi_job_runs_total", 'job="tidying",outcome="done"'] == 1
    assert moved["qi_feed_position", ""] >= 2  # a network and its facilitator
    assert after["qi_database_up", ""] == 1
    assert after["qi_requests_in_flight", ""] == 0  # /metrics is not one of those counted
    assert after["qi_database_connections", 'pool="write",state="size"'] >= 1
    assert ("qi_database_connections", 'pool="read",state="idle"') in after or engine == "sqlite"
    assert after["qi_build_info", f'version="{package.__version__}",database="{engine}"'] == 1


async def test_metrics_have_no_name_of_a_clients_making(house: TestHouse) -> None:
    """Labels are ours: nobody fills the memory, or a dashboard, with paths."""
    keeper = await house.person("Keeper", operator=True)
    await scrape(keeper.client)
    before = await scrape(keeper.client)
    for number in range(20):
        await house.http.get(f"/v1/{number}/nowhere")
        await house.http.request(f"BREW{number}", "/v1/topics")
    assert set(await scrape(keeper.client)) - set(before) <= {
        ("qi_requests_total", 'operation="none",status="4xx"')
    }


# --- The log --------------------------------------------------------------------------------------


def logged(house: TestHouse, **settings: bool) -> None:
    """Have the log written."""
    rooms = house.app.rooms
    changed = rooms.settings.model_copy(update={"access_log": True, **settings})
    house.app.rooms = replace(rooms, settings=changed)


async def test_a_line_of_the_log(house: TestHouse, caplog: pytest.LogCaptureFixture) -> None:
    """What an operator looks for, and nobody's address unless it is asked for."""
    caplog.set_level(logging.INFO, "qi_networks")
    ada = await house.person("Ada")
    for asked, client in ((False, None), (True, "127.0.0.1")):
        caplog.clear()
        logged(house, log_client_address=asked)
        answer = await ada.client.get("/v1/me")
        (line,) = [json.loads(record.message) for record in caplog.records]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["at"])
        assert (line["level"], line["event"]) == ("info", "request")
        assert line["request_id"] == answer.headers["x-request-id"]
        assert (line["operation"], line["status"]) == ("getMe", 200)
        assert line.get("client") == client
        assert ada.id not in str(line)
        assert ada.token not in str(line)


async def test_what_looks_like_an_attack_is_in_the_log(
    own_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An event each, without what was tried."""
    caplog.set_level(logging.INFO, "qi_networks.security")
    wrong = "qi_live_" + "x" * 43
    async with TestHouse.over(own_url, rate_limit_address=1) as house:
        await house.http.get("/v1/topics")
        await house.http.get("/v1/topics")
        await house.http.get("/v1/me", headers={"Authorization": f"Bearer {wrong}"})
        await house.http.get("/v1/topics", headers={"Host": "evil.example"})
        await house.http.get(f"/v1/topics?token={wrong}")
    lines = [json.loads(record.message) for record in caplog.records]
    assert [line["event"] for line in lines] == [
        "rate_limited",
        "invalid_token",
        "host_refused",
        "token_in_address",
    ]
    assert {line["level"] for line in lines} == {"warning"}
    assert wrong not in caplog.text
    assert "evil" not in caplog.text
    assert "127.0.0.1" not in caplog.text


async def test_nobody_writes_lines_of_their_own(
    house: TestHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """Line ends and quotes in a path, a method, an id: one line each, and JSON."""
    caplog.set_level(logging.INFO, "qi_networks")
    logged(house)
    forged = '","status":200}\r\n{"event":"request'
    for method, path in (
        ("GET", b"/v1/" + forged.encode()),
        ("GET", b"/v1/%0d%0a%22,%22x%22:1"),
        (f"GET{forged}", b"/v1/topics"),
    ):
        await send(house.app, method, path, [(b"x-request-id", forged.encode())])
    written = [record.getMessage() for record in caplog.records]
    assert len(written) == 3
    for line in written:
        assert not set("\r\n") & set(line)
        assert json.loads(line)["event"] == "request"
        assert json.loads(line)["status"] in (404, 405)


def test_faults_have_a_time_and_no_values(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("a secret value")  # noqa: TRY301 - to be caught here
    except ValueError as error:
        with caplog.at_level(logging.ERROR, "qi_networks.errors"):
            logs.note_fault("id", error)
    (line,) = [json.loads(record.message) for record in caplog.records]
    assert (line["event"], line["level"], line["error"]) == ("fault", "error", "ValueError")
    assert "secret" not in str(line)


# --- Stopping -------------------------------------------------------------------------------------


async def test_a_process_that_is_about_to_stop(house: TestHouse) -> None:
    """It serves on, but is not ready, and each answer ends its connection."""
    front = house.app
    assert "connection" not in (await house.anonymous.get("/v1/topics")).headers
    front.stopping = True
    ready = await house.anonymous.get("/readyz")
    assert (ready.status_code, ready.json()["code"]) == (503, "stopping")
    for path, status in (("/v1/topics", 200), ("/livez", 200), ("/v1/me", 401)):
        answer = await house.anonymous.get(path)
        assert (answer.status_code, answer.headers["connection"]) == (status, "close")
