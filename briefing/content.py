"""The text of a report, written from one scorecard: what an official would write, and marked gaps.

Pure: no clock, no file, no form. The same document is drawn as Word and as PDF, in the language in
use; what only people can write stands as "[… cần bổ sung: … …]".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.plain import whole
from analytics.schema import NOT_HELD, NOT_PUBLISHED, OUTSIDE_TOP, WITHHELD
from analytics.scorecard import Scorecard
from briefing import content_tables as tables
from briefing import sentences
from briefing.figure_words import Pen, Row, rows_of
from briefing.parts import (
    Annex,
    Block,
    Document,
    Heading,
    Paragraph,
    Picture,
    Run,
    Section,
    capital,
    clean,
    gap,
    mark_text,
    runs,
)
from locales import form, language, named, t

PAR_SIPAS, PAPI, LEADER, SPECIAL = "par-sipas", "papi", "leader", "special"
KINDS = (PAR_SIPAS, PAPI, LEADER, SPECIAL)
# What a kind reports on where nobody asks for anything else; the others take what the card holds.
INDICES = {PAR_SIPAS: ("par_index", "sipas"), PAPI: ("papi",)}
SECTIONS = ("general", "results", "evaluation", "tasks", "proposals", "caveats")
LEADER_SECTIONS = ("results", "why", "targets", "losses", "forecast", "decisions", "caveats")
NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
N_LOSSES, N_RED = 3, 3
NOT_REACHED = ("missed", "off_track", "at_risk", "held_not_improved")


@dataclass(frozen=True)
class Facts:
    """What stands around the text: who reports to whom, and how the pack came about.

    Attributes:
        office: who reports; a gap when empty.
        recipient: to whom; a gap when empty.
        author: who made the pack.
        made_at: when, as it is to be printed.
        version: version of the data.
    """

    office: str = ""
    recipient: str = ""
    author: str = ""
    made_at: str = ""
    version: str = ""


class SectionUnknown(ValueError):
    """A section that reports of that kind do not have."""


def report(
    card: Scorecard,
    *,
    kind: str,
    sections: Sequence[str] | None = None,
    facts: Facts | None = None,
) -> Document:
    """The document of one kind from a scorecard, in the language in use.

    Args:
        card: the scorecard; its indices, agencies, unit and years are those of the document.
        kind: par-sipas, papi, leader (one page) or special (đột xuất: whatever the card holds).
        sections: section ids to keep, of `SECTIONS` or `LEADER_SECTIONS`; all by default.
        facts: who reports to whom; gaps where nothing is given.

    Raises:
        SectionUnknown: `sections` names one that the kind does not have.
        KeyError: no such kind.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    known = LEADER_SECTIONS if kind == LEADER else SECTIONS
    unknown = [name for name in sections or () if name not in known]
    if unknown:
        raise SectionUnknown(", ".join(unknown))
    made = _Writer(card, kind, facts or Facts(), tuple(sections or known))
    return made.leader() if kind == LEADER else made.report()


def taken_over_words(pen: Pen) -> list[str]:
    """That targets of former units wait to be set anew; nothing where there are none."""
    rows = rows_of(pen.card.taken_over)
    units = pen.listed(list(dict.fromkeys(named(row, "from") for row in rows)))
    said = {"n": form.whole(len(rows)), "units": units, "unit": pen.unit}
    return [t("merger.taken_said", year=pen.card.edition, **said)] if rows else []


def why_lines(card: Scorecard) -> list[str]:
    """Why each index moved, one text with marked figures per cause, as the leader's page says."""
    return _Writer(card, LEADER, Facts(), LEADER_SECTIONS).why_lines()


