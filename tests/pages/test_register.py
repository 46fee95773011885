"""The register and document pages: paste, confirm, edit, withdraw, history, checks, what moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from data import audit, queries, records, register
from data.actors import Actor, Role
from data.register import DocumentRecord, QueuedSentence, TargetRecord
from data.store import store
from tests.pages import seen
from tests.stores import ship

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022"}
ANALYST = Actor("Nguyễn Văn A", Role.ANALYST)
SENTENCE = (
    "Phấn đấu Chỉ số Cải cách hành chính (PAR INDEX), Chỉ số Hiệu quả quản trị và hành chính công "
    "(PAPI), Chỉ số Năng lực cạnh tranh (PCI) tăng 05 bậc so với năm 2022 và năm sau phải cao hơn "
    "năm trước"
)


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    """A register as shipped after every test; the trail of what was done stays."""
    ship(store())
    yield
    with store().write() as connection:
        connection.execute("DELETE FROM record")


def button(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click()
    return app.run()


def box(app: AppTest, label: str, kind: str = "text_input") -> object:
    return next(one for one in getattr(app, kind) if one.label == label)


def pasted(open_page: OpenPage, sentence: str = SENTENCE) -> AppTest:
    app = open_page("register", **STORY, view="paste")
    box(app, "Câu trong văn bản", "text_area").set_value(sentence)
    return button(app, "Đọc câu")


def confirmed(app: AppTest, number: str = "12/NQ-TU", agency: str = "ktm-so-noi-vu") -> AppTest:
    box(app, "Số, ký hiệu (để trống nếu là bản nháp)").set_value(number)
    box(app, "Cơ quan ban hành").set_value("Tỉnh ủy Kon Tum")
    box(app, "Ngày ban hành (để trống nếu chưa có)", "date_input").set_value("2023-01-09")
    if agency:
        box(app, "Cơ quan chủ trì", "multiselect").set_value([agency])
    app.run()
    n = sum(one.value for one in app.checkbox if one.label.startswith("Đưa vào sổ"))
    return button(app, f"Xác nhận {n:02d} chỉ tiêu")


def test_a_pasted_sentence_is_proposed_target_by_target_and_nothing_is_saved_yet(
    open_page: OpenPage,
) -> None:
    before = len(queries.targets())
    app = pasted(open_page)
    assert not app.exception
    words = seen.words(app)
    assert [note.value for note in app.success] == [
        "Đọc được 06 chỉ tiêu. Hãy xem từng chỉ tiêu rồi xác nhận."
    ]
    assert "1. PAR INDEX: tăng ≥ 5 bậc; năm gốc 2022; năm 2023" in words
    assert "Năm 2023 phải xếp hạng 50 hoặc cao hơn. Gốc là hạng 55/63 năm 2022." in words
    assert "Chưa đủ cơ sở để tính số điểm cần thêm" in words
    assert "Theo bảng năm 2024, mới nhất đã công bố" in words
    assert len(queries.targets()) == before


def test_confirmed_targets_stand_on_the_board_with_document_and_agency(
    open_page: OpenPage,
) -> None:
    app = confirmed(pasted(open_page))
    assert not app.exception
    assert "Đã lưu 06 chỉ tiêu vào sổ." in [note.value for note in app.success]
    rows = queries.targets()
    mine = rows.loc[rows["document_number"] == "12/NQ-TU"]
    assert len(mine) == 6
    assert set(mine["lead_agency"]) == {"Sở Nội vụ tỉnh Kon Tum"}
    board = seen.words(open_page("targets", **STORY, document="12/NQ-TU"))
    assert "12/NQ-TU" in board
    assert "Chủ trì: Sở Nội vụ tỉnh Kon Tum" in board
    assert "09/01/2023" in board


def test_a_document_without_number_is_a_draft_and_its_draft_targets_are_on_no_board(
    open_page: OpenPage,
) -> None:
    before = len(queries.targets())
    app = pasted(open_page)
    box(app, "Lưu chỉ tiêu ở dạng nháp, chưa đưa lên bảng", "checkbox").check()
    app.run()
    app = button(app, "Xác nhận 06 chỉ tiêu")
    assert "Đã lưu 06 chỉ tiêu ở dạng nháp, chưa lên bảng." in [n.value for n in app.success]
    assert len(queries.targets()) == before
    assert len(register.drafts(store())) == 6
    ((document, _),) = records.held(store(), DocumentRecord).values()
    assert document.state == "draft"
    app = open_page("register", **STORY)
    assert "Bản nháp" in seen.words(app)


def test_targets_in_force_without_their_document_number_are_kept_with_a_draft_document(
    open_page: OpenPage,
) -> None:
    app = button(pasted(open_page), "Xác nhận 06 chỉ tiêu")
    assert not app.error
    board = seen.words(open_page("targets", **STORY))
    assert "ngày … tháng … năm …" in board


def test_what_was_not_understood_waits_for_a_person_until_dealt_with(open_page: OpenPage) -> None:
    sentence = "Phấn đấu Chỉ số PAPI bằng mọi giá lọt vào nhóm tỉnh rất khá của khu vực"
    app = pasted(open_page, sentence)
    if any(one.label.startswith("Xác nhận") for one in app.button):
        confirmed(app)
    else:
        button(app, "Chỉ đưa phần chưa hiểu vào hàng chờ")
    (entry,) = register.queue(store()).values()
    assert "PAPI" in entry.sentence
    app = open_page("register", **STORY, view="queue")
    assert entry.sentence in seen.words(app)
    app = button(app, "Đã xử lý")
    assert "Hãy ghi đã xử lý thế nào" in app.error[0].value
    box(app, "Đã xử lý thế nào").set_value("Không phải chỉ tiêu")
    app = button(app, "Đã xử lý")
    assert "Hàng chờ trống." in seen.words(app)
    assert register.queue(store()) == {}
    assert records.held(store(), QueuedSentence)[entry.record_id][0].outcome


def test_an_edit_moves_the_board_and_the_history_shows_before_and_after(
    open_page: OpenPage,
) -> None:
    app = open_page("register", **STORY, target="002-35")
    assert "Chưa ai sửa; nội dung kèm theo phần mềm." in seen.words(app)
    box(app, "Mức phải đạt", "number_input").set_value(7.0)
    box(app, "Lý do sửa (không bắt buộc)").set_value("Theo <b>kết luận</b> mới")
    app.run()
    app = button(app, "Lưu thay đổi")
    assert not app.exception
    words = seen.words(app)
    assert "Mức: 5 → 7" in words
    assert "Theo <b>kết luận</b> mới" in words
    rows = queries.targets().set_index("target_id")
    assert rows.loc["002-35", "amount"] == 7
    assert rows.loc["002-35", "document_number"] == "517/BCĐ-NC"
    assert "Tăng 07 bậc so với năm 2022" in seen.words(open_page("targets", **STORY))


def test_a_withdrawn_target_leaves_the_board_and_keeps_its_reason(open_page: OpenPage) -> None:
    app = open_page("register", **STORY, target="002-35")
    app = button(app, "Rút")
    assert "Hãy ghi lý do" in app.error[0].value
    box(app, "Lý do rút").set_value("Giao lại theo văn bản mới")
    app = button(app, "Rút")
    assert "002-35" not in set(queries.targets()["target_id"])
    words = seen.words(app)
    assert "Giao lại theo văn bản mới" in words
    assert "Trạng thái: Có hiệu lực → Đã rút" in words
    assert audit.verify(store()) == []


def test_the_check_names_the_component_nobody_was_given(open_page: OpenPage) -> None:
    words = seen.words(open_page("register", **STORY, view="check"))
    assert "C1" in words
    assert "riêng thành phần này chưa có" in words


def test_a_place_asked_of_a_district_is_refused_in_words_and_shown_by_the_check(
    open_page: OpenPage,
) -> None:
    shipped = register.target(store(), "002-14")
    assert shipped is not None
    records.save(
        store(),
        shipped.model_copy(update={"record_id": "h1", "unit_id": "ktm-ubnd-huyen-ngoc-hoi"}),
        by=ANALYST,
    )
    app = open_page("register", **STORY, target="h1")
    assert "Đơn vị này không được xếp hạng trong chỉ số đã chọn" in seen.words(app)
    words = seen.words(open_page("register", **STORY, view="check"))
    assert "UBND huyện Ngọc Hồi" in words
    assert "không được xếp hạng; không thể đánh giá" in words


def test_publishing_the_base_year_moves_58_to_31_and_makes_it_final(open_page: OpenPage) -> None:
    app = open_page("register", **STORY, view="moved", came="par_index-2022")
    assert not app.exception
    words = seen.words(app)
    assert "Vừa thay đổi khi công bố PAR INDEX năm 2022 (19/04/2023)" in [
        one.value for one in app.subheader
    ]
    assert "Hạng 58 → 31" in words
    assert "Tạm tính thành chính thức" in words
    assert "hạng 63 năm 2021 → hạng 36 năm 2022" in words
    assert "11 yêu cầu thay đổi, trong đó 03 chuyển từ tạm tính thành chính thức" in words


def test_five_places_from_third_is_capped_and_said_so_while_typed(open_page: OpenPage) -> None:
    shipped = register.target(store(), "002-14")
    assert shipped is not None
    third = queries.figures("par_index")
    third = third.loc[
        (third["component_id"] == "par_index") & (third["edition"] == 2022) & (third["rank"] == 3)
    ]
    unit_id = third["unit_id"].iloc[0]
    target = shipped.model_copy(update={"record_id": "cap", "unit_id": unit_id})
    records.save(store(), target, by=ANALYST)
    words = seen.words(open_page("register", **{**STORY, "unit": unit_id}, target="cap"))
    assert "Năm 2023 phải xếp hạng 1 hoặc cao hơn. Gốc là hạng 3/63 năm 2022." in words
    assert "Từ hạng 03 không thể tăng đủ số bậc đã ghi: yêu cầu dừng ở hạng 01" in words


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script> **đậm** [x](javascript:alert(1)) :red[y] $z$",
        pytest.param('=HYPERLINK("x")', marks=pytest.mark.slow),
    ],
)
def test_whatever_a_person_typed_is_text_on_both_pages(open_page: OpenPage, typed: str) -> None:
    document = register.made(
        DocumentRecord, record_id="d1", number=typed, issued_text=typed, issuer=typed, title=typed,
        unit_id="vn63-kon-tum", note=typed,
    )  # fmt: skip
    shipped = register.target(store(), "002-14")
    assert shipped is not None
    target = shipped.model_copy(
        update={"record_id": "t1", "document_id": "d1", "clause": typed, "note": typed}
    )
    waiting = QueuedSentence(record_id="q1", sentence=typed, unread=[typed])
    records.save(store(), [document, target, waiting], by=ANALYST, reason=typed)
    for name, query in (
        ("register", {"target": "t1"}), ("register", {"view": "queue"}),
        ("documents", {"doc": "d1"}), ("documents", {"view": "cascade"}), ("targets", {}),
    ):  # fmt: skip
        app = open_page(name, **STORY, **query)
        assert not app.exception
        assert typed in seen.words(app)
        assert not any("<script>alert" in body for body in seen.bodies(app))
        for element in (*app.markdown, *app.caption, *app.success, *app.info):
            assert typed not in element.value


def test_the_documents_page_lists_what_cites_what_and_counts_targets(open_page: OpenPage) -> None:
    app = open_page("documents", **STORY)
    assert not app.exception
    row = seen.row(app, "517/BCĐ-NC", "Ban Chỉ đạo")
    assert "18-NQ/TU" in row[4]
    assert row[5] == "22"


def test_a_new_document_is_kept_replaces_another_and_can_be_edited(open_page: OpenPage) -> None:
    app = open_page("documents", **STORY, view="new")
    box(app, "Số, ký hiệu").set_value("99/KH-UBND")
    box(app, "Cơ quan ban hành").set_value("UBND tỉnh Kon Tum")
    box(app, "Ngày ban hành", "date_input").set_value("2023-05-02")
    box(app, "Thay thế văn bản", "multiselect").set_value(["ktm-517-bcd-nc-2023"])
    app = button(app, "Lưu văn bản")
    assert "Đã lưu văn bản." in [note.value for note in app.success]
    ((made, _),) = records.held(store(), DocumentRecord).values()
    assert made.issued_text == "ngày 02 tháng 5 năm 2023"
    app = open_page("documents", **STORY)
    assert "Đã được thay thế bởi: 99/KH-UBND" in seen.row(app, "517/BCĐ-NC", "Ban Chỉ đạo")[4]
    app = open_page("documents", **STORY, doc=made.record_id)
    box(app, "Đường dẫn").set_value("javascript:alert(1)")
    app = button(app, "Lưu văn bản")
    said = app.error[0].value.replace("\\", "")
    assert "Đường dẫn phải bắt đầu bằng https://" in said


def test_a_document_with_targets_cannot_be_withdrawn(open_page: OpenPage) -> None:
    app = open_page("documents", **STORY, doc="ktm-517-bcd-nc-2023")
    box(app, "Lý do rút").set_value("Nhầm")
    app = button(app, "Rút")
    assert "Văn bản này còn 22 chỉ tiêu đang có hiệu lực" in app.error[0].value


def test_the_chain_runs_from_the_party_to_the_district_with_wording_marked(
    open_page: OpenPage,
) -> None:
    app = open_page("documents", **STORY, view="cascade")
    assert not app.exception
    words = seen.words(app)
    order = ["Tỉnh ủy: 18-NQ/TU", "Ban Chỉ đạo: 517/BCĐ-NC", "UBND tỉnh: 1923/UBND-NC",
             "Huyện: …/UBND-TH"]  # fmt: skip
    places = [words.index(line) for line in order]
    assert places == sorted(places)
    pci = next(row for row in seen.rows(app) if row[0] == "PCI")
    assert pci[1] == "Không nêu"
    assert "năm sau phải cao hơn năm trước" in pci[-1]
    assert "ins" in seen.tags(app)
    assert "del" in seen.tags(app)


def test_the_pages_speak_english_too(open_page: OpenPage) -> None:
    for name, view in (("register", "check"), ("register", "paste"), ("documents", "cascade")):
        app = open_page(name, **STORY, view=view, lang="en")
        assert not app.exception
        assert app.title[0].value in ("Target register", "Documents that set targets")


def test_a_target_of_a_draft_keeps_what_was_typed_even_when_incomplete() -> None:
    blank = register.made(TargetRecord, record_id="blank", state="draft")
    records.save(store(), blank, by=ANALYST)
    assert register.drafts(store())["blank"] == blank
