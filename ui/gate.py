"""The gate before every page: who may come in, before Streamlit runs anything for them.

Streamlit starts a page's code as soon as a browser connects, so signing in is not left to pages:
without a session there is no connection. See docs/decisions/0020.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import logging
import os
import re
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from enum import StrEnum
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.responses import Response as AnyResponse
from starlette.routing import Route

import locales
from data import accounts
from data.accounts import AccountError
from data.store import StoreError
from locales import texts
from ui import limits
from ui.operations import FIGURES, METRICS, READY, metrics, ready
from ui.places import ASK_SECONDS, Places, places_wanted

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_LOG = logging.getLogger("rankings.access")

SETTING = "RANKINGS_SIGN_IN"
COOKIE = "rankings_session"
# Which browser this is, for its place in the house; it opens nothing.
PLACE = "rankings_place"
SIGN_IN, SIGN_OUT, PASSWORD = "/sign-in", "/sign-out", "/password"
# What anybody may fetch: Streamlit's own scripts, the fonts, the health of the server.
_OPEN = ("/static/", "/app/static/", "/_stcore/health", "/_stcore/host-config", "/favicon")
_OWN = (SIGN_IN, SIGN_OUT, READY, METRICS)
# What is no page although a browser may ask for it as one.
_NO_PAGE = ("/_stcore/", "/media/", "/component/", "/auth/", "/oauth2callback", PASSWORD)
_NUMBER = re.compile(r"[0-9a-f]{8,32}")
_VISITOR = re.compile(r"[A-Za-z0-9_-]{22}")
_PAGE = Template(Path(__file__).with_name("sign_in.html").read_text(encoding="utf-8"))
LONGEST_FORM, FORM_SECONDS = 8192, 10
# Argon2 takes 64 MB a time on purpose; a flood of attempts must wait instead of filling the memory.
_CHECKS = anyio.Semaphore(4)

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
    if access() is Access.SINGLE and not _is_loopback(address or "::"):
        sys.stderr.write(" ".join(texts(code)["gate.open"] for code in locales.LANGUAGES) + "\n")
        sys.exit(2)


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def is_local(client: str | None, headers: Headers) -> bool:
    """Whether a request comes from this very machine, and not through a proxy on it."""
    forwarded = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")
    name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    # A page elsewhere can make a browser ask here under a name of its own.
    return (
        client is not None
        and _is_loopback(client)
        and _is_loopback(name)
        and not any(header in headers for header in forwarded)
    )


class Gate:
    """ASGI middleware: lets in who may come in, and puts the headers every answer carries.

    Writes one line of JSON per request to the log, with its number, who asked and how long it took;
    never a query, a cookie or a form, which may hold what is nobody's business.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], places: Places | None = None) -> None:
        self.app, self.places = app, places or Places(places_wanted())

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request or connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        started, number = time.perf_counter(), _request_number(scope)
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
        self, answer: AnyResponse | None, scope: Message, receive: Receive, heard: _Heard
    ) -> None:
        if answer is None and _is_page(scope):
            visitor = _visitor(scope) or secrets.token_urlsafe(16)
            heard.visitor, heard.is_secure = visitor, _is_secure(scope)
            n_before = self.places.ask(visitor)
            self._counted()
            answer = _full(scope, n_before) if n_before else None
        try:
            await (answer or self.app)(scope, limits.body(receive), heard)
        except (limits.TooLarge, limits.TooSlow) as fault:
            if heard.is_started:
                raise
            slow = isinstance(fault, limits.TooSlow)
            await _plain("gate.slow" if slow else "gate.large", 408 if slow else 413)(
                scope, receive, heard
            )

    async def _connection(
        self, answer: AnyResponse | None, scope: Message, receive: Receive, heard: _Heard
    ) -> None:
        visitor = _visitor(scope)
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
                    f"{PLACE}={self.visitor}; Path=/; HttpOnly; SameSite=Lax{secure}",
                )
        await self.send(message)


