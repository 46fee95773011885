"""What a request or a connection says of who asks: cookies, address, number.

Nothing here decides anything, and nothing a request says is believed: see ui/gate.py.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers

Scope = MutableMapping[str, Any]

COOKIE = "rankings_session"
# Which browser this is, for its place in the house; it opens nothing.
PLACE = "rankings_place"
_NUMBER = re.compile(r"[0-9a-f]{8,32}")
_VISITOR = re.compile(r"[A-Za-z0-9_-]{22}")
_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")


def token(headers: Headers) -> str:
    """The session a browser says it has; empty for none."""
    return _cookie(headers, COOKIE)


def visitor(scope: Scope) -> str:
    """Which browser asks; empty for one we have not met."""
    held = _cookie(Headers(scope=scope), PLACE)
    return held if _VISITOR.fullmatch(held) else ""


def new_visitor() -> str:
    """A name for a browser that has none yet."""
    return secrets.token_urlsafe(16)


def number(scope: Scope) -> str:
    """The number a proxy gave the request, so that both logs tell of it alike; else one of ours."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _NUMBER.fullmatch(given) else secrets.token_hex(8)


def is_secure(scope: Scope) -> bool:
    """Whether the visitor came by https, here or at the proxy."""
    return scope.get("scheme") == "https" or (
        Headers(scope=scope).get("x-forwarded-proto", "") == "https"
    )


def is_loopback(address: str) -> bool:
    """Whether an address is this very machine's."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def is_local(client: str | None, headers: Headers) -> bool:
    """Whether a request comes from this very machine, and not through a proxy on it."""
    name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    # A page elsewhere can make a browser ask here under a name of its own.
    return (
        client is not None
        and is_loopback(client)
        and is_loopback(name)
        and not any(header in headers for header in _FORWARDED)
    )


def _cookie(headers: Headers, wanted: str) -> str:
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == wanted:
            return value
    return ""
