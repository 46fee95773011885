"""The page that sets old targets anew: a document adopts one, the old one keeps its history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from data import audit, queries, rebasing
from data.actors import Actor, Role
from data.store import store
from tests.pages import seen

OpenPage = Callable[..., AppTest]
VIEW = {"unit": "vn34-quang-ngai", "year": "2025", "base": "2022", "index": "all"}
OLD_BOARD = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022", "index": "par_index"}
# "Năm 2023 tăng 05 bậc so với năm 2022" of the directive that founded the work on PAR INDEX.
OLD = "001-15a"
NUMBER, ISSUER = "15/KH-UBND", "UBND tỉnh Quảng Ngãi"
CHIEF = Actor("chief", Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def nothing_adopted() -> Iterator[None]:
    """The store is shared by the tests of a process: what one adopted is taken back."""
    yield
    if store().exists():
        for record_id in rebasing.adopted(store())["record_id"]:
            rebasing.revoke(store(), str(record_id), by=CHIEF, reason="test")


def field(app: AppTest, label: str) -> object:
    return next(one for one in app.text_input if one.label == label)


def button(app: AppTest, label: str) -> object:
    return next(one for one in app.button if one.label == label)


def fill(app: AppTest, *, number: str = NUMBER) -> AppTest:
    """The form for the one old target, filled in and sent."""
    app.selectbox(key="rebasing_target").set_value(OLD).run()
    field(app, "Số, ký hiệu văn bản").set_value(number)  # type: ignore[attr-defined]
    field(app, "Cơ quan ban hành").set_value(ISSUER)  # type: ignore[attr-defined]
    next(one for one in app.date_input if one.label == "Ngày ban hành").set_value(date(2026, 2, 3))
    (clause,) = [one for one in app.text_area if one.label.startswith("Trích nguyên văn")]
    clause.set_value("Năm 2026 tăng 03 bậc so với năm 2025")
    button(app, "Ghi nhận").click()  # type: ignore[attr-defined]
    return app.run()


def rows_of(app: AppTest, *words: str) -> list[list[str]]:
    return [row for row in seen.rows(app) if all(word in " ".join(row) for word in words)]


def test_five_places_of_63_are_proposed_as_three_of_34_and_wait_for_the_new_base_year(
    open_page: OpenPage,
) -> None:
    app = open_page("rebasing", **VIEW)
    assert not app.exception
    found = rows_of(app, "Tăng 05 bậc", "63 đơn vị tương đương 03 bậc trong 34 đơn vị")
    assert found
    assert not rows_of(app, "b1 · b1"), "an index outside the catalogue is named once"
    for row in found:
        assert row[1].endswith("năm gốc 2025, đánh giá năm 2026")
        assert row[2] == "Năm gốc 2025 chưa công bố, chưa tính được hạng phải đạt"
        assert row[3] == "Đề xuất, chưa có văn bản"


def test_a_document_adopts_the_target_and_the_old_one_keeps_its_years_and_verdict(
    open_page: OpenPage,
) -> None:
    before = seen.rows(open_page("targets", **OLD_BOARD))
    old = queries.targets().set_index("target_id").loc[OLD]

    app = fill(open_page("rebasing", **VIEW))
    assert not app.exception
    assert not [one.value for one in app.error]
    (said,) = [one.value for one in app.success]
    assert "chỉ tiêu mới của Quảng Ngãi có hiệu lực, chỉ tiêu cũ giữ nguyên lịch sử" in said
    (row,) = rows_of(app, NUMBER, "Đã xác định lại theo")
    assert row[3] == f"Đã xác định lại theo {NUMBER} ngày 03/02/2026 ({ISSUER})"

    (done,) = rebasing.adopted(store()).to_dict("records")
    assert (done["old_target_id"], done["number"], done["issuer"]) == (OLD, NUMBER, ISSUER)
    documents = queries.documents().set_index("document_id")
    assert documents.loc[done["document_id"], "number"] == NUMBER
    targets = queries.targets().set_index("target_id")
    new = targets.loc[done["new_target_id"]]
    assert (new["unit_id"], new["amount"], new["baseline_edition"]) == ("vn34-quang-ngai", 3, 2025)
    assert targets.loc[OLD].equals(old), "the old target is as it was"
    assert len(audit.entries(store(), kind="rebasing", key=done["record_id"])) == 1

    assert seen.rows(open_page("targets", **OLD_BOARD)) == before, "and so is its verdict"


def test_without_number_day_and_issuer_nothing_is_kept_and_one_sentence_says_so(
    open_page: OpenPage,
) -> None:
    app = fill(open_page("rebasing", **VIEW), number=" ")
    (said,) = [one.value for one in app.error]
    assert said.startswith("Hãy ghi số, ngày và cơ quan ban hành")
    assert rebasing.adopted(store()).empty


def test_a_level_that_is_no_number_is_named(open_page: OpenPage) -> None:
    app = open_page("rebasing", **VIEW)
    app.selectbox(key="rebasing_target").set_value(OLD).run()
    field(app, "Mức mới (để trống nếu không lượng hóa)").set_value("ba")  # type: ignore[attr-defined]
    button(app, "Ghi nhận").click()  # type: ignore[attr-defined]
    app.run()
    assert [one.value for one in app.error] == ["Mức hoặc năm “ba” không phải là số."]
    assert rebasing.adopted(store()).empty


def test_what_was_adopted_is_taken_back_with_a_reason_only(open_page: OpenPage) -> None:
    app = fill(open_page("rebasing", **VIEW))
    button(app, "Rút").click()  # type: ignore[attr-defined]
    app.run()
    assert "Hãy ghi lý do" in app.error[0].value
    field(app, "Lý do rút").set_value("văn bản đã thay thế")  # type: ignore[attr-defined]
    button(app, "Rút").click()  # type: ignore[attr-defined]
    app.run()
    assert [one.value for one in app.success] == [
        "Đã rút; chỉ tiêu mới không còn hiệu lực, lịch sử được giữ lại."
    ]
    assert rebasing.adopted(store()).empty
    assert not rows_of(app, "Đã xác định lại theo")


def test_a_unit_that_took_nobody_over_has_only_its_own_former_targets_or_says_there_are_none(
    open_page: OpenPage,
) -> None:
    app = open_page("rebasing", **{**VIEW, "unit": "vn34-ha-noi"})
    assert not app.exception
    assert any("Không có chỉ tiêu nào" in one.value for one in app.info)
