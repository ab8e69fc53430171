"""Chromium without a window, driven over a pipe with its own protocol: no driver and no download.

It reaches nothing but the loopback: every other name is one that it cannot find. What it asked for, and what its
console says, is kept for each page. Source: the Chrome DevTools Protocol, with messages that end in NUL on the
descriptors 3 and 4 (`--remote-debugging-pipe`).
"""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
LONG_ENOUGH = 60.0  # seconds; a machine may be busy
LOUD = ("error", "warning", "assert")
QUIET = 0.1  # seconds without a request: a page is there
ALONE = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
    "--disable-features=OptimizationHints,MediaRouter,Translate", "--metrics-recording-only",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-pipe",
)  # fmt: skip


def find_program() -> str:
    """Where Chromium is. Where there is none the test is skipped, but not where everything has to run."""
    found = next((path for path in map(shutil.which, PROGRAMS) if path), None)
    if found is None:
        sentence = "there is no Chromium on this machine (Debian: apt-get install chromium)"
        assert os.environ.get("CI") != "true", sentence
        pytest.skip(sentence)
    return found


@dataclass
class Browser:
    """One that runs: its pipes, and what it said that nobody asked for."""

    process: subprocess.Popen[bytes]
    to: int
    back: int
    said: bytes = b""
    last: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Ask for something and return the answer. Errors: `AssertionError` with the browser's words."""
        self.last += 1
        asked: dict[str, Any] = {"id": self.last, "method": method, "params": params}
        if session is not None:
            asked["sessionId"] = session
        os.write(self.to, json.dumps(asked).encode() + b"\0")
        until = time.monotonic() + LONG_ENOUGH
        while time.monotonic() < until:
            message = self.next_message(until - time.monotonic())
            if message is not None and message.get("id") == self.last:
                assert "error" not in message, (method, message["error"])
                result: dict[str, Any] = message["result"]
                return result
        raise AssertionError(f"{method} was not answered in {LONG_ENOUGH} s")

    def next_message(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; events are put aside. None where nothing came in that time, or an event did."""
        while b"\0" not in self.said:
            if not select.select([self.back], [], [], max(seconds, 0))[0]:
                return None
            more = os.read(self.back, 1 << 16)
            assert more, "the browser ended"
            self.said += more
        first, _, self.said = self.said.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        if "method" in message:
            self.events.append(message)
        return message if "id" in message else None

    @contextmanager
    def page(self, width: int, *, dark: bool = False) -> Iterator["Page"]:
        """A page of its own, that wide (in CSS pixels), with storage that nobody shares."""
        apart = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=apart)
        session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = Page(self, session["sessionId"])
        for room in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{room}.enable")
        page.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=800, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        page.call("Emulation.setEmulatedMedia", features=[scheme])
        try:
            yield page
        finally:
            self.call("Target.disposeBrowserContext", browserContextId=apart)


@dataclass
class Page:
    """One tab."""

    browser: Browser
    session: str

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask for something about this page."""
        return self.browser.call(method, self.session, **params)

    def forget(self) -> None:
        """Forget what was asked for and said so far."""
        self.browser.events.clear()

    def visit(self, address: str, *, until: str = "true") -> None:
        """Go there, and wait until it is loaded, this expression holds and no request is under way."""
        self.call("Page.navigate", url=address)
        self.wait(f"document.readyState === 'complete' && ({until})")

    def wait(self, expression: str) -> None:
        """Until the expression holds and nothing has been asked for in a while."""
        end = time.monotonic() + LONG_ENOUGH
        while not self.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < end, f"{expression} did not come true; {self.complaints()}"
            time.sleep(0.05)
        before = -1
        while before != len(self.asked_for()):
            before = len(self.asked_for())
            quiet = time.monotonic() + QUIET
            while time.monotonic() < quiet:
                self.browser.next_message(quiet - time.monotonic())

    def evaluate(self, expression: str) -> Any:
        """The value of an expression. Errors: `AssertionError` where it throws."""
        done = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def press(self, key: str) -> None:
        """Press and let go of a key."""
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=9
            )

    def screenshot(self, file: Path, *, whole: bool = True) -> None:
        """A picture of all of it, or of what is in sight."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(shot["data"]))

    def _events(self, method: str) -> Iterator[dict[str, Any]]:
        for event in self.browser.events:
            if event["method"] == method and event.get("sessionId") == self.session:
                yield event["params"]

    def asked_for(self) -> list[str]:
        """The addresses of all requests, but for pictures that a stylesheet carries."""
        addresses = [sent["request"]["url"] for sent in self._events("Network.requestWillBeSent")]
        return [address for address in addresses if not address.startswith("data:")]

    def hosts(self) -> set[str]:
        """The hosts of all requests."""
        return {urlsplit(address).hostname or address for address in self.asked_for()}

    def complaints(self) -> list[str]:
        """What the console says: errors, warnings, exceptions, violations of the policy, what did not load."""
        logged = [entry["entry"] for entry in self._events("Log.entryAdded")]
        found = [f"{e['level']}: {e['text']}" for e in logged if e["level"] in LOUD]
        for called in self._events("Runtime.consoleAPICalled"):
            said = [arg.get("value") for arg in called["args"]]
            found += [f"{called['type']}: {said}"] if called["type"] in LOUD else []
        thrown = [threw["exceptionDetails"] for threw in self._events("Runtime.exceptionThrown")]
        found += [str(threw.get("exception", threw)) for threw in thrown]
        failed = [
            lost for lost in self._events("Network.loadingFailed") if not lost.get("canceled")
        ]
        return found + [f"not loaded: {lost['errorText']}" for lost in failed]


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A browser that keeps its things in this folder; it is gone afterwards, whatever happens."""
    program = find_program()
    theirs_in, to = os.pipe()
    back, theirs_out = os.pipe()
    # The shell gives the two pipes the numbers that the browser looks for.
    as_it_wants = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
    command = [shutil.which("bash") or "bash", "-c", as_it_wants, program, *ALONE]
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"--user-data-dir={folder}", "about:blank"],
            pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, "HOME": str(folder)},
        )  # fmt: skip
    os.close(theirs_in)
    os.close(theirs_out)
    browser = Browser(process, to, back)
    try:
        yield browser
        browser.call("Browser.close")
        process.wait(LONG_ENOUGH)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(to)
        os.close(back)
