"""What a report says: the words an official would write, the scorecard's figures, marked gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import locales
from analytics.figure_trace import UNITS_OF_MEASURE
from analytics.scorecard import Scorecard
from briefing import content, content_tables
from briefing.content import Facts, SectionUnknown, report
from briefing.figure_words import Pen
from briefing.parts import (
    Document,
    Heading,
    Paragraph,
    Table,
    clean,
    figured,
    gap,
    mark_text,
    plain,
    runs,
)
from tests.briefing.cards import AN_GIANG, KON_TUM, QUANG_NINH, card

PAR = ("par_index", "sipas")


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    locales.use("vi")
    yield
    locales.use("vi")


def said(made: Document) -> str:
    """All text of paragraphs and headings, without marks."""
    lines = []
    for block in made.blocks():
        if isinstance(block, Heading):
            lines.append(block.text)
        elif isinstance(block, Paragraph):
            lines.append("".join(run.text for run in block.runs))
    return "\n".join(lines)


def test_what_no_figure_is_held_of_is_said_and_not_left_out() -> None:
    shown = card(KON_TUM, 2023, PAR)
    made = report(shown, kind="par-sipas")
    text = said(made)
    assert "Mức độ mong đợi (kỳ vọng) của người dân theo từng tỉnh không có trong số liệu" in text
    assert "Điểm theo từng tiêu chí, tiêu chí thành phần của PAR INDEX không có" in text
    (lost,) = [annex for annex in made.annexes if annex.annex_id == "lost"]
    notes = ["".join(run.text for run in b.runs) for b in lost.blocks if isinstance(b, Paragraph)]
    assert any("không có trong số liệu đang giữ" in note for note in notes)
    of_papi = report(card(KON_TUM, 2023, ("papi",)), kind="papi")
    assert "không có trong số liệu" not in said(of_papi)


def test_every_measure_of_a_figure_has_a_name_for_readers() -> None:
    for measure in {*UNITS_OF_MEASURE, *card(KON_TUM, 2023).figures["measure"]}:
        assert locales.has(f"briefing.measure.{measure}"), measure


def test_the_result_of_kon_tum_2023_reads_as_an_official_writes_it() -> None:
    text = said(report(card(KON_TUM, 2023, PAR), kind="par-sipas"))
    assert (
        "Năm 2023, PAR INDEX của tỉnh Kon Tum đạt 86,14 điểm, xếp thứ 43/63 tỉnh, thành phố; "
        "tăng 12 bậc so với năm 2022 (55/63), tăng 4,79 điểm (năm 2022: 81,35 điểm); "
        "thấp hơn trung bình cả nước 0,84 điểm."
    ) in text
    assert "trong vùng Tây Nguyên, tỉnh Kon Tum xếp thứ 2/5" in text
    assert "tăng 07 bậc so với năm 2022 (42/63)" in text
    assert "Trong 08 lĩnh vực: 03 tăng bậc, 05 chưa đủ cơ sở so sánh." in text


def test_up_down_and_unchanged_have_their_own_grammar() -> None:
    text = said(report(card(KON_TUM, 2023, ("papi",)), kind="papi"))
    assert "tăng 11 bậc so với năm 2022 (57/61*)" in text
    assert "giảm 06 bậc so với năm 2022 (45/63*)" in text
    assert "giữ nguyên hạng so với năm 2022 (55/61*)" in text
    assert "điểm của tỉnh làm giảm khoảng 0,5 bậc" in text
    assert not re.search(r"(tăng|giảm) -?0 bậc|None|nan|<NA>", text)


def test_a_withheld_result_is_said_not_to_be_zero() -> None:
    text = said(report(card(QUANG_NINH, 2023, ("papi",)), kind="papi"))
    assert "không công bố kết quả PAPI của tỉnh Quảng Ninh" in text
    assert "không có nghĩa là tỉnh Quảng Ninh được 0 điểm" in text
    assert "đạt 0" not in text


def test_a_place_outside_the_published_top_is_told_by_its_bounds() -> None:
    text = said(report(card(KON_TUM, 2023, ("pci",)), kind="special"))
    assert "31–63/63" in text
    assert "chưa xác định được tăng hay giảm hạng" in text


def test_places_we_computed_are_never_told_as_the_publishers() -> None:
    made = report(card(AN_GIANG, 2024, ("papi", "pci")), kind="papi")
    text = said(made)
    assert "không công bố thứ hạng; thứ hạng trong báo cáo này được tính từ điểm công bố" in text
    assert "40/61*" in text


@pytest.mark.parametrize(
    ("unit", "year", "indices", "kind"),
    [
        (KON_TUM, 2023, PAR, "par-sipas"),
        (KON_TUM, 2023, ("papi",), "papi"),
        (KON_TUM, 2023, None, "leader"),
        (AN_GIANG, 2024, ("papi", "pci"), "papi"),
        (QUANG_NINH, 2023, ("papi",), "papi"),
    ],
)
def test_every_marked_figure_prints_the_value_of_the_scorecard(
    unit: str, year: int, indices: tuple[str, ...] | None, kind: str
) -> None:
    source = card(unit, year, indices)
    values = source.figures.set_index("figure_id")
    # A difference of two figures carries both; a run of one figure prints that figure.
    found = [run for run in report(source, kind=kind).runs() if len(run.figure_ids) == 1]
    assert len(found) > (10 if kind == "leader" or unit == QUANG_NINH else 80)
    for run in found:
        row = values.loc[run.figure_ids[0]]
        if row["measure"] == "rank" and "/" not in run.text:
            # A change since a year the card holds no place of carries the mark of the later one.
            continue
        number = re.sub(r"[^0-9,]", "", run.text.split("/")[0]).replace(",", ".")
        if row["measure"] in ("score", "mean", "median", "best", "lost", "percent", "max_score",
                              "score_change", "recoverable"):  # fmt: skip
            assert abs(float(number) - abs(row["value"])) <= 0.0051, (run.figure_ids, run.text)
        elif row["measure"] in ("rank", "required_rank", "region_rank", "n_up", "n_down", "n_same"):
            assert int(number) == row["value"], (run.figure_ids, run.text)
        elif row["measure"] in ("gain", "gap") and row["value"] != 0:
            assert int(number) == abs(row["value"]), (run.figure_ids, run.text)
        if row["measure"] == "gain" and row["value"] != 0:
            assert run.text.startswith("tăng" if row["value"] > 0 else "giảm")


def test_every_mark_in_a_report_stands_in_its_annex_of_sources() -> None:
    made = report(card(KON_TUM, 2023, PAR), kind="par-sipas")
    (annex,) = [annex for annex in made.annexes if annex.annex_id == "sources"]
    (table,) = [block for block in annex.blocks if isinstance(block, Table)]
    listed = {row[0][0].text for row in table.rows}
    assert listed == {f"[{mark}]" for mark in content.marks_of(made)}
    text = " ".join("".join(run.text for run in cell) for row in table.rows for cell in row)
    assert "snv.kontum.gov.vn" in text
    assert "517/BCĐ-NC" in text


def test_numbers_of_places_and_points_in_sentences_all_carry_a_mark() -> None:
    made = report(card(KON_TUM, 2023, ("papi",)), kind="papi")
    for block in made.sections[1].blocks:
        if isinstance(block, Paragraph):
            loose = "".join(run.text for run in block.runs if not run.marks)
            assert not re.search(r"\d+/\d+|\d+,\d\d", loose), loose


def test_what_only_people_can_write_is_a_marked_gap() -> None:
    made = report(card(KON_TUM, 2023, PAR), kind="par-sipas")
    gaps = [run.text for run in made.runs() if run.is_gap]
    assert any("nguyên nhân chủ quan" in text for text in gaps)
    assert any("kiến nghị" in text for text in gaps)
    assert all(text.startswith("[…") and text.endswith("…]") for text in gaps)


def test_sections_can_be_left_out_and_are_numbered_anew() -> None:
    made = report(card(KON_TUM, 2023, PAR), kind="special", sections=["results", "tasks"])
    heads = [block.text for block in made.blocks() if isinstance(block, Heading)]
    tops = [text for text in heads if re.match(r"[IVX]+\. ", text)]
    assert tops == ["I. KẾT QUẢ CỦA TỈNH KON TUM", "II. NHIỆM VỤ, GIẢI PHÁP"]
    with pytest.raises(SectionUnknown, match="forecasts"):
        report(card(KON_TUM, 2023, PAR), kind="special", sections=["forecasts"])
    with pytest.raises(KeyError):
        report(card(KON_TUM, 2023, PAR), kind="slides")


def test_the_english_report_has_the_same_figures_in_the_same_order() -> None:
    source = card(KON_TUM, 2023, ("papi",))
    vietnamese = content.figures_of(report(source, kind="papi"))
    locales.use("en")
    made = report(source, kind="papi")
    assert [one for one, _ in content.figures_of(made)] == [one for one, _ in vietnamese]
    text = said(made)
    assert "Kon Tum province scored 39.96 points on PAPI and ranked 56/61*" in text
    assert not re.search(r"\bđiểm\b|\bbậc\b|\bhạng\b", text)


def test_the_leaders_page_names_results_causes_targets_losses_and_decisions() -> None:
    made = report(card(KON_TUM, 2023), kind="leader")
    assert [section.section_id for section in made.sections] == list(content.LEADER_SECTIONS)
    assert made.annexes == ()
    table = next(block for block in made.blocks() if isinstance(block, Table))
    assert ["".join(run.text for run in row[0]) for row in table.rows] == [
        "PAR INDEX", "SIPAS", "PAPI", "PCI",
    ]  # fmt: skip
    assert "[" in plain("".join(run.text for run in made.tail[0].runs))  # type: ignore[union-attr]


def test_tables_hold_the_components_five_years_region_losses_and_tasks() -> None:
    pen = Pen(card(KON_TUM, 2023))
    assert len(content_tables.components(pen, "par_index").rows) == 8
    assert len(content_tables.history(pen, "papi").rows) == 5
    assert len(content_tables.region(pen, "papi").rows) == 5
    assert content_tables.lost(pen, "par_index").rows
    assert content_tables.work(pen).rows
    for table in (content_tables.components(pen, "papi"), content_tables.targets(pen)):
        assert all(len(row) == len(table.heads) == len(table.align) for row in table.rows)


def test_names_people_type_cannot_bring_marks_of_their_own() -> None:
    office = figured("Sở X", ("papi:2023:x:rank",), (99,))
    made = report(card(KON_TUM, 2023, PAR), kind="par-sipas", facts=Facts(office=office))
    assert 99 not in content.marks_of(made)


@given(st.lists(st.integers(1, 60), unique=True))
def test_marks_are_printed_so_that_each_can_be_read_back(marks: list[int]) -> None:
    text = mark_text(tuple(sorted(marks)))
    found: list[int] = []
    for part in text.strip("[]").split(", "):
        first, _, last = part.partition("–")
        found += range(int(first), int(last or first) + 1) if first else []
    assert found == sorted(marks)


@given(st.text(), st.text())
def test_a_text_comes_out_of_its_runs_as_it_went_in(before: str, inside: str) -> None:
    before, inside = clean(before), clean(inside)
    text = before + figured(inside, ("a:1:b:rank",), (3, 4)) + gap("[…]")
    assert "".join(run.text for run in runs(text)) == before + inside + "[…]"
    assert runs(text)[-1].is_gap


def unit_names(source: Scorecard) -> set[str]:
    return set(source.region["unit_vi"])


def test_the_units_of_the_region_are_named_in_the_report() -> None:
    source = card(KON_TUM, 2023, ("papi",))
    made = report(source, kind="papi")
    cells = {run.text for run in made.runs()}
    assert unit_names(source) <= cells


def test_the_report_of_a_new_unit_lists_the_targets_it_took_over_and_judges_none() -> None:
    shown = card("vn34-quang-ngai", 2025, None, 2022)
    made = report(shown, kind="special")
    text, n = said(made), len(shown.taken_over)
    assert n > 0
    assert f"{n:02d} chỉ tiêu của Kon Tum còn hạn trong năm 2025 chuyển sang" in text
    (annex,) = [one for one in made.annexes if one.annex_id == "targets"]
    (table,) = [block for block in annex.blocks if isinstance(block, Table)]
    assert len(table.rows) == n
    assert {"".join(run.text for run in row[3]) for row in table.rows} == {"Chưa đủ cơ sở đánh giá"}


def test_a_merger_is_told_once_and_not_also_as_a_change_of_boundary() -> None:
    codes = card("vn34-quang-ngai", 2025, None, 2022).caveats["code"]
    assert "merger" in set(codes)
    assert "boundary" not in set(codes)


def test_columns_and_rows_without_any_figure_are_left_out_of_tables() -> None:
    known = card(AN_GIANG, 2024, ("par_index", "sipas"))
    pen = Pen(known)
    heads = content_tables.history(pen, "sipas").heads
    assert heads == (locales.t("report.col.year"), locales.t("report.col.place"))
    region = content_tables.region(pen, "sipas")
    assert [row[0][0].text for row in region.rows] == ["Cần Thơ", "Long An", "An Giang"]
    assert len(known.table("T5", "sipas")) == 13
    assert locales.t("report.col.regional") not in region.heads


def test_what_an_agency_has_to_mend_for_one_reason_is_said_once() -> None:
    known = card(KON_TUM, 2023, ("papi",))
    (tasks,) = (one for one in report(known, kind="papi").sections if one.section_id == "tasks")
    lines = ["".join(run.text for run in block.runs) for block in tasks.blocks[1:]]
    reason = locales.t("report.task_cause.weakness")
    assert max(line.count(reason) for line in lines) == 1
    assert any(line.count("(D") == 7 for line in lines)
