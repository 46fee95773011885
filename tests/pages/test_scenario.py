"""The what-if page: an answer while typing, marked as a scenario, kept apart from the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from data import queries, scenarios
from data.actors import Actor, Role
from data.scenarios import Change, ScenarioFacts
from data.store import store
from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022", "index": "papi"}
SET = "w_set_vn63-kon-tum_2023_papi."
AN = Actor("Nguyễn Văn A", Role.VIEWER)
CHIEF = Actor("chief", Role.ADMINISTRATOR)
MARK = "Kịch bản, không phải số liệu công bố"


@pytest.fixture(autouse=True)
def nothing_saved() -> Iterator[None]:
    yield
    for unit_id in ("vn63-kon-tum", "vn63-gia-lai"):
        if store().exists():
            for scenario_id in scenarios.scenarios(store(), unit_id)["scenario_id"]:
                scenarios.delete(store(), scenario_id, by=CHIEF)


def saved(app: AppTest, title: str, author: str = "Nguyễn Văn A") -> AppTest:
    app.text_input[0].set_value(title)
    app.text_input[1].set_value(author)
    next(button for button in app.button if button.label == "Lưu").click()
    return app.run()


def test_without_a_change_the_page_shows_the_published_result(open_page: OpenPage) -> None:
    app = open_page("scenario", **STORY)
    assert not app.exception
    assert "Chưa sửa điểm nào. Đây là kết quả đã công bố." in seen.words(app)
    assert any("56 /61" in tile or "56/61" in tile for tile in seen.tiles(app))


def test_a_changed_component_is_answered_at_once_as_score_place_group_and_target(
    open_page: OpenPage,
) -> None:
    app = open_page("scenario", **STORY)
    app.number_input(key=f"{SET}corruption").set_value(7.0).run()
    words = seen.words(app)
    assert MARK in words
    assert "đạt 40,70 điểm, xếp hạng 48/61 (tăng 08 bậc)" in words
    assert "Tổng hợp, hạng 49: sẽ đạt" in words
    assert seen.row(app, "D4.", "7,00")[1:4] == ["6,26", "7,00", "+0,74"]


def test_changed_parts_are_added_up_and_close_the_component_itself(open_page: OpenPage) -> None:
    app = open_page("scenario", **STORY)
    part = app.number_input(key=f"{SET}participation.civic_knowledge")
    app.number_input(key=part.key).set_value(part.value + 0.5).run()
    whole = app.number_input(key=f"{SET}participation")
    assert whole.disabled
    assert seen.row(app, "Tổng hợp", "+0,50")
    assert seen.row(app, "D1. ", "+0,50")


def test_a_preset_fills_the_inputs_and_lowers_none(open_page: OpenPage) -> None:
    app = open_page("scenario", **STORY)
    before = {box.key: box.value for box in app.number_input}
    next(button for button in app.button if button.label == "Mức giữa bảng").click()
    app.run()
    after = {box.key: box.value for box in app.number_input}
    assert all(after[key] >= before[key] for key in before)
    assert any(after[key] > before[key] for key in before)
    next(button for button in app.button if button.label == "Điểm đã công bố").click()
    app.run()
    assert {box.key: box.value for box in app.number_input} == before


def test_rivals_that_move_are_named_as_the_assumption_and_kept_in_the_address(
    open_page: OpenPage,
) -> None:
    app = open_page("scenario", **STORY, drift="1")
    app.number_input(key=f"{SET}corruption").set_value(7.0).run()
    assert "Giả định: các tỉnh khác thay đổi như năm trước." in seen.words(app)
    assert app.query_params["drift"] in ("1", ["1"])


def test_without_the_scores_of_the_others_there_is_a_reason_and_no_number(
    open_page: OpenPage,
) -> None:
    app = open_page("scenario", **{**STORY, "index": "par_index"})
    words = seen.words(app)
    assert "Chưa đủ cơ sở để tính kịch bản" in words
    assert "23/63" in words
    assert not app.number_input
    assert "tính được với: PAPI" in words


def test_an_index_with_unknown_weights_is_tried_by_its_total(open_page: OpenPage) -> None:
    app = open_page("scenario", **{**STORY, "year": "2022", "base": "2021", "index": "pci"})
    (box,) = app.number_input
    box.set_value(65.29).run()
    assert "xếp hạng 31/63 (tăng 06 bậc)" in seen.words(app)


def test_a_saved_scenario_is_listed_with_author_and_version_and_no_figure_changes(
    open_page: OpenPage,
) -> None:
    app = open_page("scenario", **STORY)
    figures = queries.figures("papi")
    version = store().version()
    app.number_input(key=f"{SET}corruption").set_value(7.0).run()
    app = saved(app, "Nâng D4")
    assert not app.exception
    assert [note.value for note in app.success] == ["Đã lưu kịch bản."]
    assert seen.heads_of(app)[-1] == ["", "Nâng D4"]
    assert seen.row(app, "Người lập")[1] == "Nguyễn Văn A"
    assert seen.row(app, "Bản số liệu")[1] in version
    assert seen.row(app, "Tính lại")[1] == "không đổi"
    assert queries.figures("papi").equals(figures)


def test_what_a_person_typed_is_text_and_never_markup(open_page: OpenPage) -> None:
    app = open_page("scenario", **STORY)
    app.number_input(key=f"{SET}corruption").set_value(7.0).run()
    app = saved(app, "<script>alert(1)</script>", "<img src=x>")
    assert "<script>alert(1)</script>" in seen.words(app)
    assert "script" not in seen.tags(app)
    assert "img" not in seen.tags(app)


def test_nothing_is_saved_without_a_change_a_name_or_an_author(open_page: OpenPage) -> None:
    app = saved(open_page("scenario", **STORY), "Chưa đổi gì")
    assert [note.value for note in app.warning] == ["Hãy sửa ít nhất một điểm rồi mới lưu."]
    app.number_input(key=f"{SET}corruption").set_value(7.0).run()
    app = saved(app, " ")
    assert "Hãy ghi tên kịch bản" in app.error[0].value
    app = saved(app, "Tên", "")
    assert "Hãy ghi người lập" in app.error[0].value
    assert scenarios.scenarios(store(), "vn63-kon-tum").empty


FACTS = ScenarioFacts(
    title="Cùng tên", data_version="store-00000001-00000000.duckdb",
    unit_id="vn63-kon-tum", index_id="papi", edition=2023, as_of=date(2026, 4, 1), peers="fixed",
    drift=0.0, score_before=39.96, score=40.0, rank_before=56, rank=55, n_ranked=61,
    group_id="low", changes=(Change("papi.corruption", 6.2, 6.3),),
)  # fmt: skip
NOON = datetime(2026, 4, 1, 5, 0)  # noqa: DTZ001  the store keeps UTC without a mark


def test_two_scenarios_of_one_name_and_minute_stand_side_by_side_as_two(
    open_page: OpenPage,
) -> None:
    open_page("scenario", **STORY)
    scenarios.save(store(), FACTS, by=AN, now=NOON)
    scenarios.save(store(), replace(FACTS, rank=50), by=Actor("A", Role.VIEWER), now=NOON)
    app = open_page("scenario", **STORY)
    places = seen.row(app, "Hạng", "từ hạng")[1:]
    assert sorted(place.split()[0] for place in places) == ["50/61", "55/61"]


def test_an_answer_that_newer_figures_change_says_what_it_would_be_now(
    open_page: OpenPage,
) -> None:
    open_page("scenario", **STORY)
    scenarios.save(store(), FACTS, by=AN, now=NOON)
    app = open_page("scenario", **STORY)
    assert "điểm, hạng" in seen.row(app, "Tính lại")[1]


def test_a_fourth_scenario_is_not_compared_and_a_deleted_one_is_gone(open_page: OpenPage) -> None:
    open_page("scenario", **STORY)
    for n in range(4):
        scenarios.save(store(), replace(FACTS, title=f"Số {n}"), by=AN, now=NOON.replace(hour=n))
    app = open_page("scenario", **STORY)
    assert seen.heads_of(app)[-1] == ["", "Số 3", "Số 2", "Số 1"]
    which = next(box for box in app.selectbox if box.label == "Kịch bản cần xóa")
    which.select_index(0).run()
    next(button for button in app.button if button.label == "Xóa").click()
    app.run()
    assert "Số 3" not in list(scenarios.scenarios(store(), "vn63-kon-tum")["title"])
    assert [note.value for note in app.success] == ["Đã xóa kịch bản."]


def test_the_page_speaks_english_too(open_page: OpenPage) -> None:
    app = open_page("scenario", **STORY, lang="en")
    assert "A scenario, not a published figure" in seen.words(app)
