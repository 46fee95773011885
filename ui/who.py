"""Who is at the screen, and what the screen may show them.

The gate has let them in already; here the session is looked up anew for every run of a page, so
that one that has ended ends at the next click. See docs/decisions/0020.
"""

from __future__ import annotations

import getpass

import streamlit as st
from starlette.datastructures import Headers

from data import accounts
from data.accounts import SignedIn
from data.actors import Action, Actor, Role, may
from locales import t
from ui.asking import COOKIE, is_local
from ui.gate import Access, access
from ui.sign_in import PASSWORD, SIGN_IN, SIGN_OUT

_HERE = "signed_in"
NAME_LENGTH = 80


def actor() -> Actor:
    """The person at the screen; without accounts the one who started the program."""
    return signed_in().actor


def signed_in() -> SignedIn:
    """Who is at the screen; the page stops here when that is nobody."""
    known = st.session_state.get(_HERE)
    return known if isinstance(known, SignedIn) else identify()


def allowed(action: Action) -> bool:
    """Whether the person at the screen may do that."""
    return may(actor(), action)


def identify() -> SignedIn:
    """Look up who is there, once per run; stops the page when that is nobody."""
    st.session_state.pop(_HERE, None)
    way = access()
    if way is Access.SINGLE:
        _only_here()
        name = getpass.getuser()
        found = SignedIn(Actor(name, Role.ADMINISTRATOR), name, must_change=False)
    elif way is Access.PROVIDER:
        found = _provided()
    else:
        token = st.context.cookies.get(COOKIE, "")
        held = accounts.session(accounts.account_store(), token)
        if held is None or held.must_change:
            st.warning(t("gate.over"))
            st.link_button(t("gate.sign_in_do"), PASSWORD if held else SIGN_IN)
            st.stop()
        found = held
    st.session_state[_HERE] = found
    return found


def _only_here() -> None:
    """One person without accounts works on this machine only, also where the gate was left out."""
    headers = st.context.headers.to_dict()
    # A page run by a test has no request behind it.
    if headers and not is_local(st.context.ip_address or "127.0.0.1", Headers(headers)):
        st.error(t("gate.local_only"))
        st.stop()


def _provided() -> SignedIn:
    """Who the office's identity provider says it is, if that address has an account."""
    if not st.user.is_logged_in:
        st.title(t("app.name"))
        st.markdown(t("gate.provider_about"))
        st.button(t("gate.sign_in_do"), on_click=st.login, type="primary")
        st.stop()
    email = str(st.user.get("email") or "")
    # An address the provider has not checked may be anybody's.
    is_checked = st.user.get("email_verified") is not False
    found = accounts.sign_in_as(accounts.account_store(), email) if is_checked else None
    if found is None:
        st.error(t("gate.unknown_email", email=email))
        st.button(t("gate.sign_out"), on_click=st.logout)
        st.stop()
    return found


def signer(label: str, key: str) -> Actor | None:
    """Who signs what is about to be written; None while that is nobody.

    Where people sign in it is they; one machine without accounts may serve several people, so the
    name is asked for there.
    """
    person = actor()
    if access() is not Access.SINGLE:
        return person
    name = st.text_input(label, key=key, max_chars=NAME_LENGTH).strip()
    return Actor(name, person.role) if name else None


def badge() -> None:
    """Who is signed in, and the way out, in the sidebar."""
    person = signed_in()
    if access() is Access.SINGLE:
        st.caption(t("gate.single"))
        return
    role = t(f"role.{person.actor.role}")
    st.text(t("gate.signed_in", name=person.full_name, role=role))
    if access() is Access.PROVIDER:
        st.button(t("gate.sign_out"), on_click=st.logout)
        return
    # Plain links: the gate answers them, not a page.
    st.html(
        f'<a href="{SIGN_OUT}" target="_self">{t("gate.sign_out")}</a> · '
        f'<a href="{PASSWORD}" target="_self">{t("gate.change_password")}</a>'
    )
