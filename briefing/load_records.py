"""A load as a person reads it: faults in their cells, changes per component, verdicts that turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import pandas as pd

from analytics.consequences import Preview
from analytics.schema import Tables
from briefing.records import aligned
from locales import form, language, t, texts
from locales.calendar import HOME

FAULTS_SHOWN_PER_KIND = 5


class Fault(Protocol):
    """What a fault offers: its place, the key of its sentence, and what fills the sentence."""

    sheet: str
    cell: str
    key: str
    severity: str
    values: Mapping[str, Any]


class Understood(Protocol):
    """What an intake offers: how the file was understood, and what is wrong with it."""

    @property
    def proposal(self) -> Any:
        """How the file was understood."""

    @property
    def faults(self) -> Iterable[Any]:
        """Everything wrong or odd."""

    @property
    def errors(self) -> list[Any]:
        """Faults that stop the load."""

    @property
    def warnings(self) -> list[Any]:
        """Faults that ask."""


def fault_sentence(key: str, values: Mapping[str, Any], spoken: str | None = None) -> str:
    """The sentence of a fault in one language, with numbers as that language writes them."""
    chosen = spoken or language()
    return texts(chosen)[f"fault.{key}"].format(**shown(values, chosen))


# Years are names of editions and carry no thousands mark.
_YEARS = ("edition", "year", "other")


def shown(values: Mapping[str, Any], spoken: str) -> dict[str, str]:
    """Each value as text: 1.236,5 in Vietnamese, 1,236.5 in English, years without a mark."""
    return {key: _value(key, value, spoken) for key, value in values.items()}


def _value(key: str, value: Any, spoken: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if key in _YEARS and float(value).is_integer() and 1990 <= value <= 2100:
        return str(int(value))
    return form.plain(value, spoken)


def fault_records(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Faults as JSON: place, key, severity, values, and the sentence in both languages."""
    return [
        {
            "sheet": fault.sheet,
            "cell": fault.cell,
            "key": fault.key,
            "severity": fault.severity,
            "vi": fault_sentence(fault.key, fault.values, "vi"),
            "en": fault_sentence(fault.key, fault.values, "en"),
        }
        for fault in faults
    ]


def fault_lines(faults: Iterable[Fault]) -> list[str]:
    """Faults line by line; of many of one kind the first few, and how many more."""
    by_kind: dict[str, list[Fault]] = {}
    for fault in faults:
        by_kind.setdefault(fault.key, []).append(fault)
    lines = []
    for kind in by_kind.values():
        lines += [fault_line(fault) for fault in kind[:FAULTS_SHOWN_PER_KIND]]
        if len(kind) > FAULTS_SHOWN_PER_KIND:
            lines.append(t("load.many_faults", n=len(kind) - FAULTS_SHOWN_PER_KIND))
    return lines


def fault_line(fault: Fault) -> str:
    """One fault with its place."""
    said = fault_sentence(fault.key, fault.values)
    if not fault.cell:
        return said
    return f"{t('load.place', sheet=fault.sheet, cell=fault.cell)}: {said}"


def count_words(preview: Preview) -> str:
    """How many cells are added, changed, removed and unchanged."""
    total = preview.counts[["n_added", "n_changed", "n_removed", "n_unchanged"]].sum()
    return t(
        "load.counts",
        added=int(total["n_added"]),
        changed=int(total["n_changed"]),
        removed=int(total["n_removed"]),
        unchanged=int(total["n_unchanged"]),
    )


def turned_words(preview: Preview) -> str:
    """How many targets a load would turn."""
    if preview.turned.empty:
        return t("load.turned_none")
    return t("load.turned", n=form.whole(len(preview.turned)))


def preview_record(preview: Preview) -> dict[str, Any]:
    """The preview as JSON: counts per component, changed cells, verdicts that turn."""
    moved = preview.cells.loc[preview.cells["change"] != "unchanged"]
    columns = ["unit_id", "component_id", "edition", "change", "score_before", "score_after",
               "rank_before", "rank_after", "state_before", "state_after"]  # fmt: skip
    return {
        "counts": _plain(preview.counts),
        "cells": _plain(moved[columns]),
        "targets": _plain(preview.turned),
    }


def batch_records(batches: pd.DataFrame) -> list[dict[str, Any]]:
    """Loads as JSON."""
    return _plain(batches)


def batch_state(row: Any, now: datetime) -> str:
    """Whether a load stands, is held back, or was taken back."""
    if not form.is_missing(row["undone_at"]):
        return t("load.state_undone", who=row["undone_by"], moment=moment(row["undone_at"]))
    if not form.is_missing(row["publish_at"]) and row["publish_at"] > now:
        return t("load.state_held_back", moment=moment(row["publish_at"]))
    return t("load.state_standing")


