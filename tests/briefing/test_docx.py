"""Word files read back: the decree's form, every figure, templates of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

import locales
from briefing import content
from briefing.content import Facts, report
from briefing.documents import form, template
from briefing.documents.docx import render, template_faults
from briefing.documents.template import TemplateFault, faults, filled
from briefing.parts import Document, Table, mark_text
from tests.briefing.cards import KON_TUM, card

PAR = ("par_index", "sipas")
HEAD = form.Letterhead(office="SỞ NỘI VỤ", code="SNV", place="Kon Tum")
# The smallest PNG: one black pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000"
    "020001e221bc330000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    locales.use("vi")
    yield
    locales.use("vi")


def made(kind: str = "par-sipas", **facts: str) -> Document:
    indices = PAR if kind == "par-sipas" else None
    return report(card(KON_TUM, 2023, indices), kind=kind, facts=Facts(**facts))


def opened(file: bytes) -> Any:
    return docx.Document(BytesIO(file))


def words(word: Any) -> str:
    """All text in reading order of kinds: paragraphs, then tables."""
    lines = [paragraph.text for paragraph in word.paragraphs]
    lines += [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join(lines)


def drawn(kind: str = "par-sipas", **more: Any) -> Any:
    return opened(render(made(kind), unit="tỉnh Kon Tum", letterhead=HEAD, **more))


def test_page_and_margins_lie_within_what_the_decree_allows() -> None:
    for section in drawn().sections:
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        assert 20 <= round(section.top_margin.mm, 1) <= 25
        assert 20 <= round(section.bottom_margin.mm, 1) <= 25
        assert 30 <= round(section.left_margin.mm, 1) <= 35
        assert 15 <= round(section.right_margin.mm, 1) <= 20


def test_the_face_is_times_new_roman_in_every_script_and_style() -> None:
    word = drawn()
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        style = word.styles[name]
        fonts = style.element.rPr.rFonts
        assert {
            fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")
        } == {"Times New Roman"}
        assert 13 <= style.font.size.pt <= 14
        assert str(style.font.color.rgb) == "000000"
    runs = [run for paragraph in word.paragraphs for run in paragraph.runs]
    assert {run.font.name for run in runs} == {None}


def test_the_head_carries_country_motto_office_number_and_place() -> None:
    word = drawn()
    left, right = word.tables[0].rows[0].cells
    assert right.paragraphs[0].text == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert right.paragraphs[1].text == "Độc lập - Tự do - Hạnh phúc"
    assert right.paragraphs[2]._p.find(".//" + qn("w:pBdr")) is not None
    assert [p.text for p in left.paragraphs][:3] == ["ỦY BAN NHÂN DÂN", "TỈNH KON TUM", "SỞ NỘI VỤ"]
    assert [cell.text for cell in word.tables[0].rows[1].cells] == [
        "Số: …/BC-SNV", "Kon Tum, ngày … tháng … năm …",
    ]  # fmt: skip
    sizes = {run.font.size.pt for p in right.paragraphs for run in p.runs}
    assert sizes == {form.COUNTRY_SIZE, form.MOTTO_SIZE}
    assert form.COUNTRY_SIZE in (12, 13)
    assert form.MOTTO_SIZE in (13, 14)
    assert word.paragraphs[0].text == "BÁO CÁO"
    assert word.paragraphs[0].runs[0].bold


def test_pages_are_numbered_in_the_middle_above_from_the_second_on_annexes_anew() -> None:
    word = drawn()
    first = word.sections[0]
    assert first.different_first_page_header_footer
    assert "PAGE" in first.header.paragraphs[0]._p.xml
    assert first.header.paragraphs[0].alignment == 1
    assert first.first_page_header.paragraphs[0].text == ""
    assert "PAGE" not in first.first_page_header.paragraphs[0]._p.xml
    annexes = list(word.sections)[1:]
    assert len(annexes) == len(made().annexes) > 3
    for section in annexes:
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


def test_body_is_justified_with_a_first_line_and_six_points_between_paragraphs() -> None:
    word = drawn()
    body = [p for p in word.paragraphs if p.text.startswith("Năm 2023, PAR INDEX")]
    assert len(body) == 1
    shape = body[0].paragraph_format
    assert body[0].alignment == 3
    assert round(shape.first_line_indent.mm, 1) == 12.7
    assert shape.space_after.pt >= 6
    assert 1 <= shape.line_spacing <= 1.5


def test_receivers_and_signature_close_the_report() -> None:
    tables = [table for table in drawn().tables if "Nơi nhận" in table.rows[0].cells[0].text]
    assert len(tables) == 1
    left, right = tables[0].rows[0].cells
    assert left.paragraphs[0].runs[0].bold
    assert left.paragraphs[0].runs[0].italic
    assert left.paragraphs[0].runs[0].font.size.pt == 12
    assert left.paragraphs[1].runs[0].font.size.pt == 11
    assert right.paragraphs[0].text == "[… chức vụ …]"


@pytest.mark.parametrize("kind", ["par-sipas", "papi", "leader", "special"])
def test_every_figure_of_the_document_stands_in_the_file_with_its_mark_raised(kind: str) -> None:
    source = made(kind)
    word = opened(render(source, unit="tỉnh Kon Tum", letterhead=HEAD))
    text = words(word)
    for run in source.runs():
        if run.marks:
            assert f"{run.text}{mark_text(run.marks)}" in text
    raised = [
        run.text for paragraph in _all_paragraphs(word) for run in paragraph.runs
        if run.font.superscript
    ]  # fmt: skip
    assert len(raised) == sum(1 for run in source.runs() if run.marks)
    assert all(re.fullmatch(r"\[[0-9, –]+\]", mark) for mark in raised)


def _all_paragraphs(word: Any) -> list[Any]:
    cells = [cell for table in word.tables for row in table.rows for cell in row.cells]
    return [*word.paragraphs, *(p for cell in cells for p in cell.paragraphs)]


def test_cells_of_the_component_table_equal_the_scorecard() -> None:
    source = card(KON_TUM, 2023, PAR)
    tables = [t for t in drawn().tables if t.rows[0].cells[0].text == "Nội dung"]
    found = {row.cells[0].text: [cell.text for cell in row.cells] for row in tables[0].rows[1:]}
    for _, row in source.components_of("par_index").iterrows():
        cells = found[f"{row['code']}. {row['component_vi']}"]
        for cell, value in ((cells[1], row["score"]), (cells[2], row["max_score"])):
            if value == value:
                assert float(cell.split("[")[0].replace(",", ".")) == pytest.approx(
                    value, abs=0.005
                )
            else:
                assert cell == "–"
        place = "–" if str(row["rank"]) == "<NA>" else f"{row['rank']}/{row['n_ranked']}"
        assert cells[4].split("[")[0] == place


def test_heads_of_tables_repeat_and_no_row_is_split() -> None:
    tables = [t for t in drawn().tables if t.style is not None and t.style.name == "Table Grid"]
    assert len(tables) == sum(isinstance(block, Table) for block in made().blocks())
    for table in tables:
        assert table.rows[0]._tr.find(".//" + qn("w:tblHeader")) is not None
        for row in table.rows:
            assert row._tr.find(".//" + qn("w:cantSplit")) is not None


def test_the_footer_tells_version_time_and_author() -> None:
    source = made(version="store-00000042", made_at="21/11/2026 11:00", author="Nguyễn Văn A")
    word = opened(render(source, unit="tỉnh Kon Tum"))
    for footer in (word.sections[0].footer, word.sections[0].first_page_footer):
        for part in ("store-00000042", "21/11/2026 11:00", "Nguyễn Văn A"):
            assert part in footer.paragraphs[0].text


def test_pictures_go_where_the_text_asks_for_them() -> None:
    word = drawn(pictures={"history-par_index": PIXEL})
    assert len(word.inline_shapes) == 1
    assert len(drawn().inline_shapes) == 0


def test_the_same_pack_is_the_same_bytes_in_its_text() -> None:
    assert words(drawn()) == words(drawn())


def test_the_leaders_page_keeps_thirteen_points_and_no_annex() -> None:
    word = drawn("leader")
    assert word.styles["Normal"].font.size.pt == 13
    assert len(word.sections) == 1
    assert "Kính gửi" in words(word)


# ---------------------------------------------------------------------------- own templates


def letterhead(*lines: str, header: str = "") -> bytes:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = header
    for line in lines:
        word.add_paragraph(line)
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def test_an_own_template_keeps_its_head_and_takes_the_text_where_it_asks() -> None:
    file = letterhead("Trên", "{{TRICH_YEU}} – {{NAM}}", "{{NOI_DUNG}}", "Dưới {{NGUOI_KY}}",
                      header="SỞ NỘI VỤ TỈNH KON TUM {{DON_VI}}")  # fmt: skip
    found = render(made(), unit="tỉnh Kon Tum", template=file, values={"NAM": "2023"})
    word = opened(found)
    lines = [paragraph.text for paragraph in word.paragraphs]
    assert lines[0] == "Trên"
    assert lines[1] == "Phân tích kết quả PAR INDEX và SIPAS năm 2023 của tỉnh Kon Tum – 2023"
    assert lines[-1].startswith("Dưới [… họ và tên …]")
    assert any(line.startswith("I. TÌNH HÌNH CHUNG") for line in lines)
    assert "{{" not in words(word)
    assert word.sections[0].header.paragraphs[0].text == "SỞ NỘI VỤ TỈNH KON TUM tỉnh Kon Tum"
    assert "43/63[1]" in words(word)


def test_a_placeholder_split_over_runs_is_filled_all_the_same() -> None:
    word = docx.Document()
    paragraph = word.add_paragraph("Số ")
    for part in ("{{SO_", "KY_HIEU", "}} ngày"):
        paragraph.add_run(part)
    word.add_paragraph("{{NOI_DUNG}}")
    file = BytesIO()
    word.save(file)
    found = render(made(), unit="tỉnh Kon Tum", letterhead=HEAD, template=file.getvalue())
    assert opened(found).paragraphs[0].text == "Số Số: …/BC-SNV ngày"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("Không có gì",), "thiếu chỗ điền {{NOI_DUNG}}"),
        (("{{NOI_DUNG}}", "{{TEN_TINH}}"), "{{TEN_TINH}} mà hệ thống không biết"),
        (("Xem {{NOI_DUNG}}",), "đứng một mình"),
        (("{{NOI_DUNG}}", "{{TRICH_YEU"), "không khép kín"),
    ],
)
def test_what_is_wrong_with_a_template_is_said_before_printing(
    lines: tuple[str, ...], expected: str
) -> None:
    file = letterhead(*lines)
    (fault,) = template_faults(file)
    assert expected in fault
    with pytest.raises(TemplateFault):
        render(made(), unit="tỉnh Kon Tum", template=file)


def test_a_file_that_is_no_word_file_is_refused_in_one_sentence() -> None:
    (fault,) = template_faults(b"PK not really")
    assert "không phải là tệp Word" in fault


def test_every_placeholder_that_is_offered_is_known_and_filled() -> None:
    names = [name for name in template.PLACEHOLDERS if name != template.BODY]
    file = letterhead(*[f"{name}={{{{{name}}}}}" for name in names], "{{NOI_DUNG}}")
    assert faults([f"{{{{{name}}}}}" for name in template.PLACEHOLDERS]) == []
    found = render(made("leader"), unit="tỉnh Kon Tum", letterhead=HEAD, template=file,
                   values={"NAM": "2023", "NAM_SO_SANH": "2022"})  # fmt: skip
    lines = {p.text.split("=")[0]: p.text for p in opened(found).paragraphs if "=" in p.text}
    assert all(len(lines[name]) > len(name) + 1 for name in names)


def test_a_value_that_looks_like_a_placeholder_is_printed_as_it_is() -> None:
    assert filled("{{A}} {{B}}", {"A": "{{B}}", "B": "x"}) == "{{B}} x"


def test_figures_are_listed_for_the_approval() -> None:
    assert len(content.figures_of(made())) > 100