def _request_number(scope: Message) -> str:
    """The number a proxy gave the request, so that both logs tell of it alike; else one of ours."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _NUMBER.fullmatch(given) else secrets.token_hex(8)


def _note(scope: Message, number: str, name: str, code: int, seconds: float) -> None:
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


def _is_page(scope: Message) -> bool:
    """Whether a browser asks for a page to open, which takes a place."""
    path = str(scope["path"])
    return (
        scope["method"] == "GET"
        and "text/html" in Headers(scope=scope).get("accept", "")
        and not path.startswith((*_OPEN, *_NO_PAGE))
        and path not in _OWN
    )


def _visitor(scope: Message) -> str:
    """Which browser asks; empty for one we have not met."""
    held = _cookie(Headers(scope=scope), PLACE)
    return held if _VISITOR.fullmatch(held) else ""


def _full(scope: Message, n_before: int) -> AnyResponse:
    """The waiting page; the browser asks again by itself."""
    wanted = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1")).get("lang", [""])[-1]
    language = wanted if wanted in locales.LANGUAGES else locales.LANGUAGES[0]
    say = texts(language)
    page = _PAGE.substitute(
        lang=language,
        app=escape(say["app.name"]),
        title=escape(say["gate.full_title"]),
        about=escape(say["gate.full_about"].format(n=n_before, seconds=ASK_SECONDS)),
        said="",
        form="",
    )
    headers = {
        "cache-control": "no-store", "retry-after": str(ASK_SECONDS), "refresh": str(ASK_SECONDS),
    }  # fmt: skip
    return HTMLResponse(page, status_code=503, headers=headers)


def _plain(key: str, code: int) -> AnyResponse:
    return PlainTextResponse(_both(key), status_code=code)


def _judged(scope: Message) -> tuple[AnyResponse | None, str]:
    """What to answer instead of the page, None lets the request through; and who asks."""
    path, headers = str(scope["path"]), Headers(scope=scope)
    if limits.is_too_long(scope):
        return _plain("gate.long", 431), ""
    if limits.announced(scope) > limits.LARGEST_BODY:
        return _plain("gate.large", 413), ""
    if path == METRICS:
        return (None if _is_here(scope, headers) else _plain("gate.not_here", 404)), ""
    if path.startswith(_OPEN) or path in _OWN:
        return None, ""
    try:
        way = access()
        if way is Access.SINGLE:
            return (None if _is_here(scope, headers) else _plain("gate.local_only", 403)), ""
        if way is Access.PROVIDER:
            return None, ""
        who = accounts.session(accounts.account_store(), _token(headers))
    except StoreError as fault:
        return PlainTextResponse(str(fault), status_code=503), ""
    if who is None:
        return _to_sign_in(scope), ""
    if who.must_change and path != PASSWORD:
        return RedirectResponse(PASSWORD, status_code=303), who.actor.name
    return None, who.actor.name


def _is_here(scope: Message, headers: Headers) -> bool:
    client = scope.get("client")
    return is_local(client[0] if client else None, headers)


def _to_sign_in(scope: Message) -> AnyResponse:
    if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
        return PlainTextResponse(_both("gate.over"), status_code=401)
    asked = str(scope["path"])
    if query := bytes(scope.get("query_string", b"")).decode("latin-1"):
        asked += f"?{query}"
    return RedirectResponse(f"{SIGN_IN}?next={quote(asked, safe='')}", status_code=303)


def _token(headers: Headers) -> str:
    return _cookie(headers, COOKIE)


def _cookie(headers: Headers, wanted: str) -> str:
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == wanted:
            return value
    return ""


def _is_secure(scope: Message) -> bool:
    """Whether the visitor came by https, here or at the proxy."""
    return scope.get("scheme") == "https" or (
        Headers(scope=scope).get("x-forwarded-proto", "") == "https"
    )


def _both(key: str) -> str:
    return " ".join(texts(code)[key] for code in locales.LANGUAGES)


# ------------------------------------------------------------------------------ pages of the gate


async def sign_in(request: Request) -> AnyResponse:
    """The form, and the session for who fills it in rightly."""
    target = _inside(request.query_params.get("next", "/"))
    if request.method == "GET":
        return _form(request, "sign_in", next_page=target)
    typed = await _typed(request)
    if typed is None:
        return PlainTextResponse(_both("gate.form"), status_code=400)
    target = _inside(typed.get("next", "/"))
    started = time.perf_counter()
    try:
        async with _CHECKS:
            token = await anyio.to_thread.run_sync(
                accounts.sign_in, accounts.account_store(), typed.get("name", ""),
                typed.get("password", ""),
            )  # fmt: skip
    except StoreError as fault:
        # The same time whatever was wrong.
        await anyio.sleep(max(0.0, 0.5 - (time.perf_counter() - started)))
        return _form(request, "sign_in", said=str(fault), next_page=target, code=401)
    return _let_in(request, token, target)


async def password(request: Request) -> AnyResponse:
    """The form to change one's own password, and the new session after it."""
    if request.method == "GET":
        return _form(request, "password")
    typed = await _typed(request)
    if typed is None:
        return PlainTextResponse(_both("gate.form"), status_code=400)
    if not hmac.compare_digest(typed.get("new", "").encode(), typed.get("again", "").encode()):
        language = _language(request)
        return _form(request, "password", said=texts(language)["gate.not_again"], code=400)
    try:
        async with _CHECKS:
            token = await anyio.to_thread.run_sync(
                accounts.change_password, accounts.account_store(), _token(request.headers),
                typed.get("old", ""), typed.get("new", ""),
            )  # fmt: skip
    except AccountError as fault:
        return _form(request, "password", said=str(fault), code=400)
    return _let_in(request, token, "/")