class _Writer:
    """Writes one document; sections are numbered as they are kept."""

    def __init__(self, card: Scorecard, kind: str, facts: Facts, wanted: tuple[str, ...]) -> None:
        self.card, self.kind, self.facts, self.wanted = card, kind, facts, wanted
        self.pen = Pen(card)
        self.n_sections = 0

    # -------------------------------------------------------------------------- the documents

    def report(self) -> Document:
        builders: dict[str, Callable[[], Section]] = {
            "general": self.general, "results": self.results, "evaluation": self.evaluation,
            "tasks": self.tasks, "proposals": self.proposals, "caveats": self.caveats,
        }  # fmt: skip
        sections = tuple(builders[name]() for name in SECTIONS if name in self.wanted)
        opening = t(
            "report.opening", duty=_gap("duty"), office=self.office, indices=self.pen.indices,
            year=self.card.edition, unit=self.pen.unit, baseline=self.card.baseline,
            day=form.day(self.card.as_of),
        )  # fmt: skip
        closing = t("report.closing", indices=self.pen.indices, year=self.card.edition,
                    unit=self.pen.unit)  # fmt: skip
        made = self._document(sections, (_body(capital(opening)),), (_body(closing),))
        return self._with_annexes(made, self._annexes())

    def leader(self) -> Document:
        builders: dict[str, Callable[[], list[Block]]] = {
            "results": self.leader_results, "why": self.leader_why,
            "targets": self.leader_targets, "losses": self.leader_losses,
            "forecast": self.leader_forecast, "decisions": self.leader_decisions,
            "caveats": self.leader_caveats,
        }  # fmt: skip
        sections = []
        for name in LEADER_SECTIONS:
            if name not in self.wanted:
                continue
            blocks = builders[name]()
            if name != "caveats":
                self.n_sections += 1
                title = f"{self.n_sections}. {t(f'report.leader_{name}')}"
                blocks = _run_in(title, blocks)
            sections.append(Section(name, tuple(blocks)))
        opening = t(
            "report.opening_leader", office=self.office, recipient=self.recipient,
            indices=self.pen.indices, year=self.card.edition, unit=self.pen.unit,
            baseline=self.card.baseline, day=form.day(self.card.as_of),
        )  # fmt: skip
        closing = t("report.closing_leader", recipient=self.recipient)
        made = self._document(
            tuple(sections), (_body(capital(opening)),), (_body(closing),), is_one_page=True
        )
        marks = {mark for run in made.runs() for mark in run.marks}
        return _replace(made, tail=(source_line(self.card, marks),))

    @property
    def office(self) -> str:
        return clean(self.facts.office) or _gap("office")

    @property
    def recipient(self) -> str:
        return clean(self.facts.recipient) or _gap("recipient")

    def _document(
        self,
        sections: tuple[Section, ...],
        opening: tuple[Paragraph, ...],
        closing: tuple[Paragraph, ...],
        *,
        is_one_page: bool = False,
    ) -> Document:
        type_ = "submission" if self.kind == LEADER else "report"
        subject = t(f"report.subject_{self.kind.replace('-', '_')}", indices=self.pen.indices,
                    year=self.card.edition, unit=self.pen.unit)  # fmt: skip
        footer = t(
            "report.footer", version=clean(self.facts.version or self.card.version),
            time=self.facts.made_at or form.NO_VALUE,
            author=clean(self.facts.author) or form.NO_VALUE,
        )  # fmt: skip
        return Document(
            kind=self.kind, language=language(), type_name=t(f"report.type_{type_}"),
            symbol=t(f"report.symbol_{type_}"), subject=subject, opening=opening,
            sections=sections, annexes=(), closing=closing, footer=footer,
            is_one_page=is_one_page,
        )  # fmt: skip

    def _with_annexes(self, made: Document, annexes: list[tuple[str, list[Block]]]) -> Document:
        """Number the annexes, the annex of sources last, with what the others mark."""
        built = [self._annex(at, name, blocks) for at, (name, blocks) in enumerate(annexes, 1)]
        so_far = _replace(made, annexes=tuple(built))
        marks = {mark for run in so_far.runs() for mark in run.marks}
        notes: list[Block] = [
            Paragraph(runs(t("report.source_note")), "note"),
            Paragraph(runs(t("report.source_computed")), "note"),
        ]
        if marks:
            notes.append(tables.sources(self.pen, marks))
        built.append(self._annex(len(built) + 1, "sources", notes))
        return _replace(made, annexes=tuple(built))

    def _annex(self, number: int, name: str, blocks: list[Block]) -> Annex:
        title = f"{t('report.annex', number=number)}\n{t(f'report.annex_{name}')}"
        return Annex(name, title, tuple(blocks))

    def _annexes(self) -> list[tuple[str, list[Block]]]:
        card, pen = self.card, self.pen
        found: list[tuple[str, list[Block]]] = []
        if "results" in self.wanted:
            parts: list[Block] = []
            for index_id in card.index_ids:
                for level in (1, 2):
                    rows = card.components_of(index_id, level=level)
                    if rows["score"].notna().any() or rows["rank"].notna().any():
                        is_sipas = (index_id, level) == ("sipas", 1)
                        parts.append(
                            tables.satisfaction(pen)
                            if is_sipas
                            else tables.components(pen, index_id, level=level)
                        )
            if parts:
                found.append(("components", parts))
            found += [("targets", asked)] if (asked := self._target_tables()) else []
        if "evaluation" in self.wanted and len(card.lost):
            lost = [i for i in card.index_ids if len(card.table("T4", i))]
            said = [t("report.lost_note")]
            if "par_index" in card.index_ids:
                said.append(t("report.criteria_none"))
            notes = [Paragraph(runs(one), "note") for one in said]
            found.append(("lost", [*notes, *(tables.lost(pen, i) for i in lost)]))
        if "tasks" in self.wanted and len(card.tasks):
            found.append(("tasks", [tables.work(pen)]))
        return found

    def _target_tables(self) -> list[Block]:
        """Targets with their verdicts, and those of former units that wait to be set anew."""
        asked: list[Block] = [tables.targets(self.pen)] if len(self.card.table("T3")) else []
        return [*asked, tables.taken_over(self.pen)] if len(self.card.taken_over) else asked

    def _section(self, name: str, title: str, blocks: list[Block]) -> Section:
        self.n_sections += 1
        heading = Heading(1, f"{NUMERALS[self.n_sections - 1]}. {title}")
        return Section(name, (heading, *blocks))

    # ------------------------------------------------------------------------------ I. general

    def general(self) -> Section:
        card, pen = self.card, self.pen
        blocks: list[Block] = [Heading(2, f"1. {t('report.h_method')}")]
        blocks += [_body(self._published(total)) for total in rows_of(card.totals)]
        blocks += [
            _body(self._caveat(row)) for row in rows_of(card.caveats)
            if row["code"] == "break" and row["edition"] == card.edition
        ]  # fmt: skip
        blocks.append(_body(_gap("method", year=card.edition)))
        if "papi" in card.index_ids:
            blocks.append(_body(_gap("sample", unit=pen.unit)))
        blocks.append(Heading(2, f"2. {t('report.h_national')}"))
        for total in rows_of(card.totals):
            if total["n_ranked"] is not None:
                blocks.append(_body(self._national(total)))
        return self._section("general", t("report.h_general"), blocks)

    def _published(self, total: Row) -> str:
        said = {"publisher": named(total, "publisher"), "index": total["short"],
                "year": self.card.edition}  # fmt: skip
        if total["published_on"] is None:
            return t("report.published_none", **said)
        is_own = total["is_ranked_here"]
        key = "report.published_unranked" if is_own else "report.published"
        return t(key, **said, day=form.day(total["published_on"]), n=total["n_ranked"])

    def _national(self, total: Row) -> str:
        pen, index_id, year = self.pen, total["index_id"], self.card.edition
        said = {"index": total["short"], "year": year}
        if total["mean"] is None:
            held = form.place(total["n_held"], total["n_ranked"])
            text = t("report.national_mean_unknown", **said, held=held)
        else:
            mean = pen.value(total, "mean", total["mean"], subject="national")
            text = t("report.national_mean", **said, mean=mean)
        if total["median"] is not None:
            text += t(
                "report.national_median",
                median=pen.value(total, "median", total["median"], subject="national"),
                best=pen.value(total, "best", total["best"], subject="national"),
            )
        text += "."
        ends = self.card.ends.loc[self.card.ends["index_id"] == index_id]
        for end in ("best", "last"):
            units = [
                t("report.unit_at", unit=named(row, "unit"),
                  place=pen.place({**row, "component_id": index_id}, subject=row["unit_id"]))
                for row in rows_of(ends.loc[ends["end"] == end])
            ]  # fmt: skip
            if units:
                text += " " + t(f"report.national_{end}", units=pen.listed(units))
        if total["n_compared"] and total["n_compared"] == _both(total):
            moved = {
                name: pen.figure(self.card.figure(index_id, year, f"n_{name}", "national"),
                                 form.whole(total[f"n_{name}"]))
                for name in ("up", "down", "same")
            }  # fmt: skip
            text += " " + t("report.national_moves", baseline=self.card.baseline, **moved)
        return text

    # ----------------------------------------------------------------------------- II. results

    def results(self) -> Section:
        card, pen = self.card, self.pen
        blocks: list[Block] = []
        number = 0

        def heading(text: str) -> None:
            nonlocal number
            number += 1
            blocks.append(Heading(2, f"{number}. {text}"))

        heading(t("report.h_total"))
        for total in rows_of(card.totals):
            blocks.append(_body(self.total(total)))
            blocks += self._group_and_cause(total)
            rows = card.table("T1", total["index_id"])
            if rows["rank"].notna().any() or rows["score"].notna().any():
                blocks.append(tables.history(pen, total["index_id"]))
                blocks.append(Picture(f"history-{total['index_id']}", ""))
        if card.region_vi:
            heading(t("report.h_region"))
            for total in rows_of(card.totals):
                blocks += self._region(total)
        if len(card.blocks):
            heading(t("report.h_blocks"))
            blocks += self._blocks()
        for index_id in card.index_ids:
            what = tables.areas(index_id)
            heading(t("report.h_components", what=what, index=pen.shorts[index_id]))
            # The picture before the lines: it seldom finds room below them on the same page.
            first, *rest = self._components(index_id)
            blocks += [first, Picture(f"components-{index_id}", ""), *rest]
        heading(t("report.h_targets"))
        blocks += self._targets()
        title = t("report.h_results", unit=pen.unit.upper())
        return self._section("results", title, blocks)

    def total(self, total: Row) -> str:
        """Place, score, change and standing against the mean of one index, in one sentence."""
        pen, card = self.pen, self.card
        said: dict[str, Any] = {
            "year": card.edition, "index": total["short"], "unit": pen.unit,
            "publisher": named(total, "publisher"), "place": pen.place(total),
            "score": pen.value(total, "score", total["score"]),
        }  # fmt: skip
        if total["state"] in (WITHHELD, NOT_HELD, NOT_PUBLISHED, OUTSIDE_TOP):
            text = t(f"report.total_{total['state']}", **said)
            return capital(text + self._before_bounds(total) + ".")
        if total["rank"] is None:
            return t("report.total_no_place", **said) + "."
        text = t("report.total" if total["score"] is not None else "report.total_no_score", **said)
        return text + self._before(total) + self._against_mean(total) + "."

    def _before(self, total: Row) -> str:
        pen, baseline = self.pen, self.card.baseline
        if total["gain"] is None:
            return self._before_bounds(total) or t("report.total_before_open", baseline=baseline)
        text = t("report.total_before", gain=pen.gain(total), baseline=baseline,
                 before=pen.place_before(total))  # fmt: skip
        if not total["is_score_comparable"]:
            return text + t("report.score_parted")
        if total["score_change"] is None:
            return text
        key = self.card.figure(total["index_id"], baseline, "score")
        before = pen.figure(key, form.number(total["baseline_score"], total["decimals"]))
        return text + t("report.score_moved", change=pen.change(total), baseline=baseline,
                        before=before)  # fmt: skip

    def _before_bounds(self, total: Row) -> str:
        low, high = total["gain_low"], total["gain_high"]
        if low is None or high is None or total["baseline_rank"] is None:
            return ""
        finding = "up" if low > 0 else "down" if high < 0 else "open"
        return t(
            "report.total_before_bounds", before=self.pen.place_before(total),
            baseline=self.card.baseline, finding=t(f"report.bounds_{finding}"),
        )  # fmt: skip

    def _against_mean(self, total: Row) -> str:
        if total["mean"] is None or total["score"] is None:
            return ""
        difference = round(total["score"] - total["mean"], total["decimals"])
        if difference == 0:
            return t("report.against_mean_level")
        way = "above" if difference > 0 else "below"
        keys = (
            self.card.figure(total["index_id"], self.card.edition, "score"),
            self.card.figure(total["index_id"], self.card.edition, "mean", "national"),
        )
        points = self.pen.figure(keys, form.number(abs(difference), total["decimals"]))
        return t(f"report.against_mean_{way}", points=points)

    def _group_and_cause(self, total: Row) -> list[Block]:
        pen = self.pen
        blocks: list[Block] = []
        if total["group_vi"]:
            group, before = named(total, "group"), named(total, "baseline_group")
            is_moved = bool(before) and before != group
            blocks.append(_body(capital(t(
                "report.group_moved" if is_moved else "report.group", unit=pen.unit, group=group,
                before=before, baseline=self.card.baseline,
            ))))  # fmt: skip
        if total["gain"] is not None:
            text = self._cause(total)
            if total["change_tag"] == "within_noise":
                text += " " + t("report.noise")
            blocks.append(_body(text))
        return blocks

    def _cause(self, total: Row, *, is_short: bool = False) -> str:
        effects = self.pen.effects(total)
        if effects:
            return t("report.cause", effects=effects)
        if total["ground"] == "units_differ":
            reason = t("report.reason_units")
        elif total["n_ranked"] and total["n_held"] < total["n_ranked"]:
            held = form.place(total["n_held"], total["n_ranked"])
            reason = t("report.reason_field", held=held)
            if is_short:
                return t("report.cause_short")
        else:
            reason = t("report.reason_scores")
        kind = t("why.city" if self.card.is_city else "why.province")
        return t("report.cause_none", kind=kind, reason=reason)

    def _region(self, total: Row) -> list[Block]:
        pen, index_id = self.pen, total["index_id"]
        rows = self.card.table("T5", index_id)
        said = {"index": total["short"], "region": pen.region, "unit": pen.unit}
        if rows.empty or rows["rank"].isna().all():
            return [_body(t("report.region_none", **said))]
        if total["region_rank"] is None:
            missing = form.place(int(rows["rank"].isna().sum()), len(rows))
            text = t("report.region_open", **said, missing=missing)
        else:
            key = self.card.figure(index_id, self.card.edition, "region_rank")
            place = pen.figure(key, form.place(total["region_rank"], total["region_n"]))
            text = t("report.region", **said, place=place)
        # A table of dashes tells nobody anything.
        shown = rows["rank"].notna().sum() > 1
        return [_body(text), *([tables.region(pen, index_id)] if shown else [])]

    def _blocks(self) -> list[Block]:
        """Blocks of scores with a score; those without are named together."""
        pen, made = self.pen, []
        rows = rows_of(self.card.blocks)
        for row in rows:
            if row["score"] is not None:
                share = form.place(row["score"], row["max_score"])
                score = pen.value(row, "score", row["score"])
                text = t("report.block", name=pen.component(row), score=score, share=share)
                made.append(_bullet(text))
        names = [pen.component(row) for row in rows if row["score"] is None]
        if names:
            text = t("report.blocks_open", unit=pen.unit, year=self.card.edition,
                     names="; ".join(names))  # fmt: skip
            made.append(_body(text))
        return list(made)

    def _components(self, index_id: str) -> list[Block]:
        card, pen = self.card, self.pen
        what = tables.areas(index_id)
        rows = rows_of(card.components_of(index_id))
        held = [row for row in rows if row["rank"] is not None or row["score"] is not None]
        unsaid = [_body(t("report.expectation_none"))] if index_id == "sipas" else []
        if not held:
            total = card.total(index_id)
            key = "withheld" if total["state"] == WITHHELD else "none"
            return [_body(t(f"report.components_{key}", what=what, year=card.edition,
                            publisher=named(total, "publisher"), unit=pen.unit)),
                    *unsaid]  # fmt: skip
        by_way: dict[str, list[Row]] = {"up": [], "down": [], "same": [], "open": []}
        for row in held:
            gain = row["gain"]
            way = "open" if gain is None else "up" if gain > 0 else "down" if gain < 0 else "same"
            by_way[way].append(row)
        counts = [t(f"report.count_{name}", n=form.whole(len(found)))
                  for name, found in by_way.items() if found]  # fmt: skip
        blocks: list[Block] = [
            _body(t("report.components_count", n=form.whole(len(held)), what=what,
                    counts=", ".join(counts)))
        ]  # fmt: skip
        letters = iter("abcd")
        for way in ("up", "down", "same", "open"):
            if by_way[way]:
                blocks.append(Heading(3, f"{next(letters)}) {t(f'report.h_{way}')}"))
                found = sorted(by_way[way], key=lambda row: -abs(row["gain"] or 0))
                blocks += [_bullet(self._component(row)) for row in found]
        return [*blocks, *unsaid]

    def _component(self, row: Row) -> str:
        pen = self.pen
        score = ""
        if row["score"] is not None:
            has_max = row["max_score"] is not None
            score = t(
                "report.component_score" if has_max else "report.component_score_only",
                score=pen.value(row, "score", row["score"]),
                max=pen.value(row, "max_score", row["max_score"]),
            )
            if has_max and row["percent"] is not None:
                percent = pen.value(row, "percent", row["percent"])
                score += t("report.component_percent", percent=percent)
            score += ","
        place = t("report.component_no_place") if row["rank"] is None else (
            t("report.component_place", place=pen.place(row))
        )  # fmt: skip
        gain = "" if row["gain"] is None else t(
            "report.component_gain", gain=pen.gain(row), baseline=self.card.baseline,
            before=pen.place_before(row),
        )  # fmt: skip
        change = pen.change(row)
        text = t("report.component", name=pen.component(row), score=score, place=place, gain=gain,
                 change=t("report.component_change", change=change) if change else "")  # fmt: skip
        effects = pen.effects(row) if row["gain"] else ""
        text += "."
        return text + (t("report.component_cause", effects=effects) if effects else "")

    def _targets(self) -> list[Block]:
        card, pen = self.card, self.pen
        rows = rows_of(card.table("T3"))
        taken: list[Block] = [_body(said) for said in taken_over_words(self.pen)]
        if not rows:
            return [_body(t("report.targets_none", unit=pen.unit, indices=pen.indices,
                            year=card.edition)), *taken]  # fmt: skip
        blocks: list[Block] = []
        ranked = [row for row in rows if row["is_ranked"]]
        if ranked:
            blocks.append(_body(self._target_counts(ranked)))
        if len(rows) > len(ranked):
            n = form.whole(len(rows) - len(ranked))
            blocks.append(_body(t("report.targets_operational", n=n)))
        missed = [row for row in ranked if row["status"] in NOT_REACHED]
        return [*blocks, *(_bullet(self._missed(row)) for row in missed), *taken]

    def _target_counts(self, ranked: list[dict[str, Any]]) -> str:
        met = sum(row["status"] in ("met", "met_stretch", "on_track") for row in ranked)
        missed = sum(row["status"] in NOT_REACHED for row in ranked)
        counts = {"met": met, "missed": missed, "undecided": len(ranked) - met - missed}
        said = [t(f"report.count_{name}", n=form.whole(n)) for name, n in counts.items() if n]
        return t("report.targets_count", n=form.whole(len(ranked)), counts=", ".join(said))

    def _missed(self, row: Row) -> str:
        pen = self.pen
        said = {"name": pen.component(row), "index": pen.shorts[row["index_id"]],
                "place": tables.actual_place(pen, row),
                "agency": clean(row["lead_agency"] or t("report.agency_none"))}  # fmt: skip
        if row["gap"] is None or row["required_rank"] is None:
            words = clean(sentences.full_target_words(row))
            return t("report.target_missed_open", words=words, **said)
        places = form.whole(int(row["gap"]))
        behind = pen.figure(tables.target_key(self.card, row, "gap"), places)
        return t("report.target_missed", asked=self._asked(row), gap=behind, **said)

    def _asked(self, row: Row) -> str:
        key = tables.target_key(self.card, row, "required_rank")
        return t("report.target_asked", rank=self.pen.figure(key, str(row["required_rank"])))

    # ------------------------------------------------------------- III. to V. and the caveats

    def evaluation(self) -> Section:
        card, pen = self.card, self.pen
        rows = rows_of(card.components.loc[card.components["level"] == 1])
        strong = [row for row in rows if row["verdict"] in ("strength", "both")]
        weak = [row for row in rows if row["verdict"] in ("weakness", "both")]
        blocks: list[Block] = [Heading(2, f"1. {t('report.h_strengths')}")]
        blocks += [_bullet(self._judged("strength", row)) for row in strong] or [
            _body(t("report.strengths_none"))
        ]
        blocks.append(Heading(2, f"2. {t('report.h_weaknesses')}"))
        blocks += [_bullet(self._judged("weakness", row)) for row in weak] or [
            _body(t("report.weaknesses_none"))
        ]
        blocks += self._lost_most()
        blocks.append(Heading(2, f"3. {t('report.h_causes')}"))
        for name in ("objective", "subjective"):
            blocks.append(_body(t(f"report.cause_{name}", gap=_gap(name))))
        blocks.append(Heading(2, f"4. {t('report.h_responsibility')}"))
        by_agency: dict[str, list[str]] = {}
        for row in weak:
            for agency in (row["agency"] or "").split(";"):
                if agency.strip():
                    by_agency.setdefault(clean(agency.strip()), []).append(pen.component(row))
        if by_agency:
            said = [t("report.responsibility_item", agency=agency, names=", ".join(names))
                    for agency, names in by_agency.items()]  # fmt: skip
            blocks.append(_body(t("report.responsibility", agencies="; ".join(said))))
        blocks.append(_body(_gap("responsibility")))
        return self._section("evaluation", t("report.h_evaluation"), blocks)

    def _judged(self, key: str, row: Row) -> str:
        pen = self.pen
        place = t("report.component_no_place") if row["rank"] is None else (
            t("report.component_place", place=pen.place(row))
        )  # fmt: skip
        gain = ""
        if row["gain"] is not None:
            gain = t("report.component_gain", gain=pen.gain(row), baseline=self.card.baseline,
                     before=pen.place_before(row))  # fmt: skip
        lost = ""
        if row["lost"] is not None:
            lost = t("report.weakness_lost", lost=pen.value(row, "lost", row["lost"]))
        said = {"name": pen.component(row), "index": pen.shorts[row["index_id"]],
                "place": place.strip(), "gain": gain}  # fmt: skip
        if key == "strength":
            return t("report.strength", **said)
        return t("report.weakness", **said, lost=lost)

    def _lost_most(self) -> list[Block]:
        pen, lost = self.pen, self.card.components
        blocks: list[Block] = []
        for index_id in self.card.index_ids:
            mine = lost.loc[(lost["index_id"] == index_id) & (lost["level"] == 1)]
            rows = rows_of(mine.loc[mine["lost"].notna()].sort_values("lost", ascending=False))
            if rows:
                said = [t("report.lost_item", name=pen.component(row),
                          lost=pen.value(row, "lost", row["lost"]))
                        for row in rows[:N_LOSSES]]  # fmt: skip
                text = t("report.lost_most", list="; ".join(said))
                blocks.append(_body(f"{pen.shorts[index_id]}. {text}"))
        if "par_index" in self.card.index_ids:
            # Which criterion lost points is not in what we hold; silence would read as "none".
            blocks.append(_body(f"{t('report.criteria_none')} {_gap('criteria')}"))
        return blocks

    def tasks(self) -> Section:
        """What each agency has to mend; what it shares an index and a reason is said together."""
        pen = self.pen
        by_agency: dict[str, dict[tuple[str, str], list[str]]] = {}
        for row in rows_of(self.card.tasks):
            if row["role"] != "lead":
                continue
            agency = clean(row["agency"] or t("report.tasks_unassigned"))
            by_cause = by_agency.setdefault(agency, {})
            found = by_cause.setdefault((str(row["index_id"]), str(row["cause"])), [])
            if pen.component(row) not in found:
                found.append(pen.component(row))
        blocks: list[Block] = []
        for agency, by_cause in by_agency.items():
            items = [
                t("report.task_item", name=f"{', '.join(names)} – {pen.shorts[index_id]}",
                  cause=t(f"report.task_cause.{cause}"))
                for (index_id, cause), names in by_cause.items()
            ]  # fmt: skip
            blocks.append(_bullet(t("report.task_agency", agency=agency, items="; ".join(items))))
        blocks = blocks or [_body(t("report.tasks_none"))]
        blocks.append(_body(_gap("solution")))
        return self._section("tasks", t("report.h_tasks"), blocks)

    def proposals(self) -> Section:
        return self._section("proposals", t("report.h_proposals"), [_body(_gap("proposals"))])

    def caveats(self) -> Section:
        said = [_bullet(self._caveat(row)) for row in rows_of(self.card.caveats)]
        blocks: list[Block] = list(said) or [_body(t("report.caveats_none"))]
        return self._section("caveats", t("report.h_caveats"), blocks)

    def _caveat(self, row: Row) -> str:
        return t(
            f"report.caveat.{row['code']}", index=self.pen.shorts[row["index_id"]],
            year=row["edition"], n=whole(row["n"]), expected=whole(row["n_expected"]),
            note=clean(named(row, "note") if row["note_vi"] else ""),
        )  # fmt: skip

    # ---------------------------------------------------------------------- the leader's page

    def leader_results(self) -> list[Block]:
        pen, card = self.pen, self.card
        cells = []
        for row in rows_of(card.totals):
            has_target = row["status"] != "no_target"
            cells.append([
                row["short"], pen.value(row, "score", row["score"]), pen.place(row),
                pen.place_before(row), pen.short_gain(row),
                named(row, "group") or form.NO_VALUE,
                t(f"status.{row['status']}") if has_target else form.NO_VALUE,
            ])  # fmt: skip
        heads = [t(f"report.col.{name}", baseline=card.baseline) for name in
                 ("index", "score", "place", "before", "gain", "group", "target")]  # fmt: skip
        return [tables.table("leader", "", heads, cells, [1.5, 1.3, 1.5, 1.4, 1.5, 1.5, 2],
                             "lrccccl", may_lack=(5, 6))]  # fmt: skip

    def leader_why(self) -> list[Block]:
        return [_body(" ".join(self.why_lines()))]

    def why_lines(self) -> list[str]:
        """Why each index moved; those that say the same are told together."""
        said: list[str] = []
        unsplit: dict[str, list[str]] = {}
        for row in rows_of(self.card.totals):
            effects = self.pen.effects(row)
            if row["gain"] is None:
                said.append(self._short_total(row))
            elif effects:
                noise = " " + t("report.noise") if row["change_tag"] == "within_noise" else ""
                said.append(f"{row['short']}: {effects}.{noise}")
            else:
                unsplit.setdefault(self._cause(row, is_short=True), []).append(row["short"])
        told = [f"{self.pen.listed(names)}: {text}" for text, names in unsplit.items()]
        return [*told, *said]

    def _short_total(self, total: Row) -> str:
        """Why an index has no change of place, in a few words."""
        code = total["state"]
        if total["rank"] is not None:
            text = t("report.total_before_open", baseline=self.card.baseline).lstrip("; ")
        else:
            text = t(f"state.{code}").lower()
        return f"{total['short']}: {text}."

    def leader_targets(self) -> list[Block]:
        pen = self.pen
        rows = rows_of(self.card.table("T3"))
        ranked = [row for row in rows if row["is_ranked"]]
        if not ranked:
            said = [t("report.targets_none", unit=pen.unit, indices=pen.indices,
                      year=self.card.edition), *taken_over_words(self.pen)]  # fmt: skip
            return [_body(" ".join(said))]
        red = sorted(
            (row for row in ranked if row["status"] in NOT_REACHED and row["gap"] is not None),
            key=lambda row: -row["gap"],
        )
        # One mention per component: the sharpest of its targets.
        first = list({row["component_id"]: row for row in reversed(red)}.values())[::-1]
        said = [
            t("report.leader_red", name=pen.component(row), index=pen.shorts[row["index_id"]],
              asked=self._asked(row), place=tables.actual_place(pen, row),
              agency=clean(row["lead_agency"] or t("report.agency_none")))
            for row in first[:N_RED]
        ]  # fmt: skip
        listed = [t("report.leader_reds", list="; ".join(said))] if said else []
        return [
            _body(" ".join([self._target_counts(ranked), *listed, *taken_over_words(self.pen)]))
        ]

    def leader_losses(self) -> list[Block]:
        """The components with most points to win back: to the best quarter, else to the maximum."""
        pen, rows = self.pen, self.card.components
        level = rows.loc[rows["level"] == 1]
        best = level.loc[level["recoverable"].notna() & (level["recoverable"] > 0)]
        most = level.loc[level["lost"].notna()]
        measure, found = ("recoverable", best) if len(best) else ("lost", most)
        if found.empty:
            return [_body(t("report.leader_losses_none"))]
        said = [
            t("report.leader_loss", name=pen.component(row), index=pen.shorts[row["index_id"]],
              points=pen.value(row, measure, row[measure]),
              agency=clean(row["agency"] or t("report.agency_none")))
            for row in rows_of(found.sort_values(measure, ascending=False).head(N_LOSSES))
        ]  # fmt: skip
        return [_body(t(f"report.leader_losses_{measure}", list="; ".join(said)))]

    def leader_forecast(self) -> list[Block]:
        said = []
        for index_id, made in self.card.explanations.items():
            chance = made.chance_after
            if chance is not None and chance.low is not None and chance.high is not None:
                said.append(t(
                    "report.forecast_interval", index=self.pen.shorts[index_id],
                    year=self.card.edition, low=chance.low, high=chance.high, n=chance.n_ranked,
                ))  # fmt: skip
        said.append(_gap("forecast"))
        return [_body(" ".join(said))]

    def leader_decisions(self) -> list[Block]:
        return [_body(_gap("decision"))]

    def leader_caveats(self) -> list[Block]:
        codes = ("withheld", "outside_top", "not_held", "computed", "merger")
        rows = [row for row in rows_of(self.card.caveats) if row["code"] in codes]
        if not rows:
            return []
        said = " ".join(dict.fromkeys(self._caveat(row) for row in rows))
        return [Paragraph(runs(t("report.leader_caveats", list=said)), "note")]


