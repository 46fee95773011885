"""The paragraph an official reads aloud: every turn has its grammar, and it tells the split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import locales
from analytics.board import Knowledge, knowledge
from analytics.explanation import PARTS, Explanation, Rival, explanation, rank_chance
from analytics.field import Ground
from briefing import explain
from data import queries
from data.store import store
from tests.stores import ship

NOW = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    locales.use("vi")
    yield
    locales.use("vi")


@pytest.fixture(scope="module")
def known(store_folder: Path) -> Knowledge:
    ship(store())
    return knowledge(queries.tables())


@pytest.fixture(scope="module")
def names(known: Knowledge) -> dict[str, str]:
    units = known.tables.units
    return dict(zip(units["unit_id"], units["name_vi"], strict=True))


@pytest.fixture(scope="module")
def kon_tum(known: Knowledge) -> Explanation:
    return of(known, "vn63-kon-tum", "papi", 2022, 2023)


def of(known: Knowledge, unit_id: str, index_id: str, baseline: int, edition: int,
       component_id: str | None = None) -> Explanation:  # fmt: skip
    return explanation(
        known, unit_id=unit_id, index_id=index_id, baseline=baseline, edition=edition,
        component_id=component_id, as_of=NOW,
    )  # fmt: skip


def moved(made: Explanation, before: int, after: int, **changed: Any) -> Explanation:
    """The same explanation with another step from place to place, all of it its own doing."""
    return replace(
        made,
        before=replace(made.before, rank=before),
        after=replace(made.after, rank=after),
        gain=before - after,
        **{"own": float(before - after), "peers": 0.0, **changed},
    )


# ------------------------------------------------------------------------------- real stories


def test_kon_tum_2023_is_told_from_place_to_place_with_halves_as_about(
    kon_tum: Explanation, names: dict[str, str]
) -> None:
    assert explain.paragraph(kon_tum, names) == (
        "Năm 2023, Kon Tum giảm 02 bậc về PAPI so với năm 2022: từ hạng 54/61 xuống hạng 56/61. "
        "Điểm của tỉnh giảm 0,01 điểm (từ 39,98 xuống 39,96), còn các tỉnh, thành phố khác bình "
        "quân tăng 0,17 điểm. Tách theo nguyên nhân: điểm của tỉnh làm giảm khoảng 0,5 bậc và "
        "điểm của các tỉnh, thành phố khác làm giảm khoảng 1,5 bậc. Cao Bằng, Điện Biên, Long An, "
        "Gia Lai và Cần Thơ vượt lên trên Kon Tum; Kon Tum vượt lên trên Đắk Nông, Đồng Nai và "
        "Tiền Giang. Bắc Ninh và Bắc Giang vào bảng xếp hạng ở vị trí cao hơn; Quảng Ninh và Bình "
        "Dương trước đó xếp trên, nay không có trong bảng xếp hạng. Thành phần kéo hạng xuống "
        "nhiều nhất là Cung ứng dịch vụ công (khoảng 1,7 bậc); đẩy hạng lên nhiều nhất là Tham gia "
        "của người dân ở cấp cơ sở (khoảng 1,6 bậc). Mức thay đổi điểm này nằm trong sai số khảo "
        "sát, chưa đủ để kết luận là tiến bộ hay tụt lùi. Tính cả sai số khảo sát, hạng năm 2023 "
        "nằm trong khoảng từ 51 đến 58 với độ tin cậy 90 %."
    )


def test_quang_ngai_2023_names_five_of_twenty_six_and_one_cause(
    known: Knowledge, names: dict[str, str]
) -> None:
    said = explain.paragraph(of(known, "vn63-quang-ngai", "papi", 2022, 2023), names)
    assert "từ hạng 23/61 xuống hạng 49/61" in said
    assert "Toàn bộ mức giảm này là do điểm của tỉnh." in said
    assert "Bà Rịa - Vũng Tàu, Hòa Bình và 21 tỉnh, thành phố khác vượt lên trên" in said
    assert "vượt ra ngoài sai số khảo sát" in said


def test_a_rising_score_and_a_falling_place_are_said_together(
    known: Knowledge, names: dict[str, str]
) -> None:
    said = explain.paragraph(of(known, "vn63-kon-tum", "papi", 2023, 2024), names)
    assert "giảm 04 bậc" in said
    assert "Điểm của tỉnh tăng 0,35 điểm" in said
    assert "các tỉnh, thành phố khác bình quân cũng tăng 0,89 điểm" in said
    assert (
        "điểm của tỉnh làm tăng 02 bậc, điểm của các tỉnh, thành phố khác làm giảm 05 bậc và "
        "thay đổi danh sách được xếp hạng làm giảm 01 bậc" in said
    )


def test_places_alone_give_the_change_and_what_is_missing(
    known: Knowledge, names: dict[str, str]
) -> None:
    said = explain.paragraph(of(known, "vn63-kon-tum", "par_index", 2022, 2023), names)
    assert said.startswith("Năm 2023, Kon Tum tăng 12 bậc về PAR INDEX")
    assert "từ hạng 55/63 lên hạng 43/63" in said
    assert "Chưa đủ cơ sở để tách nguyên nhân" in said
    assert "15/63 tỉnh, thành phố năm 2022 và 23/63 tỉnh, thành phố năm 2023" in said
    assert "làm giảm" not in said
    assert "làm tăng" not in said


@pytest.mark.parametrize(
    ("unit_id", "index_id", "baseline", "edition", "said"),
    [
        ("vn63-kon-tum", "pci", 2022, 2023,
         "hạng của Kon Tum là 37/63 năm 2022 và chỉ biết trong khoảng 31–63/63 năm 2023"),
        ("vn63-binh-duong", "papi", 2022, 2023,
         "kết quả năm 2023 của Bình Dương không được công bố"),
        ("vn34-quang-ngai", "papi", 2022, 2023, "không phải là cùng một đơn vị, dù trùng tên"),
        ("vn63-kon-tum", "papi", 2022, 2025, "không có kỳ đánh giá năm 2025 trong danh mục"),
        ("vn63-ninh-thuan", "par_index", 2023, 2024,
         "hệ thống chưa có hạng năm 2023 và 2024 của Ninh Thuận"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_says_why(
    known: Knowledge, names: dict[str, str],
    unit_id: str, index_id: str, baseline: int, edition: int, said: str,
) -> None:  # fmt: skip
    paragraph = explain.paragraph(of(known, unit_id, index_id, baseline, edition), names)
    assert said in paragraph
    assert "{" not in paragraph


def test_scores_are_not_compared_over_a_new_method(known: Knowledge, names: dict[str, str]) -> None:
    made = of(known, "vn63-kon-tum", "papi", 2017, 2018)
    said = explain.paragraph(made, names)
    assert "Phương pháp tính điểm đã đổi giữa hai năm nên không so sánh điểm." in said
    assert "thay đổi phương pháp làm giảm 06 bậc" in said
    new = explain.shares(made).set_index("code")
    assert new.loc["D7", "rank_text"] == "mới", "a dimension that came is no unchanged one"


# ------------------------------------------------------------------------------------ grammar


@pytest.mark.parametrize(
    ("before", "after", "vi", "en"),
    [
        (54, 56, "giảm 02 bậc về PAPI so với năm 2022: từ hạng 54/61 xuống hạng 56/61",
         "fell 2 places on PAPI compared with 2022: from 54/61 to 56/61"),
        (54, 55, "giảm 01 bậc về PAPI so với năm 2022: từ hạng 54/61 xuống hạng 55/61",
         "fell 1 place on PAPI compared with 2022: from 54/61 to 55/61"),
        (54, 44, "tăng 10 bậc về PAPI so với năm 2022: từ hạng 54/61 lên hạng 44/61",
         "rose 10 places on PAPI compared with 2022: from 54/61 to 44/61"),
        (54, 54, "giữ nguyên hạng về PAPI so với năm 2022: hạng 54/61 ở cả hai năm",
         "kept its place on PAPI compared with 2022: 54/61 in both years"),
    ],
)  # fmt: skip
def test_up_down_and_unchanged_have_their_grammar(
    kon_tum: Explanation, names: dict[str, str], before: int, after: int, vi: str, en: str
) -> None:
    made = moved(kon_tum, before, after)
    assert vi in explain.paragraph(made, names)
    locales.use("en")
    assert en in explain.paragraph(made, names)


def test_the_same_place_among_fewer_names_both_numbers(
    kon_tum: Explanation, names: dict[str, str]
) -> None:
    same = moved(kon_tum, 54, 54)
    made = replace(same, before=replace(same.before, n_ranked=60))
    assert "hạng 54/60 năm 2022 và hạng 54/61 năm 2023" in explain.paragraph(made, names)


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (5.0, "05 bậc", "5 places"), (-1.0, "01 bậc", "1 place"), (26.0, "26 bậc", "26 places"),
        (0.5, "khoảng 0,5 bậc", "about 0.5 places"),
        (-15.5, "khoảng 15,5 bậc", "about 15.5 places"),
        (1 / 3, "khoảng 0,3 bậc", "about 0.3 places"),
        (2 + 1e-12, "02 bậc", "2 places"), (5.96, "khoảng 6 bậc", "about 6 places"),
        (0.01, "dưới 0,1 bậc", "less than 0.1 place"),
    ],
)  # fmt: skip
def test_a_number_of_places_in_words(value: float, vi: str, en: str) -> None:
    assert explain.places_words(value) == vi
    locales.use("en")
    assert explain.places_words(value) == en


@pytest.mark.parametrize(
    ("n", "has_city", "vi", "en"),
    [
        (1, False, "A", "A"), (2, False, "A và B", "A and B"),
        (5, False, "A, B, C, D và E", "A, B, C, D and E"),
        (6, False, "A, B, C, D, E và 01 tỉnh khác", "A, B, C, D, E and 1 other province"),
        (8, False, "A, B, C, D, E và 03 tỉnh khác", "A, B, C, D, E and 3 other provinces"),
        (8, True, "A, B, C, D, E và 03 tỉnh, thành phố khác",
         "A, B, C, D, E and 3 other provinces and cities"),
    ],
)  # fmt: skip
def test_at_most_five_are_named(n: int, has_city: bool, vi: str, en: str) -> None:
    letters = "ABCDEFGH"[:n]
    rivals = [Rival(letter, has_city and letter == "H", 1, 2, 0.1) for letter in letters]
    said = {letter: letter for letter in letters}
    assert explain.rivals_words(rivals, said) == vi
    locales.use("en")
    assert explain.rivals_words(rivals, said) == en


def test_a_city_is_called_a_city(known: Knowledge, names: dict[str, str]) -> None:
    said = explain.paragraph(of(known, "vn63-da-nang", "papi", 2022, 2023), names)
    assert "Điểm của thành phố tăng 0,10 điểm" in said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-43, -11, "giảm ít nhất 11 bậc"), (3, 20, "tăng ít nhất 03 bậc"),
     (-26, 6, "chưa xác định được tăng hay giảm"), (0, 6, "chưa xác định được tăng hay giảm")],
)  # fmt: skip
def test_a_gain_within_bounds_is_said_as_far_as_it_is_known(
    known: Knowledge, names: dict[str, str], low: int, high: int, said: str
) -> None:
    made = of(known, "vn63-kon-tum", "pci", 2022, 2023)
    assert said in explain.paragraph(replace(made, gain_low=low, gain_high=high), names)


# ------------------------------------------------------------ sentence and picture are one thing


@pytest.mark.parametrize("edition", [2019, 2020, 2022, 2023, 2024])
def test_the_waterfall_says_the_places_of_the_paragraph(
    known: Knowledge, names: dict[str, str], edition: int
) -> None:
    made = of(known, "vn63-kon-tum", "papi", edition - 1, edition)
    said, rows = explain.paragraph(made, names), explain.bars(made).set_index("part")
    assert f"hạng {rows.loc['start', 'text']}" in said
    assert f"hạng {rows.loc['end', 'text']}" in said
    assert rows["to_place"].iloc[-2] == pytest.approx(rows["to_place"].iloc[-1], abs=1e-9)
    for part in PARTS:
        value = getattr(made, part)
        if value and "Toàn bộ" not in said:
            assert explain.effect_words(part, value, "tỉnh") in said
            assert rows.loc[part, "effect"] == value


def test_one_place_is_one_place_beside_a_bar_too(known: Knowledge) -> None:
    made = of(known, "vn63-kon-tum", "papi", 2023, 2024)
    assert explain.bars(made)["text"].tolist() == [
        "56/61", "▲ 02 bậc", "▼ 05 bậc", "▼ 01 bậc", "60/61",
    ]  # fmt: skip
    locales.use("en")
    assert explain.bars(made)["text"].tolist()[1:4] == ["▲ 2 places", "▼ 5 places", "▼ 1 place"]


def test_what_cannot_be_said_is_listed(known: Knowledge, names: dict[str, str]) -> None:
    def listed(*asked: Any) -> str:
        return "\n".join(explain.open_questions(of(known, *asked), names))

    pci = listed("vn63-kon-tum", "pci", 2019, 2020)
    assert "không tự đặt ra sai số" in pci
    assert "chưa có đủ điểm thành phần" in pci
    assert "bình quân sai số của chính Kon Tum" in listed("vn63-kon-tum", "papi", 2023, 2024)
    assert "không tách riêng được" in listed("vn63-kon-tum", "papi", 2022, 2023)
    assert "01 bậc" in listed("vn63-ha-giang", "pci", 2010, 2011)
    assert "Địa giới của Hà Nội thay đổi ngày 01/08/2008" in listed(
        "vn63-ha-noi", "pci", 2007, 2009
    )


def test_a_probability_is_said_with_its_word_or_refused_with_its_reason(
    known: Knowledge, names: dict[str, str]
) -> None:
    asked: dict[str, Any] = {"unit_id": "vn63-kon-tum", "edition": 2023, "as_of": NOW}
    chance = rank_chance(known, index_id="papi", to_rank=49, **asked)
    assert explain.chance_words(chance, "Kon Tum", "PAPI", NOW) == (
        "Kon Tum, PAPI năm 2023: hạng 56/61; khoảng tin cậy 90 %: 51–58/61; "
        "xác suất đạt hạng 49 hoặc tốt hơn: 1,0 % (ít khả năng)."
    )
    for index_id, reason in (("pci", "mới có điểm của 5"), ("par_index", "mới có điểm của 23")):
        refused = rank_chance(known, index_id=index_id, to_rank=30, **asked)
        assert refused.probability is None
        assert reason in explain.chance_words(refused, "Kon Tum", index_id, NOW)


@pytest.mark.parametrize("language", locales.LANGUAGES)
def test_every_code_of_the_split_has_its_sentence(language: str) -> None:
    texts = locales.texts(language)
    of_components = [Ground.PARTS_MISSING, Ground.PARTS_DO_NOT_SUM, Ground.PARTS_CHANGED,
                     Ground.TOO_MANY_PARTS, Ground.WEIGHTS_UNKNOWN,
                     Ground.SCORES_OF_OTHERS_MISSING]  # fmt: skip
    assert [g for g in of_components if f"why.parts_ground.{g.value}" not in texts] == []
    for part in PARTS:
        assert f"why.factor.{part}" in texts
        assert f"why.bar.{part}" in texts
