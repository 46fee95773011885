"""The tables T1 to T7 of a report and the annex of sources, cell by cell, every number marked."""

from __future__ import annotations

from typing import Any

from analytics.scorecard import Scorecard
from briefing import sentences
from briefing.figure_words import Pen, Row, rows_of
from briefing.parts import Table, clean, gap, mark_text, runs
from locales import form, named, t


def table(
    table_id: str,
    caption: str,
    heads: list[str],
    cells: list[list[str]],
    widths: list[float],
    align: str,
    strong: tuple[int, ...] = (),
    *,
    may_lack: tuple[int, ...] = (),
) -> Table:
    """A table from texts with marked figures, without those of `may_lack` that hold nothing.

    A column of dashes tells nobody anything; where no cell of it has a value it is left out.
    """
    empty = {at for at in may_lack if all(row[at] == form.NO_VALUE for row in cells)}
    kept = [at for at in range(len(heads)) if at not in empty]
    heads, widths = [heads[at] for at in kept], [widths[at] for at in kept]
    cells, align = [[row[at] for at in kept] for row in cells], "".join(align[at] for at in kept)
    return Table(
        table_id=table_id,
        caption=caption,
        heads=tuple(heads),
        rows=tuple(tuple(runs(cell) for cell in row) for row in cells),
        widths=tuple(widths),
        align=align,
        strong_rows=strong,
    )


def history(pen: Pen, index_id: str) -> Table:
    """T1: five years of one index."""
    card = pen.card
    rows = rows_of(card.table("T1", index_id))
    cells = [
        [
            str(row["edition"]),
            _at(pen, row, "score"),
            pen.place({**row, "component_id": index_id}, edition=int(row["edition"])),
            named(row, "group_name") if row["group_name_vi"] else form.NO_VALUE,
            _moved(pen, row),
        ]
        for row in rows
    ]
    caption = t("report.table_history", index=pen.shorts[index_id], unit=pen.unit,
                first=rows[0]["edition"], last=rows[-1]["edition"])  # fmt: skip
    heads = [t(f"report.col.{name}") for name in ("year", "score", "place", "group", "gain")]
    last = len(cells) - 1
    return table(f"T1-{index_id}", caption, heads, cells, [1, 1.3, 1.3, 1.6, 1.6], "crccc",
                 (last,), may_lack=(1, 3, 4))  # fmt: skip


def _at(pen: Pen, row: Row, measure: str) -> str:
    value = row[measure]
    if form.is_missing(value):
        return form.NO_VALUE
    said = form.number(value, pen.decimals[row["index_id"]])
    return pen.figure(pen.card.figure(row["index_id"], int(row["edition"]), measure), said)


def _moved(pen: Pen, row: Row) -> str:
    """The change of place since the year before, with the marks of both years."""
    gain = row["gain"]
    if form.is_missing(gain):
        return form.NO_VALUE
    if gain == 0:
        return t("report.gain_short_none")
    key = "report.gain_short_up" if gain > 0 else "report.gain_short_down"
    years = (int(row["edition"]), int(row["edition"]) - 1)
    ids = tuple(pen.card.figure(row["index_id"], year, "rank") for year in years)
    return pen.figure(ids, t(key, n=form.whole(abs(int(gain)))))


def components(pen: Pen, index_id: str, *, level: int = 1) -> Table:
    """T2: the components of one index, or their parts."""
    card = pen.card
    rows = rows_of(card.components_of(index_id, level=level))
    cells = []
    for row in rows:
        national = "national"
        cells.append([
            f"{row['code']}. {named(row, 'component')}",
            pen.value(row, "score", row["score"]),
            pen.value(row, "max_score", row["max_score"]),
            pen.value(row, "percent", row["percent"]),
            pen.place(row),
            pen.place_before(row),
            pen.short_gain(row),
            pen.short_change(row),
            pen.value(row, "mean", row["mean"], subject=national),
            pen.value(row, "best", row["best"], subject=national),
        ])  # fmt: skip
    columns = ("name", "score", "max", "percent", "place", "before", "gain", "change", "mean",
               "best")  # fmt: skip
    heads = [t(f"report.col.{name}", baseline=card.baseline) for name in columns]
    key = "report.table_components" if level == 1 else "report.table_parts"
    caption = t(key, index=pen.shorts[index_id], what=areas(index_id, level), year=card.edition,
                baseline=card.baseline)  # fmt: skip
    # Wide enough for every number with its marks on one line.
    widths = [3.0, 1.2, 1.35, 1.3, 1.5, 1.5, 1.75, 1.6, 1.2, 1.2]
    return table(f"T2-{index_id}-{level}", caption, heads, cells, widths, "lrrrccccrr",
                 may_lack=tuple(range(1, len(heads))))  # fmt: skip


