"""Signing in through an office's identity provider: a real provider program on loopback."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from data import accounts
from data.actors import Actor, Role
from data.store import Store
from tests.e2e import harness

CHIEF = Actor("setup", Role.ADMINISTRATOR)
PEOPLE = {
    "an": {"email": "an@example.vn", "email_verified": True},
    "la": {"email": "la@example.vn", "email_verified": True},
    "gia": {"email": "an@example.vn", "email_verified": False},
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that knows three people."""
    port = harness.free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port)]
    for name, claims in PEOPLE.items():
        command += ["--user-claims", json.dumps({"sub": name, **claims})]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = monotonic() + 60
        while monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def office(provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.Server]:
    """A server that asks that provider, with one account."""
    folder = tmp_path_factory.mktemp("provider")
    port = harness.free_port()
    kept = accounts.account_store(Store(folder / "store"))
    accounts.add(
        kept, name="an", full_name="Nguyễn An", role=Role.ADMINISTRATOR, by=CHIEF,
        email="an@example.vn",
    )  # fmt: skip
    secret = folder / "secrets.toml"
    secret.write_text(
        f"""[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{secrets.token_hex(32)}"
client_id = "rankings"
client_secret = "{secrets.token_hex(16)}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    with harness.stocked_server(
        folder, port=port, settings={"secrets.files": str(secret)},
        environment={"RANKINGS_SIGN_IN": "provider"},
    ) as running:  # fmt: skip
        yield running
        assert "Traceback" not in running.log_text(), running.log_text()


@pytest.fixture
def visitor(tabs: harness.Tabs, office: harness.Server) -> Iterator[Page]:
    page = tabs.new(office.url)
    yield page
    page.close()


def sign_in(page: Page, office: harness.Server, name: str, path: str = "/targets") -> None:
    page.goto(f"{office.url}{path}")
    page.get_by_role("button", name="Đăng nhập").click(timeout=60_000)
    page.get_by_role("button", name=name, exact=True).or_(
        page.locator(f'button[value="{name}"]')
    ).first.click(timeout=30_000)


def test_who_has_not_signed_in_sees_a_button_and_no_figure(
    office: harness.Server, visitor: Page
) -> None:
    visitor.goto(f"{office.url}/targets?unit=vn63-kon-tum")
    expect(visitor.get_by_role("button", name="Đăng nhập")).to_be_visible(timeout=60_000)
    assert "Kon Tum" not in visitor.content()


def test_an_address_with_an_account_gets_in(office: harness.Server, visitor: Page) -> None:
    sign_in(visitor, office, "an")
    expect(visitor.get_by_text("Đang đăng nhập: Nguyễn An (quản trị viên)")).to_be_visible(
        timeout=60_000
    )


@pytest.mark.parametrize("name", ["la", "gia"])
def test_an_unknown_or_unchecked_address_stays_outside(
    office: harness.Server, visitor: Page, name: str
) -> None:
    sign_in(visitor, office, name)
    expect(visitor.get_by_text("chưa được cấp tài khoản")).to_be_visible(timeout=60_000)
    assert "Kon Tum" not in visitor.content()
