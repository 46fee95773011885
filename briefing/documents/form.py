"""The form of an administrative document: Nghị định 30/2020/NĐ-CP, Phụ lục I, in one place.

Word and PDF are drawn from these numbers, so both keep the form or neither does.
"""

from __future__ import annotations

from dataclasses import dataclass

from briefing.parts import Document, clean
from locales import t

# Appendix I, part I, "Thể thức": paper A4, margins in millimetres within the ranges it gives.
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
MARGIN_TOP, MARGIN_BOTTOM, MARGIN_LEFT, MARGIN_RIGHT = 20.0, 20.0, 30.0, 15.0
TEXT_WIDTH = PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT
# Where the page number and the line on the data stand, from the edge of the paper.
HEADER_FROM_EDGE, FOOTER_FROM_EDGE = 10.0, 8.0

FONT = "Times New Roman"
# Sizes in points: the ranges of the decree and the size used.
COUNTRY_SIZE, MOTTO_SIZE, OFFICE_SIZE = 12.0, 13.0, 12.0
NUMBER_SIZE, DATE_SIZE, TYPE_SIZE, SUBJECT_SIZE = 13.0, 13.0, 14.0, 14.0
BODY_SIZE, ONE_PAGE_SIZE, PAGE_NUMBER_SIZE = 14.0, 13.0, 13.0
RECEIVERS_HEAD_SIZE, RECEIVERS_SIZE, SIGNATURE_SIZE = 12.0, 11.0, 14.0
ANNEX_SIZE = 14.0
# The decree leaves the inside of tables to the issuing office.
TABLE_SIZE, NARROW_TABLE_SIZE, NOTE_SIZE, SOURCE_SIZE, FOOTER_SIZE = 11.0, 9.5, 11.0, 8.0, 8.0
MANY_COLUMNS = 7
# First line 1 or 1.27 cm; at least 6 pt between paragraphs; single to one and a half lines.
FIRST_LINE_MM, PARAGRAPH_GAP, LINE_SPACING = 12.7, 6.0, 1.15
# Halves of the heading: office on the left, country on the right.
LEFT_HALF, RIGHT_HALF = 62.0, TEXT_WIDTH - 62.0
# Rules under the motto (as wide as its text), under the office and under the subject.
MOTTO_RULE, OFFICE_RULE, SUBJECT_RULE = 60.0, 24.0, 48.0


@dataclass(frozen=True)
class Letterhead:
    """Who issues the document; what is empty stands as a gap.

    Attributes:
        superior: the superior office, lines parted by "|".
        office: the issuing office, lines parted by "|".
        code: letters of the office in the number, "SNV".
        place: of the date line.
        recipient: Kính gửi, of a submission.
        receivers: lines of "Nơi nhận".
        signer_title: above the signature, lines parted by "|" (KT. GIÁM ĐỐC|PHÓ GIÁM ĐỐC).
        signer_name: below it.
    """

    superior: str = ""
    office: str = ""
    code: str = ""
    place: str = ""
    recipient: str = ""
    receivers: tuple[str, ...] = ()
    signer_title: str = ""
    signer_name: str = ""


@dataclass(frozen=True)
class Heading:
    """The finished lines around the text."""

    country: str
    motto: str
    superior: tuple[str, ...]
    office: tuple[str, ...]
    number: str
    dated: str
    type_name: str
    subject: str
    greeting: str
    receivers_head: str
    receivers: tuple[str, ...]
    signer_title: tuple[str, ...]
    signer_name: str


def heading(made: Document, letterhead: Letterhead, *, unit: str) -> Heading:
    """The lines around a document, in the language in use.

    Args:
        made: the document.
        letterhead: who issues it.
        unit: the province with its kind, for the superior office where none is given.
    """
    superior = letterhead.superior or t("report.superior_office", unit=unit.upper())
    symbol = f"{made.symbol}-{letterhead.code}" if letterhead.code else f"{made.symbol}-…"
    recipient = letterhead.recipient or t("report.gap", what=t("report.gap_recipient"))
    receivers = letterhead.receivers or tuple(
        t("report.receivers", superior=t("report.receiver_superior"),
          recipient=t("report.receiver_leader")).split("|")
    )  # fmt: skip
    return Heading(
        country=t("report.country"),
        motto=t("report.motto"),
        superior=_lines(superior),
        office=_lines(letterhead.office or t("report.issuing_office")),
        number=t("report.number", symbol=clean(symbol)),
        dated=t("report.dated", place=clean(letterhead.place) or "…"),
        type_name=made.type_name,
        subject=made.subject,
        greeting=t("report.greeting", recipient=clean(recipient)) if made.is_one_page else "",
        receivers_head=t("report.to_whom"),
        receivers=tuple(clean(line) for line in receivers),
        signer_title=_lines(letterhead.signer_title or t("report.signer_title")),
        signer_name=clean(letterhead.signer_name or t("report.signer_name")),
    )


def annex_reference(made: Document, letterhead: Letterhead) -> str:
    """The line under an annex's heading: "(Kèm theo Báo cáo số … của …)"."""
    office = letterhead.office.replace("|", " ") or t("report.gap", what=t("report.gap_office"))
    symbol = f"{made.symbol}-{letterhead.code or '…'}"
    return t("report.annex_with", type=made.type_name.capitalize(), symbol=clean(symbol),
             office=clean(office))  # fmt: skip


def _lines(text: str) -> tuple[str, ...]:
    return tuple(clean(line).strip() for line in text.split("|") if line.strip())
