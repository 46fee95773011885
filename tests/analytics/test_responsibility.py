"""Who answers for how much: Kon Tum 2023 recounted from the files, and laws of the shares."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analytics.board import Knowledge, board, knowledge
from analytics.responsibility import (
    ASSIGNMENT_COLUMNS,
    COORDINATE,
    DEFAULT_SHARE,
    LEAD,
    Responsibility,
    component_losses,
    component_roles,
    index_losses,
    responsibility,
    task_counts,
)
from analytics.schema import ColumnsMissing
from data import agencies as register
from data import queries
from data.store import store
from tests.examples import examples
from tests.stores import ship

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
KON_TUM, TODAY = "vn63-kon-tum", date(2026, 11, 21)
HOME_AFFAIRS, FINANCE, PLANNING = "ktm-so-noi-vu", "ktm-so-tai-chinh", "ktm-so-ke-hoach-dau-tu"


@pytest.fixture(scope="module")
def known() -> Knowledge:
    ship(store())
    return knowledge(queries.tables())


def answer(known: Knowledge, unit_id: str = KON_TUM, edition: int = 2023, **other: Any) -> Any:
    return responsibility(
        known, unit_id=unit_id, edition=edition, as_of=TODAY,
        agencies=register.agencies(store()), links=register.agency_links(store()), **other,
    )  # fmt: skip


@pytest.fixture(scope="module")
def kon_tum(known: Knowledge) -> Responsibility:
    made: Responsibility = answer(known)
    return made


def rows_of(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_leads_and_losses_of_2023_recounted_in_plain_loops(kon_tum: Responsibility) -> None:
    targets = {row["target_id"]: row for row in rows_of("targets.csv")}
    leads: dict[str, set[str]] = {}
    for row in rows_of("target_agencies.csv"):
        target = targets[row["target_id"]]
        sets_rank = target["kind"] in ("rank_gain_vs_year", "keep_and_improve")
        is_component = target["component_id"].startswith("par_index.")
        ours = target["unit_id"] == KON_TUM and target["measure"] == "rank"
        if sets_rank and is_component and ours and row["role"] == LEAD:
            leads.setdefault(row["agency_id"], set()).add(target["component_id"])
    figures = {
        row["component_id"]: row
        for row in rows_of("rankings/par_index/2023.csv") if row["unit_id"] == KON_TUM
    }  # fmt: skip
    province = 100 - float(figures["par_index"]["score"])
    shares = kon_tum.shares.loc[kon_tum.shares["index_id"] == "par_index"].set_index("agency_id")
    for agency_id, components in leads.items():
        known = [figures[c] for c in components if figures.get(c, {}).get("score")]
        lost = sum(float(row["max_score"]) - float(row["score"]) for row in known)
        row = shares.loc[agency_id]
        assert (row["n_led"], row["n_led_known"]) == (len(components), len(known))
        if known:
            assert row["lost"] == pytest.approx(lost)
            assert row["share"] == pytest.approx(100 * lost / province)
        else:
            assert pd.isna(row["lost"])
            assert pd.isna(row["share"])
    assert len(leads) == 5


def test_finance_lost_most_and_what_is_not_told_apart_is_said(kon_tum: Responsibility) -> None:
    shares = kon_tum.shares.set_index("agency_id")
    assert shares.loc[HOME_AFFAIRS, "lost"] == pytest.approx(0.78)
    assert shares.loc[FINANCE, "share"] == pytest.approx(26.26, abs=0.005)
    whole = kon_tum.losses.set_index("index_id").loc["par_index"]
    assert (whole["n_known"], whole["n_components"], whole["n_led"]) == (4, 8, 7)
    assert whole["lost"] == pytest.approx(13.86)
    assert whole["lost_unknown"] == pytest.approx(8.24)
    parts = whole[["share_led", "share_unassigned", "share_unknown"]].sum()
    assert parts == pytest.approx(100)


def test_papi_components_nobody_was_given_are_all_unassigned(kon_tum: Responsibility) -> None:
    whole = kon_tum.losses.set_index("index_id").loc["papi"]
    assert (whole["n_led"], whole["lost_led"]) == (0, 0)
    assert whole["lost_unassigned"] == pytest.approx(80 - 39.96129608, abs=1e-6)


def test_a_coordinator_counts_half_and_leads_nothing(kon_tum: Responsibility) -> None:
    row = kon_tum.agencies.set_index("agency_id").loc[PLANNING]
    assert (row["n_led"], row["n_coordinated"], row["n_components"]) == (0, 2, 2 * DEFAULT_SHARE)
    share = kon_tum.shares.set_index("agency_id").loc[PLANNING]
    assert share["lost_coordinated"] == pytest.approx(3.64 * DEFAULT_SHARE)
    assert pd.isna(share["share"])


def test_targets_of_home_affairs_stand_as_on_the_board(
    known: Knowledge, kon_tum: Responsibility
) -> None:
    rows = board(known, unit_id=KON_TUM, edition=2023, as_of=TODAY)
    is_own = rows["lead_agency"].fillna("").str.contains("Sở Nội vụ tỉnh Kon Tum")
    said = rows.loc[is_own].set_index("target_id")["status"].to_dict()
    own = kon_tum.targets.loc[kon_tum.targets["agency_id"] == HOME_AFFAIRS]
    assert own.set_index("target_id")["status"].to_dict() == said
    assert said == {"002-31.1": "not_due", "002-31.2": "not_due", "002-35": "met",
                    "002-36": "not_assessable"}  # fmt: skip
    row = kon_tum.agencies.set_index("agency_id").loc[HOME_AFFAIRS]
    counts = [row[name] for name in ("n_met", "n_missed", "n_not_assessable", "n_other")]
    assert counts == [1, 0, 1, 2]


def test_every_target_and_component_stands_once_per_agency(kon_tum: Responsibility) -> None:
    assert not kon_tum.targets.duplicated(["target_id", "agency_id"]).any()
    assert not kon_tum.roles.duplicated(["component_id", "agency_id"]).any()


def test_each_agency_is_followed_to_who_answers_today(kon_tum: Responsibility) -> None:
    heirs = kon_tum.heirs.set_index("agency_id")["successor_id"]
    assert heirs[HOME_AFFAIRS] == "qni-so-noi-vu"
    assert heirs[PLANNING] == "qni-so-tai-chinh"
    assert pd.isna(heirs["ktm-ubnd-huyen-ngoc-hoi"])


def test_the_new_province_sees_what_its_agencies_took_over(known: Knowledge) -> None:
    made = answer(known, "vn34-quang-ngai", 2025)
    taken = made.targets.loc[made.targets["agency_id"] == "qni-so-noi-vu"]
    assert set(taken["target_id"]) == {"002-31.1", "002-31.2"}
    assert taken["is_inherited"].all()
    assert (taken["given_to"] == HOME_AFFAIRS).all()
    assert (taken["status"] == "not_assessable").all(), "no verdict across the merger"


# ------------------------------------------------------------------------------ given by hand


def given_by_hand(*rows: tuple[str, str, str, float | None]) -> pd.DataFrame:
    made = [
        {"unit_id": KON_TUM, "agency_id": agency, "component_id": component, "role": role,
         "share": share, "from_edition": 2023, "to_edition": None}
        for agency, component, role, share in rows
    ]  # fmt: skip
    return pd.DataFrame(made, columns=list(ASSIGNMENT_COLUMNS))


def test_a_component_given_by_hand_changes_its_lead_and_keeps_the_other_beside_it(
    known: Knowledge,
) -> None:
    hand = given_by_hand(
        ("ktm-so-tu-phap", "par_index.apparatus", LEAD, None),
        (PLANNING, "par_index.impact", COORDINATE, 0.2),
        (HOME_AFFAIRS, "par_index.steering", LEAD, None),
    )
    made = answer(known, assignments=hand)
    roles = made.roles.set_index(["component_id", "agency_id"])
    assert roles.loc[("par_index.apparatus", "ktm-so-tu-phap"), "role"] == LEAD
    assert roles.loc[("par_index.apparatus", HOME_AFFAIRS), "role"] == COORDINATE
    assert roles.loc[("par_index.impact", PLANNING), "share"] == pytest.approx(0.2)
    assert roles.loc[("par_index.steering", HOME_AFFAIRS), "role"] == LEAD
    earlier = component_roles(made.targets, hand, unit_id=KON_TUM, edition=2022)
    assert "par_index.steering" not in set(earlier["component_id"])


def test_an_assignment_without_its_columns_is_named(known: Knowledge) -> None:
    with pytest.raises(ColumnsMissing, match="from_edition"):
        answer(known, assignments=pd.DataFrame({"unit_id": []}))


def test_two_that_lead_together_have_equal_parts_of_the_loss(known: Knowledge) -> None:
    hand = given_by_hand(
        (HOME_AFFAIRS, "par_index.impact", LEAD, None), (FINANCE, "par_index.impact", LEAD, None)
    )
    shares = answer(known, assignments=hand).shares.set_index("agency_id")
    assert shares.loc[FINANCE, "lost"] == pytest.approx(3.64 / 2)
    assert shares.loc[HOME_AFFAIRS, "lost"] == pytest.approx(0.78 + 3.64 / 2)


AGENCIES = ("a", "b", "c")
PARTS = [f"papi.{name}" for name in ("participation", "transparency", "accountability",
         "corruption", "procedures", "services", "environment", "egovernance")]  # fmt: skip
GIVEN = st.lists(
    st.tuples(st.sampled_from(AGENCIES), st.sampled_from(PARTS),
              st.sampled_from([LEAD, COORDINATE]), st.floats(0.01, 1)),
    max_size=20,
)  # fmt: skip


@cache
def without_targets() -> Knowledge:
    ship(store())
    tables = queries.tables()
    return knowledge(replace(tables, targets=tables.targets.iloc[0:0]))


# One answer takes a tenth of a second: shrinking a failure would take minutes.
@settings(max_examples=examples(25), deadline=None, phases=[Phase.explicit, Phase.generate])
@given(GIVEN, st.integers(2011, 2024))
def test_shares_of_leads_never_exceed_the_loss_whatever_is_given_to_whom(
    rows: list[tuple[str, str, str, float]], edition: int
) -> None:
    hand = given_by_hand(*[(a, c, r, None if r == LEAD else s) for a, c, r, s in rows])
    made = answer(without_targets(), edition=edition, assignments=hand.assign(from_edition=2011))
    assert made.shares["share"].sum() <= 100 + 1e-9
    whole = index_losses(made.components, made.roles).set_index("index_id").loc["papi"]
    assert made.shares["lost"].sum() == pytest.approx(whole["lost_led"])
    parts = sum(whole[f"lost_{part}"] for part in ("led", "unassigned", "unknown"))
    assert parts == pytest.approx(whole["lost"])
    for agency in AGENCIES:
        led = {c for a, c, r, _ in rows if a == agency and r == LEAD}
        others = {c for a, c, r, _ in rows if a == agency} - led
        row = made.agencies.loc[made.agencies["agency_id"] == agency]
        assert row["n_led"].sum() == len(led)
        assert row["n_coordinated"].sum() == len(others)


def test_points_lost_on_pci_add_up_to_the_points_the_total_lost(known: Knowledge) -> None:
    rows = component_losses(known, unit_id=KON_TUM, edition=2019, as_of=TODAY)
    pci = rows.loc[rows["index_id"] == "pci"]
    total = float(pci.loc[pci["role"] == "total", "lost"].iloc[0])
    parts = pci.loc[pci["role"] == "component", "lost"]
    assert len(parts) == 10
    assert float(parts.sum()) == pytest.approx(total, abs=0.02)


def test_without_score_or_maximum_there_is_no_loss(known: Knowledge) -> None:
    rows = component_losses(known, unit_id=KON_TUM, edition=2023, as_of=TODAY)
    digital = rows.set_index("component_id").loc["par_index.digital"]
    assert digital["rank"] == 32
    assert pd.isna(digital["lost"])
    before = component_losses(known, unit_id=KON_TUM, edition=2023, as_of=date(2024, 3, 1))
    assert before["lost"].isna().all(), "not out yet, so nothing is lost yet"


# -------------------------------------------------------------------------------------- tasks


def test_tasks_are_due_overdue_and_done_as_of_the_day() -> None:
    tasks = pd.DataFrame(
        [
            ("a", date(2023, 7, 10), date(2023, 7, 9), "in_force"),
            ("a", date(2023, 7, 10), date(2023, 7, 12), "in_force"),
            ("a", date(2023, 7, 10), None, "in_force"),
            ("a", None, None, "in_force"),
            ("b", date(2023, 7, 1), None, "withdrawn"),
        ],
        columns=["agency_id", "due_on", "done_on", "state"],
    )
    (on_the_day,) = task_counts(tasks, as_of=date(2023, 7, 10)).to_dict("records")
    assert on_the_day == {"agency_id": "a", "n_due": 3, "n_overdue": 0, "n_done": 1}
    (next_day,) = task_counts(tasks, as_of=date(2023, 7, 11)).to_dict("records")
    assert next_day == {"agency_id": "a", "n_due": 3, "n_overdue": 2, "n_done": 1}
    (later,) = task_counts(tasks, as_of=date(2023, 7, 12)).to_dict("records")
    assert later == {"agency_id": "a", "n_due": 2, "n_overdue": 1, "n_done": 2}


A_TASK = st.tuples(
    st.sampled_from(AGENCIES), st.integers(0, 9) | st.none(), st.integers(0, 9) | st.none(),
    st.sampled_from(["not_started", "done", "withdrawn", "given_up"]),
)  # fmt: skip


@given(st.lists(A_TASK, max_size=12), st.integers(0, 9))
def test_counting_tasks_one_by_one_gives_the_same(
    rows: list[tuple[str, int | None, int | None, str]], on: int
) -> None:
    start = date(2023, 1, 1)

    def day(number: int | None) -> date | None:
        return None if number is None else start + timedelta(days=number)

    frame = pd.DataFrame(
        [(a, day(due), day(done), state) for a, due, done, state in rows],
        columns=["agency_id", "due_on", "done_on", "state"],
    )
    found = task_counts(frame, as_of=start + timedelta(days=on)).set_index("agency_id")
    for agency in AGENCIES:
        own = [row for row in rows if row[0] == agency and row[3] in ("not_started", "done")]
        finished = [s == "done" if done is None else done <= on for _, _, done, s in own]
        n_done = sum(finished)
        waiting = [due for (_, due, _, _), is_done in zip(own, finished, strict=True)
                   if not is_done]  # fmt: skip
        n_late = sum(1 for due in waiting if due is not None and due < on)
        if own:
            assert found.loc[agency].tolist() == [len(waiting), n_late, n_done]
        else:
            assert agency not in found.index
