"""Who may come in: passwords, lock-out, sessions, and what is never written down."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import argon2
import pytest

from data import accounts, audit
from data.accounts import AccountError
from data.actors import Actor, NotAllowed, Role
from data.store import Store

NOON = datetime.fromisoformat("2026-11-21T12:00")
CHIEF = Actor("chief", Role.ADMINISTRATOR)
SHIPPED = accounts._HASHER  # tests hash more cheaply


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    return Store(tmp_path / "accounts", schema=accounts.SCHEMA)


@pytest.fixture(scope="module")
def two_people(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The accounts of a chief and an analyst, and the analyst's first password."""
    made = Store(tmp_path_factory.mktemp("two") / "accounts", schema=accounts.SCHEMA)
    accounts.add(made, name="chief", full_name="Chánh", role=Role.ADMINISTRATOR, by=CHIEF)
    first = accounts.add(
        made, name="An", full_name="Nguyễn An", role=Role.ANALYST, by=CHIEF,
        agency_id="so-noi-vu", email="An@Example.vn",
    )  # fmt: skip
    return made.folder, first


@pytest.fixture
def password(kept: Store, two_people: tuple[Path, str]) -> str:
    """Puts both into the accounts of the test."""
    folder, first = two_people
    shutil.copytree(folder, kept.folder, dirs_exist_ok=True)
    return first


def test_who_knows_the_password_gets_a_session_of_a_working_day(kept: Store, password: str) -> None:
    token = accounts.sign_in(kept, " AN ", password, now=NOON)
    who = accounts.session(kept, token, now=NOON + timedelta(hours=9, minutes=59))
    assert who is not None
    assert who.actor == Actor("an", Role.ANALYST, agency_id="so-noi-vu")
    assert who.must_change
    assert accounts.session(kept, token, now=NOON + timedelta(hours=10)) is None


@pytest.mark.parametrize("name", ["an", "khong-co", "'; DROP TABLE account; --", ""])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(
    kept: Store, password: str, name: str
) -> None:
    with pytest.raises(AccountError, match="mật khẩu không đúng"):
        accounts.sign_in(kept, name, "sai", now=NOON)


def test_after_five_wrong_passwords_even_the_right_one_waits(kept: Store, password: str) -> None:
    for _ in range(5):
        with pytest.raises(AccountError, match="không đúng"):
            accounts.sign_in(kept, "an", "sai", now=NOON)
    with pytest.raises(AccountError, match="tạm khóa"):
        accounts.sign_in(kept, "an", password, now=NOON + timedelta(minutes=14))
    assert accounts.sign_in(kept, "an", password, now=NOON + timedelta(minutes=15))


def test_a_right_password_forgets_earlier_mistakes(kept: Store, password: str) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(AccountError, match="không đúng"):
                accounts.sign_in(kept, "an", "sai", now=NOON)
        assert accounts.sign_in(kept, "an", password, now=NOON)


def test_the_first_password_has_to_be_changed_and_then_the_old_session_is_over(
    kept: Store, password: str
) -> None:
    token = accounts.sign_in(kept, "an", password, now=NOON)
    fresh = accounts.change_password(kept, token, password, "một mật khẩu dài", now=NOON)
    assert accounts.session(kept, token, now=NOON) is None
    who = accounts.session(kept, fresh, now=NOON)
    assert who is not None
    assert not who.must_change
    assert accounts.sign_in(kept, "an", "một mật khẩu dài", now=NOON)


@pytest.mark.parametrize("new", ["ngắn", "x" * 201])
def test_a_password_too_short_or_too_long_is_refused(kept: Store, password: str, new: str) -> None:
    token = accounts.sign_in(kept, "an", password, now=NOON)
    with pytest.raises(AccountError, match="Mật khẩu mới"):
        accounts.change_password(kept, token, password, new, now=NOON)


def test_the_old_password_is_no_new_one(kept: Store, password: str) -> None:
    token = accounts.sign_in(kept, "an", password, now=NOON)
    with pytest.raises(AccountError, match="khác mật khẩu cũ"):
        accounts.change_password(kept, token, password, password, now=NOON)
    with pytest.raises(AccountError, match="hiện tại không đúng"):
        accounts.change_password(kept, token, "sai", "một mật khẩu dài", now=NOON)


def test_signing_out_ends_the_session_for_good(kept: Store, password: str) -> None:
    token = accounts.sign_in(kept, "an", password, now=NOON)
    accounts.sign_out(kept, token, now=NOON)
    assert accounts.session(kept, token, now=NOON) is None
    accounts.sign_out(kept, token, now=NOON)


