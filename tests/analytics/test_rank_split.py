"""A rank change is split exactly, and names who passed whom."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.field import ComponentNotFound, FiguresRepeated, Ground, IndexesMixed
from analytics.rank_split import MethodGround, passes, rank_split, rank_split_history
from analytics.schema import ColumnsMissing, EditionNotFound, UnitNotFound
from tests.analytics import by_hand_why as by_hand
from tests.analytics import published_tables as published
from tests.analytics.published_tables import KON_TUM, QUANG_NGAI
from tests.examples import examples

PARTS = ["own", "peers", "method", "composition", "publisher"]


def of(frame: pd.DataFrame, unit_id: str) -> pd.Series:
    return frame.set_index("unit_id").loc[unit_id]


def papi(baseline: int, edition: int) -> pd.DataFrame:
    return rank_split(
        published.figures("papi"),
        baseline=baseline,
        edition=edition,
        editions=published.editions("papi"),
    )


@pytest.fixture(scope="module", params=["papi", "pci"])
def consecutive(request: pytest.FixtureRequest) -> pd.DataFrame:
    index_id = request.param
    figures = published.figures(index_id)
    years = sorted(figures["edition"].unique())
    return rank_split_history(
        figures,
        editions=published.editions(index_id),
        pairs=list(pairwise(years)),
        weights=published.weights(index_id),
        breaks=published.breaks(index_id),
    )


def test_quang_ngai_lost_26_places_in_papi_2023_all_by_its_own_score() -> None:
    row = of(papi(2022, 2023), QUANG_NGAI)
    assert (row["rank_baseline"], row["rank"], row["gain"]) == (23, 49, -26)
    assert list(row[PARTS]) == [-26, 0, 0, 0, 0]


def test_kon_tum_lost_four_places_in_papi_2024_although_its_score_rose() -> None:
    row = of(papi(2023, 2024), KON_TUM)
    assert (row["rank_baseline"], row["rank"], row["gain"]) == (56, 60, -4)
    assert list(row[PARTS]) == [2, -5, 0, -1, 0]
    assert row["score_change"] == pytest.approx(0.346965, abs=5e-7)
    assert row["peers_score_change"] == pytest.approx(0.893947, abs=5e-7)


def test_the_parts_sum_to_the_change_for_every_province_and_consecutive_pair(
    consecutive: pd.DataFrame,
) -> None:
    split = consecutive[consecutive["ground"] == Ground.GIVEN]
    assert len(split) > 700
    summed = split[PARTS].fillna(0).sum(axis=1)
    assert np.abs(summed - split["gain"].astype(float)).max() < 1e-9


def test_the_split_agrees_with_plain_loops_for_every_province_and_pair_without_new_method(
    consecutive: pd.DataFrame,
) -> None:
    figures = {
        (row.index_id, year): published.scores(row.index_id, year)
        for row in consecutive[["index_id", "baseline", "edition"]].drop_duplicates().itertuples()
        for year in (row.baseline, row.edition)
    }
    rows = consecutive[
        consecutive["ground"].eq(Ground.GIVEN)
        & consecutive["method_ground"].isin([MethodGround.UNCHANGED, MethodGround.NOT_SEPARABLE])
    ].iloc[::7]
    assert len(rows) > 100
    for row in rows.itertuples():
        expected = by_hand.split(
            row.unit_id, figures[row.index_id, row.baseline], figures[row.index_id, row.edition]
        )
        assert row.own == pytest.approx(expected["own"])
        assert row.peers == pytest.approx(expected["peers"])
        assert row.composition == pytest.approx(expected["composition"])


def test_two_new_dimensions_of_papi_2018_stand_apart_as_the_method() -> None:
    """The 2018 table is scored again on the six dimensions of 2017."""
    found = rank_split(
        published.figures("papi"),
        baseline=2017,
        edition=2018,
        editions=published.editions("papi"),
    )
    assert set(found["method_ground"]) == {MethodGround.SEPARATED}
    frame = published.figures("papi")
    six = frame[
        frame["edition"].eq(2018)
        & frame["component_id"].str.fullmatch(r"papi\.[a-z]+")
        & ~frame["component_id"].isin(["papi.environment", "papi.egovernance"])
    ]
    old_method = six.groupby("unit_id")["score"].sum()
    before, after = published.scores("papi", 2017), published.scores("papi", 2018)
    common = before.keys() & after.keys()
    tables = {
        (0, 0): {u: before[u] for u in common},
        (1, 0): {u: float(old_method[u]) for u in common},
        (1, 1): {u: after[u] for u in common},
    }
    for unit_id in sorted(common)[::5]:
        expected = by_hand.split_with_method(unit_id, tables)
        row = of(found, unit_id)
        assert [row["own"], row["peers"], row["method"]] == pytest.approx(list(expected.values()))


def test_new_weights_alone_are_averaged_over_all_six_orders() -> None:
    """With both tables scored under both methods the method may change first, between or last."""
    rng = np.random.default_rng(5)
    units, parts = [f"u{i}" for i in range(9)], ["pci.a", "pci.b"]
    points = rng.uniform(1, 10, (2, 9, 2))
    weight = {2011: (1.0, 3.0), 2012: (3.0, 1.0)}
    rows = []
    for at, year in enumerate((2011, 2012)):
        for i, unit in enumerate(units):
            rows.append((unit, "pci", year, float(points[at, i] @ weight[year])))
            rows += [(unit, part, year, points[at, i, k]) for k, part in enumerate(parts)]
    weights = pd.DataFrame(
        [(part, year, year, weight[year][k]) for year in weight for k, part in enumerate(parts)],
        columns=["component_id", "from_edition", "to_edition", "weight"],
    )
    found = rank_split(
        published.table(*rows, index_id="pci"),
        baseline=2011,
        edition=2012,
        editions=published.complete(2011, 2012),
        weights=weights,
    )
    tables = {
        (d, m): {unit: float(points[d, i] @ weight[2011 + m]) for i, unit in enumerate(units)}
        for d in (0, 1)
        for m in (0, 1)
    }
    assert found["method"].abs().sum() > 0
    for unit in units:
        expected = by_hand.split_with_method(unit, tables)
        row = of(found, unit)
        assert [row["own"], row["peers"], row["method"]] == pytest.approx(list(expected.values()))


def test_a_recorded_break_without_a_second_table_is_said_not_to_be_separable() -> None:
    found = rank_split(
        published.figures("pci"),
        baseline=2021,
        edition=2022,
        editions=published.editions("pci"),
        weights=published.weights("pci"),
        breaks=published.breaks("pci"),
    )
    given_rows = found[found["ground"] == Ground.GIVEN]
    assert set(found["method_ground"]) == {MethodGround.NOT_SEPARABLE}
    assert given_rows["method"].isna().all()
    assert len(given_rows) == 63


def test_a_publisher_who_separates_level_scores_gets_a_part_of_its_own() -> None:
    """VCCI printed Hà Giang 41st in 2011, level with the 40th."""
    found = rank_split(
        published.figures("pci"),
        baseline=2010,
        edition=2011,
        editions=published.editions("pci"),
        weights=published.weights("pci"),
    )
    row = of(found, "vn63-ha-giang")
    assert row["rank"] == 41
    assert row["publisher"] == -1
    assert row[PARTS].astype(float).sum() == pytest.approx(row["gain"])


def test_ranks_without_the_rivals_scores_give_a_gain_and_no_parts() -> None:
    found = rank_split(
        published.figures("par_index"),
        baseline=2022,
        edition=2023,
        editions=published.editions("par_index"),
    )
    row = of(found, KON_TUM)
    assert row["ground"] == Ground.SCORES_OF_OTHERS_MISSING
    assert row[PARTS].isna().all()
    assert row["gain"] == row["rank_baseline"] - row["rank"]
    assert row["n_held"] < row["n_expected"] == 63
    assert not (found["ground"] == Ground.GIVEN).any()


def test_a_province_withheld_in_one_year_has_no_parts() -> None:
    row = of(papi(2022, 2023), "vn63-binh-duong")
    assert row["ground"] == Ground.NOT_SCORED
    assert pd.isna(row["gain"])
    assert row[PARTS].isna().all()


def test_the_overtakers_of_kon_tum_in_2024_are_named() -> None:
    found = passes(
        published.figures("papi"),
        baseline=2023,
        edition=2024,
        editions=published.editions("papi"),
        unit_id=KON_TUM,
    )
    names = found.groupby("movement")["other_unit_id"].agg(list).to_dict()
    assert names == {
        "overtook": ["vn63-kien-giang"],
        "overtaken_by": [
            "vn63-binh-phuoc",
            "vn63-dak-nong",
            "vn63-dong-nai",
            "vn63-tay-ninh",
        ],
        "entered_ahead": ["vn63-binh-duong", "vn63-quang-ninh"],
        "left_from_ahead": ["vn63-vinh-phuc"],
    }


@pytest.mark.parametrize(("baseline", "edition"), [(2019, 2021), (2022, 2023), (2023, 2024)])
def test_passes_net_to_the_split_for_every_province(baseline: int, edition: int) -> None:
    found = passes(
        published.figures("papi"),
        baseline=baseline,
        edition=edition,
        editions=published.editions("papi"),
    )
    before, after = published.scores("papi", baseline), published.scores("papi", edition)
    split = papi(baseline, edition)
    for row in split[split["ground"] == Ground.GIVEN].itertuples():
        names = by_hand.passed(row.unit_id, before, after)
        mine = found[found["unit_id"] == row.unit_id].groupby("movement")["other_unit_id"].agg(set)
        assert {m: mine.get(m, set()) for m in names} == names
        n = {movement: len(others) for movement, others in names.items()}
        assert n["overtook"] - n["overtaken_by"] == pytest.approx(row.own + row.peers)
        assert n["left_from_ahead"] - n["entered_ahead"] == row.composition


def test_a_rival_drawn_level_with_is_overtaken_no_more_and_marked_level() -> None:
    figures = published.table(
        ("a", "papi", 2022, 10.0),
        ("b", "papi", 2022, 11.0),
        ("a", "papi", 2023, 11.0),
        ("b", "papi", 2023, 11.0),
    )
    years = published.complete(2022, 2023)
    found = passes(figures, baseline=2022, edition=2023, editions=years)
    assert list(found["unit_id"]) == ["a"]
    assert list(found["movement"]) == ["overtook"]
    assert found["is_level"].all()
    split = rank_split(figures, baseline=2022, edition=2023, editions=years)
    assert list(split["gain"]) == [1, 0]


FIELDS = st.dictionaries(
    st.sampled_from([f"u{i}" for i in range(7)]),
    st.integers(0, 6).map(lambda n: n / 2),
    min_size=2,
)


@settings(max_examples=examples(60), deadline=None)
@given(before=FIELDS, after=FIELDS)
def test_any_two_tables_with_ties_and_absences_split_without_remainder(
    before: dict[str, float], after: dict[str, float]
) -> None:
    rows = [(u, "papi", y, s) for y, t in ((1, before), (2, after)) for u, s in t.items()]
    figures = published.table(*rows)
    years = published.complete(1, 2)
    found = rank_split(figures, baseline=1, edition=2, editions=years)
    back = rank_split(figures, baseline=2, edition=1, editions=years).set_index("unit_id")
    shuffled = figures.sample(frac=1, random_state=1)
    again = rank_split(shuffled, baseline=1, edition=2, editions=years)
    pd.testing.assert_frame_equal(found, again)
    for row in found[found["ground"] == Ground.GIVEN].itertuples():
        expected = by_hand.split(row.unit_id, before, after)
        assert row.gain == expected["gain"]
        assert [row.own, row.peers] == pytest.approx([expected["own"], expected["peers"]])
        assert row.own + row.peers + row.composition == pytest.approx(row.gain)
        # What one direction of time gains the other loses.
        assert back.loc[row.unit_id, "own"] == pytest.approx(-row.own)


def test_the_figures_handed_over_are_left_as_they_were() -> None:
    figures = published.figures("papi")
    copy = figures.copy()
    papi(2022, 2023)
    rank_split(figures, baseline=2022, edition=2023, editions=published.editions("papi"))
    pd.testing.assert_frame_equal(figures, copy)


def test_questions_that_cannot_be_asked_are_refused_by_name() -> None:
    figures, years = published.figures("papi"), published.editions("papi")
    with pytest.raises(ColumnsMissing):
        rank_split(figures.drop(columns="score"), baseline=2022, edition=2023, editions=years)
    with pytest.raises(EditionNotFound):
        rank_split(figures, baseline=1999, edition=2023, editions=years)
    with pytest.raises(ComponentNotFound):
        rank_split(figures, baseline=2022, edition=2023, editions=years, component_id="papi.x")
    both = pd.concat([figures, published.figures("pci")])
    with pytest.raises(IndexesMixed):
        rank_split(both, baseline=2022, edition=2023, editions=years)
    twice = pd.concat([figures, figures.head(1)])
    with pytest.raises(FiguresRepeated):
        rank_split(twice, baseline=2022, edition=2023, editions=years)
    with pytest.raises(UnitNotFound):
        passes(figures, baseline=2022, edition=2023, editions=years, unit_id="vn63-none")
