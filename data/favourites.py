"""Views a person wants to come back to, and whether they have seen the introduction.

Both belong to one person: nobody else sees, changes or removes them, whatever their role.
"""

from __future__ import annotations

import hashlib
import re
from typing import ClassVar, Self

from pydantic import Field, model_validator

from data import records
from data.actors import Action, Actor
from data.records import IN_FORCE, WITHDRAWN, Record, RecordError
from data.store import Store

TITLE_LENGTH = 200
ADDRESS_LENGTH = 2000
# More than this and a list is no help any more.
MOST = 50
_PAGE = re.compile(r"[a-z_]+")


class Favourite(Record):
    """One starred view: the page, the parameters that reopen it, and what its owner calls it."""

    kind: ClassVar[str] = "favourite"
    action: ClassVar[Action] = Action.KEEP_OWN

    account: str
    title: str
    page: str
    query: dict[str, str] = Field(default_factory=dict)

    @property
    def owned_by(self) -> str:
        """Nobody else's, whatever their role."""
        return self.account

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.title:
            raise RecordError("Hãy đặt tên cho mục yêu thích. (The favourite needs a title.)")
        if len(self.title) > TITLE_LENGTH or "\n" in self.title:
            raise RecordError(
                f"Tên mục yêu thích phải nằm trên một dòng, không quá {TITLE_LENGTH} ký tự. "
                "(The title is too long.)"
            )
        if not _PAGE.fullmatch(self.page):
            raise RecordError("Trang này không lưu được. (There is no such page.)")
        if sum(len(key) + len(value) for key, value in self.query.items()) > ADDRESS_LENGTH:
            raise RecordError("Liên kết quá dài nên không lưu được. (The address is too long.)")
        return self


class Introduced(Record):
    """A person has gone through the introduction or put it away."""

    kind: ClassVar[str] = "introduced"
    action: ClassVar[Action] = Action.KEEP_OWN

    account: str

    @property
    def owned_by(self) -> str:
        """Nobody puts it away for somebody else."""
        return self.account


def favourites(store: Store, account: str, *, version: str | None = None) -> list[Favourite]:
    """The views an account has starred, by title; nobody else's."""
    found = records.held(store, Favourite, version=version).values()
    own = [one for one, _ in found if one.account == account and one.state == IN_FORCE]
    return sorted(own, key=lambda one: (one.title.casefold(), one.record_id))


def star(store: Store, title: str, page: str, query: dict[str, str], *, by: Actor) -> Favourite:
    """Keep a view under a title; the same view is kept once, under its latest title.

    Raises:
        NotAllowed: an account that may keep nothing of its own.
        RecordError: no title, one too long, an address too long, or the list is full.
        StoreError: the store cannot be written.
    """
    own = favourites(store, by.name)
    same = [one for one in own if (one.page, one.query) == (page, query)]
    if not same and len(own) >= MOST:
        raise RecordError(
            f"Đã có {MOST} mục yêu thích; hãy bỏ bớt rồi lưu lại. (The list is full.)"
        )
    record_id = same[0].record_id if same else records.new_id(Favourite.kind)
    made = Favourite(record_id=record_id, account=by.name, title=title, page=page, query=query)
    records.save(store, made, by=by)
    return made


def unstar(store: Store, record_id: str, *, by: Actor) -> None:
    """Take a view off the list of its owner.

    Raises:
        NotAllowed: it is not of `by`.
        RecordError: there is none of that id.
        StoreError: the store cannot be written.
    """
    entry = records.held(store, Favourite).get(record_id)
    if entry is None or entry[0].state == WITHDRAWN:
        raise RecordError("Mục yêu thích này không còn. (There is no such favourite.)")
    records.withdraw(store, entry[0], by=by, reason="Người dùng bỏ khỏi danh sách")


def _introduced_id(account: str) -> str:
    # Names may hold any letter; an id may not.
    return f"introduced-{hashlib.sha256(account.encode()).hexdigest()[:16]}"


def is_introduced(store: Store, account: str, *, version: str | None = None) -> bool:
    """Whether the person of an account has seen the introduction or put it away."""
    return _introduced_id(account) in records.held(store, Introduced, version=version)


def introduce(store: Store, *, by: Actor) -> None:
    """Remember that `by` needs no introduction any more.

    Raises:
        NotAllowed: an account that may keep nothing of its own.
        StoreError: the store cannot be written.
    """
    records.save(store, Introduced(record_id=_introduced_id(by.name), account=by.name), by=by)
