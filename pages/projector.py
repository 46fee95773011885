"""Projector: the views of a meeting one by one, in large type, turned by the arrow keys."""

import streamlit as st

from ui import filters, projector
from ui.frame import require_frame

require_frame("pages/projector.py")

choice = filters.choice(one_index=True)
projector.style()
at = projector.number()
with st.container(key="projector_view"):
    projector.show(at, choice)
projector.bar(at)
