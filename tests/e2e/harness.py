"""A cold Streamlit server and a watched browser page, for browser tests and screenshots.

Nothing here sleeps: a page is ready when the server has said that its script ended and the
browser has drawn what the server sent.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    WebSocket,
    expect,
)
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from data.store import Store
from tests.stores import ship

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "tests" / "e2e" / "artifacts"
DESKTOP = (1440, 900)
PHONE = (390, 844)
SERVER_START_SECONDS = 90
RUN_SECONDS = 60
SHOWN_SECONDS = 30

NO_BROWSER = (
    "Không tìm thấy trình duyệt để chạy thử: hãy cài gói chromium rồi chạy lại. "
    "(No browser for the browser tests: install the package chromium, or run "
    "`python -m playwright install chromium`.)"
)

# What the browser must show before a reader could begin to read.
DRAWN = """
() => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app) return false;
  const charts = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
  return app.dataset.testScriptState === 'notRunning'
    && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
    && charts.every(chart => chart.querySelector('.main-svg'))
    && document.fonts.status === 'loaded';
}
"""
# On a deep link Streamlit 1.67 first looks for its server below the page's path, and finds none.
BASE_PATH_PROBE = re.compile(r"status of 404 .*/_stcore/(health|host-config)\)$")
# A window that is not painted gives no frame; nothing here waits for one for ever.
IDLE = """
() => new Promise(done => {
  requestIdleCallback(() => requestAnimationFrame(() => done()), { timeout: 5000 });
  setTimeout(done, 10000);
})
"""


@dataclass(frozen=True)
class Server:
    """A running Streamlit server nobody has visited yet."""

    url: str
    store: Path
    log: Path

    def log_text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def cold_server(
    folder: Path,
    *,
    app: Path = ROOT / "server.py",
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A server with its own store under `folder`, stopped on leaving.

    `settings` are Streamlit's, by their full name; `environment` is added to our own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    store, log, port = folder / "store", folder / "server.log", port or free_port()
    store.mkdir(exist_ok=True)
    wanted = {"server.address": "127.0.0.1", "server.port": port, "server.headless": "true"}
    wanted |= settings or {}
    command = [sys.executable, "-m", "streamlit", "run", str(app)]
    command += [f"--{name}={value}" for name, value in wanted.items()]
    own = {"RANKINGS_STORE": str(store), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command,
            cwd=app.parent,
            env={**os.environ, **own, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    server = Server(url=f"http://127.0.0.1:{port}", store=store, log=log)
    try:
        _await_health(process, server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def stocked_server(folder: Path, **given: Any) -> Iterator[Server]:
    """The same with the shipped reference in its store already."""
    ship(Store(folder / "store"))
    with cold_server(folder, **given) as running:
        yield running


def _await_health(process: subprocess.Popen[bytes], server: Server) -> None:
    deadline = monotonic() + SERVER_START_SECONDS
    while monotonic() < deadline:
        if _answers(f"{server.url}/_stcore/health"):
            return
        # The wait between two knocks doubles as the watch over a server that died.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.1)
            raise RuntimeError(f"The server ended before it answered:\n{server.log_text()}")
    raise RuntimeError(f"No answer in {SERVER_START_SECONDS} s:\n{server.log_text()}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def browser_path() -> str | None:
    """The system's browser, or None for Playwright's own download.

    The shell without a window draws the same pages in a fraction of the processor time.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
             "google-chrome-stable")  # fmt: skip
    return next((path for name in names if (path := shutil.which(name))), None)


def has_browser(engine: Playwright) -> bool:
    """Whether this machine has a browser of either kind."""
    return browser_path() is not None or Path(engine.chromium.executable_path).exists()


def launch(engine: Playwright, *more: str) -> Browser:
    """Chromium without a screen and without calls of its own to the internet."""
    if not has_browser(engine):
        raise RuntimeError(NO_BROWSER)
    arguments = ["--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", *more]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    # Two busy cores show late what is right all the same; what is wrong never shows.
    expect.set_options(timeout=SHOWN_SECONDS * 1000)
    return engine.chromium.launch(executable_path=browser_path(), args=arguments)


class Tabs:
    """Tabs of one browser for many tests: scripts are fetched and compiled once for them all.

    A tab knows nothing of the one before: cookies, rights and what a page keeps are forgotten.
    """

    def __init__(self, engine: Playwright) -> None:
        """Starts the browser; the pages of a server share a process, which is left running."""
        self.browser = launch(engine, "--process-per-site")
        self._held: dict[str, tuple[BrowserContext, Page]] = {}

    def new(self, base_url: str, size: tuple[int, int] = DESKTOP, **media: Any) -> Page:
        """A watched tab at that server; `media` are those of `emulate_media`."""
        context, keeper = self._held.get(base_url) or self._begun(base_url)
        context.clear_cookies()
        context.clear_permissions()
        session = context.new_cdp_session(keeper)
        session.send("Storage.clearDataForOrigin", {
            "origin": base_url,
            "storageTypes": "cookies,local_storage,session_storage,indexeddb",
        })  # fmt: skip
        session.detach()
        page = context.new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        if media:
            page.emulate_media(**media)
        watch(page)
        return page

    def _begun(self, base_url: str) -> tuple[BrowserContext, Page]:
        context = self.browser.new_context(locale="vi-VN", base_url=base_url)
        keeper = context.new_page()
        keeper.goto("/_stcore/health")
        self._held[base_url] = context, keeper
        return context, keeper


