"""How the figures of a scorecard are written, each with the marks of its sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.schema import OUTSIDE_TOP
from analytics.scorecard import Scorecard
from briefing.explain import effect_words
from briefing.parts import clean, figured
from locales import form, named, t

PARTS = ("own", "peers", "method", "composition")
Row = Mapping[str, Any]


class Pen:
    """Writes the figures of one scorecard."""

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        found = card.figures
        self._marks: dict[str, tuple[int, ...]] = dict(
            zip(found["figure_id"], found["marks"], strict=True)
        )
        self._ours = set(found.loc[found["origin"] == "computed", "figure_id"])
        totals = card.totals.set_index("index_id")
        self.shorts: dict[str, str] = {str(k): str(v) for k, v in totals["short"].items()}
        self.decimals: dict[str, int] = {str(k): int(v) for k, v in totals["decimals"].items()}

    # ------------------------------------------------------------------------------- names

    @property
    def unit(self) -> str:
        """The unit with its kind: tỉnh Kon Tum."""
        name = clean(named(vars(self.card), "unit"))
        return t("report.unit_city" if self.card.is_city else "report.unit_province", unit=name)

    @property
    def bare_unit(self) -> str:
        """The unit's name alone."""
        return clean(named(vars(self.card), "unit"))

    @property
    def region(self) -> str:
        """The region's name."""
        return named(vars(self.card), "region")

    @property
    def indices(self) -> str:
        """The indices reported on: "PAR INDEX và SIPAS"."""
        return self.listed([self.shorts[i] for i in self.card.index_ids])

    @staticmethod
    def listed(words: list[str]) -> str:
        """A, B và C."""
        if len(words) < 2:
            return "".join(words)
        return t("why.and", first=", ".join(words[:-1]), last=words[-1])

    @staticmethod
    def component(row: Row) -> str:
        """A component with its code, "Cải cách thể chế (C2)"; the index itself "Tổng hợp"."""
        if row["component_id"] == row["index_id"] or form.is_missing(row.get("component_vi")):
            return t("report.whole_index")
        return f"{named(row, 'component')} ({row['code']})"

    # ----------------------------------------------------------------------------- figures

    def figure(self, figure_ids: str | tuple[str, ...], said: str) -> str:
        """A text that prints these figures, with their marks."""
        ids = (figure_ids,) if isinstance(figure_ids, str) else figure_ids
        marks = sorted({mark for one in ids for mark in self._marks.get(one, ())})
        held = tuple(one for one in ids if one in self._marks)
        return figured(said, held, tuple(marks))

    def value(self, row: Row, measure: str, value: Any, *, subject: str | None = None) -> str:
        """Points or per cent of a row, with the marks of that measure; a dash when missing."""
        decimals = self.decimals.get(str(row["index_id"]), 2)
        said = form.number(value, decimals)
        if form.is_missing(value):
            return said
        return self.figure(self.key(row, measure, subject), said)

    def key(
        self, row: Row, measure: str, subject: str | None = None, edition: int | None = None
    ) -> str:
        """Figure key of a row's component in the year reported."""
        year = self.card.edition if edition is None else edition
        line = row.get("component_id") or row["index_id"]
        return self.card.figure(str(line), year, measure, subject)

    def place(self, row: Row, *, subject: str | None = None, edition: int | None = None) -> str:
        """A place as k/N with its marks, with bounds where only they are known."""
        if form.is_missing(row["rank"]):
            known = row.get("state") == OUTSIDE_TOP
            bounds = form.places(row.get("rank_low"), row.get("rank_high"), row["n_ranked"])
            return bounds if known else form.NO_VALUE
        return self._starred(self.key(row, "rank", subject, edition), row["rank"], row["n_ranked"])

    def place_before(self, row: Row, *, subject: str | None = None) -> str:
        """The place of the year compared against."""
        rank = row.get("baseline_rank", row.get("rank_baseline"))
        n = row.get("baseline_n", row.get("n_baseline"))
        if form.is_missing(rank):
            return form.NO_VALUE
        return self._starred(self.key(row, "rank", subject, self.card.baseline), rank, n)

    def _starred(self, key: str, rank: Any, n_ranked: Any) -> str:
        """A place, with an asterisk where it was computed and not published."""
        return self.figure(key, form.place(rank, n_ranked) + ("*" if key in self._ours else ""))

    def gain(self, row: Row) -> str:
        """A change of places in words: tăng 12 bậc."""
        return self.figure(self.key(row, "gain"), form.gain(row["gain"]))

    def change(self, row: Row) -> str:
        """A change of points in words: tăng 4,79 điểm."""
        decimals = self.decimals.get(str(row["index_id"]), 2)
        value = row["score_change"]
        if form.is_missing(value) or round(abs(float(value)), decimals) == 0:
            return "" if form.is_missing(value) else t("form.score_same")
        return self.figure(self.key(row, "score_change"), form.score_change(value, decimals))

    def short_gain(self, row: Row, *, subject: str | None = None) -> str:
        """A change of places for a table cell: tăng 12, giảm 02, không đổi."""
        value = row["gain"]
        if form.is_missing(value):
            return form.NO_VALUE
        if value == 0:
            return t("report.gain_short_none")
        key = "report.gain_short_up" if value > 0 else "report.gain_short_down"
        said = t(key, n=form.whole(abs(int(value))))
        if subject is not None:
            ids = tuple(self.key(row, "rank", subject, year)
                        for year in (self.card.edition, self.card.baseline))  # fmt: skip
            return self.figure(ids, said)
        return self.figure(self.key(row, "gain"), said)

    def short_change(self, row: Row) -> str:
        """A change of points for a table cell: +0,32; the sign is that of the points."""
        value, decimals = row["score_change"], self.decimals.get(str(row["index_id"]), 2)
        if form.is_missing(value):
            return form.NO_VALUE
        shown = round(float(value), decimals)
        sign = "+" if shown > 0 else "-" if shown < 0 else ""
        said = sign + form.number(abs(shown), decimals)
        return self.figure(self.key(row, "score_change"), said)

    def effects(self, row: Row) -> str:
        """What the own score and the rivals did to a place: "…; …"; empty when not split."""
        kind = t("why.city" if self.card.is_city else "why.province")
        said = []
        for part in PARTS:
            value = row.get(part)
            is_idle = part not in ("own", "peers") and not form.is_missing(value) and value == 0
            if value is None or form.is_missing(value) or is_idle:
                continue
            words = effect_words(part, float(value), kind)
            said.append(self.figure(self.key(row, part), words))
        return "; ".join(said)


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain records, missing values as None."""
    return [
        {
            str(name): value if isinstance(value, tuple) or not pd.isna(value) else None
            for name, value in row.items()
        }
        for _, row in frame.iterrows()
    ]
