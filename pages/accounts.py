"""Accounts: who may come in, as what, and for which agency."""

import streamlit as st

from locales import t
from ui import accounts
from ui.frame import require_frame

require_frame("pages/accounts.py")

st.title(t("accounts.title"))
accounts.mode()
left, right = st.columns(2)
with left:
    st.subheader(t("accounts.add_title"))
    accounts.add()
listed = accounts.listed()
if not listed.empty:
    with right:
        st.subheader(t("accounts.change_title"))
        accounts.change(listed)
st.subheader(t("accounts.list_title"))
accounts.table(accounts.listed())