def areas(index_id: str, level: int = 1) -> str:
    """What the components of an index are called."""
    is_area = index_id == "par_index" and level == 1
    return t("report.what_areas" if is_area else "report.what_parts")


def targets(pen: Pen) -> Table:
    """T3: every target with its verdict."""
    card = pen.card
    rows = rows_of(card.table("T3"))
    cells = []
    for row in rows:
        asked = form.NO_VALUE
        if not form.is_missing(row["required_rank"]):
            asked = pen.figure(target_key(card, row, "required_rank"), str(row["required_rank"]))
        number = clean(row["document_number"] or form.NO_VALUE)
        cells.append([
            f"{pen.component(row)} – {pen.shorts[row['index_id']]}",
            clean(sentences.full_target_words(row)),
            asked,
            actual_place(pen, row),
            t(f"status.{row['status']}"),
            number,
            clean(row["lead_agency"] or t("report.agency_none")),
        ])  # fmt: skip
    heads = [t(f"report.col.{name}") for name in
             ("name", "target", "required", "actual", "status", "document", "agency")]  # fmt: skip
    return table("T3", t("report.table_targets", year=card.edition), heads, cells,
                 [3, 2.8, 1.2, 1.5, 1.8, 1.8, 2.6], "llcclll")  # fmt: skip


def taken_over(pen: Pen) -> Table:
    """Targets of former units, which nobody is judged by until a document sets them anew."""
    cells = [
        [
            named(row, "from"),
            f"{pen.component(row)} – {pen.shorts[row['index_id']]}",
            clean(sentences.full_target_words(row)),
            t("status.not_assessable"),
            clean(row["document_number"] or form.NO_VALUE),
            clean(row["lead_agency"] or t("report.agency_none")),
        ]
        for row in rows_of(pen.card.taken_over)
    ]
    heads = [t("merger.taken_unit"), *(t(f"report.col.{name}") for name in
             ("name", "target", "status", "document", "agency"))]  # fmt: skip
    return table("T3b", t("merger.taken_title", year=pen.card.edition), heads, cells,
                 [2, 3.2, 3, 2, 1.9, 3], "llllll")  # fmt: skip


def target_key(card: Scorecard, row: Row, measure: str) -> str:
    """Figure key of what one target asks for."""
    return card.figure(row["component_id"], int(row["edition"]), measure, str(row["target_id"]))


def actual_place(pen: Pen, row: Row) -> str:
    """The place a target is measured by."""
    return pen.place({
        **row, "rank": row["actual_rank"], "rank_low": row["actual_low"],
        "rank_high": row["actual_high"], "rank_origin": row["actual_origin"],
        "state": row["actual_state"],
    })  # fmt: skip


def lost(pen: Pen, index_id: str) -> Table:
    """T4: points lost by component and leading agency."""
    rows = rows_of(pen.card.table("T4", index_id))
    cells = [
        [
            f"{row['code']}. {named(row, 'component')}",
            pen.value(row, "score", row["score"]),
            pen.value(row, "max_score", row["max_score"]),
            pen.value(row, "lost", row["lost"]),
            clean(row["agency"] or t("report.agency_none")),
        ]
        for row in rows
    ]
    heads = [t(f"report.col.{name}") for name in ("name", "score", "max", "lost", "agency")]
    caption = t("report.table_lost", index=pen.shorts[index_id], year=pen.card.edition)
    return table(f"T4-{index_id}", caption, heads, cells, [4.5, 1.3, 1.3, 1.3, 3.4], "lrrrl")


def region(pen: Pen, index_id: str) -> Table:
    """T5: the units of the region."""
    card = pen.card
    # Units of which nothing is held are counted in the text above.
    rows = [row for row in rows_of(card.table("T5", index_id))
            if row["is_self"] or any(row[name] is not None for name in
                                     ("score", "rank", "rank_baseline"))]  # fmt: skip
    cells, strong = [], []
    for at, row in enumerate(rows):
        own = {**row, "component_id": index_id}
        if row["is_self"]:
            strong.append(at)
        cells.append([
            named(row, "unit"),
            pen.value(own, "score", row["score"], subject=row["unit_id"]),
            pen.place(own, subject=row["unit_id"]),
            pen.place_before(own, subject=row["unit_id"]),
            pen.short_gain(own, subject=row["unit_id"]),
            form.whole(row["place"]) if row["place"] is not None else form.NO_VALUE,
        ])  # fmt: skip
    heads = [t(f"report.col.{name}", baseline=card.baseline)
             for name in ("unit", "score", "place", "before", "gain", "regional")]  # fmt: skip
    caption = t("report.table_region", index=pen.shorts[index_id], region=pen.region,
                year=card.edition, baseline=card.baseline)  # fmt: skip
    return table(f"T5-{index_id}", caption, heads, cells, [3, 1.3, 1.3, 1.4, 1.4, 1.4], "lrcccc",
                 tuple(strong), may_lack=(1, 3, 4, 5))  # fmt: skip