def moment(value: datetime) -> str:
    """A moment of the store (UTC) as the clock in Việt Nam shows it."""
    return value.replace(tzinfo=UTC).astimezone(HOME).strftime("%d/%m/%Y %H:%M")


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON knows them: missing is null, days and moments are ISO."""
    rows = frame.astype("object").where(frame.notna(), None).to_dict("records")
    return [
        {
            str(key): value.isoformat() if hasattr(value, "isoformat") else _number(value)
            for key, value in row.items()
        }
        for row in rows
    ]


def _number(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def intake_record(understood: Understood, seen: Preview | None) -> dict[str, Any]:
    """A file as JSON: how it was understood, its rows, its faults, and what would change."""
    proposal = understood.proposal
    return {
        "file": proposal.file_name,
        "index": proposal.index.value,
        "editions": list(proposal.editions),
        "fingerprint": proposal.fingerprint,
        "columns": [
            {
                "sheet": column.sheet,
                "head": column.head,
                "label": column.label,
                "component": column.component_id,
                "measure": column.measure,
                "edition": column.edition,
                "confidence": column.confidence,
                "ground": column.ground,
                "suggestions": list(column.suggestions),
            }
            for column in proposal.columns
        ],
        "rows": _plain(proposal.rows),
        "faults": fault_records(understood.faults),
        "preview": None if seen is None else preview_record(seen),
    }


def intake_lines(
    understood: Understood, seen: Preview | None, shorts: Mapping[str, str], same: pd.DataFrame
) -> list[str]:
    """A file as an analyst reads it: understood, faults, changes, verdicts that turn."""
    lines = [understood_words(understood, shorts)]
    if len(same):
        lines.append(t("load.same_file", batches=", ".join(same["batch_id"])))
    for heading, faults in (("errors", understood.errors), ("warnings", understood.warnings)):
        if faults:
            lines.append(t(f"load.{heading}", n=form.whole(len(faults))))
            lines += [f"- {line}" for line in fault_lines(faults)]
    if seen is not None:
        said = [t("load.nothing")] if seen.is_empty else [count_words(seen), turned_words(seen)]
        lines += said
    return lines


def understood_words(understood: Understood, shorts: Mapping[str, str]) -> str:
    """What the file was taken to be."""
    proposal = understood.proposal
    rows = proposal.rows
    return t(
        "load.understood",
        file=proposal.file_name,
        index=shorts.get(str(proposal.index.value), form.NO_VALUE),
        years=", ".join(str(year) for year in proposal.editions) or form.NO_VALUE,
        units=rows["unit_id"].nunique(),
        components=rows["component_id"].nunique(),
        cells=len(rows),
    )


def batch_text(rows: pd.DataFrame, now: datetime) -> str:
    """Loads as an aligned table."""
    heads = [t(f"load.col_{name}") for name in
             ("batch", "when", "who", "file", "index", "years", "changes", "state")]  # fmt: skip
    return aligned(heads, batch_lines(rows, now))


def batch_lines(rows: pd.DataFrame, now: datetime) -> list[list[str]]:
    """Loads line by line: number, when, who, file, index, years, changes, state."""
    return [
        [
            row["batch_id"],
            moment(row["loaded_at"]),
            row["author"],
            row["file_name"],
            row["index_id"],
            row["editions"],
            f"{row['n_added']}/{row['n_changed']}/{row['n_removed']}",
            batch_state(row, now),
        ]
        for _, row in rows.iterrows()
    ]


def cell_lines(
    cells: pd.DataFrame, components: Mapping[str, str], units: Mapping[str, str]
) -> list[list[str]]:
    """Changed cells line by line: unit, component, year, before, after."""
    return [
        [
            units.get(row["unit_id"], row["unit_id"]),
            components.get(row["component_id"], row["component_id"]),
            str(row["edition"]),
            _cell(row, "before", "upload.cell_absent"),
            _cell(row, "after", "upload.cell_gone"),
        ]
        for _, row in cells.iterrows()
    ]


def _cell(row: Any, side: str, absent: str) -> str:
    """One side of a changed cell: score, place, or why there is none."""
    if form.is_missing(row[f"state_{side}"]):
        return t(absent)
    said = []
    if not form.is_missing(row[f"score_{side}"]):
        said.append(t("overview.points", score=form.plain(row[f"score_{side}"], language())))
    if not form.is_missing(row[f"percent_{side}"]):
        said.append(f"{form.plain(row[f'percent_{side}'], language())} %")
    if not form.is_missing(row[f"rank_{side}"]):
        said.append(t("load.place_word", rank=int(row[f"rank_{side}"])))
    return ", ".join(said) or t(f"state.{row[f'state_{side}']}")


def turned_lines(turned: pd.DataFrame, tables: Tables) -> list[list[str]]:
    """Targets that a load turns: what, year, before, after."""
    names = dict(zip(tables.units["unit_id"], tables.units["name_vi"], strict=True))
    live = tables.components.drop_duplicates("component_id", keep="last")
    words = dict(zip(live["component_id"], live["name_vi"], strict=True))
    shorts = dict(zip(tables.indices["index_id"], tables.indices["short"], strict=True))
    return [
        [
            f"{names.get(row['unit_id'], row['unit_id'])}: "
            f"{shorts.get(row['index_id'], row['index_id'])}, "
            f"{words.get(row['component_id'], row['component_id'])} ({row['target_id']})",
            str(row["edition"]),
            _verdict(row, "before"),
            _verdict(row, "after"),
        ]
        for _, row in turned.iterrows()
    ]


def _verdict(row: Any, side: str) -> str:
    if form.is_missing(row[f"status_{side}"]):
        return form.NO_VALUE
    said = t(f"status.{row[f'status_{side}']}")
    if form.is_missing(row[f"required_rank_{side}"]):
        return said
    return t("overview.required", status=said, rank=row[f"required_rank_{side}"])
