"""What `make run` serves: app.py behind the gate that asks who is there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from ui import operations, sign_in
from ui.gate import Gate, refuse_open_address, write_access_log


@asynccontextmanager
async def started(_app: st.App) -> AsyncIterator[None]:
    """Refuse an address open to the network while there is nobody to ask for."""
    refuse_open_address(st.get_option("server.address"))
    write_access_log()
    yield


app = st.App(
    Path(__file__).with_name("app.py"),
    routes=[*sign_in.ROUTES, *operations.ROUTES],
    middleware=[Middleware(Gate)],
    lifespan=started,
)
