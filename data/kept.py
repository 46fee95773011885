"""Places kept beside the store: those of one edition computed once, and found by unit or by line.

A cache, to be deleted at any time: every file bears the mark of what its places follow from, so
one that would be wrong is never found. A board of one unit reads the unit's rows, a ladder the
rows of its lines, and nobody needs the figures of all. See docs/decisions/0025-kept-places.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow

from data import queries
from data.store import QueryFailed, Store, StoreError, files_in, sql

if TYPE_CHECKING:
    import duckdb

FOLDER = "places"
# From so many figures on they are not held all at once: a board reads its own.
LARGE = 1_000_000
# To be raised when what the files hold changes its meaning.
LAYOUT = 1
# An edition that is held back has one state for those who may see it and one for the others.
STATES_KEPT = 3
# Rows read at least where one unit is asked for: about a hundred units of 150 lines.
UNIT_ROWS, LINE_ROWS, MANY_ROWS = 16_384, 8_192, 122_880

_TEXT, _WHOLE, _REAL = "str", "Int64", "float64"
_PLACES = {
    **dict.fromkeys(("index_id", "unit_id", "component_id"), _TEXT),
    "edition": "int64",
    **dict.fromkeys(("score", "percent", "max_score"), _REAL),
    "rank_published": _WHOLE,
    **dict.fromkeys(("state", "score_origin", "rank_origin", "source_id", "note", "batch_id"),
                    _TEXT),
    "publish_at": "datetime64[us]",
    **dict.fromkeys(("n_ranked", "published_top"), _WHOLE),
    "is_field_complete": "bool",
    **dict.fromkeys(("n_withheld", "rank_computed", "rank"), _WHOLE),
    "is_disputed": "boolean",
    **dict.fromkeys(("is_tied", "tie_broken_by_publisher"), "bool"),
    **dict.fromkeys(("rank_low", "rank_high"), _WHOLE),
    "percentile": "Float64",
    # What the figure itself says, which `rank_origin` overrides where a place was computed.
    "origin_held": _TEXT,
}  # fmt: skip
_BOUNDS = {
    "index_id": _TEXT, "edition": "int64", "scheme_id": _TEXT, "group_id": _TEXT, "sort": "int32",
    "name_vi": _TEXT, "name_en": _TEXT, "lower_bound": _REAL, "group_origin": _TEXT,
    "decimals": "int64",
}  # fmt: skip
_GROUPS = {
    "unit_id": _TEXT, "index_id": _TEXT, "edition": "int64", "group_id": _TEXT,
    "group_sort": "int32", "group_name_vi": _TEXT, "group_name_en": _TEXT, "group_origin": _TEXT,
    "is_near_bound": "bool", "group_order": _TEXT,
}  # fmt: skip
_SQL_TYPES = {
    _TEXT: "VARCHAR", _WHOLE: "BIGINT", "int64": "BIGINT", "int32": "INTEGER", _REAL: "DOUBLE",
    "Float64": "DOUBLE", "bool": "BOOLEAN", "boolean": "BOOLEAN", "datetime64[us]": "TIMESTAMP",
}  # fmt: skip
_SEPARATOR = ";"
_ORDER = ["edition", "component_id", "unit_id"]

Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
# Figures of one edition, editions, components and group schemes in; places, bounds, groups out.
Compute = Callable[[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame], Frames]


@dataclass(frozen=True)
class Edition:
    """One edition of an index, with the mark of what its places follow from."""

    index_id: str
    edition: int
    mark: str
    n_figures: int = 0

    @property
    def stem(self) -> str:
        """Beginning of the names of its files, which all states of the edition share."""
        return f"{self.index_id}-{self.edition}-"

    def name(self, what: str) -> str:
        """Name of one of its files."""
        return f"{self.stem}{self.mark}.{what}.parquet"


class KeptPlaces:
    """The places of all editions of one state, in files of one folder."""

    def __init__(self, folder: Path, editions: Sequence[Edition], indices: Sequence[str]) -> None:
        self.folder = folder
        self.editions = tuple(editions)
        self._indices = list(indices)
        self._opening = threading.Lock()

    @cached_property
    def _home(self) -> duckdb.DuckDBPyConnection:
        return files_in(self.folder)

    def _read(
        self, query: str, what: str, kinds: dict[str, str], editions: Iterable[Edition],
        values: dict[str, list[str]] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        files = [str(self.folder / one.name(what)) for one in editions]
        if not files:
            return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
        with self._opening:
            cursor = self._home.cursor()
        try:
            # By way of Arrow texts are not made one by one.
            rows = cursor.execute(sql(query), {"files": files, **(values or {})}).to_arrow_table()
            found: pd.DataFrame = rows.to_pandas()
        except QueryFailed as fault:
            raise StoreError(
                f"Không đọc được các thứ hạng đã tính sẵn trong {self.folder}; hãy xóa thư mục này "
                f"rồi tải lại trang. (Kept places cannot be read: delete the folder. {fault})"
            ) from fault
        finally:
            cursor.close()
        return found.astype({name: kinds[name] for name in found.columns})

    def _sorted(self, rows: pd.DataFrame) -> pd.DataFrame:
        order = {index_id: place for place, index_id in enumerate(self._indices)}
        rows = rows.assign(_index=rows["index_id"].map(order))
        return rows.sort_values(["_index", *_ORDER], ignore_index=True).drop(columns="_index")

    def of_units(self, unit_ids: Sequence[str]) -> pd.DataFrame:
        """Figures and places of some units in all editions.

        Returns:
            One row per (unit_id, component_id, edition): the columns of
            `analytics.ranks.standings` and origin_held, the rank_origin of the figure.
        """
        return self._sorted(
            self._read("places_units", "units", _PLACES, self.editions,
                       {"unit_ids": list(unit_ids)})
        )  # fmt: skip

    def of_lines(
        self, index_id: str, component_ids: Sequence[str], editions: Iterable[int]
    ) -> pd.DataFrame:
        """Places of all units on some lines of one index, with what comparing them takes.

        Returns:
            One row per (unit_id, component_id, edition), some of the columns of `of_units`.
        """
        return self._lines("places_lines", index_id, component_ids, editions)

    def scores_of_lines(
        self, index_id: str, component_ids: Sequence[str], editions: Iterable[int]
    ) -> pd.DataFrame:
        """Figures of all units on some lines of one index, with what a ladder takes.

        Returns:
            One row per (unit_id, component_id, edition): score, rank as published, and state.
        """
        return self._lines("places_scores", index_id, component_ids, editions)

    def _lines(
        self, query: str, index_id: str, component_ids: Sequence[str], editions: Iterable[int]
    ) -> pd.DataFrame:
        wanted = set(editions)
        found = [one for one in self.editions if one.index_id == index_id and one.edition in wanted]
        return self._read(query, "lines", _PLACES, found, {"component_ids": list(component_ids)})

    def n_figures(self, index_ids: Iterable[str], component_ids: Sequence[str] = ()) -> int:
        """How many figures some indices have in all editions, on some lines or on all of them."""
        found = self._of(index_ids)
        if not component_ids:
            return sum(one.n_figures for one in found)
        rows = self._read("places_count", "lines", {"n_figures": "int64"}, found,
                          {"component_ids": list(component_ids)})  # fmt: skip
        return int(rows["n_figures"].sum())

    def of_indices(
        self, index_ids: Iterable[str], component_ids: Sequence[str] = ()
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Figures, places and groups of all units in all editions of some indices.

        Args:
            index_ids: the indices.
            component_ids: lines wanted; all of them when none is named.

        Returns:
            What `of_units` and `groups` say of all units.
        """
        found = self._of(index_ids)
        query, values = "places_all", dict[str, list[str]]()
        if component_ids:
            query, values = "places_of_lines", {"component_ids": list(component_ids)}
        places = self._sorted(self._read(query, "lines", _PLACES, found, values))
        return places, _with_order(self._read("places_all", "groups", _GROUPS, found))

    def _of(self, index_ids: Iterable[str]) -> list[Edition]:
        wanted = set(index_ids)
        return [one for one in self.editions if one.index_id in wanted]

    def bounds(self) -> pd.DataFrame:
        """Groups of all editions: columns as in `analytics.groups.group_bounds`."""
        return self._read("places_all", "bounds", _BOUNDS, self.editions)

    def groups(self, unit_ids: Sequence[str]) -> pd.DataFrame:
        """The group of some units: columns as in `analytics.groups.group_standing`."""
        return _with_order(
            self._read(
                "places_units", "groups", _GROUPS, self.editions, {"unit_ids": list(unit_ids)}
            )
        )