def satisfaction(pen: Pen) -> Table:
    """T6: SIPAS by component."""
    rows = rows_of(pen.card.table("T6"))
    cells = [
        [f"{row['code']}. {named(row, 'component')}", pen.value(row, "score", row["score"]),
         pen.place(row), pen.place_before(row), pen.short_gain(row)]
        for row in rows
    ]  # fmt: skip
    heads = [t(f"report.col.{name}", baseline=pen.card.baseline)
             for name in ("name", "score", "place", "before", "gain")]  # fmt: skip
    caption = t("report.table_satisfaction", year=pen.card.edition)
    return table("T6", caption, heads, cells, [5, 1.3, 1.4, 1.4, 1.6], "lrccc",
                 may_lack=(1, 3, 4))  # fmt: skip


def work(pen: Pen) -> Table:
    """T7: what each agency has to mend; how and by when is for people to write."""
    # One row per agency, component, reason and role; a document may ask for the same in five lines.
    found: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}
    for row in rows_of(pen.card.table("T7")):
        key = (str(row["agency_id"]), row["component_id"], row["cause"], row["role"])
        found.setdefault(key, []).append(row)
    cells = []
    for rows in found.values():
        row = rows[0]
        asked = "; ".join(dict.fromkeys(word for one in rows if (word := task_target(one))))
        cells.append([
            clean(row["agency"] or t("report.tasks_unassigned")),
            f"{pen.component(row)} – {pen.shorts[row['index_id']]}{': ' if asked else ''}{asked}",
            t(f"report.task_cause.{row['cause']}"),
            t(f"report.role.{row['role']}"),
            pen.value(row, "lost", row["lost"]),
            gap(t("report.gap_short")),
        ])  # fmt: skip
    heads = [t(f"report.col.{name}")
             for name in ("agency", "task", "cause", "role", "lost", "solution")]  # fmt: skip
    return table("T7", t("report.table_tasks"), heads, cells, [2.6, 4, 2.2, 1.3, 1.3, 2],
                 "lllcrl")  # fmt: skip


def task_target(row: Row) -> str:
    """The words of the target behind a task; nothing for a weakness."""
    if row["target_id"] is None or form.is_missing(row["kind"]):
        return ""
    return clean(sentences.full_target_words(row))


def sources(pen: Pen, marks: set[int]) -> Table:
    """What every mark stands for: index, year, components, source document, load."""
    rows = rows_of(pen.card.traces)
    cells = [
        [
            mark_text((row["mark"],)),
            pen.shorts.get(row["index_id"], str(row["index_id"]).upper()),
            str(row["edition"]),
            lines_words(pen, row),
            source_words(row),
            batch_words(row),
        ]
        for row in rows
        if row["mark"] in marks
    ]
    heads = [t(f"report.col.{name}")
             for name in ("mark", "index", "year", "components", "source", "batch")]  # fmt: skip
    return table("sources", t("report.table_sources"), heads, cells,
                 [0.9, 1.4, 0.9, 2.2, 5.6, 1.7], "cllll" + "l")  # fmt: skip


def lines_words(pen: Pen, row: Row) -> str:
    """Codes of the components a source gives: Tổng hợp; C2; C3."""
    codes = dict(zip(pen.card.components["component_id"], pen.card.components["code"], strict=True))
    said = [t("report.whole_index") if line == row["index_id"] else codes.get(line, line)
            for line in row["component_ids"]]  # fmt: skip
    shown = [one for one in dict.fromkeys(said) if one.count(".") == 0]
    return "; ".join(shown or dict.fromkeys(said))


def source_words(row: Row) -> str:
    """Producer, title, number, day and address of a source, as far as they are recorded."""
    if row["kind"] == "catalogue":
        return t("report.catalogue")
    day = row["published_on"]
    parts = [row["producer"], row["title"], row["document"],
             form.day(day) if day and has_day(day) else day, row["url"]]  # fmt: skip
    return clean("; ".join(dict.fromkeys(str(part) for part in parts if part)))


def has_day(text: str) -> bool:
    """Whether a recorded date is a whole one: 2024-04-17."""
    return len(text) >= 10 and text[4] == "-"


def batch_words(row: Row) -> str:
    """The load a figure came with; the shipped figures have none of their own."""
    if row["batch_id"] == "reference" or not row["batch_id"]:
        return t("report.batch_reference") if row["batch_id"] else form.NO_VALUE
    return str(row["batch_id"])
