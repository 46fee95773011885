"""Brings the shipped reference into the store, and again whenever the reference has changed.

Rows that people loaded or typed stay: only rows marked as reference are replaced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from data import backups, indices, yaml_reader
from data.store import SCHEMA, QueryFailed, Store, StoreError, row_refused, sql

if TYPE_CHECKING:
    import duckdb

_UNREADABLE = (
    OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, yaml.YAMLError,
)  # fmt: skip

REFERENCE = Path(__file__).parent / "reference"
BATCH = "reference"
DIGEST, FIGURES, NONE = "reference_digest", "shipped_figures", "none"
FIGURE_TABLES = ("figure", "standard_error", "national_figure")
LAYOUT = "layout_digest"
BACKUPS = "backups"
# The tails of reference_delete.sql and refit_take.sql.
SHIPPED = "WHERE batch_id = 'reference'"
NOT_SHIPPED = "WHERE batch_id <> 'reference'"
NO_ROW = "WHERE false"

# Tables that hold nothing but reference, with the file each comes from.
_PLAIN_FILES = {
    "region": "regions.csv",
    "unit": "units.csv",
    "unit_link": "unit_links.csv",
    "unit_fact": "unit_facts.csv",
    "standard_error": "standard_errors.csv",
    "national_figure": "national_figures.csv",
    "weight": "weights.csv",
    "document": "documents.csv",
    "agency": "agencies.csv",
    "agency_link": "agency_links.csv",
    "target_agency": "target_agencies.csv",
}
# Leaders read the four in this order; indices added later follow by name.
_INDEX_ORDER = ("par_index", "sipas", "papi", "pci")


def ensure(store: Store, reference: Path = REFERENCE, *, with_figures: bool = True) -> bool:
    """Build the store when there is none, rebuild its reference when the shipped one changed.

    Args:
        store: where.
        reference: folder of the shipped files.
        with_figures: whether a store that is built now starts with the shipped figures; one
            that started without them stays without, so that an office may load its own only.

    Returns:
        Whether anything was written.

    Raises:
        StoreError: the store cannot be written, or a reference file cannot be read.
        CatalogueError: a catalogue file is not valid; the message names file and key.
    """
    try:
        digest = reference_digest(reference)
        if store.exists() and _meta(store, DIGEST) == digest:
            return False
        is_bare = not with_figures if not store.exists() else _meta(store, FIGURES) == NONE
        tables = _tables(reference)
    except _UNREADABLE as fault:
        raise StoreError(
            f"Không đọc được số liệu kèm theo trong {reference}; hãy cài đặt lại. "
            f"(The shipped reference cannot be read: {fault})"
        ) from fault
    if store.exists() and _meta(store, LAYOUT) != layout_digest(store):
        # Tables are about to be made again: what goes wrong there must not cost anything.
        backups.backup(store, store.folder / BACKUPS)
    with store.write() as connection:
        _lay_out(connection, store.schema, tables)
        for name, rows in tables.items():
            _replace(
                connection, name, rows.iloc[0:0] if is_bare and name in FIGURE_TABLES else rows
            )
        connection.execute(sql("meta_set"), {"key": DIGEST, "value": digest})
        if is_bare:
            connection.execute(sql("meta_set"), {"key": FIGURES, "value": NONE})
    return True


def reference_digest(reference: Path = REFERENCE) -> str:
    """One checksum over all shipped files, the table layout, and the code that reads the files."""
    total = hashlib.sha256("".join(sql(name) for name in SCHEMA).encode())
    for code in (Path(__file__), Path(indices.__file__)):
        total.update(hashlib.sha256(code.read_bytes()).digest())
    for path in sorted(reference.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(reference).as_posix().encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _meta(store: Store, key: str) -> str:
    held = store.frame("meta_value", key=key)["value"]
    return str(held.iloc[0]) if len(held) else ""


def _tables(reference: Path) -> dict[str, pd.DataFrame]:
    """Every reference table as a frame of texts and numbers, ready to be inserted by name."""
    catalogue = indices.load_catalogue(reference / "indices")
    entries = catalogue.index_frame()
    order = {index_id: place for place, index_id in enumerate(_INDEX_ORDER)}
    entries["sort"] = [order.get(index_id, len(order)) for index_id in entries["index_id"]]
    tables = {
        "index_entry": entries,
        "component_period": catalogue.component_frame(),
        "edition": catalogue.edition_frame().assign(batch_id=BATCH),
        "method_break": catalogue.break_frame(),
        "group_bound": catalogue.group_frame(),
        "source": _sources(reference / "sources.yml"),
        "figure": _figures(reference / "rankings"),
        "target": _csv(reference / "targets.csv").assign(batch_id=BATCH),
    }
    for table, file in _PLAIN_FILES.items():
        tables[table] = _csv(reference / file)
    return tables


def _csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False).replace({"": None})


def _sources(path: Path) -> pd.DataFrame:
    entries = yaml_reader.read(path.read_text(encoding="utf-8"))
    rows = [{"source_id": key, **values} for key, values in entries.items()]
    return pd.DataFrame(rows).astype("str").replace({"None": None, "nan": None})


def _figures(folder: Path) -> pd.DataFrame:
    """All editions of all indices; index and edition come from folder and file name."""
    parts = [
        _csv(path).assign(index_id=path.parent.name, edition=path.stem)
        for path in sorted(folder.glob("*/*.csv"))
    ]
    return pd.concat(parts, ignore_index=True).assign(batch_id=BATCH)


def layout_digest(store: Store) -> str:
    """Checksum of the table layout this version of the program makes."""
    return _digest_of(store.schema)


def _digest_of(schema: str) -> str:
    return hashlib.sha256(schema.encode()).hexdigest()


def _lay_out(connection: duckdb.DuckDBPyConnection, schema: str, shipped: Collection[str]) -> None:
    """Make the tables again when the schema has changed, with every row that people put there.

    The store of an older version lacks the columns of a newer one. Rows are carried over by column
    name; shipped rows are left out, they follow from the files. A table that the schema no longer
    names keeps its rows, without its constraints.
    """
    layout = _digest_of(schema)
    if connection.execute(sql("meta_value"), {"key": LAYOUT}).fetchall() == [(layout,)]:
        return
    names = [str(name) for (name,) in connection.execute(sql("tables")).fetchall()]
    for table in names:
        only = ""
        if table in shipped:
            only = NOT_SHIPPED if "batch_id" in dict(_columns(connection, table)) else NO_ROW
        connection.execute(sql("refit_take").format(table=table, only=only))
    connection.execute(schema)
    for table in names:
        kept = dict(_columns(connection, f"kept_{table}"))
        shared = [f'"{name}"' for name, _ in _columns(connection, table) if name in kept]
        put = sql("refit_put" if shared else "refit_keep")
        connection.execute(put.format(table=table, names=", ".join(shared)))
    connection.execute(sql("meta_set"), {"key": LAYOUT, "value": layout})


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Names and types of the columns of one table; none when there is no such table."""
    rows = connection.execute(sql("table_columns"), {"table": table}).fetchall()
    return [(str(name), str(kind)) for name, kind in rows]


def _replace(connection: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    """Put the reference rows of one table in place of the earlier ones."""
    described = _columns(connection, table)
    # Tables that people write to as well tell their rows apart by batch.
    is_shared = any(name == "batch_id" for name, _ in described)
    only = SHIPPED if is_shared else ""
    connection.execute(sql("reference_delete").format(table=table, only=only))
    columns = [(name, kind) for name, kind in described if name in rows.columns]
    insert = sql("reference_insert").format(
        table=table,
        names=", ".join(f'"{name}"' for name, _ in columns),
        values=", ".join(f'CAST("{name}" AS {kind})' for name, kind in columns),
        # What a person loaded over a shipped figure stays.
        on_conflict="ON CONFLICT DO NOTHING" if is_shared else "",
    )
    connection.register("incoming", rows)
    try:
        connection.execute(insert)
    except QueryFailed as fault:
        if not row_refused(fault):
            raise
        raise StoreError(
            f"Số liệu kèm theo không hợp lệ ở bảng {table}; hãy sửa tệp trong data/reference. "
            f"(A shipped row of {table} is not valid: {fault})"
        ) from fault
    finally:
        connection.unregister("incoming")
