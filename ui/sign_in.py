"""The pages of the gate itself: sign in, change one's own password, sign out.

Plain HTML forms, since nobody has a connection to Streamlit yet. See docs/decisions/0020.
"""

from __future__ import annotations

import hmac
import time
from html import escape
from urllib.parse import parse_qs, urlsplit

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from data import accounts
from data.accounts import AccountError
from data.store import StoreError
from locales import texts
from ui import asking, bare_page
from ui.operations import METRICS, READY

SIGN_IN, SIGN_OUT, PASSWORD = "/sign-in", "/sign-out", "/password"
# Pages that are no pages of the program.
OWN = (SIGN_IN, SIGN_OUT, READY, METRICS)
LONGEST_FORM, FORM_SECONDS = 8192, 10
# Whatever was wrong, the answer to an attempt takes as long.
ATTEMPT_SECONDS = 0.5
# Argon2 takes 64 MB a time on purpose; a flood of attempts must wait instead of filling the memory.
_CHECKS = anyio.Semaphore(4)
# Fields of each form: name, kind, and what the browser may fill in.
_FIELDS = {
    "sign_in": (("name", "text", "username"), ("password", "password", "current-password")),
    "password": (
        ("old", "password", "current-password"), ("new", "password", "new-password"),
        ("again", "password", "new-password"),
    ),
}  # fmt: skip


async def sign_in(request: Request) -> Response:
    """The form, and the session for who fills it in rightly."""
    target = _inside(request.query_params.get("next", "/"))
    if request.method == "GET":
        return _form(request, "sign_in", next_page=target)
    typed = await _typed(request)
    if typed is None:
        return bare_page.sentence("gate.form", 400)
    target = _inside(typed.get("next", "/"))
    started = time.perf_counter()
    try:
        async with _CHECKS:
            token = await anyio.to_thread.run_sync(
                accounts.sign_in, accounts.account_store(), typed.get("name", ""),
                typed.get("password", ""),
            )  # fmt: skip
    except StoreError as fault:
        await anyio.sleep(max(0.0, ATTEMPT_SECONDS - (time.perf_counter() - started)))
        return _form(request, "sign_in", said=str(fault), next_page=target, code=401)
    return _let_in(request, token, target)


async def password(request: Request) -> Response:
    """The form to change one's own password, and the new session after it."""
    if request.method == "GET":
        return _form(request, "password")
    typed = await _typed(request)
    if typed is None:
        return bare_page.sentence("gate.form", 400)
    if not hmac.compare_digest(typed.get("new", "").encode(), typed.get("again", "").encode()):
        said = texts(_language(request))["gate.not_again"]
        return _form(request, "password", said=said, code=400)
    try:
        async with _CHECKS:
            token = await anyio.to_thread.run_sync(
                accounts.change_password, accounts.account_store(), asking.token(request.headers),
                typed.get("old", ""), typed.get("new", ""),
            )  # fmt: skip
    except AccountError as fault:
        return _form(request, "password", said=str(fault), code=400)
    return _let_in(request, token, "/")


async def sign_out(request: Request) -> Response:
    """End the session, and take the cookie away."""
    token = asking.token(request.headers)
    await anyio.to_thread.run_sync(accounts.sign_out, accounts.account_store(), token)
    answer = RedirectResponse(SIGN_IN, status_code=303)
    answer.delete_cookie(asking.COOKIE, path="/")
    return answer


ROUTES = [
    Route(SIGN_IN, sign_in, methods=["GET", "POST"]),
    Route(SIGN_OUT, sign_out, methods=["GET", "POST"]),
    Route(PASSWORD, password, methods=["GET", "POST"]),
]


def _let_in(request: Request, token: str, target: str) -> Response:
    answer = RedirectResponse(target, status_code=303)
    answer.set_cookie(
        asking.COOKIE, token, max_age=accounts.SESSION_HOURS * 3600, path="/", httponly=True,
        samesite="lax", secure=asking.is_secure(request.scope),
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
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\", *OWN))
    return target if is_ours and all(" " < c < "\x7f" for c in target) else "/"


def _language(request: Request) -> str:
    return bare_page.language(request.query_params.get("lang", ""))


def _form(
    request: Request, which: str, *, said: str = "", next_page: str = "", code: int = 200
) -> Response:
    speaks = _language(request)
    say = texts(speaks)
    lines = [f'<form method="post" action="/{which.replace("_", "-")}">']
    for place, (name, kind, fill) in enumerate(_FIELDS[which]):
        focus = " autofocus" if place == 0 else ""
        lines.append(
            f'<label for="{name}">{escape(say[f"gate.{name}"])}</label>'
            f'<input id="{name}" name="{name}" type="{kind}" autocomplete="{fill}"'
            f' maxlength="200" required{focus}>'
        )
    if next_page:
        lines.append(f'<input type="hidden" name="next" value="{escape(next_page)}">')
    lines.append(f"<button>{escape(say[f'gate.{which}_do'])}</button></form>")
    return bare_page.page(
        speaks,
        title=say[f"gate.{which}_title"],
        about=say[f"gate.{which}_about"],
        said=said,
        form="\n".join(lines),
        code=code,
    )
