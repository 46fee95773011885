"""Where the indices agree: a second implementation in plain loops, and real figures."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.board import Knowledge
from analytics.crosswalk import theme_accord, theme_indices, theme_standings
from analytics.schema import ColumnsMissing
from data import tiles as maps
from data.build import REFERENCE

Rows = list[tuple[str, str, float | None]]


def by_hand(rows: Rows) -> dict[str, tuple[int, float | None, str]]:
    """Theme -> how many indices, spread, accord; from docs/method/crosswalk.md."""
    found = {}
    for theme in dict.fromkeys(theme for theme, _, _ in rows):
        means = []
        for index in dict.fromkeys(i for t, i, _ in rows if t == theme):
            held = [p for t, i, p in rows if t == theme and i == index and p is not None]
            if held:
                means.append(sum(held) / len(held))
        spread = max(means) - min(means) if len(means) > 1 else None
        if not means:
            accord = "unknown"
        elif spread is None:
            accord = "one_only"
        elif spread <= 25:
            accord = "agree"
        elif spread >= 50:
            accord = "disagree"
        else:
            accord = "mixed"
        found[theme] = (len(means), spread, accord)
    return found


row = st.tuples(
    st.sampled_from(["procedures", "land", "digital"]),
    st.sampled_from(["papi", "pci", "sipas", "par_index"]),
    st.one_of(st.none(), st.integers(0, 100).map(float)),
)


@given(st.lists(row, min_size=1, max_size=20))
def test_the_accord_of_a_theme_is_what_plain_loops_give(rows: Rows) -> None:
    frame = pd.DataFrame(rows, columns=["theme_id", "index_id", "percentile"])
    made = theme_accord(theme_indices(frame)).set_index("theme_id")
    for theme, (n, spread, accord) in by_hand(rows).items():
        assert made.loc[theme, "n_indices"] == n
        seen = made.loc[theme, "spread"]
        if spread is None:
            assert pd.isna(seen)
        else:
            assert seen == pytest.approx(spread)
        # A mean a hair beside a limit may fall on either side of it.
        if spread is None or min(abs(spread - 25), abs(spread - 50)) > 1e-9:
            assert made.loc[theme, "accord"] == accord


@pytest.mark.parametrize(
    ("low", "high", "accord"),
    [(40, 65, "agree"), (40, 65.1, "mixed"), (10, 59.9, "mixed"), (10, 60, "disagree")],
)
def test_limits_belong_to_agreement_and_to_disagreement(
    low: float, high: float, accord: str
) -> None:
    frame = pd.DataFrame(
        {"theme_id": "land", "index_id": ["papi", "pci"], "percentile": [low, high]}
    )
    assert theme_accord(frame)["accord"].tolist() == [accord]


def real(known: Knowledge, edition: int) -> pd.DataFrame:
    ids = sorted(set(known.tables.components["component_id"]))
    return theme_standings(
        maps.crosswalk(REFERENCE, ids), known.standings, unit_id="vn63-kon-tum", edition=edition
    )


def test_papi_and_pci_disagree_on_land_in_kon_tum_2019(known: Knowledge) -> None:
    made = theme_accord(theme_indices(real(known, 2019))).set_index("theme_id")
    land = made.loc["land"]
    assert (land["highest"], land["lowest"], land["accord"]) == ("pci", "papi", "disagree")
    papi = (100 * 0 / 62 + 100 * (63 - 55) / 62) / 2
    assert land["spread"] == pytest.approx(100 * (63 - 9) / 62 - papi)


def test_an_index_of_which_nothing_is_held_stays_out_of_the_spread(known: Knowledge) -> None:
    made = theme_indices(real(known, 2019)).set_index(["theme_id", "index_id"])
    assert pd.isna(made.loc[("procedures", "sipas"), "percentile"])
    assert made.loc[("procedures", "sipas"), "n_known"] == 0
    accord = theme_accord(made.reset_index()).set_index("theme_id")
    assert accord.loc["procedures", "n_indices"] == 2


def test_a_frame_without_standings_is_refused_by_name() -> None:
    with pytest.raises(ColumnsMissing, match="percentile"):
        theme_indices(pd.DataFrame({"theme_id": [], "index_id": []}))
