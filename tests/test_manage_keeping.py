"""Accounts, the trail and backups from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import manage
from data import accounts
from data.store import Store, store


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "st"))
    return tmp_path / "st"


def run(*words: str, code: int = 0) -> str:
    answer = CliRunner().invoke(manage.app, list(words))
    assert answer.exit_code == code, answer.output
    return answer.output


def test_an_account_made_here_can_sign_in_with_the_password_shown_once(own_store: Path) -> None:
    said = run("account", "add", "An", "--role", "quản trị viên", "--full-name", "Nguyễn An")
    password = said.strip().rpartition(" ")[2]
    kept = accounts.account_store(store())
    who = accounts.session(kept, accounts.sign_in(kept, "an", password))
    assert who is not None
    assert who.must_change
    assert "an · Nguyễn An · quản trị viên" in run("account", "list")
    (listed,) = json.loads(run("account", "list", "--json"))
    assert "password_hash" not in listed
    assert password not in json.dumps(listed)


def test_the_last_administrator_cannot_be_closed_and_a_wrong_role_is_told_the_right_ones() -> None:
    run("account", "add", "an", "--role", "administrator")
    assert "quản trị viên" in run("account", "change", "an", "--close", code=1)
    assert "viewer, analyst" in run("account", "add", "b", "--role", "vua", code=2)


def test_the_trail_is_whole_until_somebody_rewrites_it(own_store: Path) -> None:
    run("account", "add", "an", "--role", "administrator")
    assert "Nhật ký tài khoản: 1 dòng, nguyên vẹn." in run("audit", "verify")
    with accounts.account_store(Store(own_store)).write() as connection:
        connection.execute("UPDATE audit SET by_name = 'x'")
    said = run("audit", "verify", code=1)
    assert "Nhật ký tài khoản, dòng 1: nội dung đã bị sửa." in said


def test_a_backup_is_made_checked_and_put_back(tmp_path: Path, own_store: Path) -> None:
    run("account", "add", "an", "--role", "administrator")
    run("backup", "--to", str(tmp_path / "kept"), "--keep", "2")
    (file,) = (tmp_path / "kept").iterdir()
    assert "nguyên vẹn" in run("verify", str(file))
    before = Store(own_store).version()
    run("restore", str(file), "--yes")
    assert Store(own_store).version() != before
    file.write_bytes(file.read_bytes()[:-100])
    assert "Không dùng được bản sao lưu" in run("verify", str(file), code=1)
