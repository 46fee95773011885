"""Pages over a store too large to be ranked at once: boards of communes, and honest refusals."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import board
from analytics.board import Knowledge
from analytics.explanation import explanation
from data import queries
from data.store import Store
from locales import form, t
from tests import ministry, new_edition, stores
from tests.pages import seen
from ui import filters, loaders, why

SIZE = ministry.Size(communes=40, criteria=12, years=3, indices=2)
UNIT, YEAR = ministry.unit_id(1), ministry.LAST_YEAR
CHOICE = {"unit": UNIT, "year": str(YEAR), "base": str(YEAR - 1), "index": "synthetic_a"}

OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("large"))
    stores.ship(store, with_figures=False)
    ministry.fill(store, SIZE)
    return store


@pytest.fixture(scope="module")
def whole(made: Store) -> Knowledge:
    return board.knowledge(queries.tables(of=made))


@pytest.fixture(autouse=True)
def large(made: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANKINGS_STORE", str(made.folder))
    # Everything of an index fits but its criteria.
    n_main = SIZE.communes * (1 + ministry.COMPONENTS) * SIZE.years
    monkeypatch.setattr(loaders, "LARGE", n_main)


def shown(app: AppTest) -> str:
    """Everything the page says."""
    assert not app.exception, [fault.message for fault in app.exception]
    parts = [*app.title, *app.caption, *app.markdown, *app.info, *app.warning]
    return "\n".join(
        [str(part.value) for part in parts] + [str(one.proto) for one in app.get("html")]
    )


def test_the_overview_of_a_commune_shows_its_place_among_all_communes(
    open_page: OpenPage, whole: Knowledge
) -> None:
    rows = whole.of_unit(UNIT)
    own = rows.loc[(rows["component_id"] == "synthetic_a") & (rows["edition"] == YEAR)].iloc[0]
    page = open_page("overview", **CHOICE)
    assert page.title[0].value == f"Xã thử nghiệm 0001 (An Giang) năm {YEAR}"
    assert f"{own['rank']}" in shown(page)
    assert form.number(own["score"]) in shown(page)


@pytest.mark.parametrize("name", ["targets", "gaps", "points", "trends"])
def test_pages_about_one_unit_open(open_page: OpenPage, name: str) -> None:
    said = shown(open_page(name, **CHOICE))
    assert t("large.page") not in said
    assert "THỬ A" in said


def test_the_ladder_of_a_criterion_opens(open_page: OpenPage) -> None:
    page = open_page("points", **CHOICE, component="synthetic_a.c02.k01")
    assert "2.01. Tiêu chí thử 2.01 (THỬ A)" in shown(page)


@pytest.mark.parametrize("name", ["compare", "why", "scenario"])
def test_pages_that_compare_everybody_do_so_on_components_and_say_so(
    open_page: OpenPage, name: str
) -> None:
    page = open_page(name, **CHOICE)
    said = shown(page)
    assert t("large.depth") in said
    assert t("large.page") not in said
    assert "Nội dung thử 10" in said or "Nội dung thử 10" in str(page.number_input)
    assert "Tiêu chí thử" not in said
    assert page.get("plotly_chart") or name == "scenario"


@pytest.mark.parametrize("name", ["overview", "gaps", "points", "trends", "compare", "why",
                                  "scenario", "heat"])  # fmt: skip
def test_no_page_calls_a_commune_a_province(open_page: OpenPage, name: str) -> None:
    said = shown(open_page(name, **CHOICE))
    for words in ("của tỉnh", "các tỉnh", "tỉnh khác", "Tỉnh, thành phố<"):
        assert words not in said


def test_why_names_the_place_of_the_commune_in_both_years(
    open_page: OpenPage, whole: Knowledge
) -> None:
    rows = whole.of_unit(UNIT)
    own = rows.loc[rows["component_id"] == "synthetic_a"].set_index("edition")["rank"]
    said = shown(open_page("why", **CHOICE))
    assert f"{own[YEAR - 1]}" in said
    assert f"{own[YEAR]}" in said
    explained = explanation(
        whole, unit_id=UNIT, index_id="synthetic_a", baseline=YEAR - 1, edition=YEAR,
        as_of=pd.Timestamp.today().date(),
    )  # fmt: skip
    n_passed = len(explained.overtaken_by) + len(explained.overtook)
    assert said.count(" → ") >= n_passed > 0


def test_of_a_large_area_why_lists_those_placed_around_the_commune(
    open_page: OpenPage, whole: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(why, "PEERS_SHOWN", 1)
    page = open_page("why", **CHOICE)
    units = whole.tables.units
    area = units.loc[units["unit_id"] == UNIT, "region_id"].iloc[0]
    n = int((units["region_id"] == area).sum())
    name = "Xã thử nghiệm 0001 (An Giang)"
    asked = t("why.peers_near", n="01", of=form.whole(n), unit=name)
    assert n > 1
    assert asked in [one.value for one in page.caption]


def test_a_criterion_in_the_address_of_why_is_answered_with_where_to_look(
    open_page: OpenPage,
) -> None:
    page = open_page("why", **CHOICE, component="synthetic_a.c02.k01")
    assert [one.value for one in page.info][:1] == [t("large.depth")]
    assert not page.warning


def test_the_heat_map_of_a_commune_has_its_criteria(open_page: OpenPage) -> None:
    page = open_page("heat", **CHOICE, depth="parts")
    assert page.get("plotly_chart")
    assert "Tiêu chí thử" in shown(page)


def test_coverage_counts_communes(open_page: OpenPage) -> None:
    said = shown(open_page("sources", **CHOICE))
    assert t("large.page") not in said
    assert f"{SIZE.communes - 1}" in said or f"{SIZE.communes}" in said


@pytest.mark.parametrize("name", ["reviews", "responsibility", "briefing"])
def test_a_page_that_needs_everybody_says_so_and_shows_no_figure(
    open_page: OpenPage, name: str
) -> None:
    page = open_page(name, **CHOICE)
    assert [one.value for one in page.info][-1:] == [t("large.page")]
    assert not page.get("plotly_chart")
    assert not page.exception


def test_an_index_of_communes_offers_communes_and_one_of_provinces_provinces(
    open_page: OpenPage,
) -> None:
    page = open_page("overview", **CHOICE)
    units = page.sidebar.selectbox(key="w_unit")
    assert len(units.options) == SIZE.communes
    assert units.options[0] == "Xã thử nghiệm 0001 (An Giang)"
    page.sidebar.selectbox(key="w_index").set_value("papi").run()
    assert len(page.sidebar.selectbox(key="w_unit").options) == len(loaders.unit_names(YEAR))
    assert not page.warning, "changing the index is no wrong wish"


def test_all_indices_of_a_year_offer_provinces_and_communes(open_page: OpenPage) -> None:
    page = open_page("overview", **CHOICE | {"index": "all"})
    options = page.sidebar.selectbox(key="w_unit").options
    assert len(options) == SIZE.communes + len(loaders.unit_names(YEAR))
    assert page.query_params["unit"] == UNIT
    assert "PAPI" not in [tile.split()[0] for tile in seen.tiles(page)]
    assert {"THỬ A", "THỬ B"} == {" ".join(tile.split()[:2]) for tile in seen.tiles(page)}


def test_of_a_long_list_the_area_is_chosen_first(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "LONGEST_LIST", 20)
    page = open_page("overview", **CHOICE | {"unit": ministry.unit_id(40)})
    areas, units = (page.sidebar.selectbox(key=key) for key in ("w_area", "w_unit"))
    assert areas.value == "Xã thử nghiệm thuộc Vĩnh Long"
    assert units.value == ministry.unit_id(40)
    assert 1 <= len(units.options) <= 2, "its own area alone"
    areas.set_value("Xã thử nghiệm thuộc An Giang").run()
    assert page.sidebar.selectbox(key="w_unit").value == UNIT
    assert page.query_params["unit"] == UNIT
    assert not page.warning, "another area is no wrong wish"
    assert len(page.sidebar.selectbox(key="w_area").options) == 34


def test_a_link_to_a_province_among_communes_opens_its_area(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "LONGEST_LIST", 20)
    page = open_page("overview", **CHOICE | {"index": "all", "unit": "Đà Nẵng"})
    assert page.sidebar.selectbox(key="w_unit").value == "vn34-da-nang"
    assert not page.warning


def test_an_unknown_commune_is_said_and_the_first_one_shown(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "LONGEST_LIST", 20)
    page = open_page("overview", **CHOICE | {"unit": "synthetic-9999"})
    assert len(page.warning) == 1
    assert page.sidebar.selectbox(key="w_unit").value == UNIT


def test_a_commune_is_found_by_name_and_leads_to_its_board(open_page: OpenPage) -> None:
    page = open_page("search", q="xa thu nghiem 0017", **CHOICE)
    assert "Xã thử nghiệm 0017" in str(page.get("page_link")[0].proto)


def test_a_commune_nobody_has_is_answered_with_a_sentence(open_page: OpenPage) -> None:
    page = open_page("overview", **CHOICE | {"unit": "synthetic-9999"})
    assert len(page.warning) == 1
    assert not page.exception


def test_a_workbook_of_provinces_is_previewed_and_loaded_among_communes(
    open_page: OpenPage, made: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    shutil.copytree(made.folder, own)
    monkeypatch.setenv("RANKINGS_STORE", str(own))
    page = open_page("upload")
    page.file_uploader(key="upload_file").upload(
        new_edition.FILE, new_edition.edition_workbook()
    ).run()
    assert not page.error, [one.value for one in page.error]
    assert t("upload.preview_title") in [one.value for one in page.subheader], shown(page)[:3000]
    page.text_input(key="upload_author").input("Chuyên viên thử")
    for box in page.checkbox:
        if box.label != t("upload.hold"):
            box.check()
    next(one for one in page.button if one.label == t("upload.load")).click().run()
    assert not page.error, [one.value for one in page.error]
    assert [one.value for one in page.success], "the load is confirmed"
    rows = queries.figures("papi", edition=new_edition.EDITION, of=Store(own))
    assert len(rows) == new_edition.N_UNITS * (1 + new_edition.LAST_CODE)
    page = open_page("overview", unit="vn34-quang-ngai", year="2025", base="2024", index="papi")
    assert f"{new_edition.place_of('Quảng Ngãi')}" in seen.tiles(page)[0]
    said = shown(open_page("history"))
    assert t("large.history") not in said, "a load of provinces is listed cell by cell"


def test_a_load_of_a_large_store_can_be_undone_though_not_listed(open_page: OpenPage) -> None:
    page = open_page("history")
    assert t("large.history") in shown(page)
    assert [button.label for button in page.button if button.label == t("history.undo")]
