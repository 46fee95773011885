"""Who acts, and what each role may do: every function that writes asks here first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from data.store import StoreError


class Role(StrEnum):
    """What an account is for; each role may also do what the ones before it may."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What can be done to what is held."""

    SEE_UNPUBLISHED = "see_unpublished"
    KEEP_OWN = "keep_own"
    EDIT_SHEETS = "edit_sheets"
    EDIT_REGISTER = "edit_register"
    LOAD = "load"
    APPROVE = "approve"
    ADMINISTER = "administer"


_ORDER = tuple(Role)
# The least role for each action. An account bound to an agency may edit that agency's sheets
# whatever its role, and nobody else's.
_LEAST = {
    Action.KEEP_OWN: Role.VIEWER,
    Action.SEE_UNPUBLISHED: Role.ANALYST,
    Action.EDIT_SHEETS: Role.ANALYST,
    Action.EDIT_REGISTER: Role.ANALYST,
    Action.LOAD: Role.ANALYST,
    Action.APPROVE: Role.APPROVER,
    Action.ADMINISTER: Role.ADMINISTRATOR,
}


class NotAllowed(StoreError):
    """An act beyond the role of who tried it; the message is one sentence, Vietnamese first."""


@dataclass(frozen=True)
class Actor:
    """Who acts.

    Attributes:
        name: account name, or what the person calls themself where there are no accounts.
        role: what the account is for.
        agency_id: the one agency whose sheets the account may edit; None for the whole province.
    """

    name: str
    role: Role
    agency_id: str | None = None


def least_role(action: Action) -> Role:
    """The least role that may do `action`."""
    return _LEAST[action]


def may(actor: Actor, action: Action, *, agency_id: str | None = None) -> bool:
    """Whether `actor` may do `action`, to what belongs to `agency_id` where that is given."""
    if action is Action.EDIT_SHEETS and actor.agency_id is not None:
        return agency_id == actor.agency_id
    if actor.agency_id is not None and action not in (Action.KEEP_OWN, Action.SEE_UNPUBLISHED):
        return False
    return _ORDER.index(actor.role) >= _ORDER.index(_LEAST[action])


def demand(actor: Actor, action: Action, *, agency_id: str | None = None) -> None:
    """Stop an act that is not allowed before anything is written.

    Raises:
        NotAllowed: beyond the role of `actor`, or not its agency.
    """
    if not may(actor, action, agency_id=agency_id):
        raise NotAllowed(
            f"Tài khoản “{actor.name}” không có quyền làm việc này; hãy nhờ người có quyền "
            f"{_LEAST[action]} của đơn vị. "
            f"(The account “{actor.name}” may not do this; it takes the role {_LEAST[action]}.)"
        )
