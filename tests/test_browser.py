"""Every page in a browser that reaches nothing but this machine: narrow and wide, light and dark, by keyboard."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app.db.schema import migrate
from app.web import guides
from tests.browser import Browser, Page, chromium, find_program
from tests.command_line import SECRET_KEY, free_port, running

FAINT_TEXT = Path(__file__).with_name("faint_text.js").read_text()
PAGES = (
    "/",
    "/docs",
    "/problems",
    "/problems/hosted_elsewhere",
    *map("/guides/{}".format, guides.names()),
)
THERE = "location.pathname !== '/docs' || document.querySelector('.opblock')"
WIDTHS = (360, 1200)  # CSS pixels: a phone, a desk


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service over an empty database."""
    file, port = tmp_path_factory.mktemp("service") / "service.db", free_port()
    settings = {"DATABASE_URL": f"sqlite:///{file}", "PORT": str(port), "SECRET_KEY": SECRET_KEY}
    migrate(settings["DATABASE_URL"])
    with running("serve", **settings) as server:
        server.wait_until_it_answers(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for all tests here; each opens pages of its own."""
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def faults(page: Page, width: int) -> list[str]:
    """What is not right with a page that is open."""
    found = [f"asked {host}" for host in page.hosts() - {"127.0.0.1"}]
    found += page.complaints()
    found += [f"faint: {text}" for text in page.evaluate(FAINT_TEXT)]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("it scrolls sideways")
    if page.evaluate("document.documentElement.lang") != "en-GB":
        found.append("it does not say its language")
    if not page.evaluate("document.title"):
        found.append("no title")
    if page.evaluate("document.querySelectorAll('h1').length") != 1:
        found.append("not one main heading")
    return found


@pytest.mark.parametrize(
    ("width", "dark", "pages"),
    [(360, False, PAGES), (1200, True, PAGES), (360, True, PAGES[:4]), (1200, False, PAGES[:4])],
    ids=["360 light", "1200 dark", "360 dark", "1200 light"],
)
def test_every_page(
    service: str,
    browser: Browser,
    width: int,
    dark: bool,
    pages: tuple[str, ...],
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    with browser.page(width, dark=dark) as page:
        for path in pages:
            with subtests.test(path):
                page.forget()
                page.visit(service + path, until=THERE)
                assert service + path in page.asked_for(), "what is asked for is noted"
                page.screenshot(tmp_path / f"{path.strip('/').replace('/', '-') or 'start'}.png")
                assert faults(page, width) == []


def test_all_that_can_be_used_is_reached_by_keyboard_and_shown(
    service: str, browser: Browser
) -> None:
    focused = "document.activeElement.href || document.activeElement.tagName"
    for path in ("/", "/problems/not_found"):
        with browser.page(360) as page:
            page.visit(service + path)
            links = page.evaluate("[...document.querySelectorAll('a')].map(a => a.href)")
            reached = []
            for _ in range(len(links) + 5):
                page.press("Tab")
                reached.append(page.evaluate(focused))
                shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert shown == "solid" or reached[-1] == "BODY", reached
            assert [link for link in reached if link.startswith("http")][: len(links)] == links
            assert links[0].endswith("#content"), "first the way past the header"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_contract_is_tried_in_its_page(service: str, browser: Browser, width: int) -> None:
    """An operation is opened, tried and answered, with nothing from elsewhere and nothing the policy stops."""
    operation = "document.querySelector('#operations-networks-listNetworks')"
    answered = f"{operation}.querySelector('.live-responses-table tbody .response-col_status')"
    with browser.page(width) as page:
        page.visit(f"{service}/docs", until=THERE)
        for button in (".opblock-summary-control", ".try-out button", ".btn.execute"):
            page.wait(f"{operation}.querySelector('{button}')")
            page.evaluate(f"{operation}.querySelector('{button}').click()")
        page.wait(answered)
        assert page.evaluate(f"{answered}.textContent").startswith("200")
        assert any(address.startswith(f"{service}/v1/networks") for address in page.asked_for())
        assert faults(page, width) == []


def test_a_token_entered_there_is_gone_with_the_page(service: str, browser: Browser) -> None:
    stored = "[localStorage.length, sessionStorage.length, document.cookie.length]"
    signed_in = "ui.authSelectors.authorized().size"
    with browser.page(1200) as page:
        page.visit(f"{service}/docs", until=THERE)
        page.evaluate("ui.preauthorizeApiKey('bearerAuth', 'qi_no_such_token')")
        assert page.evaluate(signed_in) == 1
        assert page.evaluate(stored) == [0, 0, 0]
        page.visit(f"{service}/", until="document.querySelector('h1')")
        page.visit(f"{service}/docs", until=THERE)
        assert page.evaluate(signed_in) == 0


# --- What the checks notice -----------------------------------------------------------------------

FRAME = '<!doctype html><html lang="en-GB"><title>t</title><link rel=icon href=data:,><h1>t</h1>{}</html>'
BAD = {
    '<img src="https://elsewhere.example/x.png" alt="">': "asked elsewhere.example",
    "<script>throw Error('broken')</script>": "broken",
    "<script>console.error('said so')</script>": "said so",
    "<img src=/nothing.png alt=''>": "404",
    "<p style='color:#999'>hard to read</p>": "faint",
    "<p style='width:3000px'>wide</p>": "sideways",
    "<h1>again</h1>": "heading",
}
POLICY = "default-src 'none'; style-src 'self'; img-src data:"


@contextmanager
def serving(body: str, policy: str) -> Iterator[str]:
    """The address of one page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(FRAME.format(body).encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("body", "fault"), BAD.items(), ids=BAD.values())
def test_a_bad_page_is_noticed(browser: Browser, body: str, fault: str) -> None:
    with serving(body, "default-src * 'unsafe-inline' data:") as address, browser.page(360) as page:
        page.visit(address)
        assert any(fault in found for found in faults(page, 360)), faults(page, 360)


def test_what_the_policy_stops_is_noticed(browser: Browser) -> None:
    with serving("<p style='color:red'>no</p>", POLICY) as address, browser.page(360) as page:
        page.visit(address)
        assert any("Content Security Policy" in found for found in faults(page, 360))


def test_without_a_browser_it_is_said_and_nothing_passes_where_all_must_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.browser.PROGRAMS", ("no-such-browser",))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(AssertionError, match="apt-get install chromium"):
        find_program()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        find_program()


def test_a_good_page_has_no_faults(browser: Browser) -> None:
    with serving("<p>yes</p>", POLICY) as address, browser.page(360) as page:
        page.visit(address)
        assert faults(page, 360) == []
