"""Components share out the change of the score, and of the rank, without a remainder."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import component_split as split_module
from analytics.component_split import (
    MOST_PARTS,
    TooManyParts,
    component_split,
    component_split_history,
    fair_shares,
)
from analytics.field import Ground
from analytics.rank_split import rank_split, rank_split_history
from tests.analytics import by_hand_why as by_hand
from tests.analytics import published_tables as published
from tests.analytics.published_tables import KON_TUM, QUANG_NGAI
from tests.examples import examples

KEYS = ["baseline", "edition", "unit_id"]


def parts_of(unit_id: str, edition: int, parent: str) -> dict[str, float]:
    frame = published.figures("papi")
    rows = frame[frame["unit_id"].eq(unit_id) & frame["edition"].eq(edition)].dropna(
        subset=["score"]
    )
    pattern = parent.replace(".", r"\.") + r"\.[a-z_]+"
    rows = rows[rows["component_id"].str.fullmatch(pattern)]
    return dict(zip(rows["component_id"], rows["score"], strict=True))


def papi(baseline: int, edition: int, component_id: str | None = None) -> pd.DataFrame:
    return component_split(
        published.figures("papi"),
        baseline=baseline,
        edition=edition,
        editions=published.editions("papi"),
        component_id=component_id,
        with_subcomponents=component_id is None,
    )


@pytest.fixture(scope="module", params=["papi", "pci"])
def index_id(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def consecutive(index_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    figures = published.figures(index_id)
    given_over = {
        "editions": published.editions(index_id),
        "pairs": list(pairwise(sorted(figures["edition"].unique()))),
        "weights": published.weights(index_id),
        "breaks": published.breaks(index_id),
    }
    return rank_split_history(figures, **given_over), component_split_history(figures, **given_over)


def test_component_shares_sum_to_the_own_effect_for_every_province_and_consecutive_pair(
    index_id: str, consecutive: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    split, shares = consecutive
    shares = shares[shares["ground"] == Ground.GIVEN]
    summed = shares.groupby(KEYS)["rank_effect"].sum().rename("summed").reset_index()
    both = summed.merge(split, on=KEYS, validate="1:1")
    assert len(both) == len(summed) > 600
    assert (both["summed"] - both["own"]).abs().max() < 1e-9
    separable = set(zip(both["baseline"], both["edition"], strict=True))
    every = set(pairwise(sorted(published.figures(index_id)["edition"].unique())))
    # PCI: weights unknown for 2005, one part dropped in 2009, printed totals missed in 2011, and
    # sub-indices of few provinces after 2019, of which only Hải Phòng's add up, in 2020.
    missed = {
        "papi": set(),
        "pci": {(2005, 2006), (2008, 2009), (2010, 2011), (2011, 2012)}
        | {(y, y + 1) for y in range(2020, 2024)},
    }
    assert every - separable == missed[index_id]


def test_score_effects_sum_to_the_change_of_the_total_for_every_province_and_pair(
    index_id: str, consecutive: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    split, shares = consecutive
    shares = shares[shares["ground"] == Ground.GIVEN]
    effect = shares["score_effect"].fillna(0) + shares["weight_effect"].fillna(0)
    summed = effect.groupby([shares[k] for k in KEYS]).sum().rename("summed").reset_index()
    both = summed.merge(split, on=KEYS, validate="1:1")
    assert (both["summed"] - both["score_change"]).abs().max() < 2e-5
    if index_id == "pci":
        # New weights in 2013: something is due to the weights, and the sum is still the change.
        in_2013 = shares[shares["edition"].eq(2013)]
        assert (in_2013["weight_effect"].abs() > 1).any()


@pytest.mark.parametrize(("unit_id", "baseline", "edition"), [(QUANG_NGAI, 2022, 2023)])
def test_the_enumeration_agrees_with_every_order_of_eight_dimensions(
    unit_id: str, baseline: int, edition: int
) -> None:
    """All subsets by the textbook formula; all orders are walked on smaller cases below."""
    for unit in (unit_id, KON_TUM, "vn63-ha-noi", "vn63-dong-thap"):
        expected = by_hand.component_shares(
            unit,
            parts_of(unit, baseline, "papi"),
            parts_of(unit, edition, "papi"),
            published.scores("papi", baseline),
            published.scores("papi", edition),
        )
        rows = papi(baseline, edition)
        mine = rows[rows["unit_id"].eq(unit) & rows["level"].eq(1)].set_index("part_id")
        assert mine["rank_effect"].to_dict() == pytest.approx(expected)


@pytest.mark.parametrize("dimension", ["papi.corruption", "papi.services", "papi.participation"])
def test_four_subdimensions_give_the_rank_effect_of_their_own_dimension(dimension: str) -> None:
    rows = papi(2022, 2023, dimension)
    split = rank_split(
        published.figures("papi"),
        baseline=2022,
        edition=2023,
        editions=published.editions("papi"),
        component_id=dimension,
    ).set_index("unit_id")
    for unit in (KON_TUM, QUANG_NGAI, "vn63-an-giang"):
        mine = rows[rows["unit_id"] == unit].set_index("part_id")["rank_effect"]
        expected = by_hand.component_shares(
            unit,
            parts_of(unit, 2022, dimension),
            parts_of(unit, 2023, dimension),
            published.scores("papi", 2022, dimension),
            published.scores("papi", 2023, dimension),
            every_order=True,
        )
        assert len(mine) == 4
        assert mine.to_dict() == pytest.approx(expected)
        assert mine.sum() == pytest.approx(split.loc[unit, "own"])


def test_quang_ngai_lost_a_third_of_its_26_places_to_willingness_to_fight_corruption() -> None:
    rows = papi(2022, 2023)
    mine = rows[rows["unit_id"] == QUANG_NGAI].set_index("part_id")["rank_effect"]
    assert mine["papi.corruption"] == pytest.approx(-9.667857, abs=5e-7)
    assert mine["papi.corruption.willingness"] == pytest.approx(-8.151339, abs=5e-7)
    top = rows[rows["unit_id"].eq(QUANG_NGAI) & rows["level"].eq(1)]["rank_effect"]
    assert top.sum() == pytest.approx(-26)


def test_subdimensions_sum_to_their_dimension_so_that_the_drill_down_agrees() -> None:
    rows = papi(2022, 2023)
    inner = rows[rows["level"] == 2].groupby(["unit_id", "parent_id"])["rank_effect"].sum()
    outer = rows[rows["level"] == 1].set_index(["unit_id", "part_id"])["rank_effect"]
    assert len(inner) == 59 * 8
    assert (inner - outer.reindex(inner.index)).abs().max() < 1e-9


def test_blocks_of_parts_agree_with_every_order_of_blocks_and_of_parts_inside() -> None:
    rng = np.random.default_rng(11)
    units = [f"u{i}" for i in range(8)]
    dims = {"papi.a": ["papi.a.x", "papi.a.y"], "papi.b": ["papi.b.x", "papi.b.y", "papi.b.z"]}
    points = {
        (u, p, y): float(rng.integers(0, 9)) for u in units for d in dims.values() for p in d
        for y in (1, 2)
    }  # fmt: skip
    rows = []
    for (unit, part, year), score in points.items():
        rows.append((unit, part, year, score))
    for unit in units:
        for year in (1, 2):
            sums = {d: sum(points[unit, p, year] for p in ps) for d, ps in dims.items()}
            rows += [(unit, d, year, s) for d, s in sums.items()]
            rows.append((unit, "papi", year, sum(sums.values())))
    found = component_split(
        published.table(*rows),
        baseline=1,
        edition=2,
        editions=published.complete(1, 2),
        with_subcomponents=True,
    )
    total = {y: {u: s for u, c, yy, s in rows if c == "papi" and yy == y} for y in (1, 2)}
    for unit in units:
        blocks = {
            d: {p: points[unit, p, 2] - points[unit, p, 1] for p in ps} for d, ps in dims.items()
        }
        shares = [
            by_hand.nested_shares(
                unit, blocks, total[1][unit], [s for u, s in total[y].items() if u != unit]
            )
            for y in (1, 2)
        ]
        mine = found[found["unit_id"].eq(unit) & found["level"].eq(2)].set_index("part_id")
        expected = {p: (shares[0][p] + shares[1][p]) / 2 for p in shares[0]}
        assert mine["rank_effect"].to_dict() == pytest.approx(expected)


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(
        st.lists(st.integers(0, 12).map(lambda n: n / 4), min_size=6, max_size=6),
        min_size=3,
        max_size=5,
    )
)
def test_enumeration_agrees_with_all_permutations_on_small_tables_with_ties(
    drawn: list[list[float]],
) -> None:
    parts = ["papi.a", "papi.b", "papi.c"]
    units = [f"u{i}" for i in range(len(drawn))]
    rows = []
    for unit, points in zip(units, drawn, strict=True):
        for year in (1, 2):
            mine = points[3 * (year - 1) : 3 * year]
            rows += [(unit, p, year, s) for p, s in zip(parts, mine, strict=True)]
            rows.append((unit, "papi", year, sum(mine)))
    found = component_split(
        published.table(*rows), baseline=1, edition=2, editions=published.complete(1, 2)
    )
    before, after = ({u: s for u, c, y, s in rows if c == "papi" and y == yy} for yy in (1, 2))
    for unit, points in zip(units, drawn, strict=True):
        expected = by_hand.component_shares(
            unit,
            dict(zip(parts, points[:3], strict=True)),
            dict(zip(parts, points[3:], strict=True)),
            before,
            after,
            every_order=True,
        )
        mine = found[found["unit_id"] == unit].set_index("part_id")["rank_effect"]
        assert mine.to_dict() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("baseline", "edition", "ground"),
    [
        (2005, 2006, {Ground.WEIGHTS_UNKNOWN}),
        (2008, 2009, {Ground.PARTS_CHANGED}),
        (2010, 2011, {Ground.PARTS_DO_NOT_SUM}),
        (2020, 2021, {Ground.PARTS_MISSING, Ground.PARTS_DO_NOT_SUM}),
        (2021, 2022, {Ground.WEIGHTS_UNKNOWN}),
        (2022, 2023, {Ground.SCORES_OF_OTHERS_MISSING}),
    ],
)
def test_pci_without_the_parts_of_its_total_gives_a_reason_and_no_shares(
    baseline: int, edition: int, ground: set[Ground]
) -> None:
    found = component_split(
        published.figures("pci"),
        baseline=baseline,
        edition=edition,
        editions=published.editions("pci"),
        weights=published.weights("pci"),
    )
    assert set(found["ground"]) == ground
    assert found[["rank_effect", "own"]].isna().all(axis=None)


def test_pci_scored_without_its_weights_is_not_mistaken_for_a_plain_sum() -> None:
    found = component_split(
        published.figures("pci"), baseline=2014, edition=2015, editions=published.editions("pci")
    )
    assert set(found["ground"]) == {Ground.PARTS_DO_NOT_SUM}


def test_more_parts_than_can_be_enumerated_are_refused() -> None:
    rows = [("a", f"papi.p{k}", y, 1.0) for k in range(MOST_PARTS + 1) for y in (1, 2)]
    rows += [("a", "papi", y, float(MOST_PARTS + 1)) for y in (1, 2)]
    figures, years = published.table(*rows), published.complete(1, 2)
    with pytest.raises(TooManyParts):
        component_split(figures, baseline=1, edition=2, editions=years)


def test_parts_of_parts_too_many_to_join_in_every_order_keep_their_points_and_say_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = {"baseline": 2022, "edition": 2023, "editions": published.editions("papi"),
             "with_subcomponents": True}  # fmt: skip
    whole = component_split(published.figures("papi"), **asked)  # type: ignore[arg-type]
    assert Ground.TOO_MANY_PARTS not in set(whole["ground"]), "no shipped index has so many"
    monkeypatch.setattr(split_module, "MOST_PLACES", 1)
    found = component_split(published.figures("papi"), **asked)  # type: ignore[arg-type]
    is_top = found["level"] == 1
    pd.testing.assert_frame_equal(found[is_top], whole[whole["level"] == 1])
    subs, given = found[~is_top], whole[whole["level"] == 2]
    was_given = given["ground"] == Ground.GIVEN
    assert was_given.any()
    assert set(subs.loc[was_given, "ground"]) == {Ground.TOO_MANY_PARTS}
    assert subs["rank_effect"].isna().all()
    pd.testing.assert_series_equal(subs["score_effect"], given["score_effect"])


@pytest.mark.parametrize("n_parts", [1, 2, 5, 10])
def test_shares_of_any_places_sum_to_the_places_gained_by_all_parts_together(n_parts: int) -> None:
    places = np.random.default_rng(3).integers(1, 64, size=(4, 2**n_parts)).astype(float)
    shares = fair_shares(places)
    assert shares.shape == (4, n_parts)
    assert np.allclose(shares.sum(axis=1), places[:, 0] - places[:, -1])


def test_shares_of_any_places_are_those_of_all_orders() -> None:
    places = np.random.default_rng(4).integers(1, 64, size=(3, 16)).astype(float)
    names = ["0", "1", "2", "3"]
    for row, shares in zip(places, fair_shares(places), strict=True):

        def worth(joined: frozenset[str], row: np.ndarray = row) -> float:
            return -float(row[sum(2 ** int(name) for name in joined)])

        expected = by_hand.average_over_orders(names, worth)
        assert shares.tolist() == pytest.approx([expected[name] for name in names])
