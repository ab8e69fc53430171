"""The pages for people: where to start, the guides, a page for each error code. tests/test_browser.py looks at them."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.core.error_catalogue import CATALOGUE
from app.web import guides
from app.web.pages import ASSETS, DOCS
from tests.house import TestHouse
from tests.wire import Reply, send

pytestmark = pytest.mark.anyio
BROWSER = (b"accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
STRICT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
ROOT = Path(__file__).parent.parent


class Links(HTMLParser):
    """What a page refers to, what can be referred to in it, and what a strict policy would stop."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src"):
                self.to.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            self.inline.append(tag)


async def read(house: TestHouse, path: str) -> Reply:
    """A page as a browser asks for it."""
    return await send(house.app, "GET", path.encode(), [BROWSER])


def pages() -> Iterator[str]:
    """The address of every page."""
    yield from ("/", "/docs", "/problems")
    yield from (f"/guides/{name}" for name in guides.names())
    yield from (f"/problems/{code}" for code in CATALOGUE)


async def test_the_start_is_a_page_for_browsers_and_json_for_the_rest(house: TestHouse) -> None:
    for accept in (b"*/*", b"application/json", b"application/json, text/html;q=0.9", b""):
        reply = await send(house.app, "GET", b"/", [(b"accept", accept)] if accept else [])
        assert (reply.status, reply.faults()) == (200, [])
        assert reply.json["name"] == "QI Networks API"
        assert reply.body.count(b"\n") > 10, "it is indented: somebody with curl reads it"
    for accept in (BROWSER[1], b"text/html", b"application/json;q=0.5, text/html"):
        reply = await send(house.app, "GET", b"/", [(b"accept", accept)])
        assert (reply.status, reply.faults()) == (200, [])
        assert reply.body.startswith(b"<!doctype html>")
        known = (b"if-none-match", reply.headers["etag"].encode())
        again = await send(house.app, "GET", b"/", [(b"accept", accept), known])
        assert (again.status, again.body) == (304, b"")


async def test_what_the_start_names_is_there(house: TestHouse) -> None:
    start = (await send(house.app, "GET", b"/")).json
    base = house.app.rooms.settings.base_url
    assert start["first_request"] in (ROOT / "README.md").read_text(), "whose lines are run"
    addresses = [*start["links"].values(), *(guide["url"] for guide in start["guides"])]
    assert len(addresses) > 10
    for address in addresses:
        assert address.startswith(base)
        assert (await send(house.app, "GET", address.removeprefix(base).encode())).status == 200
    assert [guide["name"] for guide in start["guides"]][:2] == ["first-hour", "meetings"]


async def test_every_link_of_every_page_leads_somewhere(house: TestHouse) -> None:
    found: dict[str, Links] = {}
    for path in pages():
        reply = await read(house, path)
        assert (reply.status, reply.faults()) == (200, []), path
        found[path] = Links(reply.body.decode())
    statuses: dict[str, int] = {}
    for path, links in found.items():
        assert links.inline == [], path
        assert len(set(links.ids)) == len(links.ids), path
        for link in links.to:
            if link.startswith(("https://", "http://127.0.0.1:8000/docs")):
                continue  # to be followed by people; nothing is loaded from there
            to, _, anchor = link.partition("#")
            assert to == "" or to.startswith("/"), (path, link)
            if to and to not in statuses:
                statuses[to] = (await read(house, to)).status
            assert statuses.get(to, 200) == 200, (path, link)
            if anchor:
                assert anchor in found[to or path].ids, (path, link)
    assert {"/docs/pages.css", "/docs/icon.svg", "/openapi.json", "/livez"} <= set(statuses)


async def test_pages_are_under_a_strict_policy(house: TestHouse) -> None:
    for path in pages():
        policy = (await read(house, path)).headers["content-security-policy"]
        scripts = "script-src 'self'; " if path == "/docs" else ""
        assert policy.startswith(f"{STRICT}{scripts}style-src 'self'; img-src 'self'"), path
        assert "unsafe" not in policy
        assert "http" not in policy


async def test_every_asset_is_there_and_every_file_is_used(house: TestHouse) -> None:
    for name, kind in ASSETS.items():
        reply = await send(house.app, "GET", f"/docs/{name}".encode())
        assert (reply.status, reply.headers["content-type"]) == (200, kind.decode())
    parts = {"SHA256SUMS", "index.html", "frame.html", "home.html", "problem.html", "problems.html"}
    licences = {
        "LICENSE-swagger-ui.txt",
        "NOTICE-swagger-ui.txt",
        "swagger-ui-bundle.js.LICENSE.txt",
    }
    assert {path.name for path in DOCS.iterdir()} == set(ASSETS) | parts | licences


async def test_every_error_code_has_a_page(house: TestHouse) -> None:
    index = (await read(house, "/problems")).body.decode()
    for code, kind in CATALOGUE.items():
        page = (await read(house, f"/problems/{code}")).body.decode()
        assert f"<code>{code}</code>, HTTP status {kind.status}." in page
        assert f"&quot;type&quot;: &quot;/problems/{code}&quot;" in page
        assert f'href="/problems/{code}"' in index
    for no_code in (b"/problems/no_such_code", b"/problems/<script>", b"/problems/NOT_FOUND"):
        assert (await send(house.app, "GET", no_code)).status == 404


def test_there_is_advice_on_every_error_code() -> None:
    assert set(guides.advice()) == set(CATALOGUE)
    assert all(advice.when and advice.what_to_do for advice in guides.advice().values())
    assert 'href="/guides/access"' in guides.advice()["forbidden"].what_to_do


async def test_every_document_is_a_guide(house: TestHouse) -> None:
    documents = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert set(guides.names()) == documents - guides.NOT_SERVED
    for no_guide in (b"/guides/contributing", b"/guides/nothing", b"/guides/..", b"/guides/0001"):
        assert (await send(house.app, "GET", no_guide)).status == 404


async def test_the_lines_of_a_guide_are_for_this_service(database_url: str) -> None:
    """And its links, where clients see it below a path."""
    public = "https://networks.example.org/qi"
    async with TestHouse.over(database_url, public_url=public) as house:
        guide = (await read(house, "/guides/first-hour")).body.decode()
        assert f"API={public}/v1" in guide
        assert "127.0.0.1" not in guide
        for path in pages():
            to = Links((await read(house, path)).body.decode()).to
            ours = [link for link in to if not link.startswith(("https://", "#"))]
            assert all(link.startswith("/qi/") for link in ours), path
        start = (await send(house.app, "GET", b"/")).json
        assert start["links"]["docs"] == f"{public}/docs"