def test_closing_an_account_ends_what_it_is_doing(kept: Store, password: str) -> None:
    token = accounts.sign_in(kept, "an", password, now=NOON)
    accounts.change(kept, "an", by=CHIEF, is_disabled=True)
    assert accounts.session(kept, token, now=NOON) is None
    with pytest.raises(AccountError, match="không đúng"):
        accounts.sign_in(kept, "an", password, now=NOON)


def test_another_role_takes_a_new_sign_in(kept: Store, password: str) -> None:
    token = accounts.sign_in(kept, "an", password, now=NOON)
    accounts.change(kept, "an", by=CHIEF, role=Role.VIEWER, agency_id="")
    assert accounts.session(kept, token, now=NOON) is None
    again = accounts.session(kept, accounts.sign_in(kept, "an", password, now=NOON), now=NOON)
    assert again is not None
    assert again.actor == Actor("an", Role.VIEWER)


@pytest.mark.parametrize(
    "given", [{"role": Role.ANALYST}, {"is_disabled": True}, {"agency_id": "so-noi-vu"}]
)
def test_the_last_administrator_stays(kept: Store, password: str, given: dict[str, object]) -> None:
    with pytest.raises(AccountError, match="quản trị viên"):
        accounts.change(kept, "chief", by=CHIEF, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMINISTRATOR])
def test_only_an_administrator_makes_changes_and_resets_accounts(
    kept: Store, password: str, role: Role
) -> None:
    other = Actor("x", role)
    with pytest.raises(NotAllowed):
        accounts.add(kept, name="moi", full_name="", role=role, by=other)
    with pytest.raises(NotAllowed):
        accounts.change(kept, "an", by=other, role=Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        accounts.reset(kept, "an", by=other)


@pytest.mark.parametrize("name", ["", " ", "a b", "ân", "../x", "a" * 61, "<b>", "=1+1"])
def test_a_name_is_a_plain_word(kept: Store, password: str, name: str) -> None:
    with pytest.raises(AccountError, match="Tên tài khoản"):
        accounts.add(kept, name=name, full_name="x", role=Role.VIEWER, by=CHIEF)


def test_a_name_is_given_once(kept: Store, password: str) -> None:
    with pytest.raises(AccountError, match="Đã có tài khoản"):
        accounts.add(kept, name="AN", full_name="x", role=Role.VIEWER, by=CHIEF)


def test_a_reset_gives_a_new_password_and_opens_the_lock(kept: Store, password: str) -> None:
    for _ in range(5):
        with pytest.raises(AccountError):
            accounts.sign_in(kept, "an", "sai", now=NOON)
    fresh = accounts.reset(kept, "an", by=CHIEF)
    assert accounts.sign_in(kept, "an", fresh, now=NOON)
    with pytest.raises(AccountError):
        accounts.sign_in(kept, "an", password, now=NOON)


def test_an_identity_provider_opens_only_what_an_administrator_made(
    kept: Store, password: str
) -> None:
    who = accounts.sign_in_as(kept, " an@example.VN")
    assert who is not None
    assert who.actor.name == "an"
    assert accounts.sign_in_as(kept, "la@example.vn") is None
    assert accounts.sign_in_as(kept, "") is None


def test_the_hasher_an_office_runs_is_argon2id_as_its_authors_set_it() -> None:
    assert SHIPPED.type is argon2.Type.ID
    wanted = argon2.profiles.RFC_9106_LOW_MEMORY
    assert (SHIPPED.time_cost, SHIPPED.memory_cost, SHIPPED.parallelism) == (
        wanted.time_cost, wanted.memory_cost, wanted.parallelism
    )  # fmt: skip


def test_neither_the_trail_nor_the_file_holds_a_password_or_a_token(
    kept: Store, password: str
) -> None:
    token = accounts.sign_in(kept, "an", password, now=NOON)
    with pytest.raises(AccountError):
        accounts.sign_in(kept, "matkhaucuatoi", "x", now=NOON)
    trail = audit.entries(kept)
    text = trail.to_csv()
    assert "$argon2" not in text
    assert "matkhaucuatoi" not in text
    files = b"".join(path.read_bytes() for path in kept.folder.iterdir() if path.is_file())
    for secret in (password, token, "matkhaucuatoi"):
        assert secret not in text
        assert secret.encode() not in files
    assert audit.verify(kept) == []
    assert {"add", "sign_in", "sign_in_refused"} <= set(trail["action"])


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "a" * 5000])
def test_a_forged_token_opens_nothing(kept: Store, password: str, token: str) -> None:
    accounts.sign_in(kept, "an", password, now=NOON)
    assert accounts.session(kept, token, now=NOON) is None
