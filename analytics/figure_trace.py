"""Where every figure of a scorecard comes from: one key per figure, one mark per source.

A mark stands for one index, edition, source document and load; figures computed from others carry
the marks of what they were computed from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from analytics.board import Knowledge
from analytics.plain import real, text

NATIONAL = "national"
PUBLISHED, COMPUTED, DOCUMENT = "published", "computed", "document"

FIGURE_FIELDS = ["figure_id", "index_id", "component_id", "edition", "subject", "measure", "value",
                 "unit_of_measure", "origin", "marks", "source_id", "title", "document", "url",
                 "published_on", "batch_id"]  # fmt: skip
TRACE_FIELDS = ["mark", "kind", "index_id", "edition", "component_ids", "subjects", "source_id",
                "producer", "title", "document", "url", "published_on", "batch_id",
                "n_figures"]  # fmt: skip
SOURCE_FIELDS = ["producer", "title", "document", "url", "published_on"]

UNITS_OF_MEASURE = {
    "score": "point", "max_score": "point", "mean": "point", "median": "point", "best": "point",
    "lost": "point", "score_change": "point", "recoverable": "point", "points_missing": "point",
    "required_score": "point", "percent": "percent", "rank": "place", "required_rank": "place",
    "region_rank": "place", "gain": "places", "gap": "places", "own": "places", "peers": "places",
    "method": "places", "composition": "places", "effect_on_total": "places", "n_up": "units",
    "n_down": "units", "n_same": "units",
}  # fmt: skip

Key = tuple[str, str, int, str, str]


class _Book:
    """Figures in the order they are entered; a new source gets the next mark."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.keys: dict[Key, int] = {}
        self.used: dict[int, tuple[list[str], list[str], int]] = {}

    def add(
        self,
        index_id: str,
        component_id: str,
        edition: int,
        subject: str,
        measure: str,
        value: Any,
        *,
        origin: str,
        keys: Iterable[Key],
    ) -> None:
        """Enter a figure; what is missing or entered already is passed over."""
        figure_id = f"{component_id}:{edition}:{subject}:{measure}"
        number = real(value)
        if number is None or figure_id in self.rows:
            return
        marks = tuple(sorted({self.keys.setdefault(key, len(self.keys) + 1) for key in keys}))
        for mark in marks:
            lines, subjects, n = self.used.get(mark, ([], [], 0))
            self.used[mark] = (
                lines if component_id in lines else [*lines, component_id],
                subjects if subject in subjects else [*subjects, subject],
                n + 1,
            )
        self.rows[figure_id] = {
            "figure_id": figure_id, "index_id": index_id, "component_id": component_id,
            "edition": edition, "subject": subject, "measure": measure, "value": number,
            "unit_of_measure": UNITS_OF_MEASURE.get(measure, ""), "origin": origin, "marks": marks,
        }  # fmt: skip


