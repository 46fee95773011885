"""Why the rank changed: one paragraph, the split as a waterfall, components, rivals and peers."""

import streamlit as st

from briefing import explain
from charts.component_shares import component_shares
from charts.rank_waterfall import rank_waterfall
from locales import t
from ui import download, filters, lens, loaders, why
from ui.frame import require_frame

require_frame("pages/why.py")

choice = filters.choice(one_index=True)
st.title(t("why.title"))
made = why.explained(choice, why.line(choice, of_all_units=True))
names = why.names()
source = loaders.source_line(choice)
st.caption(
    t("why.subtitle", unit=choice.unit_name, line=explain.line_name(made), year=choice.edition,
      baseline=choice.baseline)
)  # fmt: skip
why.said(explain.paragraph(made, names))
lens.section(choice)

if made.is_split:
    download.chart(
        rank_waterfall(
            explain.bars(made),
            title=explain.headline(made, names),
            source=source,
            n_ranked=made.after.n_ranked,
        ),
        name=f"why_{choice.unit_id}_{choice.index_id}_{choice.edition}",
        data=explain.bars(made),
    )
if len(made.components):
    st.subheader(t("why.components_title"))
    if made.components_ground == "given":
        download.chart(
            component_shares(
                explain.shares(made), title=explain.parts_headline(made, names), source=source
            ),
            name=f"why_parts_{choice.unit_id}_{choice.index_id}_{choice.edition}",
            data=explain.shares(made),
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
if cut := loaders.depth_note(choice.index_id):
    st.caption(cut)
if computed := loaders.computed_note(choice):
    st.caption(computed)
st.caption(source)
