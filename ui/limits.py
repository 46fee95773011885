"""How much and how slowly a visitor may send: headers, bodies, messages of an open page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import anyio
from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

LARGEST_HEADERS = 16 << 10
# A workbook of 25 MB (server.maxUploadSize) and the form around it.
LARGEST_BODY = 26 << 20
# What a page sends back at a click: the state of its widgets, an edited table among them.
LARGEST_MESSAGE = 4 << 20
BODY_SECONDS = 30.0
# What a page in a browser has to say. The rest is for who develops Streamlit, and one of it empties
# the caches of everybody.
_HEARD = ("rerun_script", "stop_script", "app_heartbeat", "load_git_info", "file_urls_request")
_OPERATION = "backend_operation_request"
# A file made when it is asked for, and the rows of a long table that were scrolled to.
_OPERATIONS = ("deferred_file", "dataframe_chunk")


class TooLarge(Exception):
    """A body beyond what any page of ours sends."""


class TooSlow(Exception):
    """A body that has stopped coming."""


def is_too_long(scope: Message) -> bool:
    """Whether the headers of a request are longer than a browser's ever are."""
    size = sum(len(name) + len(value) for name, value in scope["headers"])
    return size + len(scope.get("query_string", b"")) > LARGEST_HEADERS


def announced(scope: Message) -> int:
    """Size of the body a request announces; 0 when it announces none."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def body(receive: Receive) -> Receive:
    """`receive` of a request that stops a body that is too large or has stopped coming."""
    size, is_whole = 0, False

    async def next_part() -> Message:
        nonlocal size, is_whole
        if is_whole:
            return await receive()
        with anyio.move_on_after(BODY_SECONDS) as patience:
            message = await receive()
        if patience.cancelled_caught:
            raise TooSlow
        size += len(message.get("body", b""))
        if size > LARGEST_BODY:
            raise TooLarge
        is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return next_part


def spoken(receive: Receive) -> Receive:
    """`receive` of a connection that hears only what a page of ours has to say."""

    async def next_message() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or _is_heard(message.get("bytes") or b""):
                return message

    return next_message


def _is_heard(content: bytes) -> bool:
    if not content or len(content) > LARGEST_MESSAGE:
        return False
    try:
        message = BackMsg.FromString(content)
    except DecodeError:
        return False
    kind = message.WhichOneof("type")
    if kind == _OPERATION:
        # Each operation is a field of its own; whatever else a version adds is not heard.
        asked = {field.name for field, _ in message.backend_operation_request.ListFields()}
        return bool(asked & set(_OPERATIONS)) and asked <= {
            *_OPERATIONS,
            "request_id",
            "session_id",
        }
    return kind in _HEARD