def source_line(card: Scorecard, marks: set[int]) -> Paragraph:
    """What the marks of a page stand for, in one small line: its annex of sources."""
    by_title: dict[str, list[int]] = {}
    for row in rows_of(card.traces):
        if row["mark"] in marks:
            by_title.setdefault(_short_source(row), []).append(row["mark"])
    said = [f"{mark_text(tuple(found))} {title}" for title, found in by_title.items()]
    return Paragraph(runs(t("report.leader_sources", list="; ".join(said))), "source")


def _short_source(row: Row) -> str:
    """A source in a few words: title, or number and issuer of a document."""
    if row["kind"] == "document":
        return clean(f"{row['document']} ({row['producer']})")
    if row["kind"] == "catalogue":
        return t("report.catalogue")
    return clean(row["title"])


def _both(total: Row) -> int:
    """How many units could have a place in both years."""
    return min(total["n_ranked"] or 0, total["baseline_n"] or 0)


def _replace(made: Document, **changes: Any) -> Document:
    values = {**vars(made), **changes}
    return Document(**values)


def _gap(name: str, **values: Any) -> str:
    return gap(t("report.gap", what=t(f"report.gap_{name}", **values)))


def _run_in(title: str, blocks: list[Block]) -> list[Block]:
    """A title at the head of its first paragraph, or above its table: one page has no room."""
    first, *rest = blocks
    if isinstance(first, Paragraph):
        return [Paragraph((Run(f"{title}. ", is_bold=True), *first.runs)), *rest]
    return [Heading(2, title), *blocks]


def _body(text: str) -> Paragraph:
    return Paragraph(runs(text))


def _bullet(text: str) -> Paragraph:
    return Paragraph(runs(text), "bullet")


def marks_of(made: Document) -> set[int]:
    """Marks that a document prints anywhere."""
    return {mark for run in made.runs() for mark in run.marks}


def figures_of(made: Document) -> list[tuple[str, str]]:
    """Every figure a document prints, as (figure_id, what is printed), in reading order."""
    return [(one, run.text) for run in made.runs() for one in run.figure_ids]


__all__ = ["Facts", "Run", "figures_of", "mark_text", "marks_of", "report"]
