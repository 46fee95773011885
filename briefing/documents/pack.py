"""Kinds of packs and the formats each comes in: the one table that page and command go by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

import locales
from analytics.scorecard import Scorecard
from briefing import content
from briefing.content import Facts
from briefing.documents import agency_sheets
from briefing.documents.agency_sheets import Progress
from briefing.documents.form import Letterhead
from briefing.figure_words import Pen, rows_of
from briefing.parts import Document
from locales import form, named, t

SLIDES, ANNEX, AGENCIES = "slides", "annex", "agencies"
FORMATS: dict[str, tuple[str, ...]] = {
    content.PAR_SIPAS: ("docx", "pdf"),
    content.PAPI: ("docx", "pdf"),
    content.LEADER: ("docx", "pdf"),
    content.SPECIAL: ("docx", "pdf"),
    SLIDES: ("pptx",),
    ANNEX: ("xlsx",),
    AGENCIES: ("docx", "pdf"),
}
KINDS = tuple(FORMATS)
# The agencies' pages come together in one archive, whatever the format of the pages.
ENDINGS = {AGENCIES: "zip"}
MIMES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "zip": "application/zip",
}
#
PICTURES: dict[str, Literal["png", "svg"]] = {"pdf": "svg", "docx": "png"}
LEAST_SCORES = 3


class NoSuchPack(ValueError):
    """A kind or a format that does not exist; the message names those that do."""


@dataclass(frozen=True)
class Around:
    """What stands around a pack beside its figures.

    Attributes:
        facts: who reports, who made it, when.
        letterhead: who issues it.
        template: an office's own .docx or .pptx.
    """

    facts: Facts = field(default_factory=Facts)
    letterhead: Letterhead = field(default_factory=Letterhead)
    template: bytes | None = None


def demand(kind: str, format_: str) -> None:
    """Stop a combination that does not exist.

    Raises:
        NoSuchPack: unknown kind, or a format that the kind does not come in.
    """
    if kind not in FORMATS:
        raise NoSuchPack(t("pack.no_kind", asked=kind, kinds=", ".join(KINDS)))
    if format_ not in FORMATS[kind]:
        raise NoSuchPack(
            t("pack.no_format", kind=kind, asked=format_, formats=", ".join(FORMATS[kind]))
        )


def indices_of(kind: str, wanted: Sequence[str] | None) -> tuple[str, ...] | None:
    """Index ids a pack of that kind reports on: those wanted, else those of the kind, else all."""
    return tuple(wanted) if wanted else content.INDICES.get(kind)


def ending(kind: str, format_: str) -> str:
    """The ending of the file's name."""
    return ENDINGS.get(kind, format_)


def file_name(kind: str, format_: str, card: Scorecard) -> str:
    """What the file is called: bao-cao-leader-kon-tum-2023.docx."""
    stem = agency_sheets.file_name(f"{t('pack.stem')} {kind} {card.unit_vi}")
    return f"{stem}-{card.edition}.{ending(kind, format_)}"


def make(
    kind: str, format_: str, card: Scorecard, *, lang: str = "vi",
    sections: Sequence[str] | None = None, around: Around | None = None,
    progress: Progress | None = None,
) -> bytes:  # fmt: skip
    """The bytes of a pack.

    Neither a browser nor a network is asked for.

    Args:
        kind: one of `KINDS`.
        format_: one of `FORMATS[kind]`.
        card: the scorecard; its unit, years, indices and agencies are those of the pack.
        lang: vi or en; the language in use stays as it was.
        sections: sections to keep, of the written kinds.
        around: who reports and issues, and the office's own template.
        progress: told after every agency's page.

    Raises:
        NoSuchPack: a kind or format that does not exist.
        content.SectionUnknown: a section that the kind does not have.
        agency_sheets.NoAgencies: pages of agencies for a unit where nobody answers for anything.
        pptx.TemplateUnfit, template.TemplateFault: the office's own template cannot be used.
    """
    demand(kind, format_)
    spoken = locales.language()
    locales.use(lang)
    try:
        return _made(kind, format_, card, sections, around or Around(), progress)
    finally:
        locales.use(spoken)


def _made(
    kind: str, format_: str, card: Scorecard, sections: Sequence[str] | None, around: Around,
    progress: Progress | None,
) -> bytes:  # fmt: skip
    # Each writer brings a large library with it: only the one that is asked for is loaded.
    if kind == SLIDES:
        from briefing.documents import pptx

        return pptx.slides(card, facts=around.facts, template=around.template)
    if kind == ANNEX:
        from briefing.documents import xlsx

        return xlsx.annexes(card, facts=around.facts)
    if kind == AGENCIES:
        return agency_sheets.archive(
            card, "docx" if format_ == "docx" else "pdf", facts=around.facts,
            letterhead=around.letterhead, progress=progress,
        )  # fmt: skip
    made = text(kind, card, sections=sections, facts=around.facts)
    shown: dict[str, Any] = {
        "unit": Pen(card).unit, "letterhead": around.letterhead,
        "pictures": {} if made.is_one_page else pictures(card, PICTURES[format_]),
    }  # fmt: skip
    if format_ == "pdf":
        from briefing.documents import pdf

        return pdf.render(made, **shown)
    from briefing.documents import docx

    return docx.render(made, **shown, template=around.template, values=_values(card))


def _values(card: Scorecard) -> dict[str, str]:
    return {
        "DON_VI": Pen(card).unit, "NAM": str(card.edition), "NAM_SO_SANH": str(card.baseline),
    }  # fmt: skip


def text(
    kind: str, card: Scorecard, *, sections: Sequence[str] | None = None,
    facts: Facts | None = None,
) -> Document:  # fmt: skip
    """The text of a written kind, as screen and file show it."""
    return content.report(card, kind=kind, sections=sections, facts=facts)


def pictures(card: Scorecard, kind: Literal["png", "svg"] = "png") -> dict[str, bytes]:
    """Pictures of a report by the id of their place: five years of places, scores beside the mean.

    An index without figures for a picture has none.
    """
    from charts.places_by_year import places_by_year
    from charts.scores_beside_mean import scores_beside_mean
    from charts.still import still

    pen = Pen(card)
    found: dict[str, bytes] = {}
    for total in rows_of(card.totals):
        index_id = total["index_id"]
        source = t("briefing.picture_source", publisher=named(total, "publisher"),
                   index=total["short"])  # fmt: skip
        history = card.table("T1", index_id)
        if history["rank"].notna().sum() > 1:
            figure = places_by_year(
                history.assign(place=_places(history)), source=source,
                title=t("briefing.picture_history", index=total["short"], unit=pen.bare_unit),
            )  # fmt: skip
            found[f"history-{index_id}"] = still(figure, format=kind, dpi=200)
        rows = card.components_of(index_id)
        if (rows["score"].notna() & rows["mean"].notna()).sum() >= LEAST_SCORES:
            labels = [f"{row['code']}. {named(row, 'component')}" for row in rows_of(rows)]
            figure = scores_beside_mean(
                rows.assign(label=labels).astype(dict.fromkeys(("score", "mean", "best"), float)),
                title=t("briefing.picture_scores", index=total["short"], year=card.edition),
                source=source, unit=pen.bare_unit,
            )  # fmt: skip
            found[f"components-{index_id}"] = still(figure, format=kind, dpi=200)
    return found


def _places(history: pd.DataFrame) -> list[str]:
    return [
        form.place(rank, n) if not form.is_missing(rank) else ""
        for rank, n in zip(history["rank"], history["n_ranked"], strict=True)
    ]
