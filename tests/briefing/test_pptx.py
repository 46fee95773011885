"""The ten slides, read back: native charts with their workbook, figures of the scorecard, notes."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import openpyxl
import pytest
from pptx import Presentation
from pptx.util import Emu, Inches

from analytics.scorecard import Scorecard
from briefing.documents import pptx
from tests.briefing.cards import AN_GIANG, KON_TUM, QUANG_NINH, card

CASES = [(KON_TUM, 2023), (AN_GIANG, 2024), (QUANG_NINH, 2023)]


@cache
def deck(unit: str, year: int) -> Any:
    return Presentation(io.BytesIO(pptx.slides(card(unit, year))))


def charts(found: Any) -> list[Any]:
    return [shape.chart for slide in found.slides for shape in slide.shapes if shape.has_chart]


def words(slide: Any) -> list[str]:
    said = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            said += [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
    return said


@pytest.mark.parametrize(("unit", "year"), CASES)
def test_a_deck_has_ten_slides_each_with_a_title_and_notes_that_name_their_sources(
    unit: str, year: int
) -> None:
    slides = list(deck(unit, year).slides)
    assert len(slides) == 10
    for slide in slides:
        assert slide.shapes.title.text_frame.text.strip()
        assert "Nguồn:" in slide.notes_slide.notes_text_frame.text


@pytest.mark.parametrize(("unit", "year"), CASES)
def test_nothing_stands_outside_a_slide(unit: str, year: int) -> None:
    found = deck(unit, year)
    for slide in found.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= found.slide_width + 2, shape.name
            assert shape.top + shape.height <= found.slide_height + 2, shape.name


@pytest.mark.parametrize(("unit", "year"), CASES)
def test_every_chart_holds_values_and_the_workbook_they_came_from(unit: str, year: int) -> None:
    found = charts(deck(unit, year))
    assert found
    for chart in found:
        book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        for at, series in enumerate(chart.plots[0].series, 1):
            values = [row[at] for row in rows[1:]]
            assert any(value is not None for value in values), "an empty chart"
            assert list(series.values) == [
                None if value is None else pytest.approx(value) for value in values
            ]


def of_chart(card_: Scorecard, index_id: str, column: str) -> list[Any]:
    rows = card_.components_of(index_id)[column]
    return [None if value != value else pytest.approx(float(value)) for value in rows.astype(float)]


@pytest.mark.parametrize(("unit", "year"), CASES[:2])
def test_papi_bars_are_the_scores_means_and_bests_of_the_scorecard(unit: str, year: int) -> None:
    slide = list(deck(unit, year).slides)[5]
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    own, mean, best = chart.plots[0].series
    assert list(own.values) == of_chart(card(unit, year), "papi", "score")
    assert list(mean.values) == of_chart(card(unit, year), "papi", "mean")
    assert list(best.values) == of_chart(card(unit, year), "papi", "best")


@pytest.mark.parametrize(("unit", "year"), CASES)
def test_the_lines_are_the_places_of_five_years_with_gaps_where_there_is_none(
    unit: str, year: int
) -> None:
    history = card(unit, year).history
    slide = list(deck(unit, year).slides)[3]
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    shorts = dict(zip(card(unit, year).totals["short"], card(unit, year).index_ids, strict=True))
    assert chart.value_axis.reverse_order
    for series in chart.plots[0].series:
        rows = history.loc[history["index_id"] == shorts[series.name]]
        places = [None if place is None else int(place) for place in
                  rows["rank"].astype(object).where(rows["rank"].notna(), None)]  # fmt: skip
        assert list(series.values) == places
    assert 'c:dispBlanksAs val="gap"' in chart.part.blob.decode()


def test_kon_tum_reads_as_published_43_of_63_met_and_papi_56_of_61_missed() -> None:
    said = " ".join(words(list(deck(KON_TUM, 2023).slides)[1]))
    for part in ("43/63", "tăng 12 bậc so với năm 2022", "86,14 điểm", "35/63", "56/61*",
                 "giảm 02 bậc", "31–63/63"):  # fmt: skip
        assert part in said


def test_a_withheld_index_is_said_and_not_drawn() -> None:
    slides = list(deck(QUANG_NINH, 2023).slides)
    said = " ".join(words(slides[5]))
    assert "không công bố kết quả của tỉnh" in said
    assert not [shape for shape in slides[5].shapes if shape.has_chart]
    assert "không công bố" in slides[5].notes_slide.notes_text_frame.text


def test_a_break_of_method_is_a_dashed_line_and_a_sentence() -> None:
    slide = list(deck(KON_TUM, 2023).slides)[3]
    assert [shape.name for shape in slide.shapes if shape.name.startswith("break")] == [
        "break 2022"
    ]
    assert any("đổi phương pháp" in text for text in words(slide))


def test_every_place_a_slide_prints_is_one_of_the_scorecard() -> None:
    known = card(KON_TUM, 2023)
    ranks = {int(value) for value in known.figures.loc[
        known.figures["measure"].isin(["rank", "required_rank"]), "value"]}  # fmt: skip
    printed = {
        int(found)
        for slide in deck(KON_TUM, 2023).slides
        for text in words(slide)
        if "có thể từ" not in text  # the interval of a survey, which is no place
        for found in re.findall(r"(?<![–\d])(\d{1,2})/6[0-3]\b", text)
    }
    assert len(printed) > 15
    assert printed - ranks == set()


def test_text_takes_the_largest_size_that_fits_and_says_what_it_leaves_out() -> None:
    few, large = pptx.fitted(["Một câu ngắn."], 5, 1, most=20)
    assert (few, large) == (["Một câu ngắn."], 20)
    many, small = pptx.fitted([f"Câu số {n} của trang này." for n in range(40)], 4, 2)
    assert small == pptx.LEAST
    assert many[-1] == f"… và {40 - len(many) + 1} mục khác"


# -------------------------------------------------------------------------- the office's template


def template(*, titled: bool = True, wide: float = 13.333) -> bytes:
    made = Presentation()
    made.slide_width, made.slide_height = Inches(wide), Inches(7.5)
    if not titled:
        for layout in made.slide_layouts:
            for place in list(layout.placeholders):
                place.element.getparent().remove(place.element)
    made.slides.add_slide(made.slide_layouts[6]).name = "example"
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def test_an_office_template_gives_its_layout_and_its_own_slides_are_left_out() -> None:
    given = template()
    made = Presentation(io.BytesIO(pptx.slides(card(KON_TUM, 2023), template=given)))
    assert len(list(made.slides)) == 10
    assert {slide.slide_layout.name for slide in made.slides} == {"Title Only"}
    assert "Title Only" in pptx.template_report(given)[0]


def test_what_a_template_lacks_is_said_before_anything_is_made() -> None:
    assert pptx.template_faults(b"no file") == [
        "Tệp mẫu không phải là bản trình chiếu PPTX đọc được."
    ]
    assert "không có bố cục nào" in pptx.template_faults(template(titled=False))[0]
    assert "quá nhỏ" in pptx.template_faults(template(wide=6.0))[0]
    with pytest.raises(pptx.TemplateUnfit, match="không có bố cục"):
        pptx.slides(card(KON_TUM, 2023), template=template(titled=False))


def test_a_narrower_template_keeps_everything_on_its_slides() -> None:
    given = template(wide=10.0)
    made = Presentation(io.BytesIO(pptx.slides(card(KON_TUM, 2023), template=given)))
    for slide in made.slides:
        for shape in slide.shapes:
            assert Emu(shape.left + shape.width) <= made.slide_width + 2


def test_no_line_of_places_runs_into_a_year_with_a_new_method() -> None:
    known = card(KON_TUM, 2023)
    chart = next(one for one in charts(deck(KON_TUM, 2023)) if one.plots[0].categories[0] == "2019")
    (series,) = (one for one in chart.plots[0].series if one.name == "PCI")
    parted = {
        int(point.find(f"{{{pptx.C}}}idx").get("val"))
        for point in series._element.findall(f"{{{pptx.C}}}dPt")
        if point.xpath(".//a:ln/a:noFill")
    }
    mine = known.history.loc[(known.history["index_id"] == "pci") & known.history["is_break"]]
    assert parted == {int(year) - 2019 for year in mine["edition"]} - {0} == {3}
    assert series.values[2:4] == (61, 37)


def test_places_near_each_other_have_their_labels_on_different_sides() -> None:
    chart = next(one for one in charts(deck(KON_TUM, 2023)) if one.plots[0].categories[0] == "2019")
    lines = {one.name: one for one in chart.plots[0].series}
    assert (lines["PAPI"].values[3], lines["PAR INDEX"].values[3]) == (54, 55)
    sides = {name: lines[name].points[3].data_label.position for name in ("PAPI", "PAR INDEX")}
    assert sides == {
        "PAPI": pptx.XL_LABEL_POSITION.ABOVE, "PAR INDEX": pptx.XL_LABEL_POSITION.BELOW,
    }  # fmt: skip
