"""The page Bản đồ: tiles, both archipelagos, refusals, and true shapes once they are handed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data import tiles as maps
from data.actors import Actor, Role
from data.build import REFERENCE
from data.store import store
from tests.builders import REGISTER
from tests.pages import seen

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "index": "papi", "year": "2024", "base": "2022"}
CHIEF = Actor("chief", Role.ADMINISTRATOR)


def tile_texts(app: AppTest) -> list[str]:
    (figure,) = seen.figures(app)
    (trace,) = [one for one in figure["data"] if one["name"] == "tiles"]
    return [seen._tidy(text.replace("<br>", " ")) for text in trace["text"]]


def test_63_tiles_and_both_archipelagos_are_drawn_with_the_finding(open_page: OpenPage) -> None:
    app = open_page("map", **STORY)
    assert not app.exception
    texts = tile_texts(app)
    assert len(texts) == 65
    assert any("Hoàng Sa" in text and "Đà Nẵng" in text for text in texts)
    assert any("Trường Sa" in text and "Khánh Hòa" in text for text in texts)
    said = " ".join(seen.picture_texts(app))
    assert "PAPI năm 2024: Kon Tum xếp hạng 60/61" in said
    assert "Nguồn: PAPI" in said


def test_the_change_carries_a_sign_beside_its_colour(open_page: OpenPage) -> None:
    app = open_page("map", **STORY, measure="gain")
    texts = tile_texts(app)
    assert any("Kon Tum" in text and "▼6" in text for text in texts)
    assert any("Tây Ninh" in text and "▲58" in text for text in texts)
    assert "Kon Tum giảm 06 bậc" in " ".join(seen.picture_texts(app))


def test_the_table_says_the_same_as_the_tiles(open_page: OpenPage) -> None:
    app = open_page("map", **STORY)
    rows = [row for row in seen.rows(app) if row[0] == "Kon Tum"]
    assert rows
    assert all(row[1] == "60/61" for row in rows)
    withheld = [row for row in seen.rows(app) if row[0] == "Tiền Giang"]
    assert [row[1] for row in withheld] == ["không công bố"]


def test_english_shows_no_vietnamese_letters_on_the_tiles(open_page: OpenPage) -> None:
    app = open_page("map", **STORY, lang="en")
    assert all(text.isascii() for text in tile_texts(app) if "×" not in text and "–" not in text)
    assert any("Hoang Sa" in text for text in tile_texts(app))


def box(lon: float, lat: float) -> list[list[float]]:
    return [[lon, lat], [lon + 0.1, lat], [lon + 0.1, lat + 0.1], [lon, lat + 0.1], [lon, lat]]


def synthetic() -> dict[str, Any]:
    grid = maps.tiles(REFERENCE, REGISTER)
    grid = grid.loc[grid["geography"] == "vn63"]
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"unit_id": unit_id},
             "geometry": {"type": "MultiPolygon",
                          "coordinates": [[box(t.lon, t.lat)] for t in of.itertuples()]}}
            for unit_id, of in grid.groupby("unit_id")
        ],
    }  # fmt: skip


def test_true_shapes_take_the_place_of_the_tiles_once_handed_in(open_page: OpenPage) -> None:
    open_page("map", **STORY)
    content = json.dumps(synthetic()).encode()
    maps.save_shapes(store(), content, "vn63", by=CHIEF, reference=REFERENCE, register=REGISTER)
    try:
        app = open_page("map", **STORY)
        (figure,) = seen.figures(app)
        names = [trace["name"] for trace in figure["data"]]
        assert sum(name.startswith("vn63-") for name in names) == 63
        assert "tiles" not in names
        assert len(tile_texts(open_page("map", **STORY, view="tiles"))) == 65
    finally:
        maps.drop_shapes(store(), "vn63", by=CHIEF, reason="thử xong")
    assert len(tile_texts(open_page("map", **STORY))) == 65


def test_a_bad_file_in_the_folder_is_named_and_the_tiles_stay(open_page: OpenPage) -> None:
    open_page("map", **STORY)
    tree = synthetic()
    for feature in tree["features"]:
        feature["geometry"]["coordinates"] = feature["geometry"]["coordinates"][:1]
    folder = store().folder / maps.FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / "vn63.geojson"
    path.write_text(json.dumps(tree), encoding="utf-8")
    try:
        app = open_page("map", **STORY)
        assert any("quần đảo" in str(one.value) for one in app.warning)
        assert len(tile_texts(app)) == 65
    finally:
        path.unlink()


@pytest.mark.parametrize("index", ["par_index", "sipas", "pci"])
def test_an_index_held_in_part_colours_only_what_is_known(open_page: OpenPage, index: str) -> None:
    app = open_page("map", **{**STORY, "index": index})
    assert not app.exception
    (figure,) = seen.figures(app)
    assert any(trace["name"] == "no_value" for trace in figure["data"])


def test_the_34_of_today_are_estimated_marked_and_never_called_published(
    open_page: OpenPage,
) -> None:
    app = open_page("map", **STORY, geo="estimated")
    assert not app.exception
    texts = tile_texts(app)
    assert len(texts) == 36
    assert any("Trường Sa" in text for text in texts)
    valued = [text for text in texts if "Sa (" not in text and "–" not in text]
    assert len(valued) > 25
    assert all("≈" in text for text in valued)
    said = " ".join(seen.picture_texts(app))
    assert "Ước tính, tham khảo: PAPI năm 2024 xếp lại theo 34" in said
    (figure,) = seen.figures(app)
    assert "estimate" in [trace["name"] for trace in figure["data"]]
    assert any("không phải hạng" in str(one.value) for one in app.warning)
    places = [row[1] for row in seen.rows(app) if row[0] == "Quảng Ngãi"]
    assert places
    assert all(place.startswith("ước tính ") for place in places), "and no fraction of a field"
    names = [row[0] for row in seen.rows(app)]
    assert names.index("An Giang") < names.index("Cà Mau"), "no league table of estimates"
