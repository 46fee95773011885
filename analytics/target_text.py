"""Reading target sentences as officials write them: "tăng 05 bậc so với năm 2022".

The reader proposes, a person confirms. A number is handed on only when it stands in the sentence
as digits or as a number word; what looks like a target and is not understood is handed back as
text. Nothing here raises on any text, and the time taken grows with the length of the text.

The steps stand in analytics/sentences: letters, numbers, names; a clause and the requirements
found in it (phrases, gains, groups, places, shares, scores, counts); years and deadlines;
subjects; survey, reports, dating, rises and sentence, which put them together.

Source: docs/method/target-sentences.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analytics.sentences.deadlines import parse_deadline
from analytics.sentences.footnotes import footnotes_in, parse_footnotes
from analytics.sentences.letters import Text, normalise
from analytics.sentences.names import Entry, Lexicon, Mention
from analytics.sentences.parsed import Footnote, ParsedDeadline, ParsedTarget
from analytics.sentences.sentence import MAX_TARGETS, Sentence
from analytics.sentences.survey import Carried, Document, sentences_of

__all__ = [
    "MAX_TARGETS", "Footnote", "Lexicon", "ParsedDeadline", "ParsedTarget", "normalise",
    "parse_deadline", "parse_footnotes", "parse_targets",
]  # fmt: skip


def parse_targets(
    text: str,
    *,
    lexicon: Lexicon,
    context_edition: int | None = None,
    document_year: int | None = None,
    context_components: Sequence[str] = (),
) -> list[ParsedTarget]:
    """The requirements a text states, one per index or component, and what was not understood.

    A sentence that strives for something and yields nothing is handed back whole (kind None).
    A number that cannot be read with certainty is never handed on: its words are in `unparsed`.

    Args:
        text: a sentence, a paragraph or a document.
        lexicon: names of the catalogue.
        context_edition: year of the surrounding text. It is the baseline of a gain whose clause
            names no baseline, provided it lies before the target year or no target year is
            stated; otherwise it is the target year of a requirement without one.
        document_year: year the document plans for: target year of a requirement without one; the
            year before it is the baseline where neither clause nor `context_edition` gives one.
        context_components: components meant when a sentence names none (a row of a table).

    Returns:
        Targets in the order of the text. Never raises, whatever the text.

    Source: docs/method/target-sentences.md.
    """
    read = Text(text)
    footnotes = footnotes_in(read, lexicon)
    taken = bytearray(len(read.normal))
    for footnote in footnotes:
        start, end = footnote.span
        taken[start:end] = b"\x01" * (end - start)
    context = tuple(
        Mention(0, 0, (Entry(component.split(".")[0], component),), True)
        for component in context_components
    )
    document = Document(read, lexicon, taken, context_edition, document_year, context)
    return _with_footnotes(_targets(document), footnotes)


def _targets(document: Document) -> list[ParsedTarget]:
    """Sentence by sentence, each leaving its subjects and years to the next."""
    carried = Carried(index_ids=frozenset(e.index_id for m in document.context for e in m.entries))
    targets: list[ParsedTarget] = []
    for spans in sentences_of(document.text):
        if len(targets) >= MAX_TARGETS:
            start, end = spans[0][0], len(document.text.normal)
            return [*targets, document.queued(start, end, ("too_long",))]
        targets.extend(Sentence(document, spans, carried).targets())
    return targets


def _with_footnotes(
    targets: list[ParsedTarget], footnotes: Sequence[Footnote]
) -> list[ParsedTarget]:
    """Targets with the known places of their components."""
    by_component: dict[str | None, tuple[Footnote, ...]] = {}
    for footnote in footnotes:
        for component_id in footnote.component_ids:
            by_component[component_id] = (*by_component.get(component_id, ()), footnote)
    return [
        replace(target, footnotes=by_component.get(target.component_id, ())) for target in targets
    ]
