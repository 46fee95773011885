"""The tile map, the slot for true shapes, and the crosswalk of themes: read and checked here.

True shapes are no part of the product: an office hands in the ministry's own GeoJSON. A file that
lacks a unit or one of the two archipelagos is refused, whoever hands it in.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from data import records
from data.actors import Action, Actor, demand
from data.store import Store, StoreError
from data.units import ReferenceFault, UnitError, UnitRegister

UNIT, ARCHIPELAGO = "unit", "archipelago"
TILE_COLUMNS = ("geography", "unit_id", "kind", "column", "row", "name_vi", "lon", "lat")
NEIGHBOUR_COLUMNS = ("geography", "unit_id", "neighbour_id", "note")
CROSSWALK_COLUMNS = (
    "theme_id", "theme_vi", "theme_en", "index_id", "component_id", "confidence", "note_vi",
    "note_en",
)  # fmt: skip
CONFIDENCES = ("high", "medium", "low")

# Province that each archipelago belongs to, by the tail of its unit_id, and where it lies
# [degrees: west, south, east, north].
ARCHIPELAGOS = {
    "Hoàng Sa": ("da-nang", (111.0, 15.7, 113.0, 17.3)),
    "Trường Sa": ("khanh-hoa", (111.4, 6.4, 117.6, 12.1)),
}
# Land and islands of the country with some room [degrees].
WORLD = (101.5, 6.0, 118.0, 24.0)
# A unit may lie so far from where it is known to be [degrees] before the file is not believed.
OFF_BY = 1.5
LARGEST_FILE = 24_000_000
FOLDER = "map"
# Names a file may give its units by, first found wins; compared without case.
NAME_KEYS = (
    "unit_id", "ten_tinh", "tentinh", "ten_tinh_thanh", "ten_tinh_tp", "name_vi", "ten", "name",
    "name_1", "adm1_vi", "adm1_name",
)  # fmt: skip
# What is sent to a browser: about so many corners, islands always among them.
MOST_CORNERS = 30_000

Ring = tuple[tuple[float, float], ...]


class ShapesRefused(StoreError):
    """A file of shapes that cannot be used; the message is one sentence, Vietnamese first."""


@dataclass(frozen=True)
class Shapes:
    """True shapes of the units of one geography.

    Attributes:
        geography: vn63 or vn34.
        rings: outlines of every unit as (longitude, latitude) [degrees], by unit_id; the
            archipelagos are among the outlines of Đà Nẵng and Khánh Hòa.
        origin: page (handed in on screen) or file (laid into the folder).
    """

    geography: str
    rings: dict[str, tuple[Ring, ...]]
    origin: str


class MapShapes(records.Record):
    """Which file of shapes is in use for a geography; the record_id is the geography."""

    kind: ClassVar[str] = "map_shapes"
    action: ClassVar[Action] = Action.EDIT_REGISTER

    file_name: str
    sha256: str
    n_bytes: int


# --------------------------------------------------------------------------------- reference


def tiles(reference: Path, register: UnitRegister) -> pd.DataFrame:
    """The tile grid: one row per (geography, unit_id, kind).

    Args:
        reference: folder of the shipped files.
        register: the units.

    Returns:
        geography, unit_id, kind (unit|archipelago), column and row [from 0, row 0 in the north],
        name_vi (short, as written on the tile), lon and lat [degrees, approximate].

    Raises:
        ReferenceFault: a unit or an archipelago has no tile, or two share a place.
    """
    path = reference / "tiles.csv"
    rows = _rows(path, TILE_COLUMNS)
    rows = rows.astype({"column": "int64", "row": "int64", "lon": "float64", "lat": "float64"})
    for geography, part in rows.groupby("geography"):
        spots = part.duplicated(["column", "row"], keep=False)
        if spots.any():
            both = ", ".join(part.loc[spots, "unit_id"])
            raise ReferenceFault(path.name, None, f"hai ô trùng chỗ: {both}")
        wanted = {u.unit_id for u in register.units
                  if u.geography == geography and not _ended_before_reform(u)}  # fmt: skip
        have = list(part.loc[part["kind"] == UNIT, "unit_id"])
        if sorted(have) != sorted(wanted):
            odd = ", ".join(sorted(set(have) ^ wanted)) or "trùng dòng"
            raise ReferenceFault(path.name, None, f"{geography}: thiếu hoặc thừa ô: {odd}")
        islands = part.loc[part["kind"] == ARCHIPELAGO].set_index("name_vi")["unit_id"].to_dict()
        if islands != {name: f"{geography}-{of}" for name, (of, _) in ARCHIPELAGOS.items()}:
            raise ReferenceFault(path.name, None, f"{geography}: thiếu ô Hoàng Sa hoặc Trường Sa")
    return rows


def _ended_before_reform(unit: Any) -> bool:
    """Hà Tây ended in 2008; a grid shows the units of the day its geography ended or of today."""
    return unit.valid_to is not None and unit.valid_to.year < 2025


def neighbours(reference: Path, register: UnitRegister) -> pd.DataFrame:
    """Which units touch on the ground: one row per pair, each pair once.

    Returns:
        geography, unit_id, neighbour_id, note.

    Raises:
        ReferenceFault: a pair names an unknown unit, itself, or stands twice.
    """
    path = reference / "neighbours.csv"
    rows = _rows(path, NEIGHBOUR_COLUMNS)
    known = {unit.unit_id for unit in register.units}
    seen = set()
    for a, b in zip(rows["unit_id"], rows["neighbour_id"], strict=True):
        pair = frozenset((a, b))
        if not {a, b} <= known or len(pair) != 2 or pair in seen:
            raise ReferenceFault(path.name, None, f"cặp không hợp lệ: {a}, {b}")
        seen.add(pair)
    return rows


def crosswalk(reference: Path, component_ids: Sequence[str]) -> pd.DataFrame:
    """Components that several indices devote to one theme: one row per (theme_id, component_id).

    Returns:
        theme_id, theme_vi, theme_en, index_id, component_id, confidence (high|medium|low: how far
        the component measures the theme and nothing else), note_vi, note_en.

    Raises:
        ReferenceFault: an unknown component or confidence, a repeated row, or a theme named twice.
    """
    path = reference / "crosswalk.csv"
    rows = _rows(path, CROSSWALK_COLUMNS)
    for row in rows.to_dict("records"):
        if row["component_id"] not in component_ids or row["confidence"] not in CONFIDENCES:
            raise ReferenceFault(path.name, None, f"dòng không hợp lệ: {row['component_id']}")
        if row["component_id"].partition(".")[0] != row["index_id"]:
            raise ReferenceFault(
                path.name, None, f"{row['component_id']} không thuộc chỉ số đã ghi"
            )
    if rows.duplicated(["theme_id", "component_id"]).any():
        raise ReferenceFault(path.name, None, "một thành phần ghi hai lần trong cùng lĩnh vực")
    themes = rows.drop_duplicates(["theme_id", "theme_vi", "theme_en"])
    if themes["theme_id"].duplicated().any():
        raise ReferenceFault(path.name, None, "một lĩnh vực có hai tên")
    return rows


def _rows(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != tuple(columns):
                raise ReferenceFault(path.name, None, f"cột phải là {', '.join(columns)}")
            return pd.DataFrame(list(reader), columns=list(columns))
    except OSError as fault:
        raise ReferenceFault(path.name, None, f"không đọc được ({fault})") from fault


# ------------------------------------------------------------------------------- the slot


def shapes(
    store: Store, geography: str, *, reference: Path, register: UnitRegister
) -> Shapes | None:
    """The true shapes in use, checked again; None where nobody handed any in.

    What was handed in on screen goes before a file laid into the folder `map` of the store as
    vn63.geojson or vn34.geojson.

    Raises:
        ShapesRefused: the file that is there cannot be used.
    """
    name, origin = in_use(store, geography)
    if name is None:
        return None
    grid = tiles(reference, register)
    content = _bytes_of(store, name, origin)
    return checked(content, geography, tiles=grid, register=register, origin=origin)


def in_use(store: Store, geography: str) -> tuple[str | None, str]:
    """Name of the file of shapes in use and its origin (page|file); None where there is none."""
    found = records.held(store, MapShapes).get(geography)
    if found and found[0].state == records.IN_FORCE:
        return found[0].file_name, "page"
    name = f"{geography}.geojson"
    return (name, "file") if (store.folder / FOLDER / name).exists() else (None, "")


def stamp(store: Store, geography: str) -> str:
    """What the shapes in use depend on; keys a cache."""
    name, origin = in_use(store, geography)
    if name is None:
        return ""
    if origin == "page":
        # Its name holds its checksum.
        return f"{origin}:{name}"
    try:
        return f"{origin}:{name}:{(store.folder / FOLDER / name).stat().st_mtime_ns}"
    except OSError:
        return f"{origin}:{name}:absent"


def save_shapes(
    store: Store,
    content: bytes,
    geography: str,
    *,
    by: Actor,
    reference: Path,
    register: UnitRegister,
) -> Shapes:
    """Check a GeoJSON and make it the map of a geography; the one before stays in the store.

    Args:
        store: where to, the file and the record of it.
        content: the file.
        geography: vn63 or vn34.
        by: who hands it in.
        reference: folder of the shipped files.
        register: the units.

    Raises:
        NotAllowed: beyond the role of `by`.
        ShapesRefused: a unit or an archipelago is missing, or the file is no such map.
        StoreError: the store cannot be written.
    """
    demand(by, MapShapes.action)
    grid = tiles(reference, register)
    made = checked(content, geography, tiles=grid, register=register, origin="page")
    digest = hashlib.sha256(content).hexdigest()
    name = f"{geography}-{digest[:16]}.geojson"
    store.keep_file(FOLDER, name, content)
    record = MapShapes(record_id=geography, file_name=name, sha256=digest, n_bytes=len(content))
    records.save(store, record, by=by)
    return made


def drop_shapes(store: Store, geography: str, *, by: Actor, reason: str) -> None:
    """Go back to the tile map (or to the file in the folder); the record stays with the reason.

    Raises:
        NotAllowed: beyond the role of `by`.
        RecordError: no reason given.
    """
    found = records.held(store, MapShapes).get(geography)
    if found is not None:
        records.withdraw(store, found[0], by=by, reason=reason)


def _bytes_of(store: Store, name: str, origin: str) -> bytes:
    if origin == "page":
        content = store.kept_file(FOLDER, name)
        if content is None:
            raise _unreadable(name, "gone")
        return content
    path = store.folder / FOLDER / name
    try:
        if path.stat().st_size > LARGEST_FILE:
            return b" " * (LARGEST_FILE + 1)
        return path.read_bytes()
    except OSError as fault:
        raise _unreadable(name, str(fault)) from fault


def _unreadable(name: str, why: str) -> ShapesRefused:
    return ShapesRefused(
        f"Không đọc được tệp bản đồ {name} trong thư mục {FOLDER} của kho. "
        f"(The file of the map cannot be read: {why})"
    )


# ------------------------------------------------------------------------------- the checks


def checked(
    content: bytes, geography: str, *, tiles: pd.DataFrame, register: UnitRegister, origin: str
) -> Shapes:
    """Shapes of a GeoJSON, once every unit and both archipelagos were found in it.

    Units are known by unit_id or by name, in any spelling the register knows; features called
    Hoàng Sa or Trường Sa count as parts of Đà Nẵng and Khánh Hòa.

    Args:
        content: the file.
        geography: vn63 or vn34.
        tiles: result of `tiles`, for where each unit roughly lies.
        register: the units.
        origin: page or file.

    Raises:
        ShapesRefused: with the first reason found, in one sentence.
    """
    grid = tiles.loc[tiles["geography"] == geography]
    if grid.empty:
        raise ShapesRefused(f"Không có địa giới “{geography}”. (No such geography.)")
    rings: dict[str, list[Ring]] = {}
    for name, outlines in _features(content):
        unit_id = _unit_of(name, geography, register)
        rings.setdefault(unit_id, []).extend(outlines)
    units = grid.loc[grid["kind"] == UNIT]
    names = {unit.unit_id: unit.name_vi for unit in register.units}
    missing = [names[unit_id] for unit_id in units["unit_id"] if not rings.get(unit_id)]
    if missing:
        few = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        raise ShapesRefused(
            f"Tệp bản đồ thiếu {len(missing)} trong {len(units)} tỉnh, thành phố: {few}. "
            f"(The map lacks {len(missing)} of {len(units)} units.)"
        )
    for unit_id, lon, lat in units[["unit_id", "lon", "lat"]].itertuples(index=False):
        if not _is_near(rings[unit_id], lon, lat):
            raise ShapesRefused(
                f"Hình của {names[unit_id]} không nằm ở vị trí của địa phương đó; tệp phải dùng "
                "kinh độ, vĩ độ WGS 84. (A shape does not lie where its unit is; the file must "
                "give longitude and latitude, WGS 84.)"
            )
    for island, (tail, box) in ARCHIPELAGOS.items():
        unit_id = f"{geography}-{tail}"
        if not any(_lies_in(ring, box) for ring in rings[unit_id]):
            raise ShapesRefused(
                f"Tệp bản đồ thiếu quần đảo {island} ({names[unit_id]}); chỉ nhận bản đồ có đủ "
                f"hai quần đảo Hoàng Sa và Trường Sa. (The map lacks the archipelago {island}.)"
            )
    thinned = _thinned({unit_id: rings[unit_id] for unit_id in units["unit_id"]})
    return Shapes(geography=geography, rings=thinned, origin=origin)


def _features(content: bytes) -> Iterator[tuple[str, list[Ring]]]:
    """(name or id, outlines) of every feature of a GeoJSON."""
    if len(content) > LARGEST_FILE:
        raise ShapesRefused(
            f"Tệp bản đồ lớn hơn {LARGEST_FILE // 1_000_000} MB; hãy giản lược hình trước khi "
            "nạp. (The map is too large; simplify it first.)"
        )
    try:
        tree = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        raise ShapesRefused("Tệp này không phải GeoJSON. (The file is not GeoJSON.)") from fault
    features = tree.get("features") if isinstance(tree, dict) else None
    if not isinstance(features, list) or tree.get("type") != "FeatureCollection":
        raise ShapesRefused(
            "Tệp này không phải tập hợp đối tượng GeoJSON (FeatureCollection). "
            "(The file is not a GeoJSON FeatureCollection.)"
        )
    for at, one in enumerate(features, start=1):
        feature = one if isinstance(one, dict) else {}
        given = feature.get("properties")
        properties = {
            str(key).casefold(): value for key, value in (given or {}).items()
        } if isinstance(given, dict) else {}  # fmt: skip
        name = next((str(properties[key]) for key in NAME_KEYS if properties.get(key)), "")
        if not name:
            raise ShapesRefused(
                f"Đối tượng thứ {at} không có tên (thuộc tính unit_id hoặc name). "
                f"(Feature {at} has no name.)"
            )
        yield name, _outlines(feature.get("geometry"), name)


def _outlines(geometry: Any, name: str) -> list[Ring]:
    """Outer outlines of a polygon or of several; holes are left out."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    try:
        if kind not in ("Polygon", "MultiPolygon"):
            raise KeyError(kind)
        coordinates = geometry["coordinates"]
        polygons = [coordinates] if kind == "Polygon" else coordinates
        found = [
            tuple((float(point[0]), float(point[1])) for point in polygon[0])
            for polygon in polygons
        ]
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise ShapesRefused(
            f"Hình của “{name}” không phải vùng (Polygon hoặc MultiPolygon) đọc được. "
            f"(The shape of “{name}” is no readable polygon.)"
        ) from fault
    west, south, east, north = WORLD
    for ring in found:
        if len(ring) < 4 or not all(
            math.isfinite(x) and math.isfinite(y) and west <= x <= east and south <= y <= north
            for x, y in ring
        ):
            raise ShapesRefused(
                f"Tọa độ của “{name}” nằm ngoài Việt Nam hoặc không đủ bốn điểm; tệp phải dùng "
                "kinh độ, vĩ độ WGS 84. (Coordinates outside Viet Nam, or fewer than four points.)"
            )
    return found


