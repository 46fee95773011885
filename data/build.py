"""Brings the shipped reference into the store, and again whenever the reference has changed.

Rows that people loaded or typed stay: only rows marked as reference are replaced.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from data.indices import load_catalogue
from data.store import Store, sql

if TYPE_CHECKING:
    import duckdb

REFERENCE = Path(__file__).parent / "reference"
BATCH = "reference"
DIGEST = "reference_digest"

# Tables that hold nothing but reference, with the file each comes from.
_PLAIN_FILES = {
    "region": "regions.csv",
    "unit": "units.csv",
    "unit_link": "unit_links.csv",
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


def ensure(store: Store, reference: Path = REFERENCE) -> bool:
    """Build the store when there is none, rebuild its reference when the shipped one changed.

    Returns:
        Whether anything was written.

    Raises:
        StoreError: the store cannot be written.
        CatalogueError: a catalogue file is not valid; the message names file and key.
    """
    digest = reference_digest(reference)
    if store.exists() and _stored_digest(store) == digest:
        return False
    tables = _tables(reference)
    with store.write() as connection:
        for name, rows in tables.items():
            _replace(connection, name, rows)
        connection.execute(sql("meta_set"), {"key": DIGEST, "value": digest})
    return True


def reference_digest(reference: Path = REFERENCE) -> str:
    """One checksum over names and contents of all shipped files and of the table layout."""
    total = hashlib.sha256(sql("schema").encode())
    for path in sorted(reference.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(reference).as_posix().encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def _stored_digest(store: Store) -> str:
    held = store.frame("meta_value", key=DIGEST)["value"]
    return str(held.iloc[0]) if len(held) else ""


def _tables(reference: Path) -> dict[str, pd.DataFrame]:
    """Every reference table as a frame of texts and numbers, ready to be inserted by name."""
    catalogue = load_catalogue(reference / "indices")
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
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = [{"source_id": key, **values} for key, values in entries.items()]
    return pd.DataFrame(rows).astype("str").replace({"None": None, "nan": None})


def _figures(folder: Path) -> pd.DataFrame:
    """All editions of all indices; index and edition come from folder and file name."""
    parts = [
        _csv(path).assign(index_id=path.parent.name, edition=path.stem)
        for path in sorted(folder.glob("*/*.csv"))
    ]
    return pd.concat(parts, ignore_index=True).assign(batch_id=BATCH)


def _replace(connection: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    """Put the reference rows of one table in place of the earlier ones."""
    described = connection.execute(sql("table_columns"), {"table": table}).fetchall()
    # Tables that people write to as well tell their rows apart by batch.
    is_shared = any(name == "batch_id" for name, _ in described)
    only = "WHERE batch_id = 'reference'" if is_shared else ""
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
    finally:
        connection.unregister("incoming")
