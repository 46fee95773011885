"""The gate before every page: who may come in, before Streamlit runs anything for them.

Streamlit starts a page's code as soon as a browser connects, so signing in is not left to pages:
without a session there is no connection. See docs/decisions/0020.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, quote

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from data import accounts
from data.store import StoreError
from locales import texts
from ui import asking, bare_page, limits
from ui.asking import Scope
from ui.operations import FIGURES, METRICS
from ui.places import ASK_SECONDS, Places, places_wanted
from ui.sign_in import OWN, PASSWORD, SIGN_IN

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_LOG = logging.getLogger("rankings.access")

SETTING = "RANKINGS_SIGN_IN"
# What anybody may fetch: Streamlit's own scripts, the fonts, the health of the server.
_OPEN = ("/static/", "/app/static/", "/_stcore/health", "/_stcore/host-config", "/favicon")
# What is no page although a browser may ask for it as one.
_NO_PAGE = ("/_stcore/", "/media/", "/component/", "/auth/", "/oauth2callback", PASSWORD)
# Streamlit's front end puts scripts and styles into the page itself and compiles templates.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; worker-src 'self' blob:; frame-src 'self'; "
    "frame-ancestors 'self'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Access(StrEnum):
    """Who may come in."""

    SINGLE = "single"
    ACCOUNTS = "accounts"
    PROVIDER = "provider"


def access() -> Access:
    """How this server decides who comes in: as set, else by accounts once there is one."""
    wanted = os.environ.get(SETTING, "").strip().casefold()
    if wanted in tuple(Access):
        return Access(wanted)
    return Access.ACCOUNTS if accounts.any_account(accounts.account_store()) else Access.SINGLE


def write_access_log() -> None:
    """Send the lines of the access log to stderr, bare, for whoever collects them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    _LOG.handlers = [handler]
    _LOG.setLevel(logging.INFO)
    _LOG.propagate = False


def refuse_open_address(address: str | None) -> None:
    """End a server that would show the figures to a network without asking anybody who they are.

    Args:
        address: address it listens on; None listens on all.
    """
    if access() is Access.SINGLE and not asking.is_loopback(address or "::"):
        sys.stderr.write(bare_page.both("gate.open") + "\n")
        sys.exit(2)


