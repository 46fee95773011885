"""The page Phương pháp và nguồn: what is held, what is missing, where from, how used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

import locales
from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "index": "all", "year": "2023", "base": "2022"}
METHODS = Path(__file__).resolve().parents[2] / "docs" / "method"


def test_the_matrix_counts_scores_places_and_what_is_withheld(open_page: OpenPage) -> None:
    app = open_page("sources", **STORY)
    assert not app.exception
    row = next(row for row in seen.rows(app) if row[0] == "2024")
    assert row[3].startswith("61 điểm, 61 hạng / 61")
    assert "02 địa phương không được công bố" in row[3]
    assert row[4].startswith("4 điểm, 8 hạng / 63")
    assert "không có kỳ này" in next(row for row in seen.rows(app) if row[0] == "2008")[1]


def test_an_approximate_date_is_called_so(open_page: OpenPage) -> None:
    row = next(row for row in seen.rows(open_page("sources", **STORY)) if row[0] == "2014")
    assert "(ước chừng)" in row[3]


def test_every_source_of_the_year_has_licence_and_what_it_gave(open_page: OpenPage) -> None:
    app = open_page("sources", **STORY)
    rows = [row for row in seen.rows(app) if "PAPI 2023:" in row[1]]
    assert rows
    assert all(row[2] for row in rows)


def test_every_method_named_on_the_page_has_its_document() -> None:
    for key in locales.texts("vi"):
        if key.startswith("sources.method."):
            assert (METHODS / f"{key.rpartition('.')[2].replace('_', '-')}.md").exists(), key
