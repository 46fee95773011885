"""Gaps: base, required and actual place of every component of one index, and who answers."""

import streamlit as st

from briefing import sentences
from charts.rank_dumbbell import rank_dumbbell
from locales import t
from ui import download, filters, lens, loaders, tables
from ui.frame import require_frame

require_frame("pages/gaps.py")

choice = filters.choice(one_index=True)
index = loaders.index_short(choice.index_id)
st.title(t("gaps.title"))
st.caption(
    t("gaps.subtitle", unit=choice.unit_name, index=index, year=choice.edition,
      baseline=choice.baseline)
)  # fmt: skip

lens.section(choice)
gaps = loaders.component_gaps(choice)
drawn = gaps.loc[gaps["is_drawn"]]
if drawn.empty:
    st.info(t("gaps.empty", unit=choice.unit_name, index=index, year=choice.edition))
else:
    download.chart(
        rank_dumbbell(
            drawn,
            title=sentences.gaps_finding(gaps, index, choice.baseline, choice.edition),
            source=loaders.source_line(choice),
            baseline=choice.baseline,
            edition=choice.edition,
        ),
        name=f"gaps_{choice.unit_id}_{choice.index_id}_{choice.edition}",
        data=drawn,
    )
st.caption(sentences.not_drawn(gaps))
tables.gaps(gaps, baseline=choice.baseline, edition=choice.edition)
st.caption(t("gaps.note_points"))
st.caption(t("gaps.note_computed"))
