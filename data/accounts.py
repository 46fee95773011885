"""Accounts for offices without an identity provider: passwords, lock-out, sessions.

They live in a store of their own beside the figures. What a browser holds is a random token; what
is kept of it and of a password is a hash.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import argon2
import pandas as pd

from data import audit
from data.actors import Action, Actor, Role, demand
from data.queries import clock
from data.store import Store, StoreError, sql, store

if TYPE_CHECKING:
    import duckdb

FOLDER = "accounts"
SCHEMA = ("schema_accounts", "schema_audit")
# A working day; nobody types a password twice before lunch, and a forgotten screen ends at night.
SESSION_HOURS = 10
ATTEMPTS, LOCKED_MINUTES = 5, 15
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
NAME_LENGTH = 60
_SYSTEM = Actor("system", Role.ADMINISTRATOR)
_HASHER = argon2.PasswordHasher()
_WRONG_PASSWORD = (
    argon2.exceptions.VerifyMismatchError,
    argon2.exceptions.VerificationError,
    argon2.exceptions.InvalidHashError,
)


class AccountError(StoreError):
    """An account or a sign-in that is refused; the message is one sentence, Vietnamese first."""


@dataclass(frozen=True)
class SignedIn:
    """Who signed in with which token, and whether the password has to be changed first."""

    actor: Actor
    full_name: str
    must_change: bool


def account_store(beside: Store | None = None) -> Store:
    """The store of accounts beside the store of figures."""
    return (beside or store()).beside(FOLDER, schema=SCHEMA)


def any_account(kept: Store) -> bool:
    """Whether anybody can sign in; without accounts the program serves one person only."""
    return kept.exists() and bool(len(kept.frame("accounts")))


def accounts(kept: Store) -> pd.DataFrame:
    """Accounts by name, without their hashes: one row per name."""
    return kept.frame("accounts").drop(columns="password_hash")


def add(
    kept: Store,
    *,
    name: str,
    full_name: str,
    role: Role,
    by: Actor,
    agency_id: str | None = None,
    email: str | None = None,
    now: datetime | None = None,
) -> str:
    """Make an account with a first password that must be changed at the first sign-in.

    Args:
        kept: the store of accounts.
        name: what the person types to sign in; lower-case letters, digits, dot, dash, underscore.
        full_name: what others see.
        role: what the account is for.
        by: who makes it.
        agency_id: the one agency whose sheets it may edit; None for the whole province.
        email: address the identity provider knows the person by; None for a local account only.
        now: moment (UTC); the clock when absent.

    Returns:
        The first password; it is kept nowhere and shown once.

    Raises:
        NotAllowed: `by` is no administrator.
        AccountError: a name that is taken or not a name.
    """
    demand(by, Action.ADMINISTER)
    typed = unicodedata.normalize("NFC", name).strip().casefold()
    if not typed or len(typed) > NAME_LENGTH or not _is_name(typed):
        raise AccountError(
            "Tên tài khoản chỉ gồm chữ thường không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới. "
            "(An account name takes a-z, 0-9, dot, dash and underscore.)"
        )
    password = secrets.token_urlsafe(12)
    with kept.write() as connection:
        if _row(connection, typed) is not None:
            raise AccountError(
                f"Đã có tài khoản “{typed}”; hãy chọn tên khác. (The account name is taken.)"
            )
        values = {
            "name": typed, "full_name": full_name.strip() or typed, "role": str(role),
            "agency_id": agency_id or None, "email": (email or "").strip().casefold() or None,
            "password_hash": _HASHER.hash(password), "must_change": True, "n_failed": 0,
            "locked_until": None, "is_disabled": False, "created_at": now or clock(),
        }  # fmt: skip
        connection.execute(sql("account_insert"), values)
        _trail(connection, by, "add", typed, after=values, now=now)
    return password


def _is_name(text: str) -> bool:
    return all(letter.isascii() and (letter.isalnum() or letter in "._-") for letter in text)


def change(
    kept: Store,
    name: str,
    *,
    by: Actor,
    role: Role | None = None,
    agency_id: str | None = None,
    is_disabled: bool | None = None,
    now: datetime | None = None,
) -> None:
    """Give an account another role or agency, or close or open it; its sessions end.

    Args:
        kept: the store of accounts.
        name: which one.
        by: who changes it.
        role: the new role; unchanged when absent.
        agency_id: the new agency, "" for the whole province; unchanged when absent.
        is_disabled: whether it is closed; unchanged when absent.
        now: moment (UTC); the clock when absent.

    Raises:
        NotAllowed: `by` is no administrator.
        AccountError: no such account, or the last administrator would be gone.
    """
    demand(by, Action.ADMINISTER)
    with kept.write() as connection:
        before = _known(connection, name)
        after = dict(before)
        if role is not None:
            after["role"] = str(role)
        if agency_id is not None:
            after["agency_id"] = agency_id or None
        if is_disabled is not None:
            after["is_disabled"] = is_disabled
        _put(connection, after)
        _keep_one_administrator(connection)
        connection.execute(sql("session_end_all"), {"name": name})
        _trail(connection, by, "change", name, before=before, after=after, now=now)


def _keep_one_administrator(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(sql("accounts")).df()
    able = (rows["role"] == Role.ADMINISTRATOR) & ~rows["is_disabled"] & rows["agency_id"].isna()
    if not able.any():
        raise AccountError(
            "Phải còn ít nhất một quản trị viên đang hoạt động; hãy cấp quyền cho người khác "
            "trước. "
            "(The last administrator cannot be removed.)"
        )


def reset(kept: Store, name: str, *, by: Actor, now: datetime | None = None) -> str:
    """Give an account a new first password and open its lock; its sessions end.

    Returns:
        The password, shown once.

    Raises:
        NotAllowed: `by` is no administrator.
        AccountError: no such account.
    """
    demand(by, Action.ADMINISTER)
    password = secrets.token_urlsafe(12)
    with kept.write() as connection:
        row = _known(connection, name)
        _put(connection, {
            **row, "password_hash": _HASHER.hash(password), "must_change": True, "n_failed": 0,
            "locked_until": None,
        })  # fmt: skip
        connection.execute(sql("session_end_all"), {"name": name})
        _trail(connection, by, "reset_password", name, now=now)
    return password


def sign_in(kept: Store, name: str, password: str, *, now: datetime | None = None) -> str:
    """A session for who knows the password.

    An unknown name, a closed account and a wrong password are answered alike and take as long.

    Returns:
        The token for the browser; it is kept only as a hash.

    Raises:
        AccountError: refused, or locked for a while after too many attempts.
    """
    moment = now or clock()
    typed = unicodedata.normalize("NFC", name).strip().casefold()[: NAME_LENGTH + 1]
    token = secrets.token_urlsafe(32)
    with kept.write() as connection:
        row = _row(connection, typed)
        locked_until = row["locked_until"] if row else None
        is_locked = locked_until is not None and moment < locked_until
        stored = row["password_hash"] if row and not row["is_disabled"] else None
        is_right = _verified(stored, password) and not is_locked
        if row and not is_locked and not is_right and not row["is_disabled"]:
            n_failed = int(row["n_failed"]) + 1
            is_full = n_failed >= ATTEMPTS
            _put(connection, {
                **row, "n_failed": 0 if is_full else n_failed,
                "locked_until": moment + timedelta(minutes=LOCKED_MINUTES) if is_full else None,
            })  # fmt: skip
        if row and is_right:
            _put(connection, {**row, "n_failed": 0, "locked_until": None})
            _start(connection, token, typed, moment)
        # A name nobody has is not written down: people type passwords into the wrong field.
        action = "sign_in" if is_right else "sign_in_locked" if is_locked else "sign_in_refused"
        _trail(connection, _SYSTEM, action, typed if row else "?", now=moment)
    if is_locked:
        raise AccountError(
            f"Tài khoản tạm khóa do nhập sai nhiều lần; hãy thử lại sau {LOCKED_MINUTES} phút hoặc "
            "nhờ quản trị viên đặt lại mật khẩu. (Too many attempts: the account is locked.)"
        )
    if not is_right:
        raise AccountError(
            "Tên tài khoản hoặc mật khẩu không đúng. (The name or the password is wrong.)"
        )
    return token


def _verified(stored: str | None, password: str) -> bool:
    try:
        # Verifying against a hash of nothing takes the time of a real one.
        _HASHER.verify(stored or _nobody(), password[: LONGEST_PASSWORD + 1])
    except _WRONG_PASSWORD:
        return False
    return stored is not None


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def sign_in_as(kept: Store, email: str) -> SignedIn | None:
    """Who an identity provider says it is, if an administrator made that address an account."""
    rows = kept.frame("accounts") if kept.exists() else pd.DataFrame(columns=["email"])
    found = rows.loc[rows["email"].notna() & (rows["email"] == email.strip().casefold())]
    if found.empty or bool(found.iloc[0]["is_disabled"]):
        return None
    return _signed_in(found.iloc[0].to_dict(), must_change=False)


def session(kept: Store, token: str, *, now: datetime | None = None) -> SignedIn | None:
    """Who holds that token; None when it is unknown, over, or its account is closed."""
    if not token or not kept.exists():
        return None
    rows = kept.frame("session_one", token_hash=_hashed(token), moment=now or clock())
    if rows.empty:
        return None
    row = rows.iloc[0].to_dict()
    return _signed_in(row, must_change=bool(row["must_change"]))


def _signed_in(row: dict[Any, Any], *, must_change: bool) -> SignedIn:
    agency = row["agency_id"]
    actor = Actor(
        str(row["name"]), Role(row["role"]), agency_id=None if pd.isna(agency) else str(agency)
    )
    return SignedIn(actor, str(row["full_name"]), must_change)


def sign_out(kept: Store, token: str, *, now: datetime | None = None) -> None:
    """End the session of that token; an unknown one is ended already."""
    who = session(kept, token, now=now)
    if who is None:
        return
    with kept.write() as connection:
        connection.execute(sql("session_end"), {"token_hash": _hashed(token)})
        _trail(connection, who.actor, "sign_out", who.actor.name, now=now)


def change_password(
    kept: Store, token: str, old: str, new: str, *, now: datetime | None = None
) -> str:
    """Set one's own password; all sessions of the account end and a new one starts.

    Returns:
        The token of the new session.

    Raises:
        AccountError: no session, a wrong old password, or a new one that is too short, too long,
            the old one or the account's name.
    """
    moment = now or clock()
    who = session(kept, token, now=moment)
    if who is None:
        raise AccountError("Phiên làm việc đã hết; hãy đăng nhập lại. (The session is over.)")
    name = who.actor.name
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD or new in (old, name):
        raise AccountError(
            f"Mật khẩu mới phải dài từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự, khác mật "
            "khẩu cũ và khác tên tài khoản. (The new password is too short or not new.)"
        )
    fresh = secrets.token_urlsafe(32)
    with kept.write() as connection:
        row = _known(connection, name)
        if not _verified(row["password_hash"], old):
            raise AccountError("Mật khẩu hiện tại không đúng. (The present password is wrong.)")
        _put(connection, {**row, "password_hash": _HASHER.hash(new), "must_change": False})
        connection.execute(sql("session_end_all"), {"name": name})
        _start(connection, fresh, name, moment)
        _trail(connection, who.actor, "change_password", name, now=moment)
    return fresh


def _start(connection: duckdb.DuckDBPyConnection, token: str, name: str, moment: datetime) -> None:
    connection.execute(sql("session_sweep"), {"moment": moment})
    ends_at = moment + timedelta(hours=SESSION_HOURS)
    values = {
        "token_hash": _hashed(token), "name": name, "started_at": moment, "ends_at": ends_at,
    }  # fmt: skip
    connection.execute(sql("session_insert"), values)


def _hashed(token: str) -> str:
    # A token has 256 random bits; a slow hash would protect nothing more.
    return hashlib.sha256(token.encode()).hexdigest()


def _row(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any] | None:
    cursor = connection.execute(sql("account_one"), {"name": name})
    columns = [str(column[0]) for column in cursor.description or []]
    rows = cursor.fetchall()
    return dict(zip(columns, rows[0], strict=True)) if rows else None


def _known(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    row = _row(connection, name)
    if row is None:
        raise AccountError(f"Không có tài khoản “{name}”. (There is no such account.)")
    return row


def _put(connection: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> None:
    connection.execute(sql("account_delete"), {"name": row["name"]})
    connection.execute(sql("account_insert"), row)


def _trail(
    connection: duckdb.DuckDBPyConnection,
    by: Actor,
    action: str,
    name: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> None:
    """An entry of the trail, never with a hash in it."""
    bare = [
        None if row is None else {key: row[key] for key in row if key != "password_hash"}
        for row in (before, after)
    ]
    audit.record(
        connection, by=by, action=action, kind="account", key=name, before=bare[0], after=bare[1],
        now=now,
    )  # fmt: skip