def traced(
    frames: Mapping[str, pd.DataFrame],
    known: Knowledge,
    *,
    seen: pd.DataFrame,
    unit_id: str,
    edition: int,
    baseline: int,
    sources: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every figure of a scorecard with its marks, and what the marks stand for.

    Args:
        frames: totals, history, region, components, targets, ends and blocks of the scorecard.
        known: result of `analytics.board.knowledge`.
        seen: standings of the editions that were out on the day.
        unit_id: the unit reported on.
        edition: year reported.
        baseline: year compared against.
        sources: one row per source_id or batch_id, with `SOURCE_FIELDS`; ids when absent.

    Returns:
        Figures, one row per figure_id with the columns of `FIGURE_FIELDS` (marks a tuple, the
        source that of the first mark), and traces, one row per mark with `TRACE_FIELDS`.

    Source: docs/method/scorecard.md.
    """
    book = _Book()
    years = sorted({edition, baseline, *frames["history"]["edition"].astype(int)}, reverse=True)
    fields = _field_keys(seen, [edition, baseline])
    _held(book, frames, seen, unit_id, years, [edition, baseline])
    _totals(book, frames, fields, known, unit_id)
    _components(book, frames["components"], fields, unit_id, edition, baseline)
    _targets(book, frames["targets"], unit_id)
    traces = _traces(book, known, sources)
    return _figures(book, traces), traces


def _key(row: Any) -> Key:
    return ("figure", str(row["index_id"]), int(row["edition"]), text(row["source_id"]),
            text(row["batch_id"]))  # fmt: skip


def _field_keys(seen: pd.DataFrame, years: list[int]) -> dict[tuple[str, int], list[Key]]:
    """The sources of the whole field of a line in one edition."""
    rows = seen.loc[seen["edition"].isin(years) & seen["score"].notna()]
    columns = ["component_id", "index_id", "edition", "source_id", "batch_id"]
    found: dict[tuple[str, int], list[Key]] = {}
    for _, row in rows[columns].drop_duplicates().iterrows():
        found.setdefault((str(row["component_id"]), int(row["edition"])), []).append(_key(row))
    return found


def _held(
    book: _Book,
    frames: Mapping[str, pd.DataFrame],
    seen: pd.DataFrame,
    unit_id: str,
    years: list[int],
    compared: list[int],
) -> None:
    """Figures held as such: the unit's own, then those of the units it is shown among."""
    order = {index_id: at for at, index_id in enumerate(frames["totals"]["index_id"])}
    lines = {*frames["totals"]["index_id"], *frames["components"]["component_id"],
             *frames["blocks"]["component_id"]}  # fmt: skip
    shown = {*frames["region"]["unit_id"], *frames["ends"]["unit_id"]} - {unit_id}
    is_total = seen["component_id"] == seen["index_id"]
    own = seen.loc[(seen["unit_id"] == unit_id) & seen["component_id"].isin(lines)]
    others = seen.loc[seen["unit_id"].isin(shown) & is_total & seen["index_id"].isin(order)]
    # Five years of the index itself are the unit's own; all else stays within the two compared.
    recent = others["edition"].isin(compared)
    own = own.loc[own["edition"].isin(compared) | is_total.loc[own.index]]
    for rows in (own.loc[own["edition"].isin(years)], others.loc[recent]):
        ranked = rows.assign(
            _index=rows["index_id"].map(order), _line=rows["component_id"] != rows["index_id"]
        ).sort_values(
            ["_index", "edition", "_line", "component_id", "unit_id"],
            ascending=[True, False, True, True, True],
        )
        for _, row in ranked.iterrows():
            at = (str(row["index_id"]), str(row["component_id"]), int(row["edition"]),
                  str(row["unit_id"]))  # fmt: skip
            for measure in ("score", "rank", "percent", "max_score"):
                origin = text(row.get(f"{measure}_origin")) or PUBLISHED
                book.add(*at, measure, row[measure], origin=origin, keys=[_key(row)])


def _totals(
    book: _Book,
    frames: Mapping[str, pd.DataFrame],
    fields: Mapping[tuple[str, int], list[Key]],
    known: Knowledge,
    unit_id: str,
) -> None:
    national, region = known.tables.national, frames["region"]
    for _, row in frames["totals"].iterrows():
        index_id, year, before = str(row["index_id"]), int(row["edition"]), int(row["baseline"])
        both = [*_own(book, index_id, year, unit_id), *_own(book, index_id, before, unit_id)]
        for measure in ("gain", "score_change"):
            book.add(index_id, index_id, year, unit_id, measure, row[measure],
                     origin=COMPUTED, keys=both)  # fmt: skip
        whole_field = fields.get((index_id, year), [])
        both_fields = [*whole_field, *fields.get((index_id, before), [])]
        for measure in ("own", "peers", "method", "composition"):
            book.add(index_id, index_id, year, unit_id, measure, row[measure],
                     origin=COMPUTED, keys=both_fields)  # fmt: skip
        near = region.loc[region["index_id"] == index_id, "unit_id"]
        beside = [key for other in near for key in _own(book, index_id, year, str(other))]
        book.add(index_id, index_id, year, unit_id, "region_rank", row["region_rank"],
                 origin=COMPUTED, keys=beside)  # fmt: skip
        said = national.loc[
            (national["component_id"] == index_id) & (national["edition"] == year)
            & (national["area"] == NATIONAL) & (national["statistic"] == "mean")
        ]  # fmt: skip
        is_said = row["mean_origin"] == PUBLISHED and len(said)
        source = [("figure", index_id, year, text(said["source_id"].iloc[0]), "reference")
                  ] if is_said else whole_field  # fmt: skip
        book.add(index_id, index_id, year, NATIONAL, "mean", row["mean"],
                 origin=PUBLISHED if is_said else COMPUTED, keys=source)  # fmt: skip
        for measure in ("median", "best"):
            book.add(index_id, index_id, year, NATIONAL, measure, row[measure],
                     origin=COMPUTED, keys=whole_field)  # fmt: skip
        for measure in ("n_up", "n_down", "n_same"):
            book.add(index_id, index_id, year, NATIONAL, measure, row[measure],
                     origin=COMPUTED, keys=both_fields)  # fmt: skip


def _own(book: _Book, component_id: str, edition: int, subject: str) -> list[Key]:
    """The sources of a held figure: its score's or its place's."""
    by_mark = {mark: key for key, mark in book.keys.items()}
    keys: list[Key] = []
    for measure in ("score", "rank"):
        row = book.rows.get(f"{component_id}:{edition}:{subject}:{measure}")
        keys += [by_mark[mark] for mark in row["marks"]] if row else []
    return keys


def _components(
    book: _Book,
    components: pd.DataFrame,
    fields: Mapping[tuple[str, int], list[Key]],
    unit_id: str,
    edition: int,
    baseline: int,
) -> None:
    for _, row in components.iterrows():
        line = str(row["component_id"])
        at = (str(row["index_id"]), line, edition, unit_id)
        now, before = _own(book, line, edition, unit_id), _own(book, line, baseline, unit_id)
        whole_field = fields.get((line, edition), [])
        both_fields = [*whole_field, *fields.get((line, baseline), [])]
        listed: Key = ("catalogue", at[0], edition, "catalogue", "reference")
        for measure, keys in (
            ("max_score", [listed]), ("percent", now), ("lost", now), ("gain", [*now, *before]),
            ("score_change", [*now, *before]), ("recoverable", whole_field),
            ("points_missing", whole_field), ("own", both_fields), ("peers", both_fields),
            ("effect_on_total", both_fields),
        ):  # fmt: skip
            book.add(*at, measure, row[measure], origin=COMPUTED, keys=keys)
        for measure in ("mean", "best"):
            book.add(*at[:3], NATIONAL, measure, row[measure], origin=COMPUTED, keys=whole_field)


def _targets(book: _Book, targets: pd.DataFrame, unit_id: str) -> None:
    if targets.empty:
        return
    for _, row in targets.loc[targets["status"] != "no_target"].iterrows():
        line, year = str(row["component_id"]), int(row["edition"])
        asked: Key = ("document", str(row["index_id"]), year, text(row["document_id"]), "")
        base = pd.isna(row["baseline_used"])
        keys = [] if base else _own(book, line, int(row["baseline_used"]), unit_id)
        at = (str(row["index_id"]), line, year, str(row["target_id"]))
        for measure in ("required_rank", "required_score", "amount"):
            book.add(*at, measure, row.get(measure), origin=DOCUMENT, keys=[asked, *keys])
        now = _own(book, line, year, unit_id)
        book.add(*at, "gap", row.get("gap"), origin=COMPUTED, keys=[asked, *keys, *now])


def _traces(book: _Book, known: Knowledge, sources: pd.DataFrame | None) -> pd.DataFrame:
    """One row per mark; a load by a person is its own source."""
    named = {} if sources is None else {
        str(row["source_id"]): row for _, row in sources.iterrows()
    }  # fmt: skip
    papers = known.tables.targets.drop_duplicates("document_id").set_index("document_id")
    rows = []
    for (kind, index_id, edition, source_id, batch_id), mark in book.keys.items():
        lines, subjects, n = book.used.get(mark, ([], [], 0))
        row = {
            "mark": mark, "kind": kind, "index_id": index_id, "edition": edition,
            "component_ids": tuple(lines), "subjects": tuple(subjects), "source_id": source_id,
            "batch_id": batch_id, "n_figures": n,
        }  # fmt: skip
        if kind == "document" and source_id in papers.index:
            paper = papers.loc[source_id]
            about = {
                "producer": text(paper["document_issuer"]), "title": text(paper["document_title"]),
                "document": text(paper["document_number"]), "url": "",
                "published_on": _day(paper["document_issued_on"]),
            }  # fmt: skip
        else:
            # What a person loaded is told by the load; the source_id is then the index's own.
            found = named.get(batch_id, named.get(source_id))
            about = {
                name: "" if found is None else text(found.get(name)) for name in SOURCE_FIELDS
            }  # fmt: skip
            about["title"] = about["title"] or source_id
            about |= {"title": ""} if kind == "catalogue" else {}
        rows.append({**row, **about})
    return pd.DataFrame(rows, columns=TRACE_FIELDS)


def _day(value: Any) -> str:
    return "" if pd.isna(value) else pd.Timestamp(value).date().isoformat()


def _figures(book: _Book, traces: pd.DataFrame) -> pd.DataFrame:
    """Figures with the source of their first mark written out."""
    by_mark = {int(row["mark"]): row for _, row in traces.iterrows()}
    made = []
    for row in book.rows.values():
        found: Any = by_mark[row["marks"][0]] if row["marks"] else {}
        about = ("source_id", "title", "document", "url", "published_on", "batch_id")
        made.append({**row, **{name: text(found.get(name)) for name in about}})
    return pd.DataFrame(made, columns=FIGURE_FIELDS)