def _with_order(groups: pd.DataFrame) -> pd.DataFrame:
    order = [tuple(str(ids).split(_SEPARATOR)) for ids in groups["group_order"]]
    return groups.assign(group_order=pd.Series(order, index=groups.index, dtype="object"))


def figures_of(places: pd.DataFrame) -> pd.DataFrame:
    """The figures that places were computed from, as `data.queries.figures` gives them."""
    rows = places.drop(columns=["rank", "rank_origin"]).rename(
        columns={"rank_published": "rank", "origin_held": "rank_origin"}
    )
    return rows[list(_FIGURES)]


_FIGURES = (
    "index_id", "unit_id", "component_id", "edition", "score", "percent", "max_score", "rank",
    "state", "score_origin", "rank_origin", "source_id", "note", "batch_id", "publish_at",
)  # fmt: skip


def kept_places(
    store: Store,
    compute: Compute,
    *,
    method: str,
    now: datetime | None = None,
    version: str | None = None,
) -> KeptPlaces:
    """The places of one state; those of editions that changed since are computed and kept first.

    Args:
        store: where the figures are. The files lie in its folder, for a shared store too.
        compute: ranks and groups the figures of one edition.
        method: what tells this way of computing from others.
        now: moment (UTC) whose viewers are asked for; the clock when absent.
        version: snapshot.

    Raises:
        StoreError: the store cannot be read, or the folder cannot be written.
    """
    pinned, moment = version or store.version(), now or queries.clock()
    folder = store.folder / FOLDER
    editions = queries.editions(now=moment, version=pinned, of=store)
    components = queries.components(version=pinned, of=store)
    schemes = queries.groups(version=pinned, of=store)
    held = queries.edition_marks(now=moment, version=pinned, of=store)
    marked = [
        Edition(str(row["index_id"]), int(row["edition"]),
                _mark(row, editions, components, schemes, method), int(row["n_figures"]))
        for _, row in held.iterrows()
    ]  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in marked:
            if (folder / one.name("bounds")).exists():
                continue
            figures = _figures(store, one, moment, pinned)
            _keep(folder, one, figures, compute(figures, editions, components, schemes))
    except (OSError, QueryFailed) as fault:
        raise StoreError(
            f"Không ghi được thứ hạng tính sẵn vào {folder}; hãy kiểm tra dung lượng và quyền ghi. "
            f"(Computed places cannot be kept: {fault})"
        ) from fault
    indices = queries.indices(version=pinned, of=store)["index_id"]
    return KeptPlaces(folder, marked, [str(one) for one in indices])


