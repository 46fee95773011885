"""Why the rank changed: one paragraph, the split as a waterfall, components, rivals and peers."""

import streamlit as st

from briefing import explain
from charts.component_shares import component_shares
from charts.rank_waterfall import rank_waterfall
from charts.theme import MODEBAR
from locales import t
from ui import filters, loaders, why
from ui.frame import require_frame

require_frame("pages/why.py")

choice = filters.choice(one_index=True)
st.title(t("why.title"))
made = why.explained(choice, why.line(choice))
names = why.names()
source = loaders.source_line(choice)
st.caption(
    t("why.subtitle", unit=choice.unit_name, line=explain.line_name(made), year=choice.edition,
      baseline=choice.baseline)
)  # fmt: skip
why.said(explain.paragraph(made, names))

if made.is_split:
    st.plotly_chart(
        rank_waterfall(
            explain.bars(made),
            title=explain.headline(made, names),
            source=source,
            n_ranked=made.after.n_ranked,
        ),
        config=MODEBAR,
        theme=None,
    )
if len(made.components):
    st.subheader(t("why.components_title"))
    if made.components_ground == "given":
        st.plotly_chart(
            component_shares(
                explain.shares(made), title=explain.parts_headline(made, names), source=source
            ),
            config=MODEBAR,
            theme=None,
        )
        why.components(made)
        st.caption(t("why.note_parts", kind=explain.kind_word(made)))
    else:
        st.info(explain.parts_reason(made, names))
        why.components(made)
if made.is_split:
    st.subheader(t("why.passes_title"))
    why.passes(made, names)
if not made.open_editions:
    st.subheader(t("why.profile_title"))
    why.profile(made, names)
    st.subheader(t("why.peers_title"))
    why.peers(made, names)
    why.companions(made, names)
st.subheader(t("why.open_title"))
why.open_questions(made, names)
if computed := loaders.computed_note(choice):
    st.caption(computed)
st.caption(source)