async def sign_out(request: Request) -> AnyResponse:
    """End the session, and take the cookie away."""
    token = _token(request.headers)
    await anyio.to_thread.run_sync(accounts.sign_out, accounts.account_store(), token)
    answer = RedirectResponse(SIGN_IN, status_code=303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


ROUTES = [
    Route(SIGN_IN, sign_in, methods=["GET", "POST"]),
    Route(SIGN_OUT, sign_out, methods=["GET", "POST"]),
    Route(PASSWORD, password, methods=["GET", "POST"]),
    Route(READY, ready, methods=["GET"]),
    Route(METRICS, metrics, methods=["GET"]),
]


def _let_in(request: Request, token: str, target: str) -> AnyResponse:
    answer = RedirectResponse(target, status_code=303)
    answer.set_cookie(
        COOKIE, token, max_age=accounts.SESSION_HOURS * 3600, path="/", httponly=True,
        samesite="lax", secure=_is_secure(request.scope),
    )  # fmt: skip
    return answer


async def _typed(request: Request) -> dict[str, str] | None:
    """Fields of a form of ours; None for one from elsewhere, too long or too slow."""
    site = request.headers.get("sec-fetch-site")
    origin = urlsplit(request.headers.get("origin", "")).netloc
    if site not in (None, "same-origin", "none"):
        return None
    if site is None and origin and origin != request.headers.get("host", ""):
        return None
    body = b""
    with anyio.move_on_after(FORM_SECONDS) as patience:
        async for part in request.stream():
            body += part
            if len(body) > LONGEST_FORM:
                return None
    if patience.cancelled_caught:
        return None
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return None
    return {name: values[-1] for name, values in fields.items()}


def _inside(target: str) -> str:
    """A page of ours, or the first one: nobody is led away from here by a link to sign in."""
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\", *_OWN))
    return target if is_ours and all(" " < c < "\x7f" for c in target) else "/"


def _language(request: Request) -> str:
    wanted = request.query_params.get("lang", "")
    return wanted if wanted in locales.LANGUAGES else locales.LANGUAGES[0]


def _form(
    request: Request, which: str, *, said: str = "", next_page: str = "", code: int = 200
) -> AnyResponse:
    say = texts(_language(request))
    fields = {
        "sign_in": (("name", "text", "username"), ("password", "password", "current-password")),
        "password": (
            ("old", "password", "current-password"), ("new", "password", "new-password"),
            ("again", "password", "new-password"),
        ),
    }[which]  # fmt: skip
    lines = [f'<form method="post" action="/{which.replace("_", "-")}">']
    for number, (name, kind, fill) in enumerate(fields):
        focus = " autofocus" if number == 0 else ""
        lines.append(
            f'<label for="{name}">{escape(say[f"gate.{name}"])}</label>'
            f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{fill}"'
            f' maxlength="200" required{focus}>'
        )
    if next_page:
        lines.append(f'<input type="hidden" name="next" value="{escape(next_page)}">')
    lines.append(f"<button>{escape(say[f'gate.{which}_do'])}</button></form>")
    page = _PAGE.substitute(
        lang=_language(request),
        app=escape(say["app.name"]),
        title=escape(say[f"gate.{which}_title"]),
        about=escape(say[f"gate.{which}_about"]),
        said=f'<p class="said" role="alert">{escape(said)}</p>' if said else "",
        form="\n".join(lines),
    )
    return HTMLResponse(page, status_code=code, headers={"cache-control": "no-store"})
