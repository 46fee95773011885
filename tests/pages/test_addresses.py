"""Addresses: what a link asks for is shown, or its lack is said in one sentence; never a fault."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

import locales
from analytics.measured import things_of, unit_of
from data import queries
from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022"}
PAGES = ("overview", "gaps", "targets")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("key", "asked", "said"),
    [
        ("unit", "Atlantis", "Atlantis"),
        ("unit", "vn63-atlantis", "vn63-atlantis"),
        ("unit", "<script>", "<script>"),
        ("year", "1999", "Chưa có số liệu của năm “1999”"),
        ("year", "năm ngoái", "Chưa có số liệu của năm “năm ngoái”"),
        ("index", "happiness", "Không có chỉ số “happiness”"),
        ("base", "2023", "Không so sánh được với năm “2023”"),
        ("base", "x", "Không so sánh được với năm “x”"),
        ("asof", "02/03/2023", "Ngày “02/03/2023” không hợp lệ"),
        ("asof", "2099-01-01", "Ngày “2099-01-01” không hợp lệ"),
        ("asof", "1066-10-14", "Ngày “1066-10-14” không hợp lệ"),
    ],
)
def test_what_an_address_asks_for_in_vain_is_said_in_one_sentence(
    open_page: OpenPage, page: str, key: str, asked: str, said: str
) -> None:
    app = open_page(page, **{**STORY, key: asked})
    assert not app.exception
    assert not app.error
    (notice,) = [warning.value for warning in app.warning]
    assert said in notice
    assert app.query_params.get(key) != asked, "the address says what is shown"


def test_a_unit_of_the_other_geography_is_answered_with_its_fate(open_page: OpenPage) -> None:
    app = open_page("overview", **{**STORY, "unit": "vn34-hue"})
    (notice,) = [warning.value for warning in app.warning]
    assert "Huế" in notice
    assert not app.exception


@pytest.mark.parametrize("spelling", ["Kon Tum", "kon tum", "tỉnh Kon Tum", "KONTUM"])
def test_a_province_may_be_asked_for_by_its_name(open_page: OpenPage, spelling: str) -> None:
    app = open_page("overview", **{**STORY, "unit": spelling})
    assert [title.value for title in app.title] == ["Kon Tum năm 2023"]
    assert not app.warning
    assert app.query_params["unit"] == "vn63-kon-tum"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_accents_mean_the_same_province(
    open_page: OpenPage, form: str
) -> None:
    app = open_page("overview", unit=unicodedata.normalize(form, "Đắk Nông"), year="2023")
    assert [title.value for title in app.title] == ["Đắk Nông năm 2023"]


def test_an_unknown_language_falls_back_to_vietnamese(open_page: OpenPage) -> None:
    app = open_page("overview", **STORY, lang="fr")
    assert [title.value for title in app.title] == ["Kon Tum năm 2023"]
    assert "lang" not in app.query_params


def test_what_else_stands_in_the_address_stays(open_page: OpenPage) -> None:
    app = open_page("overview", **STORY, embed_options="light_theme")
    assert app.query_params["embed_options"] == "light_theme"


def test_turning_to_another_page_keeps_the_choices(open_page: OpenPage) -> None:
    app = open_page("overview", unit="vn63-ha-noi", year="2021", base="2019", asof="2022-12-31")
    for page in ("gaps", "targets", "overview"):
        # The menu leads to the bare address of the page.
        app.query_params = {}
        app.switch_page(f"pages/{page}.py").run()
        chosen = {key: app.query_params[key] for key in ("unit", "year", "base", "asof")}
        assert chosen == {
            "unit": "vn63-ha-noi", "year": "2021", "base": "2019", "asof": "2022-12-31"
        }  # fmt: skip
        assert not app.warning
    assert app.query_params["index"] == "all", "looking at one index for a while changes nothing"
    assert len(seen.tiles(app)) == 4


def test_the_index_chosen_on_the_gap_page_is_found_there_again(open_page: OpenPage) -> None:
    app = open_page("gaps", **STORY)
    app.selectbox(key="w_index").set_value("pci").run()
    for page in ("overview", "gaps"):
        app.query_params = {}
        app.switch_page(f"pages/{page}.py").run()
    assert app.query_params["index"] == "pci"


def test_choosing_in_the_sidebar_rewrites_the_address(open_page: OpenPage) -> None:
    app = open_page("overview", **STORY)
    app.selectbox(key="w_unit").set_value("vn63-da-nang").run()
    app.selectbox(key="w_year").set_value(2022).run()
    assert app.query_params["unit"] == "vn63-da-nang"
    assert app.query_params["year"] == "2022"
    assert app.query_params["base"] == "2021" or int(app.query_params["base"]) < 2022


def test_the_day_chosen_stands_in_the_address_until_it_is_taken_away(open_page: OpenPage) -> None:
    app = open_page("overview", **STORY)
    app.date_input(key="w_asof").set_value(date(2023, 3, 2)).run()
    assert app.query_params["asof"] == "2023-03-02"
    assert "Chưa công bố" in seen.tile(app, "PAPI")
    app.date_input(key="w_asof").set_value(None).run()
    assert "asof" not in app.query_params
    assert "56 /61" in seen.tile(app, "PAPI")


def test_provinces_are_listed_in_vietnamese_order(open_page: OpenPage) -> None:
    names = open_page("overview", **STORY).selectbox(key="w_unit").options
    assert len(names) == 63
    assert names[0] == "An Giang"
    assert names.index("Cao Bằng") < names.index("Đà Nẵng") < names.index("Gia Lai")


# ------------------------------------------------------------------------------------ English

VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u0300\u0301\u0303\u0309\u0323]")


def vietnamese_words(text: str) -> bool:
    return bool(VIETNAMESE.search(unicodedata.normalize("NFD", text)) or "đ" in text.lower())


def data_texts() -> set[str]:
    """Names and quotations we hold in Vietnamese only, longest first when sorted by length."""
    known = queries.tables()
    columns = ["document_number", "document_issuer", "document_issued_text", "clause", "note",
               "lead_agency", "co_agency"]  # fmt: skip
    texts = {str(text) for column in columns for text in known.targets[column].dropna()}
    counted = [unit for note in known.targets["note"].dropna() if (unit := unit_of(note))]
    texts |= {one for unit in counted for one in (unit.removeprefix("% "), things_of(unit))}
    texts |= set(known.units["name_en"]) | set(known.components["name_en"])
    return texts | {locales.texts("en")["language.vi"]}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("index", ["par_index", "sipas", "papi", "pci"])
def test_english_leaves_no_vietnamese_words_of_ours(
    open_page: OpenPage, page: str, index: str
) -> None:
    app = open_page(page, **STORY, lang="en", index=index)
    assert app.query_params["lang"] == "en"
    said = [*seen.spoken(app), *seen.tiles(app), *seen.picture_texts(app)]
    said += [cell for row in [*seen.heads_of(app), *seen.rows(app)] for cell in row]
    known = sorted(data_texts(), key=len, reverse=True)
    left = []
    for text in said:
        ours = text
        for name in known:
            ours = ours.replace(re.sub(r"\s+", " ", name), " ")
        if vietnamese_words(ours):
            left.append(ours)
    assert left == []


def test_english_says_places_changes_and_numbers_the_english_way(open_page: OpenPage) -> None:
    app = open_page("overview", **STORY, lang="en")
    tile = seen.tile(app, "PAR INDEX")
    assert "up 12 places on 2022 (55/63)" in tile
    assert "86.14 points (up 4.79 points)" in tile
    assert "Met, place 50 required" in tile


def test_a_notice_is_in_english_too(open_page: OpenPage) -> None:
    app = open_page("overview", **{**STORY, "unit": "Atlantis"}, lang="en")
    (notice,) = [warning.value for warning in app.warning]
    assert notice.startswith("There is no province “Atlantis”")


# ------------------------------------------------------------------------- every unit and year

ALL_YEARS = range(2005, 2025)
EVERY_PAGE = (*PAGES, "why", "points", "scenario")


def every_page(app: AppTest, unit: str, year: int) -> list[str]:
    """Faults of the pages about one unit and year, in one session to save time."""
    found = []
    for page in EVERY_PAGE:
        app.query_params = {"unit": unit, "year": str(year), "base": str(year - 1)}
        app.switch_page(f"pages/{page}.py").run()
        notices = [warning.value for warning in app.warning]
        # The first year of all has no earlier one to compare with.
        if app.exception or app.error or notices or not app.title:
            found.append(f"{page} {unit} {year}: {notices or app.exception}")
    return found


# Hyphenated names, a withheld result and a partial field among them.
SAMPLE = (
    "vn63-thua-thien-hue", "vn63-ba-ria-vung-tau", "vn63-ho-chi-minh", "vn63-quang-ninh",
    "vn63-bac-ninh",
)  # fmt: skip


def test_a_sample_of_provinces_opens_on_every_page(open_page: OpenPage) -> None:
    app = open_page("overview", **STORY)
    assert [fault for unit in SAMPLE for fault in every_page(app, unit, 2023)] == []


@pytest.mark.parametrize("unit", ["vn63-kon-tum", "vn63-kien-giang"])
def test_provinces_with_targets_open_in_a_sample_of_years(open_page: OpenPage, unit: str) -> None:
    app = open_page("overview", **STORY)
    years = (2005, 2018, 2024)
    assert [fault for year in years for fault in every_page(app, unit, year)] == []


@pytest.mark.slow
@pytest.mark.parametrize("year", ALL_YEARS)
def test_every_province_of_every_year_opens_on_every_page(open_page: OpenPage, year: int) -> None:
    app = open_page("overview", **STORY)
    held = queries.tables().figures
    units = sorted(held.loc[held["edition"] == year, "unit_id"].unique())
    assert len(units) > 40
    assert [fault for unit in units for fault in every_page(app, unit, year)] == []
