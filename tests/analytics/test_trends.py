"""Where a line may be drawn through, what parts it, what was asked for, and the group around it."""

from __future__ import annotations

from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as some

from analytics.board import Knowledge, verdicts
from analytics.geography import lines
from analytics.trends import (
    breaks,
    concerning,
    drawn,
    field_of,
    group_lines,
    group_units,
    required_places,
)

TODAY = date(2026, 11, 21)
KON_TUM = "vn63-kon-tum"


def cut(known: Knowledge, unit_id: str, index_id: str, measure: str = "rank") -> pd.DataFrame:
    rows = lines(known, unit_id=unit_id, index_id=index_id, mode="published", as_of=TODAY)
    steps = breaks(known, index_id=index_id, component_id=index_id, unit_ids=[unit_id])
    return drawn(rows, concerning(steps, measure), measure).set_index("edition")


def test_a_withheld_year_parts_the_line_of_bac_ninh(known: Knowledge) -> None:
    line = cut(known, "vn63-bac-ninh", "papi")
    assert pd.isna(line.loc[2022, "value"])
    assert pd.isna(line.loc[2022, "run"])
    assert line.loc[2024, "run"] == line.loc[2023, "run"]
    assert line.loc[2023, "run"] > line["run"].loc[:2021].max()


def test_a_place_known_only_within_bounds_is_no_point_of_the_line(known: Knowledge) -> None:
    line = cut(known, KON_TUM, "pci")
    assert line.loc[2023, "state"] == "outside_top"
    assert pd.isna(line.loc[2023, "value"])
    assert (line.loc[2023, "rank_low"], line.loc[2023, "rank_high"]) == (31, 63)


def test_points_stop_at_a_break_of_scores_and_places_go_on_with_a_flag(known: Knowledge) -> None:
    places, points = cut(known, KON_TUM, "papi"), cut(known, KON_TUM, "papi", "score")
    assert places.loc[2017, "run"] == places.loc[2018, "run"]
    assert points.loc[2017, "run"] != points.loc[2018, "run"]


def test_a_unit_no_merger_touched_still_stops_where_the_country_changed(known: Knowledge) -> None:
    steps = breaks(known, index_id="papi", component_id="papi", unit_ids=["vn63-ha-noi"])
    (last,) = steps.loc[steps["kind"] == "geography"].to_dict("records")
    assert last["edition"] == 2025
    assert concerning(steps, "rank").set_index("kind").loc["geography", "is_parting"]


def test_ha_tay_joined_ha_noi_between_pci_2008_and_pci_2009(known: Knowledge) -> None:
    steps = breaks(known, index_id="pci", component_id="pci", unit_ids=["vn63-ha-noi"])
    land = steps.loc[steps["kind"] == "territory"]
    assert set(land["edition"]) == {2009}
    assert set(land["rank_comparable"]) >= {"no"}
    others = breaks(known, index_id="pci", component_id="pci", unit_ids=["vn63-kon-tum"])
    assert "territory" not in set(others["kind"])
    some_communes = breaks(known, index_id="pci", component_id="pci", unit_ids=["vn63-hoa-binh"])
    moved = some_communes.loc[some_communes["kind"] == "territory"]
    assert set(moved["rank_comparable"]) == {"flag"}


def test_a_redefined_component_has_its_step_once(known: Knowledge) -> None:
    steps = breaks(known, index_id="papi", component_id="papi.environment", unit_ids=[KON_TUM])
    assert (steps["edition"] == 2019).sum() == 1


STATES = some.lists(some.tuples(some.booleans(), some.booleans()), min_size=1, max_size=14)


@given(years=STATES, cuts=some.sets(some.integers(2000, 2014)))
def test_no_run_crosses_a_missing_year_a_break_or_the_border_to_an_estimate(
    years: list[tuple[bool, bool]], cuts: set[int]
) -> None:
    rows = pd.DataFrame(
        {
            "line_id": "x",
            "edition": range(2000, 2000 + len(years)),
            "is_estimate": [is_estimate for _, is_estimate in years],
            "rank": pd.array([7 if known and not guess else None for known, guess in years],
                             dtype="Int64"),
            "estimated_place": pd.array([7 if known and guess else None for known, guess in years],
                                        dtype="Int64"),
        }
    )  # fmt: skip
    steps = pd.DataFrame({"edition": sorted(cuts), "is_parting": True})
    made = drawn(rows, steps, "rank")
    expected, run = [], 0
    for at, (is_known, is_estimate) in enumerate(years):
        if not is_known:
            expected.append(None)
            continue
        joins = at > 0 and years[at - 1][0] and years[at - 1][1] == is_estimate
        if not joins or 2000 + at in cuts:
            run += 1
        expected.append(run)
    assert [None if pd.isna(one) else int(one) for one in made["run"]] == expected


