"""Training: one sheet per index for staff of districts and communes."""

import streamlit as st

from locales import t
from ui import filters, loaders
from ui import help as guide
from ui.frame import require_frame

require_frame("pages/training.py")

choice = filters.choice(one_index=True)
st.title(t("training.title", index=loaders.index_short(choice.index_id)))
st.caption(t("training.about"))
guide.training(choice)
