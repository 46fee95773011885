"""The tile grid against the register, and the slot for true shapes: what it takes and refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from data import audit
from data import tiles as maps
from data.actors import Actor, NotAllowed, Role
from data.build import REFERENCE
from data.records import RecordError
from data.store import Store
from data.tiles import ShapesRefused
from data.units import ReferenceFault
from tests.builders import REGISTER

ANALYST = Actor("ba", Role.ANALYST)
VIEWER = Actor("xem", Role.VIEWER)
TILES = maps.tiles(REFERENCE, REGISTER)
NAMES = {unit.unit_id: unit.name_vi for unit in REGISTER.units}
GEOGRAPHIES = ("vn63", "vn34")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    with made.write():
        pass
    return made


def box(lon: float, lat: float, half: float = 0.1) -> list[list[float]]:
    return [[lon - half, lat - half], [lon + half, lat - half], [lon + half, lat + half],
            [lon - half, lat + half], [lon - half, lat - half]]  # fmt: skip


def synthetic(geography: str = "vn63", *, islands: bool = True) -> dict[str, Any]:
    """A map of boxes: one a unit, and one an archipelago as part of its province."""
    grid = TILES.loc[TILES["geography"] == geography]
    features = []
    for unit in grid.loc[grid["kind"] == "unit"].itertuples():
        polygons = [[box(unit.lon, unit.lat)]]
        polygons += [
            [box(tile.lon, tile.lat)]
            for tile in grid.loc[grid["kind"] == "archipelago"].itertuples()
            if islands and tile.unit_id == unit.unit_id
        ]
        features.append(
            {
                "type": "Feature",
                "properties": {"name": NAMES[unit.unit_id]},
                "geometry": {"type": "MultiPolygon", "coordinates": polygons},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def check(tree: Any, geography: str = "vn63") -> maps.Shapes:
    content = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return maps.checked(content, geography, tiles=TILES, register=REGISTER, origin="page")


def feature(tree: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in tree["features"] if one["properties"].get("name") == name)


# ----------------------------------------------------------------------------------- the grid


@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_every_unit_has_one_tile_and_both_archipelagos_are_there(geography: str) -> None:
    grid = TILES.loc[TILES["geography"] == geography]
    n_units = {"vn63": 63, "vn34": 34}[geography]
    assert (grid["kind"] == "unit").sum() == n_units
    islands = grid.loc[grid["kind"] == "archipelago"].set_index("name_vi")["unit_id"]
    assert islands.to_dict() == {
        "Hoàng Sa": f"{geography}-da-nang", "Trường Sa": f"{geography}-khanh-hoa"
    }  # fmt: skip
    assert not grid.duplicated(["column", "row"]).any()


def test_a_tile_bears_the_name_of_its_unit_or_a_known_short_form() -> None:
    short = {"vn63-ba-ria-vung-tau": "BR-VT", "vn63-thua-thien-hue": "TT Huế"}
    for tile in TILES.loc[TILES["kind"] == "unit"].itertuples():
        assert tile.name_vi == short.get(tile.unit_id, NAMES[tile.unit_id])


@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_archipelagos_lie_east_of_every_unit(geography: str) -> None:
    grid = TILES.loc[TILES["geography"] == geography]
    islands = grid.loc[grid["kind"] == "archipelago"]
    assert islands["column"].min() > grid.loc[grid["kind"] == "unit", "column"].max()


def test_neighbours_of_the_34_are_those_of_the_63_carried_over() -> None:
    pairs = maps.neighbours(REFERENCE, REGISTER)
    after = {
        link.from_unit_id: link.to_unit_id
        for link in REGISTER.links
        if link.from_unit_id.startswith("vn63-") and link.to_unit_id.startswith("vn34-")
    }
    carried = set()
    for pair in pairs.loc[pairs["geography"] == "vn63"].itertuples():
        a, b = after[pair.unit_id], after[pair.neighbour_id]
        if a != b:
            carried.add(frozenset((a, b)))
    held = pairs.loc[pairs["geography"] == "vn34"]
    assert {
        frozenset(p) for p in zip(held["unit_id"], held["neighbour_id"], strict=True)
    } == carried


def test_every_unit_touches_another_on_the_ground() -> None:
    pairs = maps.neighbours(REFERENCE, REGISTER)
    touched = {*pairs["unit_id"], *pairs["neighbour_id"]}
    assert touched == set(TILES["unit_id"])


def test_every_pair_says_that_nobody_has_checked_it() -> None:
    assert (maps.neighbours(REFERENCE, REGISTER)["note"].str.len() > 20).all()


def copied(tmp_path: Path, name: str, before: str, after: str) -> Path:
    text = (REFERENCE / name).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / name).write_text(text.replace(before, after), encoding="utf-8")
    return tmp_path


def test_a_grid_without_an_archipelago_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path, "tiles.csv", ",Hoàng Sa,", ",Cồn Cỏ,")
    with pytest.raises(ReferenceFault, match="Hoàng Sa"):
        maps.tiles(folder, REGISTER)


def test_a_grid_with_two_tiles_in_one_place_or_without_a_unit_is_refused(tmp_path: Path) -> None:
    lines = (REFERENCE / "tiles.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("vn63,vn63-kon-tum,")]
    (tmp_path / "tiles.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(ReferenceFault, match="vn63-kon-tum"):
        maps.tiles(tmp_path, REGISTER)
    cells = next(line for line in lines if line.startswith("vn63,vn63-gia-lai,")).split(",")
    own = next(line for line in lines if line.startswith("vn63,vn63-kon-tum,"))
    moved = own.split(",")
    moved[3:5] = cells[3:5]
    (tmp_path / "tiles.csv").write_text(
        "\n".join(",".join(moved) if line == own else line for line in lines) + "\n",
        encoding="utf-8",
    )
    with pytest.raises(ReferenceFault, match="trùng chỗ"):
        maps.tiles(tmp_path, REGISTER)


def test_a_crosswalk_that_names_no_component_of_ours_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path, "crosswalk.csv", "papi.egovernance", "papi.ecommerce")
    ids = ["papi.egovernance"]
    with pytest.raises(ReferenceFault, match=r"par_index|papi\.ecommerce"):
        maps.crosswalk(folder, ids)


def test_a_pair_that_stands_twice_is_refused(tmp_path: Path) -> None:
    shutil.copy(REFERENCE / "neighbours.csv", tmp_path)
    with (tmp_path / "neighbours.csv").open("a", encoding="utf-8") as file:
        file.write("vn63,vn63-gia-lai,vn63-kon-tum,\n")
    with pytest.raises(ReferenceFault, match="vn63-kon-tum"):
        maps.neighbours(tmp_path, REGISTER)


# ------------------------------------------------------------------------------- the slot


@pytest.mark.parametrize("geography", GEOGRAPHIES)
def test_a_whole_map_fills_the_slot_and_is_read_back(store: Store, geography: str) -> None:
    assert maps.shapes(store, geography, reference=REFERENCE, register=REGISTER) is None
    content = json.dumps(synthetic(geography)).encode()
    maps.save_shapes(store, content, geography, by=ANALYST, reference=REFERENCE, register=REGISTER)
    held = maps.shapes(store, geography, reference=REFERENCE, register=REGISTER)
    assert held is not None
    assert held.origin == "page"
    assert len(held.rings) == {"vn63": 63, "vn34": 34}[geography]
    assert len(held.rings[f"{geography}-da-nang"]) == 2
    entry = audit.entries(store, kind="map_shapes", key=geography).iloc[0]
    assert (entry["by_name"], entry["action"]) == ("ba", "save")
    assert audit.verify(store) == []


@pytest.mark.parametrize(("island", "name"), [("Hoàng Sa", "Đà Nẵng"), ("Trường Sa", "Khánh Hòa")])
def test_a_map_without_an_archipelago_is_refused_with_the_reason(
    store: Store, island: str, name: str
) -> None:
    tree = synthetic()
    coordinates = feature(tree, name)["geometry"]["coordinates"]
    feature(tree, name)["geometry"]["coordinates"] = coordinates[:1]
    with pytest.raises(ShapesRefused, match=f"thiếu quần đảo {island}"):
        maps.save_shapes(
            store, json.dumps(tree).encode(), "vn63", by=ANALYST, reference=REFERENCE,
            register=REGISTER,
        )  # fmt: skip
    assert maps.in_use(store, "vn63") == (None, "")
    assert audit.entries(store, kind="map_shapes").empty


def test_archipelagos_may_be_features_of_their_own() -> None:
    tree = synthetic(islands=False)
    for name, lon, lat in (("Quần đảo Hoàng Sa", 112, 16.5), ("Quần đảo Trường Sa", 114.3, 9.6)):
        tree["features"].append(
            {"type": "Feature", "properties": {"name": name},
             "geometry": {"type": "Polygon", "coordinates": [box(lon, lat)]}}
        )  # fmt: skip
    made = check(tree)
    assert len(made.rings["vn63-khanh-hoa"]) == 2
    assert len(made.rings) == 63


def test_an_island_called_hoang_sa_elsewhere_does_not_count() -> None:
    tree = synthetic(islands=False)
    tree["features"].append(
        {"type": "Feature", "properties": {"name": "Hoàng Sa"},
         "geometry": {"type": "Polygon", "coordinates": [box(108.1, 16.0)]}}
    )  # fmt: skip
    with pytest.raises(ShapesRefused, match="Hoàng Sa"):
        check(tree)


def test_a_map_lacking_a_unit_names_it() -> None:
    tree = synthetic()
    tree["features"] = [f for f in tree["features"] if f["properties"]["name"] != "Kon Tum"]
    with pytest.raises(ShapesRefused, match="thiếu 1 trong 63 tỉnh, thành phố: Kon Tum"):
        check(tree)


def test_the_map_of_the_other_geography_is_refused() -> None:
    with pytest.raises(ShapesRefused):
        check(synthetic("vn63"), "vn34")
    with pytest.raises(ShapesRefused):
        check(synthetic("vn34"), "vn63")


def test_ids_and_other_spellings_name_a_unit_too() -> None:
    tree = synthetic()
    feature(tree, "Kon Tum")["properties"] = {"unit_id": "vn63-kon-tum"}
    feature(tree, "Hồ Chí Minh")["properties"] = {"TEN_TINH": "TP. Hồ Chí Minh"}
    assert len(check(tree).rings) == 63


def test_latitude_before_longitude_is_refused() -> None:
    tree = synthetic()
    for one in tree["features"]:
        one["geometry"]["coordinates"] = [
            [[[y, x] for x, y in ring] for ring in polygon]
            for polygon in one["geometry"]["coordinates"]
        ]
    with pytest.raises(ShapesRefused, match="WGS 84"):
        check(tree)


def test_two_units_that_changed_names_are_refused() -> None:
    tree = synthetic()
    kon_tum, ca_mau = feature(tree, "Kon Tum"), feature(tree, "Cà Mau")
    kon_tum["properties"], ca_mau["properties"] = ca_mau["properties"], kon_tum["properties"]
    with pytest.raises(ShapesRefused, match="không nằm ở vị trí"):
        check(tree)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x00\xff", "GeoJSON"),
        (b"[" * 100_000, "GeoJSON"),
        (b"[]", "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": [1]}', "không có tên"),
        (b'{"type": "FeatureCollection", "features": [{"properties": {"name": "Kon Tum"}}]}',
         "không phải vùng"),
        (b'{"type": "FeatureCollection", "features": [{"properties": {"name": "Atlantis"}, '
         b'"geometry": {"type": "Polygon", "coordinates": [[[106,20],[106.1,20],[106,20.1],'
         b"[106,20]]]}}]}", "Atlantis"),
        (b" " * (maps.LARGEST_FILE + 1), "MB"),
    ],
    ids=["bytes", "nested", "a list", "no name", "no shape", "an unknown unit", "too large"],
)  # fmt: skip
def test_what_is_no_such_map_is_refused_in_one_sentence(content: bytes, reason: str) -> None:
    with pytest.raises(ShapesRefused, match=reason) as refused:
        check(content)
    assert "\n" not in str(refused.value)


def test_a_number_that_is_none_is_refused() -> None:
    text = json.dumps(synthetic()).replace("106.", "NaN, 106.", 1)
    with pytest.raises(ShapesRefused):
        check(text.encode())


def test_a_viewer_may_not_hand_in_a_map(store: Store) -> None:
    with pytest.raises(NotAllowed):
        maps.save_shapes(
            store, json.dumps(synthetic()).encode(), "vn63", by=VIEWER, reference=REFERENCE,
            register=REGISTER,
        )  # fmt: skip
    assert not (store.folder / maps.FOLDER).exists()


def test_taking_a_map_back_needs_a_reason_and_leaves_a_trace(store: Store) -> None:
    content = json.dumps(synthetic()).encode()
    maps.save_shapes(store, content, "vn63", by=ANALYST, reference=REFERENCE, register=REGISTER)
    with pytest.raises(RecordError):
        maps.drop_shapes(store, "vn63", by=ANALYST, reason=" ")
    maps.drop_shapes(store, "vn63", by=ANALYST, reason="bản cũ")
    assert maps.shapes(store, "vn63", reference=REFERENCE, register=REGISTER) is None
    newest = audit.entries(store, kind="map_shapes").iloc[0]
    assert (newest["action"], newest["reason"]) == ("withdraw", "bản cũ")


def test_a_file_laid_into_the_folder_is_used_and_a_bad_one_says_why(store: Store) -> None:
    folder = store.folder / maps.FOLDER
    folder.mkdir()
    path = folder / "vn34.geojson"
    path.write_text(json.dumps(synthetic("vn34")), encoding="utf-8")
    held = maps.shapes(store, "vn34", reference=REFERENCE, register=REGISTER)
    assert held is not None
    assert held.origin == "file"
    path.write_text(json.dumps(synthetic("vn34", islands=False)), encoding="utf-8")
    with pytest.raises(ShapesRefused, match="quần đảo"):
        maps.shapes(store, "vn34", reference=REFERENCE, register=REGISTER)


def test_a_detailed_map_is_thinned_and_loses_no_outline() -> None:
    tree = synthetic()
    side = [[104.9 + step / 40_000, 19.2] for step in range(40_000)]
    feature(tree, "Nghệ An")["geometry"]["coordinates"] = [[[*side, [105.4, 19.4], side[0]]]]
    made = check(tree)
    n_corners = sum(len(ring) for rings in made.rings.values() for ring in rings)
    assert n_corners < maps.MOST_CORNERS
    assert sum(len(rings) for rings in made.rings.values()) == 65
    assert all(
        ring[0] == ring[-1] and len(ring) >= 4 for rings in made.rings.values() for ring in rings
    )