def test_the_required_place_is_the_one_the_board_prints(known: Knowledge) -> None:
    asked = required_places(
        known, unit_id=KON_TUM, index_id="papi", component_id="papi", as_of=TODAY
    ).set_index("edition")
    assert (asked.loc[2023, "required_rank"], asked.loc[2024, "required_rank"]) == (49, 55)
    assert (asked.loc[2023, "baseline_used"], asked.loc[2023, "baseline_rank"]) == (2022, 54)
    on_board = verdicts(known, unit_id=KON_TUM, edition=2023, as_of=TODAY)
    on_board = on_board.loc[on_board["component_id"] == "papi"]
    assert 49 in set(on_board["required_rank"])
    assert asked.index.max() == 2024, "the unit has no year of its own after 2024"


def test_a_unit_without_targets_is_asked_for_no_place(known: Knowledge) -> None:
    found = required_places(
        known, unit_id="vn63-ha-noi", index_id="papi", component_id="papi", as_of=TODAY
    )
    assert found.empty


def test_a_group_is_the_region_or_the_nearest_by_population_and_never_above_fifteen(
    known: Knowledge,
) -> None:
    assert sorted(group_units(known, unit_id=KON_TUM, kind="region")) == [
        "vn63-dak-lak", "vn63-dak-nong", "vn63-gia-lai", "vn63-kon-tum", "vn63-lam-dong",
    ]  # fmt: skip
    for unit_id in known.tables.units["unit_id"].iloc[::12]:
        for kind in ("region", "peers"):
            found = group_units(known, unit_id=unit_id, kind=kind)
            assert found[0] == unit_id
            assert 1 <= len(found) <= 15
            assert len(set(found)) == len(found)
    delta = group_units(known, unit_id="vn63-ha-noi", kind="region")
    assert "vn63-ha-tay" not in delta


def test_places_within_the_group_are_counted_one_by_one(known: Knowledge) -> None:
    units = group_units(known, unit_id=KON_TUM, kind="region")
    rows = group_lines(
        known, units, index_id="papi", component_id="papi", mode="published", as_of=TODAY
    )
    for _, row in rows.iterrows():
        mates = rows.loc[rows["edition"] == row["edition"], "rank"]
        ahead = 0
        for other in mates:
            if other < row["rank"]:
                ahead += 1
        assert row["position"] == ahead + 1
        assert row["n_group"] == 5
    own = rows.loc[(rows["line_id"] == KON_TUM) & (rows["edition"] == 2024)].iloc[0]
    assert (own["position"], own["rank"]) == (5, 60)


def test_a_withheld_neighbour_is_left_out_and_a_place_not_held_stops_the_count(
    known: Knowledge,
) -> None:
    units = group_units(known, unit_id="vn63-ha-noi", kind="region")
    rows = group_lines(
        known, units, index_id="papi", component_id="papi", mode="published", as_of=TODAY
    )
    in_2022 = rows.loc[rows["edition"] == 2022]
    n_withheld = (in_2022["state"] == "withheld").sum()
    assert n_withheld >= 1
    assert in_2022["n_group"].dropna().unique().tolist() == [len(units) - n_withheld]
    par = group_lines(
        known, units, index_id="par_index", component_id="par_index", mode="published", as_of=TODAY
    )
    assert par.loc[par["edition"] == 2023, "position"].isna().all()


def test_a_group_of_present_units_is_placed_by_estimates_alone(known: Knowledge) -> None:
    units = group_units(known, unit_id="vn34-quang-ngai", kind="region")
    field = field_of(known, KON_TUM, index_id="papi", component_id="papi", baseline=2022,
                     as_of=TODAY)  # fmt: skip
    rows = group_lines(known, units, index_id="papi", component_id="papi", mode="estimated",
                       as_of=TODAY, field=field)  # fmt: skip
    assert rows["rank"].isna().all()
    own = rows.loc[(rows["line_id"] == "vn34-quang-ngai") & (rows["edition"] == 2024)].iloc[0]
    assert (own["estimated_place"], own["position"], own["n_group"]) == (26, 5, 6)
