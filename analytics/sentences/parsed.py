"""What the reader of target sentences hands back: targets, deadlines, known places.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Span = tuple[int, int]
Number = int | float


@dataclass(frozen=True)
class ParsedDeadline:
    """The last day on which a thing may still be done.

    "Trước ngày 10/7/2022" leaves the day itself out: date is 2022-07-09 and exclusive_day is true.
    """

    date: date
    exclusive_day: bool
    recurring: bool
    span: Span
    text: str


@dataclass(frozen=True)
class Footnote:
    """A place a document states as known, e.g. "Năm 2021, Chỉ số … xếp thứ 63/63"."""

    edition: int | None
    name: str
    renamed_to: str
    rank: int
    out_of: int
    component_ids: tuple[str, ...]
    span: Span


@dataclass(frozen=True)
class ParsedTarget:
    """One requirement on one index, component or operational measure.

    kind is None for an entry that only queues what was not understood. component_id is None when
    the subject is no index of the catalogue (then `subject` holds its words) or was not named.
    Spans refer to `text`, the normalised text.
    """

    text: str
    clause: str
    kind: str | None
    index_id: str | None = None
    component_id: str | None = None
    subject: str = ""
    measure: str = ""
    op: str = ""
    amount: Number | None = None
    stretch: Number | None = None
    baseline_edition: int | None = None
    first_edition: int | None = None
    last_edition: int | None = None
    group_id: str | None = None
    group_name: str = ""
    n: int | None = None
    rank: int | None = None
    out_of: Number | None = None
    region: str = ""
    region_id: str | None = None
    deadline: ParsedDeadline | None = None
    footnotes: tuple[Footnote, ...] = ()
    spans: tuple[Span, ...] = ()
    unparsed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_operational(self) -> bool:
        """Whether the requirement concerns something an office measures itself."""
        return self.component_id is None and self.measure in ("percent", "count", "date")

    @property
    def reading(self) -> str:
        """How far the sentence was understood: full, partly or queued."""
        if self.kind is None:
            return "queued"
        has_subject = self.component_id is not None or (self.is_operational and self.subject)
        return "full" if has_subject and not self.unparsed else "partly"

    @property
    def target_edition(self) -> int | None:
        """The edition the requirement falls due in, missing when none is stated."""
        return self.last_edition if self.last_edition is not None else self.first_edition

    def record(self) -> dict[str, object]:
        """What is asked, in plain values, for a command line or an interface."""
        return {
            "kind": self.kind,
            "indices": [self.index_id] if self.index_id else [],
            "components": [self.component_id] if self.component_id else [],
            "amount": self.amount,
            "stretch": self.stretch,
            "op": self.op,
            "baseline_year": self.baseline_edition,
            "target_year": self.target_edition,
            "group": self.group_id or self.group_name or None,
            "n": self.n,
            "of": self.out_of,
            "rank": self.rank,
            "deadline": self.deadline.date.isoformat() if self.deadline else None,
            "unparsed": list(self.unparsed),
        }

    def details(self) -> dict[str, object]:
        """The record and everything else that was read, with the notes."""
        return {
            **self.record(),
            "subject": self.subject,
            "measure": self.measure,
            "first_year": self.first_edition,
            "last_year": self.last_edition,
            "region": self.region_id or self.region or None,
            "deadline_exclusive": self.deadline.exclusive_day if self.deadline else None,
            "deadline_recurring": self.deadline.recurring if self.deadline else None,
            "reading": self.reading,
            "notes": list(self.notes),
        }
