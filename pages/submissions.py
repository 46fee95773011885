"""Submissions: who has sent what was called for, who is late, and the letter that urges them."""

import streamlit as st

from locales import form, t
from ui import filters, reviews, submissions
from ui.frame import require_frame

require_frame("pages/submissions.py")

choice = filters.choice()
st.title(t("submissions.title"))
st.caption(t("submissions.subtitle", unit=choice.unit_name, day=form.day(choice.as_of)))
reviews.said()
submissions.tracking(choice)