@dataclass
class Watch:
    """What one page has said and fetched, and how often its script has run."""

    socket: WebSocket | None = None
    runs_begun: int = 0
    runs_ended: int = 0
    console_errors: list[str] = field(default_factory=list)
    foreign_requests: list[str] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return self.runs_ended < self.runs_begun

    def leave(self) -> None:
        """Forgets the runs of the document about to be left."""
        self.socket, self.runs_begun, self.runs_ended = None, 0, 0

    def met(self, socket: WebSocket) -> None:
        """Follows the connection of the present document, and no earlier one."""
        self.leave()
        self.socket = socket
        socket.on("framereceived", lambda frame: self.socket is socket and self.heard(frame))

    def asked(self, url: str) -> None:
        """Notes a request to anybody but this machine."""
        if _is_foreign(url):
            self.foreign_requests.append(url)

    def heard(self, payload: str | bytes) -> None:
        """Counts the runs a frame from the server begins or ends."""
        if isinstance(payload, str):
            return
        message = ForwardMsg.FromString(payload)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.runs_begun += 1
        elif kind == "script_finished":
            # A run cut short for a rerun is followed by the run that replaces it.
            if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self.runs_begun -= 1
            else:
                self.runs_ended += 1


_watches: weakref.WeakKeyDictionary[Page, Watch] = weakref.WeakKeyDictionary()


def watch(page: Page) -> Watch:
    """Starts collecting errors, requests to elsewhere and script runs of a page."""
    seen = Watch()
    _watches[page] = seen

    def said(message: ConsoleMessage) -> None:
        line = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error" and not BASE_PATH_PROBE.search(line):
            seen.console_errors.append(line)

    page.on("websocket", seen.met)
    page.on("console", said)
    page.on("pageerror", lambda error: seen.console_errors.append(str(error)))
    # Watched, not intercepted: a page whose requests are intercepted loses its browser's cache.
    page.on("request", lambda asked: seen.asked(asked.url))
    page.on("websocket", lambda socket: seen.asked(socket.url))
    return seen


def _is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1"


def seen_on(page: Page) -> Watch:
    """What has been collected on a watched page so far."""
    return _watches[page]


def settled(page: Page, *, after_runs: int = 0) -> None:
    """Waits until the script has run `after_runs` times or more, has ended, and is drawn."""
    seen = _watches[page]
    limit = RUN_SECONDS * 1000
    while seen.running or seen.runs_ended < after_runs:
        if seen.socket is None:
            page.wait_for_event("websocket", timeout=limit)
        else:
            seen.socket.wait_for_event("framereceived", timeout=limit)
    page.evaluate(IDLE)
    page.wait_for_function(DRAWN, timeout=limit)


def goto(page: Page, path: str) -> None:
    """Opens an address (a path of the page's own server, or a whole URL) and waits for its run."""
    seen_on(page).leave()
    page.goto(path)
    settled(page, after_runs=1)


@contextlib.contextmanager
def rerun(page: Page) -> Iterator[None]:
    """`with rerun(page): box.click()` waits for the run the click causes."""
    runs = seen_on(page).runs_ended
    yield
    settled(page, after_runs=runs + 1)


def screenshot(page: Page, path: Path) -> Path:
    """The whole page, not only what fits the window."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Streamlit scrolls an inner element, so the window itself is made tall enough.
    height = page.evaluate(
        "() => Math.max(...[...document.querySelectorAll("
        '\'[data-testid="stMain"], [data-testid="stSidebarContent"]\')]'
        ".filter(part => part.getBoundingClientRect().right > 0)"  # not a sidebar folded away
        ".map(part => part.scrollHeight), window.innerHeight)"
    )
    before = page.viewport_size or {"width": DESKTOP[0], "height": DESKTOP[1]}
    page.set_viewport_size({"width": before["width"], "height": min(int(height), 8000)})
    settled(page)
    page.get_by_test_id("stMain").evaluate("part => part.scrollTo(0, 0)")
    page.screenshot(path=path)
    page.set_viewport_size(before)
    return path


def menu(page: Page, group: str, name: str) -> Locator:
    """The link to a page in the menu at the top, its group opened."""
    page.get_by_test_id("stTopNav").get_by_text(group, exact=True).click()
    # Streamlit's lists of a group are menus, so what they hold are items of a menu.
    links = page.get_by_role("link", name=name, exact=True)
    return links.or_(page.get_by_role("menuitem", name=name, exact=True))
