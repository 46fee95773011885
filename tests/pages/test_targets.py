"""The board of targets: document, agency, verdict, and every flag in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.board import board, knowledge
from data import queries
from data.build import BATCH
from data.store import store
from locales import t
from locales.calendar import today
from tests.pages import seen
from tests.stores import ship

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022"}
GIVEN_BY_517 = "Số 517/BCĐ-NC, ngày 02/03/2023"


@pytest.fixture
def story(open_page: OpenPage) -> AppTest:
    return open_page("targets", **STORY)


def line(app: AppTest, component: str) -> list[str]:
    """The row of the leading document on one component, measured by rank."""
    return seen.row(app, component, "517/BCĐ-NC", "bậc so với năm 2022")


@pytest.mark.parametrize(
    ("component", "places", "verdict", "agency"),
    [
        ("PAR INDEX · Tổng hợp", "Gốc năm 2022 55/63 Phải đạt 50 Đạt được 43/63 ▲ tăng 12 bậc",
         "✔ Đạt", "Chủ trì: Các thành viên Ban Chỉ đạo CCHC tỉnh Kon Tum"),
        ("PAR INDEX · C2.", "Gốc năm 2022 43/63 Phải đạt 38 Đạt được 22/63 ▲ tăng 21 bậc",
         "✔ Đạt", "Chủ trì: Sở Tư pháp"),
        ("PAR INDEX · C4.", "Gốc năm 2022 36/63 Phải đạt 31 Đạt được 22/63 ▲ tăng 14 bậc",
         "✔ Đạt", "Chủ trì: Sở Nội vụ"),
        ("PAR INDEX · C5.", "Đạt được 45/63", "Chưa đủ cơ sở đánh giá", "Chủ trì: Sở Nội vụ"),
        ("PAPI · Tổng hợp", "Gốc năm 2022 54/61* Phải đạt 49 Đạt được 56/61* ▼ giảm 02 bậc",
         "✘ Không đạt", "Chủ trì: Các thành viên Ban Chỉ đạo CCHC tỉnh Kon Tum"),
    ],
)  # fmt: skip
def test_each_target_shows_its_places_verdict_agency_and_document(
    story: AppTest, component: str, places: str, verdict: str, agency: str
) -> None:
    cells = line(story, component)
    assert "Tăng 05 bậc so với năm 2022" in cells[0]
    assert cells[1].startswith(places)
    assert verdict in cells[2]
    assert agency in cells[3]
    assert GIVEN_BY_517 in cells[3]


def test_the_distance_to_the_target_is_said_in_words(story: AppTest) -> None:
    assert "còn thiếu 07 bậc" in line(story, "PAPI · Tổng hợp")[1]
    assert "vượt 07 bậc" in line(story, "PAR INDEX · Tổng hợp")[1]


def test_the_clause_is_quoted_as_the_document_has_it(story: AppTest) -> None:
    assert "Trích văn bản" in line(story, "PAR INDEX · C2.")[0]
    assert "Phân đầu, cải thiện Chỉ số “Cải cách thể chế”" in line(story, "PAR INDEX · C2.")[0]


def test_the_footnoted_base_stands_beside_the_true_one(story: AppTest) -> None:
    said = "Chú thích của văn bản ghi hạng 63/63 năm 2021: khi đó phải đạt hạng 58"
    assert said in line(story, "PAR INDEX · C4.")[2]
    kept = seen.row(story, "PAR INDEX · C3.", "Duy trì và cải thiện hạng qua từng năm")
    assert "✔ Đạt" in kept[2]
    assert "hạng 22/63 năm 2021: khi đó phải đạt hạng 22; theo số đó thì không đạt" in kept[2]


def test_the_component_the_document_left_out_is_listed(story: AppTest) -> None:
    cells = seen.row(story, "C1. Công tác chỉ đạo")
    assert cells[1] == "Đạt được 52/63"
    assert "Chưa giao chỉ tiêu" in cells[2]
    assert "Văn bản không giao chỉ tiêu cho thành phần này" in cells[2]


def test_pci_cannot_be_judged_and_says_why(story: AppTest) -> None:
    cells = seen.row(story, "PCI · Tổng hợp", "Tăng 05 bậc so với năm 2022")
    assert cells[1] == "Gốc năm 2022 37/63* Phải đạt 32 Đạt được 31–63/63"
    assert "Năm đánh giá tỉnh nằm ngoài nhóm được công bố hạng." in cells[2]
    assert t("flag.interval") in cells[2]


def test_what_an_office_counts_itself_stands_apart_and_says_what_it_counts(story: AppTest) -> None:
    assert "Chỉ tiêu nghiệp vụ và chỉ số ngoài danh mục" in [head.value for head in story.subheader]
    cells = seen.row(story, "Giảm ít nhất 20 %")
    assert "Đơn vị đo: % thông tin phải khai báo được cắt giảm" in cells[0]
    assert cells[1] == ""
    assert "Chỉ tiêu nghiệp vụ, chưa có số liệu theo dõi được nhập." in cells[2]


@pytest.mark.parametrize(
    ("unit", "year"),
    [("vn63-kon-tum", 2023), ("vn63-kon-tum", 2024), ("vn63-kien-giang", 2021),
     ("vn63-dak-nong", 2024)],
)  # fmt: skip
def test_every_flag_and_reason_of_the_board_is_said_in_words(
    open_page: OpenPage, unit: str, year: int
) -> None:
    app = open_page("targets", unit=unit, year=str(year), base=str(year - 1))
    known = knowledge(queries.tables())
    rows = board(known, unit_id=unit, edition=year, as_of=today())
    text = seen.words(app)
    assert len(seen.rows(app)) == len(rows)
    for flag in {flag for flags in rows["flags"] for flag in flags}:
        assert f"{t(f'flag.{flag}')}." in text, flag
    for reason in set(rows["reason"]) - {""}:
        assert f"{t(f'reason.{reason}')}." in text, reason
    for status in set(rows["status"]):
        assert t(f"status.{status}") in text, status


def test_on_the_day_of_the_document_the_base_is_provisional(open_page: OpenPage) -> None:
    app = open_page("targets", **STORY, asof="2023-03-02")
    cells = line(app, "PAR INDEX · C4.")
    assert cells[1] == "Gốc năm 2021 63/63 Phải đạt 58"
    assert "Chưa đến kỳ" in cells[2]
    assert t("flag.provisional_baseline") in cells[2]
    text = seen.words(app)
    # 22/63 of 2023 is also the footnote's place of another component, so it is sought as a result.
    for later in ("43/63", "Đạt được 22/63", "56/61", "54/61", "36/63", "31–63", "tăng 12"):
        assert later not in text, later


def test_filters_narrow_the_board_by_document_agency_and_status(open_page: OpenPage) -> None:
    app = open_page("targets", **STORY)
    everything = len(seen.rows(app))
    app.selectbox(key="w_document").set_value("517/BCĐ-NC").run()
    by_document = seen.rows(app)
    assert 0 < len(by_document) < everything
    assert all("517/BCĐ-NC" in cells[3] for cells in by_document)
    app.selectbox(key="w_agency").set_value("Sở Nội vụ tỉnh Kon Tum").run()
    app.selectbox(key="w_status").set_value("met").run()
    (cells,) = seen.rows(app)
    assert "C4." in cells[0]
    assert app.query_params["document"] == "517/BCĐ-NC"
    assert app.query_params["agency"] == "Sở Nội vụ tỉnh Kon Tum"
    assert app.query_params["status"] == "met"
    for key in ("w_document", "w_agency", "w_status"):
        app.selectbox(key=key).set_value("all").run()
    assert len(seen.rows(app)) == everything
    assert not {"document", "agency", "status"} & set(app.query_params)


def test_a_link_to_a_filtered_board_opens_filtered(open_page: OpenPage) -> None:
    app = open_page("targets", **STORY, document="517/BCĐ-NC", status="missed")
    rows = seen.rows(app)
    assert rows
    assert all("Không đạt" in cells[2] and "517/BCĐ-NC" in cells[3] for cells in rows)
    assert app.query_params["status"] == "missed"


def test_no_target_matching_the_filters_is_said(open_page: OpenPage) -> None:
    app = open_page("targets", **STORY, document="1923/UBND-NC", status="met")
    assert [info.value for info in app.info] == ["Không có chỉ tiêu nào khớp với lựa chọn ở trên."]
    assert not seen.rows(app)


def test_a_province_without_targets_is_told_so(open_page: OpenPage) -> None:
    app = open_page("targets", unit="vn63-ha-noi", year="2022", base="2021")
    assert [info.value for info in app.info] == [
        "Chưa có văn bản nào giao chỉ tiêu cho Hà Nội trong năm 2022."
    ]
    assert not app.exception


def test_markup_in_a_target_is_shown_as_text_and_never_run(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANKINGS_STORE", str(tmp_path / "copy"))
    ship(store())
    evil = '<script>alert("x")</script><b onclick=alert(1)>đậm</b><img src=x onerror=alert(2)>'
    with store().write() as connection:
        connection.execute(
            "UPDATE target SET clause = $evil, note = $evil WHERE batch_id = $batch",
            {"evil": evil, "batch": BATCH},
        )
        connection.execute("UPDATE agency SET name_vi = $evil", {"evil": evil})
        connection.execute("UPDATE document SET issuer = $evil, number = $evil", {"evil": evil})
        connection.execute(
            "UPDATE component_period SET name_vi = $evil WHERE component_id LIKE 'par_index.%'",
            {"evil": evil},
        )
    for page in ("overview", "gaps", "targets"):
        app = open_page(page, **STORY, index="par_index")
        assert not app.exception
        assert not seen.tags(app) & {"script", "b onclick"}
        assert all("<script" not in body and "<b onclick" not in body for body in seen.bodies(app))
        assert all("onerror=alert" not in body.replace("&lt;img src=x onerror=alert", "")
                   for body in seen.bodies(app))  # fmt: skip
        for figure in seen.figures(app):
            assert "<script" not in str(figure), "a name is escaped in a picture too"
            assert "<img" not in str(figure)
    assert evil in seen.words(open_page("targets", **STORY)), "the reader sees what was written"
