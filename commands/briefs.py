"""The command that writes a meeting pack to a file, for scheduled jobs."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from analytics.scorecard import Scorecard, scorecard
from briefing.content import Facts, SectionUnknown
from briefing.documents import pack
from briefing.documents.agency_sheets import NoAgencies
from briefing.documents.form import Letterhead
from briefing.documents.pack import Around, NoSuchPack
from commands.console import AsOf, Unit, Year, app, refused
from commands.reading import held, read_any_year, read_day, read_index, read_unit, read_year
from data import packs, rebasing
from data.store import store
from locales import LANGUAGES, form, t
from locales.calendar import today

Kind = Annotated[str, typer.Option(help=t("brief.option_kind", kinds=", ".join(pack.KINDS)))]
Format = Annotated[str, typer.Option("--format", help=t("brief.option_format"))]
Out = Annotated[Path, typer.Option(help=t("brief.option_out"))]
Language = Annotated[str, typer.Option("--lang", help=t("brief.option_lang"))]
Baseline = Annotated[str | None, typer.Option(help=t("brief.option_baseline"))]
Indices = Annotated[list[str] | None, typer.Option("--index", help=t("brief.option_index"))]
Agencies = Annotated[list[str] | None, typer.Option("--agency", help=t("brief.option_agency"))]
Sections = Annotated[list[str] | None, typer.Option("--section", help=t("brief.option_section"))]
Template = Annotated[Path | None, typer.Option(help=t("brief.option_template"))]
Office = Annotated[str, typer.Option(help=t("brief.option_office"))]


@app.command(help=t("brief.command"))
def brief(
    unit: Unit, year: Year, kind: Kind, out: Out, format_: Format, lang: Language = "vi",
    baseline: Baseline = None, as_of: AsOf = None, index: Indices = None, agency: Agencies = None,
    section: Sections = None, template: Template = None, office: Office = "",
) -> None:  # fmt: skip
    """Write one pack to a file and say which."""
    _check(kind, format_, lang)
    own = _bytes(template)
    card = _card(unit, year, kind, baseline, as_of, index, agency)
    facts = Facts(office=office, author=getpass.getuser(), made_at=form.day(today()))
    around = Around(facts=facts, letterhead=Letterhead(office=office), template=own)
    try:
        made = pack.make(kind, format_, card, lang=lang, sections=section, around=around)
    except SectionUnknown as fault:
        raise refused("brief.unknown_section", asked=str(fault)) from None
    except NoAgencies:
        raise refused("agency_sheet.none", unit=card.unit_vi, year=card.edition) from None
    except ValueError as fault:
        raise refused("brief.unfit", fault=str(fault)) from None
    try:
        out.write_bytes(made)
    except OSError as fault:
        raise refused("brief.not_written", path=out, fault=fault.strerror) from None
    typer.echo(t("brief.written", path=out, size=form.number(len(made) / 1000, 0)))


def _check(kind: str, format_: str, lang: str) -> None:
    """Stop before anything is computed.

    Raises:
        Refused: a kind, format or language that does not exist; the sentence names those that do.
    """
    if lang not in LANGUAGES:
        raise refused("brief.unknown_lang", asked=lang, languages=", ".join(LANGUAGES))
    if kind not in pack.FORMATS:
        raise refused("pack.no_kind", asked=kind, kinds=", ".join(pack.KINDS))
    try:
        pack.demand(kind, format_)
    except NoSuchPack:
        formats = ", ".join(pack.FORMATS[kind])
        raise refused("pack.no_format", kind=kind, asked=format_, formats=formats) from None


def _bytes(template: Path | None) -> bytes | None:
    try:
        return None if template is None else template.read_bytes()
    except OSError as fault:
        raise refused("brief.no_template", path=template, fault=fault.strerror) from None


def _card(
    unit: str, year: str, kind: str, baseline: str | None, as_of: str | None,
    index: list[str] | None, agency: list[str] | None,
) -> Scorecard:  # fmt: skip
    """The scorecard asked for.

    Raises:
        Refused: a unit, year, index or agency that we do not have.
    """
    known = held()
    editions = known.tables.editions["edition"]
    edition = read_any_year(year, known)
    base = edition - 1 if baseline is None else read_year(baseline, editions)
    if base >= edition:
        raise refused("brief.baseline_late", baseline=base, year=edition)
    wanted = [str(read_index(one, known)["index_id"]) for one in index or ()]
    unit_id, _ = read_unit(unit, edition)
    asked = {
        "unit_id": unit_id, "edition": edition, "baseline": base, "as_of": read_day(as_of),
        "indices": pack.indices_of(kind, wanted),
        "sources": packs.sources(store(), version=known.tables.version),
        "set_anew": rebasing.set_anew(store(), version=known.tables.version),
    }  # fmt: skip
    card = scorecard(known, **asked)  # type: ignore[arg-type]
    if not agency:
        return card
    ids = set(card.agencies["agency_id"])
    for one in agency:
        if one not in ids:
            raise refused("brief.unknown_agency", asked=one, known=", ".join(sorted(ids)))
    return scorecard(known, **asked, agencies=agency)  # type: ignore[arg-type]
