"""Nobody gets in who may not: a fresh server, every page, every way around the form."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from data import accounts
from data.actors import Actor, Role
from data.store import Store
from tests.e2e import harness
from ui.frame import PAGES

CHIEF = Actor("setup", Role.ADMINISTRATOR)
NAMES = [name for names in PAGES.values() for name in names]
FIRST, CHOSEN = {}, "một mật khẩu đủ dài"


class Stay(urllib.request.HTTPRedirectHandler):
    """Answers as they come, not where they lead."""

    def redirect_request(self, *_args: object, **_given: object) -> None:
        return None


OPENER = urllib.request.build_opener(Stay)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.Server]:
    """A server nobody has visited, with one account of each role."""
    folder = tmp_path_factory.mktemp("office")
    kept = accounts.account_store(Store(folder / "store"))
    for role in reversed(Role):
        FIRST[role] = accounts.add(kept, name=role, full_name=f"Người {role}", role=role, by=CHIEF)
    with harness.stocked_server(folder) as running:
        yield running
        assert "Traceback" not in running.log_text(), running.log_text()
        lines = [json.loads(line) for line in running.log_text().splitlines() if line[:1] == "{"]
        assert {"at", "id", "user", "method", "path", "code", "ms"} == set(lines[0])
        assert {"", "analyst", "viewer"} <= {line["user"] for line in lines}
        for secret in (*FIRST.values(), CHOSEN, "vn63-kon-tum", "rankings_session"):
            assert secret not in running.log_text()


def answer(url: str, **request: object) -> tuple[int, str, str]:
    """Code, where it leads, and the text."""
    asked = urllib.request.Request(url, **request)  # type: ignore[arg-type]  # noqa: S310
    try:
        with OPENER.open(asked, timeout=30) as got:
            return (
                got.status,
                got.headers.get("location", ""),
                got.read().decode("utf-8", "replace"),
            )
    except urllib.error.HTTPError as fault:
        return fault.code, fault.headers.get("location", ""), fault.read().decode()


@pytest.mark.parametrize(
    "cookie", ["", "rankings_session=", "rankings_session=x; _streamlit_user=y"]
)
def test_a_fresh_server_shows_a_stranger_no_page(office: harness.Server, cookie: str) -> None:
    for name in ["", *NAMES, "app", "_stcore/metrics", "media/x"]:
        code, leads, _ = answer(
            f"{office.url}/{name}?unit=vn63-kon-tum", headers={"Cookie": cookie}
        )
        assert (code, leads) == (
            303,
            f"/sign-in?next=%2F{urllib.parse.quote(name, safe='')}%3Funit%3Dvn63-kon-tum",
        )


@pytest.mark.parametrize("cookie", ["", "rankings_session=" + "a" * 43])
def test_a_stranger_gets_no_connection_and_can_send_no_file(
    office: harness.Server, cookie: str
) -> None:
    address = office.url.replace("http", "ws") + "/_stcore/stream"
    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(address, additional_headers={"Cookie": cookie}, open_timeout=10),
    ):
        pass
    sent = answer(
        f"{office.url}/_stcore/upload_file/a/b", data=b"x", method="PUT",
        headers={"Cookie": cookie},
    )  # fmt: skip
    assert sent[0] == 401


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(office: harness.Server, target: str) -> None:
    query = urllib.parse.urlencode({"next": target})
    _, _, text = answer(f"{office.url}/sign-in?{query}")
    assert 'name="next" value="/"' in text


def test_markup_in_a_link_to_sign_in_stays_text(office: harness.Server) -> None:
    query = urllib.parse.urlencode({"next": '/"><script>alert(1)</script>', "lang": "<b>"})
    _, _, text = answer(f"{office.url}/sign-in?{query}")
    assert "<script>" not in text


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, b"name=viewer&password=x"),
        ({"Origin": "https://evil.example"}, b"name=viewer&password=x"),
        ({}, b"name=" + b"a" * 9000),
        ({}, b"&".join(b"a=1" for _ in range(50))),
        ({}, b"name=%ff%fe\xff"),
    ],
)
def test_a_form_from_elsewhere_or_out_of_size_is_refused(
    office: harness.Server, headers: dict[str, str], body: bytes
) -> None:
    code, _, _ = answer(f"{office.url}/sign-in", data=body, method="POST", headers=headers)
    assert code in (400, 401)


def sign_in(page: Page, office: harness.Server, role: Role, path: str = "/") -> None:
    """In the browser; at the first time the first password is changed."""
    page.goto(f"{office.url}{path}")
    for password in (CHOSEN, FIRST[role]):
        page.get_by_label("Tên tài khoản").fill(role)
        page.get_by_label("Mật khẩu", exact=True).fill(password)
        page.get_by_role("button", name="Đăng nhập").click()
        if page.get_by_role("alert").count() == 0:
            break
    if page.get_by_label("Mật khẩu hiện tại").count():
        page.get_by_label("Mật khẩu hiện tại").fill(FIRST[role])
        page.get_by_label("Mật khẩu mới", exact=True).fill(CHOSEN)
        page.get_by_label("Nhập lại mật khẩu mới").fill(CHOSEN)
        page.get_by_role("button", name="Đổi mật khẩu").click()
        page.goto(f"{office.url}{path}")


@pytest.fixture
def visitor(tabs: harness.Tabs, office: harness.Server) -> Iterator[Page]:
    page = tabs.new(office.url)
    yield page
    page.close()


def test_signing_in_opens_the_page_that_was_asked_for_and_signing_out_ends_it(
    office: harness.Server, visitor: Page
) -> None:
    sign_in(visitor, office, Role.ANALYST, "/targets?unit=vn63-kon-tum&year=2023")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Chỉ tiêu", timeout=60_000)
    expect(visitor.get_by_text("Đang đăng nhập: Người analyst (chuyên viên)")).to_be_visible()
    cookies = {one["name"]: one for one in visitor.context.cookies()}
    assert cookies["rankings_session"]["httpOnly"]
    assert cookies["rankings_session"]["sameSite"] == "Lax"
    visitor.get_by_role("link", name="Đăng xuất").click()
    expect(visitor.get_by_role("button", name="Đăng nhập")).to_be_visible()
    stale = f"rankings_session={cookies['rankings_session']['value']}"
    assert answer(f"{office.url}/targets", headers={"Cookie": stale})[0] == 303


def test_a_viewer_is_told_that_loading_is_not_for_them(
    office: harness.Server, visitor: Page
) -> None:
    sign_in(visitor, office, Role.VIEWER, "/upload")
    expect(visitor.get_by_text("Trang này dành cho người có quyền chuyên viên")).to_be_visible(
        timeout=60_000
    )
    expect(visitor.locator("[data-testid=stFileUploader]")).to_have_count(0)


def test_a_session_ended_elsewhere_ends_at_the_next_click(
    office: harness.Server, visitor: Page
) -> None:
    sign_in(visitor, office, Role.APPROVER, "/")
    expect(visitor.get_by_text("Đang đăng nhập")).to_be_visible(timeout=60_000)
    kept = accounts.account_store(Store(office.store))
    accounts.change(kept, Role.APPROVER, by=CHIEF, is_disabled=True)
    visitor.get_by_text("English").first.click()
    expect(visitor.get_by_text("The session is over")).to_be_visible(timeout=60_000)
