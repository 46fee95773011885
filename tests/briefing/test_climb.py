"""The sentences on what it takes and on what-ifs, in Vietnamese and in English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import locales
from analytics.board import Knowledge, knowledge
from analytics.climb import Climb, climb
from analytics.field import Ground
from analytics.outcome import outcome
from analytics.scenario import Peers
from briefing import climb as words
from briefing import climb_records
from briefing import scenario as what_if
from data import queries
from data.store import Store
from locales import form, texts
from tests.stores import ship

KON_TUM = "vn63-kon-tum"
LATER = date(2026, 11, 20)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder: Path = tmp_path_factory.mktemp("shipped")
    held = Store(folder)
    ship(held)
    return knowledge(queries.tables(of=held))


@pytest.fixture(scope="module")
def names(known: Knowledge) -> dict[str, str]:
    units = known.tables.units
    return dict(zip(units["unit_id"], units["name_vi"], strict=True))


@pytest.fixture(scope="module")
def papi_2022(known: Knowledge) -> Climb:
    return asked(known, "papi", 2022, to_rank=49)


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    locales.use("vi")
    yield
    locales.use("vi")


def asked(known: Knowledge, index_id: str, edition: int, **more: Any) -> Climb:
    return climb(known, unit_id=KON_TUM, index_id=index_id, edition=edition, as_of=LATER, **more)


def test_the_headline_says_need_holder_and_what_lies_below(
    papi_2022: Climb, names: dict[str, str]
) -> None:
    assert words.headline(papi_2022, names) == (
        "Cần +0,73 điểm để lên hạng 49 (bằng Lâm Đồng); đang hơn Cần Thơ xếp ngay sau 0,0009 điểm"
    )


def test_rivals_that_climb_make_the_headline_say_what_holds_the_place(
    known: Knowledge, names: dict[str, str]
) -> None:
    found = asked(known, "pci", 2019)
    assert words.headline(found, names).endswith(
        "; +0,86 điểm để giữ hạng 56 nếu các tỉnh khác tiếp tục thay đổi"
    )
    assert words.moving(found) == (
        "Nếu các tỉnh khác tiếp tục thay đổi bằng một nửa mức của năm trước thì cần 1,36 điểm "
        "để lên hạng 51; cần 0,86 điểm để giữ hạng 56."
    )


def test_nothing_needed_is_said_in_words_and_not_as_a_zero(papi_2022: Climb) -> None:
    assert "không cần thêm điểm để giữ hạng 54" in words.moving(papi_2022)
    assert "0,00" not in words.moving(papi_2022)


def test_a_difference_too_small_for_two_decimals_is_told_with_four() -> None:
    assert words.points(0.000858) == "0,0009"
    assert words.points(0.73) == "0,73"
    assert words.points(0.0) == "0,00"
    assert words.points(None) == form.NO_VALUE


def test_level_holders_are_counted(papi_2022: Climb, names: dict[str, str]) -> None:
    said = words.need(replace(papi_2022, n_level=3), names)
    assert "(bằng Lâm Đồng và 02 đơn vị cùng điểm)" in said


def test_the_first_is_told_that_there_is_nothing_above(
    papi_2022: Climb, names: dict[str, str]
) -> None:
    assert words.need(replace(papi_2022, rank=1), names) == "Đang đứng đầu bảng xếp hạng"


def test_missing_scores_are_counted_in_the_reason(known: Knowledge, names: dict[str, str]) -> None:
    found = asked(known, "par_index", 2023)
    assert words.headline(found, names).startswith(
        "Chưa đủ cơ sở để tính số điểm cần thêm: hệ thống mới có điểm của 23/63 tỉnh, thành phố"
    )


@pytest.mark.parametrize("spoken", ["vi", "en"])
def test_every_ground_has_words_in_both_languages(spoken: str) -> None:
    locales.use(spoken)
    codes = {g.value for g in Ground} - {"given"} - {
        "standard_errors_missing", "error_missing", "errors_of_others_missing",
    }  # fmt: skip
    for code in codes | {"not_held", "not_published", "withheld", "outside_top", "cost_missing"}:
        said = words.ground_words(code, unit="X", year=2023, n_held=1, n_expected=63)
        assert said
        assert "{" not in said


@pytest.mark.parametrize("theme", ["climb", "scenario"])
def test_both_languages_have_the_same_keys_and_places(theme: str) -> None:
    stems = {"climb": ("climb.", "points.", "gap."), "scenario": ("scenario.", "whatif.")}[theme]
    both = [
        {k: v for k, v in texts(spoken).items() if k.startswith(stems)} for spoken in ("vi", "en")
    ]
    assert both[0].keys() == both[1].keys()
    for key in both[0]:
        places = [sorted(part.split("}")[0] for part in one[key].split("{")[1:]) for one in both]
        assert places[0] == places[1], key


def test_the_picture_labels_carry_the_numbers_of_the_table(
    papi_2022: Climb, names: dict[str, str]
) -> None:
    rows = words.ladder_rows(papi_2022, names).set_index("place")
    assert rows.loc[49, "label"] == "49. Lâm Đồng: +0,73"
    assert rows.loc[54, "label"] == "54. Kon Tum: hiện nay"
    assert rows.loc[55, "label"] == "55. Cần Thơ: hơn 0,0009"


def test_names_are_escaped_in_what_the_pointer_shows(
    papi_2022: Climb, names: dict[str, str]
) -> None:
    rows = words.ladder_rows(papi_2022, {**names, "vn63-lam-dong": "<b>x</b>"})
    assert not rows["hover"].str.contains("<b>", regex=False).any()


def test_the_path_names_each_raise_and_what_it_reaches(
    papi_2022: Climb, names: dict[str, str]
) -> None:
    assert words.path(papi_2022, names) == (
        "Cách ít tốn công nhất để lên hạng 49: nâng D4. Kiểm soát tham nhũng trong khu vực công "
        "thêm 0,73 điểm; khi đó đạt 40,71 điểm, hạng 49/61."
    )


def test_caps_that_do_not_reach_say_how_much_is_short(
    known: Knowledge, names: dict[str, str]
) -> None:
    found = asked(known, "papi", 2022, to_rank=1)
    assert found.path is not None
    assert found.path.shortfall > 0
    assert words.path(found, names).startswith("Nâng mọi thành phần tới mức trần vẫn thiếu")


def test_a_what_if_names_few_changes_and_counts_many(known: Knowledge) -> None:
    question = {"unit_id": KON_TUM, "index_id": "papi", "edition": 2022, "as_of": LATER}
    labels = {"papi.participation": "D1", "papi.corruption": "D4"}
    few = outcome(known, changes={"papi.participation": 0.2}, **question)  # type: ignore[arg-type]
    assert what_if.answer(few, labels, unit="Kon Tum", index="PAPI") == (
        "Nếu D1 tăng 0,20 điểm thì PAPI năm 2022 của Kon Tum đạt 40,18 điểm, "
        "xếp hạng 53/61 (tăng 01 bậc)."
    )
    many = outcome(
        known,
        changes={"papi.participation": 0.2, "papi.corruption": 0.1, "papi.services": -0.1},
        peers=Peers.MOVING,
        **question,  # type: ignore[arg-type]
    )
    said = what_if.answer(many, labels, unit="Kon Tum", index="PAPI")
    assert said.startswith("Nếu 03 thành phần thay đổi, cộng lại +0,20 điểm thì")
    assert said.endswith("Giả định: các tỉnh khác thay đổi bằng một nửa năm trước.")


def test_rivals_alone_may_change_the_place_and_the_sentence_says_so(known: Knowledge) -> None:
    made = outcome(
        known, unit_id=KON_TUM, index_id="papi", edition=2024, as_of=LATER, peers=Peers.MOVING
    )
    said = what_if.answer(made, {}, unit="Kon Tum", index="PAPI")
    assert said.startswith("Nếu các tỉnh, thành phố khác thay đổi bằng một nửa năm trước thì PAPI")


def test_a_record_without_ground_holds_nulls_and_what_is_missing(
    known: Knowledge, names: dict[str, str]
) -> None:
    record = climb_records.gap_record(asked(known, "sipas", 2023), names, moving=True)
    assert (record["ground"], record["n_held"], record["n_expected"]) == ("not_scored", 14, 63)
    assert record["needed"] is record["projected"] is record["path"] is None
    assert record["rank"] == 35