def _unit_of(name: str, geography: str, register: UnitRegister) -> str:
    """The unit a feature stands for; an archipelago stands for its province."""
    for island, (tail, _) in ARCHIPELAGOS.items():
        if island.casefold() in name.casefold():
            return f"{geography}-{tail}"
    try:
        return register.resolve(name, geography=geography).unit_id
    except UnitError as fault:
        raise ShapesRefused(f"{fault} (The map names a unit that is not known.)") from fault


def _lies_in(ring: Ring, box: tuple[float, float, float, float]) -> bool:
    """Whether an outline has a corner within the box."""
    west, south, east, north = box
    return any(west <= x <= east and south <= y <= north for x, y in ring)


def _is_near(rings: Sequence[Ring], lon: float, lat: float) -> bool:
    """Whether the unit reaches near to where it is known to be."""
    return any(abs(x - lon) <= OFF_BY and abs(y - lat) <= OFF_BY for ring in rings for x, y in ring)


def _thinned(rings: dict[str, list[Ring]]) -> dict[str, tuple[Ring, ...]]:
    """The same outlines with fewer corners where there are very many; no outline is lost."""
    total = sum(len(ring) for outlines in rings.values() for ring in outlines)
    step = max(1, math.ceil(total / MOST_CORNERS))
    return {
        unit_id: tuple(_every(ring, step) for ring in outlines)
        for unit_id, outlines in rings.items()
    }


def _every(ring: Ring, step: int) -> Ring:
    """Every so many-th corner and the last; small outlines keep at least a quarter turn each."""
    own = max(1, min(step, (len(ring) - 1) // 4))
    kept = ring[:-1:own]
    return (*kept, kept[0])
