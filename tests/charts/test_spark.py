"""The five-year line in a tile: better is up, a missing year is a gap."""

from __future__ import annotations

import re
from base64 import b64decode

from charts.spark import HEIGHT, MARGIN, WIDTH, spark

PAPI_OF_KON_TUM = ((2019, 53, 63), (2020, 49, 63), (2021, 54, 60), (2022, 54, 61), (2023, 56, 61))


def drawing(*history: tuple[int, int | None, int | None], label: str = "") -> str:
    image = spark(history, label=label)
    carried = re.search(r"base64,([A-Za-z0-9+/=]+)", image)
    assert carried
    return b64decode(carried[1]).decode()


def dots(svg: str) -> list[tuple[float, float]]:
    return [
        (float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)
    ]


def lines(svg: str) -> list[tuple[float, ...]]:
    found = re.findall(r'<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"', svg)
    return [tuple(float(number) for number in line) for line in found]


def test_a_better_place_stands_higher() -> None:
    (_, before), (_, after) = dots(drawing((2022, 55, 63), (2023, 43, 63)))
    assert after < before, "SVG counts from the top"


def test_first_place_stands_on_top_and_last_place_at_the_bottom() -> None:
    (_, first), (_, last) = dots(drawing((2022, 1, 63), (2023, 63, 63)))
    assert first == MARGIN
    assert last == HEIGHT - MARGIN


def test_each_year_is_drawn_against_its_own_number_ranked() -> None:
    (_, last_of_60), (_, last_of_63) = dots(drawing((2021, 60, 60), (2022, 63, 63)))
    assert last_of_60 == last_of_63


def test_a_missing_year_leaves_the_line_open() -> None:
    svg = drawing((2019, 53, 63), (2020, 49, 63), (2021, None, 60), (2022, 54, 61), (2023, 56, 61))
    assert len(dots(svg)) == 4
    drawn = lines(svg)
    assert len(drawn) == 2
    (x_2020, _), (x_2022, _) = dots(svg)[1], dots(svg)[2]
    assert not any(left <= x_2020 and right >= x_2022 for left, _, right, _ in drawn)


def test_a_lonely_year_is_a_dot_without_a_line() -> None:
    svg = drawing((2021, None, None), (2022, None, None), (2023, 43, 63))
    assert len(dots(svg)) == 1
    assert lines(svg) == []


def test_nothing_known_draws_years_only() -> None:
    svg = drawing((2022, None, None), (2023, None, None))
    assert dots(svg) == []
    assert ">2022<" in svg
    assert ">2023<" in svg


def test_the_last_known_year_is_marked_by_a_larger_dot() -> None:
    svg = drawing(*PAPI_OF_KON_TUM)
    radii = re.findall(r' r="([\d.]+)"', svg)
    assert radii == ["2.5", "2.5", "2.5", "2.5", "4"]


def test_years_run_from_left_to_right_inside_the_picture() -> None:
    across = [x for x, _ in dots(drawing(*PAPI_OF_KON_TUM))]
    assert across == sorted(across)
    assert across[0] == MARGIN
    assert across[-1] == WIDTH - MARGIN


def test_the_picture_says_the_same_in_words_and_escapes_them() -> None:
    image = spark(PAPI_OF_KON_TUM, label='Hạng "PAPI" <b>')
    assert 'alt="Hạng &quot;PAPI&quot; &lt;b&gt;"' in image
