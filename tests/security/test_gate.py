"""The gate by itself: who is let in, how much they may send, and what waits past the limit."""

from __future__ import annotations

import json
import logging
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from data import accounts
from data.actors import Actor, Role
from data.store import store
from tests.stores import ship
from ui import gate, limits, operations
from ui.asking import COOKIE, PLACE
from ui.gate import Gate
from ui.places import KEPT_SECONDS, LINE_SECONDS, Places, places_wanted

ROOT = Path(__file__).resolve().parents[2]
CHIEF = Actor("setup", Role.ADMINISTRATOR)
HERE = ("127.0.0.1", 50000)
AWAY = ("192.0.2.7", 50000)
PAGE = {"host": "127.0.0.1:8501", "accept": "text/html,*/*"}


class Inside:
    """Stands for Streamlit: remembers what came through and reads all of it."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.heard: list[bytes] = []
        self.size = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(scope["path"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] != "websocket.disconnect":
                self.heard.append(message.get("bytes") or b"")
            return
        while (message := await receive())["type"] == "http.request":
            self.size += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"inside"})


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "st"))
    monkeypatch.delenv(gate.SETTING, raising=False)
    monkeypatch.setattr(operations, "FIGURES", operations.Figures())
    return tmp_path / "st"


@pytest.fixture
def inside() -> Inside:
    return Inside()


def request(
    through: Gate,
    path: str = "/",
    *,
    headers: dict[str, str] | None = None,
    method: str = "GET",
    body: list[bytes] | None = None,
    client: tuple[str, int] = HERE,
    query: str = "",
    pause: float = 0.0,
) -> tuple[int, dict[str, str], str]:
    """Code, headers and text of one answer."""
    given = headers if headers is not None else PAGE
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "scheme": "http",
        "query_string": query.encode(), "client": client, "server": HERE, "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    parts, sent = list(body or [b""]), list[dict[str, Any]]()

    async def receive() -> dict[str, Any]:
        if len(sent) or not parts:
            return {"type": "http.disconnect"}
        if pause:
            await anyio.sleep(pause)
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    anyio.run(through, scope, receive, send)
    heads = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    text = b"".join(part.get("body", b"") for part in sent[1:]).decode()
    return sent[0]["status"], heads, text


def connection(
    through: Gate, messages: list[bytes], *, headers: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """What a connection is answered that says so much and goes."""
    scope = {
        "type": "websocket", "path": "/_stcore/stream", "query_string": b"", "client": HERE,
        "scheme": "ws", "server": HERE, "root_path": "",
        "headers": [(n.encode(), v.encode()) for n, v in (headers or PAGE).items()],
    }  # fmt: skip
    waiting = [{"type": "websocket.receive", "bytes": one} for one in messages]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Any) -> None:
        sent.append(message)

    anyio.run(through, scope, receive, send)
    return sent


# ------------------------------------------------------------------------------- size and speed


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-length": str(limits.LARGEST_BODY + 1)}, [b"x"]),
        ({}, [b"x" * (9 << 20)] * 3),
    ],
    ids=["announced", "streamed without saying how much"],
)
def test_a_body_larger_than_any_workbook_is_refused_in_one_sentence(
    inside: Inside, headers: dict[str, str], body: list[bytes]
) -> None:
    code, _, text = request(
        Gate(inside), "/_stcore/upload_file/a/b", headers={**PAGE, **headers}, method="PUT",
        body=body,
    )  # fmt: skip
    assert code == 413
    assert "lớn quá 25 MB" in text
    assert inside.size <= limits.LARGEST_BODY


def test_a_body_that_stops_coming_is_not_waited_for(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.05)
    code, _, text = request(
        Gate(inside), "/_stcore/upload_file/a/b", method="PUT", body=[b"a", b"b"], pause=0.5
    )
    assert code == 408
    assert "ngắt quãng" in text


@pytest.mark.parametrize("where", ["header", "query"])
def test_headers_longer_than_a_browser_sends_are_refused(inside: Inside, where: str) -> None:
    long = "a" * limits.LARGEST_HEADERS
    given = {**PAGE, "cookie": long} if where == "header" else PAGE
    code, _, _ = request(Gate(inside), headers=given, query=long if where == "query" else "")
    assert code == 431
    assert inside.paths == []


def test_an_open_page_is_heard_only_in_what_pages_say(inside: Inside) -> None:
    rerun, clear, stop = BackMsg(), BackMsg(), BackMsg()
    rerun.rerun_script.query_string = "unit=vn63-kon-tum"
    clear.clear_cache = True
    stop.debug_shutdown_runtime = True
    large = BackMsg()
    large.rerun_script.query_string = "x" * (limits.LARGEST_MESSAGE + 1)
    file, rows, other = BackMsg(), BackMsg(), BackMsg()
    file.backend_operation_request.deferred_file.file_id = "f"
    rows.backend_operation_request.dataframe_chunk.source_id = "s"
    other.backend_operation_request.install_skills.SetInParent()
    said = [one.SerializeToString() for one in (rerun, clear, stop, large, file, rows, other)]
    connection(Gate(inside), [*said, b"\xff\xff no message", b""])
    assert inside.heard == [said[0], said[4], said[5]]


def test_the_server_takes_no_message_much_larger_than_the_gate_hears() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    largest = settings["server"]["maxMessageSize"] << 20
    assert limits.LARGEST_MESSAGE < largest <= 4 * limits.LARGEST_MESSAGE
    # A file and the form around it come another way.
    assert settings["server"]["maxUploadSize"] << 20 < limits.LARGEST_BODY


# ------------------------------------------------------------------------------------ who is there


@pytest.fixture
def token(own_store: Path) -> str:
    """A session of an account with its first password changed."""
    kept = accounts.account_store()
    first = accounts.add(kept, name="an", full_name="An", role=Role.ADMINISTRATOR, by=CHIEF)
    start = accounts.sign_in(kept, "an", first)
    return accounts.change_password(kept, start, first, "một mật khẩu đủ dài")


def cookie(text: str) -> dict[str, str]:
    return {**PAGE, "cookie": text}


FORGED: dict[str, Callable[[str], str]] = {
    "none": lambda _: "",
    "empty": lambda _: f"{COOKIE}=",
    "made up": lambda _: f"{COOKIE}={'a' * 43}",
    "one letter changed": lambda token: f"{COOKIE}={'B' if token[0] == 'A' else 'A'}{token[1:]}",
    "cut": lambda token: f"{COOKIE}={token[:-1]}",
    "longer": lambda token: f"{COOKIE}={token}x",
    "its own hash": lambda token: f"{COOKIE}={accounts._hashed(token)}",
    "another name": lambda token: f"rankings_session2={token}",
    "a query": lambda _: f"{COOKIE}=' OR '1'='1",
    "the first of two": lambda token: f"{COOKIE}=x; {COOKIE}={token}",
    "the place alone": lambda _: f"{PLACE}={'a' * 22}",
    "an identity provider's": lambda token: f"_streamlit_user={token}",
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_or_altered_cookie_opens_neither_page_nor_connection(
    inside: Inside, token: str, kind: str
) -> None:
    through = Gate(inside)
    assert request(through, headers=cookie(f"{COOKIE}={token}"))[0] == 200
    assert inside.paths == ["/"]
    forged = cookie(FORGED[kind](token))
    code, heads, _ = request(through, headers=forged)
    assert (code, heads["location"]) == (303, "/sign-in?next=%2F")
    assert connection(through, [], headers=forged)[0] == {"type": "websocket.close", "code": 1008}
    assert inside.paths == ["/"]


def test_a_session_that_was_signed_out_opens_nothing_any_more(inside: Inside, token: str) -> None:
    through, held = Gate(inside), cookie(f"{COOKIE}={token}")
    assert request(through, headers=held)[0] == 200
    accounts.sign_out(accounts.account_store(), token)
    assert request(through, headers=held)[0] == 303
    assert connection(through, [], headers=held)[0]["type"] == "websocket.close"


@pytest.mark.parametrize(
    "path",
    ["/../data/local/CURRENT", "/static/../../etc/passwd", "/static/%2e%2e/x", "//etc/passwd",
     "/app/static/../../.streamlit/secrets.toml", "/media/../x", "/_stcore/metrics"],
)  # fmt: skip
def test_a_path_that_climbs_leads_no_stranger_anywhere(
    inside: Inside, token: str, path: str
) -> None:
    code, _, text = request(Gate(inside), path)
    # What the open folders serve is Streamlit's own; a stranger gets nothing else.
    assert code in (303, 404) or (path.startswith(("/static/", "/app/static/")) and code == 200)
    assert "root:" not in text


def test_one_person_without_accounts_is_asked_for_nothing_and_others_are_refused(
    inside: Inside,
) -> None:
    through = Gate(inside)
    assert request(through)[0] == 200
    for given, client in (
        (PAGE, AWAY), ({**PAGE, "x-forwarded-for": "192.0.2.7"}, HERE),
        ({**PAGE, "host": "evil.example"}, HERE), ({**PAGE, "forwarded": "for=192.0.2.7"}, HERE),
    ):  # fmt: skip
        code, _, text = request(through, headers=given, client=client)
        assert code == 403
        assert "chỉ mở được trên chính máy này" in text


# --------------------------------------------------------------------------- headers, log, figures


def test_every_answer_carries_the_headers_and_its_number_stands_in_the_log(
    inside: Inside, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="rankings.access"):
        logging.getLogger("rankings.access").propagate = True
        _, heads, _ = request(
            Gate(inside), "/targets", headers=cookie(f"{COOKIE}={token}"), query="unit=vn63-kon-tum"
        )
        _, refused, _ = request(Gate(inside), "/targets", headers={"x-request-id": "<script>"})
        _, kept, _ = request(Gate(inside), "/targets", headers={"x-request-id": "0123456789abcdef"})
    for one in (heads, refused, kept):
        assert "default-src 'self'" in one["content-security-policy"]
        assert one["x-content-type-options"] == "nosniff"
        assert one["x-frame-options"] == "SAMEORIGIN"
    lines = [json.loads(one.message) for one in caplog.records if one.name == "rankings.access"]
    assert [line["id"] for line in lines] == [one["x-request-id"] for one in (heads, refused, kept)]
    assert re.fullmatch(r"[0-9a-f]{16}", refused["x-request-id"])
    assert kept["x-request-id"] == "0123456789abcdef"
    assert (lines[0]["user"], lines[0]["path"], lines[0]["code"]) == ("an", "/targets", 200)
    assert token not in caplog.text
    assert "vn63-kon-tum" not in caplog.text


def test_figures_are_for_this_machine_only_and_read_like_prometheus(
    inside: Inside, own_store: Path
) -> None:
    through = Gate(inside)
    for client, given in ((AWAY, PAGE), (HERE, {**PAGE, "x-forwarded-for": "192.0.2.7"})):
        assert request(through, operations.METRICS, client=client, headers=given)[0] == 404
    assert request(through, operations.METRICS)[0] == 200
    ship(store())
    text = "\n".join(operations._lines())
    found = dict(re.findall(r"^(rankings_[a-z_]+(?:\{code=\"[1-5]xx\"\})?) ([0-9.]+)$", text, re.M))
    assert found["rankings_store_readable"] == "1"
    assert float(found["rankings_store_bytes"]) == store().path().stat().st_size
    assert float(found["rankings_memory_bytes"]) > 10e6
    for line in text.splitlines():
        name = re.sub(r"^# (HELP|TYPE) ", "", line).split(" ")[0].split("{")[0]
        assert f"# TYPE {name} " in text


def test_a_store_that_cannot_be_read_is_not_ready_and_says_why(own_store: Path) -> None:
    ship(store())
    assert operations._fault() == ""
    (own_store / "CURRENT").write_text("store-00000099-ffffffff.duckdb")
    assert "Không tìm thấy tệp dữ liệu" in operations._fault()


# --------------------------------------------------------------------------------- past the limit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_past_the_limit_a_visitor_reads_their_place_in_line_and_gets_in_when_one_goes(
    inside: Inside,
) -> None:
    clock = Clock()
    places = Places(1, now=clock)
    through = Gate(inside, places)
    code, heads, _ = request(through)
    assert code == 200
    assert "HttpOnly" in heads["set-cookie"]
    assert places.enter(heads["set-cookie"].partition("=")[2].partition(";")[0])
    visitors = []
    for number in (1, 2):
        code, heads, text = request(through)
        assert code == 503
        assert f"thứ {number} trong hàng chờ" in text
        assert heads["refresh"] == heads["retry-after"] == "5"
        visitors.append(heads["set-cookie"].partition(";")[0])
    assert connection(through, [])[0] == {"type": "websocket.close", "code": 1013}
    first = next(iter(places._open))
    places.leave(first)
    clock.now += KEPT_SECONDS + 1
    # The second in line comes first, and is told to wait for the first.
    assert request(through, headers=cookie(visitors[1]))[0] == 503
    assert request(through, headers=cookie(visitors[0]))[0] == 200


def test_the_waiting_page_speaks_english_to_who_asks_for_it(inside: Inside) -> None:
    places = Places(1)
    assert places.ask("a") == 0
    code, _, text = request(Gate(inside, places), query="lang=en")
    assert code == 503
    assert "You are number 1 in line" in text


def test_a_page_that_loses_its_connection_finds_its_place_again() -> None:
    clock = Clock()
    places = Places(1, now=clock)
    assert places.ask("a") == 0
    assert places.enter("a")
    places.leave("a")
    assert places.ask("b") == 1
    assert not places.enter("b")
    assert places.enter("a")


def test_who_is_in_may_load_the_page_again_or_open_one_more_even_in_a_full_house() -> None:
    places = Places(1)
    assert places.ask("a") == 0
    assert places.enter("a")
    assert places.ask("a") == 0
    assert places.enter("a")
    assert places.ask("a") == 1, "a third is a matter of free places"
    assert places.n_open == 2


def test_who_stops_asking_loses_the_place_in_line_and_nobody_waits_for_a_ghost() -> None:
    clock = Clock()
    places = Places(1, now=clock)
    assert places.ask("a") == 0
    assert places.ask("b") == 1
    assert places.ask("c") == 2
    clock.now += LINE_SECONDS - 1
    assert places.ask("c") == 1, "a never connected, b is still in line"
    clock.now += 2
    assert places.ask("c") == 0
    assert places.n_waiting == 0


@pytest.mark.parametrize(("text", "wanted"), [("", 60), ("12", 12), ("0", 1), ("x", 60)])
def test_the_number_of_places_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, text: str, wanted: int
) -> None:
    monkeypatch.setenv("RANKINGS_PLACES", text)
    assert places_wanted() == wanted


def test_nobody_takes_a_place_by_fetching_a_script_or_a_font(inside: Inside) -> None:
    places = Places(1)
    through = Gate(inside, places)
    for path in ("/static/js/x.js", "/_stcore/health", "/media/a.png", "/app/static/f.woff2"):
        assert "set-cookie" not in request(through, path)[1]
    assert places.ask("a") == 0