def _figures(store: Store, one: Edition, moment: datetime, version: str) -> pd.DataFrame:
    """Figures of one edition as `queries.figures` gives them, by way of Arrow."""
    cursor = store.cursor(version)
    try:
        values = {"index_id": one.index_id, "edition": one.edition, "now": moment}
        rows: pd.DataFrame = cursor.execute(sql("figures"), values).to_arrow_table().to_pandas()
    finally:
        cursor.close()
    return rows.astype({"rank": _WHOLE, "edition": "int64"})


def _mark(
    held: pd.Series, editions: pd.DataFrame, components: pd.DataFrame, schemes: pd.DataFrame,
    method: str,
) -> str:  # fmt: skip
    """Checksum of everything the places of one edition follow from."""
    index_id, edition = held["index_id"], held["edition"]
    own = editions.loc[(editions["index_id"] == index_id) & (editions["edition"] == edition)]
    ways = components.loc[components["index_id"] == index_id].drop_duplicates("component_id")
    groups = schemes.loc[schemes["index_id"] == index_id]
    parts = (
        str(LAYOUT), method, held.to_json(),
        own[["coverage", "n_ranked", "published_top"]].to_json(orient="values"),
        ways[["component_id", "direction"]].to_json(orient="values"),
        groups.to_json(orient="records"),
    )  # fmt: skip
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def _keep(folder: Path, one: Edition, figures: pd.DataFrame, computed: Frames) -> None:
    """Write the files of one edition; the last of them says that all are there."""
    places, bounds, groups = computed
    origins = figures[["unit_id", "component_id", "rank_origin"]].rename(
        columns={"rank_origin": "origin_held"}
    )
    places = places.merge(
        origins, on=["unit_id", "component_id"], how="left", validate="one_to_one"
    )
    groups = groups.assign(group_order=[_SEPARATOR.join(ids) for ids in groups["group_order"]])
    with contextlib.closing(files_in(folder)) as connection:
        for rows, kinds, files in (
            (places, _PLACES, {"units": (["unit_id", "component_id"], UNIT_ROWS),
                               "lines": (["component_id", "unit_id"], LINE_ROWS)}),
            (groups, _GROUPS, {"groups": (["unit_id"], UNIT_ROWS)}),
            (bounds, _BOUNDS, {"bounds": (["sort"], MANY_ROWS)}),
        ):  # fmt: skip
            values = ", ".join(
                f'CAST("{name}" AS {_SQL_TYPES[kind]}) AS "{name}"' for name, kind in kinds.items()
            )
            connection.register("incoming", pyarrow.Table.from_pandas(rows[list(kinds)]))
            connection.execute(sql("places_take").format(values=values))
            connection.unregister("incoming")
            for what, (order, size) in files.items():
                draft = folder / f"{uuid.uuid4().hex}.new"
                path = str(draft.resolve()).replace("'", "''")
                connection.execute(
                    sql("places_write").format(path=path, names=", ".join(order), size=size)
                )
                draft.replace(folder / one.name(what))
    _sweep(folder, one)


def _sweep(folder: Path, one: Edition) -> None:
    """Remove the oldest states of an edition; whoever still reads one computes it again."""
    whole = sorted(
        folder.glob(f"{one.stem}*.bounds.parquet"), key=lambda path: path.stat().st_mtime
    )
    for old in whole[:-STATES_KEPT]:
        mark = old.name.removeprefix(one.stem).partition(".")[0]
        for what in ("bounds", "units", "lines", "groups"):
            (folder / Edition(one.index_id, one.edition, mark).name(what)).unlink(missing_ok=True)