class Gate:
    """ASGI middleware: lets in who may come in, and puts the headers every answer carries.

    Writes one line of JSON per request to the log, with its number, who asked and how long it took;
    never a query, a cookie or a form, which may hold what is nobody's business.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], places: Places | None = None) -> None:
        self.app, self.places = app, places or Places(places_wanted())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        started, number = time.perf_counter(), asking.number(scope)
        heard = _Heard(send, number, is_page=scope["type"] == "http")
        name = ""
        try:
            answer, name = await anyio.to_thread.run_sync(_judged, scope)
            if scope["type"] == "http":
                await self._request(answer, scope, receive, heard)
            else:
                await self._connection(answer, scope, receive, heard)
        finally:
            seconds = time.perf_counter() - started
            FIGURES.note(heard.code, seconds)
            if not str(scope["path"]).startswith(_OPEN):
                _note(scope, number, name, heard.code, seconds)

    async def _request(
        self, answer: Response | None, scope: Scope, receive: Receive, heard: _Heard
    ) -> None:
        if answer is None and _is_page(scope):
            visitor = asking.visitor(scope) or asking.new_visitor()
            heard.visitor, heard.is_secure = visitor, asking.is_secure(scope)
            n_before = self.places.ask(visitor)
            self._counted()
            answer = _full(scope, n_before) if n_before else None
        try:
            await (answer or self.app)(scope, limits.body(receive), heard)
        except (limits.TooLarge, limits.TooSlow) as fault:
            if heard.is_started:
                raise
            slow = isinstance(fault, limits.TooSlow)
            await bare_page.sentence("gate.slow" if slow else "gate.large", 408 if slow else 413)(
                scope, receive, heard
            )

    async def _connection(
        self, answer: Response | None, scope: Scope, receive: Receive, heard: _Heard
    ) -> None:
        visitor = asking.visitor(scope)
        if answer is not None or not self.places.enter(visitor):
            await heard({"type": "websocket.close", "code": 1008 if answer else 1013})
            heard.code = 403 if answer else 503
            return
        self._counted()
        try:
            await self.app(scope, limits.spoken(receive), heard)
        finally:
            self.places.leave(visitor)
            self._counted()

    def _counted(self) -> None:
        FIGURES.n_open, FIGURES.n_waiting = self.places.n_open, self.places.n_waiting
        FIGURES.n_places = self.places.limit


class _Heard:
    """`send` that adds the headers to an answer and remembers its code."""

    def __init__(self, send: Send, number: str, *, is_page: bool) -> None:
        self.send, self.number, self.is_page = send, number, is_page
        self.code, self.is_started = 101, False
        self.visitor, self.is_secure = "", False

    async def __call__(self, message: Message) -> None:
        if self.is_page and message["type"] == "http.response.start":
            self.code, self.is_started = int(message["status"]), True
            headers = MutableHeaders(scope=message)
            for name, value in {**_HEADERS, "x-request-id": self.number}.items():
                headers.setdefault(name, value)
            if self.visitor:
                secure = "; Secure" if self.is_secure else ""
                headers.append(
                    "set-cookie",
                    f"{asking.PLACE}={self.visitor}; Path=/; HttpOnly; SameSite=Lax{secure}",
                )
        await self.send(message)


def _note(scope: Scope, number: str, name: str, code: int, seconds: float) -> None:
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "id": number,
        "user": name,
        "method": scope.get("method", "WS"),
        "path": str(scope["path"])[:200],
        "code": code,
        "ms": round(seconds * 1000),
    }
    _LOG.info(json.dumps(line, ensure_ascii=True))


def _is_page(scope: Scope) -> bool:
    """Whether a browser asks for a page to open, which takes a place."""
    path = str(scope["path"])
    return (
        scope["method"] == "GET"
        and "text/html" in Headers(scope=scope).get("accept", "")
        and not path.startswith((*_OPEN, *_NO_PAGE))
        and path not in OWN
    )


def _full(scope: Scope, n_before: int) -> Response:
    """The waiting page; the browser asks again by itself."""
    query = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1"))
    speaks = bare_page.language(query.get("lang", [""])[-1])
    say, again = texts(speaks), str(ASK_SECONDS)
    return bare_page.page(
        speaks,
        title=say["gate.full_title"],
        about=say["gate.full_about"].format(n=n_before, seconds=again),
        code=503,
        headers={"retry-after": again, "refresh": again},
    )


def _judged(scope: Scope) -> tuple[Response | None, str]:
    """What to answer instead of the page, None lets the request through; and who asks."""
    path, headers = str(scope["path"]), Headers(scope=scope)
    if limits.is_too_long(scope):
        return bare_page.sentence("gate.long", 431), ""
    if limits.announced(scope) > limits.LARGEST_BODY:
        return bare_page.sentence("gate.large", 413), ""
    if path == METRICS:
        return (None if _is_here(scope, headers) else bare_page.sentence("gate.not_here", 404)), ""
    if path.startswith(_OPEN) or path in OWN:
        return None, ""
    try:
        way = access()
        if way is Access.SINGLE:
            return (
                None if _is_here(scope, headers) else bare_page.sentence("gate.local_only", 403)
            ), ""
        if way is Access.PROVIDER:
            return None, ""
        who = accounts.session(accounts.account_store(), asking.token(headers))
    except StoreError as fault:
        return PlainTextResponse(str(fault), status_code=503), ""
    if who is None:
        return _to_sign_in(scope), ""
    if who.must_change and path != PASSWORD:
        return RedirectResponse(PASSWORD, status_code=303), who.actor.name
    return None, who.actor.name


def _is_here(scope: Scope, headers: Headers) -> bool:
    client = scope.get("client")
    return asking.is_local(client[0] if client else None, headers)


def _to_sign_in(scope: Scope) -> Response:
    if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
        return bare_page.sentence("gate.over", 401)
    asked = str(scope["path"])
    if query := bytes(scope.get("query_string", b"")).decode("latin-1"):
        asked += f"?{query}"
    return RedirectResponse(f"{SIGN_IN}?next={quote(asked, safe='')}", status_code=303)
